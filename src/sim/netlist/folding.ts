// What operations give of constants, and what is known of the size of what they give.

import { isCompare, sizeOf, type BinaryOp, type CompareOp, type UnaryOp, type ValueType } from '../../base/wasm.js';

/** The value is below 2^u as an unsigned number, and within s bits as a signed one. */
interface Bounds {
  readonly u: number;
  readonly s: number;
}

export const bitLength = (value: bigint): number => (value === 0n ? 0 : value.toString(2).length);

export const resultType = (op: UnaryOp, type: ValueType): ValueType =>
  op === 'wrap' || op === 'eqz' ? 'i32' : op === 'extend_s' || op === 'extend_u' ? 'i64' : type;

export function unaryBounds(op: UnaryOp, a: Bounds): Bounds {
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

/** `constant`: the value of the second operand where it is known. */
export function binaryBounds(
  op: BinaryOp | CompareOp,
  a: Bounds & { readonly type: ValueType },
  b: Bounds,
  constant: bigint | undefined,
): Bounds {
  const size = sizeOf(a.type);
  const fits = (bits: number) => (bits <= size ? bits : 64);
  const by = constant === undefined ? undefined : Number(constant) % size;
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

export function foldUnary(op: UnaryOp, { type, value }: { readonly type: ValueType; readonly value: bigint }): bigint {
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

export function foldBinary(op: BinaryOp | CompareOp, type: ValueType, a: bigint, b: bigint): bigint {
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
