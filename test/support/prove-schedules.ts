// `prove` with schedules in small spaces, and whether limits can be met as schedules of all their machines say it, each found alone.

import { clock } from '../../src/base/clock.js';
import { defined, nth } from '../../src/base/invariant.js';
import { spaceWithResidency } from '../../src/model/space/design-space.js';
import type { ProvenSchedules } from '../../src/library/prove-schedules.js';
import { proveSchedules } from '../../src/library/prove-schedules.js';
import { schedulableToProve } from '../../src/library/schedulable-to-prove.js';
import type { Requirement } from '../../src/model/cost/requirement.js';
import type { DesignSpace } from '../../src/model/space/design-space.js';
import type { NetworkGraph } from '../../src/model/workload/network-graph.js';
import { solveScript } from '../../src/smt/z3.js';
import { columnsTask } from '../../src/tuner/network/columns-task.js';
import { limitsOnNetwork } from '../../src/tuner/prove/decider.js';
import { machinesWithin } from '../../src/tuner/prove/machines-within.js';
import { minimum } from '../../src/tuner/prove/minimum.js';
import { prove } from '../../src/tuner/prove/prove.js';
import type { ProveHooks, ProveRequest } from '../../src/tuner/prove/prove-request.js';
import type { Least } from './codesign-schedules.js';
import { askedOf, onEveryMachine } from './codesign-schedules.js';
import { shapes } from './shapes.js';

const now = () => performance.now();
export const proveHooks: ProveHooks = {
  now,
  width: 1,
  stopped: () => false,
  shapes,
  minimum: (question, seconds) => minimum(structuredClone(question), { seconds, now }),
  columns: (question, seconds) => columnsTask({ question: structuredClone(question), until: clock() + seconds * 1000 }),
  ask: (script, seconds) => solveScript(script, { seconds }),
  progress: () => {},
};

export const requestOf = (
  graph: NetworkGraph,
  space: DesignSpace,
  requirements: readonly Requirement[],
  timeLimit = 600,
): ProveRequest => {
  const { networks, technology, conventions, padding } = askedOf([graph], space, 'latency').request;
  const { network } = nth(networks, 0);
  return { network, candidates: { kind: 'space', space }, technology, conventions, padding, requirements, timeLimit };
};

export async function provenWithSchedules(
  graph: NetworkGraph,
  space: DesignSpace,
  requirements: readonly Requirement[],
  timeLimit = 600,
): Promise<ProvenSchedules> {
  const request = requestOf(graph, spaceWithResidency(space), requirements, timeLimit);
  const may = schedulableToProve(request, space, graph);
  if (may.kind === 'unscheduled') throw new Error(may.why);
  return proveSchedules({ space, networks: may.networks, folds: true }, request, proveHooks, prove);
}

/** Of every machine that meets the requirements by some schedule of its own, by what is least within them. */
export async function machinesThatMeet(
  graph: NetworkGraph,
  space: DesignSpace,
  requirements: readonly Requirement[],
  objective: 'latency' | 'energy' | 'edp' = 'latency',
): Promise<readonly Least[]> {
  const within = machinesWithin(spaceWithResidency(space), requirements);
  if (!within) return [];
  const area = requirements.find((r) => r.kind === 'area')?.max;
  const limits = { ...limitsOnNetwork(requirements), ...(area !== undefined && { area }) };
  return onEveryMachine(askedOf([graph], within, objective, { limits }));
}

export const leastIn = (all: readonly Least[], of: (l: Least) => readonly number[]): number =>
  all.reduce((min, l) => Math.min(min, defined(of(l)[0])), Infinity);
