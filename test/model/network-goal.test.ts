// What is asked of a network: both kinds of EDP, by hand and as laws.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  amountOf,
  limitsOfOneLayer,
  networkObjectives,
  networkSums,
  networkTotals,
  objectiveOfLayers,
  sumOfLayers,
} from '../../src/model/cost/network-goal.js';

test('two layers by hand: 2 x (3 pJ, 5 cycles) and (4 pJ, 7 cycles)', () => {
  const sums = networkSums([
    { count: 2, energy: 3, cycles: 5 },
    { count: 1, energy: 4, cycles: 7 },
  ]);
  // (6 + 4) x (10 + 7); 2 x 15 + 28.
  expect(sums).toEqual({ energy: 10, cycles: 17, edp: 170, layerEdp: 58 });
  expect(amountOf('edp', sums)).toBe(170);
  expect(amountOf('layer-edp', sums)).toBe(58);
});

test('every objective of a network measures its layers by one of theirs, and each of theirs has a sum', () => {
  for (const objective of networkObjectives)
    expect(sumOfLayers[objectiveOfLayers[objective]]).toBe(objective === 'edp' ? 'layer-edp' : objective);
});

test('on one layer that runs once both kinds are the same, and so are limits on them', () => {
  const sums = networkSums([{ count: 1, energy: 3, cycles: 5 }]);
  expect(sums.edp).toBe(sums.layerEdp);
  expect(limitsOfOneLayer({ edp: 9, 'layer-edp': 7, latency: 2 })).toEqual({ edp: 7, latency: 2 });
});

const amount = fc.double({ min: 1e-3, max: 1e6, noNaN: true });
const layers = fc.array(
  fc.record({
    count: fc.integer({ min: 1, max: 9 }),
    energy: amount,
    cycles: amount,
    share: fc.double({ min: 0, max: 1, noNaN: true }),
  }),
  { minLength: 1, maxLength: 6 },
);

test('the totals never have less than the layers, and what layers prove bounds the totals', () => {
  fc.assert(
    fc.property(layers, (given) => {
      const sums = networkSums(given);
      expect(sums.edp).toBeGreaterThanOrEqual(sums.layerEdp * (1 - 1e-12));
      // Bounds that hold of the layers as they are hold of any others that keep them, these among them.
      const proven = given.map(({ share, ...l }) => ({
        ...l,
        objective: l.energy * l.cycles,
        bound: share * l.energy * l.cycles,
      }));
      const totals = networkTotals('edp', proven);
      expect(totals.objective).toBe(sums.edp);
      expect(totals.bound).toBeLessThanOrEqual(sums.edp);
      expect(totals.bound).toBeGreaterThanOrEqual(networkTotals('layer-edp', proven).bound * (1 - 1e-12));
    }),
  );
});
