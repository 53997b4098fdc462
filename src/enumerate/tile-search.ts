// All tiles of a PE with one choice of what runs side by side, over a box of machines.
//
// Each tile takes the smallest sizes that hold it (within the box), because energy per access and area only grow with
// size: a search over mappings is a search over machines too. A tile is bounded from below whatever happens outside it;
// only where that is of interest are the loops there looked at (`split-search.ts`). docs/formulation.md derives all of it.

import type { Layer } from '../model/workload/layer.js';
import type { ShapeCosts } from './item-costs.js';
import { depthsOf } from './item-costs.js';
import type { Cutoff } from './cutoff.js';
import { divisorsOf } from './divisors.js';
import type { Box } from './item.js';
import type { KernelTables } from './kernels.js';
import { kernelRow } from './kernels.js';
import type { Extremes, MostLines, Traffic } from './reuse.js';
import { leastLoads, mostLines, trafficOf } from './reuse.js';
import { Room, placeFor } from './box-room.js';
import type { Spatial } from './spatial.js';
import { C, G, K, N, P, Q, R, S } from './spatial.js';
import { SplitSearch } from './split-search.js';
import type { Tile } from './split-search.js';
import type { Spread } from './spread.js';
import { rowsP, rowsQ, spreadOf } from './spread.js';

export class TileSearch {
  /** It was told to end in the middle of a choice. */
  stopped = false;
  tiles = 0;

  private readonly room: Room;
  private readonly outside: SplitSearch;
  /** Whether some collector has more than one entry. */
  private readonly isDeep: boolean;
  private readonly wire: number;
  private readonly pool: { readonly P: number; readonly Q: number };
  /** Lines that the largest buffers of the box hold. */
  private readonly most: MostLines;
  private readonly extremes: Extremes;

  /** The choice of what runs side by side. */
  private spread!: Spread;
  private traffic!: Traffic;
  /** The tile: loops in time in the PE, per dimension, and lines of the three tensors. */
  private readonly t = [1, 1, 1, 1, 1, 1, 1, 1];
  private sumLines = 1;
  private weightLines = 1;
  private inputLines = 1;

  constructor(
    private readonly layer: Layer,
    private readonly c: ShapeCosts,
    private readonly kernels: KernelTables,
    box: Box,
    area: number,
    private readonly cutoff: Cutoff,
    private readonly over: () => boolean = () => false,
  ) {
    this.room = new Room(c, box, area);
    this.outside = new SplitSearch(layer, c, this.room, cutoff);
    this.isDeep = depthsOf(c).some((menu) => menu.at(-1)! > 1);
    this.wire = c.wire(this.room.least.array);
    this.pool = layer.pool ?? { P: 1, Q: 1 };
    this.most = mostLines(c, this.room.high);
    this.extremes = { low: this.room.low, most: this.most, wire: this.wire, area: this.room.least.area };
  }

  /** Ways to split the loops outside tiles. */
  get splits(): number {
    return this.outside.splits;
  }

  /** Looks at every tile with a choice of what runs side by side. */
  all(s: Spatial): void {
    const { t, pool, most } = this;
    const { time } = s;
    this.spread = spreadOf(this.layer, this.c, s);
    this.traffic = trafficOf(this.layer, this.c, this.spread, this.extremes);
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
            this.kernelsAndChannels();
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
    const {
      c,
      cutoff,
      spread: { spatial: s, outTime },
      room: {
        low: [wb, ib, ab],
      },
    } = this;
    const { time, lanes, pes, cycles } = s;
    const ways = leastLoads(this.traffic);
    if (ways.every((way) => cutoff.beyond(way.energy, way.cycles))) return true;
    // Cycles alone leave few choices of the least EDP, and tables of deep collectors take longer than a look at their tiles.
    if (cutoff.weights.both > 0 && this.isDeep) return false;
    const table = this.kernels.of(time[N]! * time[P]! * time[Q]!, time[K]!, time[C]! * time[R]! * time[S]!, time[G]!);
    const costW = pes * lanes * (c.weight.read[wb!]! + c.collector.weightFill) * cycles,
      costI = pes * (c.input.read[ib!]! + c.collector.inputFill) * cycles;
    const costA = pes * c.sum.again[ab!]!;
    let behind = Infinity;
    for (let i = 0; i < table.length; i += kernelRow) {
      behind = Math.min(behind, costW / table[i]! + costI / table[i + 1]! + costA * (cycles / table[i + 2]! - outTime));
    }
    return ways.every((way) => cutoff.beyond(way.energy + behind, way.cycles));
  }

