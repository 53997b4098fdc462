// All ways to go on outside one tile of a PE: its loops split over the two nests of tiles, which class of them stands
// innermost in either, and how the collectors cut the nest of the PE.
//
// Energy and cycles (`cycles.ts`) are the cost model's in closed form. All but the lines of inputs in the global buffer hangs on
// how many loops of each class a nest has, not on their dimensions. docs/formulation.md derives it.

import { nth } from '../base/invariant.js';
import type { Pooled } from '../model/cost/tile-cycles.js';
import { tilingFor } from '../model/cost/tile-cycles.js';
import type { Layer } from '../model/workload/layer.js';
import { pooledOf } from '../model/workload/layer.js';
import type { EachDimension, PerDimension } from './columns.js';
import { C, G, K, N, P, Q, R, S, cell, perSize, positionsOf, reductionOf } from './columns.js';
import type { ShapeCosts } from './item-costs.js';
import type { Wanted } from './cutoff.js';
import { cyclesOfTiles } from './cycles.js';
import { fewestLines } from './fewest-lines.js';
import { divisors } from '../base/integers.js';
import type { Counts, Innermost } from './item.js';
import { areasAt, energyOf, costOf } from './item.js';
import type { KernelRow } from './kernels.js';
import { kernelOf } from './kernels.js';
import type { EngineRuns } from './least-cycles.js';
import { leastCycles } from './least-cycles.js';
import type { ByClass } from './loop-classes.js';
import { loopsOf, runsOf, stands } from './loop-classes.js';
import type { BoxRoom } from './box-room.js';
import { placeFor } from './box-room.js';
import type { Spread } from './spread.js';

export interface Tile {
  /** Loops in time in the PE, per dimension. */
  readonly loops: Readonly<EachDimension<number>>;
  readonly weightLines: number;
  readonly inputLines: number;
  readonly sumLines: number;
  /** What a collector of inputs tells apart. */
  readonly tuples: number;
  /** Places of the buffers that hold it. */
  readonly weightBuffer: number;
  readonly inputBuffer: number;
  readonly accumBuffer: number;
  /** Cycles of a run of each engine. */
  readonly runs: EngineRuns;
  /** The kernels of its nest. */
  readonly kernels: readonly KernelRow[];
  /** pJ behind the collectors per read of weights and inputs, and per sum that comes back. */
  readonly costW: number;
  readonly costI: number;
  readonly costA: number;
}

/** A split of the loops outside a tile, with what a tile of the global buffer takes. */
interface Split {
  readonly inner: ByClass;
  readonly outer: ByClass;
  /** The outer ones by dimension. */
  readonly overDram: PerDimension;
  /** Lines of inputs and of outputs. */
  readonly fill: number;
  readonly spill: number;
  /** The place of the smallest global buffer that holds them; of the smallest in the box. */
  readonly need: number;
  readonly globalBuffer: number;
}

/** Innermost loops may be irrelevant to weights, inputs or sums. */
const everyInnermost: readonly Innermost[] = [0, 1, 2];

/** Sums of the same numbers in another order: a share by which these may come out above what a mapping costs. */
const rounding = 1 - 1e-12;

export class SplitSearch {
  splits = 0;

  private readonly pooled: number;
  private readonly tiling: Pick<ShapeCosts, 'step' | 'latency' | 'beatsPerLine'> & Pooled;
  private spread!: Spread;
  private tile!: Tile;
  private least!: AtLeast;
  /** Loops outside the tile. */
  private readonly loops: EachDimension<number> = [1, 1, 1, 1, 1, 1, 1, 1];

  constructor(
    private readonly layer: Layer,
    private readonly c: ShapeCosts,
    private readonly room: BoxRoom,
    private readonly cutoff: Wanted,
  ) {
    this.pooled = pooledOf(layer);
    this.tiling = tilingFor(c, layer);
  }

