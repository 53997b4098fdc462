// Placement carried out: the tensor that addresses alone would make of others.

import { nth } from '../base/invariant.js';
import type { Placement } from '../model/workload/network-graph.js';
import type { Numbers } from './numbers.js';
import { countOf, stepsOf, walked } from './numbers.js';

/** The tensor `output` (its place among the outputs) of this shape. */
export function placed(
  placement: Placement,
  output: number,
  inputs: readonly Numbers[],
  shape: readonly number[],
): Numbers {
  const x = nth(inputs, 0);
  const steps = stepsOf(x.shape);
  switch (placement.kind) {
    case 'reshape':
      return { shape, values: x.values };
    case 'transpose':
      return {
        shape,
        values: walked(
          x.values,
          shape,
          0,
          placement.order.map((axis) => nth(steps, axis)),
        ),
      };
    case 'split':
      return {
        shape,
        values: walked(x.values, shape, nth(placement.offsets, output) * nth(steps, placement.axis), steps),
      };
    case 'slice': {
      const start = placement.starts.reduce((n, at, axis) => n + at * nth(steps, axis), 0);
      const by = placement.steps.map((step, axis) => step * nth(steps, axis));
      return { shape, values: walked(x.values, shape, start, by) };
    }
    case 'concat':
      return joined(inputs, placement.axis, shape);
  }
}

function joined(parts: readonly Numbers[], axis: number, shape: readonly number[]): Numbers {
  const values = new Float64Array(countOf(shape));
  const outer = countOf(shape.slice(0, axis));
  const line = countOf(shape.slice(axis));
  let offset = 0;
  for (const part of parts) {
    const length = countOf(part.shape.slice(axis));
    for (let i = 0; i < outer; i++) values.set(part.values.subarray(i * length, (i + 1) * length), i * line + offset);
    offset += length;
  }
  return { shape, values };
}
