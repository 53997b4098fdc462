// Law: logarithms and powers are right to the last digits, whatever this engine's own are, and grow as they must.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ceilLog2 } from '../../src/base/integers.js';
import { ln, power } from '../../src/base/powers.js';
import { seedFrom } from '../support/cases.js';

const seed = seedFrom(20261201);
const positive = fc.double({ min: 1e-30, max: 1e30, noNaN: true });
const exponent = fc.double({ min: -3, max: 3, noNaN: true });

describe('powers', () => {
  test('are what they are known to be', () => {
    // Worked out with 40 digits.
    expect(ln(2)).toBe(0.6931471805599453);
    expect(ln(10)).toBeCloseTo(2.302585092994045684, 15);
    expect(power(2, 0.6)).toBeCloseTo(1.515716566510398082, 15);
    expect(power(10, -0.7)).toBeCloseTo(0.19952623149688796, 15);
    expect(power(3, 1.7)).toBeCloseTo(6.473007839923779298, 14);
    for (let k = -60; k <= 60; k++) {
      expect(power(2, k)).toBe(2 ** k);
      expect(ln(2 ** k) / (ln(2) || 1)).toBeCloseTo(k, 12);
    }
    expect([power(7, 0), power(1, 0.3), power(49, 0.5)]).toEqual([1, 1, 7]);
  });

  test('agree with those of the engine but for the last digit', () => {
    const near = (x: number, y: number) => expect(Math.abs(x / y - 1)).toBeLessThan(4 * Number.EPSILON);
    fc.assert(
      fc.property(positive, exponent, (x, y) => {
        near(power(x, y), x ** y);
        if (Math.abs(Math.log(x)) > 1e-6) near(ln(x), Math.log(x));
      }),
      { seed, numRuns: 2000 },
    );
  });

  test('grow with what is raised', () => {
    fc.assert(
      fc.property(positive, fc.double({ min: 0.05, max: 3, noNaN: true }), (x, y) => {
        expect(power(x * (1 + 1e-9), y)).toBeGreaterThan(power(x, y));
        expect(ln(x * (1 + 1e-9))).toBeGreaterThan(ln(x));
      }),
      { seed, numRuns: 500 },
    );
  });

  test('of what is no such number are refused', () => {
    for (const x of [0, -1, Infinity, NaN]) {
      expect(() => ln(x)).toThrow(/none of our numbers/);
      expect(() => power(x, 0.5)).toThrow(/none of our numbers/);
    }
  });
});

test('so many bits tell n things apart, and one less does not', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 40 }), (n) => {
      const bits = ceilLog2(n);
      expect(2 ** bits).toBeGreaterThanOrEqual(n);
      if (n > 1) expect(2 ** (bits - 1)).toBeLessThan(n);
    }),
    { seed },
  );
});
