// The linear program that stands for a convex one: a column per exponential, above tangents
// that are added as they are needed.

import { got, nth } from '../base/invariant.js';
import type { Linear } from '../program/linear.js';
import { valueOf } from '../program/linear.js';
import type { LinearRow, Milp } from '../program/milp.js';
import type { Convex, Exponential, Program } from '../program/program.js';
import { keyOfTerm } from '../program/program.js';

/** Rows of sums are eased by this share, so that rounding never makes a point that meets one exactly infeasible. */
const rowSlack = 1e-8;

/**
 * Tangents are set so that each term lies at most this share of the whole above them: near the size of the whole they
 * are dense, where a term is small they are few.
 */
const looseness = 3e-3;
/** Below this share of the whole a term gets its first tangents only where an answer leaves it. */
const min = 1e-3;

/**
 * Where tangents of e^w touch, from w = 0 down: midway between two of them e^w is e^a d^2 / 8 above, d their distance.
 */
function touchPoints(): readonly number[] {
  const points: number[] = [];
  for (let a = 0; a >= Math.log(min); a -= Math.sqrt((8 * looseness) / Math.exp(a))) points.push(a);
  return points;
}

/**
 * coefficient x exp(exponent) / scale = exp(w): a column for w, equal to the expression, and one above tangents of it.
 * Tangents then have two entries each, however long the expression is.
 */
interface Term {
  readonly column: number;
  readonly logColumn: number;
  readonly exponent: Linear;
  readonly shift: number;
  readonly unless: Exponential['unless'];
  /** Where tangents touch, as values of w. */
  readonly touched: number[];
}

interface Sum {
  readonly name: string;
  readonly convex: Convex;
  /** Its unit. */
  readonly upper: number;
  /** In that unit; undefined of the objective. */
  readonly limit: number | undefined;
  readonly terms: readonly (readonly [term: Term, weight: number])[];
}

/** Which products a pair of columns stands for: `of` = e^`log`, in each sum that has it. */
export interface TermMeaning {
  readonly of: string;
  readonly log: string;
  readonly uses: readonly { readonly sum: string; readonly label: string | undefined; readonly weight: number }[];
}

/** A sum of terms of the objective that is known to be at least so much, where tangents alone do not say so. */
export interface Floor {
  readonly sum: Convex;
  readonly min: Linear;
  /** About the size of the sum. */
  readonly scale: number;
}

export class Relaxation {
  readonly rows: LinearRow[];
  private readonly terms: Term[] = [];
  private readonly byKey = new Map<string, Term>();
  private readonly largest = new Map<string, Exponential & { readonly shift: number }>();
  /** The objective, and the rows that are no lines, each with its terms and what the column of each counts for. */
  private readonly sums: readonly Sum[];
  private readonly objective: ReadonlyMap<number, number>;
  private readonly offset: number;
  private extra: { lower: number; upper: number; integer: boolean; name: string }[] = [];

  constructor(
    private readonly program: Program,
    scale: number,
    floors: readonly Floor[] = [],
  ) {
    this.rows = program.rows.map((r) => linearRow(r.name, r.linear.terms, r.lower, r.upper));
    const objective = new Map<number, number>();
    for (const [i, c] of program.minimize.linear.terms) objective.set(i, c / scale);
    this.offset = program.minimize.linear.constant / scale;
    const minimize = { name: 'objective', convex: program.minimize, upper: scale };
    for (const sum of [minimize, ...program.convexRows]) this.gather(sum.convex, sum.upper);
    this.approximateAll();
    const summed = <T extends Pick<Sum, 'convex' | 'upper'>>(sum: T) => ({
      ...sum,
      terms: this.termsOf(sum.convex, sum.upper),
    });
    const least = summed(minimize);
    const rows = program.convexRows.map(summed);
    this.sums = [{ ...least, limit: undefined }, ...rows.map((r) => ({ ...r, limit: 1 }))];
    for (const [{ column }, weight] of least.terms) objective.set(column, weight);
    this.objective = objective;
    for (const { name, convex, upper, terms } of rows) {
      const row = new Map([...convex.linear.terms].map(([i, c]) => [i, c / upper] as const));
      for (const [{ column }, weight] of terms) row.set(column, weight);
      this.rows.push(linearRow(name, row, -Infinity, 1 + rowSlack - convex.linear.constant / upper));
    }
    for (const [i, { sum, min, scale: own }] of floors.entries()) {
      const row = new Map([...min.terms].map(([k, c]) => [k, -c / own] as const));
      for (const [{ column }, weight] of this.termsOf(sum, own)) row.set(column, weight);
      this.rows.push(linearRow(`floor${i}`, row, (min.constant - sum.linear.constant) / own - rowSlack, Infinity));
    }
  }

