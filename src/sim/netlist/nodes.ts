// Expressions of WebAssembly operations, shared where equal, folded where constant, each
// with what is known of its value.

import { defined, nth } from '../../base/invariant.js';
import { binaryBounds, bitLength, foldBinary, foldUnary, resultType, unaryBounds } from './folding.js';
import {
  isCompare,
  sizeOf,
  type BinaryOp,
  type CompareOp,
  type NumberType,
  type UnaryOp,
  type ValueType,
} from '../../base/wasm.js';

/** A stretch of linear memory. Its address is set when everything is known, so nodes refer to it and not to numbers. */
export interface Storage {
  readonly id: number;
  /** Bits of one word. Bits above, to the next multiple of 32, are always 0. */
  readonly width: number;
  readonly bytes: number;
  address: number;
}

export type Node = Known &
  (
    | { readonly op: 'const'; readonly value: bigint }
    /** `width` bits of a word from bit `offset`; the word is at `storage`, plus the byte offset `args[0]` if given. */
    | {
        readonly op: 'load';
        readonly storage: Storage;
        readonly offset: number;
        readonly width: number;
        readonly signed: boolean;
      }
    /** Puts its arguments, 32 bits each, into `storage` one after the other; has no value, is loaded from. */
    | { readonly op: 'buffer'; readonly storage: Storage }
    /** `vector` is four values of 32 bits, `low` and `high` are products of the bytes in one half of two vectors. */
    | { readonly op: 'vector' | 'low' | 'high' | 'pairs' | 'add4' }
    | { readonly op: 'lane'; readonly lane: number }
    | { readonly op: 'select' | BinaryOp | CompareOp | UnaryOp }
  );

interface Known {
  /** Greater than those of the arguments. */
  readonly id: number;
  readonly type: ValueType;
  readonly args: readonly Node[];
  /** The value is below 2^u as an unsigned number ... */
  readonly u: number;
  /** ... and within s bits as a signed one. */
  readonly s: number;
  /** Operations nested within, if it is written out in place. */
  readonly depth: number;
}

export const typeFor = (width: number): NumberType => (width <= 32 ? 'i32' : 'i64');
export const mask = (width: number): bigint => (1n << BigInt(width)) - 1n;

export type Nodes = ReturnType<typeof createNodes>;

