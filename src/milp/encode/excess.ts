// How much of a quantity is left after a smaller one is taken off: 1 - 1/x and 1 - x of a ratio x, in logarithms. Both
// are concave in ln x, so a chord between two points lies below: one of a few spans of the ratio is chosen.

import { nth } from '../../base/invariant.js';
import type { Linear } from '../../program/linear.js';
import { add, combine, zero } from '../../program/linear.js';
import type { ProgramBuilder } from '../../program/program.js';

/** ln of at most the share, and the 0/1 expression that says there is none. */
export interface Share {
  readonly log: Linear;
  readonly off: Linear;
}

/** Ends of spans. Bounds of layers make powers of 2 likely. */
const edges = [2, 4, 8, 16, 32, 64, 128, 512, 1e9];

interface Spans {
  readonly chosen: readonly Linear[];
  /** ln x where a span is chosen, 0 elsewhere. */
  readonly length: Linear;
  /** At most ln(1 - 1/x) where a span other than one that begins at 1 is chosen. */
  readonly log: Linear;
}

/**
 * Spans of x >= 1, at most one of which may be chosen. Chords are exact at their ends: `known`,
 * an x that matters, is made one.
 */
function spansOf(b: ProgramBuilder, name: string, from: readonly number[], known: number | undefined): Spans {
  const ends = [
    ...new Set(known !== undefined && known > nth(from, 0) * 1.01 ? [...from, ...edges, known] : [...from, ...edges]),
  ].sort((p, q) => p - q);
  const share = (x: number) => Math.log(1 - 1 / x);
  const spans = ends.slice(0, -1).map((low, i) => {
    const high = nth(ends, i + 1);
    const chosen = b.binary(`${name}.${low}`);
    // 0 at the lower end, 1 at the upper.
    const along = b.variable(`${name}.${low}.along`, 0, 1, false);
    b.atMost(
      `${name}.${low}`,
      combine([
        [1, along],
        [-1, chosen],
      ]),
      0,
    );
    return {
      chosen,
      length: combine([
        [Math.log(low), chosen],
        [Math.log(high / low), along],
      ]),
      // From 1 on the share grows from nothing: there it is left out.
      log:
        low === 1
          ? zero
          : combine([
              [share(low), chosen],
              [share(high) - share(low), along],
            ]),
    };
  });
  return {
    chosen: spans.map((s) => s.chosen),
    length: add(zero, ...spans.map((s) => s.length)),
    log: add(zero, ...spans.map((s) => s.log)),
  };
}

/** The shares of x that exceed 1 (1 - 1/x, where x > 1) and of 1 that exceed x (1 - x, where x < 1), x = exp(ratio). */
export function excess(
  b: ProgramBuilder,
  name: string,
  ratio: Linear,
  known: number | undefined,
): { readonly above: Share; readonly below: Share } {
  const up = spansOf(b, name, [1, 1.5], known);
  const down = spansOf(b, `${name}.under`, [1, 1.5], known && 1 / known);
  b.equal(`${name}.one`, add(...up.chosen, ...down.chosen), 1);
  b.equal(
    `${name}.ratio`,
    combine([
      [1, ratio],
      [-1, up.length],
      [1, down.length],
    ]),
    0,
  );
  const none = (own: Spans, other: Spans) => add(nth(own.chosen, 0), ...other.chosen);
  return { above: { log: up.log, off: none(up, down) }, below: { log: down.log, off: none(down, up) } };
}

/** 1 - 1/x of a whole number x >= 1. */
export function lessOnePart(b: ProgramBuilder, name: string, x: Linear, known: number | undefined): Share {
  const one = b.binary(`${name}.1`);
  const { chosen, length, log } = spansOf(b, name, [2, 3], known);
  b.equal(`${name}.one`, add(one, ...chosen), 1);
  b.equal(
    `${name}.value`,
    combine([
      [1, x],
      [-1, length],
    ]),
    0,
  );
  return { log, off: one };
}
