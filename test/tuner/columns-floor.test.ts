// Law: what is said of a layer at once, and what other prices leave between them, is no more than what its best mapping costs; and
// of all folds, of which one cuts off the others, the best is found.
//
// Other seeds or more cases: MAGNET_SEED=7 MAGNET_CASES=300 npx vitest run test/tuner/columns-floor.test.ts

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bits } from '../../src/base/units.js';
import { simba } from '../../src/model/machine/presets.js';
import { magnetConventions } from '../../src/model/cost/conventions.js';
import { technology16nm } from '../../src/model/machine/technology.js';
import type { Layer } from '../../src/model/workload/layer.js';
import { makeLayer } from '../../src/model/workload/layer.js';
import { besideImages, residentTensors } from '../../src/model/workload/resident.js';
import { columnsFloor, columnsOf } from '../../src/tuner/network/columns-task.js';
import { LayerColumns } from '../../src/tuner/network/layer-columns.js';
import { casesOf, seedFrom } from '../support/cases.js';

const template = { ...simba, residency: 1, globalBuffer: bits(8 * 8 * 1024), globalBanks: 8 };
const seed = seedFrom(20261201);
const numRuns = casesOf('columns at least');

const layers = fc
  .record({
    K: fc.integer({ min: 1, max: 24 }),
    C: fc.constantFrom(1, 3, 8, 20),
    P: fc.integer({ min: 1, max: 12 }),
    Q: fc.integer({ min: 1, max: 12 }),
    R: fc.constantFrom(1, 3),
    S: fc.constantFrom(1, 3),
    stays: fc.subarray(residentTensors.filter((t) => t !== 'residual')),
    fromHost: fc.boolean(),
  })
  .map(({ stays, fromHost, ...bounds }): Layer => {
    const layer = makeLayer('layer', bounds);
    return fromHost && stays.length === 0 ? { ...layer, fromHost } : besideImages(layer, stays, 0);
  });
const prices = fc.double({ min: 0.1, max: 5000, noNaN: true }).map((cycles) => ({ both: 0, energy: 1, cycles }));

test('no bound is above the minimum', { timeout: 300_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(layers, fc.tuple(prices, prices, prices), async (layer, [first, second, asked]) => {
      const goal = { objective: 'edp', limits: {} } as const;
      const machine = { template, technology: technology16nm };
      const task = { layer, conventions: magnetConventions, padding: true, goal, machine };
      const ask = (question: Parameters<typeof columnsOf>[0]) => Promise.resolve(columnsOf(question, () => false));
      const own = new LayerColumns(task, ask, columnsFloor);
      const whole = new LayerColumns(task, ask);
      expect(await whole.within(asked, Infinity, 600)).toBe(true);
      const truth = whole.bestKnown(asked);
      expect(columnsFloor({ task, weights: asked })).toBeLessThanOrEqual(truth);
      for (const weights of [first, second, asked]) own.floor(weights);
      const atOnce = own.atLeast(asked);
      for (const weights of [first, second]) await own.min(weights, 600);
      const between = own.atLeast(asked);
      expect(between).toBeGreaterThanOrEqual(atOnce);
      expect(between).toBeLessThanOrEqual(truth * (1 + 1e-12));
      expect((await own.min(asked, 600))! / truth).toBeCloseTo(1, 10);
    }),
    { seed, numRuns },
  );
});
