// Law: the schedule of a small network is the best of all residencies x mappings, and of all ways to put chains into bands of
// rows or of images, each looked at.

import { expect, test } from 'vitest';
import { defined } from '../../src/base/invariant.js';
import { bits } from '../../src/base/units.js';
import { simba } from '../../src/model/machine/presets.js';
import type { NetworkGraph } from '../../src/model/workload/network-graph.js';
import type { BandedChain } from '../../src/model/workload/row-bands.js';
import { cheapestSchedule } from '../../src/tuner/schedule/cheapest-schedule.js';
import { scheduleNetwork } from '../../src/tuner/schedule/schedule-network.js';
import { invertedOf } from '../support/inverted-residual.js';
import { everySchedule, frontOf, lenet, patience, questionKeeping, questionOf } from '../support/schedule-question.js';

const inverted = invertedOf(1, 32, 12);

interface Case {
  readonly graph: NetworkGraph;
  readonly banks: number;
  readonly bytes: number;
  readonly chains?: readonly BandedChain[];
  /** Whether the best schedule has bands. */
  readonly bands?: boolean;
  /** Whether weights of chains may stay, and those of the best do. */
  readonly weights?: true;
}

test.each<[string, Case]>([
  ['a machine with room for most', { graph: lenet, banks: 16, bytes: 16 * 1024 }],
  ['one with room for some', { graph: lenet, banks: 8, bytes: 4 * 1024 }],
  [
    'one with chains that overlap',
    {
      graph: lenet,
      banks: 8,
      bytes: 2 * 1024,
      chains: [
        { first: 0, last: 1, bands: 2 },
        { first: 0, last: 0, bands: 2 },
      ],
    },
  ],
  [
    'one with room for bands alone',
    { graph: inverted, banks: 16, bytes: 6 * 1024, chains: [{ first: 1, last: 3, bands: 3 }], bands: true },
  ],
  [
    'one with room for what lies between steps of one image, and not of two',
    {
      graph: invertedOf(2, 16, 8),
      banks: 16,
      bytes: 4 * 1024,
      chains: [{ first: 1, last: 3, bands: 2, of: 'images' }],
      bands: true,
    },
  ],
  [
    'one whose weights may stay from band to band',
    {
      graph: inverted,
      banks: 16,
      bytes: 6 * 1024,
      chains: [{ first: 1, last: 3, bands: 3 }],
      bands: true,
      weights: true,
    },
  ],
  [
    'one whose weights may stay from image to image',
    {
      graph: invertedOf(2, 16, 8),
      banks: 16,
      bytes: 4 * 1024,
      chains: [{ first: 1, last: 3, bands: 2, of: 'images' }],
      bands: true,
      weights: true,
    },
  ],
])('the best of all residencies and mappings, on %s', { timeout: 240_000 }, async (_, given) => {
  const { graph, banks: globalBanks, bytes, chains: may = [], bands = false, weights = false } = given;
  const template = { ...simba, residency: 1, rows: 1, columns: 2, globalBanks, globalBuffer: bits(bytes * 8) };
  const asked = () =>
    weights ? questionKeeping(template, graph, may) : Promise.resolve(questionOf(template, graph, may));
  const q = await asked();
  expect(q.detours?.stretches.length).toBe((weights ? 2 : 1) * may.length);
  let [product, energy] = [Infinity, Infinity];
  for (const { route, residency } of everySchedule(q)) {
    for (const [e, t] of await frontOf(q, route, residency)) {
      product = Math.min(product, e * t);
      energy = Math.min(energy, e);
    }
  }
  // New: nothing that was learnt above is known.
  const fresh = await asked();
  const answer = await scheduleNetwork(fresh, 'edp', () => ({ places: undefined }), patience);
  if (answer.status !== 'found') throw new Error('no schedule');
  expect(answer.schedule.value / product).toBeCloseTo(1, 9);
  expect(answer.bound / product).toBeCloseTo(1, 9);
  expect(answer.schedule.route.some((s) => fresh.detours?.stretches.includes(s))).toBe(bands);
  if (weights) {
    // The best has its chain with weights that stay, and costs less than where each band loads them.
    expect(answer.schedule.chosen.filter(({ layer }) => layer.resident?.weights?.held).length).toBeGreaterThan(1);
    const loading = await scheduleNetwork(
      questionOf(template, graph, may),
      'edp',
      () => ({ places: undefined }),
      patience,
    );
    expect(loading.status === 'found' && loading.schedule.value).toBeGreaterThan(answer.schedule.value);
  }
  const lean = await cheapestSchedule(await asked(), { energy: 1, cycles: 0, both: 0 }, patience, new Map());
  expect(lean && lean !== 'none' && lean.sum / energy).toBeCloseTo(1, 9);
  // Never worse than where nothing stays, nor than without bands.
  const none = new Map(q.may.tensors.map((_t, i) => [i, false] as const));
  const without = await cheapestSchedule(
    questionOf(template, graph),
    { energy: 1, cycles: 0, both: 0 },
    patience,
    none,
  );
  expect(defined(without) !== 'none' && energy).toBeLessThanOrEqual(
    (without as { readonly sum: number }).sum * (1 + 1e-9),
  );
  const whole = await scheduleNetwork(questionOf(template, graph), 'edp', () => ({ places: undefined }), patience);
  expect(whole.status === 'found' && answer.schedule.value).toBeLessThanOrEqual(
    whole.status === 'found' ? whole.schedule.value * (1 + 1e-9) : 0,
  );
});
