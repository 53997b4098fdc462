// Registers that take a value in every cycle, though mostly the one they have: what they are computed from is watched,
// and they are left alone while nothing of it has changed. Most of a machine idles in most cycles.

import { groupBy } from '../../base/group-by.js';
import { nth } from '../../base/invariant.js';
import { sharedFactors } from './gates.js';
import type { Node, Nodes, Storage } from './nodes.js';
import type { Store } from './state.js';

/** Registers that are computed from more than this are computed always. */
const maxSources = 48;
/** Narrower ones, and what is copied, are compared with what they were instead. */
const minWidth = 9;
const minNodes = 3;
/** A value up to this many bits is compared in one operation. */
const maxCompared = 64;

export interface Quiet {
  readonly stores: readonly Store[];
  /** A bit for each thing that is watched: 1 where it may have changed in the last cycle, and at the beginning. */
  readonly watched: readonly Storage[];
}

/** The same registers after every clock; some of them are stored under a condition. */
export function gateQuiet(nodes: Nodes, given: readonly Store[]): Quiet {
  const byStorage = groupBy(given, (s) => s.storage.id);
  const factors = sharedFactors(nodes.all, given);
  /** By what may have changed: the bit that remembers it. */
  const memory = new Map<Node, Storage>();
  const changes = new Map<number, Node>();
  const conditions = new Map<number, Node>();
  const open = new Set<number>();
  const always = nodes.constant('i32', 1n);

  for (const storage of byStorage.keys()) changeOf(storage);
  const stores = given.map((store) => {
    const guard = conditions.get(store.storage.id);
    return guard ? { ...store, guard } : store;
  });
  const remembering = [...memory].map(([value, storage]): Store => ({ storage, offset: 0, width: 1, value }));
  return { stores: [...stores, ...remembering], watched: [...memory.values()] };

  /** Whether a place may change in this cycle; inputs always may. */
  function changeOf(storage: number): Node {
    const known = changes.get(storage);
    if (known) return known;
    const list = byStorage.get(storage);
    // What is computed from itself waits for its own change: taken as changing always.
    if (!list || open.has(storage)) return always;
    open.add(storage);
    const change = list.every((s) => s.guard) ? anyGuard(list) : freeChange(storage, list);
    open.delete(storage);
    changes.set(storage, change);
    return change;
  }

  function anyGuard(list: readonly Store[]): Node {
    const guards = new Set(list.map(({ guard }) => (guard ? (factors.get(guard) ?? guard) : always)));
    return [...guards].reduce((a, b) => nodes.binary('or', a, b));
  }

  function freeChange(storage: number, list: readonly Store[]): Node {
    const { width } = nth(list, 0).storage;
    const values = list.map((s) => s.value);
    const cone = coneOf(values);
    const plain = list.every((s) => !s.at && !s.mask && !s.guard);
    if (plain && width >= minWidth && cone && cone.size >= minNodes && !cone.sources.has(storage)) {
      const condition = [...cone.sources]
        .map(before)
        .reduce((a, b) => nodes.binary('or', a, b), nodes.constant('i32', 0n));
      if (condition.op !== 'const') {
        conditions.set(storage, condition);
        return condition;
      }
    }
    const [only, ...more] = list;
    if (!plain || !only || more.length > 0 || width > maxCompared || only.width !== width) return always;
    const old = nodes.load(only.storage, 0, width);
    return nodes.binary('ne', only.value, old);
  }

  /** Whether a place may have changed in the cycle before. */
  function before(storage: number): Node {
    const change = changeOf(storage);
    if (change.op === 'const') return change;
    let bit = memory.get(change);
    if (!bit) memory.set(change, (bit = nodes.storage(1, 4)));
    return nodes.load(bit, 0, 1);
  }

  /** The places that values are computed from, and the size of the computation; undefined where it is too large. */
  function coneOf(
    values: readonly Node[],
  ): { readonly sources: ReadonlySet<number>; readonly size: number } | undefined {
    const [seen, sources] = [new Set<Node>(), new Set<number>()];
    const stack = [...values];
    for (let node = stack.pop(); node; node = stack.pop()) {
      if (seen.has(node)) continue;
      seen.add(node);
      if (node.op === 'load') sources.add(node.storage.id);
      if (sources.size > maxSources) return undefined;
      stack.push(...node.args);
    }
    return { sources, size: seen.size };
  }
}
