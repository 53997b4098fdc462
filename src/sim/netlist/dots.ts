// Dot products of bytes, eight products an operation: multipliers side by side on two words keep their products in one
// word, and a sum of all of them is read from there.

import { invariant } from '../../base/diagnostics.js';
import { defined, nth } from '../../base/invariant.js';
import { flag, number, port } from './cell-parameters.js';
import type { FlatCell } from './flatten.js';
import type { Node, Nodes, Storage } from './nodes.js';
import type { Drivers, Source } from './sources.js';
import type { Store } from './state.js';
import { storedBytes, type Words } from './words.js';

/** Registers of 16 bits, each the product of byte i of one word and byte i of another. */
export interface ProductRow {
  /** By i. */
  readonly registers: readonly (Source & { readonly kind: 'register' })[];
  readonly multipliers: readonly FlatCell[];
}

/** Fewer products are as quick one by one. */
const minProducts = 8;

/** The rows of a design; a register is in one at most. */
export function productRows({ sources, sourceOf, indexOf }: Drivers): readonly ProductRow[] {
  const rows = new Map<string, Map<number, { register: Source & { kind: 'register' }; multiplier: FlatCell }>>();
  for (const register of sources) {
    if (register.kind !== 'register' || register.cell.type !== '$dff' || register.bits.length !== 16) continue;
    const product = wholeOf(port(register.cell, 'D'), 0);
    const made = product === undefined ? undefined : nth(sources, product);
    if (made?.kind !== 'cell' || made.bits.length !== 16 || !isByteProduct(made.cell)) continue;
    const [a, b] = [port(made.cell, 'A'), port(made.cell, 'B')];
    const place = nth(indexOf, nth(a, 0));
    const [left, right] = [wholeOf(a, place), wholeOf(b, place)];
    if (left === undefined || right === undefined || place % 8 !== 0) continue;
    const key = `${left}:${right}`;
    const row = rows.get(key) ?? rows.set(key, new Map()).get(key);
    if (!row?.has(place / 8)) row?.set(place / 8, { register, multiplier: made.cell });
  }
  return [...rows.values()].flatMap((row) => {
    const entries = Array.from({ length: row.size }, (_, i) => row.get(i));
    if (row.size < minProducts || entries.some((e) => e === undefined)) return [];
    const whole = entries.map(defined);
    return [{ registers: whole.map((e) => e.register), multipliers: whole.map((e) => e.multiplier) }];
  });

  /** The source of which these are neighbouring bits, from bit `from` on. */
  function wholeOf(bits: readonly number[], from: number): number | undefined {
    const source = sourceOf[bits[0] ?? 0] ?? -1;
    return source >= 0 && bits.every((b, i) => sourceOf[b] === source && indexOf[b] === from + i) ? source : undefined;
  }
}

const isByteProduct = (cell: FlatCell): boolean =>
  cell.type === '$mul' &&
  flag(cell, 'A_SIGNED') &&
  flag(cell, 'B_SIGNED') &&
  ['A_WIDTH', 'B_WIDTH'].every((name) => number(cell, name) === 8);

/** Room for a row's products, to a multiple of a vector of eight. */
export function placeRow({ registers }: ProductRow, nodes: Nodes): Storage {
  const width = 128 * Math.ceil(registers.length / 8);
  return nodes.storage(width, storedBytes(width));
}

/** A vector of eight products each; places beyond the last product stay 0. */
export function rowStores({ multipliers }: ProductRow, storage: Storage, words: Words, nodes: Nodes): readonly Store[] {
  const operand = (name: 'A' | 'B') => {
    const bits = multipliers.flatMap((cell) => port(cell, name));
    return (chunk: number) =>
      nodes.vector(
        Array.from({ length: 4 }, (_, k) => {
          const from = 128 * chunk + 32 * k;
          const limb = bits.slice(from, from + 32);
          return limb.length === 0 ? nodes.constant('i32', 0n) : nodes.zext(words.word(limb), limb.length);
        }),
      );
  };
  const [a, b] = [operand('A'), operand('B')];
  return Array.from({ length: storage.width / 128 }, (_, i): Store => {
    const chunk = i >> 1;
    const value = nodes.byteProducts(i % 2 === 0 ? 'low' : 'high', a(chunk), b(chunk));
    return { storage, offset: 128 * i, width: 128, value };
  });
}

/** Stores whose value is the sum of all products of a row, from vectors. */
export function sumRows(rows: ReadonlyMap<Storage, number>, stores: readonly Store[], nodes: Nodes): readonly Store[] {
  return stores.map((store) => {
    const masked = store.value.op === 'and' && store.value.args[1]?.op === 'const';
    const sum = masked ? nth(store.value.args, 0) : store.value;
    const row = sum.op === 'add' ? rowOf(sum) : undefined;
    if (!row) return store;
    const quick = nodes.sumOfHalves(row, sum.s);
    return { ...store, value: masked ? nodes.binary('and', quick, nth(store.value.args, 1)) : quick };
  });

  /** The row of which a tree of additions has every product once. */
  function rowOf(sum: Node): Storage | undefined {
    const places = new Set<number>();
    let row: Storage | undefined;
    const stack = [sum];
    for (let node = stack.pop(); node; node = stack.pop()) {
      if (node.op === 'add' && node.type === 'i32') {
        stack.push(...node.args);
        continue;
      }
      if (node.op !== 'load' || node.width !== 16 || !node.signed || node.args.length > 0) return undefined;
      if ((row && row !== node.storage) || places.has(node.offset)) return undefined;
      row = node.storage;
      places.add(node.offset);
    }
    if (!row || rows.get(row) !== places.size) return undefined;
    invariant(
      [...places].every((p) => p % 16 === 0 && p < row.width),
      'products lie side by side',
    );
    return row;
  }
}
