// Law: co-design where tensors may stay in the global buffer finds, within its gap, the least of the schedules of all machines,
// each found alone, of several networks the least of their weighted sum; its bound is not above that. It is never worse than where nothing stays, the same where nothing can, and
// the same whoever is first.

import { expect, test } from 'vitest';
import type { SchedulesAsked } from '../../src/library/codesign-schedules.js';
import { codesignSchedules, spaceWithResidency } from '../../src/library/codesign-schedules.js';
import { codesignWithSchedules } from '../../src/library/codesign-with-schedules.js';
import { scheduleWith } from '../../src/library/schedule.js';
import { lowered } from '../../src/compile/lower.js';
import { runsIn } from '../../src/compile/network-program.js';
import { shapesAlone } from '../../src/compile/step-layers.js';
import { seeded } from '../../src/base/random.js';
import { defined, nth } from '../../src/base/invariant.js';
import { magnetConventions } from '../../src/model/cost/conventions.js';
import { technology16nm } from '../../src/model/machine/technology.js';
import type { DesignSpace } from '../../src/model/space/design-space.js';
import { shapesOf, templateAt } from '../../src/model/space/design-space.js';
import { chipArea } from '../../src/model/machine/template-parts.js';
import type { Network } from '../../src/model/workload/network.js';
import type { NetworkGraph } from '../../src/model/workload/network-graph.js';
import type { Remote } from '../../src/pool/tasks.js';
import { codesign } from '../../src/tuner/codesign/codesign.js';
import type { CodesignRequest } from '../../src/tuner/codesign/codesign-request.js';
import type { ShapeTasks } from '../../src/tuner/codesign/shape-task.js';
import { columnsOf } from '../../src/tuner/network/columns-task.js';
import type { ColumnsQuestion } from '../../src/tuner/network/columns-task.js';
import { spaces } from '../../src/model/space/built-in-spaces.js';
import { findGraph } from '../../src/workloads/builtin-graph.js';
import { networkGraphOf } from '../../src/workloads/graph/network-graph-of.js';
import { randomGraph } from '../support/random-graph.js';
import { outOfOrder, shapes } from '../support/shapes.js';

const kilobytes = (...sizes: number[]) => sizes.map((kb) => kb * 8192);

