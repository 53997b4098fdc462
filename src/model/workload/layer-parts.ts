// How a layer becomes what a machine runs: kernel positions folded into channels, groups joined into blocks, narrow channels put
// into words in pairs; and parts of groups or output channels, one run after the other, where its biases do not fit.

import { defined } from '../../base/invariant.js';
import type { Architecture } from '../machine/architecture.js';
import type { Layer } from './layer.js';
import { hasBias } from './layer.js';
import { blockDiagonal, blockSizes, isChannelwise } from './block-diagonal.js';
import type { Fold } from './folds.js';
import { folded, foldsOf } from './folds.js';
import type { KeptWeights } from './kept-weights.js';
import type { Resident } from './resident.js';
import type { HalfWords } from './split.js';
import { canSplit, split, splitChannels } from './split.js';
import type { Mapping, Parts } from '../mapping/mapping.js';
import { paddedBounds } from '../mapping/mapping-space.js';

export const whole: Parts = { G: 1, K: 1 };

/** Runs that a layer takes in these parts. */
export const runsOf = ({ G, K }: Parts): number => G * K;

/** Whether a layer runs at once, and as it is. */
export const isWhole = ({ G, K, block = 1, fold, split: halves }: Parts): boolean =>
  G * K * block === 1 && fold === undefined && halves === undefined;

/** What of parts makes another layer of one. */
export interface Rewriting {
  readonly fold?: Fold | undefined;
  readonly block?: number | undefined;
  readonly split?: true | undefined;
}

/** The layer with the same sums in as many words as it has channels: folded and with its groups joined. */
export const joinedLayer = (layer: Layer, { fold, block = 1 }: Omit<Rewriting, 'split'>): Layer =>
  blockDiagonal(folded(layer, fold), block);

/** The layer that does the same in one run: joined, and split where it is. */
export const rewritten = (layer: Layer, how: Rewriting): Layer => {
  const joined = joinedLayer(layer, how);
  return how.split ? split(joined) : joined;
};

/**
 * What one run works on: all parts are as large as the largest, the last padded. No more groups of it are joined, and it is
 * neither folded nor split again.
 */
export function partOf({ fromHost: _, ...layer }: Layer, parts: Parts): Layer {
  const settled: Layer = isChannelwise(layer) && layer.diagonal !== false ? { ...layer, diagonal: false } : layer;
  if (isWhole(parts)) return settled;
  const { bounds, resident, ...made } = rewritten(settled, parts);
  const { G, K } = parts;
  return {
    ...made,
    ...(resident && { resident: resident.weights ? withPlainWeights(resident, resident.weights) : resident }),
    bounds: { ...bounds, G: Math.ceil(bounds.G / G), K: Math.ceil(bounds.K / K) },
  };
}

/** The layout says the same of weights that are rewritten already. */
function withPlainWeights(resident: Resident, { held, layout }: KeptWeights): Resident {
  if (!layout) return resident;
  const { block: _, fold: __, split: ___, ...plain } = layout;
  return { ...resident, weights: { held, layout: plain } };
}

/** Whether a layer is run in the same way. */
export const areSame = (x: Parts, y: Parts): boolean =>
  x.G === y.G &&
  x.K === y.K &&
  x.block === y.block &&
  x.split === y.split &&
  x.fold?.R === y.fold?.R &&
  x.fold?.S === y.fold?.S;

/** ` as 7x2 fold as 16-blocks as pairs in 2 parts` behind the shape of a layer that is mapped so: width first, as there. */
export const partsText = ({ parts = whole }: Pick<Mapping, 'parts'>): string =>
  (parts.fold === undefined ? '' : ` as ${parts.fold.R}x${parts.fold.S} fold`) +
  (parts.block === undefined ? '' : ` as ${parts.block}-blocks`) +
  (parts.split === undefined ? '' : ' as pairs') +
  (runsOf(parts) === 1 ? '' : ` in ${runsOf(parts)} parts`);

/** Numbers of parts that are tried: the least that will do, and the next. */
const maxChoices = 4;

