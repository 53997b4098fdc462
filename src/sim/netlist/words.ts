// Lists of bits as words: runs of bits from one source become slices, repeats of a top bit become sign extensions.

import { defined, nth } from '../../base/invariant.js';
import { typeFor, type Node, type Nodes, type Storage } from './nodes.js';
import type { Drivers } from './sources.js';

/**
 * What a source's bits are: a word in memory, or nodes. Up to 64 bits are one node, more are limbs of 32 bits. Only
 * the bits of the width count; a node may hold anything above them.
 */
export type Value =
  | { readonly kind: 'stored'; readonly storage: Storage }
  /** From a bit of a word that others share. */
  | { readonly kind: 'packed'; readonly storage: Storage; readonly offset: number }
  | { readonly kind: 'nodes'; readonly nodes: readonly Node[]; readonly width: number };

export interface Words {
  /** At most 64 bits as one node: i32 up to 32, else i64. Bits of the node above the width are arbitrary. */
  word: (bits: readonly number[]) => Node;
  /** Any number of bits: one node up to 64, limbs of 32 bits beyond. */
  limbs: (bits: readonly number[]) => readonly Node[];
  /** One bit, 0 or 1, as i32. */
  bit: (bit: number | undefined) => Node;
  define: (source: number, value: Value) => void;
  /** The value of the source that these bits are, whole and in order; undefined where they are not. */
  wholeSource: (bits: readonly number[]) => Value | undefined;
  valueOf: (source: number) => Value;
}

export function createWords(nodes: Nodes, drivers: Drivers): Words {
  const { constant, binary, unary, zext, sext } = nodes;
  const { sourceOf, indexOf } = drivers;
  const values: Value[] = [];

  const widen = (a: Node, to: 'i32' | 'i64', signed = false) =>
    a.type === to ? a : unary(to === 'i32' ? 'wrap' : signed ? 'extend_s' : 'extend_u', a);
  const shift = (op: 'shl' | 'shr_u', a: Node, by: number) => binary(op, a, constant(a.type, BigInt(by)));

  function word(bits: readonly number[]): Node {
    const type = typeFor(bits.length);
    const parts: Node[] = [];
    let ones = 0n;
    for (let at = 0; at < bits.length;) {
      const bit = nth(bits, at);
      const source = sourceOf[bit] ?? -1;
      // Constants, and bits that nothing drives.
      if (source < 0) {
        if (bit === 1) ones |= 1n << BigInt(at);
        at++;
        continue;
      }
      let end = at + 1;
      while (
        end < bits.length &&
        sourceOf[nth(bits, end)] === source &&
        nth(indexOf, bits[end]!) === nth(indexOf, bit) + end - at
      )
        end++;
      let copies = end;
      while (copies < bits.length && bits[copies] === bits[end - 1]) copies++;
      const width = end - at;
      const part = slice(source, nth(indexOf, bit), width);
      if (copies === bits.length && copies > end) {
        parts.push(place(widen(sext(part, width), type, true), at));
        at = copies;
      } else if (copies > end && width === 1) {
        const all = binary('sub', constant(type, 0n), widen(zext(part, 1), type));
        parts.push(place(zext(all, copies - at), at));
        at = copies;
      } else {
        // What lies above the last bit may stay; in between it must go.
        const exact = end === bits.length ? part : zext(part, width);
        parts.push(place(widen(exact, type), at));
        at = end;
      }
    }
    if (ones !== 0n) parts.push(constant(type, ones));
    return parts.length === 0 ? constant(type, 0n) : parts.reduce((a, b) => binary('or', a, b));
  }
  const place = (a: Node, at: number) => shift('shl', a, at);

  /** `width` <= 64 bits of a source from bit `offset`. */
  function slice(source: number, offset: number, width: number): Node {
    const value = nth(values, source);
    const type = typeFor(width);
    if (value.kind === 'stored') return loadBits(nodes, value.storage, offset, width);
    if (value.kind === 'packed') return loadBits(nodes, value.storage, value.offset + offset, width);
    if (value.width <= 64) return widen(shift('shr_u', nth(value.nodes, 0), offset), type);
    const [first, inner] = [offset >> 5, offset & 31];
    const low = nth(value.nodes, first);
    if (inner + width <= 32) return shift('shr_u', low, inner);
    const limb = (k: number, bits: number) => widen(zext(nth(value.nodes, first + k), bits), type);
    let joined = shift('shr_u', limb(0, 32), inner);
    for (let k = 1; 32 * k - inner < width; k++)
      joined = binary('or', joined, shift('shl', limb(k, 32), 32 * k - inner));
    return joined;
  }

  const limbs = (bits: readonly number[]): readonly Node[] => {
    if (bits.length <= 64) return [word(bits)];
    return Array.from({ length: Math.ceil(bits.length / 32) }, (_, i) => word(bits.slice(32 * i, 32 * i + 32)));
  };

  return {
    word,
    limbs,
    bit: (bit) => zext(word([bit ?? 0]), 1),
    define: (source, value) => void (values[source] = value),
    valueOf: (source) => nth(values, source),
    wholeSource: (bits) => {
      const id = nth(sourceOf, bits[0] ?? 0);
      const whole =
        id >= 0 &&
        nth(drivers.sources, id).bits.length === bits.length &&
        bits.every((b, i) => sourceOf[b] === id && indexOf[b] === i);
      return whole ? values[id] : undefined;
    },
  };
}

/** Room for a word, and for loads that begin anywhere in it or right behind it and are as long as it is. */
export const storedBytes = (width: number): number =>
  4 * Math.ceil(width / 32) + (width > 64 ? 4 * Math.ceil(width / 32) + 16 : 0);

/** At most 64 bits of a word in memory; `at` is a byte offset to the word's place. */
export function loadBits(nodes: Nodes, from: Storage, offset: number, width: number, at: readonly Node[] = []): Node {
  const { load, binary, unary, constant } = nodes;
  if ((offset & 7) + width <= 64) return load(from, offset, width, false, at);
  const high = binary('shl', unary('extend_u', load(from, offset + 32, width - 32, false, at)), constant('i64', 32n));
  return binary('or', unary('extend_u', load(from, offset, 32, false, at)), high);
}

/** `width` bits from a bit position known at run time; nothing is promised of a single node's bits above. */
export function loadAt(
  nodes: Nodes,
  from: Storage,
  position: Node,
  width: number,
  after: readonly Node[],
): readonly Node[] {
  const { load, binary, unary, constant } = nodes;
  const at = [binary('shr_u', position, constant('i32', 3n)), ...after];
  const within = binary('and', position, constant('i32', 7n));
  const aligned = within.op === 'const' && within.value === 0n;
  const limb = (i: number, bits: number): Node => {
    if (aligned || bits <= 25) return binary('shr_u', load(from, 32 * i, 32, false, at), within);
    return unary('wrap', binary('shr_u', load(from, 32 * i, 64, false, at), unary('extend_u', within)));
  };
  if (width <= 32) return [limb(0, width)];
  const limbs = Array.from({ length: Math.ceil(width / 32) }, (_, i) => limb(i, Math.min(32, width - 32 * i)));
  if (width > 64) return limbs;
  const [low, high] = limbs.map((n) => unary('extend_u', n));
  return [binary('or', defined(low), binary('shl', defined(high), constant('i64', 32n)))];
}