  /** Looks at every way to split the loops outside a tile over the inner and the outer nest. */
  all(spread: Spread, tile: Tile): void {
    const { loops } = this;
    this.spread = spread;
    this.tile = tile;
    for (const [column, inTile] of tile.loops.entries()) {
      loops[column] = nth(spread.spatial.time, column) / inTile;
      if (inTile > this.c.longestLoop) return;
    }
    this.least = this.atLeast();
    const [a, b, d, g] = [positionsOf(loops), loops[K], reductionOf(loops), loops[G]];
    for (const outG of divisors(g))
      for (const outB of divisors(b))
        for (const outA of divisors(a))
          this.byClass({ a: a / outA, b: b / outB, d, g: g / outG }, { a: outA, b: outB, d: 1, g: outG });
    // Sums stay in a PE: where the outer nest reduces, the inner one does nothing else.
    for (const outD of divisors(d)) if (outD > 1) this.byClass({ a: 1, b: 1, d: d / outD, g: 1 }, { a, b, d: outD, g });
  }

  /**
   * What every split costs at least, and what a run of each engine adds: before what a tile of the global buffer takes is known,
   * inputs come out of DRAM as whole lines at least.
   */
  private atLeast(): AtLeast {
    const { c, room, spread, tile } = this;
    const { spatial: s, distinctW, distinctI, outTime, outLines, outPooled, wholeInputs, fixed } = spread;
    const { weightLines, inputLines, weightBuffer, inputBuffer, accumBuffer } = tile;
    const { lanes, vector, pes } = s;
    const { beatsPerLine } = this.tiling;
    const { low, min } = room;
    const wire = c.wire(min.array);
    const linesW = distinctW * weightLines * lanes;
    const linesI = distinctI * inputLines;
    return {
      energy:
        (fixed +
          outTime * pes * cell(c.sum.out, accumBuffer) +
          outPooled * cell(c.global.out, low.globalBuffer) +
          outLines * lanes * c.sumBits * wire) *
        rounding,
      perW:
        (linesW * vector * (c.dram.weight + c.weightBits * wire) +
          weightLines * lanes * pes * cell(c.weight.fill, weightBuffer)) *
        rounding,
      perI:
        (linesI * (cell(c.global.read, low.globalBuffer) + vector * c.inputBits * wire) +
          inputLines * pes * cell(c.input.fill, inputBuffer)) *
        rounding,
      perFill: wholeInputs * (vector * c.dram.input + cell(c.global.fill, low.globalBuffer)) * rounding,
      perCycle: c.static * min.area * rounding,
      fill: wholeInputs * beatsPerLine.fill,
      spill: outPooled * beatsPerLine.spill,
    };
  }

  /**
   * All splits with so many loops of each class in either nest: the global buffer that they need, and which class stands
   * innermost. Any other order of loops changes no count and no cycle, or makes runs shorter (docs/formulation.md, Cycles).
   */
  private byClass(inner: ByClass, outer: ByClass): void {
    this.splits++;
    const { loops, room, spread, tile } = this;
    const { resident } = this.layer;
    const spill = resident?.output ? 0 : spread.outLines / (outer.a * outer.b * outer.g) / this.pooled;
    const lines = (spread.wholeInputs / (outer.a * outer.d * outer.g)) * rounding;
    if (this.banksFor(lines, spill) > room.high.globalBuffer) return;
    const wanted = this.wantedOf(inner, outer);
    if (wanted === 0) return;
    const fewest = fewestLines(this.layer, spread.spatial, loops, outer, this.c.longestLoop);
    if (!fewest) return;
    const fill = resident?.input ? 0 : fewest.lines;
    const need = this.banksFor(fill, spill);
    if (need > room.high.globalBuffer) return;
    const globalBuffer = Math.max(need, room.low.globalBuffer);
    const { weightBuffer, inputBuffer, accumBuffer } = tile;
    if (!room.fits({ weightBuffer, inputBuffer, accumBuffer, globalBuffer })) return;
    const split: Split = { inner, outer, overDram: fewest.outer, fill, spill, need, globalBuffer };
    for (const zi of everyInnermost)
      for (const zo of everyInnermost) if ((wanted & (1 << (3 * zi + zo))) !== 0) this.mapping(split, zi, zo);
  }

