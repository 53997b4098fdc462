// How often weights and inputs are loaded at least, whatever the tile: what the buffers have room for says how much of
// the loops irrelevant to a tensor a tile can hold, and all else of them loads it again.
//
// A tile holds a of the A positions (loops in time irrelevant to weights) and b of the B channels (irrelevant to inputs), and
// a b lines of sums. Loops over tiles are irrelevant to weights or inputs, not both, and neither where sums are reduced over tiles.

import type { Layer } from '../model/workload/layer.js';
import type { Places } from './columns.js';
import { C, G, K, N, P, Q, R, S, cell, positionsOf, reductionOf } from './columns.js';
import type { ShapeCosts } from './item-costs.js';
import type { Begun, Spatial } from './spatial.js';
import type { Spread } from './spread.js';
import { rowsP, rowsQ, spreadOf } from './spread.js';

/**
 * Lines that the largest buffers hold; of inputs in the global buffer beside one bank of outputs, where these do not lie there
 * whole. Of inputs that do any tile is there.
 */
export interface MaxLines {
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
  readonly max: MaxLines;
  readonly wire: number;
  readonly area: number;
}

export const maxLines = (c: ShapeCosts, high: Places, resident?: Layer['resident']): MaxLines => ({
  weight: cell(c.weight.lines, high.weightBuffer),
  input: cell(c.input.lines, high.inputBuffer),
  sum: cell(c.sum.lines, high.accumBuffer),
  global: resident?.input ? Infinity : (c.banks - (resident?.output ? 0 : 1)) * cell(c.global.lines, high.globalBuffer),
});

/** Sums of the same numbers in another order: a share by which these may come out above what a mapping costs. */
const rounding = 1 - 1e-12;

