// A quantized file in real numbers: its weights as they are, and nothing rounded in between.

import type { GivenTensor, GivenWords } from '../model/workload/given-words.js';
import { readKey } from '../model/workload/given-words.js';
import type { GraphStep, NetworkGraph, Operand } from '../model/workload/network-graph.js';
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

type Given = Pick<GivenWords, 'tensors' | 'reads'>;

/** Whether every step takes a tensor for what it was written as; inputs come as they are read. */
export const readsAlike = ({ inputs, tensors }: Pick<NetworkGraph, 'inputs' | 'tensors'>, given: Given): boolean =>
  given.reads.size === 0 &&
  tensors.every(({ name, consumers }) => {
    const own = given.tensors.get(name);
    return consumers.length === 0 || inputs.includes(name) || own === undefined || own.scale === own.unit;
  });

/** Where a step reads a tensor by another scale than it was written with, it reads as many times of it. */
export function givenReals(weights: RealWeights, given: Given, { inputs }: Pick<NetworkGraph, 'inputs'>): Arithmetic {
  const plain = realArithmetic(weights);
  const times = (x: Numbers, by: number): Numbers =>
    by === 1 ? x : { shape: x.shape, values: x.values.map((v) => v * by) };
  const by = (i: number, as: 0 | 1 | 'residual', name: string | undefined): number => {
    const tensor = name === undefined ? undefined : given.tensors.get(name);
    if (name === undefined || !tensor) return 1;
    return (
      (given.reads.get(readKey(i, as, name)) ?? tensor.unit) / (inputs.includes(name) ? tensor.unit : tensor.scale)
    );
  };
  const named = (x: Operand | undefined) => (x?.kind === 'tensor' ? x.name : undefined);
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
      // The operand that has the shape of the result is the first in the graph, whichever it is in the file.
      const [x, y] = step.operands.map(named);
      const has = (as: 0 | 1, name: string | undefined) => name !== undefined && given.reads.has(readKey(i, as, name));
      const turned = x !== y && (has(1, x) || has(0, y));
      return plain.multiplication(step, i, times(a, by(i, turned ? 1 : 0, x) * by(i, turned ? 0 : 1, y)), b);
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
