// Strategies held against each other and against a proven bound, as `magnet compare` does it.

import { unknownName } from '../base/text.js';
import { magnetConventions } from '../model/cost/conventions.js';
import type { Conventions } from '../model/cost/conventions.js';
import type { Goal, Limits } from '../model/cost/goal.js';
import type { Machinery } from '../model/machine/presets.js';
import { machineryName } from '../model/machine/presets.js';
import { technology16nm } from '../model/machine/technology.js';
import type { Technology } from '../model/machine/technology.js';
import type { Template } from '../model/machine/template.js';
import { arrangementsOf } from '../model/space/design.js';
import type { DesignSpace } from '../model/space/design-space.js';
import { forNetworks } from '../model/space/design-space.js';
import type { Network } from '../model/workload/network.js';
import { knowingMachine } from '../search/strategy.js';
import type { Comparison } from '../tuner/compare/comparison.js';
import { comparisonOf } from '../tuner/compare/comparison.js';
import type { CompareEvent, CompareRequest } from '../tuner/compare/compete.js';
import { compete } from '../tuner/compare/compete.js';
import type { CompareQuestion } from '../tuner/compare/contest.js';
import { contestOf, contestOn } from '../tuner/compare/contest.js';
import { entriesOf, everybody, isHeuristic, missingSolvers, referee } from '../tuner/compare/contestants.js';
import { machineContestants, machineReferee } from '../tuner/solver-names.js';
import { solverNames } from '../tuner/solver-names.js';
import { goalOf } from '../tuner/map-network.js';
import { compareResult } from '../results/compare-answer.js';
import type { CompareResult } from '../results/compare-result.js';
import type { NamedLimits } from '../results/limits-by-name.js';
import { limitsByName } from '../results/limits-by-name.js';
import { machineryOf } from './called.js';
import { compareReasons, impossibleIn } from './compare-reasons.js';
import type { CallOptions } from './session.js';
import { inSession } from './session.js';

/**
 * What is left out is as for the command. Every run has a worker of its own; without workers, runs share
 * what others left in this thread.
 */
export interface CompareOptions extends CallOptions {
  /** `solverNames` on a machine, `machineContestants` over a space: all that suit the question. */
  readonly strategies?: readonly string[];
  /** Seconds of every run: 10. */
  readonly time?: number;
  /** Seconds for the proof of a layer that nobody has proven: 60. */
  readonly proofTime?: number;
  /** Runs of everybody, with seeds from 1: 5. */
  readonly repeat?: number;
  /** Of the order in which they take turns: 1. */
  readonly seed?: number;
  /** (best - bound) / best at which an optimum counts as proven: 1e-4, over a space 0.01. */
  readonly gap?: number;
  /** EDP. Its limits are those of each layer. */
  readonly goal?: Goal;
  /** Of single layers, by name, in place of the goal's. */
  readonly layerLimits?: Readonly<Record<string, Limits>>;
  /** mm2, over a space. */
  readonly areaLimit?: number;
  readonly conventions?: Conventions;
  /** Whether bounds of layers may be padded: true. */
  readonly padding?: boolean;
  readonly technology?: Technology;
  readonly progress?: (event: CompareEvent) => void;
}

/** What `compare` answers. */
export interface Compared extends Comparison {
  /** Why nothing fits, by the names of the arenas of which that is proven. */
  readonly reasons: ReadonlyMap<string, string>;
  /** What `compare --json` writes: `printCompareResult` and `report` take it. */
  readonly result: CompareResult;
}

interface Asked {
  readonly request: CompareRequest;
  readonly question: CompareQuestion;
  /** The name of the machine, or of the space. */
  readonly on: string;
  readonly limits: NamedLimits;
}

/**
 * Strategies held against each other and a proven bound: over mappings of a network on a machine, or over the machines of a
 * space. Rejects with a sentence where a strategy cannot take part.
 */
