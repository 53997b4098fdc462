// Cycles of the tiles outside a PE from below, where little more is known than how often each engine runs: rows of
// `model/cost/tile-bounds.ts`, read for nests whose loops stand in classes.

import { stepsPer } from '../model/cost/tile-bounds.js';
import type { Pooled } from '../model/cost/tile-cycles.js';
import type { ShapeCosts } from './item-costs.js';
import type { Spread } from './spread.js';

/** Cycles of a run of each engine that PEs wait for. */
export interface EngineRuns {
  readonly compute: number;
  readonly loadW: number;
  readonly loadI: number;
  readonly drain: number;
}

interface TileLines {
  readonly weightLines: number;
  readonly inputLines: number;
  readonly sumLines: number;
  readonly cycles: number;
}

/** What is known of the nests of tiles. */
interface Nests {
  /** Tiles of both nests; how often each engine runs at least. */
  readonly tiles: number;
  readonly runsW: number;
  readonly runsI: number;
  readonly drains: number;
  /** Whether the outer nest may keep weights, or inputs, for the inner one: it begins with a load of what it does not keep. */
  readonly keepsW: boolean;
  readonly keepsI: boolean;
  /** The share of outer tiles that end with a drain, at least. */
  readonly finished: number;
  /** Outer tiles: from so many to so many. Beats of the first fill and the last spill, times outer tiles. */
  readonly minOuter: number;
  readonly maxOuter: number;
  readonly ends: number;
  readonly step: number;
}

/** Sums of the same numbers in another order: a share by which these may come out above what a mapping takes. */
const rounding = 1 - 1e-12;

export function leastCycles({ compute, loadW, loadI, drain }: EngineRuns, n: Nests): number {
  const { tiles, runsW, runsI, keepsW, keepsI, finished } = n;
  const opening = keepsW ? loadI : keepsI ? loadW : Math.max(loadI, loadW);
  // In steps that do not load a tensor the PEs compute: where that takes less, the row of compute says more.
  const besideW = loadW > compute ? Math.max(0, tiles - runsW) * compute : 0;
  const besideI = loadI > compute ? Math.max(0, tiles - runsI) * compute : 0;
  const drained = finished * drain;
  return (
    rounding *
    ((stepsPer.layer + stepsPer.tile * tiles) * n.step +
      Math.max(
        tiles * compute + around(n, opening + drained),
        n.drains * drain + around(n, opening + finished * compute),
        runsW * loadW + besideW + around(n, (keepsW ? 0 : compute) + drained),
        runsI * loadI + besideI + around(n, (keepsI ? 0 : compute) + drained),
      ))
  );
}

/** What nothing hides: the first fill and the last spill, and so many cycles of each outer tile, at the best number of these. */
function around({ ends, minOuter, maxOuter, step }: Nests, each: number): number {
  const cycles = stepsPer.outerTile * step + each;
  const outer = Math.min(maxOuter, Math.max(minOuter, Math.sqrt(ends / cycles)));
  return ends / outer + cycles * outer;
}

/** With the tile of a PE: lines of the three tensors, and cycles of its multipliers. */
export function engineRuns(
  { latency, beatsPerLine, window }: Pick<ShapeCosts, 'latency' | 'beatsPerLine'> & Pooled,
  { spatial, distinctW, distinctI, distinctO }: Spread,
  { weightLines, inputLines, sumLines, cycles }: TileLines,
): EngineRuns {
  return {
    compute: cycles + latency.compute,
    loadW: distinctW * weightLines * spatial.lanes * beatsPerLine.load_w + latency.load_w,
    loadI: distinctI * inputLines * beatsPerLine.load_i + latency.load_i,
    drain: (distinctO * sumLines * beatsPerLine.drain) / window + latency.drain,
  };
}
