// Shift cells: up to 64 bits by a shift instruction, wider ones by loads from a copy of the word in memory.

import { defined, nth } from '../../base/invariant.js';
import { extended, type Lower } from './arithmetic.js';
import type { FlatCell } from './flatten.js';
import { typeFor, type Node, type Nodes } from './nodes.js';
import { sizeOf } from '../../base/wasm.js';
import { flag, port } from './cell-parameters.js';
import { loadAt, storedBytes, type Words } from './words.js';

/** By how much to shift, as i32: a count to the left and one to the right, of which one is always 0. */
interface Amount {
  readonly left?: Node;
  readonly right?: Node;
}

/** At most `limit`, which must be at least the width of everything shifted; more makes no difference. */
function amountOf(cell: FlatCell, limit: number, words: Words, nodes: Nodes): Amount {
  const bits = port(cell, 'B');
  const { type } = cell;
  const leftward = type === '$shl' || type === '$sshl';
  const twoWays = (type === '$shift' || type === '$shiftx') && flag(cell, 'B_SIGNED');
  const magnitude = twoWays ? bits.slice(0, -1) : bits;
  const cap = nodes.constant('i32', BigInt(limit));
  const atMost = (low: Node, over: Node) => {
    const bounded = 2 ** low.u - 1 <= limit ? low : nodes.select(nodes.binary('lt_u', low, cap), low, cap);
    return nodes.select(over, cap, bounded);
  };
  /** Whether any bit from 31 upward differs from `sign`. */
  const beyond = (sign: Node) =>
    magnitude
      .slice(31)
      .reduce((any, b) => nodes.binary('or', any, nodes.binary('xor', words.bit(b), sign)), nodes.constant('i32', 0n));
  const low = nodes.zext(words.word(magnitude.slice(0, 31)), Math.min(31, magnitude.length));
  const zero = nodes.constant('i32', 0n);
  if (!twoWays) return { [leftward ? 'left' : 'right']: atMost(low, beyond(zero)) };
  const sign = words.bit(bits.at(-1));
  // -x for the two's complement x of that sign bit and these low bits.
  const minus = nodes.binary('sub', nodes.constant('i32', 1n << BigInt(Math.min(31, magnitude.length))), low);
  const over = beyond(sign);
  const minusCapped = nodes.select(over, cap, nodes.select(nodes.binary('lt_u', minus, cap), minus, cap));
  return { left: nodes.select(sign, minusCapped, zero), right: nodes.select(sign, zero, atMost(low, over)) };
}

const shift: Lower = (cell, words, nodes) => {
  const [aWidth, yWidth] = [port(cell, 'A').length, port(cell, 'Y').length];
  const sign = flag(cell, 'A_SIGNED');
  const fillSign = sign && (cell.type === '$sshr' || cell.type === '$shift');
  const width = Math.max(aWidth, yWidth);
  const bits = extended(cell, 'A', width, sign);
  if (width <= 64)
    return [narrowShift(bits, yWidth, fillSign, amountOf(cell, sizeOf(typeFor(width)), words, nodes), words, nodes)];
  return wideShift(bits, yWidth, fillSign, amountOf(cell, width, words, nodes), words, nodes);
};

function narrowShift(
  bits: readonly number[],
  yWidth: number,
  fillSign: boolean,
  { left, right }: Amount,
  words: Words,
  nodes: Nodes,
): Node {
  const raw = words.word(bits);
  const size = sizeOf(raw.type);
  const by = (n: Node) => (size === 64 ? nodes.unary('extend_u', n) : n);
  /** Instructions take the count modulo the type's size, so a whole shift is a case of its own. */
  const all = (n: Node, shifted: Node, rest: Node) =>
    2 ** n.u - 1 < size
      ? shifted
      : nodes.select(nodes.binary('lt_u', n, nodes.constant('i32', BigInt(size))), shifted, rest);
  const zero = nodes.constant(raw.type, 0n);
  let value = raw;
  if (left) value = all(left, nodes.binary('shl', value, by(left)), zero);
  if (right && fillSign) {
    const exact = nodes.sext(value, bits.length);
    value = all(
      right,
      nodes.binary('shr_s', exact, by(right)),
      nodes.binary('shr_s', exact, nodes.constant(raw.type, BigInt(size - 1))),
    );
  } else if (right) {
    const exact = nodes.zext(value, bits.length);
    value = all(right, nodes.binary('shr_u', exact, by(right)), zero);
  }
  return size === 64 && yWidth <= 32 ? nodes.unary('wrap', value) : value;
}

/** The word with room on both sides, and each limb of the result a load at the shifted place. */
function wideShift(
  bits: readonly number[],
  yWidth: number,
  fillSign: boolean,
  { left, right }: Amount,
  words: Words,
  nodes: Nodes,
): readonly Node[] {
  const whole = left || fillSign ? undefined : storedWhole(bits, words);
  const room = left ? Math.ceil(bits.length / 32) * 32 : 0;
  const fill = fillSign ? defined(bits.at(-1)) : 0;
  const after = fillSign ? yWidth : 0;
  const padded = [...Array.from({ length: room }, () => 0), ...bits, ...Array.from({ length: after }, () => fill)];
  const limbs = Array.from({ length: Math.ceil(padded.length / 32) }, (_, i) =>
    nodes.zext(words.word(padded.slice(32 * i, 32 * i + 32)), Math.min(32, padded.length - 32 * i)),
  );
  const from = whole ? [] : [nodes.buffer(padded.length, storedBytes(padded.length), limbs)];
  const storage = whole ?? nth(from, 0).storage;
  const start = nodes.constant('i32', BigInt(room));
  let position = right ? nodes.binary('add', start, right) : start;
  if (left) position = nodes.binary('sub', position, left);
  return loadAt(nodes, storage, position, yWidth, from);
}

/** The place of a register or input that these bits are the whole of, so that no copy is needed. */
function storedWhole(bits: readonly number[], words: Words) {
  const value = words.wholeSource(bits);
  return value?.kind === 'stored' && value.storage.width === bits.length ? value.storage : undefined;
}

export const shiftCells: Readonly<Record<string, Lower>> = {
  $shl: shift,
  $sshl: shift,
  $shr: shift,
  $sshr: shift,
  $shift: shift,
  $shiftx: shift,
};
