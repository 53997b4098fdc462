// All tiles of a PE with one choice of what runs side by side, over a box of machines.
//
// Each tile takes the smallest sizes that hold it (within the box), because energy per access and area only grow with
// size: a search over mappings is a search over machines too. A tile is bounded from below whatever happens outside it;
// only where that is of interest are the loops there looked at (`split-search.ts`).
// docs/formulation.md derives all of it.

import { nth } from '../base/invariant.js';
import type { Pooled } from '../model/cost/tile-cycles.js';
import { tilingFor } from '../model/cost/tile-cycles.js';
import type { Layer } from '../model/workload/layer.js';
import type { ShapeCosts } from './item-costs.js';
import { depthsOf } from './item-costs.js';
import type { EachDimension } from './columns.js';
import { C, G, K, N, P, Q, R, S, cell, positionsOf, reductionOf } from './columns.js';
import type { Wanted } from './cutoff.js';
import { deepest } from './cuttings.js';
import { divisors } from '../base/integers.js';
import type { Box } from './item.js';
import type { KernelTables } from './kernels.js';
import { engineRuns, leastCycles } from './least-cycles.js';
import type { Extremes, MaxLines, Traffic } from './reuse.js';
import { anyLoads, anyLoadsOf, maxLines, tilesOf, trafficOf } from './reuse.js';
import { BoxRoom, placeFor } from './box-room.js';
import type { Spatial } from './spatial.js';
import { SplitSearch } from './split-search.js';
import type { Tile } from './split-search.js';
import type { Spread } from './spread.js';
import { rowsP, rowsQ, spreadOf } from './spread.js';

/** What tiles are looked for, and where. */
interface Sought {
  readonly layer: Layer;
  readonly costs: ShapeCosts;
  readonly kernels: KernelTables;
  /** Machines of the box whose area is at most so much. */
  readonly box: Box;
  readonly area: number;
  readonly cutoff: Wanted;
  /** Ends the search. */
  readonly over?: (() => boolean) | undefined;
}

/**
 * What the loops over tiles are irrelevant to: weights, or inputs, not both; neither where sums are reduced over tiles.
 * `weightsWithin` is weights for what the global buffer holds at a time, not beyond.
 */
type Reused = 'weights' | 'inputs' | 'neither' | 'weightsWithin';
const everyReused: readonly Reused[] = ['weights', 'inputs', 'neither', 'weightsWithin'];

/**
 * Whether loops over tiles can reuse so much: there is a loop of the class. Reduction loops are the innermost of both
 * nests, since sums stay in a PE: with one of them nothing else is reused.
 */
const canSpare = (reused: Reused, outA: number, outB: number, outD: number): boolean => {
  if (reused === 'neither') return outD > 1 || (outA === 1 && outB === 1);
  return outD === 1 && (reused === 'inputs' ? outB : outA) > 1;
};

/** Sums of the same numbers in another order: a share by which these may come out above what a mapping costs. */
const rounding = 1 - 1e-12;

export class TileSearch {
  /** It was told to end in the middle of a choice. */
  stopped = false;
  tiles = 0;

  private readonly layer: Layer;
  private readonly c: ShapeCosts;
  private readonly kernels: KernelTables;
  private readonly cutoff: Wanted;
  private readonly over: () => boolean;
  private readonly room: BoxRoom;
  private readonly outside: SplitSearch;
  /** Whether some collector has more than one entry. */
  private readonly isDeep: boolean;
  private readonly wire: number;
  private readonly tiling: Pick<ShapeCosts, 'step' | 'latency' | 'beatsPerLine'> & Pooled;
  private readonly pool: { readonly P: number; readonly Q: number };
  /** Lines that the largest buffers of the box hold. */
  private readonly max: MaxLines;
  private readonly extremes: Extremes;

