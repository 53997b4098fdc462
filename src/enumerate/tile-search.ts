// All tiles of a layer with one choice of what runs side by side, over a box of machines.
//
// Each tile takes the smallest sizes that hold it (within the box), because energy per access and area only grow with
// size: a search over mappings is a search over machines too. Energy is the cost model's in closed form, cycles are
// bounded from below (`cycles.ts`). docs/formulation.md derives all of it.

import { divisors } from '../base/integers.js';
import type { Layer } from '../model/layer.js';
import { rowsUnder } from '../model/numbers.js';
import type { ShapeCosts } from './costs.js';
import { sizes } from './costs.js';
import { cyclesOfTiles } from './cycles.js';
import type { Asked, Box, Counts, Innermost, Item, Weights } from './item.js';
import { areasAt, energyOf, limitSlack, worth } from './item.js';
import type { KernelTables } from './kernels.js';
import { kernelAt, kernelRow } from './kernels.js';
import type { Spatial } from './spatial.js';
import { C, G, K, N, P, Q, R, S } from './spatial.js';

const dividers = new Map<number, readonly number[]>();
function divisorsOf(n: number): readonly number[] {
  let known = dividers.get(n);
  if (!known) dividers.set(n, (known = divisors(n)));
  return known;
}

/** First place in an ascending table whose entry is at least `need`; the table's length where there is none. */
function placeFor(table: ArrayLike<number>, need: number): number {
  let i = 0;
  while (i < table.length && table[i]! < need) i++;
  return i;
}

export class TileSearch {
  best: Item | undefined;
  /** What is not below this is of no interest. */
  limit: number;
  /** The least that mappings may be worth of items that turned out to be worth more, or to be none. */
  open = Infinity;
  /** Whether anything was left out for what it is worth, not for what it needs or for the limits. */
  cut = false;
  /** It was told to end in the middle of a choice. */
  stopped = false;
  tiles = 0;
  splits = 0;

  /** Whether some collector has more than one entry. */
  private readonly isDeep: boolean;
  private readonly mostEnergy: number;
  private readonly mostCycles: number;
  private readonly mostBoth: number;

  private readonly high: readonly number[];
  /** Area beyond the smallest machine of the box: what is left, and what each size adds. */
  private readonly spare: number;
  private readonly added: readonly Float64Array[];
  private readonly leastArray: number;
  private readonly wire: number;
  private readonly pooled: number;
  private readonly pool: { readonly P: number; readonly Q: number };

  // The choice of what runs side by side, and what follows from it.
  private s!: Spatial;
  private outTime = 1;
  private outLines = 1;
  private distinctW = 1;
  private distinctI = 1;
  private distinctO = 1;
  /** Energy that no tile changes; lines of the whole input. */
  private fixed = 0;
  private wholeInputs = 0;

  /** The tile: loops in time in the PE, over tiles of the global buffer, and of DRAM, per dimension. */
  private readonly t = [1, 1, 1, 1, 1, 1, 1, 1];
  private readonly inner = [1, 1, 1, 1, 1, 1, 1, 1];
  private readonly outer = [1, 1, 1, 1, 1, 1, 1, 1];
  private sumLines = 1;
  private weightLines = 1;
  private inputLines = 1;
  private wb = 0;
  private ib = 0;
  private ab = 0;
  private table: Float64Array = new Float64Array(0);
  private split: number[] = [];

