// How often weights and inputs are loaded at least, whatever the tile: what the buffers have room for says how much of
// the loops that spare a tensor a tile can hold, and all else of them loads it again.
//
// A tile holds a of the A positions (loops in time that spare weights) and b of the B channels (that spare inputs), and
// a b lines of sums. Loops over tiles spare weights or inputs, not both, and neither where sums are reduced over tiles.

import type { Layer } from '../model/workload/layer.js';
import type { Places } from './columns.js';
import { C, G, K, N, P, Q, R, S, cell, positionsOf, reductionOf } from './columns.js';
import type { ShapeCosts } from './item-costs.js';
import type { Spread } from './spread.js';
import { rowsP, rowsQ } from './spread.js';

/** Lines that the largest buffers hold; of inputs in the global buffer beside one bank of outputs. */
export interface MostLines {
  readonly weight: number;
  readonly input: number;
  readonly sum: number;
  readonly global: number;
}

/**
 * Places of the smallest sizes, lines of the largest buffers; the wire across the
 * smallest array, and the smallest area.
 */
export interface Extremes {
  readonly low: Places;
  readonly most: MostLines;
  readonly wire: number;
  readonly area: number;
}

export const mostLines = (c: ShapeCosts, high: Places): MostLines => ({
  weight: cell(c.weight.lines, high.weightBuffer),
  input: cell(c.input.lines, high.inputBuffer),
  sum: cell(c.sum.lines, high.accumBuffer),
  global: (c.banks - 1) * cell(c.global.lines, high.globalBuffer),
});

/** Sums of the same numbers in another order: a share by which these may come out above what a mapping costs. */
const rounding = 1 - 1e-12;

/** A way to load, with pJ of the layer but for what lies behind the collectors, and cycles, at least. */
export interface Loads {
  readonly energy: number;
  readonly cycles: number;
}

/** What a choice of what runs side by side loads: each tensor once, and what there is room for. */
export interface Traffic {
  readonly most: MostLines;
  /** Loops in time that spare weights, that spare inputs, and that reduce sums. */
  readonly positions: number;
  readonly channels: number;
  readonly reduced: number;
  /** Reduction over channels alone; lines of inputs of one position with all that it reduces. */
  readonly deep: number;
  readonly pixels: number;
  /** Positions whose inputs the global buffer has room for where all is reduced in one tile of it, at most. */
  readonly held: number;
  /** pJ of all weights into the PEs, of all inputs into them, and of these out of DRAM; beats of each; once. */
  readonly onceW: number;
  readonly onceI: number;
  readonly onceF: number;
  readonly beatsW: number;
  readonly beatsI: number;
  readonly beatsF: number;
  /** pJ and cycles whatever is loaded again; pJ per cycle. */
  readonly settled: number;
  readonly busy: number;
  readonly static: number;
}

export function trafficOf(layer: Layer, c: ShapeCosts, spread: Spread, { low, most, wire, area }: Extremes): Traffic {
  const { spatial: s, distinctW, distinctI, outTime, outLines, outPooled, wholeInputs, fixed } = spread;
  const { time, lanes, vector, pes } = s;
  const reduced = reductionOf(time);
  // Lines of the layer in one PE.
  const weights = time[K] * reduced * time[G];
  const inputs = time[N] * time[G] * time[C] * rowsP(layer, time[P], time[R]) * rowsQ(layer, time[Q], time[S]);
  const beatsW = distinctW * weights * lanes;
  const beatsI = distinctI * inputs;
  const wordW = c.dram.weight + c.weightBits * wire;
  const lineI = cell(c.global.read, low.globalBuffer) + vector * c.inputBits * wire;
  const lineF = vector * c.dram.input + cell(c.global.fill, low.globalBuffer);
  return {
    most,
    positions: positionsOf(time),
    channels: time[K],
    reduced,
    deep: time[C],
    pixels: time[C] * rowsP(layer, 1, time[R]) * rowsQ(layer, 1, time[S]),
    held: (most.global * vector) / (s.array[N] * s.array[P] * s.bound[C]),
    onceW: beatsW * vector * wordW + weights * lanes * pes * cell(c.weight.fill, low.weightBuffer),
    onceI: beatsI * lineI + inputs * pes * cell(c.input.fill, low.inputBuffer),
    onceF: wholeInputs * lineF,
    beatsW,
    beatsI,
    beatsF: wholeInputs,
    settled:
      fixed +
      outTime * pes * cell(c.sum.out, low.accumBuffer) +
      outPooled * cell(c.global.out, low.globalBuffer) +
      outLines * lanes * c.sumBits * wire,
    busy: Math.max(s.cycles, outLines, wholeInputs, outPooled),
    static: c.static * area,
  };
}

/**
 * What all tiles with a choice of what runs side by side cost at least, by the ways to load: each mapping costs as much
 * as one of them. `positions` where the tile's are known.
 */
export function leastLoads(t: Traffic, positions?: number): readonly Loads[] {
  const { most, positions: allA, channels: allB, held, onceW, onceI, onceF, beatsW, beatsI, beatsF } = t;
  const fewA = positions ?? 1;
  const mostA = positions ?? Math.min(allA, most.sum, most.input);
  const mostB = Math.min(allB, most.sum / fewA, most.weight);
  const ways: Loads[] = [];
  if (fewA <= held) {
    if (t.reduced <= most.weight && t.pixels <= most.input) {
      // All is reduced in one tile of a PE: weights, or inputs, may stay there.
      const runs = allB / Math.min(mostB, most.weight / t.reduced);
      // Weights that stay for all positions, where the global buffer does not hold these:
      // inputs come out of DRAM again.
      way(1, runs, allA <= held ? 1 : runs);
      way(Math.max(1, allA / held), runs, 1);
      if (fewA * t.deep <= most.input) way(allA / Math.max(fewA, Math.min(mostA, held, most.input / t.deep)), 1, 1);
    }
    traded(Math.min(mostA, held), 0);
  }
  // Reduced over tiles of the global buffer: inputs come out of DRAM again with every tile of channels.
  traded(mostA, onceF);
  return ways;

  /** The more positions in a tile the fewer channels. `again` are pJ that go with the loads of inputs. */
  function traded(mostOfA: number, again: number): void {
    let [a, b] = [mostOfA, mostB];
    if (a * b > most.sum) {
      a = Math.sqrt((onceW * allA * most.sum) / ((onceI + again) * allB || 1));
      a = Math.min(mostOfA, Math.max(a, most.sum / mostB, fewA));
      b = Math.min(mostB, most.sum / a);
    }
    const energy = onceW * (allA / a) + onceI * (allB / b) + onceF + again * (allB / b - 1);
    const even = Math.sqrt((beatsW * allA * beatsI * allB) / most.sum);
    add(energy, Math.max(beatsW * (allA / mostOfA), beatsI * (allB / mostB), even));
  }

  function way(runsW: number, runsI: number, fills: number): void {
    add(onceW * runsW + onceI * runsI + onceF * fills, Math.max(beatsW * runsW, beatsI * runsI, beatsF * fills));
  }

  function add(energy: number, cycles: number): void {
    const least = rounding * Math.max(t.busy, cycles);
    ways.push({ energy: rounding * (t.settled + energy) + t.static * least, cycles: least });
  }
}
