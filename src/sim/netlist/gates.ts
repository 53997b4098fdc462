// What lies idle together: a factor that many guards share, so that one look skips all that stands behind it.

import { got, nth } from '../../base/invariant.js';
import type { Node } from './nodes.js';
import type { Store } from './state.js';

/** Fewer guards than this gain nothing by a factor of theirs. */
const fewest = 4;

const isBit = (n: Node): boolean => n.type === 'i32' && n.u <= 1;

/** Conditions that hold wherever a guard does: its factors, and those of a bit of a word that is masked as a whole. */
function factors(guard: Node): readonly Node[] {
  const found = new Set<Node>();
  const stack = [guard];
  for (let node = stack.pop(); node; node = stack.pop()) {
    if (node.op === 'and' && node.args.every(isBit)) stack.push(...node.args);
    else found.add(node);
    const mask = maskOf(node);
    if (mask && isBit(mask)) stack.push(mask);
  }
  return [...found];
}

/** Of (word & {copies of a bit}) >> k & 1, and of (bit << n) >> k & 1 where n is in range: the bit. */
function maskOf(node: Node): Node | undefined {
  if (node.op !== 'and' || !isConstant(node.args[1], 1n)) return undefined;
  const shifted = node.args[0];
  const word = shifted?.op === 'shr_u' ? shifted.args[0] : shifted;
  if (word?.op === 'select' && isConstant(word.args[2], 0n) && word.args[1]?.op === 'shl') return word.args[1].args[0];
  if (word?.op !== 'and') return undefined;
  for (const copies of word.args) {
    const [raised, by] = copies.args;
    if (copies.op === 'shr_s' && raised?.op === 'shl' && isConstant(by, 31n) && isConstant(raised.args[1], 31n))
      return raised.args[0];
  }
  return undefined;
}

const isConstant = (n: Node | undefined, value: bigint) => n?.op === 'const' && n.value === value;

/**
 * By guard: the factor that it shares with most others, among those that may change from cycle to cycle. What changes
 * only when it is told to, such as a configuration, skips nothing.
 */
export function sharedFactors(all: readonly Node[], stores: readonly Store[]): ReadonlyMap<Node, Node> {
  const guards = new Set(stores.flatMap((s) => (s.guard ? [s.guard] : [])));
  const lively = livelyNodes(all, stores);
  const candidates = new Map<Node, readonly Node[]>();
  const shared = new Map<Node, number>();
  for (const guard of guards) {
    const of = isBit(guard) ? factors(guard).filter((f) => lively[f.id]) : [];
    candidates.set(guard, of);
    for (const f of of) shared.set(f, (shared.get(f) ?? 0) + 1);
  }
  const chosen = new Map<Node, Node>();
  for (const [guard, of] of candidates) {
    const [best] = of.toSorted((a, b) => (shared.get(b) ?? 0) - (shared.get(a) ?? 0) || a.id - b.id);
    if (best && (shared.get(best) ?? 0) >= fewest) chosen.set(guard, best);
  }
  return chosen;
}

/** Values that more factors than this want are computed always. */
const maxCopies = 8;

export interface Gated {
  readonly all: readonly Node[];
  readonly stores: readonly Store[];
  /** Around a guard: a factor that it shares with others, or the guard itself. */
  readonly around: (guard: Node | undefined) => Node | undefined;
}

/**
 * The same stores, computed from nodes of which each is needed behind one factor, or always: what two of them share is
 * computed for each, since mostly none of them is open.
 */
export function separate(all: readonly Node[], given: readonly Store[]): Gated {
  const factorOf = sharedFactors(all, given);
  const around = (guard: Node | undefined) => guard && (factorOf.get(guard) ?? guard);
  const families = familiesOf(all, given, around);
  const nodes = [...all];
  const copies = new Map<Node, Map<Node, Node>>();
  const outer = new Map<Node, Node>();

  const stores = given.map((store): Store => {
    const family = around(store.guard);
    if (!family || !store.guard) return store;
    const copied = copyFor(
      family,
      [store.value, store.guard, store.at, store.mask].filter((n) => n !== undefined),
    );
    const of = (node: Node) => copied.get(node) ?? node;
    const guard = of(store.guard);
    outer.set(guard, family);
    return {
      ...store,
      guard,
      value: of(store.value),
      ...(store.at && { at: of(store.at) }),
      ...(store.mask && { mask: of(store.mask) }),
    };
  });
  return { all: nodes, stores, around: (guard) => guard && got(outer, guard) };

  /** Copies of all below `roots` that others need too, and of what is computed from such copies. */
  function copyFor(family: Node, roots: readonly Node[]): ReadonlyMap<Node, Node> {
    let known = copies.get(family);
    if (!known) copies.set(family, (known = new Map<Node, Node>()));
    const found = new Set<Node>();
    const stack = [...roots];
    for (let node = stack.pop(); node; node = stack.pop()) {
      if (families[node.id] === undefined || known.has(node) || found.has(node)) continue;
      found.add(node);
      stack.push(...node.args);
    }
    for (const node of [...found].sort((a, b) => a.id - b.id)) {
      const args = node.args.map((a) => known.get(a) ?? a);
      const isShared = (families[node.id]?.size ?? 0) > 1;
      if (!isShared && args.every((a, i) => a === node.args[i])) {
        known.set(node, node);
        continue;
      }
      const copy = { ...node, args, id: nodes.length };
      nodes.push(copy);
      known.set(node, copy);
    }
    return known;
  }
}

/** By node: the factors behind which it is needed; undefined where it is needed always, or by too many. */
function familiesOf(
  all: readonly Node[],
  stores: readonly Store[],
  around: (guard: Node | undefined) => Node | undefined,
): readonly (ReadonlySet<Node> | undefined)[] {
  const found: (Set<Node> | undefined)[] = all.map(() => new Set());
  const need = (node: Node, by: ReadonlySet<Node> | undefined) => {
    const own = found[node.id];
    if (!own) return;
    for (const family of by ?? []) own.add(family);
    if (!by || own.size > maxCopies) found[node.id] = undefined;
  };
  for (const store of stores) {
    const family = around(store.guard);
    const by = family && new Set([family]);
    for (const node of [store.value, store.at, store.mask]) if (node) need(node, by);
    if (!store.guard || !family) continue;
    need(store.guard, by);
    need(family, undefined);
  }
  for (let id = all.length - 1; id >= 0; id--) for (const arg of nth(all, id).args) need(arg, found[id]);
  return found;
}

/** By node: whether it depends on an input, or on a register that takes a new value in every cycle. */
function livelyNodes(all: readonly Node[], stores: readonly Store[]): Uint8Array {
  const guarded = new Set(stores.flatMap((s) => (s.guard ? [s.storage.id] : [])));
  const lively = new Uint8Array(all.length);
  for (const node of all) {
    const loaded = node.op === 'load' && !guarded.has(node.storage.id);
    if (loaded || node.args.some((a) => nth(lively, a.id) === 1)) lively[node.id] = 1;
  }
  return lively;
}