  constructor(private readonly layer: Layer, private readonly c: ShapeCosts, private readonly w: Weights, private readonly kernels: KernelTables, private readonly box: Box, private readonly area: number, cutoff: number, private readonly asked: Asked = {}) {
    this.limit = cutoff;
    const { energy = Infinity, latency = Infinity, edp = Infinity } = asked.limits ?? {};
    [this.mostEnergy, this.mostCycles, this.mostBoth] = [energy, latency, edp].map((x) => x * (1 + limitSlack)) as [number, number, number];
    const least = areasAt(c, box.low);
    this.spare = area - least.area;
    this.added = sizes.map((name, k) => c.more[name].area.map((m) => m - c.more[name].area[box.low[k]!]!));
    this.high = box.high.map((h, k) => {
      let place = h;
      while (this.added[k]![place]! > this.spare) place--;
      return place;
    });
    this.isDeep = (['weightCollector', 'inputCollector', 'accumCollector'] as const).some((name) => c.menus[name].at(-1)! > 1);
    this.leastArray = least.array;
    this.wire = c.wire(least.array);
    this.pool = layer.pool ?? { P: 1, Q: 1 };
    this.pooled = this.pool.P * this.pool.Q;
  }

  private rowsP(p: number, r: number): number {
    return rowsUnder(p, r, this.layer.stride.P, this.layer.dilation.R, 'dense');
  }

  private rowsQ(q: number, s: number): number {
    return rowsUnder(q, s, this.layer.stride.Q, this.layer.dilation.S, 'dense');
  }

  /** Whether mappings that cost at least so much are of no interest. */
  private beyond(energy: number, cycles: number): boolean {
    if (energy > this.mostEnergy || cycles > this.mostCycles || energy * cycles > this.mostBoth) return true;
    if (worth(this.w, energy, cycles) < this.limit) return false;
    this.cut = true;
    return true;
  }

  /** Looks at every tile with a choice of what runs side by side. */
  all(s: Spatial): void {
    const { c, t, pool } = this;
    const { time, bound: b } = s;
    this.s = s;
    this.distinctW = s.array[G]! * s.array[K]! * s.array[C]!;
    this.distinctI = s.array[N]! * s.array[G]! * s.array[C]! * s.array[P]!;
    this.distinctO = s.array[G]! * s.array[K]! * s.array[P]!;
    this.outTime = time[N]! * time[G]! * time[K]! * time[P]! * time[Q]!;
    this.outLines = this.outTime * this.distinctO;
    this.wholeInputs = ((b[N]! * b[G]! * b[C]!) / s.vector) * this.rowsP(b[P]!, b[R]!) * this.rowsQ(b[Q]!, b[S]!);
    const perCycle = s.pes * (s.lanes * s.vector * c.mac + s.lanes * (c.collector.weight + c.collector.sum) + c.collector.input);
    this.fixed = s.cycles * perCycle + (this.outLines / this.pooled) * s.lanes * c.dram.output;
    const most = { weight: c.weight.lines[this.high[0]!]!, input: c.input.lines[this.high[1]!]!, sum: c.sum.lines[this.high[2]!]! };
    if (this.isBeyond()) return;

    for (const tg of divisorsOf(time[G]!)) {
      t[G] = tg;
      for (const tn of divisorsOf(time[N]!)) {
        if (tg * tn > most.sum) break;
        t[N] = tn;
        for (const tp of divisorsOf(time[P]!)) {
          if (tg * tn * tp > most.sum) break;
          if (tp % pool.P !== 0) continue;
          t[P] = tp;
          for (const tq of divisorsOf(time[Q]!)) {
            if (tg * tn * tp * tq > most.sum) break;
            if (tq % pool.Q !== 0) continue;
            t[Q] = tq;
            this.kernelsAndChannels(most);
          }
        }
      }
    }
  }