  /** Which classes may stand innermost in both nests, a bit for each pair, where what that takes at least is not beyond interest. */
  private wantedOf(inner: ByClass, outer: ByClass): number {
    const { least, cutoff, tile, tiling } = this;
    const tilesOuter = outer.a * outer.b * outer.d * outer.g;
    const tiles = tilesOuter * inner.a * inner.b * inner.d * inner.g;
    const finished = 1 / outer.d;
    // Beats of the first fill and of the last spill, for each tile of the outer nest.
    const ends = least.fill * outer.b + least.spill * outer.d;
    let wanted = 0;
    for (const zi of everyInnermost) {
      if (!stands(zi, inner) || (inner.d > 1 && zi !== 2)) continue;
      for (const zo of everyInnermost) {
        if (!stands(zo, outer) || (outer.d > 1 && zo !== 2)) continue;
        const { runsW, runsI, outerI, passesW, passesI } = runsOf(inner, outer, zi, zo);
        const cycles = leastCycles(tile.runs, {
          tiles,
          runsW,
          runsI,
          drains: tiles / (inner.d * outer.d),
          keepsW: zo === 0 && passesW,
          keepsI: zo === 1 && passesI,
          finished,
          minOuter: tilesOuter,
          maxOuter: tilesOuter,
          ends,
          step: tiling.step,
        });
        const energy =
          least.energy +
          runsW * least.perW +
          runsI * least.perI +
          (zo === 1 || outerI === 1 ? 1 : outer.b) * least.perFill +
          cycles * least.perCycle;
        if (!cutoff.beyond(energy, cycles)) wanted |= 1 << (3 * zi + zo);
      }
    }
    return wanted;
  }

  /**
   * The place of the smallest global buffer whose banks hold so many lines of inputs and of outputs, which share none.
   */
  private banksFor(fill: number, spill: number): number {
    const { c, room } = this;
    const { lines } = c.global;
    let place = 0;
    while (place <= room.high.globalBuffer) {
      const bank = cell(lines, place);
      if (Math.ceil(fill / bank) + Math.ceil(spill / bank) <= c.banks) break;
      place++;
    }
    return place;
  }

  /** Energy and cycles of a split with these classes innermost: those that every kernel has, then kernel by kernel. */
  private mapping(split: Split, zi: Innermost, zo: Innermost): void {
    const { c, room, cutoff, tile } = this;
    const { spatial: s, distinctW, distinctI, distinctO, outTime, outLines, outPooled, fixed } = this.spread;
    const { weightLines, inputLines, sumLines } = tile;
    const { inner, outer, fill, spill } = split;
    const { lanes, vector, pes } = s;
    const { runsW, runsI, outerI, passesW, passesI } = runsOf(inner, outer, zi, zo);
    const runsFill = outerI * (zo === 1 || outerI === 1 ? 1 : outer.b);
    const linesW = distinctW * weightLines * lanes;
    const linesI = distinctI * inputLines;
    const tilesInner = inner.a * inner.b * inner.d * inner.g;
    const tilesOuter = outer.a * outer.b * outer.d * outer.g;
    const { beatsPerLine, window } = this.tiling;
    const cycles = cyclesOfTiles(
      this.tiling,
      {
        compute: s.cycles / (tilesInner * tilesOuter),
        loadI: linesI * beatsPerLine.load_i,
        loadW: linesW * beatsPerLine.load_w,
        drain: (distinctO * sumLines * beatsPerLine.drain) / window,
        fill: fill * beatsPerLine.fill,
        spill: spill * beatsPerLine.spill,
      },
      {
        tiles: tilesInner,
        runs: tilesInner / loopsOf(zi, inner),
        keepsI: zi === 1,
        keepsW: zi === 0,
        keepsO: zi === 2 && inner.d > 1,
      },
      {
        tiles: tilesOuter,
        runs: tilesOuter / loopsOf(zo, outer),
        keepsI: zo === 1 && passesI,
        keepsW: zo === 0 && passesW,
        keepsO: zo === 2 && outer.d > 1,
      },
      zo === 1,
    );
    const bitsW = runsW * linesW * vector * c.weightBits;
    const bitsI = runsI * linesI * vector * c.inputBits;
    const counts: Counts = {
      weightReads: 0,
      weightFills: runsW * weightLines * lanes * pes,
      inputReads: 0,
      inputFills: runsI * inputLines * pes,
      again: 0,
      out: outTime * pes,
      globalReads: runsI * linesI,
      globalFills: runsFill * fill,
      globalOut: outPooled,
      wireBits: bitsW + bitsI + outLines * lanes * c.sumBits,
      rest: fixed + runsW * linesW * vector * c.dram.weight + runsFill * fill * vector * c.dram.input,
      cycles,
    };
    const { weightBuffer, inputBuffer, accumBuffer } = tile;
    const { globalBuffer } = split;
    const known = energyOf(c, counts, { weightBuffer, inputBuffer, accumBuffer, globalBuffer }, room.min);
    if (!cutoff.beyond(known, cycles)) this.kernels(split, { zi, zo, runsW, runsI, counts, known });
  }

