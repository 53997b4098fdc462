// How far one iteration of a loop moves an address, in every memory that holds a tensor of a layer.

import { entry } from '../../base/invariant.js';
import type { Dimension, Layer } from '../../model/workload/layer.js';
import { hasBias } from '../../model/workload/layer.js';
import { splitChannels } from '../../model/workload/split.js';
import type { Hardware } from '../hardware.js';
import type { Image } from './image.js';
import { vectorWords } from './image.js';
import type { InputRegion } from './region.js';
import { inputRegion, outputRegion } from './region.js';
import type { InputLayout, Strides } from './memory-layout.js';
import { inputLayout, outputLayout, weightLayout } from './memory-layout.js';
import type { Extents, NestLoop, Nests } from './nests.js';
import { tileExtents } from './nests.js';
import type { Placement } from './placement.js';
import { poolOf } from './placement.js';

export type StrideOf = (loop: NestLoop) => number;

/** Tensors of a layer in DRAM (words) and in the buffers (lines), as one program has them. */
export interface LayerStrides {
  readonly pool: { readonly P: number; readonly Q: number };
  readonly pe: Extents;
  readonly global: Extents;
  readonly all: Extents;
  readonly dram: {
    readonly input: Strides;
    readonly weight: Strides;
    readonly output: Strides;
    readonly residual: Strides;
  };
  readonly bias: Strides;
  /** Where images lie in the global buffer whole; tiles have no steps there then. */
  readonly region: { readonly input?: InputRegion; readonly output?: ReturnType<typeof outputRegion> };
  /** Of tiles in the global buffer, in places: a line has several where tensors may stay there. */
  readonly tileInput: Pick<InputLayout, 'strides' | 'unit'>;
  readonly tileOutput: Strides;
  readonly globalInput: InputLayout;
  readonly globalOutput: ReturnType<typeof outputLayout>;
  readonly peInput: InputLayout;
  readonly peWeight: ReturnType<typeof weightLayout>;
  readonly peSum: ReturnType<typeof outputLayout>;
  /** In memories of lines: channels count in vectors, output channels in lanes. */
  readonly inLines: (strides: Strides) => StrideOf;
  /** Behind post-processing: rows and columns count in windows of the pool as well. */
  readonly pooled: (strides: Strides) => StrideOf;
  readonly inWords: (strides: Strides) => StrideOf;
  /** Weights in DRAM: input channels count in vectors. */
  readonly ofWeights: StrideOf;
}

export function layerStrides(
  layer: Layer,
  n: Nests,
  placement: Placement,
  { residency }: Pick<Hardware, 'residency'>,
): LayerStrides {
  const { pe, global, all } = tileExtents(n);
  const { lanes, vector } = n;
  const pool = poolOf(layer);
  const dram = dramStrides(layer, placement, lanes);
  const unit: Partial<Record<Dimension, number>> = { C: vector, K: lanes };
  const inLines = (strides: Strides) => (l: NestLoop) => (l.weight / (unit[l.dim] ?? 1)) * (strides[l.dim] ?? 0);
  const globalInput = inputLayout(layer, global, vector);
  const globalOutput = outputLayout(global, lanes, pool);
  const { parts = 1 } = residency ?? {};
  const { input, output, residual } = (residency && placement.resident) ?? {};
  return {
    pool,
    pe,
    global,
    all,
    dram: residency && residual ? { ...dram, residual: outputRegion(residency, layer, lanes, residual).strides } : dram,
    region: {
      ...(residency && input && { input: inputRegion(residency, layer, vector, input) }),
      ...(residency && output && { output: outputRegion(residency, layer, lanes, output) }),
    },
    tileInput: {
      strides: times(globalInput.strides, parts),
      unit: { x: parts * globalInput.unit.x, y: parts * globalInput.unit.y },
    },
    tileOutput: times(globalOutput.strides, parts),
    // Without biases every output reads the first line, which holds zeros.
    bias: hasBias(layer) ? { K: 1, G: all.K / lanes } : { K: 0, G: 0 },
    globalInput,
    globalOutput,
    peInput: inputLayout(layer, pe, vector),
    peWeight: weightLayout(pe, lanes, vector),
    peSum: outputLayout(pe, lanes, { P: 1, Q: 1 }),
    inLines,
    pooled: (strides) => (l) =>
      l.dim === 'P' || l.dim === 'Q' ? (l.weight / pool[l.dim]) * entry(strides, l.dim) : inLines(strides)(l),
    inWords: (strides) => (l) => l.weight * (strides[l.dim] ?? 0),
    ofWeights: (l) =>
      l.dim === 'C'
        ? (l.weight / vector) * vectorWords(placement.weights, vector)
        : l.weight * (dram.weight[l.dim] ?? 0),
  };
}

const times = (strides: Strides, n: number): Strides =>
  Object.fromEntries(Object.entries(strides).map(([d, stride]) => [d, n * stride]));

const dramStrides = (
  { stride, dilation, split }: Layer,
  { input, weights, output, residual }: Placement,
  lanes: number,
): LayerStrides['dram'] => ({
  input: {
    N: input.n,
    G: input.g,
    // The channels of a pair lie a vector apart.
    C: input.c * (split ? splitChannels : 1),
    P: stride.P * input.x,
    R: dilation.R * input.x,
    Q: stride.Q * input.y,
    S: dilation.S * input.y,
  },
  weight: { G: weights.g, K: weights.k, R: weights.r, S: weights.s },
  output: outputStrides(output, lanes),
  residual: residual ? outputStrides(residual, lanes) : {},
});

/** Of lines of `lanes` output channels. */
const outputStrides = ({ n, g, c, x, y }: Image, lanes: number): Strides => ({ N: n, G: g, K: c * lanes, P: x, Q: y });
