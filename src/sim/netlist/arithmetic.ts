// Cells of arithmetic, logic and choice as nodes. What they mean is in Yosys's manual, "internal cell library".

import { defined, nth } from '../../base/invariant.js';
import type { FlatCell } from './flatten.js';
import { mask, typeFor, type Node, type Nodes } from './nodes.js';
import { flag, port } from './cell-parameters.js';
import type { Words } from './words.js';
import type { BinaryOp, CompareOp } from '../../base/wasm.js';
import { addLimbs, multiplyLimbs, subtractLimbs } from './wide.js';

/** The value of a cell's output Y, one node or limbs as `Words.limbs` gives them. */
export type Lower = (cell: FlatCell, words: Words, nodes: Nodes) => readonly Node[];

const widthOf = (cell: FlatCell, name: string) => port(cell, name).length;
const signed = (cell: FlatCell, ...names: readonly string[]) => names.every((n) => flag(cell, `${n}_SIGNED`));

/** The bits of a port made `width` long, by copies of the top bit where `sign`. */
export function extended(cell: FlatCell, name: string, width: number, sign: boolean): readonly number[] {
  const bits = port(cell, name);
  if (bits.length >= width) return bits.slice(0, width);
  const fill = sign ? (bits.at(-1) ?? 0) : 0;
  return [...bits, ...Array.from({ length: width - bits.length }, () => fill)];
}

const allOnes = (nodes: Nodes, width: number) => nodes.constant(typeFor(width), mask(width));
const perLimb = (width: number, make: (limb: number, bits: number) => Node): readonly Node[] =>
  width <= 64
    ? [make(0, width)]
    : Array.from({ length: Math.ceil(width / 32) }, (_, i) => make(i, Math.min(32, width - 32 * i)));

function refuseWide(cell: FlatCell, width: number): void {
  if (width > 64) throw new Error(`${cell.path} (${cell.type}) compares or divides ${width} bits; that goes to 64`);
}

const bitwise =
  (op: BinaryOp, invert = false): Lower =>
  (cell, words, nodes) => {
    const width = widthOf(cell, 'Y');
    const sign = signed(cell, 'A', 'B');
    const [a, b] = ['A', 'B'].map((name) => words.limbs(extended(cell, name, width, sign)));
    return perLimb(width, (i, bits) => {
      const value = nodes.binary(op, nth(a!, i), nth(b!, i));
      return invert ? nodes.binary('xor', value, allOnes(nodes, bits)) : value;
    });
  };

const beyond64 = { add: addLimbs, sub: subtractLimbs, mul: multiplyLimbs } as const;

const arithmetic =
  (op: keyof typeof beyond64): Lower =>
  (cell, words, nodes) => {
    const width = widthOf(cell, 'Y');
    const sign = signed(cell, 'A', 'B');
    if (width > 64)
      return beyond64[op](
        nodes,
        words.limbs(extended(cell, 'A', width, sign)),
        words.limbs(extended(cell, 'B', width, sign)),
      );
    return [
      nodes.binary(op, words.word(extended(cell, 'A', width, sign)), words.word(extended(cell, 'B', width, sign))),
    ];
  };

const not: Lower = (cell, words, nodes) => {
  const width = widthOf(cell, 'Y');
  const a = words.limbs(extended(cell, 'A', width, signed(cell, 'A')));
  return perLimb(width, (i, bits) => nodes.binary('xor', nth(a, i), allOnes(nodes, bits)));
};

const negate: Lower = (cell, words, nodes) => {
  const width = widthOf(cell, 'Y');
  if (width > 64) {
    const a = words.limbs(extended(cell, 'A', width, signed(cell, 'A')));
    return subtractLimbs(
      nodes,
      a.map(() => nodes.constant('i32', 0n)),
      a,
    );
  }
  return [
    nodes.binary('sub', nodes.constant(typeFor(width), 0n), words.word(extended(cell, 'A', width, signed(cell, 'A')))),
  ];
};

/** A truth value as the output of any width. */
const truth = (cell: FlatCell, nodes: Nodes, value: Node): readonly Node[] =>
  perLimb(widthOf(cell, 'Y'), (i, bits) =>
    i > 0 ? nodes.constant('i32', 0n) : typeFor(bits) === 'i64' ? nodes.unary('extend_u', value) : value,
  );

/** All limbs or'ed, each without what lies above its bits. */
const anyOf = (limbs: readonly Node[], width: number, nodes: Nodes) =>
  limbs
    .map((n, i) => nodes.zext(n, width <= 64 ? width : Math.min(32, width - 32 * i)))
    .reduce((a, b) => nodes.binary('or', a, b));