  /** The terms of a sum and what the column of each counts for. */
  private termsOf(sum: Convex, scale: number): [Term, number][] {
    return sum.exponentials.map((e) => {
      const term = got(this.byKey, keyOfTerm(e));
      return [term, Math.exp(Math.log(e.coefficient / scale) - term.shift)];
    });
  }

  get columns(): number {
    return this.program.variables.length + this.extra.length;
  }

  build(): Milp {
    const cost = (i: number) => this.objective.get(i) ?? 0;
    return {
      columns: [...this.program.variables, ...this.extra].map((v, i) => ({ ...v, cost: cost(i) })),
      rows: this.rows,
      offset: this.offset,
    };
  }

  private column(name: string, lower: number, upper: number, integer: boolean): number {
    this.extra.push({ name, lower, upper, integer });
    return this.columns - 1;
  }

  /** Sums that share a product share its columns: in units of the sum in which it counts for most. */
  private gather(sum: Convex, scale: number): void {
    for (const e of sum.exponentials) {
      const key = keyOfTerm(e);
      const shift = Math.log(e.coefficient / scale);
      const known = this.largest.get(key);
      if (!known || known.shift < shift) this.largest.set(key, { ...e, shift });
    }
  }

  private approximateAll(): void {
    for (const [key, { exponent, unless, shift }] of this.largest) {
      const n = this.terms.length;
      const term: Term = {
        column: this.column(`t${n}`, 0, Infinity, false),
        logColumn: this.column(`w${n}`, -Infinity, Infinity, false),
        exponent,
        shift,
        unless,
        touched: [],
      };
      this.terms.push(term);
      this.byKey.set(key, term);
      const definition = new Map([...exponent.terms, [term.logColumn, -1] as const]);
      this.rows.push(linearRow(`w${n}`, definition, -shift - exponent.constant, -shift - exponent.constant));
      for (const a of touchPoints()) this.tangent(term, a);
    }
  }

  /** t >= e^a (1 + w - a), less what makes it void while the term is switched off. */
  private tangent({ column, logColumn, shift, unless, touched }: Term, a: number): void {
    touched.push(a);
    const slope = Math.exp(a);
    const terms = new Map<number, number>([
      [column, 1],
      [logColumn, -slope],
    ]);
    let lower = slope * (1 - a);
    const void_ = unless ? slope * Math.max(0, 1 + unless.max + shift - a) : 0;
    if (unless && void_ > 0) {
      for (const [i, c] of unless.off.terms) terms.set(i, (terms.get(i) ?? 0) + void_ * c);
      lower -= void_ * unless.off.constant;
    }
    this.rows.push(linearRow(`tangent${this.rows.length}`, terms, lower, Infinity));
  }

  /** What the columns of terms stand for. */
  meanings(): readonly TermMeaning[] {
    const uses = new Map<Term, TermMeaning['uses'][number][]>(this.terms.map((t) => [t, []]));
    for (const { name, convex, terms } of this.sums) {
      for (const [i, [term, weight]] of terms.entries())
        got(uses, term).push({ sum: name, label: nth(convex.exponentials, i).label, weight });
    }
    const nameOf = (column: number) => nth(this.extra, column - this.program.variables.length).name;
    return [...uses].map(([t, of]) => ({ of: nameOf(t.column), log: nameOf(t.logColumn), uses: of }));
  }

  private sizeAt(t: Term, x: ArrayLike<number>): number {
    return t.unless && valueOf(t.unless.off, x) > 0.5 ? 0 : Math.exp(valueOf(t.exponent, x) + t.shift);
  }

  /** The objective at a point with every term on its curve, in units of the scale. */
  valueAt(x: ArrayLike<number>): number {
    let total = this.offset;
    for (const [i, c] of this.objective) {
      const term = this.terms.find((t) => t.column === i);
      total += c * (term ? this.sizeAt(term, x) : nth(x, i));
    }
    return total;
  }

  /** Tangents at a point where a term lies below its curve; false where none does. */
  sharpen(x: ArrayLike<number>): boolean {
    let found = false;
    for (const t of this.terms) {
      const size = this.sizeAt(t, x);
      if (size - nth(x, t.column) <= 1e-7 + 1e-7 * size) continue;
      const a = Math.log(size);
      // A tangent that stands here already was passed by within the solver's tolerance of integers.
      if (t.touched.some((other) => Math.abs(other - a) < 1e-9)) continue;
      this.tangent(t, a);
      found = true;
    }
    return found;
  }

