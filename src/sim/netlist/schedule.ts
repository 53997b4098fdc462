// The order of a program's stores and of the values they share, so that no store comes before
// the last read of what it changes.

import { got, nth } from '../../base/invariant.js';
import type { Node } from './nodes.js';
import type { Store } from './state.js';

export type Statement = { readonly guard: Node | undefined } & (
  { readonly kind: 'let'; readonly node: Node } | { readonly kind: 'store'; readonly store: Store }
);

/** Expressions nested deeper are cut, since writing them out recurses. */
const deepest = 40;

/** A load that is one instruction and needs no local where it is used more than once. */
const isPlainLoad = (n: Node): boolean =>
  n.op === 'load' &&
  n.args.length === 0 &&
  n.offset % 8 === 0 &&
  (n.width === 8 ||
    n.width === 16 ||
    n.width === 32 ||
    n.width === 64 ||
    (!n.signed && n.offset === 0 && n.width === n.storage.width));

/** What a store needs: twice what it uses twice. */
export const operandsOf = ({ value, at, mask }: Store): readonly Node[] => [
  value,
  ...(at ? [at] : []),
  ...(mask ? [mask, mask, ...(at ? [at] : [])] : []),
];

/**
 * Statements that perform the stores as if all at once: every value is computed from what memory holds before. A store
 * stands right after its value where nobody reads the place later, else at the end.
 */
export function schedule(all: readonly Node[], given: readonly Store[]): readonly Statement[] {
  const stores = given
    .filter((s) => !isZero(s.guard))
    .map((s) => (s.guard?.op === 'const' ? { ...s, guard: undefined } : s));
  const { uses, consumers } = countUses(all, stores);
  const owner = ownersOf(all, stores, uses);
  const named = chooseNamed(all, stores, uses);
  const ordered = readersFirst(all, stores, consumers);

  const statements: Statement[] = [];
  const seen = new Uint8Array(all.length);
  for (const store of ordered) {
    const found = gather(store);
    const [early, late] = [
      found.filter((n) => owner[n.id] === everywhere),
      found.filter((n) => owner[n.id] !== everywhere),
    ];
    for (const node of early) statements.push({ kind: 'let', node, guard: undefined });
    for (const node of late) statements.push({ kind: 'let', node, guard: store.guard });
    statements.push({ kind: 'store', store, guard: store.guard });
  }
  return deferStores(statements);

  /** Named values that this store needs and no earlier one did, in an order that can be computed. */
  function gather(store: Store): readonly Node[] {
    const found: Node[] = [];
    const stack = [...operandsOf(store), ...(store.guard ? [store.guard] : [])];
    for (let node = stack.pop(); node; node = stack.pop()) {
      if (seen[node.id]) continue;
      seen[node.id] = 1;
      if (named[node.id]) found.push(node);
      stack.push(...node.args);
    }
    return found.sort((a, b) => a.id - b.id);
  }

  function deferStores(before: readonly Statement[]): readonly Statement[] {
    const lastRead = new Map<number, number>();
    before.forEach((statement, i) => readsOf(statement, named, (storage) => lastRead.set(storage, i)));
    const deferred = new Set<number>();
    const kept: Statement[] = [];
    const last: Statement[] = [];
    const captured = new Set<number>();
    before.forEach((statement, i) => {
      if (statement.kind === 'let') return void kept.push(statement);
      const { store, guard } = statement;
      // Stores to one memory stay in order, for the last one wins.
      if ((lastRead.get(store.storage.id) ?? -1) <= i && !deferred.has(store.storage.id))
        return void kept.push(statement);
      deferred.add(store.storage.id);
      for (const node of new Set(operandsOf(store))) {
        if (node.op === 'const' || named[node.id] || captured.has(node.id)) continue;
        captured.add(node.id);
        kept.push({ kind: 'let', node, guard: owner[node.id] === everywhere ? undefined : guard });
      }
      last.push(statement);
    });
    return [...kept, ...last];
  }
}

const isZero = (n: Node | undefined) => n?.op === 'const' && n.value === 0n;

