// Expressions of WebAssembly operations, shared where equal, folded where constant, each
// with what is known of its value.

import { nth } from '../../base/invariant.js';
import { isCompare, type BinaryOp, type CompareOp, type UnaryOp, type ValueType } from './wasm.js';

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

export const sizeOf = (type: ValueType): number => (type === 'i64' ? 64 : 32);
export const typeFor = (width: number): ValueType => (width <= 32 ? 'i32' : 'i64');
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
    return intern(`${op}.${a.id}.${b.id}`, () => ({ op, type, args: [a, b], ...binaryBounds(op, a, b) }));
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

  return { all, storages, constant, storage, load, buffer, unary, binary, select, zext, sext };
}

const commutes = new Set<string>(['add', 'mul', 'and', 'or', 'xor', 'eq', 'ne']);
/** x op 0 = x. */
const neutral = new Set<string>(['add', 'sub', 'or', 'xor', 'shl', 'shr_s']);

const bitLength = (value: bigint): number => (value === 0n ? 0 : value.toString(2).length);

const resultType = (op: UnaryOp, type: ValueType): ValueType =>
  op === 'wrap' || op === 'eqz' ? 'i32' : op === 'extend_s' || op === 'extend_u' ? 'i64' : type;

function unaryBounds(op: UnaryOp, a: Node): { u: number; s: number } {
  switch (op) {
    case 'eqz':
      return { u: 1, s: 2 };
    case 'popcnt':
      return { u: 7, s: 8 };
    case 'extend_u':
      return { u: a.u, s: a.u + 1 };
    case 'extend_s':
      return { u: a.u < 32 ? a.u : 64, s: a.s };
    case 'wrap':
      return { u: a.u, s: a.s };
    default: {
      const from = op === 'extend8_s' ? 8 : op === 'extend16_s' ? 16 : 32;
      return { u: a.u < from ? a.u : 64, s: from };
    }
  }
}

function binaryBounds(op: BinaryOp | CompareOp, a: Node, b: Node): { u: number; s: number } {
  const size = sizeOf(a.type);
  const fits = (bits: number) => (bits <= size ? bits : 64);
  const by = b.op === 'const' ? Number(b.value) % size : undefined;
  switch (op) {
    case 'and':
      return { u: Math.min(a.u, b.u), s: Math.max(a.s, b.s) };
    case 'or':
    case 'xor':
      return { u: Math.max(a.u, b.u), s: Math.max(a.s, b.s) };
    case 'add':
      return { u: fits(Math.max(a.u, b.u) + 1), s: fits(Math.max(a.s, b.s) + 1) };
    case 'sub':
      return { u: 64, s: fits(Math.max(a.s, b.s) + 1) };
    case 'mul':
      return { u: fits(a.u + b.u), s: fits(a.s + b.s) };
    case 'shl':
      return by === undefined ? { u: 64, s: 64 } : { u: fits(a.u + by), s: fits(a.s + by) };
    case 'shr_u':
      return by === undefined ? { u: a.u, s: 64 } : { u: Math.max(0, a.u - by), s: 64 };
    case 'shr_s':
      return { u: a.u < size ? a.u - Math.min(a.u, by ?? 0) : 64, s: by === undefined ? a.s : Math.max(1, a.s - by) };
    default:
      return isCompare(op) ? { u: 1, s: 2 } : { u: 64, s: 64 };
  }
}

function foldUnary(op: UnaryOp, { type, value }: { readonly type: ValueType; readonly value: bigint }): bigint {
  switch (op) {
    case 'eqz':
      return value === 0n ? 1n : 0n;
    case 'popcnt':
      return BigInt(value.toString(2).replaceAll('0', '').length);
    case 'extend8_s':
      return BigInt.asIntN(8, value);
    case 'extend16_s':
      return BigInt.asIntN(16, value);
    case 'extend32_s':
      return BigInt.asIntN(32, value);
    case 'extend_s':
      return BigInt.asIntN(sizeOf(type), value);
    default:
      return value;
  }
}

function foldBinary(op: BinaryOp | CompareOp, type: ValueType, a: bigint, b: bigint): bigint {
  const size = sizeOf(type);
  const [x, y] = [BigInt.asIntN(size, a), BigInt.asIntN(size, b)];
  const by = b % BigInt(size);
  const bit = (yes: boolean) => (yes ? 1n : 0n);
  switch (op) {
    case 'add':
      return a + b;
    case 'sub':
      return a - b;
    case 'mul':
      return a * b;
    case 'and':
      return a & b;
    case 'or':
      return a | b;
    case 'xor':
      return a ^ b;
    case 'shl':
      return a << by;
    case 'shr_s':
      return x >> by;
    case 'shr_u':
      return a >> by;
    case 'div_s':
      return x / y;
    case 'div_u':
      return a / b;
    case 'rem_s':
      return x % y;
    case 'rem_u':
      return a % b;
    case 'eq':
      return bit(a === b);
    case 'ne':
      return bit(a !== b);
    case 'lt_s':
      return bit(x < y);
    case 'lt_u':
      return bit(a < b);
    case 'gt_s':
      return bit(x > y);
    case 'gt_u':
      return bit(a > b);
    case 'le_s':
      return bit(x <= y);
    case 'le_u':
      return bit(a <= b);
    case 'ge_s':
      return bit(x >= y);
    case 'ge_u':
      return bit(a >= b);
  }
}
