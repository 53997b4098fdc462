// An order in which everything comes behind what it needs, and otherwise stays where it was.

import { nth } from '../../base/invariant.js';

/** Of 0 to `count` - 1, given in an order without cycles. */
export function dependencyOrder(count: number, needs: (i: number) => readonly number[]): readonly number[] {
  const order: number[] = [];
  const begun = new Set<number>();
  const placed = new Set<number>();
  for (let first = 0; first < count; first++) {
    // By hand, since a chain can be longer than the stack is deep.
    const open = [first];
    while (open.length > 0) {
      const i = nth(open, open.length - 1);
      const waiting = begun.has(i) ? [] : needs(i).filter((n) => !placed.has(n));
      begun.add(i);
      if (waiting.length > 0) open.push(...waiting.reverse());
      else {
        open.pop();
        if (!placed.has(i)) order.push(i);
        placed.add(i);
      }
    }
  }
  return order;
}
