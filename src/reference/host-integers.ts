// What the host needs of a step in words: its weights, which stay numbers, and what the words of its tensors stand for.

import { got } from '../base/invariant.js';
import type { HostStep } from '../model/workload/network-graph.js';
import { hostWeights } from '../model/workload/network-graph.js';
import { movedTensor } from '../model/workload/shared-words.js';
import type { HostScales } from './host-words.js';
import { weightKey } from './integer-arithmetic.js';
import type { Numbers } from './numbers.js';
import type { RealWeights } from './real-arithmetic.js';

/** `i` is the place of the step. */
export function keepNumbers(step: HostStep, i: number, real: RealWeights, into: Map<string, Numbers>): void {
  for (const w of hostWeights(step)) into.set(weightKey(i, w), { shape: w.shape, values: got(real, w.value) });
}

/** Where words only move they stand for what they are. */
export function hostScales(step: HostStep, result: number, scaleOf: (tensor: string) => number): HostScales {
  const operands = step.work?.operands ?? [];
  if (movedTensor(step) !== undefined) return { operands: operands.map(() => 1), result: 1 };
  return { operands: operands.map((x) => (x.kind === 'tensor' ? scaleOf(x.name) : 1)), result };
}
