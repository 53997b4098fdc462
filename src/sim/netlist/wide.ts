// Arithmetic beyond 64 bits on limbs of 32: sums with a carry, products column by column, all modulo the width.

import { nth } from '../../base/invariant.js';
import type { Node, Nodes } from './nodes.js';

type Limbs = readonly Node[];

const low = (nodes: Nodes, n: Node) => nodes.unary('wrap', n);
const high = (nodes: Nodes, n: Node) => nodes.binary('shr_u', n, nodes.constant('i64', 32n));
const long = (nodes: Nodes, n: Node) => nodes.unary('extend_u', n);

/** a + b + carry, for a carry of 0 or 1. */
export function addLimbs(nodes: Nodes, a: Limbs, b: Limbs, carryIn = 0n): Limbs {
  let carry = nodes.constant('i64', carryIn);
  return a.map((limb, i) => {
    const sum = nodes.binary('add', nodes.binary('add', long(nodes, limb), long(nodes, nth(b, i))), carry);
    carry = high(nodes, sum);
    return low(nodes, sum);
  });
}

/** a - b, as a + ~b + 1. */
export const subtractLimbs = (nodes: Nodes, a: Limbs, b: Limbs): Limbs =>
  addLimbs(
    nodes,
    a,
    b.map((limb) => nodes.binary('xor', limb, nodes.constant('i32', 0xffffffffn))),
    1n,
  );

/** a x b: a column adds halves of products of 32 bits, few enough that 64 hold them. */
export function multiplyLimbs(nodes: Nodes, a: Limbs, b: Limbs): Limbs {
  const columns = a.map((): Node => nodes.constant('i64', 0n));
  const put = (column: number, value: Node) => {
    if (column < columns.length) columns[column] = nodes.binary('add', nth(columns, column), value);
  };
  a.forEach((x, i) =>
    b.slice(0, a.length - i).forEach((y, j) => {
      const product = nodes.binary('mul', long(nodes, x), long(nodes, y));
      put(i + j, long(nodes, low(nodes, product)));
      put(i + j + 1, high(nodes, product));
    }),
  );
  let carry = nodes.constant('i64', 0n);
  return columns.map((column) => {
    const sum = nodes.binary('add', column, carry);
    carry = high(nodes, sum);
    return low(nodes, sum);
  });
}
