// What layers cost at least in boxes of machines of one shape, by any weights of energy and cycles.
//
// What is known by some weights bounds a layer by all others, for a minimum over mappings is concave in the weights: between
// two weights no mapping is below the straight line of their minima. Where a mapping known meets that, there is nothing to
// search. Boxes inside a box inherit what is proven of it.

import { nth } from '../base/invariant.js';
import type { Layer } from '../model/workload/layer.js';
import { runsOf, whole } from '../model/workload/layer-parts.js';
import type { Limits } from '../model/cost/goal.js';
import type { Places } from './columns.js';
import { perSize, sizes } from './columns.js';
import type { ShapeCosts } from './item-costs.js';
import type { Box, Item, Weights } from './item.js';
import { areasAt, costOf, energyOf, exceeds } from './item.js';
import type { KernelTables } from './kernels.js';
import { ofRun, TermSearch } from './term-search.js';

/** The time is over in the middle of a box. */
export class Late extends Error {}

/** Undefined where the time is over first. */
export function inTime<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof Late) return undefined;
    throw error;
  }
}

/** A layer, and what each of its mappings may cost at most. */
export interface LimitedLayer {
  readonly layer: Layer;
  readonly limits: Limits;
}

/** By some weights no mapping of a layer on a machine of a box is below; `item` is one that attains it there. */
export interface Minimum {
  readonly weights: Weights;
  readonly min: number;
  readonly item: Item | undefined;
}

/** What is known of every layer in a box. */
export type Minima = readonly (readonly Minimum[])[];

/** A layer that counts so many times by some weights. */
export interface Demand {
  readonly layer: number;
  readonly weights: Weights;
  readonly times: number;
}

interface Term {
  readonly demand: Demand;
  bound: number;
  item: Item | undefined;
  settled: boolean;
}

/** How far above what is known a layer is looked for at first, and how much farther each time. */
const first = 0.12;
const growth = 1.3;
/** A share that sums of doubles may be off by. */
const rounding = 1e-12;
/** Searches by other weights that are kept of each layer. */
const maxSearches = 6;

export class BoxMinima {
  private readonly searches: readonly Map<string, TermSearch>[];
  /** Mappings of each layer seen in any box: they say early what is not worth a look. */
  private seen: readonly Item[][] = [];
  /** Whether some layer was found to have no mapping on any machine of the shape, whatever it may cost. */
  hopeless = false;
  /** Hears what was known of every layer when a sum was found not to be below its limit. */
  private refuted: ((minima: Minima) => void) | undefined;

  constructor(
    readonly costs: ShapeCosts,
    readonly layers: readonly LimitedLayer[],
    private readonly padding: boolean,
    readonly area: number,
    private readonly kernels: KernelTables,
  ) {
    this.searches = layers.map(() => new Map<string, TermSearch>());
    this.forget();
  }

  /** What was seen and found so far. What is proven by some weights in a box does not change by it, but which mapping attains it may. */
  forget(): void {
    this.seen = this.layers.map(() => []);
    this.hopeless = false;
  }

  /** All machines of the shape. */
  get whole(): Box {
    return { low: perSize(() => 0), high: perSize((size) => this.costs.menus[size].length - 1) };
  }

  private isWhole({ low, high, area }: Box): boolean {
    const { whole } = this;
    return area === undefined && sizes.every((size) => low[size] === 0 && high[size] === whole.high[size]);
  }

  /** mm2 that a machine of a box may take. */
  areaOf({ area = Infinity }: Box): number {
    return Math.min(this.area, area);
  }

  /** Whether a machine of the shape is one of a box. */
  holds(box: Box, places: Places): boolean {
    const { low, high, area } = box;
    return (
      sizes.every((size) => places[size] >= low[size] && places[size] <= high[size]) &&
      (area === undefined || areasAt(this.costs, places).area <= area)
    );
  }

  /** No mapping of a layer on any machine of the shape is below; at once. */
  floor(layer: number, weights: Weights): number {
    return this.searchOf(layer, weights).floor();
  }