  /**
   * Whether no tile with this choice can be of interest. The PE's nest and both nests of tiles are one nest that the
   * collectors cut somewhere: no cutting reuses more than the best of all loops in time.
   */
  private isBeyond(): boolean {
    const { c, s, box: { low: [wb, ib, ab, gb] }, outTime, outLines, wholeInputs, wire } = this;
    const { time, lanes, vector, pes, cycles } = s;
    const a = time[N]! * time[P]! * time[Q]!, b = time[K]!, d = time[C]! * time[R]! * time[S]!, g = time[G]!;
    const weights = b * d * g;
    const inputs = time[N]! * g * time[C]! * this.rowsP(time[P]!, time[R]!) * this.rowsQ(time[Q]!, time[S]!);
    const beatsW = this.distinctW * weights * lanes, beatsI = this.distinctI * inputs;
    const least = Math.max(cycles, beatsW, beatsI, outLines);
    const energy =
      this.fixed + outTime * pes * c.sum.out[ab!]! + (outLines / this.pooled) * c.global.out[gb!]! + outLines * lanes * c.sumBits * wire +
      wholeInputs * (vector * c.dram.input + c.global.fill[gb!]!) +
      beatsW * vector * (c.dram.weight + c.weightBits * wire) + weights * lanes * pes * c.weight.fill[wb!]! +
      beatsI * (c.global.read[gb!]! + vector * c.inputBits * wire) + inputs * pes * c.input.fill[ib!]!;
    if (this.beyond(energy, least)) return true;
    // Cycles alone leave few choices of the least EDP, and tables of deep collectors take longer than a look at their tiles.
    if (this.w.both > 0 && this.isDeep) return false;
    const table = this.kernels.of(a, b, d, g);
    const costW = pes * lanes * (c.weight.read[wb!]! + c.collector.weightFill) * cycles, costI = pes * (c.input.read[ib!]! + c.collector.inputFill) * cycles;
    const costA = pes * c.sum.again[ab!]!;
    let behind = Infinity;
    for (let i = 0; i < table.length; i += kernelRow) {
      behind = Math.min(behind, costW / table[i]! + costI / table[i + 1]! + costA * (cycles / table[i + 2]! - outTime));
    }
    return this.beyond(energy + behind, least);
  }

  private kernelsAndChannels(most: { readonly weight: number; readonly input: number; readonly sum: number }): void {
    const { t } = this;
    const { time } = this.s;
    const images = t[G]! * t[N]!;
    const positions = images * t[P]! * t[Q]!;
    for (const tr of divisorsOf(time[R]!)) {
      const rows = images * this.rowsP(t[P]!, tr);
      if (rows > most.input) break;
      t[R] = tr;
      if (this.stopped ||= this.asked.over?.() ?? false) return;
      for (const ts of divisorsOf(time[S]!)) {
        const pixels = rows * this.rowsQ(t[Q]!, ts);
        if (pixels > most.input) break;
        t[S] = ts;
        for (const tk of divisorsOf(time[K]!)) {
          const sumLines = positions * tk;
          const kernel = t[G]! * tk * tr * ts;
          if (sumLines > most.sum || kernel > most.weight) break;
          t[K] = tk;
          this.sumLines = sumLines;
          for (const tc of divisorsOf(time[C]!)) {
            if (kernel * tc > most.weight || pixels * tc > most.input) break;
            t[C] = tc;
            this.weightLines = kernel * tc;
            this.inputLines = pixels * tc;
            this.tile();
          }
        }
      }
    }
  }

  /** Least energy of reads and writes behind the collectors over the layer, where tiles are loaded so often. */
  private nest(costW: number, costI: number, costA: number, runsW: number, runsI: number, tuples: number): number {
    const { table, weightLines, outTime } = this;
    const { cycles } = this.s;
    const [wc, ic, ac] = [this.high[4]!, this.high[5]!, this.high[6]!];
    let least = Infinity;
    for (let i = 0; i < table.length; i += kernelRow) {
      if (table[i + 3]! > wc || table[i + 4]! > ic || table[i + 5]! > ac) continue;
      const holds = table[i + 6]!;
      const energy =
        costW * (holds & 1 ? weightLines * runsW : cycles / table[i]!) +
        costI * (holds & 2 ? tuples * runsI : cycles / table[i + 1]!) +
        (holds & 4 ? 0 : costA * (cycles / table[i + 2]! - outTime));
      if (energy < least) least = energy;
    }
    return least;
  }

