// Shape rules of matrix products: MatMul and its quantised forms, Gemm.

import type { Operation, Rule } from '../operation.js';
import { numberOf, shapeOf } from '../operation.js';
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

const swapLast = (shape: Shape, flag: boolean): Shape =>
  flag && shape.length >= 2 ? [...shape.slice(0, -2), shape.at(-1), shape.at(-2)] : shape;

/** Numpy's matmul: a vector on the left is a row, on the right a column, and the added axis is dropped again. */
function productOf(left: Shape, right: Shape, transA = false, transB = false): Product | Fault {
  if (left.length === 0 || right.length === 0)
    return fault('a matrix product of a scalar; expected at least one axis on both sides');
  const a = swapLast(left.length === 1 ? [1, ...left] : left, transA);
  const b = swapLast(right.length === 1 ? [...right, 1] : right, transB);
  const [m, c] = [a.at(-2), a.at(-1)];
  const [other, n] = [b.at(-2), b.at(-1)];
  if (c !== undefined && other !== undefined && c !== other)
    return fault(`the inner sizes of ${printSizes(left)} and ${printSizes(right)} differ`);
  const [batchA, batchB] = [a.slice(0, -2), b.slice(0, -2)];
  const batch = broadcast([batchA, batchB]);
  if (isFault(batch)) return batch;
  const result = [...batch, ...(left.length === 1 ? [] : [m]), ...(right.length === 1 ? [] : [n])];
  return { batchA, batchB, m, n, c: c ?? other, result };
}

/** Which inputs are the operands, by operator. */
const operands: Readonly<Record<string, readonly [number, number]>> = {
  MatMul: [0, 1],
  MatMulInteger: [0, 1],
  QLinearMatMul: [0, 3],
  Gemm: [0, 1],
  FusedMatMul: [0, 1],
  FusedMatMulActivation: [0, 1],
  TransposeMatMul: [0, 1],
  FusedGemm: [0, 1],
  QGemm: [0, 3],
  GemmFastGelu: [0, 1],
  GemmFloat8: [0, 1],
  DynamicQuantizeMatMul: [0, 1],
  MatMulInteger16: [0, 1],
  MatMulIntegerToFloat: [0, 1],
  QOrderedMatMul: [0, 2],
  XnorPopcountMatMul: [0, 1],
};

/** Beside the last two axes, ONNX Runtime's fused products may move the first axis behind the other batch axes. */
const turned = (shape: Shape, flag: boolean): Shape =>
  flag && shape.length >= 3 ? [...shape.slice(1, -1), shape[0], shape.at(-1)] : shape;

export function productAt(op: Operation): Product | Fault | undefined {
  const [left, right] = operands[op.node.operator] ?? [0, 1];
  const [a, b] = [shapeOf(op, left), shapeOf(op, right)];
  if (a === undefined || b === undefined) return undefined;
  if (op.node.operator.includes('Gemm') && (a.length < 2 || b.length < 2)) {
    return fault(
      `the operands are ${printSizes(a)} and ${printSizes(b)}; expected matrices, perhaps with batch axes in front`,
    );
  }
  const flag = (name: string) => numberOf(op, name, 0) === 1;
  return productOf(turned(a, flag('transBatchA')), turned(b, flag('transBatchB')), flag('transA'), flag('transB'));
}

/** A product with packed weights, whose sizes are attributes: K is the reduction, N the width. */
export function weightProduct(op: Operation, c: number, n: number): Product | Fault | undefined {
  const a = shapeOf(op, 0);
  return a && productOf(a, [c, n]);
}

/** With `transB = 0` the packed weights are used the other way round, as in training. */
export const packedProduct = (op: Operation): Product | Fault | undefined => {
  const [c, n] = [numberOf(op, 'K', 0), numberOf(op, 'N', 0)];
  return numberOf(op, 'transB', 1) === 0 ? weightProduct(op, n, c) : weightProduct(op, c, n);
};
/** The sizes of the weights are an input. */
export const blobProduct = (op: Operation): Product | Fault | undefined => {
  const [a, b] = [shapeOf(op, 0), op.inputs[2]?.data];
  return a && b && productOf(a, b);
};

export const resultOf =
  (at: (op: Operation) => Product | Fault | undefined): Rule =>
  (op) => {
    const p = at(op);
    return p === undefined || isFault(p) ? p : [valueOf(p.result)];
  };
export const packed = resultOf(packedProduct);
export const blob = resultOf(blobProduct);
/** One output per projection of the input, as wide as the attribute says. */
export const projected =
  (...widths: readonly string[]): Rule =>
  (op) => {
    const x = shapeOf(op, 0);
    return x && [...widths.map((name) => valueOf([...x.slice(0, -1), numberOf(op, name, 0)])), valueOf(x)];
  };

export const product = resultOf(productAt);

export const productRules: Readonly<Record<string, Rule>> = {
  MatMul: product,
  MatMulInteger: product,
  QLinearMatMul: product,
  Gemm: product,
};
