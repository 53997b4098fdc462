// Which dimensions the loops over tiles of DRAM are of, where it is known how many there are of each class: those with which a tile
// of the global buffer takes the fewest lines of inputs. No other split takes less energy, less time or less room.

import { divisors } from '../base/integers.js';
import { nth } from '../base/invariant.js';
import type { Layer } from '../model/workload/layer.js';
import type { PerDimension } from './columns.js';
import { C, G, K, N, P, Q, R, S } from './columns.js';
import type { ByClass } from './loop-classes.js';
import type { Spatial } from './spatial.js';
import { rowsP, rowsQ } from './spread.js';

/** Loops over tiles of DRAM, and lines of inputs in a tile of the global buffer. */
interface Fewest {
  readonly outer: PerDimension;
  readonly lines: number;
}

/** `loops`: all outside the tile of a PE. Undefined where each split has a loop that is too long. */
export function fewestLines(
  layer: Layer,
  { bound, vector }: Pick<Spatial, 'bound' | 'vector'>,
  loops: PerDimension,
  { a, b, d, g }: ByClass,
  longest: number,
): Fewest | undefined {
  const fits = (column: number, f: number) => f <= longest && nth(loops, column) / f <= longest;
  let fewest: Fewest | undefined;
  if (!fits(K, b) || !fits(G, g)) return undefined;
  for (const n of divisors(loops[N])) {
    if (a % n !== 0 || !fits(N, n)) continue;
    for (const p of divisors(loops[P])) {
      const q = a / n / p;
      if ((a / n) % p !== 0 || loops[Q] % q !== 0 || !fits(P, p) || !fits(Q, q)) continue;
      for (const c of divisors(loops[C])) {
        if (d % c !== 0 || !fits(C, c)) continue;
        for (const r of divisors(loops[R])) {
          const s = d / c / r;
          if ((d / c) % r !== 0 || loops[S] % s !== 0 || !fits(R, r) || !fits(S, s)) continue;
          const lines =
            (((bound[N] / n) * (bound[G] / g) * (bound[C] / c)) / vector) *
            rowsP(layer, bound[P] / p, bound[R] / r) *
            rowsQ(layer, bound[Q] / q, bound[S] / s);
          if (lines < (fewest?.lines ?? Infinity)) fewest = { outer: [n, g, b, c, p, q, r, s], lines };
        }
      }
    }
  }
  return fewest;
}
