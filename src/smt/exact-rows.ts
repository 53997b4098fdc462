// A program as linear rows in exact arithmetic: whole numbers in units of 2^-40, rounded outwards, so that every true
// point of the program is a point of the rows.
//
// What is true: mappings make the rows of the program hold with the real numbers that its coefficients stand for. A
// coefficient or bound that is no whole number is a sum of a few logarithms, and a double within 1e-12 max(1, |a|) of
// it; whole numbers are meant as they are. Columns have finite bounds. So a row that is eased by the sum of |error| x
// largest |x| keeps every true point, and rows of whole numbers alone need no easing.

import { defined, got, nth } from '../base/invariant.js';
import { invariant } from '../base/diagnostics.js';
import type { Linear } from '../program/linear.js';
import { valueOf } from '../program/linear.js';
import type { Convex, Exponential, Program, Switch } from '../program/program.js';
import { keyOfTerm } from '../program/program.js';

/** All numbers of rows are in units of 2^-unitBits. */
export const unitBits = 40;
const perUnit = 2 ** unitBits;

export interface ExactColumn {
  readonly name: string;
  readonly integer: boolean;
  /** Doubles as they are; whole numbers where the column is. */
  readonly lower: number;
  readonly upper: number;
}

/** lower <= values . x <= upper, in units. */
export interface ExactRow {
  readonly name: string;
  /** What the row stands for, as the program says. */
  readonly about: string | undefined;
  readonly indices: readonly number[];
  readonly values: readonly bigint[];
  readonly lower: bigint | undefined;
  readonly upper: bigint | undefined;
}

/** values . x + offset, in units: at most the program's objective over the scale. */
export interface ExactObjective {
  readonly indices: readonly number[];
  readonly values: readonly bigint[];
  readonly offset: bigint;
}

/** Which term's tangent, and its slope: with these a relaxation is made again. */
export interface Tangent {
  readonly term: number;
  readonly slope: number;
}

/** A column t >= exp(w) unless switched off, and one for w = exponent + shift. */
interface Term {
  readonly t: number;
  readonly w: number;
  readonly exponent: Linear;
  readonly shift: number;
  readonly unless: Switch | undefined;
  /** Slopes of its tangents. */
  readonly slopes: Set<number>;
}

/** An exact number of units as the nearest double. */
export const ofUnits = (units: bigint): number => Number(units) / perUnit;

/** The most units of that number or less, for doubles that are known to be within the error of what they stand for. */
const unitsBelow = (x: number): bigint => BigInt(Math.floor(x * perUnit)) - errorOf(x);
const unitsAbove = (x: number): bigint => BigInt(Math.ceil(x * perUnit)) + errorOf(x);

/** Units that cover 1e-12 max(1, |a|), the distance of a double to what it stands for, and the rounding to a unit. */
const errorOf = (a: number): bigint => 3n + 2n * BigInt(Math.ceil(Math.abs(a)));

/** Doubles are whole numbers of units from 2^13 on, and multiplying by a power of two is exact. */
const nearest = (x: number): bigint => BigInt(Math.round(x * perUnit));

/** Of a bound of a continuous column: what bounds from logarithms are eased by. */
const boundSlack = 1e-9;

/** Where tangents of e^w touch to begin with: few, for the search adds those that it needs. */
const firstTouches: readonly number[] = [0, -1.2, -3.5];

export interface RelaxationOptions {
  /** What the objective is measured in. */
  readonly scale: number;
  /** Only points with an objective of at most so many scales are asked for; Infinity where all are. */
  readonly max: number;
}

export class ExactRelaxation {
  readonly columns: readonly ExactColumn[];
  readonly rows: ExactRow[] = [];
  readonly objective: ExactObjective;
  /** In the order in which they were added, after the first ones. */
  readonly tangents: Tangent[] = [];
  private readonly terms: Term[] = [];

