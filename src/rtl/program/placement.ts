// Where the tensors of a layer lie in DRAM.

import type { Mapping } from '../../model/mapping/mapping.js';
import type { Layer } from '../../model/workload/layer.js';
import { hasResidual, packedIn } from '../../model/workload/layer.js';
import { folded } from '../../model/workload/folds.js';
import { partOf, whole } from '../../model/workload/layer-parts.js';
import type { Hardware } from '../hardware.js';
import type { Image, WeightImage } from './image.js';
import { inputImage, outputImage, weightImage } from './image.js';
import type { Extents } from './nests.js';
import { nestsOf, tileExtents } from './nests.js';
import type { ResidentPlaces } from './region.js';

export interface Placement {
  readonly input: Image;
  readonly weights: WeightImage;
  readonly output: Image;
  /** Of a layer that has one. A stride of 0 repeats it. */
  readonly residual?: Image;
  /** What lies in the global buffer whole, where its image in DRAM is not used, or moves tiles out of the way. */
  readonly resident?: ResidentPlaces;
}

/** Of the padded layer, folded and its groups in blocks: in parts, all of them side by side and the padding of the last. */
export function paddedExtents(layer: Layer, mapping: Mapping): Extents {
  const { all } = tileExtents(nestsOf(mapping));
  const { parts = whole } = mapping;
  const { bounds } = partOf(layer, parts);
  return { ...all, G: (parts.G - 1) * bounds.G + all.G, K: (parts.K - 1) * bounds.K + all.K };
}

/** Where the weights of a layer begin at a word: packed, if the machine takes them so. */
export function weightsAt(
  base: number,
  layer: Layer,
  mapping: Mapping,
  { packed }: Pick<Hardware, 'packed'>,
): WeightImage {
  const own = packedIn(packed, layer);
  const vector = own && nestsOf(mapping).vector;
  return weightImage(
    base,
    paddedExtents(layer, mapping),
    own && vector !== undefined ? { bits: own.wordBits, vector } : undefined,
  );
}

/** Places with the sizes of the padded layer; without bases the output lies behind the input and a residual behind the output, as large. */
export function placeLayer(
  h: Pick<Hardware, 'packed'>,
  layer: Layer,
  mapping: Mapping,
  bases: { readonly input: number; readonly weights: number; readonly output?: number; readonly residual?: number },
): Placement {
  const all = paddedExtents(layer, mapping);
  const input = inputImage(bases.input, folded(layer, mapping.parts?.fold), all);
  const output = outputImage(bases.output ?? bases.input + input.words, all, poolOf(layer));
  return {
    input,
    weights: weightsAt(bases.weights, layer, mapping, h),
    output,
    ...(hasResidual(layer) && { residual: { ...output, base: bases.residual ?? output.base + output.words } }),
  };
}

export const poolOf = (layer: Layer): { readonly P: number; readonly Q: number } => layer.pool ?? { P: 1, Q: 1 };
