// Law: a hole is found where some place is in no box, and nowhere else.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Range } from '../../src/certificate/cover.js';
import { holeIn } from '../../src/certificate/cover.js';
import { nth } from '../../src/base/invariant.js';

const sides = [3, 4, 2] as const;
const range = fc
  .tuple(...sides.map((n) => fc.tuple(fc.nat(n - 1), fc.nat(n - 1))))
  .map((ends): Range => ({ low: ends.map((e) => Math.min(...e)), high: ends.map((e) => Math.max(...e)) }));
const whole: Range = { low: sides.map(() => 0), high: sides.map((n) => n - 1) };

const places = sides.reduce<readonly (readonly number[])[]>(
  (all, n) => all.flatMap((p) => Array.from({ length: n }, (_, i) => [...p, i])),
  [[]],
);
const isIn = (p: readonly number[], { low, high }: Range) => p.every((x, i) => nth(low, i) <= x && x <= nth(high, i));

test('a hole is found where there is one', () => {
  fc.assert(
    fc.property(fc.array(range, { maxLength: 12 }), (boxes) => {
      const hole = holeIn(whole, boxes);
      const open = places.filter((p) => !boxes.some((b) => isIn(p, b)));
      const inside = hole ? places.filter((p) => isIn(p, hole)) : [];
      expect(inside.length > 0).toBe(open.length > 0);
      for (const p of inside) expect(open).toContainEqual(p);
    }),
    { numRuns: 400, seed: 20261128 },
  );
});
