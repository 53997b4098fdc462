// What is told of each layer of a quantized network (bits, clips, corrections, accumulator, noise) and of each tensor: how its
// numbers lie, and where words end.

import { got, nth } from '../base/invariant.js';
import type { NetworkGraph } from '../model/workload/network-graph.js';
import type { Noise } from '../quantize/noise.js';
import { multiplied } from '../quantize/quantize-options.js';
import type { Quantized } from '../quantize/quantized.js';
import { wordRangeOf } from '../quantize/quantized.js';
import type { SumRange } from '../quantize/sum-ranges.js';
import { sumRanges } from '../quantize/sum-ranges.js';
import type { Made } from '../results/quantize-result.js';

export const rangesIn = (graph: NetworkGraph, made: Quantized): readonly SumRange[] =>
  sumRanges(graph, made.integers, wordRangeOf(made));

interface Told {
  readonly ranges: readonly SumRange[];
  /** Steps that 32-bit real numbers do not compute exactly for every input. */
  readonly errors: ReadonlyMap<number, number>;
  readonly noise: readonly Noise[];
}

/** In the order of the network. */
export function tensorsIn(made: Quantized): NonNullable<Made['tensors']> {
  const { words, scales, histograms } = made;
  const range = wordRangeOf(made);
  return [...(histograms ?? [])].map(([name, { width, counts }]) => ({
    name,
    bits: words.tensorBits?.get(name) ?? words.bits ?? 8,
    unsigned: words.unsigned?.has(name) ?? false,
    scale: got(scales, name),
    clip: got(scales, name) * range(name)[1],
    width,
    counts: [...counts],
  }));
}

export function layersIn(graph: NetworkGraph, made: Quantized, { ranges, errors, noise }: Told): Made['layers'] {
  const { words, scales, largest, corrections } = made;
  const range = wordRangeOf(made);
  const decibels = new Map(noise.map((n) => [n.tensor, n.decibels]));
  return graph.steps.flatMap((step, i) => {
    if (step.kind !== 'layer') return [];
    const output = nth(step.outputs, 0);
    const inputs = multiplied(step);
    const bitsOf = (tensor: string) => words.tensorBits?.get(tensor) ?? words.bits ?? 8;
    const sums = ranges.find((r) => r.step === i);
    const loud = decibels.get(output);
    const error = errors.get(i);
    return [
      {
        name: step.name,
        weightBits: words.stepWeightBits?.get(i) ?? words.weightBits ?? bitsOf(output),
        activationBits: inputs.reduce((n, name) => Math.max(n, bitsOf(name)), 0),
        unsigned: inputs.some((name) => words.unsigned?.has(name)),
        clip: got(scales, output) * range(output)[1],
        largest: largest.get(output) ?? 0,
        ...(corrections.has(i) && { correction: got(corrections, i) }),
        ...(sums && { sums: { min: sums.min, max: sums.max, bits: sums.bits } }),
        exact: error === undefined,
        // Rounded, two numbers are no farther apart than the next whole number says.
        ...(error !== undefined && { off: Math.max(1, Math.ceil(error)) }),
        ...(loud !== undefined && Number.isFinite(loud) && { decibels: loud }),
      },
    ];
  });
}
