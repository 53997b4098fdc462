// The best mapping of one layer over a box of machines of one shape: choices of what runs side by side, the most
// promising first, each with all its tiles (`tile-search.ts`), until no other choice can be better.

import { invariant } from '../base/diagnostics.js';
import { nth } from '../base/invariant.js';
import type { Limits } from '../model/cost/goal.js';
import type { Layer } from '../model/workload/layer.js';
import { dimensions } from '../model/workload/layer.js';
import { paddedBounds } from '../model/mapping/mapping-space.js';
import { C, cell, perSize } from './columns.js';
import { ChoiceCosts } from './choice-costs.js';
import type { ShapeCosts } from './item-costs.js';
import { weighing } from './item-costs.js';
import { Band } from './band.js';
import { BoxRoom } from './box-room.js';
import type { Wanted } from './cutoff.js';
import { Cutoff } from './cutoff.js';
import type { Asked, Box, Item, Weights } from './item.js';
import { areasAt } from './item.js';
import type { KernelTables } from './kernels.js';
import type { Extremes } from './reuse.js';
import { residentCosts } from './resident-costs.js';
import { maxLines } from './reuse.js';
import type { Begun } from './spatial.js';
import { SpatialChoices } from './spatial.js';
import { TileSearch } from './tile-search.js';

/** Codes of choices of what runs side by side, ascending by what each costs at least. */
interface Choices {
  readonly codes: Float64Array;
  readonly mins: Float64Array;
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
const margin = 1.02;
/** How far the first list goes, and by how many times its width over the floor each is longer than the one before. */
const beginning = 1.05;
const widening = 4;
/** A look at the clock takes longer than what is asked between two of them, one by one. */
const asksPerLook = 256;
/** Sums of the same numbers in another order: so far beyond a limit is surely beyond it. */
const slack = 1 + 1e-12;

export class LayerSearch {
  private readonly spatial: SpatialChoices;
  private choices: Choices = { codes: new Float64Array(0), mins: new Float64Array(0) };
  /** Every choice of less cost than this is in the list. */
  private complete = 0;
  /** The floor, once it was asked for; what it is at least, where it was asked for below something. */
  private known = 0;
  private readonly least: ChoiceCosts;
  /** Of all machines of the shape, and of those within the area. */
  private readonly extremes: Extremes;
  private readonly within: Extremes;
  /** With everything one after the other. */
  private readonly maxCycles: number;
  /** Tiles looked at, and ways to split the loops outside them. */
  tiles = 0;
  splits = 0;

  readonly costs: ShapeCosts;

  constructor(
    readonly layer: Layer,
    machine: ShapeCosts,
    readonly padding: boolean,
    readonly weights: Weights,
    private readonly kernels: KernelTables,
    private readonly limits: Limits = {},
    /** mm2: no larger machine will be asked about. */
    area = Infinity,
  ) {
    invariant(Math.max(weights.both, weights.energy, weights.cycles) > 0, 'a layer that counts for nothing');
    const costs = residentCosts(weighing(machine, layer), layer);
    this.costs = costs;
    const wire = costs.wire(costs.min.array);
    this.least = new ChoiceCosts(layer, costs, weights, limits);
    const low = perSize(() => 0);
    const all = { low, high: perSize((size) => costs.menus[size].length - 1) };
    this.extremes = {
      low,
      max: maxLines(costs, all.high, layer.resident),
      wire,
      area: costs.min.area,
    };
    const room = new BoxRoom(costs, all, Math.max(area, costs.min.area));
    this.within = { ...this.extremes, max: maxLines(costs, room.high, layer.resident) };
    this.spatial = new SpatialChoices(layer, costs, padding);
    this.maxCycles = dimensions.reduce((n, d) => n * Math.max(...paddedBounds(layer.bounds[d], padding)), 1);
  }

  /**
   * No mapping on any machine of this shape is below; +Infinity where nothing of the layer fits. What is begun costs at
   * least `min` in all that goes on from it, so it may be left as soon as that is beyond the least found. Who only asks
   * below `limit` is told that where nothing is.
   */
  floor(limit = Infinity): number {
    if (this.known > 0) return this.known;
    let min = limit;
    let max = this.least.cyclesWithin(limit);
    this.spatial.each({
      max: () => max,
      beyond: (begun, last) => this.costOf(begun, last, min * slack, this.extremes) >= min * slack,
      visit: (spatial) => {
        // With the room within the area it would be higher, but far fewer could be left early.
        const value = this.least.ofWhole(spatial, min, this.extremes);
        if (value < min) {
          min = value;
          max = this.least.cyclesWithin(value);
        }
      },
    });
    this.known = min;
    return min;
  }

  /** What a begun choice costs at least: with the room there is once lanes and vector are chosen, before there are many choices more. */
  private costOf(begun: Begun, last: number, limit: number, extremes: Extremes): number {
    return last === C ? this.least.ofBegun(begun, limit, extremes) : this.least.of(begun);
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
      const { codes, mins } = this.choices;
      if (i >= codes.length) {
        all = Math.max(this.complete, this.known) === Infinity;
        if (Math.max(this.complete, this.known) >= wanted.limit) break;
        left = this.complete;
        // A longer list begins with the same choices.
        search.stopped = !this.list(this.nextList(wanted.limit), over);
        i--;
        continue;
      }
      left = cell(mins, i);
      if (left >= wanted.limit) break;
      if (over?.()) search.stopped = true;
      else search.all(this.spatial.at(cell(codes, i)));
    }
    this.tiles += search.tiles;
    this.splits += search.splits;
    return { all, left, stopped: search.stopped };
  }

  /**
   * The least that any choice costs may be far below the limit, and what is found lowers that: lists are made longer step
   * by step. Where everything costs nothing no list that ends somewhere would begin.
   */
  private nextList(limit: number): number {
    const { known, complete } = this;
    const next =
      complete === 0 ? beginning * Math.max(known, this.least.anyhow(1)) : complete + widening * (complete - known);
    return Math.min(limit * margin, next > complete ? next : Infinity);
  }

  /**
   * Makes the list of all choices of less cost than `limit`; false where the time was over
   * first, and the list is what it was.
   */
  private list(limit: number, over: () => boolean = () => false): boolean {
    const max = this.least.cyclesWithin(limit);
    // Set by the callbacks below, which flow analysis does not follow.
    let stopped = false as boolean;
    const codes: number[] = [];
    const mins: number[] = [];
    let left = false as boolean;
    let asked = 0;
    this.spatial.each({
      max: () => {
        if (asked++ % asksPerLook === 0) stopped ||= over();
        return stopped ? 0 : max;
      },
      beyond: (begun, last) => {
        const min = this.costOf(begun, last, limit * slack, this.within);
        if (min < limit * slack) return false;
        if (min < Infinity) left = true;
        return true;
      },
      visit: (spatial, code) => {
        const min = this.least.ofWhole(spatial, limit, this.within);
        if (min < limit) {
          codes.push(code);
          mins.push(min);
        } else if (min < Infinity) left = true;
      },
    });
    if (stopped) return false;
    const order = Uint32Array.from(codes.keys()).sort((x, y) => nth(mins, x) - nth(mins, y) || x - y);
    this.choices = {
      codes: Float64Array.from(order, (i) => nth(codes, i)),
      mins: Float64Array.from(order, (i) => nth(mins, i)),
    };
    const all = !left && max >= Math.min(this.maxCycles, this.least.cyclesWithin(Infinity));
    this.complete = all ? Infinity : limit;
    return true;
  }
}