/** A few machines, most sizes of which are one. */
const spaceOf = (menus: Partial<DesignSpace['menus']>): DesignSpace => ({
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

const columns = (question: ColumnsQuestion) => Promise.resolve(columnsOf(question, () => false));
const hooks = (tasks: Remote<ShapeTasks> = shapes, width = 1) => ({
  now: () => performance.now(),
  width,
  shapes: tasks,
  progress: () => {},
  stopped: () => false,
  columns,
});

const networkOf = (graph: NetworkGraph): Network => {
  const made = lowered(graph, shapesAlone(graph, 8), 8);
  if (!made.ok) throw new Error('not lowered');
  const { name, source } = graph;
  return { name, source, layers: runsIn(made.value).map(({ layer }) => ({ layer, count: 1 })), unmapped: [] };
};

/** The first network counts once, the second twice. */
const askedOf = (
  graphs: readonly NetworkGraph[],
  space: DesignSpace,
  objective: SchedulesAsked['request']['objective'],
  more: Partial<CodesignRequest> = {},
): SchedulesAsked => {
  return {
    graphs,
    folds: true,
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

async function found(asked: SchedulesAsked, ...by: Parameters<typeof hooks>) {
  const answer = await codesignSchedules(asked, hooks(...by));
  if (!answer.ok) throw new Error(answer.diagnostics.map((d) => d.message).join());
  return answer.value;
}

const lenet = () => {
  const graph = findGraph('lenet');
  if (!graph.ok) throw new Error('no graph');
  return graph.value;
};

/** The least of the schedules of every machine within the area. */
async function leastOfAll({ graphs, request, folds }: SchedulesAsked): Promise<number> {
  const { technology, objective, padding, limits, networks } = request;
  if (objective === 'area') throw new Error('no schedule is found for area');
  const space = spaceWithResidency(request.space);
  let least = Infinity;
  for (const shape of shapesOf(space)) {
    for (const globalBuffer of space.menus.globalBuffer) {
      for (const weightBuffer of space.menus.weightBuffer) {
        const template = templateAt(space, { ...shape, globalBuffer, weightBuffer });
        if (!template || chipArea(template, technology) > (limits.area ?? Infinity)) continue;
        const residency = template.residency === 1;
        let sum = 0;
        for (const [k, graph] of graphs.entries()) {
          const own = {
            graph,
            arch: 'one',
            template,
            technology,
            objective,
            limits: {},
            padding,
            folds,
            residency,
            bands: false,
            timeLimit: 600,
          };
          const called = { magnet: '', node: '', command: '' };
          const answer = await scheduleWith(own, called, { columns, now: () => 0, stopped: () => false });
          if (!answer.ok) throw new Error('no schedule');
          sum += nth(networks, k).weight * (answer.value.result.value ?? Infinity);
        }
        least = Math.min(least, sum);
      }
    }
  }
  return least;
}

function drawn(seed: number): NetworkGraph {
  const graph = networkGraphOf(randomGraph(seed, { host: false, size: 4, chained: true }), `drawn ${seed}`);
  if (!graph.ok) throw new Error('no graph');
  return graph.value;
}

const tight = 0.2;

test.each([
  ['edp', 'lenet', [lenet()], undefined],
  ['edp', 'lenet', [lenet()], tight],
  ['energy', 'lenet', [lenet()], tight],
  ['latency', 'lenet', [lenet()], tight],
  ['edp', 'a drawn network', [drawn(15)], tight],
  ['edp', 'a second', [drawn(27)], undefined],
  ['energy', 'a third', [drawn(18)], tight],
  ['latency', 'a fourth', [drawn(32)], undefined],
  ['edp', 'one of which nothing may stay', [drawn(5)], undefined],
  ['edp', 'two networks', [drawn(15), drawn(27)], tight],
  ['energy', 'two networks', [drawn(18), lenet()], tight],
  ['latency', 'two networks', [drawn(32), drawn(27)], undefined],
  ['edp', 'a network and another of the same layers', [drawn(15), { ...drawn(15), name: 'its like' }], undefined],
  ['edp', 'networks of which the first keeps nothing', [drawn(5), drawn(15)], undefined],
] as const)('the best %s of %s on all machines', { timeout: 300_000 }, async (objective, _, graphs, area) => {
  const asked = askedOf(graphs, spaceOf({}), objective, { limits: area === undefined ? {} : { area } });
  const least = await leastOfAll(asked);
  const { result, schedules } = await found(asked);
  const best = defined(result.best).objective;
  expect(result.status).toBe('optimal');
  expect(schedules.map(({ network }) => network)).toEqual(graphs.map(({ name }) => name));
  expect(schedules.reduce((sum, { value }, k) => sum + (k + 1) * (value ?? Infinity), 0)).toBe(best);
  expect(result.bound).toBeLessThanOrEqual(least * (1 + 1e-9));
  expect(best).toBeGreaterThanOrEqual(least * (1 - 1e-9));
  expect(best).toBeLessThanOrEqual(least * (1 + 1e-4));
});

/** As co-design finds it where every tensor goes through DRAM. */
const without = async ({ request }: SchedulesAsked) => defined((await codesign(request, hooks())).best).objective;

test('never worse than where nothing stays, and the same where nothing can', { timeout: 300_000 }, async () => {
  const asked = askedOf([lenet()], spaceOf({}), 'edp');
  const staying = await found(asked);
  expect(nth(staying.schedules, 0).keep.length).toBeGreaterThan(0);
  expect(defined(staying.result.best).objective).toBeLessThan(await without(asked));
  const small = askedOf([lenet()], spaceOf({ globalBuffer: kilobytes(0.125), globalBanks: [4] }), 'edp');
  const alone = await found(small);
  expect(nth(alone.schedules, 0).keep).toEqual([]);
  expect(defined(alone.result.best).objective / (await without(small))).toBeCloseTo(1, 3);
});

test.each([15, 18, 27, 32, 41, 53])(
  'never worse on a drawn network and space, %i',
  { timeout: 300_000 },
  async (seed) => {
    const chance = seeded(seed);
    const of = <T>(...all: readonly T[]) => nth(all, chance.below(all.length));
    const space = spaceOf({
      globalBuffer: kilobytes(of(1, 2), of(4, 32)),
      columns: [of(1, 2)],
      globalBanks: [of(8, 16)],
    });
    const asked = askedOf([drawn(seed)], space, of('edp', 'energy', 'latency'));
    const staying = defined((await found(asked)).result.best).objective;
    expect(staying).toBeLessThanOrEqual((await without(asked)) / (1 - asked.request.gap));
  },
);

test(
  'the call answers what the search finds, and refuses limits that no schedule keeps',
  { timeout: 120_000 },
  async () => {
    const { graphs, request } = askedOf([drawn(15)], spaceOf({}), 'energy', { gap: 0.01 });
    const { result, design, schedules } = await codesignWithSchedules(graphs, request);
    const schedule = nth(schedules, 0);
    expect([result.status, schedule.value, design?.machine.kind]).toEqual(['optimal', result.objective, 'template']);
    expect(design?.layers.reduce((n, l) => n + l.count, 0)).toBe(schedule.runs.length);
    const limited = codesignWithSchedules(graphs, { ...request, limits: { area: 1, 'layer-edp': 1e6 } });
    await expect(limited).rejects.toThrow(
      'no limit on layer-edp is kept by schedules; limit energy, latency, edp or area',
    );
  },
);

test('the same whoever is first', { timeout: 300_000 }, async () => {
  const asked = askedOf([drawn(27), drawn(15)], spaceOf({}), 'edp', { gap: 0.01 });
  const of = async (...by: Parameters<typeof found> extends [unknown, ...infer B] ? B : never) => {
    const { result, schedules } = await found(asked, ...by);
    return { best: result.best, bound: result.bound, nodes: result.nodes, keep: schedules.map(({ keep }) => keep) };
  };
  const alone = await of();
  expect(await of(outOfOrder(1), 2)).toEqual(alone);
  expect(await of(outOfOrder(2), 3)).toEqual(alone);
});