  constructor(program: Program, { scale, max }: RelaxationOptions) {
    invariant(scale > 0 && Number.isFinite(scale), `a scale of ${scale}`);
    const columns: ExactColumn[] = program.variables.map(({ name, integer, lower, upper }) => ({
      name,
      integer,
      lower: integer ? Math.ceil(lower) : Number.isInteger(lower) ? lower : lower - boundSlack,
      upper: integer ? Math.floor(upper) : Number.isInteger(upper) ? upper : upper + boundSlack,
    }));
    this.columns = columns;
    for (const r of program.rows) this.rows.push(exactRow(columns, r.name, r.about, r.linear.terms, r.lower, r.upper));
    const sums = [
      { convex: program.minimize, scale, max },
      ...program.convexRows.map((r) => ({ convex: r.convex, scale: r.upper, max: 1 })),
    ];
    const byKey = new Map<string, Term>();
    for (const { key, exponential, shift, max } of shared(columns, sums)) {
      const n = this.terms.length;
      // What a term counts for in its sum is at most what the sum may be.
      const span = spanOf(columns, exponential.exponent);
      const [low, high] = [span.lower + shift - boundSlack, span.upper + shift + boundSlack];
      columns.push({
        name: `t${n}`,
        integer: false,
        lower: 0,
        upper: Math.min(max * (1 + boundSlack), Math.exp(high) * (1 + boundSlack)),
      });
      columns.push({ name: `w${n}`, integer: false, lower: low, upper: high });
      const term: Term = {
        t: columns.length - 2,
        w: columns.length - 1,
        exponent: exponential.exponent,
        shift,
        unless: exponential.unless,
        slopes: new Set(),
      };
      this.terms.push(term);
      byKey.set(key, term);
      const definition = new Map([...exponential.exponent.terms].map(([i, c]) => [i, -c] as const));
      const at = shift + exponential.exponent.constant;
      this.rows.push(exactRow(columns, `w${n}`, undefined, definition.set(term.w, 1), at, at));
      for (const a of firstTouches) this.addTangent(n, slopeAt(a));
    }
    const weights = (sum: Convex, own: number) =>
      sum.exponentials.map((e): [number, bigint] => {
        const term = got(byKey, keyOfTerm(e));
        return [term.t, weightBelow((e.coefficient / own) * Math.exp(-term.shift))];
      });
    for (const { name, about, convex, upper } of program.convexRows) {
      const linear = exactRow(
        columns,
        name,
        about,
        scaled(convex.linear, upper),
        -Infinity,
        1 - convex.linear.constant / upper,
      );
      this.rows.push(withEntries(linear, weights(convex, upper)));
    }
    const { linear } = program.minimize;
    const affine = exactRow(columns, '', undefined, scaled(linear, scale), linear.constant / scale, Infinity);
    const { indices, values } = withEntries(affine, weights(program.minimize, scale));
    // Eased like a row's lower side: the linear part may be that much less than it says.
    this.objective = {
      indices,
      values,
      offset: linear.terms.size === 0 && linear.constant === 0 ? 0n : defined(affine.lower),
    };
  }

  /** exp(w) >= g (1 - ln g + w) for every g > 0; void while the term is switched off. False where it stands already. */
  addTangent(index: number, slope: number): boolean {
    const term = nth(this.terms, index);
    if (!(slope > 0) || !Number.isInteger(slope * perUnit) || term.slopes.has(slope)) return false;
    term.slopes.add(slope);
    const { t, w, unless } = term;
    const entries: [number, bigint][] = [
      [t, nearest(1)],
      [w, -nearest(slope)],
    ];
    let lower = unitsBelow(slope * (1 - Math.log(slope)));
    if (unless) {
      const highest = Math.min(unless.max + term.shift + boundSlack, nth(this.columns, w).upper);
      const void_ = unitsAbove(slope * (1 - Math.log(slope) + highest));
      if (void_ > 0n) {
        for (const [i, c] of unless.off.terms) entries.push([i, void_ * whole(c)]);
        lower -= void_ * whole(unless.off.constant);
      }
    }
    const tangent = { name: `tangent${index}`, about: undefined, indices: [], values: [], lower, upper: undefined };
    this.rows.push(withEntries(tangent, entries));
    this.tangents.push({ term: index, slope });
    return true;
  }

  /**
   * Tangents where a term lies more than `tolerance` below its curve; of a term that is switched off in part, below the
   * highest of its tangents, (1 - off) exp(w'), w' the exponent that its other part would
   * need to have. How many were added.
   */
  sharpen(x: ArrayLike<number>, tolerance: number): number {
    let added = 0;
    for (const [n, { t, w, unless, shift }] of this.terms.entries()) {
      const off = unless ? Math.min(1, Math.max(0, valueOf(unless.off, x))) : 0;
      if (off > 1 - 1e-9) continue;
      const a = unless
        ? (nth(x, w) - off * Math.min(unless.max + shift, nth(this.columns, w).upper)) / (1 - off)
        : nth(x, w);
      if ((1 - off) * Math.exp(a) - nth(x, t) > tolerance && this.addTangent(n, slopeAt(a))) added++;
    }
    return added;
  }

  /** A point of the program with each term on its curve. */
  lift(x: ArrayLike<number>): Float64Array {
    const lifted = new Float64Array(this.columns.length);
    for (let i = 0; i < lifted.length && i < x.length; i++) lifted[i] = nth(x, i);
    for (const { t, w, exponent, shift, unless } of this.terms) {
      lifted[w] = valueOf(exponent, x) + shift;
      lifted[t] = unless && valueOf(unless.off, x) > 0.5 ? 0 : Math.exp(nth(lifted, w));
    }
    return lifted;
  }
}

