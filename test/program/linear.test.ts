// Linear expressions: what is added, scaled and compared, by hand.

import { describe, expect, test } from 'vitest';
import { add, combine, constant, keyOf, scale, subtract, valueOf, variable, zero } from '../../src/program/linear.js';

const x = variable(0);
const y = variable(1);
const at = [5, 7];

describe('linear expressions', () => {
  test('have a value at a point', () => {
    // 3 x - 2 y + 4 at (5, 7): 15 - 14 + 4 = 5
    const e = combine([
      [3, x],
      [-2, y],
      [1, constant(4)],
    ]);
    expect(valueOf(e, at)).toBe(5);
    expect(valueOf(scale(2, e), at)).toBe(10);
    expect(valueOf(subtract(e, x), at)).toBe(0);
    expect(valueOf(add(e, e, y), at)).toBe(17);
    expect(valueOf(zero, at)).toBe(0);
  });

  test('add up what stands twice', () => {
    expect([
      ...combine([
        [1, x],
        [2, add(x, y)],
      ]).terms,
    ]).toEqual([
      [0, 3],
      [1, 2],
    ]);
  });

  test('drop what cancels, rounding included', () => {
    expect(subtract(x, x).terms.size).toBe(0);
    // 0.1 + 0.2 - 0.3 is 5.6e-17 in binary, not zero.
    expect(
      combine([
        [0.1, x],
        [0.2, x],
        [-0.3, x],
      ]).terms.size,
    ).toBe(0);
  });

  test('ignore a part of weight zero', () => {
    expect(
      combine([
        [0, add(x, constant(Infinity))],
        [1, y],
      ]),
    ).toEqual(y);
  });

  test('leave their arguments as they were', () => {
    const e = add(x, y);
    add(e, x);
    scale(3, e);
    expect([...e.terms]).toEqual([
      [0, 1],
      [1, 1],
    ]);
  });

  test('have equal keys where their variable parts are equal, in any order and with any constant', () => {
    expect(keyOf(add(x, y, constant(3)))).toBe(keyOf(add(y, x)));
    expect(keyOf(x)).not.toBe(keyOf(scale(2, x)));
    expect(keyOf(x)).not.toBe(keyOf(y));
    expect(keyOf(constant(9))).toBe(keyOf(zero));
  });
});