  /**
   * Every kernel in a mapping: first on the smallest machine that has its buffers, then on the one that it needs. Energy
   * and area only grow with sizes, so the first is a bound, and no larger machine of the box is better for the mapping
   * than the second (docs/formulation.md, Smallest sizes).
   */
  private kernels(split: Split, { zi, zo, runsW, runsI, counts, known }: Outside): void {
    const { c, room, cutoff, tile, spread } = this;
    const { weightLines, inputLines, sumLines, tuples, costW, costI, costA } = tile;
    const { spatial: s, outTime } = spread;
    const { lanes, pes, cycles: steps } = s;
    const { cycles } = counts;
    const { high, low } = room;
    for (const k of tile.kernels) {
      if (k.depthW > high.weightCollector || k.depthI > high.inputCollector || k.depthO > high.accumCollector) continue;
      const weightReads = k.holdsW ? weightLines * runsW : steps / k.reuseW;
      const inputReads = k.holdsI ? tuples * runsI : steps / k.reuseI;
      const again = k.holdsO ? 0 : steps / k.reuseO - outTime;
      if (cutoff.beyond(known + costW * weightReads + costI * inputReads + costA * again, cycles)) continue;
      const needs = {
        weightBuffer: placeFor(c.weight.lines, weightLines),
        inputBuffer: placeFor(c.input.lines, inputLines),
        accumBuffer: placeFor(c.sum.lines, sumLines),
        globalBuffer: split.need,
        weightCollector: k.depthW,
        inputCollector: k.depthI,
        accumCollector: k.depthO,
      };
      const places = perSize((size) => Math.max(needs[size], low[size]));
      const areas = areasAt(c, places);
      if (areas.area > room.area) continue;
      const collected = lanes * weightReads * c.collector.weightFill + inputReads * c.collector.inputFill;
      const all: Counts = {
        ...counts,
        weightReads: weightReads * pes * lanes,
        inputReads: inputReads * pes,
        again: again * pes,
        rest: counts.rest + pes * collected,
      };
      const energy = energyOf(c, all, places, areas);
      if (cutoff.beyond(energy, cycles)) continue;
      cutoff.offer({
        value: costOf(cutoff.weights, energy, cycles),
        energy,
        cycles,
        places,
        needs,
        counts: all,
        spatial: s,
        pe: [...tile.loops],
        inner: ratio(this.loops, split.overDram),
        outer: split.overDram,
        kernel: kernelOf(k),
        innermost: { inner: zi, outer: zo },
      });
    }
  }
}

const ratio = ([n, g, k, c, p, q, r, s]: PerDimension, by: PerDimension): PerDimension => [
  n / by[N],
  g / by[G],
  k / by[K],
  c / by[C],
  p / by[P],
  q / by[Q],
  r / by[R],
  s / by[S],
];

/**
 * What lies outside a kernel: the classes innermost, how often weights and inputs are
 * loaded, and counts and pJ but for it.
 */
interface Outside {
  readonly zi: Innermost;
  readonly zo: Innermost;
  readonly runsW: number;
  readonly runsI: number;
  readonly counts: Counts;
  readonly known: number;
}

/**
 * pJ of all splits of a tile; of a run of weights and of inputs, of all inputs once out of DRAM, and per cycle. Beats of all inputs
 * and outputs once.
 */
interface AtLeast {
  readonly energy: number;
  readonly perW: number;
  readonly perI: number;
  readonly perFill: number;
  readonly perCycle: number;
  readonly fill: number;
  readonly spill: number;
}
