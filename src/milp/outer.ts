// Outer approximation: every exponential is replaced by a variable above its tangents, the linear program is solved,
// tangents are added where the answer leaves them, until bound and best known value meet.

import type { Linear } from '../program/linear.js';
import { keyOf, valueOf } from '../program/linear.js';
import type { Backend, LinearRow, Milp, Outcome } from '../program/milp.js';
import type { Convex, Exponential, Program } from '../program/program.js';

/**
 * Solvers answer within tolerances (1e-9 on rows in logarithms, objectives near 1): their bounds are lowered by this
 * share, far more than those tolerances can move them.
 */
export const boundSlack = 1e-6;

/** Rows of sums are eased by this share, so that rounding never makes a point that meets one exactly infeasible. */
const rowSlack = 1e-8;

/** Before a bound on cycles is rounded up it is lowered by this share: solvers take integers within 1e-5 (GLPK). */
const wholeSlack = 1e-5;

/**
 * Tangents are set so that each term lies at most this share of the whole above them: near the size of the whole they
 * are dense, where a term is small they are few.
 */
const looseness = 3e-3;
/** Below this share of the whole a term gets its first tangents only where an answer leaves it. */
const least = 1e-3;

/** Where tangents of e^w touch, from w = 0 down: midway between two of them e^w is e^a d^2 / 8 above, d their distance. */
function touchPoints(): readonly number[] {
  const points: number[] = [];
  for (let a = 0; a >= Math.log(least); a -= Math.sqrt((8 * looseness) / Math.exp(a))) points.push(a);
  return points;
}

export interface OuterOptions {
  readonly gap: number;
  /** Milliseconds on the clock at which to stop. */
  readonly deadline: number;
  readonly now: () => number;
  /**
   * The true value of the mapping in a point, +Infinity where the mapping is not allowed. Called once per round.
   */
  readonly judge: (x: Float64Array) => number;
  /** A value already known to be attained; +Infinity where nothing is known. */
  readonly known: number;
  /** Whether a point of this very program attains it: the solver must not contradict that. */
  readonly attained: boolean;
  /** Roughly the size of the objective, to choose tangents by, where nothing is known. */
  readonly scale: number;
  readonly decisions: readonly number[];
  /** The objective is a whole number (cycles): bounds are rounded up to the next one. */
  readonly whole: boolean;
  /** What the program only bounds from below, in words; undefined where it is exact but for ceilings and blocks. */
  readonly relaxes: string | undefined;
  /** A point of the program to begin with. */
  readonly start: ArrayLike<number> | undefined;
  /** Linear programs to solve at most. */
  readonly rounds: number;
  readonly progress?: (best: number, bound: number, round: number) => void;
}

