// Checks a certificate with whole numbers alone: no solver, no rounding but outwards. This file and the rows that it
// reads are all that has to be believed.
//
// For any multipliers y and every point of a box, objective >= offset + sum y_i side_i + sum_j r_j x_j, r_j = c_j - sum
// y_i a_ij, and r_j x_j is least at one end of the column's range. The same without the objective: where that sum is
// above 0, no point meets all rows.

import { nth } from '../../base/invariant.js';
import type { ExactRelaxation, ExactRow } from '../exact-rows.js';
import { unitBits } from '../exact-rows.js';
import type { Branch, Proof } from './certificate.js';

/** Multipliers are read in units of 2^-multiplierBits. */
const multiplierBits = 44;
const perMultiplier = 2 ** multiplierBits;
const columnBits = BigInt(unitBits);

/** What is proven: a lower bound in units, `empty` where there is no point at all, undefined where nothing is. */
export type Proven = bigint | 'empty' | undefined;

/**
 * The cost model's word on choices: which columns make one, and its value in scales, Infinity where it is not allowed.
 */
export interface Choices {
  readonly decisions: readonly number[];
  readonly judge: (x: Float64Array) => number;
}

export interface Checked {
  readonly proven: Proven;
  readonly leaves: number;
}

/** The range of every column, in units: continuous ones outwards. */
export interface Box {
  readonly lower: (bigint | undefined)[];
  readonly upper: (bigint | undefined)[];
}

export function wholeBox({ columns }: ExactRelaxation): Box {
  const units = (x: number, round: (x: number) => number) =>
    Number.isFinite(x) ? BigInt(round(x * 2 ** unitBits)) : undefined;
  return {
    lower: columns.map((c) => units(c.lower, Math.floor)),
    upper: columns.map((c) => units(c.upper, Math.ceil)),
  };
}

/**
 * The least that all leaves prove; the splits of the tree leave nothing out by what a split is. Without `choices`,
 * where the verdict on a point is not that on all that share its decisions, leaves of one choice prove nothing.
 */
export function check(relaxation: ExactRelaxation, root: Branch, choices: Choices | undefined): Checked {
  const box = wholeBox(relaxation);
  let leaves = 0;
  const visit = (branch: Branch): Proven => {
    if (branch.kind === 'leaf') {
      leaves++;
      return provenBy(relaxation, branch.proof, box);
    }
    if (branch.kind === 'choice') {
      leaves++;
      return choices && costOf(choices, box);
    }
    const { column, at, below, above } = branch.split;
    // Only between whole numbers of a column that takes no others is there nothing.
    if (!relaxation.columns[column]?.integer || !Number.isSafeInteger(at)) return undefined;
    const [lower, upper] = [box.lower[column], box.upper[column]];
    const units = (n: number) => BigInt(n) << columnBits;
    box.upper[column] = upper === undefined || units(at) < upper ? units(at) : upper;
    const first = visit(below);
    box.upper[column] = upper;
    box.lower[column] = lower === undefined || units(at + 1) > lower ? units(at + 1) : lower;
    const second = visit(above);
    box.lower[column] = lower;
    return min(first, second);
  };
  return { proven: visit(root), leaves };
}

/** The value of the only choice of a box; undefined where it has others. */
function costOf({ decisions, judge }: Choices, { lower, upper }: Box): Proven {
  if (decisions.some((j) => lower[j] === undefined || lower[j] !== upper[j])) return undefined;
  const x = new Float64Array(lower.length);
  for (const j of decisions) x[j] = Number(lower[j]! >> columnBits);
  const value = judge(x);
  // Sums of doubles: eased far beyond their rounding.
  return value === Infinity ? 'empty' : BigInt(Math.floor(value * (1 - 1e-12) * 2 ** unitBits));
}

/** What holds in both of two boxes. */
export function min(a: Proven, b: Proven): Proven {
  if (a === undefined || b === undefined) return undefined;
  if (a === 'empty') return b;
  if (b === 'empty') return a;
  return a < b ? a : b;
}

/** What multipliers prove of the points in a box. */
export function provenBy(
  { columns, rows, objective }: ExactRelaxation,
  { of, rows: used, multipliers }: Proof,
  { lower, upper }: Box,
): Proven {
  /** What is left of each column's coefficient. */
  const left = new Map<number, bigint>();
  /** In units of 2^-(unitBits + multiplierBits). */
  let total = 0n;
  if (of === 'bound') {
    total = objective.offset << BigInt(multiplierBits);
    objective.indices.forEach((j, k) =>
      left.set(j, (left.get(j) ?? 0n) + (nth(objective.values, k) << BigInt(multiplierBits))),
    );
  }
  for (let k = 0; k < used.length; k++) {
    const row: ExactRow | undefined = rows[nth(used, k)];
    const y = nth(multipliers, k);
    if (!row || !Number.isFinite(y)) return undefined;
    const weight = BigInt(Math.round(y * perMultiplier));
    if (weight === 0n) continue;
    const side = weight > 0n ? row.lower : row.upper;
    if (side === undefined) return undefined;
    total += weight * side;
    for (let n = 0; n < row.indices.length; n++) {
      const j = nth(row.indices, n);
      left.set(j, (left.get(j) ?? 0n) - weight * nth(row.values, n));
    }
  }
  // From here on in units of 2^-(2 unitBits + multiplierBits): columns have units of their own.
  total <<= columnBits;
  for (const [j, r] of left) {
    if (r === 0n || !columns[j]) continue;
    const end = r > 0n ? lower[j] : upper[j];
    if (end === undefined) return undefined;
    total += r * end;
  }
  if (of === 'empty') return total > 0n ? 'empty' : undefined;
  // A shift to the right rounds down, below 0 too.
  return total >> BigInt(unitBits + multiplierBits);
}
