// A quantized file in real numbers: its weights as they are, and nothing rounded in between.

import type { GivenTensor, GivenWords } from '../model/workload/given-words.js';
import { readKey } from '../model/workload/given-words.js';
import type { GraphStep, Operand } from '../model/workload/network-graph.js';
import { nth } from '../base/invariant.js';
import { roundToEven } from '../base/integers.js';
import type { Numbers } from './numbers.js';
import type { RealWeights } from './real-arithmetic.js';
import { realArithmetic } from './real-arithmetic.js';
import type { Arithmetic } from './run-graph.js';

/** Words of an input: divided in 32 bits as runtimes do, halves to the even one. */
export const givenInput = ({ shape, values }: Numbers, { scale, low, high }: GivenTensor): Numbers => ({
  shape,
  values: values.map((x) => Math.min(high, Math.max(low, roundToEven(Math.fround(Math.fround(x) / scale)))) + 0),
});

/** The numbers of an input as its readers take them. */
export const readAs = (x: Numbers, { scale, unit }: GivenTensor): Numbers =>
  unit === scale ? x : { shape: x.shape, values: x.values.map((v) => (v / scale) * unit) };

/** Where a step reads a tensor by another scale than others do, it reads as many times of it. */
export function givenReals(
  weights: RealWeights,
  { reads, tensors }: Pick<GivenWords, 'reads' | 'tensors'>,
): Arithmetic {
  const plain = realArithmetic(weights);
  if (reads.size === 0) return plain;
  const times = (x: Numbers, by: number): Numbers =>
    by === 1 ? x : { shape: x.shape, values: x.values.map((v) => v * by) };
  const by = (i: number, as: 0 | 1 | 'residual', tensor: string | undefined): number => {
    const own = tensor === undefined ? undefined : reads.get(readKey(i, as, tensor));
    return own === undefined ? 1 : own / (tensors.get(tensor ?? '')?.unit ?? own);
  };
  const named = (x: Operand | undefined) => (x?.kind === 'tensor' ? x.name : undefined);
  const either = (i: number, x: Operand | undefined) => by(i, 0, named(x)) * by(i, 1, named(x));
  return {
    ...plain,
    layer(step, i, sums, residual) {
      const { run } = step;
      const own =
        run.kind === 'product'
          ? by(i, 0, named(run.left)) * by(i, 1, named(run.right))
          : by(i, 0, nth(step.inputs, 0)) * (run.kind === 'convolution' ? by(i, 1, named(run.weights)) : 1);
      const beside = step.epilogue.residual?.tensor;
      return plain.layer(step, i, times(sums, own), residual && times(residual, by(i, 'residual', beside)));
    },
    addition: (step, i, a, b) =>
      plain.addition(step, i, times(a, by(i, 0, named(step.operands[0]))), times(b, by(i, 1, named(step.operands[1])))),
    multiplication(step, i, a, b) {
      const [x, y] = step.operands;
      const isSquare = named(x) !== undefined && named(x) === named(y);
      return plain.multiplication(step, i, times(a, either(i, x) * (isSquare ? 1 : either(i, y))), b);
    },
    scale: (step, i, x) => plain.scale(step, i, times(x, by(i, 0, step.inputs[0]))),
    host: (step, i, operands, shape) =>
      plain.host(
        step,
        i,
        operands.map((x, k) => times(x, by(i, 0, hostTensor(step, k)))),
        shape,
      ),
  };
}

function hostTensor(step: GraphStep, k: number): string | undefined {
  const operand = step.kind === 'host' ? step.work?.operands[k] : undefined;
  return operand?.kind === 'tensor' ? operand.name : undefined;
}
