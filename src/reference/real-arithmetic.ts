// Steps in real numbers, as the network was trained: what scales are taken from, and what integers are held against.

import { defined, got, nth } from '../base/invariant.js';
import type { Affine, Epilogue, GraphStep, Weights } from '../model/workload/network-graph.js';
import { channelAxis } from '../model/workload/network-graph.js';
import { hostResult } from './host-functions.js';
import type { Numbers } from './numbers.js';
import { countOf } from './numbers.js';
import type { Arithmetic } from './run-graph.js';

/** The numbers of weights by their names in the file. */
export type RealWeights = ReadonlyMap<string, Float64Array>;

/** y = scale x + shift, of one channel. */
export interface Line {
  readonly scale: number;
  readonly shift: number;
}

/** What bias, scales and shifts come to, channel by channel. */
export function linesOf({ bias, affine = [] }: Epilogue, channels: number, weights: RealWeights): readonly Line[] {
  const at = (w: Weights | number, k: number): number => {
    if (typeof w === 'number') return w;
    const values = got(weights, w.value);
    return nth(values, values.length === 1 ? 0 : k);
  };
  const step = ({ scale, shift }: Line, a: Affine, k: number): Line => {
    switch (a.kind) {
      case 'batch-norm': {
        const by = at(a.scale, k) / Math.sqrt(at(a.variance, k) + a.epsilon);
        return { scale: scale * by, shift: (shift - at(a.mean, k)) * by + at(a.shift, k) };
      }
      case 'multiply':
        return { scale: scale * at(a.value, k), shift: shift * at(a.value, k) };
      case 'divide':
        return { scale: scale / at(a.value, k), shift: shift / at(a.value, k) };
      case 'add':
        return { scale, shift: shift + at(a.value, k) };
      case 'subtract':
        return { scale, shift: shift - at(a.value, k) };
      case 'subtract-from':
        return { scale: -scale, shift: at(a.value, k) - shift };
    }
  };
  return Array.from({ length: channels }, (_, k) =>
    affine.reduce((line, a) => step(line, a, k), { scale: 1, shift: bias ? at(bias, k) : 0 }),
  );
}

const clipped = ({ clip }: Epilogue, x: number): number =>
  Math.min(clip?.high ?? Infinity, Math.max(clip?.low ?? -Infinity, x));

/** Every element by what `of` says of it, its place and its channel. */
export function eachElement(
  x: Numbers,
  axis: number | null,
  of: (value: number, at: number, channel: number) => number,
) {
  const values = new Float64Array(x.values.length);
  const inner = axis === null ? values.length : countOf(x.shape.slice(axis + 1));
  const channels = axis === null ? 1 : nth(x.shape, axis);
  // The channel is the same along all axes behind its own.
  for (let from = 0, channel = 0; from < values.length; from += inner, channel = (channel + 1) % channels)
    for (let i = from; i < from + inner; i++) values[i] = of(x.values[i] ?? NaN, i, channel);
  return { shape: x.shape, values };
}

/** Steps in real numbers, in doubles, as the network was trained; for `runGraph`. `weights` are by their names in the file. */
export function realArithmetic(weights: RealWeights): Arithmetic {
  const limits = (step: GraphStep, x: Numbers): Numbers =>
    step.epilogue.clip ? eachElement(x, null, (v) => clipped(step.epilogue, v)) : x;
  return {
    operand: ({ value, shape }) => ({ shape, values: got(weights, value) }),
    has: ({ value, shape }) => weights.get(value)?.length === countOf(shape),
    layer(step, _, sums, residual) {
      const axis = channelAxis(step, sums.shape.length);
      const lines = linesOf(step.epilogue, axis === null ? 1 : nth(sums.shape, axis), weights);
      const { negative } = step.epilogue.residual ?? {};
      const [own, other] = [negative === 'sums' ? -1 : 1, negative === 'residual' ? -1 : 1];
      return eachElement(sums, axis, (v, i, k) => {
        const { scale, shift } = nth(lines, k);
        return clipped(step.epilogue, own * (v * scale + shift) + (residual ? other * nth(residual.values, i) : 0));
      });
    },
    addition: (step, _, a, b) =>
      eachElement(a, null, (v, i) => clipped(step.epilogue, step.signs[0] * v + step.signs[1] * nth(b.values, i))),
    multiplication: (step, _, a, b) => eachElement(a, null, (v, i) => clipped(step.epilogue, v * nth(b.values, i))),
    scale(step, _, x) {
      const lines = linesOf(step.epilogue, step.axis === null ? 1 : nth(x.shape, step.axis), weights);
      return eachElement(x, step.axis, (v, _at, k) =>
        clipped(step.epilogue, v * nth(lines, k).scale + nth(lines, k).shift),
      );
    },
    average: () => (sum, divisor) => sum / divisor,
    limits: (step, _, x) => limits(step, x),
    host: ({ work }, _, operands, shape) => hostResult(defined(work).function, operands, shape),
  };
}
