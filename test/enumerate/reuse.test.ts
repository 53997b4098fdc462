// Laws of what is loaded at least: below every mapping, and close to the best one where buffers are far too small.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ShapeCosts } from '../../src/enumerate/item-costs.js';
import { perSize } from '../../src/enumerate/columns.js';
import { depthsOf, shapesWithCosts, weighing } from '../../src/enumerate/item-costs.js';
import type { Box, Item } from '../../src/enumerate/item.js';
import { ChoiceCosts } from '../../src/enumerate/choice-costs.js';
import { KernelTables } from '../../src/enumerate/kernels.js';
import { LayerSearch } from '../../src/enumerate/layer-search.js';
import { anyLoads, anyLoadsOf, leastTraffic, maxLines, trafficOf } from '../../src/enumerate/reuse.js';
import { SpatialChoices } from '../../src/enumerate/spatial.js';
import { spreadOf } from '../../src/enumerate/spread.js';
import { forProducts } from '../../src/model/space/design-space.js';
import type { Layer } from '../../src/model/workload/layer.js';
import { makeLayer, printShape } from '../../src/model/workload/layer.js';
import { spaces } from '../../src/model/space/built-in-spaces.js';
import { technology16nm } from '../../src/model/machine/technology.js';
import { casesOf, seedFrom } from '../support/cases.js';
import { near, shaped, smallBox, tinyLayer } from '../support/boxes.js';

const seed = seedFrom(20191104);
const cases = casesOf('enumerate/reuse');

const weights = [
  { both: 1, energy: 0, cycles: 0 },
  { both: 0, energy: 1, cycles: 0 },
  { both: 0, energy: 0, cycles: 1 },
];

interface Way {
  readonly energy: number;
  readonly cycles: number;
}

/**
 * The ways to load of an item in a box, by what is known of it: lanes and vector, what runs side by side, positions of its
 * tile, or channels too.
 */
function waysOf(layer: Layer, c: ShapeCosts, item: Item, box: Box, area: number, array: number): readonly Way[][] {
  const { spatial } = item;
  const extremes = { low: box.low, max: maxLines(c, box.high), wire: c.wire(array), area };
  const traffic = trafficOf(layer, c, spreadOf(layer, c, spatial), extremes);
  const [n, , k, ch, p, q, r, s] = item.pe;
  const [, , , allC, , , allR, allS] = spatial.time;
  const heard = (ask: (hear: (energy: number, cycles: number) => boolean) => void): Way[] => {
    const ways: Way[] = [];
    ask((energy, cycles) => ways.push({ energy, cycles }) === 0);
    return ways;
  };
  // As if rows of the array could carry any share of the outputs' rows.
  const [oneN, g, ofK, ofC, , ofQ, ofR, ofS] = spatial.time;
  const [, onG, onK, onC] = spatial.array;
  const begun = {
    ...spatial,
    array: [1, onG, onK, onC, 1, 1, 1, 1] as const,
    time: [oneN, g, ofK, ofC, spatial.time[4] / 2, ofQ, ofR, ofS] as const,
    cycles: spatial.cycles / 2,
  };
  return [
    heard((hear) => anyLoads(leastTraffic(layer, c, begun, extremes), undefined, hear)),
    heard((hear) => anyLoads(traffic, undefined, hear)),
    heard((hear) => anyLoads(traffic, n * p * q, hear)),
    heard((hear) => anyLoadsOf(traffic, n * p * q, k, ch * r * s < allC * allR * allS, hear)),
  ];
}

describe('what is loaded at least', () => {
  test('is not above what a mapping costs', () => {
    for (const { space, layer, padding } of fc.sample(
      fc.record({ space: smallBox, layer: tinyLayer, padding: fc.boolean() }),
      { seed, numRuns: cases },
    )) {
      const s = shaped(space, near);
      if (!s) continue;
      for (const w of weights) {
        const search = new LayerSearch(layer, s.costs, padding, w, new KernelTables(depthsOf(s.costs)));
        const item = search.solve(s.whole, Infinity, Infinity);
        if (!item) continue;
        for (const ways of waysOf(layer, search.costs, item, s.whole, s.costs.min.area, s.costs.min.array))
          expect(
            ways.some((way) => way.energy <= item.energy && way.cycles <= item.cycles),
            `${printShape(layer)} ${JSON.stringify(w)} ${JSON.stringify(ways)} against ${item.energy} pJ, ${item.cycles} cycles`,
          ).toBe(true);
      }
    }
  });

  test('as a floor is what the cheapest of all choices of what runs side by side costs', () => {
    for (const { space, layer, padding } of fc.sample(
      fc.record({ space: smallBox, layer: tinyLayer, padding: fc.boolean() }),
      { seed, numRuns: cases },
    )) {
      const made = shaped(space, near);
      if (!made) continue;
      const { whole } = made;
      const costs = weighing(made.costs, layer);
      const extremes = {
        low: whole.low,
        max: maxLines(costs, whole.high),
        wire: costs.wire(costs.min.array),
        area: costs.min.area,
      };
      for (const w of weights) {
        const search = new LayerSearch(layer, costs, padding, w, new KernelTables(depthsOf(costs)));
        const own = new ChoiceCosts(layer, costs, w, {});
        let min = Infinity;
        new SpatialChoices(layer, costs, padding).each({
          max: () => Infinity,
          beyond: () => false,
          visit: (choice) => {
            min = Math.min(min, own.ofWhole(choice, Infinity, extremes));
          },
        });
        expect(search.floor(), `${printShape(layer)} ${JSON.stringify(w)}`).toBe(min);
      }
    }
  });

  // Layers of transformers, whose weights come out of DRAM several times: with each word once the bound is a third or less.
  test.each([
    makeLayer('square', { K: 768, C: 768, P: 128 }),
    makeLayer('wide', { K: 3072, C: 768, P: 128 }),
    makeLayer('deep', { K: 768, C: 3072, P: 128 }),
  ])('is nearly the minimum energy of $name products that no buffer holds', (layer) => {
    const space = forProducts(
      spaces.find(({ name }) => name === 'magnet-small')!,
      layer.bounds.C,
    );
    const { costs } = shapesWithCosts(space, technology16nm)[0]!;
    const search = new LayerSearch(layer, costs, true, weights[1]!, new KernelTables(depthsOf(costs)));
    const floor = search.floor();
    const box = { low: perSize(() => 0), high: perSize((size) => costs.menus[size].length - 1) };
    const { value } = search.settle(box, Infinity, Infinity);
    expect(floor / value).toBeGreaterThan(0.8);
    expect(floor / value).toBeLessThanOrEqual(1);
    expect(search.tiles).toBeLessThan(100_000);
  });
});
