// A program as a model of HiGHS.

import { nth } from '../base/invariant.js';
import type { Highs } from 'highs';
import type { Milp } from '../program/milp.js';

export function modelOf(
  solver: Highs,
  { columns, rows, offset }: Milp,
  integral: boolean,
): ReturnType<Highs['createModel']> {
  const starts = new Int32Array(rows.length + 1);
  rows.forEach((r, i) => (starts[i + 1] = nth(starts, i) + r.indices.length));
  const size = { numCols: columns.length, numRows: rows.length };
  return solver.createModel({
    ...size,
    colCost: columns.map((c) => c.cost),
    colLower: columns.map((c) => c.lower),
    colUpper: columns.map((c) => c.upper),
    rowLower: rows.map((r) => r.lower),
    rowUpper: rows.map((r) => r.upper),
    matrix: {
      ...size,
      format: 'csr',
      starts,
      indices: rows.flatMap((r) => r.indices),
      values: rows.flatMap((r) => r.values),
    },
    offset,
    ...(integral ? { integrality: columns.map((c) => (c.integer ? 1 : 0)) } : {}),
  });
}
