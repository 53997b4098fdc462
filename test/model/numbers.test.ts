// Rows under a window and offsets in a fan-out, against counting them one by one.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countOffsets, rowsUnder } from '../../src/model/cost/numbers.js';

const size = fc.integer({ min: 1, max: 12 });
const step = fc.integer({ min: 1, max: 9 });

/** The different input rows that p output rows and r kernel rows read. */
function touched(p: number, r: number, stride: number, dilation: number): readonly number[] {
  const rows = new Set<number>();
  for (let i = 0; i < p; i++) for (let j = 0; j < r; j++) rows.add(i * stride + j * dilation);
  return [...rows].sort((a, b) => a - b);
}

describe('rows under a window', () => {
  test('dense: every row that is read has a place, in the fewer of two layouts', () => {
    fc.assert(
      fc.property(size, size, step, step, (p, r, stride, dilation) => {
        const read = touched(p, r, stride, dilation);
        // The greatest common divisor of all rows steps through the box.
        const g =
          read.reduce((a, b) => {
            while (b) [a, b] = [b, a % b];
            return a;
          }, 0) || 1;
        const dense = rowsUnder(p, r, stride, dilation, 'dense');
        // With one output or one kernel row the pairs are the rows; the box then has the same gaps as the rows.
        expect(dense).toBe(Math.min(p * r, p === 1 || r === 1 ? p * r : read.at(-1)! / g + 1));
        expect(dense).toBeGreaterThanOrEqual(read.length);
      }),
      { seed: 1, numRuns: 2000 },
    );
  });

  test('box: from the first that is read to the last', () => {
    fc.assert(
      fc.property(size, size, step, step, (p, r, stride, dilation) => {
        const rows = touched(p, r, stride, dilation);
        expect(rowsUnder(p, r, stride, dilation, 'box')).toBe(rows.at(-1)! - rows[0]! + 1);
      }),
      { seed: 1, numRuns: 2000 },
    );
  });

  test.each([
    // 3x3 over 14 rows: 14 + 2.
    [14, 3, 1, 1, 16, 16],
    // 7x7 stride 2 over 112: 111 x 2 + 7.
    [112, 7, 2, 1, 229, 229],
    // 1x1 stride 2: every other row; the box has the gaps.
    [28, 1, 2, 1, 28, 55],
    // 3 rows apart by 2, stride 4: {0 2 4} and {4 6 8}: 5 of 9, every second of the box.
    [2, 3, 4, 2, 5, 9],
    // Stride 3, 2 rows apart by 2: {0 2} {3 5} {6 8}: pairs, 6 of 9.
    [3, 2, 3, 2, 6, 9],
    // Stride 2, 4 rows apart by 3: 12 pairs, fewer than the 14 of the box.
    [3, 4, 2, 3, 12, 14],
  ])('%i output rows, %i kernel rows, stride %i, dilation %i', (p, r, stride, dilation, dense, box) => {
    expect(rowsUnder(p, r, stride, dilation, 'dense')).toBe(dense);
    expect(rowsUnder(p, r, stride, dilation, 'box')).toBe(box);
  });
});

describe('different offsets', () => {
  test('P and R side by side overlap', () => {
    // 14 output columns and 3 kernel columns: 14 + 3 - 1, not 42.
    expect(
      countOffsets([
        { step: 1, count: 14 },
        { step: 1, count: 3 },
      ]),
    ).toBe(16);
    // Stride 3: no overlap.
    expect(
      countOffsets([
        { step: 3, count: 14 },
        { step: 1, count: 3 },
      ]),
    ).toBe(42);
    expect(countOffsets([])).toBe(1);
  });

  test('are those of two loops, by the rows they read', () => {
    fc.assert(
      fc.property(size, size, step, step, (p, r, stride, dilation) => {
        expect(
          countOffsets([
            { step: stride, count: p },
            { step: dilation, count: r },
          ]),
        ).toBe(touched(p, r, stride, dilation).length);
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  test('do not depend on the order of the loops', () => {
    const axis = fc.record({ step, count: fc.integer({ min: 1, max: 4 }) });
    fc.assert(
      fc.property(
        fc.array(axis, { maxLength: 4 }),
        (loops) => countOffsets(loops) === countOffsets([...loops].reverse()),
      ),
      { seed: 1, numRuns: 200 },
    );
  });
});
