// The rows on cycles of tiles (`model/cost/tile-bounds.ts`) read with numbers: of one mapping, what each is.

import type { Tiling } from '../../src/model/machine/architecture.js';
import type { Load, Share, TileReading } from '../../src/model/cost/tile-bounds.js';
import { tileRows } from '../../src/model/cost/tile-bounds.js';
import type { TilesEvaluation } from '../../src/model/cost/tile-cycles.js';
import type { Tensor } from '../../src/model/workload/layer.js';

/** Of two nests of tiles; flags are numbers above 0. */
export interface Tiles {
  readonly outer: number;
  readonly all: number;
  /** Of one run of each engine, but for its latency, and how often it runs. */
  readonly engines: Readonly<
    Record<keyof TilesEvaluation['engines'], { readonly beats: number; readonly runs: number }>
  >;
  readonly first: Readonly<Record<Load, number>>;
  readonly grouped: boolean;
  /** What the innermost loop of the inner nest is irrelevant to, if anything; whether it has no loop. */
  irrelevant: (tensor: Tensor | 'empty') => boolean;
}

const share = (x: number): Share<number, number> => ({ share: Math.max(0, x), off: x > 0 ? 0 : 1 });

function readingOf({ outer, all, engines: e, first, grouped, irrelevant }: Tiles): TileReading<number, number> {
  return {
    once: 1,
    outer,
    tiles: all,
    inner: all / outer,
    work: e,
    first,
    grouped,
    product: (xs) => xs.reduce((n, x) => n * x, 1),
    beyond: (load) => share(1 - e[load === 'load_i' ? 'load_w' : 'load_i'].beats / e[load].beats),
    others: (load) => share(1 - e[load].runs / all),
    irrelevant: (tensor) => (irrelevant(tensor) ? 1 : 0),
    not: (flag) => 1 - flag,
  };
}

/** The cycles that each row demands, by its name. */
export const rowsOfTiles = (c: Pick<Tiling, 'step' | 'latency'>, t: Tiles): ReadonlyMap<string, number> =>
  new Map(
    tileRows(readingOf(t), c).map(({ name, terms }) => [
      name,
      terms.reduce((n, x) => (x.unless.some((flag) => flag > 0) ? n : n + x.coefficient * x.product), 0),
    ]),
  );
