// The registers of the engines: the loops of fill, loads, drain and spill over one tile.
//
// Loads and drains serve columns and rows of the array in turn where their tiles differ, all at once where they do not.

import { gcd } from '../../base/integers.js';
import { defined } from '../../base/invariant.js';
import type { Dimension, Layer } from '../../model/workload/layer.js';
import { splitChannels } from '../../model/workload/split.js';
import type { Hardware } from '../hardware.js';
import type { LayerStrides, StrideOf } from './layer-strides.js';
import { vectorWords } from './image.js';
import { walk } from './memory-layout.js';
import type { NestLoop, Nests } from './nests.js';
import type { Placement } from './placement.js';
import type { AddressLoop, RegisterWrites } from './register-writes.js';

/** Dimensions by which tiles of PEs may differ. */
const inputDims: readonly Dimension[] = ['C', 'P', 'G'];
const weightDims: readonly Dimension[] = ['K', 'C', 'G'];
const outputDims: readonly Dimension[] = ['K', 'P', 'G'];

export function writeEngines(
  writes: RegisterWrites,
  h: Pick<Hardware, 'split'>,
  layer: Layer,
  n: Nests,
  placement: Placement,
  at: LayerStrides,
): void {
  const engine = (name: string, loops: readonly AddressLoop[]) => {
    writes.bounds(name, loops);
    writes.deltas(name, loops);
  };
  const source = at.region.input ?? at.tileInput;
  engine('load_input', [...walk(at.peInput, source, at.pe), ...ownTiles(n, inputDims, at.inLines(source.strides))]);
  const weightTiles = ownTiles(n, weightDims, at.ofWeights);
  engine('load_weight', [...weightTile(n, placement, at), ...weightTiles]);
  writes.bounds('store_weight', [{ bound: n.lanes }, { bound: at.peWeight.lines }, ...weightTiles]);
  engine('fill', [...(h.split ? [ofPairs(layer, n, placement)] : []), ...filled(layer, n, placement, at)]);
  writeDrain(writes, n, at);
  engine('spill', spilled(n, placement, at));
}

/** The loops over columns and rows that have tiles of their own. */
function ownTiles(n: Nests, dims: readonly Dimension[], stride: StrideOf): readonly AddressLoop[] {
  const own = (loop: NestLoop | undefined): AddressLoop =>
    loop && dims.includes(loop.dim) ? { bound: loop.bound, stride: stride(loop) } : { bound: 1, stride: 0 };
  return [own(n.column), own(n.row)];
}

/** lane s r c k g */
const weightTile = ({ lanes, vector }: Nests, { weights }: Placement, { pe }: LayerStrides): readonly AddressLoop[] => [
  { bound: lanes, stride: weights.k },
  { bound: pe.S, stride: weights.s },
  { bound: pe.R, stride: weights.r },
  { bound: pe.C / vector, stride: vectorWords(weights, vector) },
  { bound: pe.K / lanes, stride: weights.k * lanes },
  { bound: pe.G, stride: weights.g },
];

/** Two lines, one behind the other, for one of pairs. */
const ofPairs = ({ split }: Layer, { vector }: Nests, { input }: Placement): AddressLoop =>
  split ? { bound: splitChannels, stride: input.c * vector } : { bound: 1, stride: 0 };

/** c r p s q g n */
function filled(
  { stride, dilation }: Layer,
  { vector }: Nests,
  { input }: Placement,
  { dram, global, globalInput }: LayerStrides,
): readonly AddressLoop[] {
  const source = {
    strides: { ...dram.input, C: defined(dram.input.C) * vector },
    unit: { x: gcd(stride.P, dilation.R) * input.x, y: gcd(stride.Q, dilation.S) * input.y },
  };
  return walk(globalInput, source, global);
}

/** Steps of a drain: within a window of the pool, over windows, over lines. */
interface DrainSteps {
  readonly poolP: number;
  readonly poolQ: number;
  readonly p: number;
  readonly q: number;
  readonly k: number;
  readonly g: number;
  readonly n: number;
}

/** One walk in four memories: sums are read, outputs written, biases and a residual, which has no pool behind it, read. */
function writeDrain(writes: RegisterWrites, n: Nests, at: LayerStrides): void {
  const { pool, bias } = at;
  const sum = at.peSum.strides;
  const output = at.region.output?.strides ?? at.tileOutput;
  // A sum has the same address in every PE.
  const sums = drained(n, at, () => 0, {
    poolP: defined(sum.P),
    poolQ: defined(sum.Q),
    p: defined(sum.P) * pool.P,
    q: defined(sum.Q) * pool.Q,
    k: defined(sum.K),
    g: defined(sum.G),
    n: defined(sum.N),
  });
  const outputs = drained(n, at, at.pooled(output), {
    poolP: 0,
    poolQ: 0,
    p: defined(output.P),
    q: defined(output.Q),
    k: defined(output.K),
    g: defined(output.G),
    n: defined(output.N),
  });
  const biases = drained(n, at, at.inLines(bias), {
    poolP: 0,
    poolQ: 0,
    p: 0,
    q: 0,
    k: defined(bias.K),
    g: defined(bias.G),
    n: 0,
  });
  const { residual } = at.dram;
  const residuals = drained(n, at, at.inLines(residual), {
    poolP: 0,
    poolQ: 0,
    p: residual.P ?? 0,
    q: residual.Q ?? 0,
    k: residual.K ?? 0,
    g: residual.G ?? 0,
    n: residual.N ?? 0,
  });
  writes.bounds('drain', sums);
  writes.deltas('drain_residual', residuals.slice(2));
  writes.deltas('drain_sum', sums);
  writes.deltas('drain_global', outputs);
  writes.deltas('drain_bias', biases);
}

const drained = (n: Nests, { pe, pool }: LayerStrides, ofTile: StrideOf, steps: DrainSteps): readonly AddressLoop[] => [
  { bound: pool.P, stride: steps.poolP },
  { bound: pool.Q, stride: steps.poolQ },
  { bound: pe.P / pool.P, stride: steps.p },
  { bound: pe.Q / pool.Q, stride: steps.q },
  { bound: pe.K / n.lanes, stride: steps.k },
  { bound: pe.G, stride: steps.g },
  { bound: pe.N, stride: steps.n },
  ...ownTiles(n, outputDims, ofTile),
];

/** p q k g n */
const spilled = ({ lanes }: Nests, { output }: Placement, { global, pool }: LayerStrides): readonly AddressLoop[] => [
  { bound: global.P / pool.P, stride: output.x },
  { bound: global.Q / pool.Q, stride: output.y },
  { bound: global.K / lanes, stride: output.c * lanes },
  { bound: global.G, stride: output.g },
  { bound: global.N, stride: output.n },
];

/** Bits 0 and 1: all rows, all columns take the same inputs; 2 and 3: the same weights. */
export function multicast({ row, column }: Nests): number {
  const listens = (loop: NestLoop | undefined, dims: readonly Dimension[]) =>
    loop !== undefined && !dims.includes(loop.dim) ? 1 : 0;
  return (
    listens(row, inputDims) +
    2 * listens(column, inputDims) +
    4 * listens(row, weightDims) +
    8 * listens(column, weightDims)
  );
}
