// One layer of a network: eight dimensions and three tensors that they index.

import { invariant } from '../../base/diagnostics.js';
import type { Resident } from './resident.js';
import { residentText } from './resident.js';

/**
 * N batch, G group (or head), K output channels, C input channels (both per group),
 * P and Q output width and height, R and S kernel width and height. A GEMM M x N x K is P, K, C.
 */
export const dimensions = ['N', 'G', 'K', 'C', 'P', 'Q', 'R', 'S'] as const;
/** One of the eight dimensions by its letter. */
export type Dimension = (typeof dimensions)[number];

/** What every layer reads and writes; `relevance` says which dimensions index each. */
export const tensors = ['Weights', 'Inputs', 'Outputs'] as const;
/** One of the three tensors by its name. */
export type Tensor = (typeof tensors)[number];

/** The two windows: output position, kernel position. P goes with R (width), Q with S (height). */
export const windows = [
  { out: 'P', kernel: 'R' },
  { out: 'Q', kernel: 'S' },
] as const;
export type Window = (typeof windows)[number];

/** Which dimensions index a tensor: W[g k c r s], I[n g c (p r) (q s)], O[n g k p q]. */
export const relevance: Readonly<Record<Tensor, readonly Dimension[]>> = {
  Weights: ['G', 'K', 'C', 'R', 'S'],
  Inputs: ['N', 'G', 'C', 'P', 'Q', 'R', 'S'],
  Outputs: ['N', 'G', 'K', 'P', 'Q'],
};

export const isRelevant = (tensor: Tensor, d: Dimension): boolean => relevance[tensor].includes(d);

/**
 * Dimensions by the one tensor that they are irrelevant to: a loop over them reuses that tensor's tile.
 * G indexes all three and is irrelevant to none.
 */
export const irrelevant: Readonly<Record<Tensor, readonly Dimension[]>> = {
  Weights: ['N', 'P', 'Q'],
  Inputs: ['K'],
  Outputs: ['C', 'R', 'S'],
};

/** The size of every dimension, 1 at least. */
export type Bounds = Readonly<Record<Dimension, number>>;

/** One convolution or product, as sizes without numbers. What may be absent is so where the layer does not have it. */
export interface Layer {
  readonly name: string;
  /** Whole numbers, unpadded; K and C are per group. */
  readonly bounds: Bounds;
  /** Output step in input pixels, along P and along Q. */
  readonly stride: { readonly P: number; readonly Q: number };
  /** Kernel step in input pixels, along R and along S. */
  readonly dilation: { readonly R: number; readonly S: number };
  /**
   * Windows of a max-pool behind the layer that do not overlap, in outputs along P and Q; absent where there is none.
   */
  readonly pool?: { readonly P: number; readonly Q: number };
  /** Only where nothing is added to the sums: such a layer takes no room in the bias memory. */
  readonly bias?: false | undefined;
  /**
   * Only where a tensor of the shape of the outputs comes in as they are finished: each of its words is read once from
   * the outermost memory. No pool stands behind such a layer.
   */
  readonly residual?: true | undefined;
  /** Only where the global buffer holds whole images while it runs: its own, or others that wait. */
  readonly resident?: Resident | undefined;
  /** Bits that its weights need, where that is known to be less than a machine may have. */
  readonly weightBits?: number | undefined;
  /** Bits that the words of its input need, likewise. */
  readonly inputBits?: number | undefined;
  /** Only of what a split layer is rewritten to: each input channel is two, side by side in a word (`split.ts`). */
  readonly split?: true | undefined;
  /** Only where groups of one input channel are not to be joined into blocks with weights on the diagonal. */
  readonly diagonal?: false | undefined;
  /** Only where its input is one of the network that the host lays out as the layer wants it: it may be folded. */
  readonly fromHost?: true | undefined;
  /** What its own file calls its dimensions and tensors, for messages; absent where that is as here. */
  readonly called?: Readonly<Partial<Record<Dimension | Tensor, string>>>;
}

export type Called = Pick<Layer, 'called'>;

/** For people: as the file of the layer calls it. */
export const calledIn = ({ called }: Called, x: Dimension | Tensor): string => called?.[x] ?? x;

/** Only those that the file has, where it has names of its own. */
export const allCalledIn = ({ called }: Called, dims: readonly Dimension[]): readonly string[] =>
  called ? dims.flatMap((d) => called[d] ?? []) : dims;

/** Whether a bias for each output channel is added to the sums; true unless the layer says no. */
export const hasBias = (layer: Pick<Layer, 'bias'>): boolean => layer.bias !== false;

/** Whether a residual is read as outputs are finished. */
export const hasResidual = (layer: Behind): boolean => layer.residual === true;

/** What stands behind a layer; a layer says it itself. */
export interface Behind {
  readonly pool?: Layer['pool'] | undefined;
  readonly residual?: Layer['residual'] | undefined;
  readonly resident?: Layer['resident'];
}

/** What of a layer decides whether its weights lie packed, and whether its multipliers are split. */
export type Weighed = Pick<Layer, 'weightBits' | 'split'>;

