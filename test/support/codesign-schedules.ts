// Co-design with schedules in small spaces, and the best of the schedules of all their machines, each found alone.

import { codesignsSchedules } from '../../src/library/codesign-schedules.js';
import { spaceWithResidency } from '../../src/model/space/design-space.js';
import { schedulable } from '../../src/library/schedulable.js';
import { scheduleWith } from '../../src/library/schedule.js';
import { lowered } from '../../src/compile/lower.js';
import { runsIn } from '../../src/compile/network-program.js';
import { shapesAlone } from '../../src/compile/step-layers.js';
import { defined, nth } from '../../src/base/invariant.js';
import { magnetConventions } from '../../src/model/cost/conventions.js';
import { technology16nm } from '../../src/model/machine/technology.js';
import type { DesignSpace } from '../../src/model/space/design-space.js';
import { shapesOf, templateAt } from '../../src/model/space/design-space.js';
import { chipArea } from '../../src/model/machine/template-parts.js';
import type { Network } from '../../src/model/workload/network.js';
import type { ScheduleResult } from '../../src/results/schedule-result.js';
import type { NetworkGraph } from '../../src/model/workload/network-graph.js';
import type { Remote } from '../../src/pool/tasks.js';
import type { CodesignRequest } from '../../src/tuner/codesign/codesign-request.js';
import type { ScheduleObjective } from '../../src/tuner/schedule/schedule-question.js';
import type { ShapeTasks } from '../../src/tuner/codesign/shape-task.js';
import { columnsOf } from '../../src/tuner/network/columns-task.js';
import type { ColumnsQuestion } from '../../src/tuner/network/columns-task.js';
import { spaces } from '../../src/model/space/built-in-spaces.js';
import { findGraph } from '../../src/workloads/builtin-graph.js';
import { networkGraphOf } from '../../src/workloads/graph/network-graph-of.js';
import { randomGraph } from './random-graph.js';
import { shapes } from './shapes.js';

export const kilobytes = (...sizes: number[]) => sizes.map((kb) => kb * 8192);

/** A few machines, most sizes of which are one. */
export const spaceOf = (menus: Partial<DesignSpace['menus']>): DesignSpace => ({
  name: 'few',
  source: 'made up',
  menus: {
    ...defined(spaces.find(({ name }) => name === 'magnet-small')).menus,
    accumPrecision: [24],
    inputBuffer: kilobytes(8),
    accumBuffer: kilobytes(2),
    accumCollector: [1],
    rows: [1],
    columns: [1, 2],
    numLanes: [4],
    vectorSize: [4, 8],
    globalBanks: [8],
    globalBuffer: kilobytes(2, 8, 16),
    weightBuffer: kilobytes(4, 32),
    ...menus,
  },
  maxPes: 64,
  overflowFree: false,
});

export const columns = (question: ColumnsQuestion) => Promise.resolve(columnsOf(question, () => false));
export const hooks = (tasks: Remote<ShapeTasks> = shapes, width = 1) => ({
  now: () => performance.now(),
  width,
  shapes: tasks,
  progress: () => {},
  stopped: () => false,
});

const networkOf = (graph: NetworkGraph): Network => {
  const made = lowered(graph, shapesAlone(graph, 8), 8);
  if (!made.ok) throw new Error('not lowered');
  const { name, source } = graph;
  return { name, source, layers: runsIn(made.value).map(({ layer }) => ({ layer, count: 1 })), unmapped: [] };
};

export interface Asked {
  readonly graphs: readonly NetworkGraph[];
  readonly request: CodesignRequest & { readonly objective: ScheduleObjective | 'area' };
}

/** The first network counts once, the second twice. */
export const askedOf = (
  graphs: readonly NetworkGraph[],
  space: DesignSpace,
  objective: Asked['request']['objective'],
  more: Partial<CodesignRequest> = {},
): Asked => {
  return {
    graphs,
    request: {
      networks: graphs.map((graph, k) => ({ network: networkOf(graph), weight: k + 1 })),
      space,
      technology: technology16nm,
      conventions: magnetConventions,
      limits: {},
      padding: false,
      gap: 1e-4,
      timeLimit: 600,
      ...more,
      objective,
    },
  };
};

export function found({ graphs, request }: Asked, ...by: Parameters<typeof hooks>) {
  const may = schedulable(request, graphs);
  if (may.kind === 'unscheduled') throw new Error(may.why);
  const asked = { space: request.space, networks: may.networks, folds: true };
  return codesignsSchedules(asked, columns)(request, hooks(...by));
}

export const lenet = () => {
  const graph = findGraph('lenet');
  if (!graph.ok) throw new Error('no graph');
  return graph.value;
};

/** What networks come to on a machine by the best schedule of each. */
export interface Least {
  readonly value: number;
  readonly area: number;
  /** Whether tensors may stay there, 1 or 0. */
  readonly residency: number;
  /** Of each network. */
  readonly energy: readonly number[];
  readonly cycles: readonly number[];
}

/** Of every machine within the area on which some schedule of each network keeps the limits. */
export async function onEveryMachine({ graphs, request }: Asked): Promise<readonly Least[]> {
  const { technology, padding, networks } = request;
  const { area: most = Infinity, ...limits } = request.limits;
  const objective = request.objective === 'area' ? 'latency' : request.objective;
  const space = spaceWithResidency(request.space);
  const all: Least[] = [];
  for (const shape of shapesOf(space)) {
    for (const globalBuffer of space.menus.globalBuffer) {
      for (const weightBuffer of space.menus.weightBuffer) {
        const template = templateAt(space, { ...shape, globalBuffer, weightBuffer });
        const area = template ? chipArea(template, technology) : Infinity;
        if (!template || area > most) continue;
        const residency = template.residency === 1;
        const each: ScheduleResult[] = [];
        for (const graph of graphs) {
          const own = {
            graph,
            arch: 'one',
            template,
            technology,
            objective,
            limits,
            padding,
            folds: true,
            residency,
            bands: false,
            weights: false,
            timeLimit: 600,
          };
          const called = { magnet: '', node: '', command: '' };
          const answer = await scheduleWith(own, called, { columns, now: () => 0, stopped: () => false });
          if (!answer.ok) throw new Error('no schedule');
          each.push(answer.value.result);
        }
        if (each.some(({ status }) => status === 'infeasible')) continue;
        const sum = each.reduce((n, { value }, k) => n + nth(networks, k).weight * (value ?? Infinity), 0);
        all.push({
          value: request.objective === 'area' ? area : sum,
          area,
          residency: template.residency,
          energy: each.map(({ energy }) => energy ?? Infinity),
          cycles: each.map(({ cycles }) => cycles ?? Infinity),
        });
      }
    }
  }
  return all;
}

export const leastOfAll = async (asked: Asked): Promise<number> =>
  (await onEveryMachine(asked)).reduce((min, { value }) => Math.min(min, value), Infinity);

export function drawn(seed: number): NetworkGraph {
  const graph = networkGraphOf(randomGraph(seed, { host: false, size: 4, chained: true }), `drawn ${seed}`);
  if (!graph.ok) throw new Error('no graph');
  return graph.value;
}
