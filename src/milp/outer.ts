// Outer approximation: every exponential is replaced by a variable above its tangents, the linear program is solved,
// tangents are added where the answer leaves them, until bound and best known value meet.

import type { StopReason } from '../base/stop-reason.js';
import { timeLimit } from '../base/stop-reason.js';
import { nth } from '../base/invariant.js';
import type { Backend, Milp, Outcome } from '../program/milp.js';
import type { Program } from '../program/program.js';
import type { Floor, TermMeaning } from './relaxation.js';
import { Relaxation } from './relaxation.js';

/**
 * Solvers answer within tolerances (1e-9 on rows in logarithms, objectives near 1): their bounds are lowered by this
 * share, far more than those tolerances can move them.
 */
export const boundSlack = 1e-6;

/** Before a bound on cycles is rounded up it is lowered by this share: solvers take integers within 1e-5 (GLPK). */
const wholeSlack = 1e-5;

/** The linear program of the last round, and how it is to be read. */
export interface LastProgram {
  readonly milp: Milp;
  /** What its objective is measured in. */
  readonly scale: number;
  readonly terms: readonly TermMeaning[];
  /** Choices that were judged and cut off. */
  readonly excluded: number;
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
  /** What parts of the objective are known to be at least: of every point of interest. */
  readonly floors?: readonly Floor[] | undefined;
  /** Whether a point of this very program attains it: the solver must not contradict that. */
  readonly attained: boolean;
  /** Roughly the size of the objective, to choose tangents by, where nothing is known. */
  readonly scale: number;
  /** Whole variables: points that agree in them are one choice, which may be judged and cut off. */
  readonly decisions: readonly number[];
  /**
   * Settles a choice that many points share before it is cut off: the best value that one of them attains, and what is
   * proven of them all. Absent where the verdict on one point is that on its choice.
   */
  readonly settle?: ((x: Float64Array) => Promise<{ readonly value: number; readonly bound: number }>) | undefined;
  /** The objective is a whole number (cycles): bounds are rounded up to the next one. */
  readonly whole: boolean;
  /** What the program only bounds from below, in words; undefined where it is exact but for ceilings and blocks. */
  readonly relaxes: string | undefined;
  /** A point of the program to begin with. */
  readonly start: ArrayLike<number> | undefined;
  /**
   * Only better mappings are of interest: points that cost more than this need not be told
   * apart; undefined where all are.
   */
  readonly cutoff?: number | undefined;
  /** Linear programs to solve at most. */
  readonly rounds: number;
  readonly progress?: (best: number, bound: number, round: number) => void;
  /** Called once, at the end. */
  readonly last?: ((program: LastProgram) => void) | undefined;
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
  /** Undefined where it closed, or did its rounds. */
  readonly reason: StopReason | undefined;
}

export async function outerApproximate(
  program: Program,
  backend: Backend,
  options: OuterOptions,
): Promise<OuterResult> {
  const rounds = new Rounds(program, backend, options);
  let end: End | undefined;
  while (!end) end = await rounds.next();
  return rounds.result(end);
}

/** How the rounds ended. */
interface End {
  readonly status: OuterResult['status'];
  /** Undefined where it closed, or did its rounds. */
  readonly reason?: StopReason;
}

const stopped = (reason?: StopReason): End => ({ status: 'stopped', ...(reason && { reason }) });

type Solved = Extract<Outcome, { status: 'optimal' | 'feasible' }>;

class Rounds {
  private readonly scale: number;
  private readonly milp: Relaxation;
  private best: number;
  private bound = -Infinity;
  /** What is proven of the choices that were cut off, where they were not simply judged. */
  private settled = Infinity;
  private nodes = 0;
  /** Begun, and those of them that were answered. */
  private round = 0;
  private answered = 0;
  private start: Float64Array | undefined;
  private readonly excluded = new Set<string>();
  private readonly spent = patience();

  constructor(
    program: Program,
    private readonly backend: Backend,
    private readonly options: OuterOptions,
  ) {
    this.scale = Number.isFinite(options.known) && options.known > 0 ? options.known : options.scale;
    this.milp = new Relaxation(program, this.scale, options.floors);
    this.best = options.known;
    if (options.start) this.milp.touch(options.start);
    this.start = options.start && this.lifted(options.start);
  }

  /** One program solved, its point judged, its tangents sharpened; how it ended, where it did. */
  async next(): Promise<End | undefined> {
    const { options, backend } = this;
    this.round++;
    const left = (options.deadline - options.now()) / 1000;
    if (left <= 0) return stopped(timeLimit);
    const answer = await this.ask(left);
    this.answered = this.round;
    if (this.contradicts(answer)) return stopped({ kind: 'contradiction', solver: backend.name });
    if (answer.status === 'infeasible') return this.nothingLeft();
    this.raise(lowered(answer.bound) * this.scale);
    if (answer.status === 'unknown') return stopped(answer.reason);
    this.nodes += answer.nodes;
    const value = options.judge(answer.point);
    this.best = Math.min(this.best, value);
    options.progress?.(this.best, this.proven(), this.round);
    if (this.isClosed()) return { status: 'closed' };
    const sharper = this.milp.sharpen(answer.point);
    const end = sharper ? undefined : await this.exactAt(answer, value);
    if (end) return end;
    if (answer.status === 'feasible' && options.now() >= options.deadline) return stopped(timeLimit);
    if (this.round === options.rounds) return stopped();
    this.start = sharper ? this.lifted(answer.point) : undefined;
    return undefined;
  }