  /**
   * What the layers asked for cost at least in a box, added up, with all that is known then; undefined where that is not below
   * `limit`. A machine below the limit leaves each its own bound and what the others leave of the limit: narrow searches in
   * turn, each of which takes what it proves from what is left for all.
   */
  sum(
    box: Box,
    known: Minima,
    demands: readonly Demand[],
    limit: number,
    over: () => boolean,
  ): { readonly sum: number; readonly minima: Minima } | undefined {
    const terms = demands.map((demand) => this.begun(box, nth(known, demand.layer), demand));
    const left = () => limit - terms.reduce((n, t) => n + t.demand.times * t.bound, 0);
    const min = Number.isFinite(limit) ? rounding * Math.abs(limit) : 0;
    let slack = left();
    const minima = (): Minima => {
      // Most layers are not asked for where there is a layer for each choice of what stays around one.
      const now = [...known];
      for (const { demand, bound, item } of terms) {
        const others = nth(now, demand.layer).filter((m) => !isSame(m.weights, demand.weights));
        now[demand.layer] = [...others, { weights: demand.weights, min: bound, item }];
      }
      return now;
    };
    const none = (): undefined => {
      this.refuted?.(minima());
      return undefined;
    };
    for (let step = first; slack > min && terms.some((t) => !t.settled); step *= growth) {
      for (const term of terms.filter((t) => !t.settled).sort((x, y) => y.bound - x.bound)) {
        if (over()) throw new Late();
        const { bound, demand } = term;
        const share = slack / demand.times;
        this.search(term, box, bound + (bound > 0 ? Math.min(share, step * bound) : share), over);
        if (term.bound === Infinity) {
          this.hopeless ||= this.isWhole(box);
          none();
          return;
        }
        slack -= demand.times * (term.bound - bound);
        if (slack <= min) {
          none();
          return;
        }
      }
    }
    // What was known already may leave as little as that: then nothing was searched, and terms are open.
    if (!(slack > min)) {
      none();
      return;
    }
    return { sum: terms.reduce((n, t) => n + t.demand.times * t.bound, 0), minima: minima() };
  }

  /** The same, with all that is known then in any case. */
  settled(
    box: Box,
    known: Minima,
    demands: readonly Demand[],
    limit: number,
    over: () => boolean,
  ): { readonly minima: Minima; readonly isBelow: boolean } {
    let now = known;
    this.refuted = (minima) => (now = minima);
    const found = this.sum(box, known, demands, limit, over);
    return { minima: found?.minima ?? now, isBelow: found !== undefined };
  }

  private begun(box: Box, known: readonly Minimum[], demand: Demand): Term {
    const { layer, weights } = demand;
    const same = known.find((m) => isSame(m.weights, weights));
    if (same?.item && this.holds(box, same.item.places))
      return { demand, bound: same.min, item: same.item, settled: true };
    const bound = Math.max(same?.min ?? this.floor(layer, weights), minBetween(known, weights));
    const item = this.bestSeen(layer, box, weights);
    const value = item && costInAll(item, weights);
    return value !== undefined && value <= bound * (1 + rounding)
      ? { demand, bound: Math.min(bound, value), item, settled: true }
      : { demand, bound, item: undefined, settled: false };
  }

  /** Raises the bound of a term to a cutoff, or finds what costs least below it. Throws `Late`. */
  private search(term: Term, box: Box, cutoff: number, over: () => boolean): void {
    const { layer, weights } = term.demand;
    const seen = this.bestSeen(layer, box, weights);
    const value = seen ? costInAll(seen, weights) : Infinity;
    const found = this.searchOf(layer, weights).settle(box, this.areaOf(box), Math.min(cutoff, value), over);
    if (found.item) nth(this.seen, layer).push(found.item);
    if (found.stopped) throw new Late();
    const item = found.item ?? (value < cutoff ? seen : undefined);
    term.settled = item !== undefined;
    term.item = item;
    // Where nothing is there at all, whatever it may cost, the bound is infinite.
    term.bound = item
      ? Math.max(term.bound, costInAll(item, weights))
      : found.bound < Infinity || seen
        ? cutoff
        : Infinity;
  }

  /** Mappings that others have seen. */
  note(all: readonly Minima[]): void {
    for (const [layer, seen] of this.seen.entries()) {
      const known = new Set(seen);
      for (const minima of all)
        for (const { item } of nth(minima, layer))
          if (item && !known.has(item)) {
            known.add(item);
            seen.push(item);
          }
    }
  }