/** Whether weights lie packed in words of so many bits, on a machine that has such words; the way in of what it says of them. */
export const packedIn = <P extends { readonly wordBits: number }>(
  packed: P | undefined,
  { weightBits }: Weighed,
): P | undefined => (packed && weightBits !== undefined && weightBits <= packed.wordBits ? packed : undefined);

/** Sums that a max-pool behind the layer makes one output of. */
export const pooledOf = ({ pool }: Behind): number => (pool?.P ?? 1) * (pool?.Q ?? 1);

/** Multiply-accumulates of the unpadded layer: the product of its bounds. */
export const macs = (layer: Layer): number => dimensions.reduce((n, d) => n * layer.bounds[d], 1);

/**
 * Counts of accesses stay exact integers in a double: 2^50 leaves three bits below 2^53 for what exceeds operations.
 */
export const maxMacs = 2 ** 50;

/**
 * A layer from the bounds that are not 1. Without options it has steps of 1, a bias and no pool; pairs are along P and Q, of
 * dilation along R and S.
 */
export function makeLayer(
  name: string,
  bounds: Partial<Bounds>,
  options: {
    readonly stride?: readonly [number, number];
    readonly dilation?: readonly [number, number];
    readonly pool?: readonly [number, number];
    readonly bias?: boolean;
    readonly residual?: boolean;
    readonly weightBits?: number | undefined;
    readonly inputBits?: number | undefined;
    readonly diagonal?: boolean;
    readonly fromHost?: boolean;
  } = {},
): Layer {
  const [sp, sq] = options.stride ?? [1, 1];
  const [dr, ds] = options.dilation ?? [1, 1];
  const [pp, pq] = options.pool ?? [1, 1];
  invariant(pp * pq === 1 || !options.residual, `${name} has both a pool and a residual`);
  const full = Object.fromEntries(dimensions.map((d) => [d, bounds[d] ?? 1])) as unknown as Bounds;
  return {
    name,
    bounds: full,
    stride: { P: sp, Q: sq },
    dilation: { R: dr, S: ds },
    ...(pp * pq > 1 && { pool: { P: pp, Q: pq } }),
    ...(options.bias === false && { bias: false }),
    ...(options.residual && { residual: true }),
    ...(options.weightBits !== undefined && { weightBits: options.weightBits }),
    ...(options.inputBits !== undefined && { inputBits: options.inputBits }),
    ...(options.diagonal === false && { diagonal: false }),
    ...(options.fromHost && { fromHost: true }),
  };
}

/** Two layers with the same key have the same mappings at the same cost. */
export const shapeKey = (layer: Layer): string =>
  [
    ...dimensions.map((d) => layer.bounds[d]),
    layer.stride.P,
    layer.stride.Q,
    layer.dilation.R,
    layer.dilation.S,
    ...(layer.pool ? [layer.pool.P, layer.pool.Q] : []),
    ...(hasBias(layer) ? [] : ['no bias']),
    ...(hasResidual(layer) ? ['residual'] : []),
    ...(layer.weightBits === undefined ? [] : [`w${layer.weightBits}`]),
    ...(layer.inputBits === undefined ? [] : [`a${layer.inputBits}`]),
    ...(layer.split ? ['split'] : []),
    ...(layer.diagonal === false ? ['no diagonal'] : []),
    ...(layer.resident ? [residentText(layer.resident)] : []),
    ...(layer.fromHost ? ['from host'] : []),
  ].join(' ');

/** `3x3 s2 128->128 28x28`: the shape as people say it. */
export function printShape({ bounds: b, stride, dilation, pool, residual, ...words }: Omit<Layer, 'name'>): string {
  const square = (x: number, y: number) => `${x}x${y}`;
  const channels = `${b.C}->${b.K}`;
  const batch = b.N > 1 ? ` N${b.N}` : '';
  // A layer has one of these at most behind it.
  const after = pool ? ` pool${pool.P === pool.Q ? pool.P : square(pool.P, pool.Q)}` : residual ? ' residual' : '';
  const named = [words.weightBits, words.inputBits].map((n, i) => (n === undefined ? '' : `${'wa'[i]}${n}`)).join('');
  const behind = named === '' ? after : `${after} ${named}`;
  if (b.R === 1 && b.S === 1 && b.Q === 1) return `${b.P}x${b.K}x${b.C}${b.G > 1 ? ` x${b.G}` : ''}${behind}${batch}`;
  const step = stride.P > 1 || stride.Q > 1 ? ` s${stride.P === stride.Q ? stride.P : square(stride.P, stride.Q)}` : '';
  const spread =
    dilation.R > 1 || dilation.S > 1
      ? ` d${dilation.R === dilation.S ? dilation.R : square(dilation.R, dilation.S)}`
      : '';
  return `${square(b.R, b.S)}${step}${spread} ${channels}${b.G > 1 ? ` g${b.G}` : ''} ${square(b.P, b.Q)}${behind}${batch}`;
}