  /** One tile of a PE: bounds before the loops outside it are split over the two nests of tiles. */
  private tile(): void {
    this.tiles++;
    const { c, s, t, box, added, sumLines, weightLines, inputLines, outTime, outLines, wholeInputs } = this;
    const { time, lanes, vector, pes, cycles } = s;
    this.wb = Math.max(box.low[0]!, placeFor(c.weight.lines, weightLines));
    this.ib = Math.max(box.low[1]!, placeFor(c.input.lines, inputLines));
    this.ab = Math.max(box.low[2]!, placeFor(c.sum.lines, sumLines));
    const { wb, ib, ab } = this;
    const gb = box.low[3]!;
    if (added[0]![wb]! + added[1]![ib]! + added[2]![ab]! > this.spare) return;
    const a = t[N]! * t[P]! * t[Q]!, b = t[K]!, d = t[C]! * t[R]! * t[S]!, g = t[G]!;
    const n = cycles / (a * b * d * g);
    const outA = (time[N]! * time[P]! * time[Q]!) / a, outB = time[K]! / b, outD = (time[C]! * time[R]! * time[S]!) / d, outG = time[G]! / g;
    const costW = pes * lanes * (c.weight.read[wb]! + c.collector.weightFill);
    const costI = pes * (c.input.read[ib]! + c.collector.inputFill);
    const costA = pes * c.sum.again[ab]!;
    const beatsW = this.distinctW * weightLines * lanes, beatsI = this.distinctI * inputLines, beatsO = this.distinctO * sumLines;
    // Energy per run of each engine.
    const perW = beatsW * vector * (c.dram.weight + c.weightBits * this.wire) + weightLines * lanes * pes * c.weight.fill[wb]!;
    const perI = beatsI * (c.global.read[gb]! + vector * c.inputBits * this.wire) + inputLines * pes * c.input.fill[ib]!;
    const outPooled = outLines / this.pooled;
    const settled =
      this.fixed + outTime * pes * c.sum.out[ab]! + outPooled * c.global.out[gb]! + outLines * lanes * c.sumBits * this.wire +
      // Inputs come out of DRAM once at least.
      wholeInputs * (vector * c.dram.input + c.global.fill[gb]!);
    const steps = 2 * c.step + c.step * n;
    // First fill and last spill against the steps of the outer nest: at the best number of outer tiles.
    const ends = 2 * Math.sqrt((wholeInputs + outPooled) * (3 * c.step + (outD === 1 ? beatsO : 0)));
    const busy = Math.max(cycles + n * c.latency.compute + ends, outLines) + steps;
    let listed = false;
    // Loops over tiles spare weights or inputs, not both; neither where sums are reduced over tiles.
    for (let option = outD > 1 ? 2 : 0; option < 3; option++) {
      if (option === 0 ? outA === 1 : option === 1 ? outB === 1 : outD === 1 && (outA > 1 || outB > 1)) continue;
      const runsW = outB * outD * outG * (option === 0 ? 1 : outA);
      const runsI = outA * outD * outG * (option === 1 ? 1 : outB);
      const energy = settled + runsW * perW + runsI * perI;
      const least = Math.max(busy, runsW * (beatsW + c.latency.load_w) + steps, runsI * (beatsI + c.latency.load_i) + steps, wholeInputs, outPooled);
      if (this.beyond(energy, least)) continue;
      if (!listed) this.table = this.kernels.of(a, b, d, g);
      listed = true;
      if (!this.beyond(energy + this.nest(costW, costI, costA, runsW, runsI, a * d * g), least)) this.loops(costW, costI, costA);
    }
  }

  /** Every way to split the loops outside a tile over the inner and the outer nest. */
  private loops(costW: number, costI: number, costA: number): void {
    this.split.length = 0;
    for (let d = 0; d < 8; d++) {
      this.outer[d] = 1;
      this.inner[d] = this.s.time[d]! / this.t[d]!;
      if (this.inner[d]! > 1) this.split.push(d);
      if (this.t[d]! > this.c.longestLoop) return;
    }
    this.splitFrom(0, costW, costI, costA);
  }

