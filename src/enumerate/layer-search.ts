// The best mapping of one layer over a box of machines of one shape: choices of what runs side by side, the most
// promising first, each with all its tiles (`tile-search.ts`), until no other choice can be better.

import { invariant } from '../base/diagnostics.js';
import { fewestSteps } from '../model/cost/tile-bounds.js';
import type { Limits } from '../model/cost/goal.js';
import type { Layer } from '../model/workload/layer.js';
import { dimensions } from '../model/workload/layer.js';
import { paddedBounds } from '../model/mapping/mapping-space.js';
import { C, G, K, N, P, Q, R, S, cell, perSize, reductionOf } from './columns.js';
import type { ShapeCosts } from './item-costs.js';
import { Band } from './band.js';
import { BoxRoom } from './box-room.js';
import type { Wanted } from './cutoff.js';
import { Cutoff } from './cutoff.js';
import type { Asked, Box, Item, Weights } from './item.js';
import { areasAt, exceeds, limitSlack, costOf } from './item.js';
import type { KernelTables } from './kernels.js';
import { leastWork } from './least-work.js';
import type { Extremes } from './reuse.js';
import { minLoads, maxLines, trafficOf } from './reuse.js';
import type { Begun, Spatial } from './spatial.js';
import { eachSpatial } from './spatial.js';
import { energyPerMac, perOutput, pooledOf, rowsP, rowsQ, spreadOf } from './spread.js';
import { TileSearch } from './tile-search.js';

interface Choice {
  readonly spatial: Spatial;
  /** No mapping with this choice costs less. */
  readonly min: number;
}

/** What came of a search: the best item, where there is one below the cutoff, and what is proven. */
interface Settled {
  readonly item: Item | undefined;
  /** What it costs: by the cost model, where somebody evaluates items. */
  readonly value: number;
  /** No mapping within the limits costs less; at most the cutoff, but +Infinity where there is none at all. */
  readonly bound: number;
  /** Whether the search was told to end before it was done. */
  readonly stopped: boolean;
}

/** Mappings of which none undercuts another (`band.ts`). */
interface LayerColumns {
  readonly columns: readonly Item[];
  /** Whether the search was told to end before it was done: then there may be more. */
  readonly stopped: boolean;
}

/** Lists of choices are made for this much more than is asked for, so that they are seldom made anew. */
const margin = 1.08;
/** A look at the clock takes longer than what is asked between two of them, one by one. */
const asksPerLook = 256;
/** Sums of the same numbers in another order: so far beyond a limit is surely beyond it. */
const slack = 1 + 1e-12;

export class LayerSearch {
  /** Ascending by what they cost at least. */
  private choices: readonly Choice[] = [];
  /** Every choice of less cost than this is in the list. */
  private complete = 0;
  private readonly wire: number;
  /** Of all machines of the shape, and of those within the area. */
  private readonly extremes: Extremes;
  private readonly within: Extremes;
  /** With everything one after the other. */
  private readonly maxCycles: number;
  /** Tiles looked at, and ways to split the loops outside them. */
  tiles = 0;
  splits = 0;

  constructor(
    readonly layer: Layer,
    readonly costs: ShapeCosts,
    readonly padding: boolean,
    readonly weights: Weights,
    private readonly kernels: KernelTables,
    private readonly limits: Limits = {},
    /** mm2: no larger machine will be asked about. */
    area = Infinity,
  ) {
    invariant(Math.max(weights.both, weights.energy, weights.cycles) > 0, 'a layer that counts for nothing');
    this.wire = costs.wire(costs.min.array);
    const low = perSize(() => 0);
    const all = { low, high: perSize((size) => costs.menus[size].length - 1) };
    this.extremes = {
      low,
      max: maxLines(costs, all.high),
      wire: this.wire,
      area: costs.min.area,
    };
    const room = new BoxRoom(costs, all, Math.max(area, costs.min.area));
    this.within = { ...this.extremes, max: maxLines(costs, room.high) };
    this.maxCycles = dimensions.reduce((n, d) => n * Math.max(...paddedBounds(layer.bounds[d], padding)), 1);
  }

