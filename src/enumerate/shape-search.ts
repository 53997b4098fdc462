// Branch and bound over the sizes of one shape, for all layers together.
//
// In a box of machines every layer may take a machine of its own: the sum of their least values is a bound. Where all
// take the same, it is that machine's value; else the box is split where they differ most.

import type { ShapeCosts } from './item-costs.js';
import { sizes } from './item-costs.js';
import type { KernelTables } from './kernels.js';
import type { Box, Item } from './item.js';
import { areasAt, energyOf, exceeds, worth } from './item.js';
import type { Term } from './term-search.js';
import { ofRun, TermSearch } from './term-search.js';

export type { Term } from './term-search.js';

export interface Node {
  readonly box: Box;
  /** Per term, the best mapping on the best machine of the box for it alone. */
  readonly items: readonly Item[];
  readonly bound: number;
}

/** A machine of the shape with a mapping per term. */
interface Candidate {
  readonly places: readonly number[];
  readonly value: number;
  readonly items: readonly Item[];
}

/** The time is over in the middle of a box. */
export class Late extends Error {}

/** How far above what is known a term is looked for at first, and how much farther each time. */
const first = 0.12;
const growth = 1.3;
/** A share that rounding may leave of what is left. */
const rounding = 1e-12;

export class ShapeSearch {
  private readonly searches: readonly TermSearch[];
  /** Good mappings of each term, seen anywhere: they say early what is not worth a look. */
  private readonly pool: Item[][];
  solves = 0;
  /** Whether some term has no mapping on any machine, whatever it may be worth. */
  hopeless = false;

  constructor(
    readonly costs: ShapeCosts,
    readonly terms: readonly Term[],
    padding: boolean,
    readonly area: number,
    kernels: KernelTables,
  ) {
    this.searches = terms.map((t) => new TermSearch(t, costs, padding, kernels));
    this.pool = terms.map(() => []);
  }

  /** Whether the last search for a term found nothing, whatever it may be worth. */
  private none = false;

  /** All machines of the shape. */
  get whole(): Box {
    return { low: sizes.map(() => 0), high: sizes.map((s) => this.costs.menus[s].length - 1) };
  }

  /** No machine of this shape is below; at once. */
  floor(): number {
    return this.searches.reduce((sum, s) => sum + s.floor(), 0);
  }

  /**
   * The bound of a box, with what attains it; undefined where it is not below `limit`. What is known of a larger box
   * spares work. Throws `Late` once `over` says so.
   */
  node(
    box: Box,
    parent: readonly Item[] | undefined,
    limit: number,
    over: () => boolean = () => false,
  ): Node | undefined {
    if (areasAt(this.costs, box.low).area > this.area) return undefined;
    const known = this.searches.map((s, i) => parent?.[i]!.value ?? s.floor());
    const least = Number.isFinite(limit) ? rounding * limit : 0;
    const items: (Item | undefined)[] = known.map((_, i) => {
      const before = parent?.[i];
      return before && inside(before.places, box) ? before : undefined;
    });
    let slack = limit - known.reduce((a, b) => a + b, 0);
    // Step by step: a narrow search is quick, and together many narrow ones may rule the box out.
    for (let step = first; slack > least && items.includes(undefined); step *= growth) {
      const order = known
        .map((_, i) => i)
        .filter((i) => !items[i])
        .sort((i, j) => known[j]! - known[i]!);
      for (const i of order) {
        if (over()) throw new Late();
        const before = known[i]!;
        const cutoff = before + (before > 0 ? Math.min(slack, step * before) : slack);
        items[i] = this.best(i, box, cutoff, over);
        known[i] = items[i]?.value ?? (this.none ? Infinity : cutoff);
        if (known[i] === Infinity) return undefined;
        slack -= known[i] - before;
        if (slack <= least) return undefined;
      }
    }
    if (items.includes(undefined) || slack <= 0) return undefined;
    return { box, items: items as Item[], bound: (items as Item[]).reduce((sum, x) => sum + x.value, 0) };
  }

