// Padded bounds, and how many mappings there are.

import { describe, expect, test } from 'vitest';
import { makeLayer } from '../../src/model/workload/layer.js';
import { array3 } from '../../src/model/machine/presets.js';
import { logSpaceSize, paddedBounds } from '../../src/model/mapping/mapping-space.js';

describe('padded bounds', () => {
  test.each([
    // 7-smooth numbers above the bound up to 1.25 times it; the bound itself always stays.
    [1, [1]],
    [3, [3]],
    [4, [4, 5]],
    [7, [7, 8]],
    [13, [13, 14, 15, 16]],
    [55, [55, 56, 60, 63, 64]],
    [64, [64, 70, 72, 75, 80]],
    // Six at most: 1120, 1125, 1134, 1152, 1176, 1200, 1215, 1225 and 1250 are left out.
    [1000, [1000, 1008, 1024, 1029, 1050, 1080]],
  ])('of %i', (bound, menu) => {
    expect(paddedBounds(bound, true)).toEqual(menu);
    expect(paddedBounds(bound, false)).toEqual([bound]);
  });
});

describe('the size of the space', () => {
  test('is factorisations times orders', () => {
    // array3 has three temporal slots and two axes, five places for a factor.
    // K = 4 = 2^2: C(2 + 4, 4) = 15 ways; P = 3: 5 ways; two loops in any order in three slots: 2!^3 = 8.
    expect(10 ** logSpaceSize(array3, makeLayer('small', { K: 4, P: 3 }), false)).toBeCloseTo(15 * 5 * 8, 6);
  });

  test('adds up over padded bounds', () => {
    // K = 4 or 5: 15 + 5 ways.
    expect(10 ** logSpaceSize(array3, makeLayer('small', { K: 4 }), true)).toBeCloseTo(20, 9);
  });

  test('is one for a layer of one multiplication', () =>
    expect(logSpaceSize(array3, makeLayer('one', {}), true)).toBe(0));
});