  /** The choice of what runs side by side. */
  private spread!: Spread;
  private traffic!: Traffic;
  /** The tile: loops in time in the PE, per dimension, and lines of the three tensors. */
  private readonly t: EachDimension<number> = [1, 1, 1, 1, 1, 1, 1, 1];
  private sumLines = 1;
  private weightLines = 1;
  private inputLines = 1;
  /** pJ behind the collectors at least, where that is known. */
  private more = 0;
  /** Per number of channels in a tile of the positions chosen: whether tiles that leave sums to be reduced, and that do not, are wanted. */
  private readonly reducing: boolean[] = [];
  private readonly reduced: boolean[] = [];
  private readonly isWanted = (energy: number, cycles: number): boolean =>
    !this.cutoff.beyond(energy + this.more, cycles);

  constructor({ layer, costs, kernels, box, area, cutoff, over = () => false }: Sought) {
    this.layer = layer;
    this.c = costs;
    this.kernels = kernels;
    this.cutoff = cutoff;
    this.over = over;
    this.room = new BoxRoom(costs, box, area);
    this.outside = new SplitSearch(layer, costs, this.room, cutoff);
    this.isDeep = depthsOf(costs).some((menu) => deepest(menu) > 1);
    this.wire = costs.wire(this.room.min.array);
    this.tiling = tilingFor(costs, layer);
    this.pool = layer.pool ?? { P: 1, Q: 1 };
    this.max = maxLines(costs, this.room.high, layer.resident);
    this.extremes = { low: this.room.low, max: this.max, wire: this.wire, area: this.room.min.area };
  }

  /** Ways to split the loops outside tiles. */
  get splits(): number {
    return this.outside.splits;
  }

  /**
   * Looks at every tile with a choice of what runs side by side. Factors ascend, and lines grow with each of them: what
   * the largest buffer of the box has no room for, it has none for further on. A pooled window is whole in its tile.
   */
  all(s: Spatial): void {
    const { t, pool, max } = this;
    const { time } = s;
    this.spread = spreadOf(this.layer, this.c, s);
    this.traffic = trafficOf(this.layer, this.c, this.spread, this.extremes);
    if (this.isBeyond()) return;

    for (const tg of this.lengths(time[G])) {
      t[G] = tg;
      for (const tn of divisors(time[N])) {
        if (tg * tn > max.sum) break;
        t[N] = tn;
        for (const tp of divisors(time[P])) {
          if (tg * tn * tp > max.sum) break;
          if (tp % pool.P !== 0) continue;
          t[P] = tp;
          for (const tq of divisors(time[Q])) {
            if (tg * tn * tp * tq > max.sum) break;
            if (tq % pool.Q !== 0) continue;
            t[Q] = tq;
            this.kernelsAndChannels();
          }
        }
      }
    }
  }

  /** How much of a dimension of weights a tile may have: all of it where weights stay. */
  private lengths(time: number): readonly number[] {
    return this.layer.resident?.weights ? [time] : divisors(time);
  }

  /**
   * Whether no tile with this choice can be of interest. The PE's nest and both nests of tiles are one nest that the
   * collectors cut somewhere: no cutting reuses more than the best of all loops in time.
   */
  private isBeyond(): boolean {
    const { c, cutoff, room, spread } = this;
    const { time, lanes, pes, cycles } = spread.spatial;
    this.more = 0;
    if (this.areBeyond(undefined)) return true;
    // Cycles alone leave few choices of the minimum EDP, and tables of deep collectors take
    // longer than a look at their tiles.
    if (cutoff.weights.both > 0 && this.isDeep) return false;
    const { weightBuffer, inputBuffer, accumBuffer } = room.low;
    const costW = pes * lanes * (cell(c.weight.read, weightBuffer) + c.collector.weightFill) * cycles;
    const costI = pes * (cell(c.input.read, inputBuffer) + c.collector.inputFill) * cycles;
    const costA = pes * cell(c.sum.again, accumBuffer);
    let behind = Infinity;
    for (const { reuseW, reuseI, reuseO } of this.kernels.of(positionsOf(time), time[K], reductionOf(time), time[G])) {
      const again = cycles / reuseO - spread.outTime;
      behind = Math.min(behind, costW / reuseW + costI / reuseI + costA * again);
    }
    this.more = behind;
    return this.areBeyond(undefined);
  }