const isTrue = (bits: readonly number[], words: Words, nodes: Nodes): Node => {
  if (bits.length === 0) return nodes.constant('i32', 0n);
  const any = anyOf(words.limbs(bits), bits.length, nodes);
  return nodes.binary('ne', any, nodes.constant(any.type, 0n));
};

const reduceOr: Lower = (cell, words, nodes) => truth(cell, nodes, isTrue(port(cell, 'A'), words, nodes));
const logicNot: Lower = (cell, words, nodes) =>
  truth(cell, nodes, nodes.unary('eqz', isTrue(port(cell, 'A'), words, nodes)));
const logic =
  (op: 'and' | 'or'): Lower =>
  (cell, words, nodes) =>
    truth(cell, nodes, nodes.binary(op, isTrue(port(cell, 'A'), words, nodes), isTrue(port(cell, 'B'), words, nodes)));

const reduceAnd: Lower = (cell, words, nodes) => {
  const width = widthOf(cell, 'A');
  const zeros = perLimb(width, (i, bits) =>
    nodes.binary('xor', nth(words.limbs(port(cell, 'A')), i), allOnes(nodes, bits)),
  );
  return truth(cell, nodes, nodes.unary('eqz', anyOf(zeros, width, nodes)));
};

const reduceXor =
  (invert: boolean): Lower =>
  (cell, words, nodes) => {
    const width = widthOf(cell, 'A');
    const limbs = words
      .limbs(port(cell, 'A'))
      .map((n, i) => nodes.zext(n, width <= 64 ? width : Math.min(32, width - 32 * i)));
    const folded = nodes.unary(
      'popcnt',
      limbs.reduce((a, b) => nodes.binary('xor', a, b)),
    );
    const low = folded.type === 'i64' ? nodes.unary('wrap', folded) : folded;
    const parity = nodes.binary('and', low, nodes.constant('i32', 1n));
    return truth(cell, nodes, invert ? nodes.unary('eqz', parity) : parity);
  };

const equal =
  (invert: boolean): Lower =>
  (cell, words, nodes) => {
    const width = Math.max(widthOf(cell, 'A'), widthOf(cell, 'B'));
    const sign = signed(cell, 'A', 'B');
    const [a, b] = ['A', 'B'].map((name) => words.limbs(extended(cell, name, width, sign)));
    let same: Node;
    if (width > 64)
      same = nodes.unary(
        'eqz',
        anyOf(
          defined(a).map((n, i) => nodes.binary('xor', n, nth(b!, i))),
          width,
          nodes,
        ),
      );
    else if (nth(a!, 0).s <= width && nth(b!, 0).s <= width) same = nodes.binary('eq', nth(a!, 0), nth(b!, 0));
    else same = nodes.binary('eq', nodes.zext(nth(a!, 0), width), nodes.zext(nth(b!, 0), width));
    return truth(cell, nodes, invert ? nodes.unary('eqz', same) : same);
  };

const order =
  (name: 'lt' | 'le' | 'gt' | 'ge'): Lower =>
  (cell, words, nodes) => {
    const width = Math.max(widthOf(cell, 'A'), widthOf(cell, 'B'));
    refuseWide(cell, width);
    const sign = signed(cell, 'A', 'B');
    const [a, b] = ['A', 'B'].map((p) =>
      (sign ? nodes.sext : nodes.zext)(words.word(extended(cell, p, width, sign)), width),
    );
    const op: CompareOp = `${name}_${sign ? 's' : 'u'}`;
    return truth(cell, nodes, nodes.binary(op, defined(a), defined(b)));
  };

const multiplex: Lower = (cell, words, nodes) => {
  const width = widthOf(cell, 'Y');
  const [a, b] = ['A', 'B'].map((name) => words.limbs(port(cell, name)));
  const condition = words.bit(port(cell, 'S')[0]);
  return perLimb(width, (i) => nodes.select(condition, nth(b!, i), nth(a!, i)));
};

/** Of the words in B the one whose select bit is 1, A if none is. */
const multiplexMany: Lower = (cell, words, nodes) => {
  const width = widthOf(cell, 'Y');
  let chosen = words.limbs(port(cell, 'A'));
  port(cell, 'S').forEach((bit, k) => {
    const word = words.limbs(port(cell, 'B').slice(k * width, (k + 1) * width));
    const condition = words.bit(bit);
    const before = chosen;
    chosen = perLimb(width, (i) => nodes.select(condition, nth(word, i), nth(before, i)));
  });
  return chosen;
};

