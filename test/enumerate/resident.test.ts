// Law: of layers some of whose tensors lie in the global buffer whole, the enumeration finds just what looking at every mapping
// finds; items decode to mappings of their energy and cycles; more that lies there costs no more, and nothing the same.
//
// Other seeds or more cases: MAGNET_SEED=7 MAGNET_CASES=2000 npx vitest run test/enumerate/resident.test.ts

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decode } from '../../src/enumerate/decode-item.js';
import { costOf } from '../../src/enumerate/item.js';
import { depthsOf } from '../../src/enumerate/item-costs.js';
import { KernelTables } from '../../src/enumerate/kernels.js';
import { LayerSearch } from '../../src/enumerate/layer-search.js';
import { magnetConventions } from '../../src/model/cost/conventions.js';
import { evaluate } from '../../src/model/cost/evaluate.js';
import { breaches } from '../../src/model/mapping/legality.js';
import { templateAt } from '../../src/model/space/design-space.js';
import { layoutOf } from '../../src/model/mapping/weight-layout.js';
import type { Layer } from '../../src/model/workload/layer.js';
import { hasResidual, printShape } from '../../src/model/workload/layer.js';
import type { Resident } from '../../src/model/workload/resident.js';
import { residentTensors } from '../../src/model/workload/resident.js';
import { technology16nm } from '../../src/model/machine/technology.js';
import { lowerTemplate } from '../../src/model/machine/template.js';
import { casesOf, seedFrom } from '../support/cases.js';
import type { Shaped } from '../support/boxes.js';
import { boxLayer, near, shaped, smallBox, someWeights, tinyLayer } from '../support/boxes.js';
import { census, everyMapping } from '../support/census.js';

const seed = seedFrom(20261130);
const machine = (s: Shaped) => templateAt(s.space, s.at(s.whole.low))!;

const resident = fc.record({
  input: fc.constantFrom(true as const, undefined),
  output: fc.constantFrom(true as const, undefined),
  residual: fc.constantFrom(true as const, undefined),
  weights: fc.constantFrom(undefined, undefined, { held: true }, { held: false }),
  banks: fc.constantFrom(0, 1, 2, 3, 4),
});

/** Machines in whose global buffer tensors may stay, and now and then one in which none does. */
const keeping = fc
  .record({
    space: smallBox,
    lanes: fc.constantFrom(1, 2, 4),
    vector: fc.constantFrom(1, 2, 4),
    residency: fc.constantFrom(0, 1, 1, 1, 1),
  })
  .map(({ space, lanes, vector, residency }) => {
    const { menus } = space;
    const [weights, sums, widest] = [lanes * vector, lanes, Math.max(lanes, vector)];
    const own = (name: 'vectorSize' | 'numLanes') => menus[name][0]!;
    const [w, l, x] = [
      own('vectorSize') * own('numLanes'),
      own('numLanes'),
      Math.max(own('vectorSize'), own('numLanes')),
    ];
    return {
      ...space,
      menus: {
        ...menus,
        vectorSize: [vector],
        numLanes: [lanes],
        residency: [residency],
        weightBuffer: menus.weightBuffer.map((n) => (n / w) * weights),
        inputBuffer: menus.inputBuffer.map((n) => (n / own('vectorSize')) * vector),
        accumBuffer: menus.accumBuffer.map((n) => (n / l) * sums),
        globalBuffer: menus.globalBuffer.map((n) => (n / x) * widest),
      },
    };
  });

/** A residual stays where there is one. */
const beside = (layer: Layer, { residual, weights, ...own }: Resident): Layer => ({
  ...layer,
  resident: { ...own, ...(hasResidual(layer) && { residual }), ...(weights && { weights }) },
});

