// Law: co-design where tensors may stay in the global buffer finds, within its gap, the least of the schedules of all machines,
// each found alone, of several networks the least of their weighted sum; its bound is not above that. It is never worse than where
// nothing stays, the same where nothing can, and the same whoever is first.

import { expect, test } from 'vitest';
import { codesignsSchedules } from '../../src/library/codesign-schedules.js';
import { schedulable } from '../../src/library/schedulable.js';
import { runsOf } from '../../src/library/lowered-networks.js';
import { codesignWithSchedules } from '../../src/library/codesign-with-schedules.js';
import { seeded } from '../../src/base/random.js';
import { defined, nth } from '../../src/base/invariant.js';
import { codesign } from '../../src/tuner/codesign/codesign.js';
import {
  askedOf,
  columns,
  drawn,
  found,
  hooks,
  kilobytes,
  leastOfAll,
  lenet,
  spaceOf,
} from '../support/codesign-schedules.js';
import type { Asked } from '../support/codesign-schedules.js';
import { outOfOrder, shapes } from '../support/shapes.js';

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
const without = async ({ request }: Asked) => defined((await codesign(request, hooks())).best).objective;

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

test.each([
  ['edp', {}],
  ['energy', { latency: 1e6 }],
  ['area', { energy: 1e9 }],
] as const)(
  'a search for %s that is stopped as it begins has a machine on which nothing stays, within %j',
  { timeout: 120_000 },
  async (objective, limits) => {
    const { graphs, request } = askedOf([lenet(), drawn(15)], spaceOf({}), objective, { limits });
    const may = schedulable(request, graphs);
    if (may.kind === 'unscheduled') throw new Error(may.why);
    let isStopped = false;
    const advance = () => {
      isStopped = true;
      return Promise.reject(new Error('given up'));
    };
    const search = codesignsSchedules({ space: request.space, networks: may.networks, folds: true }, columns);
    const { result, schedules } = await search(request, { ...hooks({ ...shapes, advance }), stopped: () => isStopped });
    const best = defined(result.best);
    expect([result.status, result.reason, best.point.residency]).toEqual(['feasible', { kind: 'interrupted' }, 0]);
    expect(schedules.map(({ keep, tensors }) => [...keep, ...tensors])).toEqual([[], []]);
    expect(schedules.map(({ runs }) => runs.length)).toEqual(may.networks.map((network) => runsOf(network).length));
    const sum = schedules.reduce((n, { value }, k) => n + (k + 1) * (value ?? Infinity), 0);
    expect(best.objective / (objective === 'area' ? best.area : sum)).toBeCloseTo(1, 12);
    expect(result.bound).toBeLessThanOrEqual(best.objective);
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
