// What is left to look at, in the order of its bounds, the lowest first.

import { nth } from './invariant.js';

export class Frontier<T extends { readonly bound: number }> {
  private readonly heap: T[] = [];

  get lowest(): T | undefined {
    return this.heap[0];
  }

  push(item: T): void {
    const { heap } = this;
    let at = heap.push(item) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (nth(heap, parent).bound <= item.bound) break;
      heap[at] = nth(heap, parent);
      at = parent;
    }
    heap[at] = item;
  }

  pop(): T | undefined {
    const { heap } = this;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && nth(heap, child + 1).bound < nth(heap, child).bound) child++;
      if (nth(heap, child).bound >= last.bound) break;
      heap[at] = nth(heap, child);
      at = child;
    }
    heap[at] = last;
    return first;
  }
}