  /** Whether each way to load is beyond interest; `positions` where the tile's are known. */
  private areBeyond(positions: number | undefined): boolean {
    return !anyLoads(this.traffic, positions, this.isWanted);
  }

  /**
   * The positions of a tile are chosen. What they make be loaded again holds of all tiles with them (`leastLoads`): where
   * each way of it is beyond interest, so is every kernel and channel. With channels too, all tiles that reduce sums over
   * tiles load as much as each other.
   */
  private kernelsAndChannels(): void {
    const { t, layer, max, traffic, isWanted } = this;
    const { time } = this.spread.spatial;
    const images = t[G] * t[N];
    const positions = images * t[P] * t[Q];
    const a = positionsOf(t);
    if (this.areBeyond(a)) return;
    const channels = this.lengths(time[K]);
    for (const [i, tk] of channels.entries()) {
      if (positions * tk > max.sum) break;
      this.reducing[i] = anyLoadsOf(traffic, a, tk, true, isWanted);
      this.reduced[i] = anyLoadsOf(traffic, a, tk, false, isWanted);
    }
    for (const tr of this.lengths(time[R])) {
      const rows = images * rowsP(layer, t[P], tr);
      if (rows > max.input) break;
      t[R] = tr;
      if ((this.stopped ||= this.over())) return;
      for (const ts of this.lengths(time[S])) {
        const pixels = rows * rowsQ(layer, t[Q], ts);
        if (pixels > max.input) break;
        t[S] = ts;
        const isWhole = tr === time[R] && ts === time[S];
        for (let i = 0; i < channels.length; i++) {
          const tk = nth(channels, i);
          const sumLines = positions * tk;
          const kernel = t[G] * tk * tr * ts;
          if (sumLines > max.sum || kernel > max.weight) break;
          const isReducingWanted = this.reducing[i] === true;
          const isReducedWanted = isWhole && this.reduced[i] === true;
          if (!isReducingWanted && !isReducedWanted) continue;
          t[K] = tk;
          this.sumLines = sumLines;
          for (const tc of this.lengths(time[C])) {
            if (kernel * tc > max.weight || pixels * tc > max.input) break;
            if (isWhole && tc === time[C] ? !isReducedWanted : !isReducingWanted) continue;
            t[C] = tc;
            this.weightLines = kernel * tc;
            this.inputLines = pixels * tc;
            this.tile();
          }
        }
      }
    }
  }

