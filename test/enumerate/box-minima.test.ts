// Laws of sums of minima in boxes: what is returned is settled, and what was found not to be below a limit is not below it when
// that is asked again with all that was learned.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Minima } from '../../src/enumerate/box-minima.js';
import { BoxMinima, isSame } from '../../src/enumerate/box-minima.js';
import { depthsOf } from '../../src/enumerate/item-costs.js';
import { KernelTables } from '../../src/enumerate/kernels.js';
import { boxLayer, near, shaped, smallBox, someWeights } from '../support/boxes.js';
import { casesOf, seedFrom } from '../support/cases.js';

const question = fc.record({
  space: smallBox,
  layers: fc.array(boxLayer, { minLength: 1, maxLength: 3 }),
  weights: someWeights,
  /** Of the minimum, from far below to far above. */
  share: fc.constantFrom(0.5, 0.9, 0.99, 1 - 1e-12, 1, 1 + 1e-13, 1 + 1e-11, 1.5),
});

test('a sum is settled, or refuted again at the limit that refuted it', () => {
  fc.assert(
    fc.property(question, ({ space, layers, weights, share }) => {
      const at = shaped(space, near);
      if (!at) return;
      const { costs, whole } = at;
      const minima = () =>
        new BoxMinima(
          costs,
          layers.map((layer) => ({ layer, limits: {} })),
          true,
          Infinity,
          new KernelTables(depthsOf(costs)),
        );
      const nothing: Minima = layers.map(() => []);
      const demands = layers.map((_, layer) => ({ layer, weights, times: layer + 1 }));
      const min = minima().sum(whole, nothing, demands, Infinity, () => false);
      if (!min) return;
      const limit = share * min.sum;
      const asked = minima();
      const first = asked.settled(whole, nothing, demands, limit, () => false);
      // One that has seen nothing, and one that has.
      for (const next of [minima(), asked]) {
        const again = next.sum(whole, first.minima, demands, limit, () => false);
        expect(again !== undefined).toBe(first.isBelow);
        for (const own of again?.minima ?? []) expect(own.find((m) => isSame(m.weights, weights))?.item).toBeDefined();
      }
    }),
    { seed: seedFrom(20261130), numRuns: casesOf('enumerate/sums') },
  );
});