/** A slope of whole units near e^a: what a tangent needs is any slope above 0. */
const slopeAt = (a: number): number => Math.round(Math.exp(Math.min(a, 30)) * perUnit) / perUnit;

const whole = (c: number): bigint => {
  invariant(Number.isInteger(c), `a switch with a coefficient of ${c}`);
  return BigInt(c);
};

/** Weights are known within 1e-12 of themselves, and not below 0. */
const weightBelow = (x: number): bigint => {
  const units = BigInt(Math.floor(x * (1 - 1e-12) * perUnit));
  return units > 0n ? units : 0n;
};

const scaled = (linear: Linear, by: number): Map<number, number> =>
  new Map([...linear.terms].map(([i, c]) => [i, c / by]));

const largest = ({ lower, upper }: ExactColumn): bigint => {
  const max = Math.max(Math.abs(lower), Math.abs(upper));
  return BigInt(Math.ceil(max));
};

function exactRow(
  columns: readonly ExactColumn[],
  name: string,
  about: string | undefined,
  terms: ReadonlyMap<number, number>,
  lower: number,
  upper: number,
): ExactRow {
  let error = 0n;
  for (const [i, a] of terms) {
    if (Number.isInteger(a)) continue;
    const column = nth(columns, i);
    invariant(
      Number.isFinite(column.lower) && Number.isFinite(column.upper),
      `${column.name} in ${name} needs finite bounds`,
    );
    error += errorOf(a) * largest(column);
  }
  const side = (b: number, way: 1 | -1): bigint | undefined => {
    if (b === way * Infinity) return undefined;
    // An empty side: no point meets it, and none is meant to.
    const own = error === 0n && Number.isInteger(b) ? 0n : error + errorOf(b);
    return nearest(b) + (way === 1 ? own : -own);
  };
  return {
    name,
    about,
    indices: [...terms.keys()],
    values: [...terms.values()].map(nearest),
    lower: side(lower, -1),
    upper: side(upper, 1),
  };
}

/** The row with more entries; those of one column add up. */
function withEntries(row: ExactRow, entries: readonly (readonly [number, bigint])[]): ExactRow {
  const all = new Map(row.indices.map((i, k) => [i, nth(row.values, k)]));
  for (const [i, v] of entries) all.set(i, (all.get(i) ?? 0n) + v);
  return { ...row, indices: [...all.keys()], values: [...all.values()] };
}

/** Between which values an expression lies, up to rounding. */
function spanOf(columns: readonly ExactColumn[], e: Linear): { lower: number; upper: number } {
  let [lower, upper] = [e.constant, e.constant];
  for (const [i, c] of e.terms) {
    const { lower: l, upper: u } = nth(columns, i);
    lower += Math.min(c * l, c * u);
    upper += Math.max(c * l, c * u);
  }
  return { lower, upper };
}

interface Sum {
  readonly convex: Convex;
  readonly scale: number;
  /** Of the sum, in scales. */
  readonly max: number;
}

/**
 * Products that several sums share, once: in units of the sum in which they count for most, and what they are at most.
 */
function shared(
  columns: readonly ExactColumn[],
  sums: readonly Sum[],
): { key: string; exponential: Exponential; shift: number; max: number }[] {
  const found = new Map<string, { key: string; exponential: Exponential; shift: number; max: number }>();
  for (const { convex, scale, max } of sums) {
    invariant(scale > 0, `a sum of at most ${scale}`);
    // The linear part of a sum may be below 0: then its terms may be as much more.
    const room = max - spanOf(columns, convex.linear).lower / scale;
    for (const exponential of convex.exponentials) {
      const key = keyOfTerm(exponential);
      const known = found.get(key);
      // A whole number of units, so that the row that defines w has it as it is.
      const shift = Math.round(Math.log(exponential.coefficient / scale) * perUnit) / perUnit;
      // The switch of a shared product is the same; of two ways to say how large it may be
      // meanwhile the larger holds for both.
      const unless =
        known?.exponential.unless && exponential.unless
          ? { ...exponential.unless, max: Math.max(known.exponential.unless.max, exponential.unless.max) }
          : exponential.unless;
      if (!known || known.shift < shift)
        found.set(key, { key, exponential: { ...exponential, unless }, shift, max: room });
      else found.set(key, { ...known, exponential: { ...known.exponential, unless } });
    }
  }
  return [...found.values()];
}
