// Law: what lines prove of a network is never above what some choice of mappings within the limits comes to, and a polygon of
// all supporting lines meets the minimum product.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exactly, toNumber } from '../../src/base/rational.js';
import type { ExactGoal, ExactLine } from '../../src/certificate/network-lines.js';
import { networkAtLeast } from '../../src/certificate/network-lines.js';

interface Totals {
  readonly energy: number;
  readonly cycles: number;
  readonly both: number;
}
const sums = (t: Totals) => ({ energy: exactly(t.energy), cycles: exactly(t.cycles), both: exactly(t.both) });

const whole = fc.integer({ min: 1, max: 40 });
/** Two layers with a few mappings each, and what all choices come to. */
const choices = fc
  .tuple(...[0, 1].map(() => fc.array(fc.tuple(whole, whole), { minLength: 1, maxLength: 4 })))
  .map(([a = [], b = []]) =>
    a.flatMap(([e, t]) => b.map(([f, u]): Totals => ({ energy: e + f, cycles: t + u, both: e * t + f * u }))),
  );
const weights = fc.record({ energy: fc.nat(5), cycles: fc.nat(5), both: fc.nat(2) });
const limit = fc.option(fc.integer({ min: 10, max: 90 }), { nil: undefined });
const limits = fc.record({
  energy: limit,
  cycles: limit,
  both: fc.option(fc.integer({ min: 50, max: 2000 }), { nil: undefined }),
  product: fc.option(fc.integer({ min: 100, max: 4000 }), { nil: undefined }),
});

const supporting = (all: readonly Totals[], w: Totals): ExactLine => ({
  weights: sums(w),
  sum: exactly(Math.min(...all.map((t) => w.energy * t.energy + w.cycles * t.cycles + w.both * t.both))),
});
const given = (l: Readonly<Record<string, number | undefined>>): ExactGoal['limits'] =>
  Object.fromEntries(Object.entries(l).flatMap(([k, v]) => (v === undefined ? [] : [[k, exactly(v)]])));

const objectives = [
  { energy: 1, cycles: 0, both: 0 },
  { energy: 0, cycles: 1, both: 0 },
  { energy: 0, cycles: 0, both: 1 },
  'product',
] as const;
const ends: readonly Totals[] = [
  { energy: 1, cycles: 0, both: 0 },
  { energy: 0, cycles: 1, both: 0 },
];

describe('lines of a network', () => {
  test('prove nothing that a choice refutes', () => {
    fc.assert(
      fc.property(
        choices,
        fc.array(weights, { maxLength: 4 }),
        fc.constantFrom(...objectives),
        limits,
        (all, ws, o, l) => {
          const goal: ExactGoal = { objective: o === 'product' ? o : sums(o), limits: given(l) };
          const least = networkAtLeast(
            goal,
            [...ws, ...ends].map((w) => supporting(all, w)),
          );
          const kept = all.filter(
            (t) =>
              t.energy <= (l.energy ?? Infinity) &&
              t.cycles <= (l.cycles ?? Infinity) &&
              t.both <= (l.both ?? Infinity) &&
              t.energy * t.cycles <= (l.product ?? Infinity),
          );
          const value = (t: Totals) =>
            o === 'product' ? t.energy * t.cycles : o.energy * t.energy + o.cycles * t.cycles + o.both * t.both;
          if (least === 'none') expect(kept).toEqual([]);
          else for (const t of kept) expect(toNumber(least)).toBeLessThanOrEqual(value(t) * (1 + 1e-12));
        },
      ),
      { numRuns: 1500, seed: 20261128 },
    );
  });

  test('of all slopes meet the minimum product', () => {
    fc.assert(
      fc.property(choices, (all) => {
        const slopes = all.flatMap((a) =>
          all.flatMap((b): Totals[] =>
            a.energy > b.energy && b.cycles > a.cycles
              ? [{ energy: b.cycles - a.cycles, cycles: a.energy - b.energy, both: 0 }]
              : [],
          ),
        );
        const least = networkAtLeast(
          { objective: 'product', limits: {} },
          [...ends, ...slopes].map((w) => supporting(all, w)),
        );
        expect(least).not.toBe('none');
        if (least !== 'none') expect(toNumber(least)).toBe(Math.min(...all.map((t) => t.energy * t.cycles)));
      }),
      { numRuns: 300, seed: 20261128 },
    );
  });
});
