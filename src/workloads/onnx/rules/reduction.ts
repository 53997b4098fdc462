// Shape rules of operators that reduce axes or normalise over them.

import { defined } from '../../../base/invariant.js';
import type { Rule } from '../operation.js';
import { allOf, has, listOf, numberOf, shapeOf } from '../operation.js';
import type { Known } from '../value.js';
import { axisIn, fault, printSizes, valueOf } from '../value.js';

/** Shape arithmetic uses sums, products and extremes of whole lists. */
const reduce =
  (fold?: (a: number, b: number) => number): Rule =>
  (op) => {
    const x = shapeOf(op, 0);
    if (x === undefined) return undefined;
    const keep = numberOf(op, 'keepdims', 1) === 1;
    const given = listOf(op, 'axes', 1);
    if (given === undefined && has(op, 1)) return keep ? [valueOf(x.map(() => undefined))] : undefined;
    const none = given === undefined || given.length === 0;
    if (none && numberOf(op, 'noop_with_empty_axes', 0) === 1) return [valueOf(x)];
    const axes = none ? x.map((_, i) => i) : given.map((a) => axisIn(a, x.length));
    if (axes.includes(undefined))
      return fault(`the axes ${printSizes(defined(given))} are not all in ${printSizes(x)}`);
    const shape = keep ? x.map((d, i) => (axes.includes(i) ? 1 : d)) : x.filter((_, i) => !axes.includes(i));
    const numbers = allOf(op, 0);
    const data = fold && numbers && numbers.length > 0 && axes.length === x.length ? [numbers.reduce(fold)] : undefined;
    return [valueOf(shape, data, op.inputs[0]!.whole)];
  };

const argument: Rule = (op) => {
  const x = shapeOf(op, 0);
  if (x === undefined) return undefined;
  const axis = axisIn(numberOf(op, 'axis', 0), x.length);
  if (axis === undefined) return fault(`axis ${numberOf(op, 'axis', 0)} is not in ${printSizes(x)}`);
  return [
    valueOf(numberOf(op, 'keepdims', 1) === 1 ? x.map((d, i) => (i === axis ? 1 : d)) : x.filter((_, i) => i !== axis)),
  ];
};

/** Mean and deviation come out with the normalised axes as 1. */
const layerNormalization: Rule = (op) => {
  const x = shapeOf(op, 0);
  if (x === undefined) return undefined;
  const axis = axisIn(numberOf(op, 'axis', -1), x.length);
  if (axis === undefined) return fault(`axis ${numberOf(op, 'axis', -1)} is not in ${printSizes(x)}`);
  const statistics = x.map((d, i) => (i >= axis ? 1 : d));
  return op.node.outputs.map((_, i) => valueOf(i === 0 ? x : statistics));
};

const batchNormalization: Rule = (op) => {
  const x = shapeOf(op, 0);
  if (x === undefined) return undefined;
  const channels: Known = x[1];
  for (let i = 1; i < op.inputs.length; i++) {
    const size = shapeOf(op, i)?.[0];
    if (size !== undefined && channels !== undefined && size !== channels)
      return fault(`${channels} channels but ${size} entries in input ${i}`);
  }
  return op.node.outputs.map((_, i) => valueOf(i === 0 ? x : [channels]));
};

const names = ['ReduceMean', 'ReduceL1', 'ReduceL2', 'ReduceLogSum', 'ReduceLogSumExp', 'ReduceSumSquare'] as const;

export const reductionRules: Readonly<Record<string, Rule>> = {
  ...Object.fromEntries(names.map((name) => [name, reduce()])),
  ReduceSum: reduce((a, b) => a + b),
  ReduceProd: reduce((a, b) => a * b),
  ReduceMax: reduce((a, b) => Math.max(a, b)),
  ReduceMin: reduce((a, b) => Math.min(a, b)),
  ArgMax: argument,
  ArgMin: argument,
  LayerNormalization: layerNormalization,
  BatchNormalization: batchNormalization,
};
