// Where a layer's dimensions run side by side on a shape: padded bounds, lanes, vector, columns and rows, and what is
// left to loops in time.

import { divisors } from '../base/integers.js';
import { nth } from '../base/invariant.js';
import type { Dimension, Layer } from '../model/workload/layer.js';
import { hasBias } from '../model/workload/layer.js';
import { paddedBounds } from '../model/mapping/mapping-space.js';
import type { EachDimension, PerDimension } from './columns.js';
import { C, G, K, columnOf, perDimension } from './columns.js';
import type { ShapeCosts } from './item-costs.js';

export interface Spatial {
  /** Padded bound, factor on the array (columns or rows), and loops in time, per dimension. */
  readonly bound: PerDimension;
  readonly array: PerDimension;
  readonly time: PerDimension;
  /** Lanes and vector positions in use. */
  readonly lanes: number;
  readonly vector: number;
  /** Which dimension the columns and the rows carry; K and P where they carry nothing. */
  readonly columns: Dimension;
  readonly rows: Dimension;
  /** The factors on columns and rows where both carry G. */
  readonly onBoth: readonly [number, number] | undefined;
  /** Product of `time`: cycles of the multipliers. */
  readonly cycles: number;
  /** PEs in use. */
  readonly pes: number;
}

/** A dimension in one such way: its padded bound as a product. */
interface Part {
  readonly bound: number;
  readonly array: number;
  readonly inner: number;
  readonly time: number;
}

/** A choice that is only begun: bounds and cycles that it has at least, lanes and vector that it has at most. */
export type Begun = Pick<Spatial, 'bound' | 'lanes' | 'vector' | 'cycles'>;

/** Who walks through the choices. */
interface Visitor {
  /** Choices with more cycles are left out; it may fall on the way. */
  max: () => number;
  /** Choices that begin in such a way are left out. */
  beyond: (begun: Begun) => boolean;
  visit: (s: Spatial) => void;
}

/** Visits every choice that its visitor wants; those of few cycles come early. */
export function eachSpatial(layer: Layer, c: ShapeCosts, padding: boolean, visitor: Visitor): void {
  const bounds = perDimension((d) => paddedBounds(layer.bounds[d], padding));
  // Columns carry K or G, rows P, C or G; where an axis carries nothing only the first of them is listed.
  for (const columns of ['K', 'G'] as const) {
    for (const rows of ['P', 'C', 'G'] as const) {
      if (layer.bounds.G === 1 && (columns === 'G' || rows === 'G')) continue;
      eachOn({ columns, rows }, layer, c, bounds, visitor);
    }
  }
}

/** By the bound, how many it is padded to, and the room: layers and shapes have most of them in common. */
const partsKnown = new Map<string, readonly Part[]>();

/** Every way to write a dimension's padded bounds as a product, those with few loops in time first. */
function partsOf(bounds: readonly number[], inner: number, array: number): readonly Part[] {
  const key = `${nth(bounds, 0)} ${bounds.length} ${inner} ${array}`;
  const known = partsKnown.get(key);
  if (known) return known;
  const parts: Part[] = [];
  for (const bound of bounds) {
    for (const u of divisors(bound)) {
      if (u > inner) break;
      for (const s of divisors(bound / u)) {
        if (s > array) break;
        parts.push({ bound, array: s, inner: u, time: bound / u / s });
      }
    }
  }
  parts.sort((x, y) => x.time - y.time);
  partsKnown.set(key, parts);
  return parts;
}

/** The choices with one dimension on the columns and one on the rows. */
function eachOn(
  axes: Pick<Spatial, 'columns' | 'rows'>,
  layer: Layer,
  c: ShapeCosts,
  bounds: PerDimension<readonly number[]>,
  { max, beyond, visit }: Visitor,
): void {
  const room = (d: Dimension) => (axes.columns === d ? c.columns : 1) * (axes.rows === d ? c.rows : 1);
  const lists = perDimension((d) =>
    partsOf(bounds[columnOf[d]], d === 'K' ? c.lanes : d === 'C' ? c.vector : 1, room(d)),
  );
  const min = lists.map((parts) => nth(parts, 0).time);
  // Per dimension, in order: its parts, what the later ones take at least, and its least bound.
  const stages = lists.map((parts, i) => ({
    parts,
    rest: min.slice(i + 1).reduce((a, b) => a * b, 1),
    minBound: Math.min(...nth(bounds, i)),
  }));
  const open = {
    lanes: Math.max(...lists[K].map((p) => p.inner)),
    vector: Math.max(...lists[C].map((p) => p.inner)),
  };
  const begun = { bound: perDimension((d) => Math.min(...bounds[columnOf[d]])), ...open, cycles: 1 };
  const chosen: EachDimension<Part> = perDimension((d) => nth(lists[columnOf[d]], 0));
  choose(0, 1);

  function choose(i: number, time: number): void {
    const stage = stages[i];
    if (!stage) {
      const whole = wholeChoice(chosen, time, axes, layer, c);
      if (whole) visit(whole);
      return;
    }
    for (const p of stage.parts) {
      const cycles = time * p.time * stage.rest;
      if (cycles > max()) break;
      begun.bound[i] = p.bound;
      if (i === K) begun.lanes = p.inner;
      else if (i === C) begun.vector = p.inner;
      begun.cycles = cycles;
      // What has no choice was seen one stage before.
      if (stage.parts.length > 1 && beyond(begun)) continue;
      chosen[i] = p;
      choose(i + 1, time * p.time);
    }
    begun.bound[i] = stage.minBound;
    if (i === K) begun.lanes = open.lanes;
    else if (i === C) begun.vector = open.vector;
  }
}

/**
 * The parts of all dimensions as a choice; undefined where the array does not carry them so, or the biases do not fit.
 */
function wholeChoice(
  parts: PerDimension<Part>,
  cycles: number,
  { columns, rows }: Pick<Spatial, 'columns' | 'rows'>,
  layer: Layer,
  c: ShapeCosts,
): Spatial | undefined {
  const isGOnBoth = columns === 'G' && rows === 'G';
  const onBoth = isGOnBoth ? splitOver(parts[G].array, c.columns, c.rows) : undefined;
  if (isGOnBoth && !onBoth) return undefined;
  if ((columns === 'G' || rows === 'G') && parts[G].array === 1) return undefined;
  if (rows === 'C' && parts[C].array === 1) return undefined;
  if (hasBias(layer) && (parts[K].bound * parts[G].bound) / parts[K].inner > c.biasLines) return undefined;
  const [n, g, k, ch, p, q, r, s] = parts;
  return {
    bound: [n.bound, g.bound, k.bound, ch.bound, p.bound, q.bound, r.bound, s.bound],
    array: [n.array, g.array, k.array, ch.array, p.array, q.array, r.array, s.array],
    time: [n.time, g.time, k.time, ch.time, p.time, q.time, r.time, s.time],
    lanes: k.inner,
    vector: ch.inner,
    columns,
    rows,
    onBoth,
    cycles,
    pes: n.array * g.array * k.array * ch.array * p.array * q.array * r.array * s.array,
  };
}

/** A factor on both axes as a factor on each, both above 1; undefined where there is no such pair. */
function splitOver(factor: number, columns: number, rows: number): readonly [number, number] | undefined {
  const first = divisors(factor).find((x) => x > 1 && x < factor && x <= columns && factor / x <= rows);
  return first === undefined ? undefined : [first, factor / first];
}