export async function compare(
  network: Network,
  on: Template | Machinery | DesignSpace,
  options: CompareOptions = {},
): Promise<Compared> {
  const asked = 'menus' in on ? overSpace(network, on, options) : await onMachine(network, machineryOf(on), options);
  const { request, question } = asked;
  const { time = request.time, proofTime = 60, progress = () => {} } = options;
  return inSession(options, async (session) => {
    const { runner, now, stopped } = session;
    const run = contestOn(runner, now);
    const played = await compete(request, {
      width: runner.width,
      run: (turn, improved) => run(contestOf(question, request, { time, proofTime }, turn), improved),
      event: progress,
      stopped,
    });
    const comparison = comparisonOf(request, played);
    const reasons = await compareReasons(asked, proofTime, impossibleIn(comparison), session);
    const { goal, conventions = magnetConventions, padding = true, workers = 0 } = options;
    return {
      ...comparison,
      reasons,
      result: compareResult(
        {
          request,
          subject: question.kind,
          network,
          on: asked.on,
          objective: goal?.objective ?? 'edp',
          conventions: conventions.name,
          padding,
          limits: limitsByName(asked.limits),
          workers: Math.max(1, workers),
        },
        comparison,
        reasons,
      ),
    };
  });
}

const how = ({ time = 10, repeat = 5, seed = 1 }: CompareOptions) => ({ time, repeat, seed });

async function onMachine(network: Network, machine: Machinery, options: CompareOptions): Promise<Asked> {
  const { technology = technology16nm, conventions = magnetConventions, padding = true, gap = 1e-4 } = options;
  const { goal = { objective: 'edp', limits: {} }, layerLimits } = options;
  const architectures = arrangementsOf(machine, technology);
  const tasks = network.layers.map(({ layer }) =>
    knowingMachine({
      architectures,
      layer,
      conventions,
      padding,
      goal: goalOf({ goal, ...(layerLimits && { layerLimits }) }, layer),
    }),
  );
  const missing = await missingSolvers();
  const contestants = options.strategies ? known(options.strategies, solverNames) : everybody(tasks, missing);
  const obstacle = entriesOf(contestants, tasks, missing).find((e) => e.obstacle !== undefined);
  if (obstacle && options.strategies) throw new Error(`${obstacle.strategy} cannot take part: ${obstacle.obstacle}`);
  return {
    request: {
      ...how(options),
      arenas: network.layers.map(({ layer, count }) => ({ name: layer.name, count })),
      contestants,
      referee: { strategy: referee, first: contestants.every(isHeuristic) },
      gap,
    },
    question: { kind: 'mappings', tasks },
    on: machineryName(machine),
    limits: { each: goal.limits, layers: layerLimits ?? {}, area: undefined },
  };
}

function overSpace(network: Network, space: DesignSpace, options: CompareOptions): Asked {
  const { technology = technology16nm, padding = true, gap = 0.01, areaLimit } = options;
  const { goal = { objective: 'edp', limits: {} }, layerLimits } = options;
  const { objective } = goal;
  if (objective === 'ed2p')
    throw new Error('ed2p: searches over machines minimise energy, latency or the sum of EDPs; take one of these');
  if ((options.conventions ?? magnetConventions).name !== magnetConventions.name)
    throw new Error('conventions: machines of a space are always counted under magnetConventions');
  const contestants = options.strategies ? known(options.strategies, machineContestants) : machineContestants;
  return {
    request: {
      ...how(options),
      arenas: [{ name: space.name, count: 1 }],
      contestants,
      referee: { strategy: machineReferee, first: !contestants.includes(machineReferee) },
      gap,
    },
    question: {
      kind: 'machines',
      codesign: {
        networks: [{ network, weight: 1 }],
        space: forNetworks(space, [network]),
        technology,
        conventions: magnetConventions,
        objective: objective === 'edp' ? 'layer-edp' : objective,
        limits: areaLimit === undefined ? {} : { area: areaLimit },
        layerLimits: { each: goal.limits, layers: layerLimits ?? {} },
        padding,
        gap,
        timeLimit: options.time ?? 10,
      },
    },
    on: space.name,
    limits: { each: goal.limits, layers: layerLimits ?? {}, area: areaLimit },
  };
}

function known<T extends string>(given: readonly string[], names: readonly T[]): readonly T[] {
  return given.map((name) => {
    const found = names.find((n) => n === name);
    if (found === undefined) throw new Error(unknownName('strategy', name, names));
    return found;
  });
}
