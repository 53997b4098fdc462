// Programs are collected piece by piece; exponentials that differ by a factor become one.

import { describe, expect, test } from 'vitest';
import { add, combine, constant, scale, valueOf, variable, zero } from '../../src/program/linear.js';
import type { Convex, Exponential } from '../../src/program/program.js';
import { ProgramBuilder, convex } from '../../src/program/program.js';

const x = variable(0);
const y = variable(1);
const term = (coefficient: number, exponent: Exponential['exponent'], unless?: Exponential['unless']): Exponential => ({
  coefficient,
  exponent,
  unless,
});
const valueAt = (c: Convex, at: readonly number[]) =>
  c.exponentials.reduce(
    (n, e) => n + (e.unless && valueOf(e.unless.off, at) > 0.5 ? 0 : e.coefficient * Math.exp(valueOf(e.exponent, at))),
    valueOf(c.linear, at),
  );

describe('sums of exponentials', () => {
  test('that differ only by a factor are one', () => {
    // 2 e^x + 3 e^(x + ln 4) = (2 + 12) e^x
    const merged = convex(zero, [term(2, x), term(3, add(x, constant(Math.log(4))))]);
    expect(merged.exponentials).toHaveLength(1);
    expect(merged.exponentials[0]!.coefficient).toBeCloseTo(14, 12);
    expect(merged.exponentials[0]!.exponent).toEqual(x);
  });

  test('of different products stay apart', () => {
    expect(convex(zero, [term(1, x), term(1, y), term(1, add(x, y)), term(1, scale(2, x))]).exponentials).toHaveLength(
      4,
    );
  });

  test('without variables are a constant', () => {
    // 5 e^(ln 3) + 1 = 16
    const merged = convex(constant(1), [term(5, constant(Math.log(3)))]);
    expect(merged.exponentials).toEqual([]);
    expect(merged.linear.constant).toBeCloseTo(16, 12);
  });

  test('with coefficient zero vanish', () => {
    expect(convex(zero, [term(0, x)]).exponentials).toEqual([]);
  });

  test('keep the same value at every point', () => {
    const off = { off: y, max: 3 };
    const parts = [
      term(
        2,
        combine([
          [1, x],
          [2, y],
          [1, constant(0.5)],
        ]),
      ),
      term(
        0.25,
        combine([
          [2, y],
          [1, x],
        ]),
      ),
      term(7, add(x, constant(1)), off),
      term(1, x, off),
      term(4, constant(2)),
    ];
    const merged = convex(add(x, constant(3)), parts);
    // One for x + 2 y, one for x while y is 0.
    expect(merged.exponentials).toHaveLength(2);
    for (const at of [
      [0, 0],
      [1.5, 1],
      [-2, 0],
      [3, 1],
    ]) {
      const want = at[0]! + 3 + parts.reduce((n, p) => n + valueAt({ linear: zero, exponentials: [p] }, at), 0);
      expect(valueAt(merged, at)).toBeCloseTo(want, 9);
    }
  });

  test('with and without a switch, or with different ones, stay apart', () => {
    expect(
      convex(zero, [term(1, x), term(1, x, { off: y, max: 1 }), term(1, x, { off: variable(2), max: 1 })]).exponentials,
    ).toHaveLength(3);
  });

  test('move the largest exponent along with the constant', () => {
    // Where x + 2 is at most 5 while switched off, x is at most 3.
    const merged = convex(zero, [term(1, add(x, constant(2)), { off: y, max: 5 })]);
    expect(merged.exponentials[0]!.unless!.max).toBe(3);
    expect(merged.exponentials[0]!.coefficient).toBeCloseTo(Math.exp(2), 12);
  });
});

describe('the builder', () => {
  test('numbers variables in order and moves constants to the bounds', () => {
    const b = new ProgramBuilder();
    const n = b.variable('n', 0, 4, true);
    const z = b.binary('z');
    b.row(
      'r',
      combine([
        [1, n],
        [2, z],
        [1, constant(10)],
      ]),
      11,
      15,
    );
    b.atMost('m', add(n, constant(1)), 3);
    b.equal('e', subtractOne(z), 0);
    b.convexAtMost('c', [term(1, n)], 8);
    const program = b.build(convex(zero, [term(1, n)]));
    expect(program.variables).toEqual([
      { name: 'n', integer: true, lower: 0, upper: 4 },
      { name: 'z', integer: true, lower: 0, upper: 1 },
    ]);
    // n + 2 z + 10 in [11, 15] is n + 2 z in [1, 5].
    expect(program.rows.map((r) => [r.name, r.lower, r.upper, r.linear.constant])).toEqual([
      ['r', 1, 5, 0],
      ['m', -Infinity, 2, 0],
      ['e', 1, 1, 0],
    ]);
    expect(program.convexRows).toEqual([{ name: 'c', convex: { linear: zero, exponentials: [term(1, n)] }, upper: 8 }]);
  });
});

const subtractOne = (e: Exponential['exponent']) => add(e, constant(-1));
