// Tensors in DRAM: word addresses as affine functions of the indices.

import { nth } from '../../base/invariant.js';
import { inBlocks } from '../../model/workload/block-diagonal.js';
import { foldedChannel, unfolded } from '../../model/workload/folds.js';
import type { Rewriting } from '../../model/workload/layer-parts.js';
import type { Layer } from '../../model/workload/layer.js';
import type { Extents } from './nests.js';

/** Feature maps lie as n y x g c: channels innermost, so that a vector is contiguous. */
export interface Image {
  readonly base: number;
  readonly n: number;
  readonly y: number;
  readonly x: number;
  readonly g: number;
  readonly c: number;
  /** Words from the base to the end. */
  readonly words: number;
  readonly shape: {
    readonly n: number;
    readonly y: number;
    readonly x: number;
    readonly g: number;
    readonly c: number;
  };
}

export function denseImage(base: number, shape: Image['shape']): Image {
  const g = shape.c;
  const x = g * shape.g;
  const y = x * shape.x;
  const n = y * shape.y;
  return { base, c: 1, g, x, y, n, words: n * shape.n, shape };
}

/** Rows of a padded image under all of a layer's windows. */
export const imageRows = (p: number, r: number, stride: number, dilation: number): number =>
  (p - 1) * stride + (r - 1) * dilation + 1;

/** The input of a layer, large enough for its padded bounds. */
export const inputImage = (base: number, layer: Layer, all: Extents): Image =>
  denseImage(base, {
    n: all.N,
    y: imageRows(all.Q, all.S, layer.stride.Q, layer.dilation.S),
    x: imageRows(all.P, all.R, layer.stride.P, layer.dilation.R),
    g: all.G,
    c: all.C,
  });

/** The output of a layer, padded positions included. */
export const outputImage = (base: number, all: Extents, pool: { readonly P: number; readonly Q: number }): Image =>
  denseImage(base, { n: all.N, y: all.Q / pool.Q, x: all.P / pool.P, g: all.G, c: all.K });

/** Weights lie as g k r s c, with the padded bounds; padding is zero. */
export interface WeightImage {
  readonly base: number;
  readonly g: number;
  readonly k: number;
  readonly r: number;
  readonly s: number;
  readonly c: number;
  readonly words: number;
  /** Where they lie packed: so many bits of each, a vector of them from the beginning of a word on. */
  readonly packed?: Packing;
  /** Where each word is two of so many bits, of channels that lie a vector apart. */
  readonly pairs?: Packing;
}

/** So many bits of each weight, and weights of a vector. */
interface Packing {
  readonly bits: number;
  readonly vector: number;
}

/** Of a split layer `all` counts pairs. */
export function weightImage(
  base: number,
  all: Extents,
  { packed, pairs }: Pick<WeightImage, 'packed' | 'pairs'> = {},
): WeightImage {
  const s = packed ? (all.C / packed.vector) * wordsOf(packed) : all.C;
  const r = s * all.S;
  const k = r * all.R;
  const g = k * all.K;
  return { base, c: 1, s, r, k, g, words: g * all.G, ...(packed && { packed }), ...(pairs && { pairs }) };
}

/** Weights in a word. */
const toAWord = 2;
const wordsOf = ({ vector }: Packing): number => Math.ceil(vector / toAWord);

/** Words from one vector of so many input channels to the next. */
export const vectorWords = ({ c, packed }: WeightImage, vector: number): number =>
  packed ? wordsOf(packed) : vector * c;

/**
 * Puts every weight, given in the order g k c s r, into memory, as the layer is rewritten; what lies off the diagonal of a
 * block stays, and so do channels of positions that the kernel does not have.
 */
export function storeWeights(
  layer: Layer,
  image: WeightImage,
  how: Rewriting,
  weights: ArrayLike<number> | number,
  memory: Int32Array,
): void {
  const several = image.packed ?? image.pairs;
  eachWeight(layer, image, how, (element, address, place) => {
    const weight = typeof weights === 'number' ? weights : nth(weights, element);
    memory[address] = several ? within(several.bits, place, nth(memory, address), weight) : weight;
  });
}

/** A word with a weight at one of its places. */
function within(bits: number, place: number, word: number, weight: number): number {
  const [mask, unused] = [2 ** bits - 1, 32 - toAWord * bits];
  const put = (word & ~(mask << (place * bits))) | ((weight & mask) << (place * bits));
  return (put << unused) >> unused;
}

/** The word of an input channel behind the first, and which of the weights in it is its own. */
function wordOf({ c, packed, pairs }: WeightImage, input: number): { readonly word: number; readonly place: number } {
  if (packed) {
    const at = input % packed.vector;
    const word = Math.floor(input / packed.vector) * wordsOf(packed) + Math.floor(at / toAWord);
    return { word, place: at % toAWord };
  }
  if (!pairs) return { word: input * c, place: 0 };
  const line = Math.floor(input / pairs.vector);
  const word = Math.floor(line / toAWord) * pairs.vector + (input % pairs.vector);
  // The first line of inputs lies in the lower halves of words, which weights in the upper ones multiply (split_multiply).
  return { word: word * c, place: toAWord - 1 - (line % toAWord) };
}

/** Calls back with the word of every weight, and its place among those in the word. */
function eachWeight(
  layer: Layer,
  image: WeightImage,
  { block = 1, fold = unfolded }: Rewriting,
  visit: (element: number, address: number, place: number) => void,
): void {
  const { bounds: b } = layer;
  const channels = fold.R * fold.S * b.C;
  let element = 0;
  for (let g = 0; g < b.G; g++) {
    for (let k = 0; k < b.K; k++) {
      for (let c = 0; c < b.C; c++) {
        const [group, output] = inBlocks(block, b.K, g, k);
        const begin = image.base + group * image.g + output * image.k;
        for (let s = 0; s < b.S; s++) {
          for (let r = 0; r < b.R; r++) {
            const [, input] = inBlocks(block, channels, g, foldedChannel(b.C, fold, r % fold.R, s % fold.S) + c);
            const position = Math.floor(s / fold.S) * image.s + Math.floor(r / fold.R) * image.r;
            const { word, place } = wordOf(image, input);
            visit(element++, begin + word + position, place);
          }
        }
      }
    }
  }
}
