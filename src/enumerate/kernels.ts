// How much a PE's loop nest reuses in its collectors: every way to cut it that is not beaten by another.
//
// Three collectors cut one nest independently. Inside its cut, and in the run of loops just outside it, loops that
// are irrelevant to a tensor reuse its collector; the loops inside that touch it say how deep it must be. Only the products of
// loops by the tensor that they are irrelevant to matter: class 0 is irrelevant to weights (N P Q), 1 inputs (K), 2 sums (C R S).

import { invariant } from '../base/diagnostics.js';
import type { BestCutting } from './best-cuttings.js';
import { bestCuttings } from './best-cuttings.js';
import type { Allowed, Column, Each, Menus, Triple } from './cuttings.js';
import { cuttings, deepest } from './cuttings.js';

export type { Menus } from './cuttings.js';

export interface Kernel {
  /** Cycles of the PE nest per access of the buffer behind each collector: weights, inputs, sums. */
  readonly reuse: Triple;
  /** The tile of the PE lies in the collector whole: it is fetched once per tile that is brought in. */
  readonly holds: Readonly<Each<boolean>>;
  /** Depths needed, as places in their menus. */
  readonly depth: Triple;
}

/** The same as a row of a table, flat since the innermost loops read it. */
export interface KernelRow {
  readonly reuseW: number;
  readonly reuseI: number;
  readonly reuseO: number;
  readonly depthW: number;
  readonly depthI: number;
  readonly depthO: number;
  readonly holdsW: boolean;
  readonly holdsI: boolean;
  readonly holdsO: boolean;
}

export interface Interval {
  /** The tensor whose collector ends below this interval; -1 at the multipliers. */
  readonly above: Column | -1;
  /** Product of the loops of each class. */
  readonly factors: Triple;
  /** Which class stands innermost here. */
  readonly first: Column;
  /** Loops over groups, outermost here. */
  readonly groups: number;
}

/** Every kernel of a nest as a table, made once. */
export class KernelTables {
  private readonly known = new Map<string, readonly KernelRow[]>();

  constructor(
    private readonly menus: Menus,
    private readonly allowed?: Allowed,
  ) {}

  of(a: number, b: number, d: number, groups: number): readonly KernelRow[] {
    // Groups that no collector holds all count as many.
    const max = Math.max(...this.menus.map(deepest)) + 1;
    const g = Math.min(groups, max);
    const key = `${a} ${b} ${d} ${g}`;
    let table = this.known.get(key);
    if (!table) {
      const nest: Triple = [a, b, d];
      const found = this.allowed ? cuttings(nest, this.menus, g, this.allowed) : bestCuttings(nest, this.menus, g);
      table = found.map(rowOf);
      this.known.set(key, table);
    }
    return table;
  }
}

const isHeld = (holds: number, t: Column): boolean => (holds & (1 << t)) > 0;

const rowOf = ({ reuse, depth, holds }: BestCutting): KernelRow => ({
  reuseW: reuse[0],
  reuseI: reuse[1],
  reuseO: reuse[2],
  depthW: depth[0],
  depthI: depth[1],
  depthO: depth[2],
  holdsW: isHeld(holds, 0),
  holdsI: isHeld(holds, 1),
  holdsO: isHeld(holds, 2),
});

export const kernelOf = (row: KernelRow): Kernel => ({
  reuse: [row.reuseW, row.reuseI, row.reuseO],
  depth: [row.depthW, row.depthI, row.depthO],
  holds: [row.holdsW, row.holdsI, row.holdsO],
});

/** How a kernel cuts its nest: from the multipliers out, the loops between two cuts. */
export function intervalsOf(kernel: Kernel, products: Triple, menus: Menus, groups: number): readonly Interval[] {
  // Among all of them: where not every kernel was allowed, it may be one that others beat.
  const all = cuttings(
    products,
    menus,
    groups,
    (other) => isSame(other.reuse, kernel.reuse) && isSame(other.depth, kernel.depth),
  );
  const c = all.find(({ holds }) => kernel.holds.every((held, t) => held === (holds & (1 << t)) > 0));
  invariant(c, 'a kernel that its nest does not have');
  const between = (low: Triple, high: Triple): Triple => [high[0] / low[0], high[1] / low[1], high[2] / low[2]];
  const groupsIn = (interval: number) => (interval === c.groupsAt ? groups : 1);
  const [x, y, z] = c.inside;
  const [afterX, afterY, afterZ] = c.first;
  return [
    { above: -1, factors: x, first: c.order[0], groups: groupsIn(0) },
    { above: c.order[0], factors: between(x, y), first: afterX, groups: groupsIn(1) },
    { above: c.order[1], factors: between(y, z), first: afterY, groups: groupsIn(2) },
    { above: c.order[2], factors: between(z, products), first: afterZ, groups: groupsIn(3) },
  ];
}

const isSame = (a: Triple, b: Triple): boolean => a[0] === b[0] && a[1] === b[1] && a[2] === b[2];