export function createNodes() {
  const all: Node[] = [];
  const interned = new Map<string, Node>();
  const storages: Storage[] = [];

  const intern = (key: string, make: () => Omit<Known, 'id' | 'depth'> & { op: string }): Node => {
    const found = interned.get(key);
    if (found) return found;
    const made = make();
    const cap = sizeOf(made.type);
    const u = Math.min(cap, made.u);
    // Below the type's size an unsigned bound is a signed one, a bit wider.
    const s = Math.min(cap, made.s, u + 1);
    const node = {
      ...made,
      u,
      s,
      id: all.length,
      depth: made.args.reduce((d, a) => Math.max(d, a.depth), 0) + 1,
    } as Node;
    all.push(node);
    interned.set(key, node);
    return node;
  };

  function constant(type: ValueType, value: bigint): Node {
    const size = sizeOf(type);
    const v = BigInt.asUintN(size, value);
    const signed = BigInt.asIntN(size, value);
    return intern(`${type}${v}`, () => ({
      op: 'const',
      type,
      args: [],
      value: v,
      u: bitLength(v),
      s: bitLength(signed < 0n ? ~signed : signed) + 1,
    }));
  }

  function storage(width: number, bytes: number): Storage {
    const made = { id: storages.length, width, bytes, address: -1 };
    storages.push(made);
    return made;
  }

  /** At most 64 bits; at bit offsets that are no multiple of 8 the load may touch 64 bits, so at most 57 there. */
  function load(from: Storage, offset: number, width: number, signed = false, at: readonly Node[] = []): Node {
    const type = typeFor(width);
    return intern(`l${from.id}.${offset}.${width}.${signed ? 1 : 0}.${at.map((a) => a.id).join()}`, () => ({
      op: 'load',
      type,
      args: at,
      storage: from,
      offset,
      width,
      signed,
      u: signed ? 64 : width,
      s: signed ? width : 64,
    }));
  }

  /** `limbs` in memory as one word of `width` bits, with zeros for some bytes behind. */
  const buffer = (width: number, bytes: number, limbs: readonly Node[]): Node & { readonly op: 'buffer' } =>
    intern(`b${width}.${limbs.map((l) => l.id).join()}`, () => ({
      op: 'buffer',
      type: 'i32',
      args: limbs,
      storage: storage(width, bytes),
      u: 32,
      s: 32,
    })) as Node & { op: 'buffer' };

  const vectorNode = (op: 'vector' | 'low' | 'high' | 'pairs' | 'add4', args: readonly Node[]): Node =>
    intern(`${op}.${args.map((a) => a.id).join()}`, () => ({ op, type: 'v128', args, u: 128, s: 128 }));

  /** Four words of 32 bits; those that lie in a row, and choices between such, are not put together word by word. */
  function vector(limbs: readonly Node[]): Node {
    const first = nth(limbs, 0);
    if (first.op === 'select' && limbs.every((l) => l.op === 'select' && l.args[0] === first.args[0])) {
      const [yes, no] = [1, 2].map((i) => vector(limbs.map((l) => nth(l.args, i))));
      return select(nth(first.args, 0), defined(yes), defined(no));
    }
    if (
      first.op === 'load' &&
      first.offset % 8 === 0 &&
      limbs.every(
        (l, i) =>
          l.op === 'load' &&
          l.storage === first.storage &&
          l.width === 32 &&
          l.offset === first.offset + 32 * i &&
          l.args.length === first.args.length &&
          l.args.every((a, k) => a === first.args[k]),
      )
    )
      return loadVector(first.storage, first.offset, first.args);
    return vectorNode('vector', limbs);
  }

  const loadVector = (from: Storage, offset: number, at: readonly Node[] = []): Node =>
    intern(`l${from.id}.${offset}.128.0.${at.map((a) => a.id).join()}`, () => ({
      op: 'load',
      type: 'v128',
      args: at,
      storage: from,
      offset,
      width: 128,
      signed: false,
      u: 128,
      s: 128,
    }));

  /** Eight products of 16 bits, of the signed bytes in the lower or upper half of two vectors. */
  const byteProducts = (half: 'low' | 'high', a: Node, b: Node): Node => vectorNode(half, [a, b]);

  /** The sum, in `s` bits with sign, of all signed halves of 16 bits of a place; its width is a multiple of 128. */
  function sumOfHalves(from: Storage, s: number): Node {
    const sums = Array.from({ length: from.width / 128 }, (_, i) =>
      vectorNode('pairs', [loadVector(from, 128 * i)]),
    ).reduce((a, b) => vectorNode('add4', [a, b]));
    const lanes = [0, 1, 2, 3].map((lane) =>
      intern(`lane${lane}.${sums.id}`, () => ({ op: 'lane', type: 'i32', args: [sums], lane, u: 64, s })),
    );
    return lanes.reduce((a, b) => binary('add', a, b));
  }

  function unary(op: UnaryOp, a: Node): Node {
    if (a.op === 'const') return constant(resultType(op, a.type), foldUnary(op, a));
    if (op === 'eqz' && a.op === 'eqz' && a.args[0]!.u <= 1 && a.args[0]!.type === 'i32') return a.args[0]!;
    if (op === 'wrap' && (a.op === 'extend_u' || a.op === 'extend_s')) return a.args[0]!;
    return intern(`${op}.${a.id}`, () => ({ op, type: resultType(op, a.type), args: [a], ...unaryBounds(op, a) }));
  }

  function binary(op: BinaryOp | CompareOp, left: Node, right: Node): Node {
    // Constants to the right, where the rules below look for them.
    const [a, b] = left.op === 'const' && commutes.has(op) ? [right, left] : [left, right];
    const type = isCompare(op) ? 'i32' : a.type;
    if (a.op === 'const' && b.op === 'const') return constant(type, foldBinary(op, a.type, a.value, b.value));
    if (b.op === 'const') {
      const simpler = withConstant(op, a, b.value);
      if (simpler) return simpler;
    }
    if (op === 'and') {
      const simpler = absorbed(a, b) ?? absorbed(b, a);
      if (simpler) return simpler;
    }
    return intern(`${op}.${a.id}.${b.id}`, () => ({
      op,
      type,
      args: [a, b],
      ...binaryBounds(op, a, b, b.op === 'const' ? b.value : undefined),
    }));
  }

  /** (x | y) & x = x, (x | y) & !x = y & !x, of bits. */
  function absorbed(a: Node, b: Node): Node | undefined {
    if (a.op !== 'or' || a.type !== 'i32' || a.u > 1) return undefined;
    const [x, y] = [nth(a.args, 0), nth(a.args, 1)];
    if (b === x || b === y) return b;
    if (b.op === 'eqz' && nth(b.args, 0) === x) return binary('and', y, b);
    return b.op === 'eqz' && nth(b.args, 0) === y ? binary('and', x, b) : undefined;
  }

  function withConstant(op: BinaryOp | CompareOp, a: Node, value: bigint): Node | undefined {
    const zero = value === 0n;
    switch (op) {
      case 'and':
        if (zero) return constant(a.type, 0n);
        if ((value & (value + 1n)) === 0n && a.u <= bitLength(value)) return a;
        // Bits that a shift to the left has made 0.
        return a.op === 'shl' && a.args[1]!.op === 'const' && value < 1n << a.args[1]!.value
          ? constant(a.type, 0n)
          : undefined;
      case 'mul':
        if (zero) return constant(a.type, 0n);
        return (value & (value - 1n)) === 0n
          ? binary('shl', a, constant(a.type, BigInt(bitLength(value) - 1)))
          : undefined;
      case 'shr_u': {
        if (zero) return a;
        if (a.u <= value) return constant(a.type, 0n);
        const [inner, by] = a.args;
        if (a.op !== 'shl' || by!.op !== 'const' || inner!.u + Number(by!.value) > sizeOf(a.type)) return undefined;
        return by!.value >= value
          ? binary('shl', inner!, constant(a.type, by!.value - value))
          : binary('shr_u', inner!, constant(a.type, value - by!.value));
      }
      case 'ne':
        return zero && a.u <= 1 && a.type === 'i32' ? a : undefined;
      case 'eq':
        if (value === 1n && a.u <= 1 && a.type === 'i32') return a;
        return zero ? unary('eqz', a) : undefined;
      case 'xor':
        if (value === 1n && a.u <= 1 && a.type === 'i32') return unary('eqz', a);
        return zero ? a : undefined;
      default:
        return zero && neutral.has(op) ? a : undefined;
    }
  }

  function select(condition: Node, yes: Node, no: Node): Node {
    if (condition.op === 'const') return condition.value !== 0n ? yes : no;
    if (yes === no) return yes;
    if (condition.op === 'eqz' && condition.args[0]!.type === 'i32') return select(condition.args[0]!, no, yes);
    if (
      yes.op === 'const' &&
      no.op === 'const' &&
      yes.type === 'i32' &&
      yes.value === 1n &&
      no.value === 0n &&
      condition.u <= 1
    )
      return condition;
    return intern(`?${condition.id}.${yes.id}.${no.id}`, () => ({
      op: 'select',
      type: yes.type,
      args: [condition, yes, no],
      u: Math.max(yes.u, no.u),
      s: Math.max(yes.s, no.s),
    }));
  }

  /** The low `width` bits, zeros above. */
  function zext(a: Node, width: number): Node {
    if (width >= sizeOf(a.type) || a.u <= width) return a;
    if (a.op === 'load' && (a.signed || width < a.width) && width <= a.width && typeFor(width) === a.type)
      return load(a.storage, a.offset, width, false, a.args);
    return binary('and', a, constant(a.type, mask(width)));
  }

  /** The low `width` bits, copies of the highest of them above. */
  function sext(a: Node, width: number): Node {
    const size = sizeOf(a.type);
    if (width >= size || a.s <= width) return a;
    if (a.op === 'load' && width <= a.width && typeFor(width) === a.type)
      return load(a.storage, a.offset, width, true, a.args);
    if (width === 8 || width === 16) return unary(width === 8 ? 'extend8_s' : 'extend16_s', a);
    const by = constant(a.type, BigInt(size - width));
    return binary('shr_s', binary('shl', a, by), by);
  }

  return {
    ...{ all, storages, constant, storage, load, buffer, unary, binary, select, zext, sext },
    ...{ vector, byteProducts, sumOfHalves },
  };
}

const commutes = new Set<string>(['add', 'mul', 'and', 'or', 'xor', 'eq', 'ne']);
/** x op 0 = x. */
const neutral = new Set<string>(['add', 'sub', 'or', 'xor', 'shl', 'shr_s']);