  private splitFrom(k: number, costW: number, costI: number, costA: number): void {
    if (k === this.split.length) return this.nests(costW, costI, costA);
    const d = this.split[k]!;
    const all = this.s.time[d]! / this.t[d]!;
    for (const f of divisorsOf(all)) {
      if (f > this.c.longestLoop || all / f > this.c.longestLoop) continue;
      this.outer[d] = f;
      this.inner[d] = all / f;
      this.splitFrom(k + 1, costW, costI, costA);
    }
  }

  /** One split: the global buffer that it needs, and which class of loops stands innermost in either nest. */
  private nests(costW: number, costI: number, costA: number): void {
    this.splits++;
    const { c, s, inner: i, outer: o, added } = this;
    const iA = i[N]! * i[P]! * i[Q]!, iB = i[K]!, iD = i[C]! * i[R]! * i[S]!, iG = i[G]!;
    const oA = o[N]! * o[P]! * o[Q]!, oB = o[K]!, oD = o[C]! * o[R]! * o[S]!;
    // Sums stay in a PE: reduction loops over tiles are the innermost of both nests.
    if (oD > 1 && iA * iB * iG > 1) return;
    const b = s.bound;
    const fill = (((b[N]! / o[N]!) * (b[G]! / o[G]!) * (b[C]! / o[C]!)) / s.vector) * this.rowsP(b[P]! / o[P]!, b[R]! / o[R]!) * this.rowsQ(b[Q]! / o[Q]!, b[S]! / o[S]!);
    const spill = this.outLines / (oA * oB * o[G]!) / this.pooled;
    let need = 0;
    while (need <= this.high[3]! && Math.ceil(fill / c.global.lines[need]!) + Math.ceil(spill / c.global.lines[need]!) > c.banks) need++;
    if (need > this.high[3]!) return;
    const gb = Math.max(need, this.box.low[3]!);
    if (added[0]![this.wb]! + added[1]![this.ib]! + added[2]![this.ab]! + added[3]![gb]! > this.spare) return;
    for (let zi = 0; zi < 3; zi++) {
      if (!stands(zi, iA, iB, iD)) continue;
      if (iD > 1 && zi !== 2 && iA * iB * iG > 1) continue;
      for (let zo = 0; zo < 3; zo++) {
        if (stands(zo, oA, oB, oD) && (oD === 1 || zo === 2)) this.mapping(zi as Innermost, zo as Innermost, need, gb, fill, spill, costW, costI, costA);
      }
    }
  }

