// What a network costs at least, from lines below the totals of its mappings, in rational numbers: E, T and B are its energy,
// its cycles and the sum of its layers' own products, and a line says w_E E + w_T T + w_B B >= sum.
//
// Three arguments, each a few lines of arithmetic:
//
// - Sum. Of an objective o with limits q <= L: o >= w q - max(0, w - o) q >= sum - max(0, w - o) L, for q >= 0.
// - Refuted. Where w charges for limited quantities alone and sum > w L, nothing keeps the limits.
// - Product. Lines in E and T leave totals above a curve f(T) that is the maximum of straight lines. Between two crossings
//   T f(T) is concave, so it is least at a crossing or at an end; beyond the last crossing f is constant or 0.

import { nth } from '../base/invariant.js';
import type { Rational } from '../base/rational.js';
import { compare, minus, plus, product, quotient, rational } from '../base/rational.js';

const names = ['energy', 'cycles', 'both'] as const;
type Name = (typeof names)[number];
export type Sums = Readonly<Record<Name, Rational>>;

export interface ExactLine {
  readonly weights: Sums;
  readonly sum: Rational;
}

export interface ExactGoal {
  /** `product`: E T. */
  readonly objective: 'product' | Sums;
  readonly limits: Readonly<Partial<Record<Name | 'product', Rational>>>;
}

/** `none`: nothing keeps the limits. */
export type AtLeast = Rational | 'none';

const zero = rational(0n);
const isMore = (a: Rational, b: Rational) => compare(a, b) > 0;
const max = (a: Rational, b: Rational) => (isMore(b, a) ? b : a);
const min = (a: Rational | undefined, b: Rational | undefined) =>
  a === undefined ? b : b === undefined ? a : isMore(a, b) ? b : a;

export function networkAtLeast(goal: ExactGoal, lines: readonly ExactLine[]): AtLeast {
  const limits = following(goal.limits, lines);
  if (lines.some((line) => refutes(line, limits))) return 'none';
  const isProduct = goal.objective === 'product';
  if (isProduct || limits.product) {
    const least = leastProduct(lines, limits);
    if (least === 'none' || (limits.product && isMore(least, limits.product))) return 'none';
    if (isProduct) return least;
  }
  return lines.reduce((best, line) => max(best, sumAtLeast(goal.objective as Sums, limits, line) ?? best), zero);
}

/** E T <= P with T at least some t > 0 leaves E at most P / t, and the other way round. */
function following(limits: ExactGoal['limits'], lines: readonly ExactLine[]): ExactGoal['limits'] {
  if (!limits.product) return limits;
  const least = (name: Name) =>
    lines.reduce(
      (best, { weights, sum }) =>
        isMore(weights[name], zero) && names.every((n) => n === name || !isMore(weights[n], zero))
          ? max(best, quotient(sum, weights[name]))
          : best,
      zero,
    );
  const most = (of: Rational) => (isMore(of, zero) ? quotient(limits.product ?? zero, of) : undefined);
  const [energy, cycles] = [min(limits.energy, most(least('cycles'))), min(limits.cycles, most(least('energy')))];
  return { ...limits, ...(energy && { energy }), ...(cycles && { cycles }) };
}

/** What some multiples of the limited quantities come to at most; undefined where one has no limit. */
function charged(limits: ExactGoal['limits'], prices: Sums): Rational | undefined {
  let total = zero;
  for (const name of names) {
    if (!isMore(prices[name], zero)) continue;
    const limit = limits[name];
    if (!limit) return undefined;
    total = plus(total, product(prices[name], limit));
  }
  return total;
}

function refutes({ weights, sum }: ExactLine, limits: ExactGoal['limits']): boolean {
  const most = charged(limits, weights);
  return most !== undefined && isMore(sum, most);
}

function sumAtLeast(objective: Sums, limits: ExactGoal['limits'], { weights, sum }: ExactLine): Rational | undefined {
  const price = (name: Name) => max(zero, minus(weights[name], objective[name]));
  const most = charged(limits, { energy: price('energy'), cycles: price('cycles'), both: price('both') });
  return most && minus(sum, most);
}

/** energy E + cycles T >= sum. */
interface Flat {
  readonly energy: Rational;
  readonly cycles: Rational;
  readonly sum: Rational;
}

function leastProduct(all: readonly ExactLine[], limits: ExactGoal['limits']): AtLeast {
  // Energy is not below 0. Each layer's own product is charged at what its limit leaves of it.
  const flat: readonly Flat[] = [
    { energy: rational(1n), cycles: zero, sum: zero },
    ...all.flatMap(({ weights: { energy, cycles, both }, sum }): Flat[] => {
      if (!isMore(both, zero)) return [{ energy, cycles, sum }];
      return limits.both ? [{ energy, cycles, sum: minus(sum, product(both, limits.both)) }] : [];
    }),
  ];
  const sloped = flat.filter((l) => isMore(l.energy, zero));
  const first = flat.reduce((from, { energy, cycles, sum }) => {
    if (!isMore(cycles, zero)) return from;
    if (!isMore(energy, zero)) return max(from, quotient(sum, cycles));
    return limits.energy ? max(from, quotient(minus(sum, product(energy, limits.energy)), cycles)) : from;
  }, zero);
  const last = limits.cycles;
  if (last && isMore(first, last)) return 'none';
  const energyAt = (t: Rational) =>
    sloped.reduce((most, l) => max(most, quotient(minus(l.sum, product(l.cycles, t)), l.energy)), zero);
  const ends = [
    first,
    ...(last ? [last] : []),
    ...crossings(sloped).filter((t) => isMore(t, first) && !(last && isMore(t, last))),
  ];
  // Of totals that keep the limit on energy some are left, or the curve is above it everywhere.
  if (limits.energy && last && isMore(energyAt(last), limits.energy)) return 'none';
  return ends.map((t) => product(t, energyAt(t))).reduce((least, x) => (isMore(least, x) ? x : least));
}

function crossings(lines: readonly Flat[]): readonly Rational[] {
  return lines.flatMap((a, i) =>
    lines.slice(i + 1).flatMap((b) => {
      const turn = minus(product(a.energy, b.cycles), product(b.energy, a.cycles));
      if (compare(turn, zero) === 0) return [];
      const gain = minus(product(a.energy, b.sum), product(b.energy, a.sum));
      return [isMore(turn, zero) ? quotient(gain, turn) : quotient(minus(zero, gain), minus(zero, turn))];
    }),
  );
}

/** The sum of a line: what each layer costs at least, as often as it counts. */
export const sumOf = (counts: readonly number[], mins: readonly Rational[]): Rational =>
  counts.reduce((total, n, i) => (n === 0 ? total : plus(total, product(rational(BigInt(n)), nth(mins, i)))), zero);
