// All ways to go on outside one tile of a PE: its loops split over the two nests of tiles, which class of them stands
// innermost in either, and how the collectors cut the nest of the PE.
//
// Energy and cycles (`cycles.ts`) are the cost model's in closed form. docs/formulation.md derives it.

import type { Layer } from '../model/workload/layer.js';
import type { ShapeCosts } from './item-costs.js';
import type { Cutoff } from './cutoff.js';
import { cyclesOfTiles } from './cycles.js';
import { divisorsOf } from './divisors.js';
import type { Counts, Innermost } from './item.js';
import { areasAt, energyOf, worth } from './item.js';
import { kernelAt, kernelRow } from './kernels.js';
import type { Room } from './box-room.js';
import { placeFor } from './box-room.js';
import { C, G, K, N, P, Q, R, S } from './spatial.js';
import type { Spread } from './spread.js';
import { pooledOf, rowsP, rowsQ } from './spread.js';

export interface Tile {
  /** Loops in time in the PE, per dimension. */
  readonly loops: readonly number[];
  readonly weightLines: number;
  readonly inputLines: number;
  readonly sumLines: number;
  /** What a collector of inputs tells apart. */
  readonly tuples: number;
  /** Places of the buffers that hold it. */
  readonly wb: number;
  readonly ib: number;
  readonly ab: number;
  /** The kernels of its nest. */
  readonly table: Float64Array;
  /** pJ behind the collectors per read of weights and inputs, and per sum that comes back. */
  readonly costW: number;
  readonly costI: number;
  readonly costA: number;
}

export class SplitSearch {
  splits = 0;

  private readonly pooled: number;
  private spread!: Spread;
  private tile!: Tile;
  /** Loops over tiles of the global buffer, and of DRAM, per dimension. */
  private readonly inner = [1, 1, 1, 1, 1, 1, 1, 1];
  private readonly outer = [1, 1, 1, 1, 1, 1, 1, 1];
  /** Dimensions with loops outside the tile. */
  private readonly open: number[] = [];

  constructor(
    private readonly layer: Layer,
    private readonly c: ShapeCosts,
    private readonly room: Room,
    private readonly cutoff: Cutoff,
  ) {
    this.pooled = pooledOf(layer);
  }

  /** Looks at every way to split the loops outside a tile over the inner and the outer nest. */
  all(spread: Spread, tile: Tile): void {
    this.spread = spread;
    this.tile = tile;
    const { time } = spread.spatial;
    this.open.length = 0;
    for (let d = 0; d < 8; d++) {
      this.outer[d] = 1;
      this.inner[d] = time[d]! / tile.loops[d]!;
      if (this.inner[d]! > 1) this.open.push(d);
      if (tile.loops[d]! > this.c.longestLoop) return;
    }
    this.splitFrom(0);
  }

  private splitFrom(k: number): void {
    if (k === this.open.length) return this.nests();
    const d = this.open[k]!;
    const all = this.spread.spatial.time[d]! / this.tile.loops[d]!;
    for (const f of divisorsOf(all)) {
      if (f > this.c.longestLoop || all / f > this.c.longestLoop) continue;
      this.outer[d] = f;
      this.inner[d] = all / f;
      this.splitFrom(k + 1);
    }
  }

  /** One split: the global buffer that it needs, and which class of loops stands innermost in either nest. */
  private nests(): void {
    this.splits++;
    const {
      c,
      layer,
      room,
      tile,
      spread: { spatial: s, outLines },
      inner: i,
      outer: o,
    } = this;
    const iA = i[N]! * i[P]! * i[Q]!,
      iB = i[K]!,
      iD = i[C]! * i[R]! * i[S]!,
      iG = i[G]!;
    const oA = o[N]! * o[P]! * o[Q]!,
      oB = o[K]!,
      oD = o[C]! * o[R]! * o[S]!;
    // Sums stay in a PE: reduction loops over tiles are the innermost of both nests.
    if (oD > 1 && iA * iB * iG > 1) return;
    const b = s.bound;
    const fill =
      (((b[N]! / o[N]!) * (b[G]! / o[G]!) * (b[C]! / o[C]!)) / s.vector) *
      rowsP(layer, b[P]! / o[P]!, b[R]! / o[R]!) *
      rowsQ(layer, b[Q]! / o[Q]!, b[S]! / o[S]!);
    const spill = outLines / (oA * oB * o[G]!) / this.pooled;
    let need = 0;
    while (
      need <= room.high[3]! &&
      Math.ceil(fill / c.global.lines[need]!) + Math.ceil(spill / c.global.lines[need]!) > c.banks
    )
      need++;
    if (need > room.high[3]!) return;
    const gb = Math.max(need, room.low[3]!);
    if (!room.fits(tile.wb, tile.ib, tile.ab, gb)) return;
    for (let zi = 0; zi < 3; zi++) {
      if (!stands(zi, iA, iB, iD)) continue;
      if (iD > 1 && zi !== 2 && iA * iB * iG > 1) continue;
      for (let zo = 0; zo < 3; zo++) {
        if (stands(zo, oA, oB, oD) && (oD === 1 || zo === 2))
          this.mapping(zi as Innermost, zo as Innermost, need, gb, fill, spill);
      }
    }
  }

