// Law: the columns of a tiny layer are what looking at every mapping leaves: all that none undercuts, in their band and in
// no other; in a box of machines those of all machines.
//
// Other seeds or more cases: MAGNET_SEED=7 MAGNET_CASES=500 npx vitest run test/enumerate/layer-columns.test.ts

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { depthsOf } from '../../src/enumerate/item-costs.js';
import type { Box, Item, Weights } from '../../src/enumerate/item.js';
import { costOf } from '../../src/enumerate/item.js';
import { KernelTables } from '../../src/enumerate/kernels.js';
import { LayerSearch } from '../../src/enumerate/layer-search.js';
import type { Layer } from '../../src/model/workload/layer.js';
import { templateAt } from '../../src/model/space/design-space.js';
import { casesOf, seedFrom } from '../support/cases.js';
import { near, shaped, smallBox, tinyLayer } from '../support/boxes.js';
import type { Shaped } from '../support/boxes.js';
import type { Cost } from '../support/census.js';
import { census } from '../support/census.js';

const seed = seedFrom(20191104);
const numRuns = casesOf('enumerate/columns');

const someWeights = fc.constantFrom<Weights>(
  { both: 0, energy: 1, cycles: 0 },
  { both: 0, energy: 0, cycles: 1 },
  { both: 0, energy: 1, cycles: 300 },
  { both: 0.2, energy: 1, cycles: 10 },
);

const columnsIn = (s: Shaped, layer: Layer, padding: boolean, box: Box, weights: Weights, limit: number) =>
  new LayerSearch(layer, s.costs, padding, weights, new KernelTables(depthsOf(s.costs))).columns(box, Infinity, limit);

const hair = 1 + 1e-9;
const undercut = (by: readonly Cost[], { energy, cycles }: Cost): boolean =>
  by.some((c) => c.energy <= energy * hair && c.cycles <= cycles);

test('columns are what looking at every mapping leaves', { timeout: 300_000 }, () => {
  let looked = 0;
  fc.assert(
    fc.property(
      fc.record({
        space: smallBox,
        layer: tinyLayer,
        padding: fc.boolean(),
        weights: someWeights,
        share: fc.constantFrom(1, 1.05, 1.5, Infinity),
      }),
      ({ space, layer, padding, weights, share }) => {
        const s = shaped(space, near);
        if (!s) return;
        const machines = [s.whole.low, s.whole.high].map((places) => ({
          box: { low: places, high: places },
          front: census(templateAt(space, s.at(places))!, near, layer, padding, 12_000),
        }));
        for (const { box, front } of machines) {
          if (!front) continue;
          looked++;
          const min = front.reduce((x, c) => Math.min(x, costOf(weights, c.energy, c.cycles)), Infinity);
          const limit = min * share * hair;
          const { columns, stopped } = columnsIn(
            s,
            layer,
            padding,
            box,
            weights,
            front.length === 0 ? Infinity : limit,
          );
          expect(stopped).toBe(false);
          // Complete in its band: whatever is worth less is there, or undercut.
          for (const cost of front)
            if (costOf(weights, cost.energy, cost.cycles) < limit / hair) expect(undercut(columns, cost)).toBe(true);
          // And nothing else: each is a mapping that none undercuts, worth less than the limit.
          for (const c of columns) {
            expect(undercut(front, c)).toBe(true);
            expect(front.some((f) => f.energy < c.energy / hair && f.cycles < c.cycles)).toBe(false);
            expect(costOf(weights, c.energy, c.cycles)).toBeLessThan(limit);
          }
          expect(new Set(columns.map((c) => `${c.energy} ${c.cycles}`)).size).toBe(columns.length);
        }
        // Over the box: no machine of it does anything that no column does for as little, on no more than that machine has.
        const { columns } = columnsIn(s, layer, padding, s.whole, weights, Infinity);
        const within = (c: Item, places: Box['low']) =>
          (Object.keys(places) as (keyof Box['low'])[]).every((size) => c.places[size] <= places[size]);
        for (const { box, front } of machines)
          for (const cost of front ?? [])
            expect(
              undercut(
                columns.filter((c) => within(c, box.low)),
                cost,
              ),
            ).toBe(true);
      },
    ),
    { seed, numRuns },
  );
  expect(looked).toBeGreaterThan(numRuns / 2);
});
