// Law: the kernels of a nest are the best ways to cut it, and all of them are: against every order of its prime loops and
// every place of the three cuts. Reuse and depth as docs/hardware.md has them: a collector's tile is what lies inside its
// cut and touches its tensor; the loops irrelevant to it inside, and the run just outside, wherever it ends, reuse it.
//
// Other seeds or more cases: MAGNET_SEED=7 MAGNET_CASES=2000 npx vitest run test/enumerate/kernels.test.ts

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { factorize } from '../../src/base/integers.js';
import type { BestCutting } from '../../src/enumerate/best-cuttings.js';
import { bestCuttings } from '../../src/enumerate/best-cuttings.js';
import { cuttings } from '../../src/enumerate/cuttings.js';
import type { Kernel } from '../../src/enumerate/kernels.js';
import { intervalsOf, kernelOf, KernelTables } from '../../src/enumerate/kernels.js';
import { casesOf, seedFrom } from '../support/cases.js';

const seed = seedFrom(20191104);
const cases = casesOf('enumerate/kernels');

interface Loop {
  /** 0, 1, 2 as in kernels; 3 touches every tensor. */
  readonly class: number;
  readonly factor: number;
}

const primes = (n: number, c: number): Loop[] =>
  [...factorize(n)].flatMap(([factor, e]) => Array.from({ length: e }, () => ({ class: c, factor })));

/** Orders without repetition. */
function orders(loops: readonly Loop[]): Loop[][] {
  if (loops.length === 0) return [[]];
  const seen = new Set<string>();
  return loops.flatMap((l, i) => {
    const key = `${l.class} ${l.factor}`;
    if (seen.has(key)) return [];
    seen.add(key);
    return orders(loops.filter((_, j) => j !== i)).map((rest) => [l, ...rest]);
  });
}

interface Cut {
  readonly reuse: number;
  readonly place: number;
  readonly holds: boolean;
}

/** What a cut of tensor `t` outside the `at` innermost loops gives; undefined where no collector is as deep. */
function cutAt(nest: readonly Loop[], t: number, at: number, menu: readonly number[]): Cut | undefined {
  let [depth, reuse] = [1, 1];
  for (const l of nest.slice(0, at)) l.class === t ? (reuse *= l.factor) : (depth *= l.factor);
  const place = menu.findIndex((v) => v >= depth);
  if (place < 0) return undefined;
  let k = at;
  for (; k < nest.length && nest[k]!.class === t; k++) reuse *= nest[k]!.factor;
  return { reuse, place, holds: k === nest.length };
}

function everyCutting(nest: readonly Loop[], menus: readonly (readonly number[])[]): Map<string, Kernel> {
  const found = new Map<string, Kernel>();
  for (const order of orders(nest)) {
    const cuts = menus.map((menu, t) =>
      Array.from({ length: order.length + 1 }, (_, at) => cutAt(order, t, at, menu)).filter((c) => c !== undefined),
    );
    for (const w of cuts[0]!)
      for (const i of cuts[1]!)
        for (const o of cuts[2]!) {
          const kernel: Kernel = {
            reuse: [w.reuse, i.reuse, o.reuse],
            depth: [w.place, i.place, o.place],
            holds: [w.holds, i.holds, o.holds],
          };
          found.set(JSON.stringify([kernel.reuse, kernel.depth, kernel.holds]), kernel);
        }
  }
  return found;
}

const beats = (a: Kernel, b: Kernel) =>
  [0, 1, 2].every((t) => a.reuse[t]! >= b.reuse[t]! && a.depth[t]! <= b.depth[t]! && (a.holds[t]! || !b.holds[t]!));

const menu = fc.constantFrom([1], [1, 2], [1, 4], [2], [3, 8], [1, 2, 8]);
const nest = fc
  .record({
    products: fc.tuple(fc.constantFrom(1, 2, 3, 4, 6), fc.constantFrom(1, 2, 3, 4), fc.constantFrom(1, 2, 3, 4, 6)),
    groups: fc.constantFrom(1, 1, 2, 3, 4),
    menus: fc.tuple(menu, menu, menu),
  })
  .filter(({ products, groups }) => [...products, groups].reduce((n, x, c) => n + primes(x, c).length, 0) <= 5);

