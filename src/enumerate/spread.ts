// What all mappings have in common that run the same side by side.

import type { Layer } from '../model/workload/layer.js';
import { hasResidual, pooledOf } from '../model/workload/layer.js';
import { rowsUnder } from '../model/cost/numbers.js';
import type { ShapeCosts } from './item-costs.js';
import type { Spatial } from './spatial.js';
import { C, G, K, N, P, Q, R, S } from './columns.js';

export interface Spread {
  readonly spatial: Spatial;
  /** Parts of the array that get weights and inputs, or make sums, of their own. */
  readonly distinctW: number;
  readonly distinctI: number;
  readonly distinctO: number;
  /** Lines of sums that leave a PE, that leave the array, and that are left of these after pooling. */
  readonly outTime: number;
  readonly outLines: number;
  readonly outPooled: number;
  /** Lines of the whole input, where they come from DRAM. */
  readonly wholeInputs: number;
  /** pJ that no tile changes: multipliers and collectors, and outputs into DRAM. */
  readonly fixed: number;
}

export function spreadOf(layer: Layer, c: ShapeCosts, s: Spatial): Spread {
  const { array, time, bound: b } = s;
  const distinctO = array[G] * array[K] * array[P];
  const outTime = time[N] * time[G] * time[K] * time[P] * time[Q];
  const outLines = outTime * distinctO;
  const outPooled = outLines / pooledOf(layer);
  return {
    spatial: s,
    distinctW: array[G] * array[K] * array[C],
    distinctI: array[N] * array[G] * array[C] * array[P],
    distinctO,
    outTime,
    outLines,
    outPooled,
    wholeInputs: layer.resident?.input
      ? 0
      : ((b[N] * b[G] * b[C]) / s.vector) * rowsP(layer, b[P], b[R]) * rowsQ(layer, b[Q], b[S]),
    fixed: s.cycles * s.pes * s.lanes * s.vector * energyPerMac(c, s) + outPooled * s.lanes * perOutput(layer, c),
  };
}

/** pJ of the multiplier and its share of the collectors. */
export const energyPerMac = (
  { mac, collector }: ShapeCosts,
  { lanes, vector }: Pick<Spatial, 'lanes' | 'vector'>,
): number => mac + (collector.weight + collector.sum + collector.input / lanes) / vector;

/** pJ of DRAM for each output: it is written, and a residual read for it where the layer has one. */
export const perOutput = (layer: Layer, { dram }: ShapeCosts): number =>
  dram.output + (hasResidual(layer) ? dram.residual : 0);

/** Rows of inputs under so many rows of outputs and of the kernel. */
export const rowsP = ({ stride, dilation }: Layer, p: number, r: number): number =>
  rowsUnder(p, r, stride.P, dilation.R, 'dense');

/** The same of columns. */
export const rowsQ = ({ stride, dilation }: Layer, q: number, s: number): number =>
  rowsUnder(q, s, stride.Q, dilation.S, 'dense');
