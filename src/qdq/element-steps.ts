// Additions, multiplications, scales and upsampling in QDQ.

import { got, nth } from '../base/invariant.js';
import type {
  AdditionStep,
  MultiplicationStep,
  Operand,
  ScaleStep,
  UpsamplingStep,
} from '../model/workload/network-graph.js';
import type { GraphIntegers, StepIntegers } from '../reference/integer-arithmetic.js';
import { weightKey } from '../reference/integer-arithmetic.js';
import { ratio } from './file-builder.js';
import { scaled } from './layer-steps.js';
import type { Values } from './qdq-values.js';

const operand = (v: Values, x: Operand, i: number, { weights }: GraphIntegers, by: number): string =>
  x.kind === 'tensor' ? v.read(x.name, by) : v.weights(got(weights, weightKey(i, x)), x.value, [by]);

export function additionStep(v: Values, step: AdditionStep, i: number, own: StepIntegers, all: GraphIntegers): void {
  const output = nth(step.outputs, 0);
  const { scale, second, shift, bias } = nth(own.channels, 0);
  const factors = [ratio({ scale, shift }), ratio({ scale: second, shift })] as const;
  const [a, b] = step.operands.map((x, at) => operand(v, x, i, all, Math.abs(nth(factors, at))));
  const put = (operator: string, ...values: (string | undefined)[]) =>
    v.file.put(
      operator,
      values.map((x) => x ?? ''),
      output,
    );
  const [first, other] = factors.map((f) => f >= 0);
  const sum = first ? put(other ? 'Add' : 'Sub', a, b) : other ? put('Sub', b, a) : put('Neg', put('Add', a, b));
  v.write(output, scaled(v, output, sum, [1], [bias * factors[0]], []), own);
}

export function multiplicationStep(
  v: Values,
  step: MultiplicationStep,
  i: number,
  own: StepIntegers,
  all: GraphIntegers,
): void {
  const output = nth(step.outputs, 0);
  const [a, b] = step.operands;
  const channel = nth(own.channels, 0);
  const values = [operand(v, a, i, all, 1), operand(v, b, i, all, Math.abs(ratio(channel)))];
  const made = v.file.put('Mul', values, output);
  v.write(output, channel.scale < 0 ? v.file.put('Neg', [made], output) : made, own);
}

export function scaleStep(v: Values, step: ScaleStep, own: StepIntegers): void {
  const [input, output] = [nth(step.inputs, 0), nth(step.outputs, 0)];
  const { axis } = step;
  const behind =
    axis === null
      ? []
      : v
          .shape(input)
          .slice(axis + 1)
          .map(() => 1);
  const biases = own.channels.map((c) => c.bias);
  v.write(output, scaled(v, output, v.read(input), own.channels.map(ratio), biases, behind), own);
}

export function upsamplingStep(v: Values, { inputs, outputs, factor: [down, across] }: UpsamplingStep): void {
  const [input, output] = [nth(inputs, 0), nth(outputs, 0)];
  const by = v.shape(input).length === 3 ? [1, 1, across] : [1, 1, down, across];
  const scales = v.file.reals(`${output}.scales`, [by.length], by);
  const attributes = { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' };
  v.write(output, v.file.put('Resize', [v.read(input), '', scales], output, attributes));
}
