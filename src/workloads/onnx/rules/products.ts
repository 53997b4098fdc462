// Shape rules of matrix products: MatMul and its quantised forms, Gemm, Einsum.

import type { Operation, Rule } from '../operation.js';
import { numberOf, shapeOf, textOf } from '../operation.js';
import type { Fault, Known, Shape } from '../value.js';
import { broadcast, fault, isFault, printSizes, valueOf } from '../value.js';

/** A product of matrices, perhaps many: `batchA x m x c` by `batchB x c x n`. */
export interface Product {
  readonly batchA: Shape;
  readonly batchB: Shape;
  readonly m: Known;
  readonly n: Known;
  readonly c: Known;
  readonly result: Shape;
}

const swapLast = (shape: Shape, flag: boolean): Shape => (flag && shape.length >= 2 ? [...shape.slice(0, -2), shape.at(-1), shape.at(-2)] : shape);

/** Numpy's matmul: a vector on the left is a row, on the right a column, and the added axis is dropped again. */
export function productOf(left: Shape, right: Shape, transA = false, transB = false): Product | Fault {
  if (left.length === 0 || right.length === 0) return fault('a matrix product of a scalar; expected at least one axis on both sides');
  const a = swapLast(left.length === 1 ? [1, ...left] : left, transA);
  const b = swapLast(right.length === 1 ? [...right, 1] : right, transB);
  const [m, c] = [a.at(-2), a.at(-1)];
  const [other, n] = [b.at(-2), b.at(-1)];
  if (c !== undefined && other !== undefined && c !== other) return fault(`the inner sizes of ${printSizes(left)} and ${printSizes(right)} differ`);
  const [batchA, batchB] = [a.slice(0, -2), b.slice(0, -2)];
  const batch = broadcast([batchA, batchB]);
  if (isFault(batch)) return batch;
  const result = [...batch, ...(left.length === 1 ? [] : [m]), ...(right.length === 1 ? [] : [n])];
  return { batchA, batchB, m, n, c: c ?? other, result };
}

/** Which inputs are the operands, by operator. */
export const operands: Readonly<Record<string, readonly [number, number]>> = {
  MatMul: [0, 1],
  MatMulInteger: [0, 1],
  QLinearMatMul: [0, 3],
  FusedMatMul: [0, 1],
  Gemm: [0, 1],
  FusedGemm: [0, 1],
  QGemm: [0, 3],
  DynamicQuantizeMatMul: [0, 1],
  MatMulIntegerToFloat: [0, 1],
};

export function productAt(op: Operation): Product | Fault | undefined {
  const [left, right] = operands[op.node.operator]!;
  const [a, b] = [shapeOf(op, left), shapeOf(op, right)];
  if (a === undefined || b === undefined) return undefined;
  if (op.node.operator.includes('Gemm') && (a.length !== 2 || b.length !== 2)) {
    return fault(`the operands are ${printSizes(a)} and ${printSizes(b)}; expected two matrices`);
  }
  return productOf(a, b, numberOf(op, 'transA', 0) === 1, numberOf(op, 'transB', 0) === 1);
}

export const product: Rule = (op) => {
  const p = productAt(op);
  return p === undefined || isFault(p) ? p : [valueOf(p.result)];
};

/** The labels of an equation `ab,bc->ac`; `undefined` with an ellipsis or a repeated label, which are not followed. */
export function einsumLabels(op: Operation): { readonly inputs: readonly string[]; readonly output: string } | undefined {
  const equation = textOf(op, 'equation', '').replace(/\s/g, '');
  const [left, right] = equation.split('->');
  const inputs = (left ?? '').split(',');
  if (equation.includes('.') || inputs.length !== op.inputs.length) return undefined;
  if (inputs.some((labels) => new Set(labels).size !== labels.length)) return undefined;
  const all = inputs.join('');
  const once = [...new Set(all)].filter((l) => all.indexOf(l) === all.lastIndexOf(l)).sort().join('');
  return { inputs, output: right ?? once };
}

export function einsumSizes(op: Operation): ReadonlyMap<string, Known> | Fault | undefined {
  const labels = einsumLabels(op);
  if (labels === undefined) return undefined;
  const sizes = new Map<string, Known>();
  for (const [i, word] of labels.inputs.entries()) {
    const shape = shapeOf(op, i);
    if (shape === undefined) return undefined;
    if (shape.length !== word.length) return fault(`the operand "${word}" has the shape ${printSizes(shape)}`);
    for (const [j, label] of [...word].entries()) {
      const [known, size] = [sizes.get(label), shape[j]];
      if (known !== undefined && known !== 1 && size !== undefined && size !== 1 && known !== size) return fault(`the label ${label} stands for both ${known} and ${size}`);
      sizes.set(label, known === undefined || known === 1 ? size ?? known : known);
    }
  }
  return sizes;
}

const einsum: Rule = (op) => {
  const sizes = einsumSizes(op);
  return sizes === undefined || isFault(sizes) ? sizes : [valueOf([...einsumLabels(op)!.output].map((l) => sizes.get(l)))];
};

export const productRules: Readonly<Record<string, Rule>> = {
  MatMul: product,
  MatMulInteger: product,
  QLinearMatMul: product,
  Gemm: product,
  Einsum: einsum,
};