  private kernelsAndChannels(): void {
    const { t, layer, most } = this;
    const { time } = this.spread.spatial;
    const images = t[G]! * t[N]!;
    const positions = images * t[P]! * t[Q]!;
    const loads = leastLoads(this.traffic, t[N]! * t[P]! * t[Q]!);
    if (loads.every((way) => this.cutoff.beyond(way.energy, way.cycles))) return;
    for (const tr of divisorsOf(time[R]!)) {
      const rows = images * rowsP(layer, t[P]!, tr);
      if (rows > most.input) break;
      t[R] = tr;
      if ((this.stopped ||= this.over())) return;
      for (const ts of divisorsOf(time[S]!)) {
        const pixels = rows * rowsQ(layer, t[Q]!, ts);
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

  /** One tile of a PE: bounds before the loops outside it are split over the two nests of tiles. */
  private tile(): void {
    this.tiles++;
    const { c, t, cutoff, room, wire, sumLines, weightLines, inputLines, spread, traffic } = this;
    const { spatial: s, distinctW, distinctI, distinctO, outTime, outLines, outPooled, wholeInputs } = spread;
    const { time, lanes, vector, pes, cycles } = s;
    const wb = Math.max(room.low[0]!, placeFor(c.weight.lines, weightLines));
    const ib = Math.max(room.low[1]!, placeFor(c.input.lines, inputLines));
    const ab = Math.max(room.low[2]!, placeFor(c.sum.lines, sumLines));
    const gb = room.low[3]!;
    if (!room.fits(wb, ib, ab, gb)) return;
    const a = t[N]! * t[P]! * t[Q]!,
      b = t[K]!,
      d = t[C]! * t[R]! * t[S]!,
      g = t[G]!;
    const n = cycles / (a * b * d * g);
    const outA = (time[N]! * time[P]! * time[Q]!) / a,
      outB = time[K]! / b,
      outD = (time[C]! * time[R]! * time[S]!) / d,
      outG = time[G]! / g;
    const beatsW = distinctW * weightLines * lanes,
      beatsI = distinctI * inputLines,
      beatsO = distinctO * sumLines;
    // Energy per run of each engine.
    const perW =
      beatsW * vector * (c.dram.weight + c.weightBits * wire) + weightLines * lanes * pes * c.weight.fill[wb]!;
    const perI = beatsI * (c.global.read[gb]! + vector * c.inputBits * wire) + inputLines * pes * c.input.fill[ib]!;
    const onceF = wholeInputs * (vector * c.dram.input + c.global.fill[gb]!);
    const settled =
      spread.fixed +
      outTime * pes * c.sum.out[ab]! +
      outPooled * c.global.out[gb]! +
      outLines * lanes * c.sumBits * wire +
      // Inputs come out of DRAM once at least.
      onceF;
    const steps = 2 * c.step + c.step * n;
    // First fill and last spill against the steps of the outer nest: at the best number of outer tiles.
    const ends = 2 * Math.sqrt((wholeInputs + outPooled) * (3 * c.step + (outD === 1 ? beatsO : 0)));
    const busy = Math.max(cycles + n * c.latency.compute + ends, outLines) + steps;
    let tile: Tile | undefined;
    // Loops over tiles spare weights or inputs, not both; neither where sums are reduced over tiles. Without `held`
    // positions of the tile in the global buffer, or all where weights stay for all, inputs come out of DRAM again.
    const { held } = traffic;
    const tiles = Math.ceil(((outA * a) / held) * (1 - 1e-12));
    for (let option = outD > 1 ? 2 : 0; option < 4; option++) {
      if (option === 1 ? outB === 1 : option === 2 ? outD === 1 && (outA > 1 || outB > 1) : outA === 1 || outD > 1)
        continue;
      if (a > held && outD === 1) continue;
      // Weights stay for what the global buffer holds, not beyond.
      if (option === 3 && tiles <= 1) continue;
      const runsW = outB * outD * outG * (option === 0 ? 1 : option === 3 ? Math.min(outA, tiles) : outA);
      const runsI = outA * outD * outG * (option === 1 ? 1 : outB);
      const fills = (option === 0 && tiles > 1) || (option === 2 && a > held) ? outB : 1;
      const energy = settled + runsW * perW + runsI * perI + onceF * (fills - 1);
      const least = Math.max(
        busy,
        runsW * (beatsW + c.latency.load_w) + steps,
        runsI * (beatsI + c.latency.load_i) + steps,
        wholeInputs * fills,
        outPooled,
      );
      if (cutoff.beyond(energy, least)) continue;
      tile ??= {
        loops: t,
        weightLines,
        inputLines,
        sumLines,
        tuples: a * d * g,
        wb,
        ib,
        ab,
        table: this.kernels.of(a, b, d, g),
        costW: pes * lanes * (c.weight.read[wb]! + c.collector.weightFill),
        costI: pes * (c.input.read[ib]! + c.collector.inputFill),
        costA: pes * c.sum.again[ab]!,
      };
      if (!cutoff.beyond(energy + this.behind(tile, runsW, runsI), least)) this.outside.all(spread, tile);
    }
  }

  /** Least energy of reads and writes behind the collectors over the layer, where tiles are loaded so often. */
  private behind({ table, weightLines, tuples, costW, costI, costA }: Tile, runsW: number, runsI: number): number {
    const {
      room: { high },
      spread: {
        outTime,
        spatial: { cycles },
      },
    } = this;
    const [wc, ic, ac] = [high[4]!, high[5]!, high[6]!];
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
}
