// Small master problems, and what looking at every combination says of them: nothing here is shared with the walk.

import fc from 'fast-check';
import type { Master, Totals } from '../../src/milp/master/master.js';

export interface RandomLayer {
  readonly count: number;
  readonly columns: readonly { readonly energy: number; readonly cycles: number }[];
}

const column = fc.record({
  energy: fc.integer({ min: 1, max: 40 }).map((e) => e / 4),
  cycles: fc.integer({ min: 1, max: 12 }),
});

export const randomLayers: fc.Arbitrary<readonly RandomLayer[]> = fc.array(
  fc.record({ count: fc.integer({ min: 1, max: 3 }), columns: fc.array(column, { minLength: 1, maxLength: 4 }) }),
  { minLength: 1, maxLength: 3 },
);

export const randomObjective: fc.Arbitrary<Master['objective']> = fc.constantFrom<Master['objective']>(
  { energy: 1, cycles: 0, both: 0 },
  { energy: 0, cycles: 1, both: 0 },
  { energy: 0, cycles: 0, both: 1 },
  { energy: 2, cycles: 0.5, both: 0.25 },
  'product',
);

/** The totals of every combination of a column per instance. */
export function everyTotal(layers: readonly RandomLayer[]): readonly Totals[] {
  let totals: Totals[] = [{ energy: 0, cycles: 0, both: 0 }];
  for (const { count, columns } of layers)
    for (let i = 0; i < count; i++)
      totals = totals.flatMap((t) =>
        columns.map((c) => ({
          energy: t.energy + c.energy,
          cycles: t.cycles + c.cycles,
          both: t.both + c.energy * c.cycles,
        })),
      );
  return totals;
}

export const amountOf = (objective: Master['objective'], { energy, cycles, both }: Totals): number =>
  objective === 'product'
    ? energy * cycles
    : objective.energy * energy + objective.cycles * cycles + objective.both * both;

/** Limits that some combination meets just so, a little less, or much more. */
export const randomLimits = (layers: readonly RandomLayer[]): fc.Arbitrary<Master['limits']> => {
  const totals = everyTotal(layers);
  return fc
    .record({
      at: fc.nat(),
      kinds: fc.subarray(['energy', 'cycles', 'both', 'product'] as const),
      factors: fc.array(fc.constantFrom(1, 1, 0.95, 0.8, 1.2), { minLength: 4, maxLength: 4 }),
    })
    .map(({ at, kinds, factors }) => {
      const { energy, cycles, both } = totals[at % totals.length]!;
      const of = { energy, cycles, both, product: energy * cycles };
      return Object.fromEntries(kinds.map((k, i) => [k, of[k] * factors[i]!]));
    });
};

/** The minimum of all combinations within limits; +Infinity where there is none. */
export const minOfAll = (
  layers: readonly RandomLayer[],
  objective: Master['objective'],
  limits: Master['limits'],
): number =>
  everyTotal(layers)
    .filter(
      (t) =>
        t.energy <= (limits.energy ?? Infinity) &&
        t.cycles <= (limits.cycles ?? Infinity) &&
        t.both <= (limits.both ?? Infinity) &&
        t.energy * t.cycles <= (limits.product ?? Infinity),
    )
    .reduce((min, t) => Math.min(min, amountOf(objective, t)), Infinity);

export const asMaster = (
  layers: readonly RandomLayer[],
  objective: Master['objective'],
  limits: Master['limits'],
): Master => ({
  layers: layers.map(({ count, columns }, i) => ({
    name: `layer${i}`,
    count,
    energy: columns.map((c) => c.energy),
    cycles: columns.map((c) => c.cycles),
  })),
  objective,
  limits,
});
