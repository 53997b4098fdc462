// Branch and bound over the sizes of one shape, for all layers together.
//
// In a box of machines every layer may take a machine of its own: the sum of their least values is a bound. Where all
// take the same, it is that machine's value; else the box is split where they differ most.

import { nth } from '../base/invariant.js';
import type { SizeParameter } from '../model/space/design-space.js';
import type { Places } from './columns.js';
import { cell, perSize, sizes } from './columns.js';
import type { ShapeCosts } from './item-costs.js';
import type { KernelTables } from './kernels.js';
import type { Box, Item } from './item.js';
import { areasAt, energyOf, exceeds, costOf } from './item.js';
import type { Term } from './term-search.js';
import { ofRun, TermSearch } from './term-search.js';

export type { Term } from './term-search.js';

export interface Node {
  readonly box: Box;
  /** Per term, the best mapping on the best machine of the box for it alone. */
  readonly items: readonly Item[];
  readonly bound: number;
}

/** A term with its search, and good mappings of it seen anywhere: they say early what is not worth a look. */
interface Known {
  readonly term: Term;
  readonly search: TermSearch;
  readonly pool: Item[];
}

/** A machine of the shape with a mapping per term. */
interface Candidate {
  readonly places: Places;
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
  private readonly known: readonly Known[];
  solves = 0;
  /** Whether some term has no mapping on any machine, whatever it may cost. */
  hopeless = false;

  constructor(
    readonly costs: ShapeCosts,
    readonly terms: readonly Term[],
    padding: boolean,
    readonly area: number,
    kernels: KernelTables,
  ) {
    this.known = terms.map((term) => ({ term, search: new TermSearch(term, costs, padding, kernels, area), pool: [] }));
  }

  /** Whether the last search for a term found nothing, whatever it may cost. */
  private none = false;

  /** All machines of the shape. */
  get whole(): Box {
    return { low: perSize(() => 0), high: perSize((size) => this.costs.menus[size].length - 1) };
  }

  /** No machine of this shape is below; at once. */
  floor(): number {
    return this.known.reduce((sum, { search }) => sum + search.floor(), 0);
  }

  /**
   * The bound of a box, with what attains it; undefined where it is not below `limit`. What is known of a larger box
   * saves work: its machines are among those of the larger one, so its minima are no smaller.
   *
   * A machine below the limit leaves each term its own bound and what the others leave of the limit (`slack`). So a term
   * that is found to be above its bound takes that from what is left for all; when nothing is left, no machine of the box
   * is below the limit. Throws `Late` once `over` says so.
   */
  node(
    box: Box,
    parent: readonly Item[] | undefined,
    limit: number,
    over: () => boolean = () => false,
  ): Node | undefined {
    if (areasAt(this.costs, box.low).area > this.area) return undefined;
    const min = Number.isFinite(limit) ? rounding * limit : 0;
    // Per term: what it costs at least, and its item once that is settled.
    const terms = this.known.map((of, i) => {
      const before = parent && nth(parent, i);
      return {
        of,
        bound: before?.value ?? of.search.floor(),
        item: before && inside(before.places, box) ? before : undefined,
      };
    });
    let slack = limit - sumOf(terms, (t) => t.bound);
    // Step by step: a narrow search is quick, and together many narrow ones may rule the box out.
    for (let step = first; slack > min && terms.some((t) => !t.item); step *= growth) {
      const open = terms.filter((t) => !t.item).sort((x, y) => y.bound - x.bound);
      for (const term of open) {
        if (over()) throw new Late();
        const before = term.bound;
        const cutoff = before + (before > 0 ? Math.min(slack, step * before) : slack);
        term.item = this.best(term.of, box, cutoff, over);
        term.bound = term.item?.value ?? (this.none ? Infinity : cutoff);
        if (term.bound === Infinity) return undefined;
        slack -= term.bound - before;
        if (slack <= min) return undefined;
      }
    }
    const items = terms.flatMap(({ item }) => item ?? []);
    if (items.length < terms.length || slack <= 0) return undefined;
    return { box, items, bound: sumOf(items, (x) => x.value) };
  }

  /** The best mapping of a term on the best machine of a box; undefined where none is below `limit`. Throws `Late`. */
  private best({ term, search, pool }: Known, box: Box, limit: number, over: () => boolean): Item | undefined {
    this.solves++;
    let known: Item | undefined;
    for (const item of pool) {
      if (sizes.some((size) => item.needs[size] > box.high[size])) continue;
      const moved = this.at(
        item,
        perSize((size) => Math.max(item.needs[size], box.low[size])),
        term,
      );
      if (moved && moved.value < (known?.value ?? limit)) known = moved;
    }
    const { item: found, bound, stopped } = search.settle(box, this.area, known?.value ?? limit, over);
    if (found) pool.push(found);
    if (stopped) throw new Late();
    this.none = !known && bound === Infinity;
    if (this.none && isSame(box.low, this.whole.low) && isSame(box.high, this.whole.high)) this.hopeless = true;
    return found ?? known;
  }

