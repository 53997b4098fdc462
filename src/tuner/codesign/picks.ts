// What the mappings picked in a box of machines say of it: the machine that they want, and where to split it.

import type { SizeParameter } from '../../model/space/design-space.js';
import { inAllRuns } from '../../enumerate/box-minima.js';
import type { Places } from '../../enumerate/columns.js';
import { cell, perSize, sizes } from '../../enumerate/columns.js';
import type { ShapeCosts } from '../../enumerate/item-costs.js';
import type { Box, Item, Weights } from '../../enumerate/item.js';
import { areasAt, costOf, energyOf } from '../../enumerate/item.js';

interface Picked {
  readonly item: Item;
}

/** A mapping, and what it counts for. */
interface Counting extends Picked {
  readonly weights: Weights;
  readonly times: number;
}

/**
 * The machine that holds all picks, or one of at most `area` mm2 made out of it: the size gives way that counts for least
 * per area that it frees. Undefined where there is none.
 */
export function wantedOf(costs: ShapeCosts, low: Places, area: number, picks: readonly Picked[]): Places | undefined {
  const places = perSize((size) => picks.reduce((max, { item }) => Math.max(max, item.places[size]), low[size]));
  const excessOf = () => areasAt(costs, places).area - area;
  for (let excess = excessOf(); excess > 0; excess = excessOf()) {
    let cheapest: SizeParameter | undefined;
    let min = Infinity;
    for (const size of sizes) {
      const place = places[size];
      if (place <= low[size]) continue;
      const { area: more } = costs.more[size];
      const hurt = picks.reduce((n, { item }) => n + (item.places[size] >= place ? item.energy : 0), 0);
      const price = hurt / Math.min(excess, cell(more, place) - cell(more, place - 1));
      if (price < min) [cheapest, min] = [size, price];
    }
    if (!cheapest) return undefined;
    places[cheapest]--;
  }
  return places;
}

/** After which place of a size a box is cut. */
interface Cut {
  readonly size: SizeParameter;
  readonly after: number;
}

/** The two parts of a box, cut where picks differ most, or off the one machine that they take; none where the box is one. */
export function halves(costs: ShapeCosts, box: Box, picks: readonly Counting[]): readonly Box[] {
  let cut: Cut | undefined;
  let max = -1;
  const worth = picks.map(({ item, weights, times }) => {
    const at = (places: Places) => {
      const energy = energyOf(costs, item.counts, places, areasAt(costs, places));
      const of = inAllRuns({ ...item, energy });
      return times * costOf(weights, of.energy, of.cycles);
    };
    return { item, at, value: at(item.places) };
  });
  for (const size of sizes) {
    const wanted = worth.map(({ item }) => item.places[size]);
    const high = Math.max(...wanted);
    for (let after = Math.min(...wanted); after < high; after++) {
      // What it costs to raise those below, against how much hangs on those above.
      let raised = 0;
      let above = 0;
      for (const { item, at, value } of worth) {
        if (item.places[size] > after) above += value;
        else raised += at({ ...item.places, [size]: after + 1 }) - value;
      }
      const gain = Math.min(raised, above) + 1e-3 * raised;
      if (gain > max) [cut, max] = [{ size, after }, gain];
    }
  }
  cut ??= offOne(box, picks);
  if (!cut) return [];
  const { size, after } = cut;
  return [
    { low: box.low, high: { ...box.high, [size]: after } },
    { low: { ...box.low, [size]: after + 1 }, high: box.high },
  ];
}

/** All take one machine: what is larger in some size goes first, then what is smaller. */
function offOne(box: Box, picks: readonly Picked[]): Cut | undefined {
  const places = picks[0]?.item.places ?? box.low;
  const size = sizes.find((s) => box.low[s] < box.high[s]);
  if (!size) return undefined;
  const place = places[size];
  return { size, after: place < box.high[size] ? place : place - 1 };
}
