// A function of two factors as a table: a point on it is a convex combination of its entries.

import { nth } from '../../base/invariant.js';
import type { Linear } from '../../program/linear.js';
import { add, combine, constant, scale } from '../../program/linear.js';
import type { ProgramBuilder } from '../../program/program.js';

export interface Table {
  /** Values that p and r may take, ascending. */
  readonly p: readonly number[];
  readonly r: readonly number[];
  readonly at: (p: number, r: number) => number;
}

/**
 * ln at(p, r) as a combination of entries that is pinned to ln p and ln r. Exact at integers where the function is
 * convex in the logarithms (a mixture lies on or above the curve, and a minimum takes the curve); whole weights
 * make it exact where it is not.
 */
export function tableRow(b: ProgramBuilder, name: string, table: Table, p: Linear, r: Linear): Linear {
  const exact = table.r.every((k) => isConvex(table.p.map((x) => [Math.log(x), Math.log(table.at(x, k))])));
  const entries = table.r.flatMap((k) =>
    table.p.map((x) => ({ x, k, weight: b.variable(`${name}.${x}.${k}`, 0, 1, !exact) })),
  );
  type Entry = (typeof entries)[number];
  const weighted = (of: (e: Entry) => number) => entries.map((e): [number, Linear] => [of(e), e.weight]);

  if (exact && table.r.length > 2) {
    // Between the least and the largest kernel extent a mixture could pass below the curve: one extent at a time.
    for (const k of table.r) {
      const chosen = b.binary(`${name}.r.${k}`);
      b.equal(`${name}.only.${k}`, combine([[-1, chosen], ...weighted((e) => (e.k === k ? 1 : 0))]), 0);
    }
  }
  b.equal(`${name}.one`, add(...entries.map((e) => e.weight)), 1);
  b.equal(`${name}.p`, combine([[1, p], ...weighted((e) => -Math.log(e.x))]), 0);
  b.equal(`${name}.r`, combine([[1, r], ...weighted((e) => -Math.log(e.k))]), 0);
  return add(constant(0), ...entries.map((e) => scale(Math.log(table.at(e.x, e.k)), e.weight)));
}

/** Whether points with ascending abscissae lie on a convex curve, with a hair for rounding. */
function isConvex(points: readonly (readonly [x: number, y: number])[]): boolean {
  return points.every(([x2, y2], i) => {
    if (i < 2) return true;
    const [x0, y0] = nth(points, i - 2);
    const [x1, y1] = nth(points, i - 1);
    return (y1 - y0) * (x2 - x1) <= (y2 - y1) * (x1 - x0) + 1e-12;
  });
}