  /**
   * The same mapping on another machine that holds it; undefined where that is too large, or it costs too much there.
   */
  at(item: Item, places: Places, term: Term): Item | undefined {
    if (isSame(places, item.places)) return item;
    const areas = areasAt(this.costs, places);
    if (areas.area > this.area) return undefined;
    const energy = energyOf(this.costs, item.counts, places, areas);
    const { weights, limits } = ofRun(term, item);
    if (exceeds(limits, energy, item.cycles)) return undefined;
    return { ...item, places, energy, value: costOf(weights, energy, item.cycles) };
  }

  /**
   * The smallest machine that holds all mappings of a node; undefined where it is too
   * large, or one costs too much there.
   */
  join({ items }: Node): Candidate | undefined {
    const places = largest(items);
    const moved = items.flatMap((x, i) => this.at(x, places, nth(this.terms, i)) ?? []);
    if (moved.length < items.length) return undefined;
    return { places, items: moved, value: sumOf(moved, (x) => x.value) };
  }

  /** The best mappings on one machine (of a node's box); undefined where they are not below `limit`. */
  exactly(places: Places, limit: number, within?: Node, over?: () => boolean): Candidate | undefined {
    const node = this.node({ low: places, high: places }, within?.items, limit, over);
    return node && { places, items: node.items, value: node.bound };
  }

  /**
   * A machine within the area, made out of what the items of a node want: as long as it is too large, the size gives
   * way that counts for least per area that it frees.
   */
  shrunk({ box, items }: Node): Places | undefined {
    const places = largest(items);
    for (
      let excess = areasAt(this.costs, places).area - this.area;
      excess > 0;
      excess = areasAt(this.costs, places).area - this.area
    ) {
      let cheapest: SizeParameter | undefined;
      let min = Infinity;
      for (const size of sizes) {
        const place = places[size];
        if (place <= box.low[size]) continue;
        const { area } = this.costs.more[size];
        const hurt = sumOf(items, (x) => (x.places[size] >= place ? x.value : 0));
        const price = hurt / Math.min(excess, cell(area, place) - cell(area, place - 1));
        if (price < min) [cheapest, min] = [size, price];
      }
      if (!cheapest) return undefined;
      places[cheapest]--;
    }
    return places;
  }

  /**
   * Splits a node's box where its items differ most; none where all take one machine. Each machine of the box is in one
   * of the two: none is lost.
   */
  split({ box, items }: Node): readonly Box[] {
    let best: { readonly size: SizeParameter; readonly after: number } | undefined;
    let max = -1;
    for (const size of sizes) {
      const wanted = items.map((x) => x.places[size]);
      const high = Math.max(...wanted);
      for (let after = Math.min(...wanted); after < high; after++) {
        // What it costs to raise those below, against how much hangs on those above.
        let raised = 0;
        let above = 0;
        items.forEach((x, i) => {
          if (x.places[size] > after) above += x.value;
          else raised += this.raised(x, { ...x.places, [size]: after + 1 }, nth(this.terms, i)) - x.value;
        });
        const costOf = Math.min(raised, above) + 1e-3 * raised;
        if (costOf > max) [best, max] = [{ size, after }, costOf];
      }
    }
    if (!best) return [];
    const { size, after } = best;
    return [
      { low: box.low, high: { ...box.high, [size]: after } },
      { low: { ...box.low, [size]: after + 1 }, high: box.high },
    ];
  }

  /** What an item costs on the machine at these places, however large that is. */
  private raised(item: Item, places: Places, term: Term): number {
    const energy = energyOf(this.costs, item.counts, places, areasAt(this.costs, places));
    return costOf(ofRun(term, item).weights, energy, item.cycles);
  }
}

const inside = (places: Places, { low, high }: Box): boolean =>
  sizes.every((size) => places[size] >= low[size] && places[size] <= high[size]);

const isSame = (a: Places, b: Places): boolean => sizes.every((size) => a[size] === b[size]);

/** The smallest sizes that are as large as what each item takes. */
const largest = (items: readonly Item[]) => perSize((size) => Math.max(...items.map((x) => x.places[size])));

const sumOf = <T>(list: readonly T[], f: (x: T) => number): number => list.reduce((sum, x) => sum + f(x), 0);
