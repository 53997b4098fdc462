// Lines below all totals of a network: weights.energy E + weights.cycles T >= sum. What lies above all of them, and the
// least energy x cycles there.

import type { MasterLimits, Totals } from '../../milp/master/master.js';

export interface Line {
  readonly weights: Totals;
  readonly sum: number;
  /** What each layer has part in it. */
  readonly min: readonly number[];
}

/** Energy that lines leave at so many cycles. */
const energyAt = (lines: readonly Line[], cycles: number): number =>
  lines.reduce(
    (max, { weights, sum }) =>
      weights.energy > 0 ? Math.max(max, (sum - weights.cycles * cycles) / weights.energy) : max,
    0,
  );

/** The cycles of a stretch that lines and limits leave. */
export function reach(
  lines: readonly Line[],
  limits: MasterLimits,
  { from, upTo }: { readonly from: number; readonly upTo: number },
): readonly [number, number] {
  const { energy = Infinity, cycles = Infinity } = limits;
  const first = lines.reduce(
    (min, { weights, sum }) =>
      weights.cycles > 0 && energy < Infinity ? Math.max(min, (sum - weights.energy * energy) / weights.cycles) : min,
    from,
  );
  return [first, Math.min(upTo, cycles)];
}

/** Totals on the border of what lines leave. */
export interface Corner {
  readonly energy: number;
  readonly cycles: number;
  readonly product: number;
}

/**
 * The minimum energy x cycles above all lines, from some cycles up to some, and where it is. Along a line the product is
 * concave: it is least where two of them cross, or at the ends.
 */
export function leastOver(lines: readonly Line[], from: number, upTo: number): Corner {
  const at = [from, upTo];
  for (const [i, a] of lines.entries()) {
    for (const b of lines.slice(i + 1)) {
      const turn = a.weights.energy * b.weights.cycles - b.weights.energy * a.weights.cycles;
      const cycles = (a.weights.energy * b.sum - b.weights.energy * a.sum) / turn;
      if (turn !== 0 && cycles > from && cycles < upTo) at.push(cycles);
    }
  }
  const corners = at.map((cycles): Corner => {
    const energy = energyAt(lines, cycles);
    return { energy, cycles, product: energy * cycles };
  });
  return corners.reduce((x, y) => (y.product < x.product ? y : x));
}
