// Law: cycles of two nests of tiles in closed form are those of the cost model, step by step, in every order of the loops
// that has one class innermost; where loops of other classes stand among its own, gathering these takes no more.
//
// Other seeds or more cases: MAGNET_SEED=7 MAGNET_CASES=20000 npx vitest run test/enumerate/cycles.test.ts

import { expect, test } from 'vitest';
import { seeded } from '../../src/base/random.js';
import { cyclesOfTiles } from '../../src/enumerate/cycles.js';
import type { Engine } from '../../src/model/machine/architecture.js';
import { engines } from '../../src/model/machine/architecture.js';
import type { Dimension } from '../../src/model/workload/layer.js';
import type { Loop } from '../../src/model/mapping/mapping.js';
import { cyclesOfSteps } from '../../src/model/cost/tile-cycles.js';
import { casesOf, seedFrom } from '../support/cases.js';

const seed = seedFrom(20191104);
const cases = casesOf('enumerate/cycles');

const classes: readonly (readonly Dimension[])[] = [['N', 'P', 'Q'], ['K'], ['C', 'R', 'S']];
const permutations = <T>(xs: readonly T[]): T[][] =>
  xs.length === 0 ? [[]] : xs.flatMap((x, i) => permutations(xs.filter((_, j) => j !== i)).map((p) => [x, ...p]));
const product = (loops: readonly Loop[]) => loops.reduce((n, l) => n * l.factor, 1);
const of = (k: number, loops: readonly Loop[]) => loops.filter((l) => classes[k]!.includes(l.dim));

/** Loops of the class that stands innermost; undefined where other classes stand among them. Loops come innermost first. */
function innermost(loops: readonly Loop[]): number | 'none' | undefined {
  if (loops.length === 0) return 'none';
  const k = classes.findIndex((c) => c.includes(loops[0]!.dim));
  // Groups innermost where others could be keep nothing.
  if (k < 0) return classes.some((_, other) => of(other, loops).length > 0) ? undefined : 'none';
  const own = of(k, loops);
  return loops.slice(0, own.length).every((l) => own.includes(l)) ? k : undefined;
}

/** The class of the innermost loop; where groups stand there, any class that has loops. */
const gathered = (loops: readonly Loop[]): number | 'none' => {
  const k = classes.findIndex((c) => loops.length > 0 && c.includes(loops[0]!.dim));
  const any = k >= 0 ? k : classes.findIndex((_, other) => of(other, loops).length > 0);
  return any < 0 ? 'none' : any;
};

const nest = (k: number | 'none', loops: readonly Loop[], keeps: (k: number) => boolean) => {
  const is = (n: number) => k === n && keeps(n);
  return {
    tiles: product(loops),
    runs: product(loops) / (k === 'none' ? 1 : product(of(k, loops))),
    keepsW: is(0),
    keepsI: is(1),
    keepsO: is(2),
  };
};

test('cycles in closed form are those of the steps', { timeout: 600_000 }, () => {
  let [equal, mixed] = [0, 0];
  const chance = seeded(seed);
  const loops = (): Loop[] => {
    const dims = (['N', 'G', 'K', 'C', 'P', 'Q', 'R', 'S'] as const).filter(() => chance.below(3) === 0).slice(0, 4);
    return dims.map((dim) => ({ dim, factor: chance.pick([2, 2, 3, 4, 5, 7]) }));
  };
  for (let i = 0; i < cases; i++) {
    const [outer, inner] = [loops(), loops()];
    // Sums stay in a PE: nothing but reduction loops, and no groups, under a reduction loop over tiles.
    if (of(2, outer).length > 0 && of(2, inner).length < inner.length) continue;
    const beats = Object.fromEntries(engines.map((e) => [e, chance.pick([1, 2, 3, 10, 40, 200])])) as Record<
      Engine,
      number
    >;
    const latency = Object.fromEntries(engines.map((e) => [e, chance.pick([0, 2, 5])])) as Record<Engine, number>;
    const step = chance.pick([0, 2, 3]);
    const closed = (zo: number | 'none', zi: number | 'none'): number => {
      const passes = (k: number) => of(k, inner).length === inner.length;
      return cyclesOfTiles(
        { step, latency },
        {
          compute: beats.compute,
          loadI: beats.load_i,
          loadW: beats.load_w,
          drain: beats.drain,
          fill: beats.fill,
          spill: beats.spill,
        },
        nest(zi, inner, () => true),
        nest(zo, outer, passes),
        zo === 1,
      );
    };
    for (const o of permutations(outer)) {
      for (const n of permutations(inner)) {
        const steps = cyclesOfSteps(o, n, (e) => beats[e] + latency[e], step) as number;
        const [zo, zi] = [innermost(o), innermost(n)];
        const text = JSON.stringify({ o, n, beats, latency, step, zo, zi });
        if (zo !== undefined && zi !== undefined) {
          expect(closed(zo, zi), text).toBe(steps);
          equal++;
        } else {
          // All loops of the class that has some innermost gathered there: loads and drains are no more, and so are cycles.
          expect(closed(gathered(o), gathered(n)), text).toBeLessThanOrEqual(steps);
          mixed++;
        }
      }
    }
  }
  expect(equal).toBeGreaterThan(cases);
  expect(mixed).toBeGreaterThan(cases);
});
