// A solver of linear programs that is asked again and again: bounds change, rows come. It suggests; what it says is
// checked elsewhere.

import type { LinearRow, Milp } from './milp.js';

/**
 * `duals`: per row, what the value grows by per unit of the bound that holds it. `ray`: multipliers of rows that show
 * that nothing meets them all, up to their common sign.
 */
export type LinearAnswer =
  | { readonly status: 'optimal'; readonly value: number; readonly point: Float64Array; readonly duals: Float64Array }
  | { readonly status: 'infeasible'; readonly ray: Float64Array | undefined }
  | { readonly status: 'failed'; readonly reason: string };

export interface LinearModel {
  bound: (column: number, lower: number, upper: number) => void;
  add: (rows: readonly LinearRow[]) => void;
  /** `afresh`: without what is left of earlier solves. */
  solve: (afresh: boolean) => LinearAnswer;
  close: () => void;
}

/** Integrality is not looked at. */
export interface LinearOracle {
  readonly name: string;
  open: (milp: Milp) => Promise<LinearModel>;
}
