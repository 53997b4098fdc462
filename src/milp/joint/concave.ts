// A concave function of a linear expression, from below: a chord of one of a few spans of the expression.

import { defined, nth } from '../../base/invariant.js';
import type { Linear } from '../../program/linear.js';
import { add, combine, constant } from '../../program/linear.js';
import type { ProgramBuilder } from '../../program/program.js';

/** Up to so many values are ends of spans themselves: the chords are then exact. */
const maxEnds = 10;
/** Ends of other spans: each is so much above the last. */
const ratio = 1.1;

/** Ends of spans over all values of a positive expression: the values themselves where they are few. */
export function endsOf(values: readonly number[]): readonly number[] {
  const ascending = [...values]
    .sort((p, q) => p - q)
    .filter((x, i, all) => i === 0 || x > nth(all, i - 1) * (1 + 1e-9));
  return ascending.length <= maxEnds ? ascending : endsBetween(nth(ascending, 0), defined(ascending.at(-1)));
}

/** Ends of spans from one value to another. */
export function endsBetween(low: number, high: number): readonly number[] {
  const spans = Math.ceil(Math.log(high / low) / Math.log(ratio));
  return [...Array.from({ length: spans }, (_, i) => low * (high / low) ** (i / spans)), high];
}

/** At most f(x), f concave and x between the first and the last of `ends`; equal at the ends. */
export function chords(
  b: ProgramBuilder,
  name: string,
  x: Linear,
  ends: readonly number[],
  f: (x: number) => number,
): Linear {
  const [first, ...rest] = ends;
  if (rest.length === 0) return constant(f(defined(first)));
  const scale = defined(ends.at(-1));
  const spans = rest.map((high, i) => {
    const low = nth(ends, i);
    const chosen = rest.length === 1 ? constant(1) : b.binary(`${name}.${i}`);
    const along = b.variable(`${name}.${i}.along`, 0, 1, false);
    b.atMost(
      `${name}.${i}`,
      combine([
        [1, along],
        [-1, chosen],
      ]),
      0,
    );
    return {
      chosen,
      at: combine([
        [low / scale, chosen],
        [(high - low) / scale, along],
      ]),
      value: combine([
        [f(low), chosen],
        [f(high) - f(low), along],
      ]),
    };
  });
  if (rest.length > 1) b.equal(`${name}.one`, add(...spans.map((s) => s.chosen)), 1);
  b.equal(`${name}.at`, combine([[1 / scale, x], ...spans.map((s): [number, Linear] => [-1, s.at])]), 0);
  return add(...spans.map((s) => s.value));
}
