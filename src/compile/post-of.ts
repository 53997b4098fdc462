// What becomes of a run's sums, as the registers of post-processing want it.

import { nth } from '../base/invariant.js';
import type { PostProcessing } from '../rtl/program/post-registers.js';
import type { MachineRun } from './lowered.js';

export function postOf({ layer, finish }: MachineRun): PostProcessing {
  const count = layer.bounds.G * layer.bounds.K;
  const first = nth(finish.channels, 0);
  const bias = Array.from({ length: count }, (_, k) => nth(finish.channels, finish.channels.length === 1 ? 0 : k).bias);
  return { bias, scale: first.scale, shift: first.shift, relu: finish.low === 0 };
}