/** How often each node is needed, and by what: nodes, and storages as `all.length + id`. */
function countUses(all: readonly Node[], stores: readonly Store[]) {
  const uses = new Int32Array(all.length);
  const consumers: number[][] = [];
  const need = (node: Node, by: number) => {
    uses[node.id]!++;
    (consumers[node.id] ??= []).push(by);
  };
  for (const store of stores) {
    for (const node of operandsOf(store)) need(node, all.length + store.storage.id);
    if (store.guard) need(store.guard, all.length + store.storage.id);
  }
  for (let id = all.length - 1; id >= 0; id--)
    if (nth(uses, id) > 0) for (const arg of nth(all, id).args) need(arg, id);
  return { uses, consumers };
}

const [everywhere, nowhere] = [-1, -2];

/** By node: the guard under which alone it is needed, so that it need not be computed otherwise. */
function ownersOf(all: readonly Node[], stores: readonly Store[], uses: Int32Array): Int32Array {
  const owner = new Int32Array(all.length).fill(nowhere);
  const meet = (node: Node, by: number) => {
    const before = nth(owner, node.id);
    owner[node.id] = before === nowhere || before === by ? by : everywhere;
  };
  for (const store of stores) {
    for (const node of operandsOf(store)) meet(node, store.guard?.id ?? everywhere);
    if (store.guard) meet(store.guard, everywhere);
  }
  for (let id = all.length - 1; id >= 0; id--)
    if (nth(uses, id) > 0) for (const arg of nth(all, id).args) meet(arg, nth(owner, id));
  return owner;
}

/** By node: 1 where it is computed once and kept, 0 where it is written out at each use. */
function chooseNamed(all: readonly Node[], stores: readonly Store[], uses: Int32Array): Uint8Array {
  const named = new Uint8Array(all.length);
  const depth = new Int32Array(all.length);
  for (const { guard } of stores) if (guard) named[guard.id] = 1;
  for (const node of all) {
    if (uses[node.id] === 0 || node.op === 'const') continue;
    depth[node.id] = 1 + node.args.reduce((d, a) => Math.max(d, named[a.id] ? 0 : nth(depth, a.id)), 0);
    if (node.op === 'buffer' || nth(depth, node.id) > deepest || (nth(uses, node.id) > 1 && !isPlainLoad(node)))
      named[node.id] = 1;
  }
  return named;
}

/** Stores in an order in which, but for cycles, every place is read before it is changed. */
function readersFirst(
  all: readonly Node[],
  stores: readonly Store[],
  consumers: readonly (readonly number[])[],
): readonly Store[] {
  const byStorage = new Map<number, Store[]>();
  for (const s of stores) {
    const list = byStorage.get(s.storage.id);
    if (list) list.push(s);
    else byStorage.set(s.storage.id, [s]);
  }
  const loadsOf = new Map<number, number[]>();
  for (const node of all) {
    if (node.op !== 'load' || consumers[node.id] === undefined) continue;
    const loads = loadsOf.get(node.storage.id);
    if (loads) loads.push(node.id);
    else loadsOf.set(node.storage.id, [node.id]);
  }
  const next = (vertex: number) => (vertex < all.length ? consumers[vertex] : loadsOf.get(vertex - all.length)) ?? [];
  const seen = new Set<number>();
  const ordered: Store[] = [];
  for (const start of byStorage.keys()) {
    if (seen.has(all.length + start)) continue;
    seen.add(all.length + start);
    const stack = [{ vertex: all.length + start, index: 0 }];
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const to = next(top.vertex)[top.index++];
      if (to === undefined) {
        stack.pop();
        if (top.vertex >= all.length) ordered.push(...got(byStorage, top.vertex - all.length));
      } else if (!seen.has(to)) {
        seen.add(to);
        stack.push({ vertex: to, index: 0 });
      }
    }
  }
  return ordered;
}

/** The storages that a statement reads where it stands. */
function readsOf(statement: Statement, named: Uint8Array, read: (storage: number) => void): void {
  const visit = (node: Node): void => {
    if (node.op === 'load') read(node.storage.id);
    for (const arg of node.args) if (!named[arg.id]) visit(arg);
  };
  const roots = statement.kind === 'let' ? [statement.node] : operandsOf(statement.store).filter((n) => !named[n.id]);
  roots.forEach(visit);
}
