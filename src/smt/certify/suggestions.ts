// Between exact rows and an oracle that computes in doubles: rows as it takes them, multipliers as it suggests them.

import { nth } from '../../base/invariant.js';
import type { LinearRow, Milp } from '../../program/milp.js';
import type { ExactRelaxation, ExactRow } from '../exact-rows.js';
import { ofUnits } from '../exact-rows.js';
import type { Proof } from './certificate.js';

/** Multipliers that may count; those of a side that a row does not have say nothing. */
export function proofOf(of: Proof['of'], rows: readonly ExactRow[], duals: Float64Array): Proof {
  const used: number[] = [];
  for (const [i, y] of duals.entries()) {
    if (Math.abs(y) > 1e-13 && rows[i] && (y > 0 ? rows[i].lower : rows[i].upper) !== undefined) used.push(i);
  }
  return { of, rows: Int32Array.from(used), multipliers: Float64Array.from(used, (i) => nth(duals, i)) };
}

/** A ray is as good at any length. */
export function normal(ray: Float64Array, sign: number): Float64Array {
  const longest = ray.reduce((n, y) => Math.max(n, Math.abs(y)), 0);
  return ray.map((y) => (sign * y) / (longest || 1));
}

export const linearRow = ({ name, indices, values, lower, upper }: ExactRow): LinearRow => ({
  name,
  indices,
  values: values.map(ofUnits),
  lower: lower === undefined ? -Infinity : ofUnits(lower),
  upper: upper === undefined ? Infinity : ofUnits(upper),
});

export function milpOf({ columns, rows, objective }: ExactRelaxation): Milp {
  const costs = new Map(objective.indices.map((i, k) => [i, ofUnits(nth(objective.values, k))]));
  return {
    columns: columns.map((c, i) => ({ ...c, cost: costs.get(i) ?? 0 })),
    rows: rows.map(linearRow),
    offset: ofUnits(objective.offset),
  };
}