/** What a choice of what runs side by side loads: each tensor once, and what there is room for. */
export interface Traffic {
  readonly max: MaxLines;
  /** Loops in time irrelevant to weights, irrelevant to inputs, and that reduce sums. */
  readonly positions: number;
  readonly channels: number;
  readonly reduced: number;
  /** Reduction over channels alone; lines of inputs of one position with all that it reduces. */
  readonly deep: number;
  readonly pixels: number;
  /** Positions whose inputs the global buffer has room for where all is reduced in one tile of it, at most. */
  readonly held: number;
  /** The same, whatever of the positions is not chosen yet. */
  readonly room: number;
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

/** Loops in time over positions, and cycles, that a choice has. */
interface InTime {
  readonly positions: number;
  readonly cycles: number;
}

/**
 * Of every choice that goes on from one whose lanes and vector are chosen. Rows on the array load no fewer lines of inputs in
 * all than one PE with all rows would; but each has fewer positions, and as much of the global buffer's room for them.
 */
export function leastTraffic(layer: Layer, c: ShapeCosts, begun: Begun, extremes: Extremes): Traffic {
  const { array, time, bound, lanes, vector } = begun;
  const [n, g, k, ch, , q, r, s] = time;
  // Written out: it is asked for each choice of lanes and vector.
  const alone: Spatial = {
    bound,
    array: [1, array[G], array[K], array[C], 1, 1, 1, 1],
    time: [n, g, k, ch, bound[P], q, r, s],
    lanes,
    vector,
    columns: 'K',
    rows: 'P',
    onBoth: undefined,
    pes: array[G] * array[K] * array[C],
    cycles: n * g * k * ch * bound[P] * q * r * s,
  };
  const { cycles } = begun;
  return trafficOf(layer, c, spreadOf(layer, c, alone), extremes, { positions: positionsOf(time), cycles });
}

export function trafficOf(
  layer: Layer,
  c: ShapeCosts,
  spread: Spread,
  { low, max, wire, area }: Extremes,
  { positions, cycles }: InTime = { positions: positionsOf(spread.spatial.time), cycles: spread.spatial.cycles },
): Traffic {
  const { spatial: s, distinctW, distinctI, outTime, outLines, outPooled, wholeInputs, fixed } = spread;
  const { time, lanes, vector, pes } = s;
  const reduced = reductionOf(time);
  // Lines of the layer in one PE.
  const weights = time[K] * reduced * time[G];
  const inputs = time[N] * time[G] * time[C] * rowsP(layer, time[P], time[R]) * rowsQ(layer, time[Q], time[S]);
  const linesW = distinctW * weights * lanes;
  const linesI = distinctI * inputs;
  const beatsF = wholeInputs * c.beatsPerLine.fill;
  const wordW = c.dram.weight + c.weightBits * wire;
  const lineI = cell(c.global.read, low.globalBuffer) + vector * c.inputBits * wire;
  const lineF = vector * c.dram.input + cell(c.global.fill, low.globalBuffer);
  const room = (max.global * vector) / (s.array[N] * s.array[P] * s.bound[C]);
  return {
    max,
    positions,
    channels: time[K],
    reduced,
    deep: time[C],
    pixels: time[C] * rowsP(layer, 1, time[R]) * rowsQ(layer, 1, time[S]),
    held: room * (positions / positionsOf(time)),
    room,
    onceW: linesW * vector * wordW + weights * lanes * pes * cell(c.weight.fill, low.weightBuffer),
    onceI: linesI * lineI + inputs * pes * cell(c.input.fill, low.inputBuffer),
    onceF: wholeInputs * lineF,
    beatsW: linesW * c.beatsPerLine.load_w,
    beatsI: linesI * c.beatsPerLine.load_i,
    beatsF,
    settled:
      fixed +
      outTime * pes * cell(c.sum.out, low.accumBuffer) +
      outPooled * cell(c.global.out, low.globalBuffer) +
      outLines * lanes * c.sumBits * wire,
    busy: Math.max(cycles, outLines, beatsF, outPooled * Math.max(c.beatsPerLine.drain, c.beatsPerLine.spill)),
    static: c.static * area,
  };
}

/** Hears pJ of the layer but for what lies behind the collectors, and cycles, at least. */
type Hear = (energy: number, cycles: number) => boolean;

/**
 * What all tiles with a choice of what runs side by side cost at least, by the ways to load: each mapping costs as much
 * as one of them. `positions` where the tile's are known. Ends with the first way that is answered with true.
 */
export function anyLoads(t: Traffic, positions: number | undefined, hear: Hear): boolean {
  const { max, positions: allA, channels: allB, held, room, onceF } = t;
  const fewA = positions ?? 1;
  const maxA = positions ?? Math.min(allA, max.sum, max.input);
  const maxB = Math.min(allB, max.sum / fewA, max.weight);
  if (fewA <= room) {
    if (t.reduced <= max.weight && t.pixels <= max.input) {
      // All is reduced in one tile of a PE: weights, or inputs, may stay there.
      const runs = allB / Math.min(maxB, max.weight / t.reduced);
      // Weights that stay for all positions, where the global buffer does not hold these:
      // inputs come out of DRAM again.
      if (way(t, 1, runs, allA <= held ? 1 : runs, hear)) return true;
      if (way(t, Math.max(1, allA / held), runs, 1, hear)) return true;
      if (fewA * t.deep <= max.input)
        if (way(t, allA / Math.max(fewA, Math.min(maxA, held, max.input / t.deep)), 1, 1, hear)) return true;
    }
    if (traded(t, fewA, Math.min(maxA, held), maxB, 0, hear)) return true;
  }
  // Reduced over tiles of the global buffer: inputs come out of DRAM again with every tile of channels.
  return traded(t, fewA, maxA, maxB, onceF, hear);
}

/**
 * The same of all tiles with so many positions and channels: of those over which sums are reduced, where nothing else is
 * reused, or of those that reduce all.
 */
export function anyLoadsOf(t: Traffic, a: number, b: number, isReduced: boolean, hear: Hear): boolean {
  const { held } = t;
  const outA = t.positions / a;
  const outB = t.channels / b;
  if (isReduced) return way(t, outA, outB, a > held ? outB : 1, hear);
  if (a > held) return false;
  if (outA === 1 && outB === 1) return way(t, 1, 1, 1, hear);
  if (outB > 1 && way(t, outA, 1, 1, hear)) return true;
  if (outA === 1) return false;
  const tiles = tilesOf(t);
  if (way(t, 1, outB, tiles > 1 ? outB : 1, hear)) return true;
  return tiles > 1 && way(t, Math.min(outA, tiles), outB, 1, hear);
}

/** Tiles of the global buffer that all positions take at least where all is reduced in each. */
export const tilesOf = ({ positions, held }: Traffic): number => Math.ceil((positions / held) * (1 - 1e-12));

/** The more positions in a tile the fewer channels. `again` are pJ that go with the loads of inputs. */
function traded(t: Traffic, fewA: number, maxOfA: number, maxB: number, again: number, hear: Hear): boolean {
  const { max, positions: allA, channels: allB, onceW, onceI, onceF, beatsW, beatsI } = t;
  let a = maxOfA;
  let b = maxB;
  if (a * b > max.sum) {
    a = Math.sqrt((onceW * allA * max.sum) / ((onceI + again) * allB || 1));
    a = Math.min(maxOfA, Math.max(a, max.sum / maxB, fewA));
    b = Math.min(maxB, max.sum / a);
  }
  const energy = onceW * (allA / a) + onceI * (allB / b) + onceF + again * (allB / b - 1);
  const even = Math.sqrt((beatsW * allA * beatsI * allB) / max.sum);
  return loads(t, energy, Math.max(beatsW * (allA / maxOfA), beatsI * (allB / maxB), even), hear);
}

const way = (t: Traffic, runsW: number, runsI: number, fills: number, hear: Hear): boolean =>
  loads(
    t,
    t.onceW * runsW + t.onceI * runsI + t.onceF * fills,
    Math.max(t.beatsW * runsW, t.beatsI * runsI, t.beatsF * fills),
    hear,
  );

function loads(t: Traffic, energy: number, cycles: number, hear: Hear): boolean {
  const min = rounding * Math.max(t.busy, cycles);
  return hear(rounding * (t.settled + energy) + t.static * min, min);
}
