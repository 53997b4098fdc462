// Placement in QDQ: operators that only move words, each output on its own.

import { nth } from '../base/invariant.js';
import type { Placement } from '../model/workload/network-graph.js';
import type { Values } from './qdq-values.js';

/** Before the first element of an axis, for slices that go backwards to it. */
const beforeAll = -(2 ** 31);

export function placement(v: Values, p: Placement, output: string): void {
  const { file } = v;
  const parts = p.inputs.flatMap((x) => (x.kind === 'tensor' ? [x.name] : []));
  const input = v.read(nth(parts, 0));
  const shape = v.shape(output);
  const sliced = (starts: readonly number[], steps: readonly number[]) => {
    const ends = starts.map((start, axis) => {
      const end = start + nth(steps, axis) * nth(shape, axis);
      return end < 0 ? beforeAll : end;
    });
    const axes = starts.map((_, axis) => axis);
    return file.put('Slice', [input, ...[starts, ends, axes, steps].map((list) => file.sizes(list))], output);
  };
  const moved = (): string => {
    switch (p.kind) {
      case 'reshape':
        return file.put('Reshape', [input, file.sizes(shape)], output);
      case 'transpose':
        return file.put('Transpose', [input], output, { perm: p.order });
      case 'slice':
        return sliced(p.starts, p.steps);
      case 'split': {
        const offset = nth(p.offsets, p.outputs.indexOf(output));
        const zeros = shape.map((_, axis) => (axis === p.axis ? offset : 0));
        return sliced(
          zeros,
          shape.map(() => 1),
        );
      }
      case 'concat':
        return file.put(
          'Concat',
          parts.map((name) => v.read(name)),
          output,
          { axis: p.axis },
        );
    }
  };
  v.write(output, moved());
}
