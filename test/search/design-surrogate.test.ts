// The Gaussian process and expected improvement: known answers, limits, and integrals done by sums.

import { describe, expect, test } from 'vitest';
import { seeded } from '../../src/base/random.js';
import { distribution, expectedImprovement } from '../../src/search/improvement.js';
import { firstScales, gaussianProcess, likelierProcess } from '../../src/search/gaussian.js';

const chance = seeded(1);
const points = (n: number, coordinates: number) =>
  Array.from({ length: n }, () => Array.from({ length: coordinates }, () => chance.next()));

describe('a Gaussian process', () => {
  const xs = points(20, 2);
  const f = ([x, y]: readonly number[]) => 50 + 10 * Math.sin(3 * x!) + 5 * y! * y!;
  const ys = xs.map(f);
  const process = gaussianProcess(xs, ys, [0.5, 0.5]);

  test('goes through its data, sure of them', () => {
    xs.forEach((x, i) => {
      const { mean, deviation } = process.predict(x);
      expect(mean).toBeCloseTo(ys[i]!, 2);
      expect(deviation).toBeLessThan(0.05);
    });
  });

  test('is less sure the farther from them, and in the end expects their mean', () => {
    // Away from the unit square, where all of them are.
    const deviations = [1, 1.2, 1.5, 2, 3, 10].map((x) => process.predict([x, x]).deviation);
    for (let i = 1; i < deviations.length; i++) expect(deviations[i]).toBeGreaterThan(deviations[i - 1]!);
    expect(process.predict([50, 50]).mean).toBeCloseTo(ys.reduce((s, y) => s + y, 0) / ys.length, 6);
  });

  test('tells a smooth function between its data', () => {
    // On a grid a fifth apart; values range over 15.
    const grid = [0, 1, 2, 3, 4, 5].flatMap((x) => [0, 1, 2, 3, 4, 5].map((y) => [x / 5, y / 5]));
    const dense = gaussianProcess(grid, grid.map(f), [0.5, 0.5]);
    for (const x of points(50, 2)) expect(Math.abs(dense.predict(x).mean - f(x))).toBeLessThan(0.3);
  });

  test('of two points is what the formulas give by hand', () => {
    // Mean 2, spread 1: targets -1 and 1. r = sqrt(5) x 1, k = (1 + r + r^2 / 3) exp(-r) = 0.523994; by antisymmetry the
    // weights are -1 / (1 - k) and 1 / (1 - k), so at the second point plus one scale the mean is 2 + (k(1) - k(2)) / (1 - k).
    const matern = (d: number) => (1 + Math.sqrt(5) * d + (5 * d * d) / 3) * Math.exp(-Math.sqrt(5) * d);
    const k = matern(1);
    expect(k).toBeCloseTo(0.523994, 6);
    const two = gaussianProcess([[0], [0.5]], [1, 3], [0.5]);
    expect(two.predict([1]).mean).toBeCloseTo(2 + (matern(1) - matern(2)) / (1 - k), 4);
    // Targets times weights are 2 / (1 - k), the prior adds 1, over 3 observations; in the middle, with h = k(1/2), what is
    // known is 2 h^2 / (1 + k).
    const variance = ((1 + 2 / (1 - k)) / 3) * (1 - (2 * matern(0.5) ** 2) / (1 + k));
    expect(two.predict([0.25]).deviation).toBeCloseTo(Math.sqrt(variance), 4);
    // -(3 / 2) log(1 + 2 / (1 - k)) - log(1 - k^2) / 2.
    expect(two.evidence).toBeCloseTo(-1.5 * Math.log(1 + 2 / (1 - k)) - Math.log(1 - k * k) / 2, 4);
  });

  test('takes one point, and equal values', () => {
    const one = gaussianProcess([[0.5]], [3], [1]);
    expect(one.predict([0.5]).mean).toBe(3);
    expect(one.predict([0.9]).mean).toBe(3);
    expect(one.predict([0.9]).deviation).toBeGreaterThan(one.predict([0.6]).deviation);
    const flat = gaussianProcess(
      xs,
      xs.map(() => 4),
      [1, 1],
    );
    expect(flat.predict([0.3, 0.3]).mean).toBe(4);
  });

  test('is positive definite for hundreds of points that are all alike', () => {
    const many = points(300, 2).map((x) => x.map((v) => v / 100));
    const { mean, deviation } = gaussianProcess(many, many.map(f), [8, 8]).predict([0.005, 0.005]);
    expect(Number.isFinite(mean) && Number.isFinite(deviation)).toBe(true);
  });

  test('learns which coordinate matters', () => {
    const wide = points(40, 3);
    const values = wide.map(([, y]) => Math.sin(6 * y!));
    let scales = firstScales(3);
    for (let i = 0; i < 5; i++) {
      const next = likelierProcess(wide, values, scales, () => true);
      expect(next.evidence).toBe(gaussianProcess(wide, values, next.scales).evidence);
      expect(next.evidence).toBeGreaterThanOrEqual(gaussianProcess(wide, values, scales).evidence);
      scales = next.scales;
    }
    expect(scales[0]! / scales[1]!).toBeGreaterThanOrEqual(4);
    expect(scales[2]! / scales[1]!).toBeGreaterThanOrEqual(4);
  });

  test('keeps the scales that it has where no time is left to learn others', () => {
    expect(likelierProcess(xs, ys, [0.5, 2], () => false).scales).toEqual([0.5, 2]);
  });
});

const density = (z: number) => Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
/** Simpson's rule. */
function integral(g: (x: number) => number, from: number, to: number, steps = 4000): number {
  const h = (to - from) / steps;
  let sum = g(from) + g(to);
  for (let i = 1; i < steps; i++) sum += g(from + i * h) * (i % 2 ? 4 : 2);
  return (sum * h) / 3;
}

describe('the normal distribution', () => {
  test.each([-8, -5, -3.01, -3, -2.99, -1, -0.1, 0, 0.5, 2, 2.9, 3.1, 6])(
    'below %d is the integral of its density',
    (z) => {
      expect(distribution(z) / integral(density, z - 40, z, 40_000)).toBeCloseTo(1, 9);
    },
  );

  test('ends at 0 and 1', () => {
    expect([distribution(-Infinity), distribution(Infinity), distribution(0)]).toEqual([0, 1, 0.5]);
  });
});

describe('expected improvement', () => {
  test.each([
    [0, 0, 1],
    [1, 3, 0.5],
    [5, 2, 1.5],
    [-2, 1, 2],
    [0, 4, 1],
    [0, 6, 1],
  ])('on %d at mean %d and deviation %d is the integral of the improvement', (best, mean, deviation) => {
    const bySum = integral(
      (y) => ((best - y) * density((y - mean) / deviation)) / deviation,
      Math.min(best, mean) - 12 * deviation,
      best,
      40_000,
    );
    expect(expectedImprovement(best, { mean, deviation }) / bySum).toBeCloseTo(1, 7);
  });

  test('of what is sure is what it improves', () => {
    expect(expectedImprovement(5, { mean: 3, deviation: 0 })).toBe(2);
    expect(expectedImprovement(3, { mean: 5, deviation: 0 })).toBe(0);
  });

  test('is never negative, and falls with the mean', () => {
    let last = Infinity;
    for (let mean = -5; mean < 45; mean += 0.5) {
      const found = expectedImprovement(0, { mean, deviation: 1 });
      expect(found).toBeGreaterThanOrEqual(0);
      expect(found).toBeLessThanOrEqual(last);
      last = found;
    }
  });
});