  /**
   * No mapping on any machine of this shape is below; +Infinity where nothing of the layer fits. What is begun costs at
   * least `min` in all that goes on from it, so it may be left as soon as that is beyond the least found.
   */
  floor(): number {
    let min = Infinity;
    let max = this.cyclesWithin(Infinity);
    eachSpatial(this.layer, this.costs, this.padding, {
      max: () => max,
      beyond: (begun) => this.min(begun) >= min * slack,
      visit: (spatial) => {
        // With the room within the area it would be higher, but far fewer could be left early.
        const value = this.minimumOf(spatial, min, this.extremes);
        if (value < min) {
          min = value;
          max = this.cyclesWithin(value);
        }
      },
    });
    return min;
  }

  /**
   * The minimum value over all mappings on all machines of the box whose area is at most `area`; undefined where none is
   * below `cutoff`.
   */
  solve(box: Box, area: number, cutoff: number): Item | undefined {
    return this.settle(box, area, cutoff).item;
  }

  /** The same, by what the cost model says where `asked` has it say it, until `over`. */
  settle(box: Box, area: number, cutoff: number, { over, ...asked }: Pick<Asked, 'accept' | 'over'> = {}): Settled {
    if (areasAt(this.costs, box.low).area > area)
      return { item: undefined, value: Infinity, bound: Infinity, stopped: false };
    const wanted = new Cutoff(this.weights, cutoff, { ...asked, limits: this.limits });
    const { all, left, stopped } = this.sweep(wanted, box, area, over);
    const none = all && !wanted.best && !wanted.cut;
    return {
      item: wanted.best,
      value: wanted.best ? wanted.limit : Infinity,
      bound: Math.min(none ? Infinity : wanted.limit, stopped ? left : Infinity),
      stopped,
    };
  }

  /** The columns of all machines of the box that cost less than `limit`: all of them but where it was stopped. */
  columns(box: Box, area: number, limit: number, over?: () => boolean): LayerColumns {
    if (areasAt(this.costs, box.low).area > area) return { columns: [], stopped: false };
    const wanted = new Band(this.weights, limit, box, this.limits);
    const { stopped } = this.sweep(wanted, box, area, over);
    return { columns: wanted.columns(), stopped };
  }

  /** Offers all that is wanted, choice by choice; with what the choices cost that were not looked at to the end. */
  private sweep(
    wanted: Wanted,
    box: Box,
    area: number,
    over: (() => boolean) | undefined,
  ): { readonly all: boolean; readonly left: number; readonly stopped: boolean } {
    const { layer, costs, kernels } = this;
    const search = new TileSearch({ layer, costs, kernels, box, area, cutoff: wanted, over });
    let left = 0;
    let all = false;
    for (let i = 0; !search.stopped; i++) {
      const choice = this.choices[i];
      if (!choice) {
        all = this.complete === Infinity;
        if (this.complete >= wanted.limit) break;
        left = this.complete;
        // A longer list begins with the same choices.
        const next = this.complete === 0 ? margin * this.minCost(1) : 4 * this.complete;
        // Where everything costs nothing no list that ends somewhere would begin.
        search.stopped = !this.list(Math.min(wanted.limit * margin, next > this.complete ? next : Infinity), over);
        i--;
        continue;
      }
      const { spatial, min } = choice;
      left = min;
      if (min >= wanted.limit) break;
      if (over?.()) search.stopped = true;
      else search.all(spatial);
    }
    this.tiles += search.tiles;
    this.splits += search.splits;
    return { all, left, stopped: search.stopped };
  }

  /** What every mapping with at least these cycles costs at least: no word of padding, every word once through DRAM. */
  private minCost(cycles: number): number {
    const least = leastWork(this.layer, this.costs);
    return costOf(this.weights, least.energy, Math.max(cycles, least.cycles));
  }