  /**
   * One tile of a PE: bounds before the loops outside it are split over the two nests of tiles. All of the energy is
   * known but how often tiles are loaded, and each case of that has its least; nothing better is lost where all cases
   * are beyond interest (docs/formulation.md, Bounds and cutoffs: Tiles).
   */
  private tile(): void {
    this.tiles++;
    const { c, t, cutoff, room, wire, sumLines, weightLines, inputLines, spread, traffic } = this;
    const { spatial: s, distinctW, distinctI, outTime, outLines, outPooled, wholeInputs } = spread;
    const { time, lanes, vector, pes, cycles } = s;
    const { low } = room;
    const weightBuffer = Math.max(low.weightBuffer, placeFor(c.weight.lines, weightLines));
    const inputBuffer = Math.max(low.inputBuffer, placeFor(c.input.lines, inputLines));
    const accumBuffer = Math.max(low.accumBuffer, placeFor(c.sum.lines, sumLines));
    const { globalBuffer } = low;
    if (!room.fits({ weightBuffer, inputBuffer, accumBuffer, globalBuffer })) return;
    // Loops in the tile, and outside it: over positions (A), channels (B), the reduction (D) and groups (G).
    const a = positionsOf(t);
    const b = t[K];
    const d = reductionOf(t);
    const g = t[G];
    const n = cycles / (a * b * d * g);
    const outA = positionsOf(time) / a;
    const outB = time[K] / b;
    const outD = reductionOf(time) / d;
    const outG = time[G] / g;
    const linesW = distinctW * weightLines * lanes;
    const linesI = distinctI * inputLines;
    // Energy per run of each engine.
    const wordW = c.dram.weight + c.weightBits * wire;
    const perW = linesW * vector * wordW + weightLines * lanes * pes * cell(c.weight.fill, weightBuffer);
    const lineI = cell(c.global.read, globalBuffer) + vector * c.inputBits * wire;
    const perI = linesI * lineI + inputLines * pes * cell(c.input.fill, inputBuffer);
    const onceF = wholeInputs * (vector * c.dram.input + cell(c.global.fill, globalBuffer));
    const settled =
      spread.fixed +
      outTime * pes * cell(c.sum.out, accumBuffer) +
      outPooled * cell(c.global.out, globalBuffer) +
      outLines * lanes * c.sumBits * wire +
      // Inputs come out of DRAM once at least.
      onceF;
    const { step, beatsPerLine } = this.tiling;
    const runs = engineRuns(this.tiling, spread, { weightLines, inputLines, sumLines, cycles: a * b * d * g });
    const [beatsF, beatsS] = [wholeInputs * beatsPerLine.fill, outPooled * beatsPerLine.spill];
    let tile: Tile | undefined;
    // Without `held` positions of the tile in the global buffer, or all where weights stay for all, inputs come out of
    // DRAM again. Where nothing is reduced over tiles a tile of the global buffer holds all of the PE's positions.
    const { held } = traffic;
    const tiles = tilesOf(traffic);
    if (a > held && outD === 1) return;
    for (const reused of everyReused) {
      if (!canSpare(reused, outA, outB, outD)) continue;
      if (reused === 'weightsWithin' && tiles <= 1) continue;
      // How often each engine runs: what it is irrelevant to it brings in once.
      const perA = reused === 'weights' ? 1 : reused === 'weightsWithin' ? Math.min(outA, tiles) : outA;
      const runsW = outB * outD * outG * perA;
      const runsI = outA * outD * outG * (reused === 'inputs' ? 1 : outB);
      const refills = (reused === 'weights' && tiles > 1) || (reused === 'neither' && a > held);
      const fills = refills ? outB : 1;
      const energy = settled + runsW * perW + runsI * perI + onceF * (fills - 1);
      const min = Math.max(
        leastCycles(runs, {
          tiles: n,
          runsW,
          runsI,
          drains: outA * outB * outG,
          keepsW: reused === 'weights',
          keepsI: reused === 'inputs',
          finished: outD === 1 ? 1 : 0,
          minOuter: 1,
          maxOuter: n,
          ends: beatsF + beatsS,
          step,
        }),
        Math.max(beatsF * fills, beatsS) * rounding,
      );
      if (cutoff.beyond(energy, min)) continue;
      tile ??= {
        loops: t,
        weightLines,
        inputLines,
        sumLines,
        tuples: a * d * g,
        weightBuffer,
        inputBuffer,
        accumBuffer,
        kernels: this.kernels.of(a, b, d, g),
        costW: pes * lanes * (cell(c.weight.read, weightBuffer) + c.collector.weightFill),
        costI: pes * (cell(c.input.read, inputBuffer) + c.collector.inputFill),
        costA: pes * cell(c.sum.again, accumBuffer),
        runs,
      };
      if (cutoff.beyond(energy + this.behind(tile, runsW, runsI), min)) continue;
      this.outside.all(spread, tile);
      return;
    }
  }

  /** Least energy of reads and writes behind the collectors over the layer, where tiles are loaded so often. */
  private behind(tile: Tile, runsW: number, runsI: number): number {
    const { kernels, weightLines, tuples, costW, costI, costA } = tile;
    const { high } = this.room;
    const { outTime, spatial } = this.spread;
    const { cycles } = spatial;
    let min = Infinity;
    for (const k of kernels) {
      if (k.depthW > high.weightCollector || k.depthI > high.inputCollector || k.depthO > high.accumCollector) continue;
      const energy =
        costW * (k.holdsW ? weightLines * runsW : cycles / k.reuseW) +
        costI * (k.holdsI ? tuples * runsI : cycles / k.reuseI) +
        (k.holdsO ? 0 : costA * (cycles / k.reuseO - outTime));
      if (energy < min) min = energy;
    }
    return min;
  }
}
