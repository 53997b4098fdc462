// A program as statements: its stores in order, and the values they share, each where it is needed, so that no store comes before
// the last read of what it changes.

import { defined, nth } from '../../base/invariant.js';
import { separate } from './gates.js';
import { conditionsOf, operandsOf, readersFirst, type Around } from './store-order.js';
import type { Node } from './nodes.js';
import type { Store } from './state.js';

/** Where a statement stands: nowhere in particular, where `within` is 1, or where `guard` is too. */
interface Context {
  /** A factor of the guard, or the guard itself. */
  readonly within: Node | undefined;
  readonly guard: Node | undefined;
}

export type Statement = Context &
  ({ readonly kind: 'let'; readonly node: Node } | { readonly kind: 'store'; readonly store: Store });

export interface Schedule {
  readonly statements: readonly Statement[];
  /** The statements' nodes have numbers below this. */
  readonly nodes: number;
}

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
    n.width === 128 ||
    (!n.signed && n.offset === 0 && n.width === n.storage.width));

/**
 * Statements that perform the stores as if all at once: every value is computed from what memory holds before. A store
 * stands right after its value where nobody reads the place later, else at the end.
 */
export function schedule(before: readonly Node[], given: readonly Store[]): Schedule {
  const kept = given
    .filter((s) => !isZero(s.guard))
    .map((s) => (s.guard?.op === 'const' ? { ...s, guard: undefined } : s));
  const { all, stores, around: outer } = separate(before, kept);
  const { uses, consumers } = countUses(all, stores, outer);
  const owner = ownersOf(all, stores, uses, outer);
  const named = chooseNamed(all, stores, uses, outer);
  const ordered = readersFirst(all, stores, consumers, outer);

  const statements: Statement[] = [];
  const seen = new Uint8Array(all.length);
  for (const store of ordered) {
    const found = gather(store);
    const context = { within: outer(store.guard), guard: store.guard };
    for (const level of levels(context))
      for (const node of found.filter((n) => owner[n.id] === levelId(level)))
        statements.push({ kind: 'let', node, ...level });
    statements.push({ kind: 'store', store, ...context });
  }
  return { statements: deferStores(statements), nodes: all.length };

  /** Named values that this store needs and no earlier one did, in an order that can be computed. */
  function gather(store: Store): readonly Node[] {
    const found: Node[] = [];
    const stack = [...operandsOf(store), ...conditionsOf(store, outer)];
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
      const { store, within, guard } = statement;
      // Stores to one memory stay in order, for the last one wins.
      if ((lastRead.get(store.storage.id) ?? -1) <= i && !deferred.has(store.storage.id))
        return void kept.push(statement);
      deferred.add(store.storage.id);
      for (const node of new Set(operandsOf(store))) {
        if (node.op === 'const' || named[node.id] || captured.has(node.id)) continue;
        captured.add(node.id);
        const level = defined(levels({ within, guard }).find((l) => owner[node.id] === levelId(l)));
        kept.push({ kind: 'let', node, ...level });
      }
      last.push(statement);
    });
    return [...kept, ...last];
  }
}

const isZero = (n: Node | undefined) => n?.op === 'const' && n.value === 0n;

/** How often each node is needed, and by what: nodes, and storages as `all.length + id`. */
function countUses(all: readonly Node[], stores: readonly Store[], outer: Around) {
  const uses = new Int32Array(all.length);
  const consumers: number[][] = [];
  const need = (node: Node, by: number) => {
    uses[node.id]!++;
    (consumers[node.id] ??= []).push(by);
  };
  for (const store of stores) {
    for (const node of operandsOf(store)) need(node, all.length + store.storage.id);
    for (const guard of conditionsOf(store, outer)) need(guard, all.length + store.storage.id);
  }
  for (let id = all.length - 1; id >= 0; id--)
    if (nth(uses, id) > 0) for (const arg of nth(all, id).args) need(arg, id);
  return { uses, consumers };
}

const [everywhere, nowhere] = [-1, -2];

/** A context and those around it, outermost first. */
const levels = ({ within, guard }: Context): readonly Context[] => [
  { within: undefined, guard: undefined },
  ...(within ? [{ within, guard: undefined }] : []),
  ...(guard && guard !== within ? [{ within, guard }] : []),
];

/** A context by its innermost condition. */
const levelId = ({ within, guard }: Context): number => (guard ?? within)?.id ?? everywhere;

/** By node: the condition under which alone it is needed, so that it need not be computed otherwise. */
function ownersOf(all: readonly Node[], stores: readonly Store[], uses: Int32Array, outer: Around): Int32Array {
  const owner = new Int32Array(all.length).fill(nowhere);
  /** By guard: the condition around it. */
  const around = new Map<number, number>();
  const enclosing = (id: number) => around.get(id) ?? everywhere;
  const meet = (node: Node, by: number) => {
    const before = nth(owner, node.id);
    if (before === nowhere || before === by) owner[node.id] = by;
    else if (before === enclosing(by)) return;
    else if (enclosing(before) === by || enclosing(before) === enclosing(by)) owner[node.id] = enclosing(before);
    else owner[node.id] = everywhere;
  };
  for (const { guard } of stores) {
    const factor = outer(guard);
    if (guard && factor && factor !== guard) around.set(guard.id, factor.id);
  }
  for (const store of stores) {
    const { guard } = store;
    for (const node of operandsOf(store)) meet(node, guard?.id ?? everywhere);
    if (!guard) continue;
    meet(guard, enclosing(guard.id));
    meet(defined(outer(guard)), everywhere);
  }
  for (let id = all.length - 1; id >= 0; id--)
    if (nth(uses, id) > 0) for (const arg of nth(all, id).args) meet(arg, nth(owner, id));
  return owner;
}

/** By node: 1 where it is computed once and kept, 0 where it is written out at each use. */
function chooseNamed(all: readonly Node[], stores: readonly Store[], uses: Int32Array, outer: Around): Uint8Array {
  const named = new Uint8Array(all.length);
  const depth = new Int32Array(all.length);
  for (const store of stores) for (const condition of conditionsOf(store, outer)) named[condition.id] = 1;
  for (const node of all) {
    if (uses[node.id] === 0 || node.op === 'const') continue;
    depth[node.id] = 1 + node.args.reduce((d, a) => Math.max(d, named[a.id] ? 0 : nth(depth, a.id)), 0);
    if (node.op === 'buffer' || nth(depth, node.id) > deepest || (nth(uses, node.id) > 1 && !isPlainLoad(node)))
      named[node.id] = 1;
  }
  return named;
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
