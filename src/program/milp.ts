// A mixed-integer linear program, and the one small interface that a solver implements.

import type { StopReason } from '../base/stop-reason.js';

export interface Column {
  readonly name: string;
  readonly lower: number;
  readonly upper: number;
  readonly integer: boolean;
  readonly cost: number;
}

export interface LinearRow {
  readonly name: string;
  readonly indices: readonly number[];
  readonly values: readonly number[];
  readonly lower: number;
  readonly upper: number;
}

/** A mixed-integer linear program: minimise cost . x + offset, within the bounds of columns and rows. */
export interface Milp {
  readonly columns: readonly Column[];
  readonly rows: readonly LinearRow[];
  readonly offset: number;
}

/** When a solver is to stop, and what it may begin with. */
export interface SolveOptions {
  /** Seconds of wall time. */
  readonly timeLimit: number;
  /** (incumbent - bound) / incumbent at which the solver may stop. */
  readonly gap: number;
  /** Drop integrality: the bound of the relaxation. */
  readonly relax?: boolean;
  /** A feasible point to begin with. */
  readonly start?: Float64Array | undefined;
  /** Points that cost more are of no interest: a solver may say `infeasible` where there are no others. */
  readonly cutoff?: number | undefined;
}

/**
 * A solver's answer. `bound` is a proven lower bound of the program as given, in exact arithmetic of the solver's
 * tolerances; only the arms that have a point carry one. `infeasible` is claimed only where the solver proved it.
 * `duals`, of an optimal relaxation where the solver has them: per row, what the objective grows by per unit of the
 * bound that holds it.
 */
export type Outcome =
  | {
      readonly status: 'optimal' | 'feasible';
      readonly point: Float64Array;
      readonly objective: number;
      readonly bound: number;
      readonly nodes: number;
      readonly duals?: Float64Array;
    }
  | { readonly status: 'infeasible' }
  | { readonly status: 'unknown'; readonly bound: number; readonly reason: StopReason };

/** Everything the rest of magnet knows about a MILP solver. */
export interface Backend {
  readonly name: string;
  solve: (milp: Milp, options: SolveOptions) => Promise<Outcome>;
}
