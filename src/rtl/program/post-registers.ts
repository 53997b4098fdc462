// What happens to a finished sum, and the values that the hardware has room for.

import type { Diagnostic } from '../../base/diagnostics.js';
import type { Layer } from '../../model/workload/layer.js';
import type { Hardware } from '../hardware.js';
import { scaleBits, shiftBits } from '../hardware.js';

/** `bias` by group, then output channel, for the unpadded layer, zeros where it has none. */
export interface PostProcessing {
  readonly bias: readonly number[];
  readonly scale: number;
  readonly shift: number;
  readonly relu: boolean;
}

/** What passes sums on as they are: bias, scale and shift are the trained network's to give. */
export const neutralPost = (layer: Layer): PostProcessing => ({
  bias: Array.from({ length: layer.bounds.G * layer.bounds.K }, () => 0),
  scale: 1,
  shift: 0,
  relu: false,
});

export const maxScale = 2 ** scaleBits - 1;
export const maxShift = 2 ** shiftBits - 1;

/** What the registers cannot hold, each with what they can. */
export function postFaults(
  h: Pick<Hardware, 'sumBits'>,
  layer: Layer,
  { bias, scale, shift }: PostProcessing,
): readonly Diagnostic[] {
  const faults: Diagnostic[] = [];
  const report = (field: string, message: string) =>
    faults.push({ code: 'out-of-range', path: [layer.name, field], message });
  const within = (field: string, value: number, max: number) => {
    if (!Number.isInteger(value) || value < 0 || value > max)
      report(field, `the ${field} of post-processing is ${value}; expected a whole number from 0 to ${max}`);
  };
  within('scale', scale, maxScale);
  within('shift', shift, maxShift);
  const channels = layer.bounds.G * layer.bounds.K;
  if (bias.length !== channels) report('bias', `${bias.length} biases for ${channels} output channels`);
  const limit = 2 ** (h.sumBits - 1);
  const wrong = bias.findIndex((b) => !Number.isInteger(b) || b < -limit || b >= limit);
  if (wrong >= 0)
    report(
      'bias',
      `the bias of output channel ${wrong} is ${bias[wrong]}; sums have ${h.sumBits} bits, ` +
        `so expected a whole number from ${-limit} to ${limit - 1}`,
    );
  return faults;
}