test('the optimum beside whole images is what looking at every mapping finds', { timeout: 600_000 }, () => {
  const cases = 5 * casesOf('enumerate/optimum');
  let [done, none, kept] = [0, 0, 0];
  const samples = fc.sample(
    fc.record({ space: keeping, layer: tinyLayer, padding: fc.boolean(), resident, w: someWeights }),
    { seed, numRuns: cases },
  );
  for (const [i, { space, padding, w, ...drawn }] of samples.entries()) {
    const s = shaped(space, near);
    if (!s) continue;
    const layer = beside(drawn.layer, drawn.resident);
    const front = census(machine(s), near, layer, padding, 12_000);
    if (!front) continue;
    const about = `case ${i} ${printShape(layer)} ${JSON.stringify(layer)} padding ${padding} ${JSON.stringify([w, machine(s)])}`;
    const best = front.reduce((min, c) => Math.min(min, costOf(w, c.energy, c.cycles)), Infinity);
    const box = { low: s.whole.low, high: s.whole.low };
    const item = new LayerSearch(layer, s.costs, padding, w, new KernelTables(depthsOf(s.costs))).solve(
      box,
      Infinity,
      Infinity,
    );
    if (front.length === 0) {
      expect(item, about).toBeUndefined();
      none++;
      continue;
    }
    expect(item, about).toBeDefined();
    expect(item!.value / best, about).toBeCloseTo(1, 11);
    done++;
    if (!layer.resident?.weights) continue;
    // The same of mappings that have their weights as this one has them, all others left out.
    const decoded = decode(item!, lowerTemplate(machine(s), near), depthsOf(s.costs)).mapping;
    const layout = layoutOf(decoded)!;
    const laid: Layer = { ...layer, resident: { ...layer.resident, weights: { ...layer.resident.weights, layout } } };
    const other = { both: 0, energy: 0, cycles: 1 };
    const least = census(machine(s), near, laid, padding, 12_000)!.reduce(
      (min, c) => Math.min(min, c.cycles),
      Infinity,
    );
    const found = new LayerSearch(laid, s.costs, padding, other, new KernelTables(depthsOf(s.costs))).solve(
      box,
      Infinity,
      Infinity,
    );
    expect(found?.cycles, about).toBe(least);
    expect(layoutOf(decode(found!, lowerTemplate(machine(s), near), depthsOf(s.costs)).mapping), about).toEqual(layout);
    kept++;
  }
  expect(kept).toBeGreaterThan(cases / 20);
  expect(done).toBeGreaterThan(cases / 5);
  expect(none).toBeGreaterThan(0);
});

test('an item beside whole images is a legal mapping of its energy and cycles', { timeout: 600_000 }, () => {
  const cases = 6 * casesOf('enumerate/items');
  let done = 0;
  const samples = fc.sample(fc.record({ space: keeping, layer: boxLayer, resident, w: someWeights }), {
    seed,
    numRuns: cases,
  });
  for (const [i, { space, w, ...drawn }] of samples.entries()) {
    const s = shaped(space, technology16nm);
    if (!s) continue;
    const layer = beside(drawn.layer, drawn.resident);
    const box = { low: s.whole.low, high: s.whole.low };
    const depths = depthsOf(s.costs);
    const item = new LayerSearch(layer, s.costs, true, w, new KernelTables(depths)).solve(box, Infinity, Infinity);
    if (!item) continue;
    const about = `case ${i} ${JSON.stringify([layer, machine(s)])}`;
    const architectures = lowerTemplate(machine(s), technology16nm);
    const { architecture, mapping } = decode(item, architectures, depths);
    expect(breaches(architectures[architecture]!, layer, mapping, magnetConventions), about).toEqual([]);
    const found = evaluate(architectures[architecture]!, layer, mapping, magnetConventions);
    expect(found.energy / item.energy, about).toBeCloseTo(1, 11);
    expect(found.cycles, about).toBe(item.cycles);
    done++;
  }
  expect(done).toBeGreaterThan(cases / 12);
});

test('what lies there costs no mapping more, and nothing that lies there changes none', { timeout: 600_000 }, () => {
  let [looked, saved] = [0, 0];
  const samples = fc.sample(fc.record({ space: keeping, layer: tinyLayer, resident }), {
    seed,
    numRuns: 4 * casesOf('enumerate/items'),
  });
  for (const { space, ...drawn } of samples) {
    const s = shaped(space, technology16nm);
    if (!s) continue;
    const a = lowerTemplate(machine(s), technology16nm)[0]!;
    const layer = beside(drawn.layer, drawn.resident);
    const mappings = (everyMapping(a, layer, false, 2000) ?? []).filter(
      (m) => breaches(a, layer, m, magnetConventions).length === 0,
    );
    for (const mapping of mappings.slice(0, 40)) {
      const cost = (of: Layer) => {
        const { energy, cycles } = evaluate(a, of, mapping, magnetConventions);
        return { energy, cycles };
      };
      const { resident: whole, ...plain } = layer;
      expect(cost({ ...layer, resident: { banks: whole!.banks } })).toEqual(cost(plain));
      for (const tensor of residentTensors.filter((t) => whole![t])) {
        const fewer = cost({ ...layer, resident: { ...whole!, [tensor]: undefined } });
        const more = cost(layer);
        expect(more.energy).toBeLessThan(fewer.energy);
        expect(more.cycles).toBeLessThanOrEqual(fewer.cycles);
        if (more.cycles < fewer.cycles) saved++;
      }
      if (whole!.weights) {
        const [loaded, held] = [false, true].map((is) =>
          cost({ ...layer, resident: { ...whole!, weights: { held: is } } }),
        );
        expect(loaded).toEqual(cost({ ...layer, resident: { ...whole!, weights: undefined } }));
        expect(held!.energy).toBeLessThan(loaded!.energy);
        expect(held!.cycles).toBeLessThanOrEqual(loaded!.cycles);
      }
      looked++;
    }
  }
  expect(looked).toBeGreaterThan(300);
  expect(saved).toBeGreaterThan(50);
});