  /** The best mapping of a term on the best machine of a box; undefined where none is below `limit`. Throws `Late`. */
  private best(term: number, box: Box, limit: number, over: () => boolean): Item | undefined {
    this.solves++;
    let known: Item | undefined;
    for (const item of this.pool[term]!) {
      if (item.needs.some((n, k) => n > box.high[k]!)) continue;
      const moved = this.at(
        item,
        item.needs.map((n, k) => Math.max(n, box.low[k]!)),
        this.terms[term]!,
      );
      if (moved && moved.value < (known?.value ?? limit)) known = moved;
    }
    const { item: found, bound, stopped } = this.searches[term]!.settle(box, this.area, known?.value ?? limit, over);
    if (found) this.pool[term]!.push(found);
    if (stopped) throw new Late();
    this.none = !known && bound === Infinity;
    if (this.none && sizes.every((_, k) => box.low[k] === this.whole.low[k] && box.high[k] === this.whole.high[k]))
      this.hopeless = true;
    return found ?? known;
  }

  /** The same mapping on another machine that holds it; undefined where that is too large, or it costs too much there. */
  at(item: Item, places: readonly number[], term: Term): Item | undefined {
    if (places.every((p, k) => p === item.places[k])) return item;
    const areas = areasAt(this.costs, places);
    if (areas.area > this.area) return undefined;
    const energy = energyOf(this.costs, item.counts, places, areas);
    const { weights, limits } = ofRun(term, item);
    if (exceeds(limits, energy, item.cycles)) return undefined;
    return { ...item, places, energy, value: worth(weights, energy, item.cycles) };
  }

  /** The smallest machine that holds all mappings of a node; undefined where it is too large, or one costs too much there. */
  join({ items }: Node): Candidate | undefined {
    const places = sizes.map((_, k) => Math.max(...items.map((x) => x.places[k]!)));
    const moved = items.map((x, i) => this.at(x, places, this.terms[i]!));
    if (moved.some((x) => !x)) return undefined;
    return { places, items: moved as Item[], value: (moved as Item[]).reduce((sum, x) => sum + x.value, 0) };
  }

  /** The best mappings on one machine (of a node's box); undefined where they are not below `limit`. */
  exactly(places: readonly number[], limit: number, within?: Node, over?: () => boolean): Candidate | undefined {
    const node = this.node({ low: places, high: places }, within?.items, limit, over);
    return node && { places, items: node.items, value: node.bound };
  }

  /**
   * A machine within the area, made out of what the items of a node want: as long as it is too large, the size gives way
   * that counts for least per area that it frees.
   */
  shrunk({ box, items }: Node): readonly number[] | undefined {
    const places = sizes.map((_, k) => Math.max(...items.map((x) => x.places[k]!)));
    for (
      let excess = areasAt(this.costs, places).area - this.area;
      excess > 0;
      excess = areasAt(this.costs, places).area - this.area
    ) {
      let best = -1;
      let least = Infinity;
      sizes.forEach((name, k) => {
        const p = places[k]!;
        if (p <= box.low[k]!) return;
        const { area } = this.costs.more[name];
        const hurt = items.reduce((sum, x) => sum + (x.places[k]! >= p ? x.value : 0), 0);
        const price = hurt / Math.min(excess, area[p]! - area[p - 1]!);
        if (price < least) [best, least] = [k, price];
      });
      if (best < 0) return undefined;
      places[best]!--;
    }
    return places;
  }

  /** Splits a node's box where its items differ most; none where all take one machine. */
  split({ box, items }: Node): readonly Box[] {
    let best = { worth: -1, size: -1, after: -1 };
    for (let k = 0; k < sizes.length; k++) {
      const high = Math.max(...items.map((x) => x.places[k]!));
      const low = Math.min(...items.map((x) => x.places[k]!));
      for (let m = low; m < high; m++) {
        // What it costs to raise those below, against how much hangs on those above.
        let raised = 0;
        let above = 0;
        items.forEach((x, i) => {
          if (x.places[k]! > m) above += x.value;
          else raised += this.raised(x, k, m + 1, this.terms[i]!) - x.value;
        });
        const worth = Math.min(raised, above) + 1e-3 * raised;
        if (worth > best.worth) best = { worth, size: k, after: m };
      }
    }
    if (best.size < 0) return [];
    const { size, after } = best;
    return [
      { low: box.low, high: box.high.map((h, k) => (k === size ? after : h)) },
      { low: box.low.map((l, k) => (k === size ? after + 1 : l)), high: box.high },
    ];
  }

  private raised(item: Item, size: number, place: number, term: Term): number {
    const places = item.places.map((p, k) => (k === size ? place : p));
    const energy = energyOf(this.costs, item.counts, places, areasAt(this.costs, places));
    return worth(ofRun(term, item).weights, energy, item.cycles);
  }
}

const inside = (places: readonly number[], box: Box) => places.every((p, k) => p >= box.low[k]! && p <= box.high[k]!);