/** Of the words in A the one numbered S. */
const multiplexBinary: Lower = (cell, words, nodes) => {
  const width = widthOf(cell, 'Y');
  let candidates = Array.from({ length: port(cell, 'A').length / width }, (_, k) =>
    words.limbs(port(cell, 'A').slice(k * width, (k + 1) * width)),
  );
  for (const bit of port(cell, 'S')) {
    const condition = words.bit(bit);
    candidates = Array.from({ length: candidates.length / 2 }, (_, k) =>
      perLimb(width, (i) => nodes.select(condition, nth(candidates[2 * k + 1]!, i), nth(candidates[2 * k]!, i))),
    );
  }
  return nth(candidates, 0);
};

const multiplexBits: Lower = (cell, words, nodes) => {
  const [a, b, s] = ['A', 'B', 'S'].map((name) => words.limbs(port(cell, name)));
  // a ^ ((a ^ b) & s)
  return perLimb(widthOf(cell, 'Y'), (i) =>
    nodes.binary('xor', nth(a!, i), nodes.binary('and', nodes.binary('xor', nth(a!, i), nth(b!, i)), nth(s!, i))),
  );
};

const equalBits: Lower = (cell, words, nodes) => {
  const [a, b] = ['A', 'B'].map((name) => words.limbs(port(cell, name)));
  return perLimb(widthOf(cell, 'Y'), (i, bits) =>
    nodes.binary('xor', nodes.binary('xor', nth(a!, i), nth(b!, i)), allOnes(nodes, bits)),
  );
};

const concat: Lower = (cell, words) => words.limbs([...port(cell, 'A'), ...port(cell, 'B')]);
const same: Lower = (cell, words) =>
  words.limbs(extended(cell, 'A', widthOf(cell, 'Y'), 'A_SIGNED' in cell.parameters && signed(cell, 'A')));
const slice: Lower = (cell, words) => {
  const from = Number(`0b${cell.parameters['OFFSET']}`);
  return words.limbs(port(cell, 'A').slice(from, from + widthOf(cell, 'Y')));
};

/** Verilog's / and %. Division by zero, x in Verilog, gives 0 here. */
const divide =
  (op: 'div' | 'rem'): Lower =>
  (cell, words, nodes) => {
    const width = Math.max(widthOf(cell, 'A'), widthOf(cell, 'B'), widthOf(cell, 'Y'));
    const sign = signed(cell, 'A', 'B');
    // One bit to spare: the most negative number divided by -1 traps in WebAssembly.
    refuseWide(cell, sign ? width + 1 : width);
    const [a, b] = ['A', 'B'].map((name) => {
      const n = words.word(extended(cell, name, width, sign));
      const exact = sign ? nodes.sext(n, width) : nodes.zext(n, width);
      return exact.type === 'i32' && sign ? nodes.unary('extend_s', exact) : exact;
    });
    const zero = nodes.constant(defined(b).type, 0n);
    const isZero = nodes.binary('eq', defined(b), zero);
    const quotient = nodes.binary(
      `${op}_${sign ? 's' : 'u'}`,
      defined(a),
      nodes.select(isZero, nodes.constant(defined(b).type, 1n), defined(b)),
    );
    const result = nodes.select(isZero, zero, quotient);
    const type = typeFor(widthOf(cell, 'Y'));
    return [result.type === type ? result : nodes.unary('wrap', result)];
  };

export const arithmeticCells: Readonly<Record<string, Lower>> = {
  $add: arithmetic('add'),
  $sub: arithmetic('sub'),
  $mul: arithmetic('mul'),
  $neg: negate,
  $div: divide('div'),
  $mod: divide('rem'),
  $and: bitwise('and'),
  $or: bitwise('or'),
  $xor: bitwise('xor'),
  $xnor: bitwise('xor', true),
  $not: not,
  $pos: same,
  $buf: same,
  $reduce_or: reduceOr,
  $reduce_bool: reduceOr,
  $reduce_and: reduceAnd,
  $reduce_xor: reduceXor(false),
  $reduce_xnor: reduceXor(true),
  $logic_not: logicNot,
  $logic_and: logic('and'),
  $logic_or: logic('or'),
  $eq: equal(false),
  $eqx: equal(false),
  $ne: equal(true),
  $nex: equal(true),
  $lt: order('lt'),
  $le: order('le'),
  $gt: order('gt'),
  $ge: order('ge'),
  $mux: multiplex,
  $pmux: multiplexMany,
  $bmux: multiplexBinary,
  $bwmux: multiplexBits,
  $bweqx: equalBits,
  $concat: concat,
  $slice: slice,
};
