// Law: prices lead to the least product of a network's totals, whatever bounds stop a question early, and whatever other prices are
// known from before; nothing is below the bound.
//
// Other seeds or more cases: MAGNET_SEED=7 MAGNET_CASES=20000 npx vitest run test/tuner/price-walk.test.ts

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { makeLayer } from '../../src/model/workload/layer.js';
import type { Found } from '../../src/search/strategy.js';
import { walkPrices } from '../../src/tuner/network/price-walk.js';
import type { Cheapest } from '../../src/tuner/network/supported-totals.js';
import { SupportedTotals } from '../../src/tuner/network/supported-totals.js';
import { casesOf, seedFrom } from '../support/cases.js';

const seed = seedFrom(20261202);
const numRuns = casesOf('prices');

const totalsOf = fc.record({ energy: fc.integer({ min: 1, max: 400 }), cycles: fc.integer({ min: 1, max: 400 }) });
const cases = fc.record({
  all: fc.array(totalsOf, { minLength: 1, maxLength: 12 }),
  /** What is known before everything is, as shares of what is true, ascending. */
  learnt: fc
    .array(fc.double({ min: 0.5, max: 1, noNaN: true }), { maxLength: 4 })
    .map((s) => s.toSorted((a, b) => a - b)),
  floor: fc.record({
    energy: fc.double({ min: 0.1, max: 1, noNaN: true }),
    cycles: fc.double({ min: 0.1, max: 1, noNaN: true }),
  }),
  known: fc.option(
    fc.record({
      near: fc.double({ min: 0.01, max: 100, noNaN: true }),
      asked: fc.array(fc.double({ min: 0.01, max: 100, noNaN: true }), { maxLength: 6 }),
    }),
    { nil: undefined },
  ),
});

test('the least product is found, and bounded', async () => {
  await fc.assert(
    fc.asyncProperty(cases, async ({ all, learnt, floor, known }) => {
      const least = (of: (t: { energy: number; cycles: number }) => number) => Math.min(...all.map(of));
      const layer = makeLayer('all', {});
      const cheapest: Cheapest = (weights, isEnough) => {
        const costOf = (t: { energy: number; cycles: number }) => weights.energy * t.energy + weights.cycles * t.cycles;
        const sum = least(costOf);
        const bound = learnt.map((share) => share * sum).find(isEnough);
        if (bound !== undefined) return Promise.resolve({ chosen: undefined, sum: bound, min: [bound] });
        const found = { evaluation: all.find((t) => costOf(t) === sum) } as Found;
        return Promise.resolve({ chosen: [{ layer, count: 1, found }], sum, min: [sum] });
      };
      const totals = new SupportedTotals(cheapest, { limits: {} });
      const below = { energy: floor.energy * least((t) => t.energy), cycles: floor.cycles * least((t) => t.cycles) };
      const walked = await walkPrices(totals, below, known);
      if (!walked || walked === 'none') throw new Error('there are totals');
      const truth = least((t) => t.energy * t.cycles);
      expect(totals.best?.value).toBe(truth);
      const bound = totals.bounded(walked.stretches);
      expect(bound).toBeLessThanOrEqual(truth);
      expect(bound / truth).toBeCloseTo(1, 9);
    }),
    { seed, numRuns },
  );
});