  /**
   * The same where whole variables are not, for what matters: tangents of terms of the objective, or of a row, that would
   * grow by more than `tolerance`, the row beyond its limit, were its terms on their curves. False where there is
   * none: the point with all terms on their curves is as good then.
   */
  sharpenBetween(x: ArrayLike<number>, tolerance: number): boolean {
    const below = new Map<Term, { readonly at: number; readonly by: number }>();
    for (const t of this.terms) {
      const at = this.curveBetween(t, x);
      const by = at && at.height - nth(x, t.column);
      if (at && by && by > 0) below.set(t, { at: at.exponent, by });
    }
    const wanted = new Set<Term>();
    for (const { convex, upper, limit, terms } of this.sums) {
      const growth = terms.reduce((n, [t, weight]) => n + weight * (below.get(t)?.by ?? 0), 0);
      if (growth <= tolerance) continue;
      const now = terms.reduce((n, [t, weight]) => n + weight * nth(x, t.column), valueOf(convex.linear, x) / upper);
      if (limit !== undefined && now + growth <= limit + tolerance) continue;
      for (const [t, weight] of terms) if (weight * (below.get(t)?.by ?? 0) > tolerance / terms.length) wanted.add(t);
    }
    for (const t of wanted) this.tangent(t, got(below, t).at);
    return wanted.size > 0;
  }

  /**
   * Where the curve of a term stands: one that is switched off in part has tangents at their highest, (1 - off) exp(w'), w' the
   * exponent that its other part would need to have. Undefined where it is off.
   */
  private curveBetween(
    t: Term,
    x: ArrayLike<number>,
  ): { readonly exponent: number; readonly height: number } | undefined {
    const off = t.unless ? Math.min(1, Math.max(0, valueOf(t.unless.off, x))) : 0;
    if (off > 1 - 1e-9) return undefined;
    const w = valueOf(t.exponent, x) + t.shift;
    const exponent = t.unless ? (w - off * (t.unless.max + t.shift)) / (1 - off) : w;
    return { exponent, height: (1 - off) * Math.exp(exponent) };
  }

  /** Tangents of all terms at a point, before anything is solved. */
  touch(x: ArrayLike<number>): void {
    for (const t of this.terms) {
      const size = this.sizeAt(t, x);
      if (size > 0) this.tangent(t, Math.log(size));
    }
  }

  /** The same point with every term on its curve: a feasible start for the sharpened relaxation. */
  lift(x: ArrayLike<number>): Float64Array {
    const lifted = new Float64Array(this.columns);
    for (const i of this.program.variables.keys()) lifted[i] = nth(x, i);
    for (const t of this.terms) {
      lifted[t.column] = this.sizeAt(t, x) * (1 + 1e-12);
      lifted[t.logColumn] = valueOf(t.exponent, x) + t.shift;
    }
    return lifted;
  }

  /** Cuts off one choice of the decisions, and nothing else. */
  exclude(x: ArrayLike<number>, decisions: readonly number[]): void {
    const cut = new Map<number, number>();
    let needed = 1;
    const n = this.rows.length;
    for (const i of decisions) {
      const { lower, upper } = nth(this.program.variables, i);
      const v = Math.round(nth(x, i));
      if (lower === 0 && upper === 1) {
        cut.set(i, v === 1 ? -1 : 1);
        needed -= v;
        continue;
      }
      for (const side of [1, -1] as const) {
        const limit = side === 1 ? upper : -lower;
        if (side * v >= limit) continue;
        // Where the binary is 1, side x variable >= side v + 1.
        const d = this.column(`other${n}.${i}.${side}`, 0, 1, true);
        const floor = side === 1 ? lower : -upper;
        this.rows.push(
          linearRow(
            `other${n}.${i}.${side}`,
            new Map([
              [i, side],
              [d, -(side * v + 1 - floor)],
            ]),
            floor,
            Infinity,
          ),
        );
        cut.set(d, 1);
      }
    }
    this.rows.push(linearRow(`not${n}`, cut, needed, Infinity));
  }
}

function linearRow(name: string, terms: ReadonlyMap<number, number>, lower: number, upper: number): LinearRow {
  return { name, indices: [...terms.keys()], values: [...terms.values()], lower, upper };
}