describe('kernels', () => {
  test('are the cuttings that no other beats, each of them attained', { timeout: 300_000 }, () => {
    let compared = 0;
    for (const { products, groups, menus } of fc.sample(nest, { seed, numRuns: cases })) {
      const kernels = new KernelTables(menus).of(...products, groups).map(kernelOf);
      const all = everyCutting(
        [...products, groups].flatMap((x, c) => primes(x, c)),
        menus,
      );
      const about = `${products} x ${groups} in ${JSON.stringify(menus)}`;
      for (const k of kernels)
        expect(
          all.has(JSON.stringify([k.reuse, k.depth, k.holds])),
          `${about}: ${JSON.stringify(k)} is not attained`,
        ).toBe(true);
      for (const c of all.values()) {
        compared++;
        if (!kernels.some((k) => beats(k, c))) expect.fail(`${about}: ${JSON.stringify(c)} is better than all kernels`);
      }
      // None is beaten by another.
      for (const k of kernels)
        expect(
          kernels.filter((o) => beats(o, k)),
          about,
        ).toEqual([k]);
    }
    expect(compared).toBeGreaterThan(20 * cases);
  });

  test('made directly or out of all cuttings: the same, of large nests and deep collectors too', () => {
    const deep = fc.constantFrom([1], [1, 2, 4, 8, 16, 32], [1, 16], [2, 8, 16], [1, 3, 12]);
    const large = fc.constantFrom(1, 2, 6, 7, 12, 28, 49, 64, 112, 144, 196, 784, 1152);
    const nests = fc.tuple(
      fc.tuple(large, large, large),
      fc.tuple(deep, deep, deep),
      fc.constantFrom(1, 1, 2, 3, 8, 33),
    );
    for (const [products, menus, groups] of fc.sample(nests, { seed: seed + 2, numRuns: cases })) {
      const told = ({ reuse, depth, holds }: BestCutting) => `${reuse.join(' ')} ${depth.join(' ')} ${holds}`;
      expect(
        new Set(bestCuttings(products, menus, groups).map(told)),
        `${products} x ${groups} in ${JSON.stringify(menus)}`,
      ).toEqual(new Set(cuttings(products, menus, groups).map(told)));
    }
  });

  test('come with intervals that make up the nest', () => {
    for (const { products, groups, menus } of fc.sample(nest, { seed: seed + 1, numRuns: cases })) {
      for (const kernel of new KernelTables(menus).of(...products, groups).map(kernelOf)) {
        const intervals = intervalsOf(kernel, products, menus, groups);
        expect(intervals.map((x) => x.above).sort()).toEqual([-1, 0, 1, 2]);
        for (const t of [0, 1, 2] as const) expect(intervals.reduce((n, x) => n * x.factors[t], 1)).toBe(products[t]);
        expect(intervals.reduce((n, x) => n * x.groups, 1)).toBe(groups);
        // The intervals as loops: cut where they are cut, they give the kernel.
        const loops = intervals.flatMap(({ factors, first, groups: g }) => [
          ...[first, ...[0, 1, 2].filter((c) => c !== first)].map((c) => ({ class: c, factor: factors[c]! })),
          { class: 3, factor: g },
        ]);
        intervals.slice(1).forEach(({ above }, j) => {
          if (above === -1) return expect.fail('a cut without a tensor');
          const inside = loops.slice(0, 4 * (j + 1)).filter((l) => l.factor > 1);
          const cut = cutAt(
            loops.filter((l) => l.factor > 1),
            above,
            inside.length,
            menus[above],
          )!;
          expect([cut.reuse, cut.place, cut.holds]).toEqual([
            kernel.reuse[above],
            kernel.depth[above],
            kernel.holds[above],
          ]);
        });
      }
    }
  });
});
