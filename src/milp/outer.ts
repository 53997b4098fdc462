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
  const scale = Number.isFinite(options.known) && options.known > 0 ? options.known : options.scale;
  const milp = new Relaxation(program, scale, options.floors);
  let best = options.known;
  let bound = -Infinity;
  /** What is proven of the choices that were cut off, where they were not simply judged. */
  let settled = Infinity;
  let nodes = 0;
  if (options.start) milp.touch(options.start);
  // A point that is no better than what is known would be the solver's best, and its search
  // no longer one for better ones.
  const lifted = (x: ArrayLike<number>) => (options.cutoff === undefined ? milp.lift(x) : undefined);
  let start = options.start && lifted(options.start);
  const excluded = new Set<string>();
  const spent = patience();
  const result = (status: OuterResult['status'], round: number, reason?: StopReason): OuterResult => {
    options.last?.({ milp: milp.build(), scale, terms: milp.meanings(), excluded: excluded.size });
    return {
      status,
      bound: Math.min(bound, settled, best),
      best,
      rounds: round,
      nodes,
      columns: milp.columns,
      rows: milp.rows.length,
      reason,
    };
  };

  /** An over-tight answer is no proof: a point is known that it rules out. */
  function contradicts(answer: Outcome): boolean {
    if (!options.attained || excluded.size > 0 || options.cutoff !== undefined) return false;
    return answer.status === 'infeasible' || lowered(answer.bound) * scale > options.known * (1 + 1e-5);
  }

  for (let round = 1; ; round++) {
    const left = (options.deadline - options.now()) / 1000;
    if (left <= 0) return result('stopped', round - 1, timeLimit);
    const answer: Outcome = await backend.solve(milp.build(), {
      timeLimit: left,
      gap: options.gap / 4,
      start,
      cutoff: options.cutoff && (options.cutoff / scale) * (1 + boundSlack),
    });
    if (contradicts(answer)) return result('stopped', round, { kind: 'contradiction', solver: backend.name });
    if (answer.status === 'infeasible') {
      // Nothing is left that has not been judged and cut off: the best known value stands, or there is none.
      if (best === Infinity) return result('infeasible', round);
      bound = Math.min(options.cutoff ?? Infinity, best);
      return best - settled <= options.gap * best
        ? result('closed', round)
        : result('stopped', round, { kind: 'open-choice' });
    }
    const proven = lowered(answer.bound) * scale;
    bound = Math.max(
      bound,
      options.whole && Number.isFinite(proven) ? Math.ceil(proven - wholeSlack * proven) : proven,
    );
    if (answer.status === 'unknown') return result('stopped', round, answer.reason);
    nodes += answer.nodes;
    const value = options.judge(answer.point);
    best = Math.min(best, value);
    options.progress?.(best, Math.min(bound, settled, best), round);
    const closed = () => best < Infinity && best - Math.min(bound, settled) <= options.gap * best;
    if (closed()) return result('closed', round);
    const sharper = milp.sharpen(answer.point);
    if (!sharper) {
      // Either the program is exact here, and only the solver's tolerances are between it and the bound ...
      if (value < Infinity && Math.abs(milp.valueAt(answer.point) * scale - value) <= options.gap * 0.1 * value) {
        return result('stopped', round, { kind: 'tolerance', solver: backend.name });
      }
      // ... or the mapping's true value is worse than the program has it (ceilings), or it is not allowed.
      const choice = options.decisions.map((i) => Math.round(nth(answer.point, i))).join(' ');
      if (excluded.has(choice)) return result('stopped', round, { kind: 'excluded-point', solver: backend.name });
      if (best < Infinity && options.relaxes !== undefined && spent.useless((best - bound) / best)) {
        return result('stopped', round, { kind: 'relaxed', what: options.relaxes, gap: (best - bound) / best });
      }
      if (options.settle) {
        const proven = await options.settle(answer.point);
        best = Math.min(best, proven.value);
        settled = Math.min(settled, proven.bound);
        if (closed()) return result('closed', round);
        // Nothing that is left can raise the bound above what is open there.
        if (settled <= bound) return result('stopped', round, { kind: 'open-choice' });
      }
      excluded.add(choice);
      milp.exclude(answer.point, options.decisions);
    }
    if (answer.status === 'feasible' && options.now() >= options.deadline) return result('stopped', round, timeLimit);
    if (round === options.rounds) return result('stopped', round);
    start = sharper ? lifted(answer.point) : undefined;
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