export interface OuterResult {
  readonly status: 'closed' | 'stopped' | 'infeasible';
  /** Proven: no point of the program has a smaller objective. */
  readonly bound: number;
  readonly best: number;
  readonly rounds: number;
  readonly nodes: number;
  readonly columns: number;
  readonly rows: number;
  readonly reason: string;
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

export async function outerApproximate(program: Program, backend: Backend, options: OuterOptions): Promise<OuterResult> {
  const scale = Number.isFinite(options.known) && options.known > 0 ? options.known : options.scale;
  const milp = new Relaxation(program, scale);
  let best = options.known;
  let bound = -Infinity;
  let nodes = 0;
  if (options.start) milp.touch(options.start);
  let start = options.start && milp.lift(options.start);
  const excluded = new Set<string>();
  const spent = patience();
  const result = (status: OuterResult['status'], round: number, reason: string): OuterResult => ({
    status, bound: Math.min(bound, best), best, rounds: round, nodes, columns: milp.columns, rows: milp.rows.length, reason,
  });

  /** An over-tight answer is no proof: a point is known that it rules out. */
  function contradicts(answer: Outcome): boolean {
    if (!options.attained || excluded.size > 0) return false;
    return answer.status === 'infeasible' || lowered(answer.bound) * scale > options.known * (1 + 1e-5);
  }

  for (let round = 1; ; round++) {
    const left = (options.deadline - options.now()) / 1000;
    if (left <= 0) return result('stopped', round - 1, 'time limit');
    const answer: Outcome = await backend.solve(milp.build(), { timeLimit: left, gap: options.gap / 4, start });
    if (contradicts(answer)) return result('stopped', round, `${backend.name} contradicts a known mapping`);
    if (answer.status === 'infeasible') {
      // Nothing is left that has not been judged and cut off: the best known value stands, or there is none.
      if (best === Infinity) return result('infeasible', round, '');
      bound = best;
      return result('closed', round, '');
    }
    const proven = lowered(answer.bound) * scale;
    bound = Math.max(bound, options.whole ? Math.ceil(proven - wholeSlack * proven) : proven);
    if (answer.status === 'unknown') return result('stopped', round, answer.reason);
    nodes += answer.nodes;
    const value = options.judge(answer.point);
    best = Math.min(best, value);
    options.progress?.(best, Math.min(bound, best), round);
    if (best < Infinity && best - bound <= options.gap * best) return result('closed', round, '');
    const sharper = milp.sharpen(answer.point);
    if (!sharper) {
      // Either the program is exact here, and only the solver's tolerances are between it and the bound ...
      if (value < Infinity && Math.abs(milp.valueAt(answer.point) * scale - value) <= options.gap * 0.1 * value) {
        return result('stopped', round, `what is left is within the tolerance of ${backend.name}`);
      }
      // ... or the mapping's true value is worse than the program has it (ceilings), or it is not allowed.
      const choice = options.decisions.map((i) => Math.round(answer.point[i]!)).join(' ');
      if (excluded.has(choice)) return result('stopped', round, `${backend.name} came back to an excluded point: it takes integers within a tolerance`);
      if (best < Infinity && options.relaxes !== undefined && spent.useless((best - bound) / best)) {
        return result('stopped', round, `the program relaxes ${options.relaxes}; proven to ${((100 * (best - bound)) / best).toPrecision(2)} %`);
      }
      excluded.add(choice);
      milp.exclude(answer.point, options.decisions);
    }
    if (answer.status === 'feasible' && options.now() >= options.deadline) return result('stopped', round, 'time limit');
    if (round === options.rounds) return result('stopped', round, '');
    start = sharper ? milp.lift(answer.point) : undefined;
  }
}

/** Where a program is only a relaxation, choices are cut off one by one as long as so many at a time close a quarter of the gap. */
const atATime = 16;

function patience() {
  let since = 0;
  let from = Infinity;
  return {
    /** Counts one more choice at this gap. */
    useless(gap: number): boolean {
      if (gap <= 0.75 * from) [since, from] = [0, gap];
      return ++since > atATime;
    },
  };
}

/** A proven lower bound of a program's objective by its continuous relaxation alone; 0 where there is none. */
export async function relaxedBound(program: Program, backend: Backend, scale: number): Promise<number> {
  const answer = await backend.solve(new Relaxation(program, scale).build(), { timeLimit: 10, gap: 0, start: undefined, relax: true });
  return answer.status === 'optimal' ? Math.max(0, lowered(answer.bound) * scale) : 0;
}

const lowered = (bound: number) => bound - boundSlack * Math.max(1, Math.abs(bound));

class Relaxation {
  readonly rows: LinearRow[];
  private readonly terms: Term[] = [];
  private readonly byKey = new Map<string, Term>();
  private readonly largest = new Map<string, Exponential & { readonly shift: number }>();
  private readonly objective: ReadonlyMap<number, number>;
  private readonly offset: number;
  private extra: { lower: number; upper: number; integer: boolean; name: string }[] = [];

