// Where the tensors of a layer lie in DRAM.

import type { Mapping } from '../../model/mapping/mapping.js';
import type { Layer } from '../../model/workload/layer.js';
import { hasResidual, packedIn } from '../../model/workload/layer.js';
import { folded } from '../../model/workload/folds.js';
import { partOf, productsAtOnce, rewritten, whole } from '../../model/workload/layer-parts.js';
import type { Hardware } from '../hardware.js';
import type { Image, WeightImage } from './image.js';
import { inputImage, outputImage, weightImage } from './image.js';
import type { Extents } from './nests.js';
import { nestsOf, tileExtents } from './nests.js';
import type { ResidentPlaces } from './region.js';

/** Where the tensors of a layer lie in DRAM: word addresses as sums of index x stride. */
export interface Placement {
  readonly input: Image;
  readonly weights: WeightImage;
  readonly output: Image;
  /** Of a layer that has one. A stride of 0 repeats it. */
  readonly residual?: Image;
  /** What lies in the global buffer whole, where its image in DRAM is not used, or moves tiles out of the way. */
  readonly resident?: ResidentPlaces;
  /** Where words of the input go from 0 on: halves of them have no sign then. */
  readonly natural?: boolean;
}

/** Of the padded layer, folded and its groups in blocks: in parts, all of them side by side and the padding of the last. */
export function paddedExtents(layer: Layer, mapping: Mapping): Extents {
  const { all } = tileExtents(nestsOf(mapping));
  const { parts = whole } = mapping;
  const { bounds } = partOf(layer, parts);
  return { ...all, G: (parts.G - 1) * bounds.G + all.G, K: (parts.K - 1) * bounds.K + all.K };
}

/** The same with all input channels, two of which are in each word of a split layer. */
export function inputExtents(layer: Layer, mapping: Mapping): Extents {
  const all = paddedExtents(layer, mapping);
  return { ...all, C: productsAtOnce(mapping.parts ?? whole) * all.C };
}

/** Where the weights of a layer begin at a word: packed, if the machine takes them so, or in pairs, if it is split. */
export function weightsAt(
  base: number,
  layer: Layer,
  mapping: Mapping,
  h: Pick<Hardware, 'packed' | 'split'>,
): WeightImage {
  const run = rewritten(layer, mapping.parts ?? whole);
  const [packed, split] = [packedIn(h.packed, run), run.split ? h.split : undefined];
  const { vector } = nestsOf(mapping);
  return weightImage(base, paddedExtents(layer, mapping), {
    ...(packed && { packed: { bits: packed.wordBits, vector } }),
    ...(split && { pairs: { bits: split.weightBits, vector } }),
  });
}

/**
 * Word addresses for the tensors of a layer, with the sizes of the padded layer; without bases the output lies behind the input
 * and a residual behind the output, as large.
 */
export function placeLayer(
  h: Pick<Hardware, 'packed' | 'split'>,
  layer: Layer,
  mapping: Mapping,
  bases: { readonly input: number; readonly weights: number; readonly output?: number; readonly residual?: number },
): Placement {
  const all = paddedExtents(layer, mapping);
  const input = inputImage(bases.input, folded(layer, mapping.parts?.fold), inputExtents(layer, mapping));
  const output = outputImage(bases.output ?? bases.input + input.words, all, poolOf(layer));
  return {
    input,
    weights: weightsAt(bases.weights, layer, mapping, h),
    output,
    ...(hasResidual(layer) && { residual: { ...output, base: bases.residual ?? output.base + output.words } }),
  };
}

export const poolOf = (layer: Layer): { readonly P: number; readonly Q: number } => layer.pool ?? { P: 1, Q: 1 };
