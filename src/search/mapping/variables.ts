// The variables of monomials as one table: a factor for each dimension and slot, then leaves that are computed from them.

import { dimensions } from '../../model/workload/layer.js';
import type { Monomial } from './monomial.js';
import type { Layout, Point } from './point-layout.js';

/**
 * What no product of factors says: a count that loop orders or windows decide. It may look
 * at factors and earlier leaves.
 */
type Leaf = (x: Float64Array, point: Point) => number;

export class Variables {
  private readonly slots: number;
  private readonly first: number;
  private readonly leaves: Leaf[] = [];
  private readonly known = new Map<string, Monomial>();
  private table = new Float64Array(0);
  private tabulated: Point | undefined;

  constructor(private readonly layout: Pick<Layout, 'machine' | 'free'>) {
    this.slots = layout.machine.slots.length;
    this.first = dimensions.length * this.slots;
  }

  /** Variable d x slots + s is the factor of d in slot s. */
  of(d: number, slot: number): number {
    return d * this.slots + slot;
  }

  /** One of the same key is made once. */
  leaf(key: string, value: Leaf): Monomial {
    const before = this.known.get(key);
    if (before) return before;
    const made: Monomial = { scale: 1, up: [this.first + this.leaves.length], down: [] };
    this.leaves.push(value);
    this.known.set(key, made);
    return made;
  }

  /** The values of all at a point, in the same table every time. */
  tabulate(point: Point): Float64Array {
    // A point is mostly asked for twice in a row: whether it is legal, and what it costs.
    if (point === this.tabulated) return this.table;
    this.tabulated = point;
    const { first, leaves, slots } = this;
    if (this.table.length !== first + leaves.length) this.table = new Float64Array(first + leaves.length).fill(1);
    const { table } = this;
    for (const d of this.layout.free) {
      const own = point.factors[d]!;
      for (let s = 0; s < slots; s++) table[d * slots + s] = own[s]!;
    }
    for (let i = 0; i < leaves.length; i++) table[first + i] = leaves[i]!(table, point);
    return table;
  }
}
