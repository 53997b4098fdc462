// The order of a program's stores: readers before writers, and what lies idle together side by side.

import { groupBy } from '../../base/group-by.js';
import { got, nth } from '../../base/invariant.js';
import type { Node } from './nodes.js';
import type { Store } from './state.js';

/** Around a guard: a condition that it implies, or itself. */
export type Around = (guard: Node | undefined) => Node | undefined;

/** What a store needs: twice what it uses twice. */
export const operandsOf = ({ value, at, mask }: Store): readonly Node[] => [
  value,
  ...(at ? [at] : []),
  ...(mask ? [mask, mask, ...(at ? [at] : [])] : []),
];

/** What is looked at before a store. */
export function conditionsOf({ guard }: Store, outer: Around): readonly Node[] {
  const factor = outer(guard);
  return guard && factor ? (factor === guard ? [guard] : [factor, guard]) : [];
}

/**
 * Stores in an order in which, but for cycles, every place is read before it is changed, and as many as possible with
 * one guard stand side by side: what is idle is then skipped with one look.
 */
export function readersFirst(
  all: readonly Node[],
  stores: readonly Store[],
  consumers: readonly (readonly number[])[],
  outer: Around,
): readonly Store[] {
  const byStorage = groupBy(stores, (s) => s.storage.id);
  /** By node: uses that are still to come; by storage: loads of it that are. */
  const pending = Int32Array.from(all, (n) => consumers[n.id]?.length ?? 0);
  const unread = new Map<number, number>();
  for (const node of all)
    if (node.op === 'load' && nth(pending, node.id) > 0)
      unread.set(node.storage.id, (unread.get(node.storage.id) ?? 0) + 1);
  const guardOf = (storage: number) => nth(got(byStorage, storage), 0).guard;
  const ready = new Map<Node | undefined, number[]>();
  const makeReady = (storage: number) => {
    const condition = outer(guardOf(storage));
    const list = ready.get(condition);
    if (list) list.push(storage);
    else ready.set(condition, [storage]);
  };
  for (const storage of byStorage.keys()) if (!unread.get(storage)) makeReady(storage);

  const ordered: Store[] = [];
  const left = new Set(byStorage.keys());
  while (left.size > 0) {
    const condition = largest();
    const storages = ready.get(condition)?.splice(0) ?? [];
    if (storages.length === 0) storages.push(...leastRead());
    // Equal guards side by side, the others as they come.
    const order = new Map(storages.map((storage, i) => [guardOf(storage), i] as const).reverse());
    storages.sort((a, b) => got(order, guardOf(a)) - got(order, guardOf(b)));
    for (const storage of storages) {
      if (!left.delete(storage)) continue;
      for (const store of got(byStorage, storage)) {
        ordered.push(store);
        used([...operandsOf(store), ...conditionsOf(store, outer)]);
      }
    }
  }
  return ordered;

  /** The condition with most places that nobody reads any more. */
  function largest(): Node | undefined {
    let [most, found]: [number, Node | undefined] = [0, undefined];
    for (const [condition, list] of ready) if (list.length > most) [most, found] = [list.length, condition];
    return found;
  }

  /**
   * Where places wait for each other, or for themselves, some must go first; their readers will have kept what was there.
   * Those with fewest reads to come, and of these the most behind one condition.
   */
  function leastRead(): readonly number[] {
    const reads = (storage: number) => unread.get(storage) ?? 0;
    let least = Infinity;
    for (const storage of left) least = Math.min(least, reads(storage));
    const fewest = [...left].filter((storage) => reads(storage) === least);
    const groups = groupBy(fewest, (storage) => outer(guardOf(storage)));
    return [...groups.values()].reduce((a, b) => (b.length > a.length ? b : a));
  }

  function used(nodes: readonly Node[]): void {
    const stack = [...nodes];
    for (let node = stack.pop(); node; node = stack.pop()) {
      if (--pending[node.id]! > 0) continue;
      stack.push(...node.args);
      if (node.op !== 'load') continue;
      const { id } = node.storage;
      const rest = got(unread, id) - 1;
      unread.set(id, rest);
      if (rest === 0 && left.has(id)) makeReady(id);
    }
  }
}