  private mapping(zi: Innermost, zo: Innermost, need: number, gb: number, fill: number, spill: number): void {
    const { c, room, cutoff, inner: i, outer: o } = this;
    const { spatial: s, distinctW, distinctI, distinctO, outTime, outLines, outPooled, fixed } = this.spread;
    const { table, weightLines, inputLines, sumLines, tuples, wb, ib, ab, costW, costI, costA } = this.tile;
    const { lanes, vector, pes, cycles: steps } = s;
    const iA = i[N]! * i[P]! * i[Q]!,
      iB = i[K]!,
      iD = i[C]! * i[R]! * i[S]!,
      iG = i[G]!;
    const oA = o[N]! * o[P]! * o[Q]!,
      oB = o[K]!,
      oD = o[C]! * o[R]! * o[S]!,
      oG = o[G]!;
    // Runs: whether loops of the inner, and of the outer nest, are in that of weights (of inputs).
    const passesW = iB * iD * iG === 1,
      passesI = iA * iD * iG === 1;
    const onW = passesW && (zo === 0 || oB * oD * oG === 1),
      onI = passesI && (zo === 1 || oA * oD * oG === 1);
    const runsW = oB * oD * oG * iB * iD * iG * (zi === 0 || passesW ? 1 : iA) * (onW ? 1 : oA);
    const runsI = oA * oD * oG * iA * iD * iG * (zi === 1 || passesI ? 1 : iB) * (onI ? 1 : oB);
    const runsFill = oA * oD * oG * (zo === 1 || oA * oD * oG === 1 ? 1 : oB);
    const beatsW = distinctW * weightLines * lanes,
      beatsI = distinctI * inputLines;
    const nInner = iA * iB * iD * iG,
      nOuter = oA * oB * oD * oG;
    const cycles = cyclesOfTiles(
      c,
      { compute: steps / (nInner * nOuter), loadI: beatsI, loadW: beatsW, drain: distinctO * sumLines, fill, spill },
      {
        tiles: nInner,
        runs: nInner / (zi === 0 ? iA : zi === 1 ? iB : iD),
        keepsI: zi === 1,
        keepsW: zi === 0,
        keepsO: zi === 2 && iD > 1,
      },
      {
        tiles: nOuter,
        runs: nOuter / (zo === 0 ? oA : zo === 1 ? oB : oD),
        keepsI: zo === 1 && passesI,
        keepsW: zo === 0 && passesW,
        keepsO: zo === 2 && oD > 1,
      },
      zo === 1,
    );
    const counts: Counts = {
      weightReads: 0,
      weightFills: runsW * weightLines * lanes * pes,
      inputReads: 0,
      inputFills: runsI * inputLines * pes,
      again: 0,
      out: outTime * pes,
      globalReads: runsI * beatsI,
      globalFills: runsFill * fill,
      globalOut: outPooled,
      wireBits:
        runsW * beatsW * vector * c.weightBits + runsI * beatsI * vector * c.inputBits + outLines * lanes * c.sumBits,
      rest: fixed + runsW * beatsW * vector * c.dram.weight + runsFill * fill * vector * c.dram.input,
      cycles,
    };
    const known = energyOf(c, counts, [wb, ib, ab, gb], room.least);
    if (cutoff.beyond(known, cycles)) return;
    const { high } = room;
    for (let k = 0; k < table.length; k += kernelRow) {
      if (table[k + 3]! > high[4]! || table[k + 4]! > high[5]! || table[k + 5]! > high[6]!) continue;
      const holds = table[k + 6]!;
      const weightReads = holds & 1 ? weightLines * runsW : steps / table[k]!;
      const inputReads = holds & 2 ? tuples * runsI : steps / table[k + 1]!;
      const again = holds & 4 ? 0 : steps / table[k + 2]! - outTime;
      if (cutoff.beyond(known + costW * weightReads + costI * inputReads + costA * again, cycles)) continue;
      const kernel = kernelAt(table, k / kernelRow);
      const needs = [
        placeFor(c.weight.lines, weightLines),
        placeFor(c.input.lines, inputLines),
        placeFor(c.sum.lines, sumLines),
        need,
        ...kernel.depth,
      ];
      const places = needs.map((x, size) => Math.max(x, room.low[size]!));
      const areas = areasAt(c, places);
      if (areas.area > room.area) continue;
      const all: Counts = {
        ...counts,
        weightReads: weightReads * pes * lanes,
        inputReads: inputReads * pes,
        again: again * pes,
        rest: counts.rest + pes * (lanes * weightReads * c.collector.weightFill + inputReads * c.collector.inputFill),
      };
      const energy = energyOf(c, all, places, areas);
      if (cutoff.beyond(energy, cycles)) continue;
      const value = worth(cutoff.weights, energy, cycles);
      cutoff.offer({
        value,
        energy,
        cycles,
        places,
        needs,
        counts: all,
        spatial: s,
        pe: [...this.tile.loops],
        inner: [...i],
        outer: [...o],
        kernel,
        innermost: { inner: zi, outer: zo },
      });
    }
  }
}

/** Whether a class of loops can stand innermost: it has one, or no class has any. */
const stands = (z: number, a: number, b: number, d: number): boolean =>
  z === 0 ? a > 1 : z === 1 ? b > 1 : d > 1 || (a === 1 && b === 1);
