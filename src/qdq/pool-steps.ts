// Pools in QDQ: a maximum as it is, an average as sums times what each window divides by.

import { wordRange } from '../base/integers.js';
import { got, nth } from '../base/invariant.js';
import type { Padding, PoolStep } from '../model/workload/network-graph.js';
import type { Ratio, StepIntegers } from '../reference/integer-arithmetic.js';
import { planeOf } from '../reference/numbers.js';
import { windowsOver } from '../reference/pooling.js';
import { ratio } from './file-builder.js';
import type { Values } from './qdq-values.js';
import { windowed } from './windows.js';

export function poolStep(v: Values, step: PoolStep, integers: StepIntegers | undefined): void {
  const { window, global, mode } = step;
  const [input, output] = [nth(step.inputs, 0), nth(step.outputs, 0)];
  const shape = v.shape(input);
  const flat = shape.length === 3;
  const both = <T>(down: T, across: T): readonly T[] => (flat ? [across] : [down, across]);
  const { batch, channels, height, width } = planeOf(shape);
  const size = global ? { height: 1, width: 1 } : planeOf(v.shape(output));
  const [down, across] = window.kernel;
  const attributes = { kernel_shape: both(down, across), strides: both(...window.stride) };
  const reach = (axis: 0 | 1) => (nth(window.kernel, axis) - 1) * nth(window.dilation, axis) + 1;
  // As far as the last window looks, which may be beyond what the file pads.
  const beyond = (axis: 0 | 1, outputs: number, before: number, length: number) =>
    Math.max(0, (outputs - 1) * nth(window.stride, axis) + reach(axis) - length - before);
  const { top, left } = window.padding;
  const padding: Padding = {
    top,
    left,
    bottom: beyond(0, size.height, top, height),
    right: beyond(1, size.width, left, width),
  };
  const [least] = wordRange(v.file.bits, v.unsigned.has(input));
  const finish = (value: string) => {
    const made = [batch, channels, ...both(size.height, size.width)];
    const wanted = v.shape(output);
    const placed = made.join() === wanted.join() ? value : v.file.put('Reshape', [value, v.file.sizes(wanted)], output);
    v.write(output, placed, integers);
  };
  const dilations = both(...window.dilation);
  if (mode === 'max') {
    const smallest = Math.min(...both(down, across)) - 1;
    const { value, pads } = windowed(v.file, v.read(input), input, padding, both, least, smallest);
    finish(v.file.put('MaxPool', [value], output, { ...attributes, dilations, pads }));
    return;
  }
  const ratios = integers?.byDivisor ?? new Map<number, Ratio>();
  const divisors = windowsOver(step, { height, width }, size).map((w) => w.divisor);
  const factors = divisors.map((n) => ratio(got(ratios, n)));
  const { value, pads } = windowed(v.file, v.read(input), input, padding, both, 0);
  const kernel = [channels, 1, ...both(down, across)];
  const ones = { shape: kernel, values: new Float64Array(channels * down * across).fill(1) };
  const first = nth(factors, 0);
  const same = factors.every((f) => f === first);
  const weights = v.weights(ones, `${output}.ones`, same ? [first] : [1]);
  const sums = v.file.put('Conv', [value, weights], output, { ...attributes, dilations, pads, group: channels });
  const map = [1, 1, ...both(size.height, size.width)];
  finish(same ? sums : v.file.put('Mul', [sums, v.file.reals(`${output}.scale`, map, factors)], output));
}