  private mapping(zi: Innermost, zo: Innermost, need: number, gb: number, fill: number, spill: number, costW: number, costI: number, costA: number): void {
    const { c, s, t, w, inner: i, outer: o, table, weightLines, inputLines, outTime, outLines } = this;
    const { lanes, vector, pes, cycles: steps } = s;
    const iA = i[N]! * i[P]! * i[Q]!, iB = i[K]!, iD = i[C]! * i[R]! * i[S]!, iG = i[G]!;
    const oA = o[N]! * o[P]! * o[Q]!, oB = o[K]!, oD = o[C]! * o[R]! * o[S]!, oG = o[G]!;
    // Runs: whether loops of the inner, and of the outer nest, are in that of weights (of inputs).
    const passesW = iB * iD * iG === 1, passesI = iA * iD * iG === 1;
    const onW = passesW && (zo === 0 || oB * oD * oG === 1), onI = passesI && (zo === 1 || oA * oD * oG === 1);
    const runsW = oB * oD * oG * iB * iD * iG * (zi === 0 || passesW ? 1 : iA) * (onW ? 1 : oA);
    const runsI = oA * oD * oG * iA * iD * iG * (zi === 1 || passesI ? 1 : iB) * (onI ? 1 : oB);
    const runsFill = oA * oD * oG * (zo === 1 || oA * oD * oG === 1 ? 1 : oB);
    const beatsW = this.distinctW * weightLines * lanes, beatsI = this.distinctI * inputLines;
    const nOuter = oA * oB * oD * oG, nAll = nOuter * iA * iB * iD * iG;
    const empty = nAll === nOuter;
    const cycles = cyclesOfTiles(c, {
      nOuter, nAll, compute: steps / nAll, loadI: beatsI, loadW: beatsW, drain: this.distinctO * this.sumLines, fill, spill,
      runsI, runsW, runsDrain: oA * oB * oG * iA * iB * iG, runsFill, runsSpill: oA * oB * oG,
      firstI: oA * oD * oG * (onI ? 1 : oB), firstW: oB * oD * oG * (onW ? 1 : oA),
      neverI: zi === 1 || empty, neverW: zi === 0 || empty, neverO: zi === 2 || empty, sparesI: zi === 1 && !empty, sparesW: zi === 0 && !empty,
    });
    const counts: Counts = {
      weightReads: 0, weightFills: runsW * weightLines * lanes * pes, inputReads: 0, inputFills: runsI * inputLines * pes,
      again: 0, out: outTime * pes, globalReads: runsI * beatsI, globalFills: runsFill * fill, globalOut: outLines / this.pooled,
      wireBits: runsW * beatsW * vector * c.weightBits + runsI * beatsI * vector * c.inputBits + outLines * lanes * c.sumBits,
      rest: this.fixed + runsW * beatsW * vector * c.dram.weight + runsFill * fill * vector * c.dram.input + c.static * cycles,
    };
    const known = energyOf(c, counts, [this.wb, this.ib, this.ab, gb], this.leastArray);
    if (this.beyond(known, cycles)) return;
    const tuples = t[N]! * t[P]! * t[Q]! * t[C]! * t[R]! * t[S]! * t[G]!;
    const { high } = this;
    for (let k = 0; k < table.length; k += kernelRow) {
      if (table[k + 3]! > high[4]! || table[k + 4]! > high[5]! || table[k + 5]! > high[6]!) continue;
      const holds = table[k + 6]!;
      const weightReads = holds & 1 ? weightLines * runsW : steps / table[k]!;
      const inputReads = holds & 2 ? tuples * runsI : steps / table[k + 1]!;
      const again = holds & 4 ? 0 : steps / table[k + 2]! - outTime;
      if (this.beyond(known + costW * weightReads + costI * inputReads + costA * again, cycles)) continue;
      const kernel = kernelAt(table, k / kernelRow);
      const needs = [placeFor(c.weight.lines, weightLines), placeFor(c.input.lines, inputLines), placeFor(c.sum.lines, this.sumLines), need, ...kernel.depth];
      const places = needs.map((x, size) => Math.max(x, this.box.low[size]!));
      const { area, array } = areasAt(c, places);
      if (area > this.area) continue;
      const all: Counts = {
        ...counts, weightReads: weightReads * pes * lanes, inputReads: inputReads * pes, again: again * pes,
        rest: counts.rest + pes * (lanes * weightReads * c.collector.weightFill + inputReads * c.collector.inputFill),
      };
      const energy = energyOf(c, all, places, array);
      if (this.beyond(energy, cycles)) continue;
      this.offer({ value: worth(w, energy, cycles), energy, cycles, places, needs, counts: all, spatial: s, pe: [...t], inner: [...i], outer: [...o], kernel, innermost: { inner: zi, outer: zo } });
    }
  }

  /** Keeps an item that is worth less than all before: what it seems to be, or what it is where somebody evaluates it. */
  private offer(item: Item): void {
    const { value, least } = this.asked.accept?.(item) ?? { value: item.value, least: item.value };
    if (least < value) this.open = Math.min(this.open, least);
    if (value >= this.limit) return;
    this.limit = value;
    this.best = item;
  }
}

/** Whether a class of loops can stand innermost: it has one, or no class has any. */
const stands = (z: number, a: number, b: number, d: number): boolean => (z === 0 ? a > 1 : z === 1 ? b > 1 : d > 1 || (a === 1 && b === 1));
