// Laws: the test is that of a fair coin, the interval holds the loss, and a claim is made only where all of it allows.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { flipsOf, pairedLoss, verdictOn } from '../../src/quantize/paired-loss.js';
import { seedFrom } from '../support/cases.js';

const seed = seedFrom(20261129);

/** Tosses of a fair coin, looked at one by one. */
function tailOf(lost: number, won: number): number {
  const tosses = lost + won;
  let uneven = 0;
  for (let all = 0; all < 2 ** tosses; all++) {
    const heads = [...all.toString(2)].filter((d) => d === '1').length;
    if (Math.min(heads, tosses - heads) <= Math.min(lost, won)) uneven++;
  }
  return uneven / 2 ** tosses;
}

test('p is the share of tosses of a fair coin that are at least as uneven', () => {
  for (let lost = 0; lost < 7; lost++)
    for (let won = 0; won < 6; won++) {
      const { p } = pairedLoss({ samples: 100, lost, won });
      expect(p, `${lost} ${won}`).toBeCloseTo(Math.min(1, tailOf(lost, won)), 12);
    }
  // Beyond what a double holds term by term.
  expect(pairedLoss({ samples: 10_000, lost: 1500, won: 1500 }).p).toBeCloseTo(1, 9);
  expect(pairedLoss({ samples: 10_000, lost: 1500, won: 0 }).p).toBe(0);
});

test('the interval is that of the article: 1.96 by hand on 41 and 17 flips of 200', () => {
  const [a, b, n] = [42 / 202, 18 / 202, 202];
  const half = 1.959963984540054 * Math.sqrt((a + b - (a - b) ** 2) / n);
  const { low, high, loss } = pairedLoss({ samples: 200, lost: 41, won: 17 });
  expect(loss).toBeCloseTo(0.12, 12);
  expect(low).toBeCloseTo(a - b - half, 12);
  expect(high).toBeCloseTo(a - b + half, 12);
});

test('the other way round all is turned, and more samples make it no wider', () => {
  const flips = fc.record({ lost: fc.nat(60), won: fc.nat(60), rest: fc.nat(2000) });
  for (const { lost, won, rest } of fc.sample(flips, { seed, numRuns: 300 })) {
    const samples = lost + won + rest + 1;
    const one = pairedLoss({ samples, lost, won });
    const other = pairedLoss({ samples, lost: won, won: lost });
    expect(other.loss).toBeCloseTo(-one.loss, 12);
    expect(other.high).toBeCloseTo(-one.low, 12);
    expect(other.p).toBe(one.p);
    const many = pairedLoss({ samples: 4 * samples, lost: 4 * lost, won: 4 * won });
    expect(many.high - many.low).toBeLessThanOrEqual(one.high - one.low);
  }
});

test('a verdict is given where all of the interval allows it, and about the number told would decide', () => {
  const limits = fc.record({
    lost: fc.nat(40),
    won: fc.nat(40),
    rest: fc.nat(3000),
    limit: fc.double({ min: 0, max: 0.1, noNaN: true }),
  });
  let undecided = 0;
  for (const { lost, won, rest, limit } of fc.sample(limits, { seed, numRuns: 300 })) {
    const flips = { samples: lost + won + rest + 1, lost, won };
    const loss = pairedLoss(flips);
    const verdict = verdictOn(loss, limit);
    if (verdict.status === 'within') expect(loss.high).toBeLessThanOrEqual(limit);
    else if (verdict.status === 'beyond') expect(loss.low).toBeGreaterThan(limit);
    else if (verdict.status === 'undecided') {
      undecided++;
      expect(loss.low).toBeLessThanOrEqual(limit);
      expect(loss.high).toBeGreaterThan(limit);
      expect(verdict.samples).toBeGreaterThanOrEqual(flips.samples);
    }
  }
  expect(undecided).toBeGreaterThan(30);
});

test('flips are counted sample by sample', () => {
  expect(flipsOf([true, true, false, false, true], [true, false, true, false, false])).toEqual({
    samples: 5,
    lost: 2,
    won: 1,
  });
});