  /** Mappings seen that a machine of the box holds, each on the smallest one. */
  columns(layer: number, box: Box): readonly Item[] {
    return nth(this.seen, layer).flatMap((item) => {
      if (sizes.some((size) => item.needs[size] > box.high[size])) return [];
      return (
        this.at(
          layer,
          item,
          perSize((size) => Math.max(item.needs[size], box.low[size])),
          this.areaOf(box),
        ) ?? []
      );
    });
  }

  /** All mappings on machines of the box that cost less than `limit`, but for those that others undercut. Throws `Late`. */
  band(layer: number, box: Box, weights: Weights, limit: number, over: () => boolean): readonly Item[] {
    const { columns, stopped } = this.searchOf(layer, weights).columns(box, this.areaOf(box), limit, over);
    if (stopped) throw new Late();
    return columns;
  }

  private bestSeen(layer: number, box: Box, weights: Weights): Item | undefined {
    let best: Item | undefined;
    let min = Infinity;
    for (const item of this.columns(layer, box)) {
      const cost = costInAll(item, weights);
      if (cost < min) [best, min] = [item, cost];
    }
    return best;
  }

  /** A mapping on another machine that holds it; undefined where that is too large, or it costs too much there. */
  at(layer: number, item: Item, places: Places, area = this.area): Item | undefined {
    const areas = areasAt(this.costs, places);
    if (areas.area > area) return undefined;
    const energy = energyOf(this.costs, item.counts, places, areas);
    const { limits } = ofRun({ ...nth(this.layers, layer), weights: nothing }, item);
    return exceeds(limits, energy, item.cycles) ? undefined : { ...item, places, energy };
  }

  private searchOf(layer: number, weights: Weights): TermSearch {
    const own = nth(this.searches, layer);
    const key = `${weights.both} ${weights.energy} ${weights.cycles}`;
    const known = own.get(key);
    if (known) return known;
    const search = new TermSearch(
      { ...nth(this.layers, layer), weights },
      this.costs,
      this.padding,
      this.kernels,
      this.area,
    );
    const oldest = own.size >= maxSearches ? own.keys().next().value : undefined;
    if (oldest !== undefined) own.delete(oldest);
    own.set(key, search);
    return search;
  }
}

const nothing: Weights = { both: 0, energy: 0, cycles: 0 };

/** Energy and cycles of a layer, however often it runs. */
export function inAllRuns({ energy, cycles, parts = whole }: Item): {
  readonly energy: number;
  readonly cycles: number;
} {
  const runs = runsOf(parts);
  return { energy: runs * energy, cycles: runs * cycles };
}

const costInAll = (item: Item, weights: Weights): number => {
  const { energy, cycles } = inAllRuns(item);
  return costOf(weights, energy, cycles);
};

export const isSame = (a: Weights, b: Weights): boolean =>
  a.both === b.both && a.energy === b.energy && a.cycles === b.cycles;

const parts = ['energy', 'cycles', 'both'] as const;
const pairs = [
  ['energy', 'cycles'],
  ['energy', 'both'],
  ['cycles', 'both'],
] as const;

/** What minima by other weights leave by these: a sum of multiples of two that no part of the weights is below. */
export function minBetween(known: readonly Pick<Minimum, 'weights' | 'min'>[], weights: Weights): number {
  if (known.some(({ min }) => min === Infinity)) return Infinity;
  let best = 0;
  for (const [i, { weights: a, min }] of known.entries()) {
    const times = parts.reduce((n, p) => (a[p] > 0 ? Math.min(n, weights[p] / a[p]) : n), Infinity);
    if (times > 0 && times < Infinity) best = Math.max(best, times * min);
    for (const { weights: b, min: other } of known.slice(i + 1)) {
      for (const [p, q] of pairs) {
        const turn = a[p] * b[q] - b[p] * a[q];
        if (turn === 0) continue;
        const x = (weights[p] * b[q] - b[p] * weights[q]) / turn;
        const y = (a[p] * weights[q] - weights[p] * a[q]) / turn;
        if (x < 0 || y < 0) continue;
        if (parts.every((r) => x * a[r] + y * b[r] <= weights[r] * (1 + rounding)))
          best = Math.max(best, (x * min + y * other) * (1 - rounding));
      }
    }
  }
  return best;
}
