// Points of a linear program: whether one meets it, what it costs, and whether an answer contradicts it.

import { nth } from '../base/invariant.js';
import type { Milp, Outcome } from '../program/milp.js';

/** Whether a point meets every bound and row, within what a solver would accept. */
export function holds({ columns, rows }: Milp, x: Float64Array): boolean {
  const within = (value: number, { lower, upper }: { readonly lower: number; readonly upper: number }) =>
    value >= lower - 1e-7 && value <= upper + 1e-7;
  return (
    columns.every((c, i) => within(nth(x, i), c)) &&
    rows.every((r) =>
      within(
        r.indices.reduce((n, j, k) => n + nth(r.values, k) * nth(x, j), 0),
        r,
      ),
    )
  );
}

export const objectiveAt = (milp: Milp, x: ArrayLike<number>): number =>
  milp.columns.reduce((n, c, i) => n + c.cost * nth(x, i), milp.offset);

/** Whether an answer rules out a point of the program, by a bound above it or by knowing of none. */
export function contradictsPoint(o: Outcome, milp: Milp, point: Float64Array | undefined): boolean {
  if (!point || o.status === 'unknown' || !holds(milp, point)) return false;
  return o.status === 'infeasible' || objectiveAt(milp, point) < o.bound - 1e-6 * Math.abs(o.bound) - 1e-9;
}
