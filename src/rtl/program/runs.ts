// The runs of a layer: one, or one for each of its parts, with the same mapping at other addresses.

import type { Layer } from '../../model/workload/layer.js';
import { hasBias } from '../../model/workload/layer.js';
import type { Mapping } from '../../model/mapping/mapping.js';
import { isWhole, partOf, rewritten, whole } from '../../model/workload/layer-parts.js';
import type { Accelerator } from '../accelerator.js';
import type { PostProcessing } from './post-registers.js';
import { channelsOf } from './post-registers.js';
import type { LayerProgram } from './layer-program.js';
import type { Image } from './image.js';
import type { Placement } from './placement.js';
import { layerProgram } from './layer-program.js';

/** In the order in which they must run: a part may write padding where the next one writes its outputs. */
export function layerPrograms(
  a: Accelerator,
  layer: Layer,
  { levels, parts = whole }: Mapping,
  placement: Placement,
  post: PostProcessing,
): readonly LayerProgram[] {
  if (isWhole(parts)) return [layerProgram(a, layer, { levels }, placement, post)];
  const part = partOf(layer, parts);
  const joined = rewritten(layer, parts);
  const { G, K } = part.bounds;
  return Array.from({ length: parts.G }, (_, i) => i * G).flatMap((g) =>
    Array.from({ length: parts.K }, (_, i) => i * K).map((k) =>
      layerProgram(a, part, { levels }, at(placement, g, k), postOf(joined, part, post, g, k)),
    ),
  );
}

const partAt = (image: Image, g: number, k: number): Image => ({
  ...image,
  base: image.base + g * image.g + k * image.c,
});

/** Where a part lies that begins with a group and an output channel. */
const at = ({ input, weights, output, residual, resident, natural }: Placement, g: number, k: number): Placement => ({
  input: { ...input, base: input.base + g * input.g },
  weights: { ...weights, base: weights.base + g * weights.g + k * weights.k },
  output: partAt(output, g, k),
  ...(residual && { residual: partAt(residual, g, k) }),
  // Whole images are beside layers of one run alone.
  ...(resident && { resident }),
  ...(natural && { natural }),
});

/**
 * Constants of the channels of a part. Beyond the layer, where the last part or block is filled up: no bias where each has
 * its own, else what the last one has.
 */
function postOf({ bounds }: Layer, part: Layer, post: PostProcessing, g: number, k: number): PostProcessing {
  const own = (xs: readonly number[], beyond: (last: number) => number): readonly number[] => {
    let last = xs[0] ?? 0;
    return Array.from({ length: channelsOf(part) }, (_, i) => {
      const [group, channel] = [g + Math.floor(i / part.bounds.K), k + (i % part.bounds.K)];
      const given = group < bounds.G && channel < bounds.K ? xs[group * bounds.K + channel] : undefined;
      return given === undefined ? beyond(last) : (last = given);
    });
  };
  const factors = (xs: readonly number[]) => (xs.length === 1 ? xs : own(xs, (last) => last));
  const bias = own(post.bias, hasBias(part) ? () => 0 : (last) => last);
  return { ...post, bias, scale: factors(post.scale), shift: factors(post.shift) };
}