/**
 * How a layer may run on a machine: in each fold, in blocks of each size that is tried, split where it may be and not, and each
 * of these whole where its biases fit, else in the least numbers of parts in which they do. Groups are divided first, for no
 * tensor is read twice for that; output channels where single groups are too wide.
 *
 * A layer that fits whole has nothing to gain: n parts are a loop of n over K outside all others, which reads inputs no
 * more often, and fills and drains once. In n parts, n even, the same holds against n / 2 that fit.
 */
export function partings(
  { levels, tiling }: Pick<Architecture, 'levels' | 'tiling'>,
  layer: Layer,
  padding: boolean,
): readonly Parts[] {
  if (!tiling) return [whole];
  const size = (axis: string) => defined(levels.flatMap((l) => l.axes).find((x) => x.name === axis)).size;
  const { biasLines, lanes, vector, split: half } = tiling;
  return choices(layer, { lanes: size(lanes), vector: size(vector), biasLines, split: half }, padding);
}

/** What of a machine decides how a layer may run on it. */
export interface Widths {
  readonly lanes: number;
  readonly vector: number;
  readonly biasLines: number;
  readonly split?: HalfWords | undefined;
}

/** The same of a machine of these widths. */
export const choices = (layer: Layer, widths: Widths, padding: boolean): readonly Parts[] =>
  foldsFor(layer, widths).flatMap((fold) =>
    blockSizes(layer, widths.lanes, widths.vector).flatMap((block) =>
      // First that which does more at once.
      (canSplit(joinedLayer(layer, { fold, block }), widths.split)
        ? ([true, undefined] as const)
        : [undefined]
      ).flatMap((halves) =>
        divisions(rewritten(layer, { fold, block, split: halves }), widths, padding).map((parts) => ({
          ...parts,
          ...(block > 1 && { block }),
          ...(fold && { fold }),
          ...(halves && { split: halves }),
        })),
      ),
    ),
  );

/** Multiplications of the layer's own that a multiplier does at once in these parts. */
export const productsAtOnce = ({ split: halves }: Pick<Parts, 'split'>): number => (halves ? splitChannels : 1);

/** The layer as it is and all its folds; those first that take the fewest turns of the vector, and of them the smallest images. */
function foldsFor(layer: Layer, { vector }: Widths): readonly (Fold | undefined)[] {
  const ranked = [undefined, ...foldsOf(layer)].map((fold) => {
    const { bounds, stride } = folded(layer, fold);
    return { fold, turns: Math.ceil(bounds.C / vector) * bounds.R * bounds.S, image: bounds.C * stride.P * stride.Q };
  });
  return ranked.toSorted((x, y) => x.turns - y.turns || x.image - y.image).map(({ fold }) => fold);
}

function divisions(layer: Layer, { lanes, biasLines }: Widths, padding: boolean): readonly Parts[] {
  const { G, K } = layer.bounds;
  const fits = (parts: Parts) => minLines(partOf(layer, parts), lanes, padding) <= biasLines;
  if (!hasBias(layer) || fits(whole)) return [whole];
  const overGroups = fewest(G, (n) => ({ G: n, K: 1 }));
  return overGroups.length > 0 ? overGroups : fewest(K, (n) => ({ G, K: n }));

  function fewest(bound: number, of: (n: number) => Parts): readonly Parts[] {
    const found: Parts[] = [];
    // A larger number that leaves no smaller part would only add runs.
    for (let n = 2; n <= bound && found.length < maxChoices; n++) {
      const size = Math.ceil(bound / n);
      if (fits(of(n))) found.push(of(n));
      if (size === 1) break;
      n = Math.ceil(bound / (size - 1)) - 1;
    }
    return found;
  }
}

/** Lines of biases that a layer takes at least, over all that its bounds may be padded to and all lanes in use. */
function minLines({ bounds }: Layer, lanes: number, padding: boolean): number {
  const perGroup = paddedBounds(bounds.K, padding).map((k) => {
    let used = Math.min(lanes, k);
    while (k % used !== 0) used--;
    return k / used;
  });
  return Math.min(...perGroup) * bounds.G;
}