  constructor(private readonly program: Program, scale: number) {
    this.rows = program.rows.map((r) => linearRow(r.name, r.linear.terms, r.lower, r.upper));
    const objective = new Map<number, number>();
    for (const [i, c] of program.minimize.linear.terms) objective.set(i, c / scale);
    this.offset = program.minimize.linear.constant / scale;
    const sums = [{ convex: program.minimize, upper: scale }, ...program.convexRows];
    for (const sum of sums) this.gather(sum.convex, sum.upper);
    this.approximateAll();
    for (const [column, weight] of this.columnsOf(program.minimize, scale)) objective.set(column, weight);
    this.objective = objective;
    for (const { name, convex, upper } of program.convexRows) {
      const row = new Map([...convex.linear.terms].map(([i, c]) => [i, c / upper] as const));
      for (const [column, weight] of this.columnsOf(convex, upper)) row.set(column, weight);
      this.rows.push(linearRow(name, row, -Infinity, 1 + rowSlack - convex.linear.constant / upper));
    }
  }

  /** The columns of a sum and what each counts for. */
  private columnsOf(sum: Convex, scale: number): [number, number][] {
    return sum.exponentials.map((e) => {
      const term = this.byKey.get(keyOfTerm(e))!;
      return [term.column, Math.exp(Math.log(e.coefficient / scale) - term.shift)];
    });
  }

  get columns(): number {
    return this.program.variables.length + this.extra.length;
  }

  build(): Milp {
    const cost = (i: number) => this.objective.get(i) ?? 0;
    return { columns: [...this.program.variables, ...this.extra].map((v, i) => ({ ...v, cost: cost(i) })), rows: this.rows, offset: this.offset };
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
      const term: Term = { column: this.column(`t${n}`, 0, Infinity, false), logColumn: this.column(`w${n}`, -Infinity, Infinity, false), exponent, shift, unless, touched: [] };
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
    const terms = new Map<number, number>([[column, 1], [logColumn, -slope]]);
    let lower = slope * (1 - a);
    const void_ = unless ? slope * Math.max(0, 1 + unless.most + shift - a) : 0;
    if (unless && void_ > 0) {
      for (const [i, c] of unless.off.terms) terms.set(i, (terms.get(i) ?? 0) + void_ * c);
      lower -= void_ * unless.off.constant;
    }
    this.rows.push(linearRow(`tangent${this.rows.length}`, terms, lower, Infinity));
  }

  private sizeAt(t: Term, x: ArrayLike<number>): number {
    return t.unless && valueOf(t.unless.off, x) > 0.5 ? 0 : Math.exp(valueOf(t.exponent, x) + t.shift);
  }

  /** The objective at a point with every term on its curve, in units of the scale. */
  valueAt(x: ArrayLike<number>): number {
    let total = this.offset;
    for (const [i, c] of this.objective) {
      const term = this.terms.find((t) => t.column === i);
      total += c * (term ? this.sizeAt(term, x) : x[i]!);
    }
    return total;
  }

  /** Tangents at a point where a term lies below its curve; false where none does. */
  sharpen(x: ArrayLike<number>): boolean {
    let found = false;
    for (const t of this.terms) {
      const size = this.sizeAt(t, x);
      if (size - x[t.column]! <= 1e-7 + 1e-7 * size) continue;
      const a = Math.log(size);
      // A tangent that stands here already was passed by within the solver's tolerance of integers.
      if (t.touched.some((other) => Math.abs(other - a) < 1e-9)) continue;
      this.tangent(t, a);
      found = true;
    }
    return found;
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
    for (const i of this.program.variables.keys()) lifted[i] = x[i]!;
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
      const { lower, upper } = this.program.variables[i]!;
      const v = Math.round(x[i]!);
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
        this.rows.push(linearRow(`other${n}.${i}.${side}`, new Map([[i, side], [d, -(side * v + 1 - floor)]]), floor, Infinity));
        cut.set(d, 1);
      }
    }
    this.rows.push(linearRow(`not${n}`, cut, needed, Infinity));
  }
}

const keyOfTerm = ({ exponent, unless }: Exponential): string => `${keyOf(exponent)} ${exponent.constant} unless ${unless ? `${keyOf(unless.off)} ${unless.off.constant}` : 'never'}`;

function linearRow(name: string, terms: ReadonlyMap<number, number>, lower: number, upper: number): LinearRow {
  return { name, indices: [...terms.keys()], values: [...terms.values()], lower, upper };
}
