// How much of a quantity is left after a smaller one is taken off: 1 - 1/x and 1 - x of a ratio x, in logarithms. Both are
// concave in ln x, so a chord between two points lies below: one of a few spans of the ratio is chosen.

import type { Linear } from '../../program/linear.js';
import { add, combine, scale, zero } from '../../program/linear.js';
import type { ProgramBuilder } from '../../program/program.js';

/** ln of at most the share, and the 0/1 expression that says there is none. */
export interface Share {
  readonly log: Linear;
  readonly off: Linear;
}

/** Ends of spans above 1; below 1 they are the reciprocals. Bounds of layers make powers of 2 likely. */
const edges = [1, 1.5, 2, 4, 8, 16, 32, 64, 128, 512, 1e9];

/**
 * The shares of x that exceed 1 (1 - 1/x, where x > 1) and of 1 that exceed x (1 - x, where x < 1), x = exp(ratio). Chords
 * are exact at their ends: `known`, a value of x that matters, is made one.
 */
export function excess(b: ProgramBuilder, name: string, ratio: Linear, known: number | undefined): { readonly above: Share; readonly below: Share } {
  const side = (sign: 1 | -1) => {
    const end = known === undefined ? 1 : known ** sign;
    const ends = [...new Set(end > 1.01 ? [...edges, end] : edges)].sort((p, q) => p - q);
    const spans = ends.slice(0, -1).map((low, i) => {
      const high = ends[i + 1]!;
      const chosen = b.binary(`${name}.${sign === 1 ? '' : 'under.'}${low}`);
      // 0 at the lower end, 1 at the upper.
      const along = b.variable(`${name}.${sign === 1 ? '' : 'under.'}${low}.along`, 0, 1, false);
      b.atMost(`${name}.${sign}.${low}`, combine([[1, along], [-1, chosen]]), 0);
      return { low, high, chosen, along };
    });
    const at = (x: number) => Math.log(1 - 1 / x);
    // From 1 on the share grows from nothing: there it is left out.
    const log = add(zero, ...spans.slice(1).flatMap(({ low, high, chosen, along }) => [scale(at(low), chosen), scale(at(high) - at(low), along)]));
    const length = add(zero, ...spans.flatMap(({ low, high, chosen, along }) => [scale(Math.log(low), chosen), scale(Math.log(high / low), along)]));
    return { chosen: spans.map((s) => s.chosen), length, log, small: spans[0]!.chosen };
  };
  const [up, down] = [side(1), side(-1)];
  b.equal(`${name}.one`, add(...up.chosen, ...down.chosen), 1);
  b.equal(`${name}.ratio`, combine([[1, ratio], [-1, up.length], [1, down.length]]), 0);
  const none = (own: typeof up, other: typeof up) => add(own.small, ...other.chosen);
  return { above: { log: up.log, off: none(up, down) }, below: { log: down.log, off: none(down, up) } };
}