  result({ status, reason }: End): OuterResult {
    const { milp, scale, excluded } = this;
    this.options.last?.({ milp: milp.build(), scale, terms: milp.meanings(), excluded: excluded.size });
    return {
      status,
      bound: this.proven(),
      best: this.best,
      rounds: this.answered,
      nodes: this.nodes,
      columns: milp.columns,
      rows: milp.rows.length,
      reason,
    };
  }

  private ask(timeLimit: number): Promise<Outcome> {
    const { cutoff, gap } = this.options;
    return this.backend.solve(this.milp.build(), {
      timeLimit,
      gap: gap / 4,
      start: this.start,
      cutoff: cutoff && (cutoff / this.scale) * (1 + boundSlack),
    });
  }

  /**
   * A point on the curves to begin with. One that is no better than what is known would be the solver's best, and its
   * search no longer one for better ones.
   */
  private lifted(x: ArrayLike<number>): Float64Array | undefined {
    return this.options.cutoff === undefined ? this.milp.lift(x) : undefined;
  }

  private proven(): number {
    return Math.min(this.bound, this.settled, this.best);
  }

  private isClosed(): boolean {
    return this.best < Infinity && this.best - Math.min(this.bound, this.settled) <= this.options.gap * this.best;
  }

  private raise(proven: number): void {
    const whole = this.options.whole && Number.isFinite(proven);
    this.bound = Math.max(this.bound, whole ? Math.ceil(proven - wholeSlack * proven) : proven);
  }

  /** An over-tight answer is no proof: a point is known that it rules out. */
  private contradicts(answer: Outcome): boolean {
    const { attained, cutoff, known } = this.options;
    if (!attained || this.excluded.size > 0 || cutoff !== undefined) return false;
    return answer.status === 'infeasible' || lowered(answer.bound) * this.scale > known * (1 + 1e-5);
  }

  /** All has been judged and cut off: the best known value stands, or there is none. */
  private nothingLeft(): End {
    const { best, settled, options } = this;
    if (best === Infinity) return { status: 'infeasible' };
    this.bound = Math.min(options.cutoff ?? Infinity, best);
    return best - settled <= options.gap * best ? { status: 'closed' } : stopped({ kind: 'open-choice' });
  }

  /** No term lies below its curve at a point: what is between its value and the bound is nothing that tangents mend. */
  private async exactAt({ point }: Solved, value: number): Promise<End | undefined> {
    const { milp, options, backend, best, bound, scale } = this;
    // Either the program is exact here, and only the solver's tolerances are between it and the bound ...
    if (value < Infinity && Math.abs(milp.valueAt(point) * scale - value) <= options.gap * 0.1 * value)
      return stopped({ kind: 'tolerance', solver: backend.name });
    // ... or the mapping's true value is worse than the program has it (ceilings), or it is not allowed.
    const choice = options.decisions.map((i) => Math.round(nth(point, i))).join(' ');
    if (this.excluded.has(choice)) return stopped({ kind: 'excluded-point', solver: backend.name });
    const gap = (best - bound) / best;
    if (best < Infinity && options.relaxes !== undefined && this.spent.useless(gap))
      return stopped({ kind: 'relaxed', what: options.relaxes, gap });
    const end = options.settle && (await this.settle(options.settle, point));
    if (end) return end;
    this.excluded.add(choice);
    milp.exclude(point, options.decisions);
    return undefined;
  }

  private async settle(settle: NonNullable<OuterOptions['settle']>, point: Float64Array): Promise<End | undefined> {
    const proven = await settle(point);
    this.best = Math.min(this.best, proven.value);
    this.settled = Math.min(this.settled, proven.bound);
    if (this.isClosed()) return { status: 'closed' };
    // Nothing that is left can raise the bound above what is open there.
    return this.settled <= this.bound ? stopped({ kind: 'open-choice' }) : undefined;
  }
}

/**
 * Where a program is only a relaxation, choices are cut off one by one as long as so many at a
 * time close a quarter of the gap.
 */
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

/**
 * A proven lower bound of a program's objective by its continuous relaxation alone: 0 where there is none,
 * Infinity where it has no point.
 */
export async function relaxedBound(program: Program, backend: Backend, scale: number, seconds = 10): Promise<number> {
  const answer = await backend.solve(new Relaxation(program, scale).build(), {
    timeLimit: seconds,
    gap: 0,
    start: undefined,
    relax: true,
  });
  if (answer.status === 'infeasible') return Infinity;
  return answer.status === 'optimal' ? Math.max(0, lowered(answer.bound) * scale) : 0;
}

const lowered = (bound: number) => bound - boundSlack * Math.max(1, Math.abs(bound));
