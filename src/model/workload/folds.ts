// Kernel positions written into channels: another layer with the same sums, whose few input channels become many. It takes
// another image of the input, so that only a layer may be folded whose input the host lays out.

import { gcd } from '../../base/integers.js';
import type { Layer } from './layer.js';
import type { Network } from './network.js';

/**
 * How many neighbouring kernel positions of a row and of a column become channels: position r = r1 R + r0, r0 < R, along the
 * width, S along the height. All of them is im2col along that axis; as many as the stride is space to depth.
 */
export interface Fold {
  readonly R: number;
  readonly S: number;
}

/** A layer as it is. */
export const unfolded: Fold = { R: 1, S: 1 };

/** Of `channels` of a layer the first that a position has: channels of a position lie together, positions row by row. */
export const foldedChannel = (channels: number, { R }: Fold, r: number, s: number): number => (s * R + r) * channels;

/** What a fold makes of one axis. */
interface FoldedAxis {
  /** Kernel positions that are left; the last may lack some of its channels, whose weights are zero. */
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  /** Input pixels from one pixel of the folded image to the next, and from one folded position to the next. */
  readonly step: number;
  readonly apart: number;
}

/**
 * Output p looks at pixel p s + r d = p s + r1 (a d) + r0 d, and the steps of p and r1 have a divisor in common. Where one
 * position is left r1 has no step.
 */
function foldedAxis(positions: number, a: number, stride: number, dilation: number): FoldedAxis {
  const kernel = Math.ceil(positions / a);
  const step = kernel === 1 ? stride : gcd(stride, a * dilation);
  return {
    kernel,
    stride: stride / step,
    dilation: kernel === 1 ? 1 : (a * dilation) / step,
    step,
    apart: dilation,
  };
}

/** Both axes. */
export const foldedAxes = (
  { bounds, stride, dilation }: Layer,
  fold: Fold,
): Readonly<Record<'R' | 'S', FoldedAxis>> => ({
  R: foldedAxis(bounds.R, fold.R, stride.P, dilation.R),
  S: foldedAxis(bounds.S, fold.S, stride.Q, dilation.S),
});

/** The layer when it is folded. */
export function folded(layer: Layer, fold: Fold | undefined): Layer {
  if (!fold) return layer;
  const { R, S } = foldedAxes(layer, fold);
  const C = fold.R * fold.S * layer.bounds.C;
  return {
    ...layer,
    bounds: { ...layer.bounds, C, R: R.kernel, S: S.kernel },
    stride: { P: R.stride, Q: S.stride },
    dilation: { R: R.dilation, S: S.dilation },
  };
}

/** Whether a layer can be run in another way than as it is, by laying out its input differently in DRAM. */
export const canFold = ({ bounds: { R, S }, fromHost, resident }: Layer): boolean =>
  fromHost === true && R * S > 1 && resident?.input === undefined;

/** All ways to fold a layer; none of them leaves it as it is. */
export const foldsOf = (layer: Layer): readonly Fold[] =>
  canFold(layer)
    ? upTo(layer.bounds.R).flatMap((R) => upTo(layer.bounds.S).flatMap((S) => (R * S > 1 ? [{ R, S }] : [])))
    : [];

const upTo = (n: number): readonly number[] => Array.from({ length: n }, (_, i) => i + 1);

/** The same network, none of whose layers is folded. */
export const withoutFolds = (network: Network): Network => ({
  ...network,
  layers: network.layers.map(({ layer: { fromHost: _, ...layer }, count }) => ({ layer, count })),
});