  /**
   * No mapping with more cycles costs less than `limit` and within the limits: the cost grows
   * in a straight line with cycles.
   */
  private cyclesWithin(limit: number): number {
    const [one, two] = [this.minCost(1e15), this.minCost(2e15)];
    const slope = (two - one) / 1e15;
    return Math.min(
      slope > 0 ? (limit - (2 * one - two)) / slope : Infinity,
      (this.limits.latency ?? Infinity) * (1 + limitSlack),
    );
  }

  /**
   * Makes the list of all choices of less cost than `limit`; false where the time was over
   * first, and the list is what it was.
   */
  private list(limit: number, over: () => boolean = () => false): boolean {
    const max = this.cyclesWithin(limit);
    // Set by the callbacks below, which flow analysis does not follow.
    let stopped = false as boolean;
    const found: Choice[] = [];
    let left = false as boolean;
    let asked = 0;
    eachSpatial(this.layer, this.costs, this.padding, {
      max: () => {
        if (asked++ % asksPerLook === 0) stopped ||= over();
        return stopped ? 0 : max;
      },
      beyond: (begun) => {
        const min = this.min(begun);
        if (min < limit * slack) return false;
        if (min < Infinity) left = true;
        return true;
      },
      visit: (spatial) => {
        const min = this.minimumOf(spatial, limit, this.within);
        if (min < limit) found.push({ spatial, min });
        else if (min < Infinity) left = true;
      },
    });
    if (stopped) return false;
    this.choices = found.sort((x, y) => x.min - y.min);
    const all = !left && max >= Math.min(this.maxCycles, this.cyclesWithin(Infinity));
    this.complete = all ? Infinity : limit;
    return true;
  }

  /**
   * What a whole choice costs at least: with the room that the largest buffers have too, where that may
   * matter against a limit; +Infinity where it is beyond the limits of the layer.
   */
  private minimumOf(s: Spatial, limit: number, extremes: Extremes): number {
    const { layer, costs } = this;
    const once = this.min(s);
    if (once >= limit) return once;
    let loaded = Infinity;
    for (const { energy, cycles } of minLoads(trafficOf(layer, costs, spreadOf(layer, costs, s), extremes)))
      if (!exceeds(this.limits, energy, cycles)) loaded = Math.min(loaded, costOf(this.weights, energy, cycles));
    return Math.max(once, loaded);
  }

  /**
   * What a choice costs at least, on the smallest machine: multiplications and collectors as they are, each word
   * once through each level and each channel; +Infinity where that is beyond the limits. It rises with bounds and
   * cycles and falls with lanes and vector: of one that is only begun it holds for all that go on from there.
   */
  private min(s: Begun): number {
    const { costs: c, layer, wire } = this;
    const b = s.bound;
    const weights = b[G] * b[K] * reductionOf(b);
    const outputs = b[N] * b[G] * b[K] * b[P] * b[Q];
    const pooled = outputs / pooledOf(layer);
    const inputs = b[N] * b[G] * b[C] * rowsP(layer, b[P], b[R]) * rowsQ(layer, b[Q], b[S]);
    // Each line of inputs into the global buffer, out of it, and into a PE.
    const lineI = cell(c.global.fill, 0) + cell(c.global.read, 0) + cell(c.input.fill, 0);
    const energy =
      weights * b[N] * b[P] * b[Q] * energyPerMac(c, s) +
      weights * (c.dram.weight + c.weightBits * wire) +
      (weights / s.vector) * cell(c.weight.fill, 0) +
      inputs * (c.dram.input + c.inputBits * wire) +
      (inputs / s.vector) * lineI +
      (outputs / s.lanes) * cell(c.sum.out, 0) +
      (pooled / s.lanes) * cell(c.global.out, 0) +
      pooled * perOutput(layer, c) +
      outputs * c.sumBits * wire;
    const cycles = Math.max(s.cycles, weights / s.vector, inputs / s.vector, outputs / s.lanes) + fewestSteps * c.step;
    const whole = energy + c.static * c.min.area * cycles;
    return exceeds(this.limits, whole, cycles) ? Infinity : costOf(this.weights, whole, cycles);
  }
}
