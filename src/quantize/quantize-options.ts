// How a network is quantized: bits of words, how scales are chosen, and what is done against errors of few bits.

import type { Diagnostic, Parsed } from '../base/diagnostics.js';
import { parsed, refused } from '../base/diagnostics.js';
import { nth } from '../base/invariant.js';
import { unknownName } from '../base/text.js';
import type { LayerStep, NetworkGraph } from '../model/workload/network-graph.js';
import { sharedWords } from '../model/workload/shared-words.js';
import type { ClipMethod } from './sizes.js';

export const granularities = ['channel', 'tensor'] as const;
export type Granularity = (typeof granularities)[number];

/** Bits of a layer's weights, and of the activations that it reads. */
export interface Precision {
  readonly weightBits: number;
  readonly bits: number;
}

/** How a network is quantized: bits, how scales are chosen, and what is done against errors of few bits (docs/accuracy.md). */
export interface QuantizeOptions extends Precision {
  /** Of single layers, by the names of their steps. */
  readonly layerBits?: ReadonlyMap<string, Precision>;
  /** How the largest weight of each channel, or layer, is chosen, and the largest number of each tensor. */
  readonly weights: ClipMethod;
  readonly activations: ClipMethod;
  /** What has a scale of its own: the weights of an output channel, or all of a layer. */
  readonly granularity: Granularity;
  /** Whether tensors that are never negative have words from 0 on; inputs of which no sample is negative are among them. */
  readonly unsigned: boolean;
  /** Whether what a channel of a layer errs on average goes into its bias (`bias-correction.ts`). */
  readonly biasCorrection: boolean;
  /** Whether channels between two layers are made alike in size (`equalization.ts`). */
  readonly equalize: boolean;
}

/** Bits of everything that has others than those of the network. */
export interface Widths {
  readonly tensorBits: ReadonlyMap<string, number>;
  /** By the place of the step. */
  readonly stepWeightBits: ReadonlyMap<number, number>;
}

/** Tensors that a layer multiplies; a residual is none. */
export const multiplied = (step: LayerStep): readonly string[] =>
  step.run.kind === 'product'
    ? [step.run.left, step.run.right].flatMap((x) => (x.kind === 'tensor' ? [x.name] : []))
    : [
        nth(step.inputs, 0),
        ...(step.run.kind === 'convolution' && step.run.weights.kind === 'tensor' ? [step.run.weights.name] : []),
      ];

/**
 * Bits of every tensor and of every step's weights. A tensor is as wide as the widest of the layers that multiply it asks, and as
 * the network says where none does; tensors with words in common are one. Refused where `layerBits` names what is no layer.
 */
export function widthsOf(graph: NetworkGraph, { bits, layerBits }: QuantizeOptions): Parsed<Widths> {
  const names = graph.steps.flatMap((s) => (s.kind === 'layer' ? [s.name] : []));
  const faults = [...(layerBits?.keys() ?? [])].flatMap((name): readonly Diagnostic[] =>
    names.includes(name)
      ? []
      : [{ code: 'unknown-name', path: [], message: unknownName(`layer of ${graph.name}`, name, names) }],
  );
  if (faults.length > 0) return refused(faults);
  const root = sharedWords(graph);
  const asked = new Map<string, number>();
  const stepWeightBits = new Map<number, number>();
  for (const [i, step] of graph.steps.entries()) {
    if (step.kind !== 'layer') continue;
    const own = layerBits?.get(step.name);
    if (own) stepWeightBits.set(i, own.weightBits);
    for (const name of multiplied(step)) asked.set(root(name), Math.max(asked.get(root(name)) ?? 0, own?.bits ?? bits));
  }
  const tensorBits = new Map(
    graph.tensors.flatMap(({ name }) => {
      const n = asked.get(root(name)) ?? bits;
      return n === bits ? [] : [[name, n] as const];
    }),
  );
  return parsed({ tensorBits, stepWeightBits });
}

/** `w4a8`: weights of 4 bits, activations of 8. */
export const precisionText = ({ weightBits, bits }: Precision): string => `w${weightBits}a${bits}`;
export function precisionIn(text: string): Precision | undefined {
  const [, weightBits, bits] = /^w(\d+)a(\d+)$/.exec(text) ?? [];
  return weightBits === undefined || bits === undefined
    ? undefined
    : { weightBits: Number(weightBits), bits: Number(bits) };
}
