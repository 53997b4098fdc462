// Law: what the enumeration finds of a tiny layer on a tiny machine is just what looking at every mapping finds.
//
// Other seeds or more cases: MAGNET_SEED=7 MAGNET_CASES=2000 npx vitest run test/enumerate/optimum.test.ts

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { kibibytes } from '../../src/base/units.js';
import { decode } from '../../src/enumerate/decode-item.js';
import type { Weights } from '../../src/enumerate/item.js';
import { costOf } from '../../src/enumerate/item.js';
import type { Places } from '../../src/enumerate/columns.js';
import { depthsOf } from '../../src/enumerate/item-costs.js';
import { KernelTables } from '../../src/enumerate/kernels.js';
import { LayerSearch } from '../../src/enumerate/layer-search.js';
import { magnetConventions } from '../../src/model/cost/conventions.js';
import type { DesignSpace } from '../../src/model/space/design-space.js';
import { parameters, templateAt } from '../../src/model/space/design-space.js';
import { evaluate } from '../../src/model/cost/evaluate.js';
import type { Layer } from '../../src/model/workload/layer.js';
import { makeLayer, printShape } from '../../src/model/workload/layer.js';
import { simba } from '../../src/model/machine/presets.js';
import { technology16nm } from '../../src/model/machine/technology.js';
import { lowerTemplate } from '../../src/model/machine/template.js';
import { highs } from '../../src/milp/highs.js';
import { mapper } from '../../src/milp/mapper.js';
import { annealing } from '../../src/search/mapping/heuristics.js';
import { casesOf, seedFrom } from '../support/cases.js';
import { near, shaped, smallBox, tinyLayer } from '../support/boxes.js';
import { census, tinySpace } from '../support/census.js';

const seed = seedFrom(20191104);
const cases = casesOf('enumerate/optimum');

/** Every weight that objectives and the prices of limits make. */
const weights: readonly Weights[] = [
  { both: 1, energy: 0, cycles: 0 },
  { both: 0, energy: 1, cycles: 0 },
  { both: 0, energy: 0, cycles: 1 },
  { both: 1, energy: 50, cycles: 500 },
];

/** Whether there was little enough to look at. */
function compare(
  space: DesignSpace,
  places: Places | undefined,
  layer: Layer,
  padding: boolean,
  about: string,
): boolean {
  const s = shaped(space, near);
  if (!s) return false;
  const at = places ?? s.whole.low;
  const front = census(templateAt(space, s.at(at))!, near, layer, padding, 12_000);
  if (!front) return false;
  const menus = depthsOf(s.costs);
  for (const w of weights) {
    const text =
      `${about} ${printShape(layer)} ${JSON.stringify(layer)} ` +
      `padding ${padding} ${JSON.stringify(w)} ${JSON.stringify(s.at(at))}`;
    const best = front.reduce((min, c) => Math.min(min, costOf(w, c.energy, c.cycles)), Infinity);
    const item = new LayerSearch(layer, s.costs, padding, w, new KernelTables(menus)).solve(
      { low: at, high: at },
      Infinity,
      Infinity,
    );
    if (front.length === 0) {
      expect(item, text).toBeUndefined();
      continue;
    }
    expect(item, text).toBeDefined();
    expect(
      item!.value / best,
      `${text}: item ${item!.energy} pJ, ${item!.cycles} cycles, pe ${item!.pe} inner ${item!.inner} ` +
        `outer ${item!.outer} space ${item!.spatial.array} against ${JSON.stringify(front)}`,
    ).toBeCloseTo(1, 11);
  }
  return true;
}

describe('the enumeration', () => {
  test('is what looking at every mapping finds', { timeout: 600_000 }, () => {
    let done = 0;
    for (const [i, { space, layer, padding, high }] of fc
      .sample(fc.record({ space: smallBox, layer: tinyLayer, padding: fc.boolean(), high: fc.boolean() }), {
        seed,
        numRuns: cases,
      })
      .entries()) {
      const s = shaped(space, near);
      if (s && compare(space, high ? s.whole.high : undefined, layer, padding, `case ${i}`)) done++;
    }
    expect(done).toBeGreaterThan(cases / 3);
  });

  // By hand: what the arguments in the kernels lean on.
  test.each([
    [
      'groups in a collector of weights that holds the whole tile',
      { weightCollector: [1, 4], accumBuffer: [24 * 2], vectorSize: [1] },
      makeLayer('a', { G: 2, P: 5 }),
    ],
    [
      'groups in a collector of inputs',
      { inputCollector: [1, 4], weightBuffer: [2 * 16 * 2], vectorSize: [1] },
      makeLayer('b', { G: 2, K: 5 }),
    ],
    [
      'groups in a collector of sums',
      { accumCollector: [1, 4], inputBuffer: [2 * 8 * 2], vectorSize: [1] },
      makeLayer('c', { G: 2, R: 5 }),
    ],
  ] as const)('%s', (about, menus, layer) => {
    const space = tinySpace(menus);
    const s = shaped(space, near)!;
    for (const places of [s.whole.low, s.whole.high]) expect(compare(space, places, layer, false, about)).toBe(true);
  });
});

describe('the enumeration and the mapper', () => {
  const layers = [
    makeLayer('conv', { K: 16, C: 16, P: 8, Q: 8, R: 3, S: 3 }),
    makeLayer('strided', { K: 32, C: 8, P: 7, Q: 7, R: 3, S: 3 }, { stride: [2, 2] }),
    makeLayer('fc', { K: 100, C: 64 }),
  ];
  test.each(layers.map((l) => [l.name, l] as const))('agree on %s', { timeout: 120_000 }, async (_, layer) => {
    const template = { ...simba, weightBuffer: kibibytes(4), inputBuffer: kibibytes(1), globalBuffer: kibibytes(8) };
    const space = tinySpace(Object.fromEntries(parameters.map((p) => [p, [template[p] as number]])));
    const s = shaped(space, technology16nm)!;
    const item = new LayerSearch(layer, s.costs, false, weights[0]!, new KernelTables([[1], [1], [1]])).solve(
      s.whole,
      Infinity,
      Infinity,
    )!;
    const task = {
      architectures: lowerTemplate(template, technology16nm),
      layer,
      padding: false,
      conventions: magnetConventions,
      goal: { objective: 'edp', limits: {} },
    } as const;
    const answer = await mapper(highs, annealing).find(task, {
      time: 30,
      evaluations: 400,
      gap: 1e-4,
      seed: 1,
      now: () => performance.now(),
    });
    // The program has cycles from below: its bound is below what the enumeration finds.
    expect(item.value).toBeLessThanOrEqual(answer.best!.objective * (1 + 1e-9));
    const { architecture, mapping } = decode(item, task.architectures, [[1], [1], [1]]);
    const { energy, cycles } = evaluate(task.architectures[architecture]!, layer, mapping, magnetConventions);
    const best = energy * cycles;
    expect(answer.bound).toBeLessThanOrEqual(best * (1 + 1e-9));
    if (answer.status === 'optimal') expect(item.value / answer.best!.objective).toBeGreaterThan(0.99);
    if (process.env['MAGNET_TELL'])
      console.log(
        layer.name,
        answer.status,
        item.value / answer.best!.objective,
        best / answer.best!.objective,
        answer.bound / best,
      );
  });
});
