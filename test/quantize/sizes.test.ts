// Laws: sizes gathered in any order and in any parts are the same, and a clip by squared error errs no more than the largest.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { seeded } from '../../src/base/random.js';
import { Sizes } from '../../src/quantize/sizes.js';
import { seedFrom } from '../support/cases.js';

const seed = seedFrom(20261129);

/** Mostly small, a few large. */
function drawn(order: number, count: number): readonly number[] {
  const chance = seeded(order);
  return Array.from(
    { length: count },
    () => (chance.next() - 0.5) * 2 ** (chance.below(3) === 0 ? chance.below(9) : 0),
  );
}

const errorOf = (values: readonly number[], clip: number, top: number) =>
  values.reduce((sum, v) => {
    const step = clip / top;
    return sum + (v - step * Math.max(-top, Math.min(top, Math.round(v / step)))) ** 2;
  }, 0);

test('whatever the order and the parts', () => {
  for (const [order, count, cut] of fc.sample(fc.tuple(fc.nat(), fc.integer({ min: 2, max: 400 }), fc.nat(400)), {
    seed,
    numRuns: 60,
  })) {
    const values = drawn(order, count);
    const whole = new Sizes();
    whole.add(values);
    const parts = new Sizes();
    parts.add(values.slice(cut).reverse());
    parts.add(values.slice(0, cut));
    for (const method of ['max', 'percentile', 'mse'] as const)
      expect(parts.clip(method, 7)).toBe(whole.clip(method, 7));
    expect(whole.clip('max', 7)).toBe(Math.max(...values.map(Math.abs)));
    expect(whole.clip('percentile', 7)).toBeLessThanOrEqual(whole.max);
  }
});

test('the clip of least squared error errs no more than the largest, up to the width of a bin, and less with outliers', () => {
  for (const order of fc.sample(fc.nat(), { seed, numRuns: 30 })) {
    const values = drawn(order, 500);
    const sizes = new Sizes();
    sizes.add(values);
    for (const top of [7, 127]) {
      const clip = sizes.clip('mse', top);
      expect(errorOf(values, clip, top)).toBeLessThanOrEqual(errorOf(values, sizes.max, top) * 1.02 + 1e-3);
    }
  }
  const outlier = new Sizes();
  outlier.add([...drawn(1, 20_000).map((v) => v / 200), 40]);
  expect(outlier.clip('percentile', 7)).toBeLessThan(3);
});

test('what is no number has no size, and of nothing the largest is 0', () => {
  const sizes = new Sizes();
  sizes.add([NaN, Infinity, 0]);
  for (const method of ['max', 'percentile', 'mse'] as const) expect(sizes.clip(method, 127)).toBe(0);
});

test('a histogram has every number that is not 0 once, in the bin of its size, and the largest in the last', () => {
  for (const order of fc.sample(fc.nat(), { seed, numRuns: 30 })) {
    const values = [...drawn(order, 500), 0, 0];
    const sizes = new Sizes();
    sizes.add(values);
    const { width, counts } = sizes.histogram();
    expect(counts.length).toBeLessThanOrEqual(64);
    expect(counts.length).toBeGreaterThan(32);
    const plain = counts.map((_, i) => values.filter((v) => v !== 0 && Math.floor(Math.abs(v) / width) === i).length);
    expect(counts).toEqual(plain);
    expect(counts.at(-1)).toBeGreaterThan(0);
  }
  expect(new Sizes().histogram()).toEqual({ width: 0, counts: [] });
});
