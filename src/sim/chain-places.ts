// Where the images of a chain of layers lie in one DRAM: what a layer writes is what the next
// one reads, wherever that can be.

import { defined, nth } from '../base/invariant.js';
import type { Layer } from '../model/workload/layer.js';
import { joinedLayer, whole } from '../model/workload/layer-parts.js';
import type { Mapping } from '../model/mapping/mapping.js';
import type { Hardware } from '../rtl/hardware.js';
import type { Image, WeightImage } from '../rtl/program/image.js';
import { denseImage, imageRows, inputImage, outputImage } from '../rtl/program/image.js';
import type { Extents } from '../rtl/program/nests.js';
import type { Placement } from '../rtl/program/placement.js';
import { inputExtents, paddedExtents, poolOf, weightsAt } from '../rtl/program/placement.js';
import type { Link } from './follow.js';
import { outputShape } from './tensor.js';

export interface Placed {
  readonly layer: Layer;
  readonly mapping: Mapping;
}

/** Images between two layers: written by one, read by the other. */
interface Joint {
  readonly output: Image;
  readonly input: Image;
  /** The two differ: the host copies. */
  readonly repacked: boolean;
  /** Words from the base that was asked for to the end of what is written or read. */
  readonly words: number;
}

export interface ChainPlaces {
  readonly layers: readonly Placement[];
  /** Whether the host copies the input of a layer from where the layer before has put it. */
  readonly repacked: readonly boolean[];
  /** Words of the DRAM of activations and of that of weights. */
  readonly activations: number;
  readonly weights: number;
}

/**
 * `links[i]` is between layers i and i + 1; `gap` gives the words to leave free before an
 * image; a beat has `beat` words.
 */
export function placeChain(
  placed: readonly Placed[],
  links: readonly Link[],
  gap: () => number,
  h: Hardware,
): ChainPlaces {
  const beat = Math.max(h.vector, h.lanes);
  const extents = placed.map((l) => paddedExtents(l.layer, l.mapping));
  const layers = placed.map(({ layer, mapping }) => joinedLayer(layer, mapping.parts ?? whole));
  const reads = placed.map((l) => inputExtents(l.layer, l.mapping));
  let [end, weightEnd] = [0, 0];
  const take = (words: number) => (end += words);
  const weights = placed.map(({ layer, mapping }): WeightImage => {
    const image = weightsAt(weightEnd + gap(), layer, mapping, h);
    weightEnd = image.base + image.words;
    return image;
  });
  const first = inputImage(take(gap()), nth(layers, 0), nth(reads, 0));
  take(first.words);
  const joints = links.map((link, i): Joint => {
    const isFolded = nth(placed, i + 1).mapping.parts?.fold !== undefined;
    const [from, to] = [nth(layers, i), nth(layers, i + 1)];
    const found = joint(take(gap()), link, from, nth(extents, i), to, nth(reads, i + 1), isFolded);
    take(found.words);
    return found;
  });
  const last = outputImage(take(gap()), defined(extents.at(-1)), poolOf(defined(layers.at(-1))));
  take(last.words);
  return {
    layers: layers.map((_, i) => ({
      input: joints[i - 1]?.input ?? first,
      weights: nth(weights, i),
      output: joints[i]?.output ?? last,
    })),
    repacked: layers.map((_, i) => joints[i - 1]?.repacked ?? false),
    activations: end + beat,
    weights: weightEnd + beat,
  };
}

function joint(
  base: number,
  link: Link,
  from: Layer,
  written: Extents,
  to: Layer,
  read: Extents,
  isFolded: boolean,
): Joint {
  const found = link.kind === 'flat' ? flattened(base, from, written, to) : bordered(base, link, from, written, to);
  const shared = isFolded ? undefined : found;
  if (shared) return { ...shared, repacked: false, words: Math.max(shared.words, wordsRead(shared.input, to, read)) };
  const output = outputImage(base, written, poolOf(from));
  const input = inputImage(base + output.words, to, read);
  return { output, input, repacked: true, words: output.words + input.words };
}

type Shared = Pick<Joint, 'output' | 'input' | 'words'>;

/** The output in the interior of an image of zeros. */
function bordered(
  base: number,
  link: Link & { kind: 'image' },
  from: Layer,
  written: Extents,
  to: Layer,
): Shared | undefined {
  const { G, K, C } = { ...from.bounds, C: to.bounds.C };
  const [, , , y, x] = outputShape(from) as [number, number, number, number, number];
  const plain = outputImage(base, written, poolOf(from));
  const rows = {
    y: imageRows(to.bounds.Q, to.bounds.S, to.stride.Q, to.dilation.S),
    x: imageRows(to.bounds.P, to.bounds.R, to.stride.P, to.dilation.R),
  };
  // Padding of the mapping would be written over the border behind the image.
  if (plain.shape.x > x && rows.x > link.left + x) return undefined;
  if (plain.shape.y > y && rows.y > link.top + y) return undefined;
  // Other groups mean another split of the channels, which must lie without gaps then.
  const regrouped = to.bounds.G !== G;
  if (regrouped && G > 1 && plain.g !== K) return undefined;
  const whole = denseImage(base, {
    ...plain.shape,
    y: Math.max(rows.y, link.top + plain.shape.y),
    x: Math.max(rows.x, link.left + plain.shape.x),
  });
  const inset = link.top * whole.y + link.left * whole.x;
  const output = { ...whole, base: base + inset, words: whole.words - inset, shape: plain.shape };
  return { output, input: regrouped ? { ...whole, g: C } : whole, words: whole.words };
}

/** The channels of a flattened image are all its words in the order in which they lie, if they lie without gaps. */
function flattened(base: number, from: Layer, written: Extents, to: Layer): Shared | undefined {
  const [, g, k, y, x] = outputShape(from) as [number, number, number, number, number];
  const output = outputImage(base, written, poolOf(from));
  const dense = (g === 1 || output.g === k) && (x === 1 || output.x === g * k) && (y === 1 || output.y === x * g * k);
  // A block that is filled up with channels that no layer has leaves a gap too.
  if (!dense || g * k * y * x !== to.bounds.C) return undefined;
  const columns = to.bounds.P;
  const shape = { n: to.bounds.N, y: 1, x: columns, g: 1, c: to.bounds.C };
  return {
    output,
    input: { ...output, c: 1, g: to.bounds.C, x: output.n, y: output.n * columns, n: output.n * columns, shape },
    words: output.words,
  };
}

/** Padding of the reading layer reaches beyond its input: what lies there does not matter, but it must be memory. */
function wordsRead(image: Image, layer: Layer, all: Extents): number {
  const y = imageRows(all.Q, all.S, layer.stride.Q, layer.dilation.S);
  const x = imageRows(all.P, all.R, layer.stride.P, layer.dilation.R);
  return (
    (all.N - 1) * image.n + (y - 1) * image.y + (x - 1) * image.x + (all.G - 1) * image.g + (all.C - 1) * image.c + 1
  );
}
