// Where a layer's dimensions run side by side on a shape: padded bounds, lanes, vector, columns and rows, and what is
// left to loops in time.

import { divisors } from '../base/integers.js';
import type { Dimension, Layer } from '../model/workload/layer.js';
import { dimensions, hasBias } from '../model/workload/layer.js';
import { paddedBounds } from '../model/mapping/mapping-space.js';
import type { ShapeCosts } from './item-costs.js';

/** Numbers of dimensions, in the order of `dimensions`. */
export const [N, G, K, C, P, Q, R, S] = [0, 1, 2, 3, 4, 5, 6, 7] as const;

export interface Spatial {
  /** Padded bound, factor on the array (columns or rows), and loops in time, per dimension. */
  readonly bound: readonly number[];
  readonly array: readonly number[];
  readonly time: readonly number[];
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

interface Part {
  readonly bound: number;
  readonly array: number;
  readonly inner: number;
  readonly time: number;
}

/** A choice that is only begun: bounds and cycles that it has at least, lanes and vector that it has at most. */
export type Begun = Pick<Spatial, 'bound' | 'lanes' | 'vector' | 'cycles'>;

/**
 * Visits every choice whose cycles are at most `most()`, which may fall on the way; low ones come early. Choices that
 * begin in a way that is `beyond` interest are left out.
 */
export function eachSpatial(
  layer: Layer,
  c: ShapeCosts,
  padding: boolean,
  most: () => number,
  beyond: (begun: Begun) => boolean,
  visit: (s: Spatial) => void,
): void {
  const bounds = dimensions.map((d) => paddedBounds(layer.bounds[d], padding));
  const parts = (d: number, inner: number, array: number): Part[] =>
    bounds[d]!.flatMap((bound) =>
      divisors(bound)
        .filter((u) => u <= inner)
        .flatMap((u) =>
          divisors(bound / u)
            .filter((s) => s <= array)
            .map((s) => ({ bound, array: s, inner: u, time: bound / u / s })),
        ),
    ).sort((x, y) => x.time - y.time);
  // Columns carry K or G, rows P, C or G; where an axis carries nothing only the first of them is listed.
  for (const columns of ['K', 'G'] as const) {
    for (const rows of ['P', 'C', 'G'] as const) {
      if (layer.bounds.G === 1 && (columns === 'G' || rows === 'G')) continue;
      const room = (d: Dimension) => (columns === d ? c.columns : 1) * (rows === d ? c.rows : 1);
      const lists = dimensions.map((d, i) => parts(i, d === 'K' ? c.lanes : d === 'C' ? c.vector : 1, room(d)));
      const least = lists.map((l) => l[0]!.time);
      const rest = least.map((_, i) => least.slice(i + 1).reduce((a, b) => a * b, 1));
      const chosen: Part[] = [];
      const open = {
        lanes: Math.max(...lists[K]!.map((p) => p.inner)),
        vector: Math.max(...lists[C]!.map((p) => p.inner)),
      };
      const begun = { bound: bounds.map((b) => Math.min(...b)), ...open, cycles: 1 };
      choose(0, 1);

      function choose(i: number, time: number): void {
        if (i === dimensions.length) {
          const onBoth = columns === 'G' && rows === 'G' ? splitOver(chosen[G]!.array, c.columns, c.rows) : undefined;
          if (columns === 'G' && rows === 'G' && !onBoth) return;
          if ((columns === 'G' || rows === 'G') && chosen[G]!.array === 1) return;
          if (rows === 'C' && chosen[C]!.array === 1) return;
          if (hasBias(layer) && (chosen[K]!.bound * chosen[G]!.bound) / chosen[K]!.inner > c.biasLines) return;
          visit({
            bound: chosen.map((p) => p.bound),
            array: chosen.map((p) => p.array),
            time: chosen.map((p) => p.time),
            lanes: chosen[K]!.inner,
            vector: chosen[C]!.inner,
            columns,
            rows,
            onBoth,
            cycles: time,
            pes: chosen.reduce((n, p) => n * p.array, 1),
          });
          return;
        }
        for (const p of lists[i]!) {
          if (time * p.time * rest[i]! > most()) break;
          begun.bound[i] = p.bound;
          if (i === K) begun.lanes = p.inner;
          else if (i === C) begun.vector = p.inner;
          begun.cycles = time * p.time * rest[i]!;
          if (beyond(begun)) continue;
          chosen[i] = p;
          choose(i + 1, time * p.time);
        }
        begun.bound[i] = Math.min(...bounds[i]!);
        if (i === K) begun.lanes = open.lanes;
        else if (i === C) begun.vector = open.vector;
      }
    }
  }
}

/** A factor on both axes as a factor on each, both above 1; undefined where there is no such pair. */
function splitOver(factor: number, columns: number, rows: number): readonly [number, number] | undefined {
  const first = divisors(factor).find((x) => x > 1 && x < factor && x <= columns && factor / x <= rows);
  return first === undefined ? undefined : [first, factor / first];
}
