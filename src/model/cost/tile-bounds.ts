// Cycles of tiles from below, a row each: a sum of maxima is at least what one chain of engines needs, with what cannot run
// beside it. One table, read with logarithms by the encoder and with numbers by the laws that hold the closed form of the
// enumeration to it, row by row. docs/formulation.md derives the rows under the same names.

import type { Engine, Tiling } from '../machine/architecture.js';
import type { Tensor } from '../workload/layer.js';
import { stepsBeyondTiles } from './nest-steps.js';
import type { Work } from './tile-cycles.js';

/** What brings a tensor to the PEs. */
export type Load = 'load_i' | 'load_w';

/** A share of a quantity, from 0 to 1, and the flag that says there is none. */
export interface Share<X, F> {
  readonly share: X;
  readonly off: F;
}

/** What the rows need to know of positive quantities `X` and of flags `F`: as numbers, or as linear expressions. */
export interface TileReading<X, F> {
  readonly once: X;
  /** Tiles of the outer nest, of both nests, and of one inner nest. */
  readonly outer: X;
  readonly tiles: X;
  readonly inner: X;
  readonly work: Readonly<Record<Engine, Work<X>>>;
  /** Outer tiles whose first step loads: all, but for a run that comes through the whole inner nest. */
  readonly first: Readonly<Record<Load, X>>;
  /** Whether loops in the outer and inner nests stand in groups: then `reused` says which is the innermost. */
  readonly grouped: boolean;
  product: (xs: readonly X[]) => X;
  /** Of the beats of a load, what exceeds those of the other. */
  beyond: (load: Load) => Share<X, F>;
  /** Of all tiles, those that do not bring the load's tensor in. */
  others: (load: Load) => Share<X, F>;
  /** Whether the innermost loop of the inner nest is irrelevant to a tensor; `empty`: whether it has no loop. */
  irrelevant: (tensor: Tensor | 'empty') => F;
  not: (flag: F) => F;
}

/** coefficient x product; nothing where any flag of `unless` is up. */
export interface TileTerm<X, F> {
  readonly coefficient: number;
  readonly product: X;
  readonly unless: readonly F[];
  /** To people. */
  readonly label: string;
}

/** Cycles are at least the sum of the terms. */
export interface TileRow<X, F> {
  readonly name: string;
  readonly terms: readonly TileTerm<X, F>[];
}

/** Steps of both nests that go with each tile, with each outer tile, and with the layer. */
export const stepsPer = { tile: 1, outerTile: 1 + stepsBeyondTiles, layer: stepsBeyondTiles } as const;
/** Those of one tile in one outer tile. */
export const fewestSteps = stepsPer.tile + stepsPer.outerTile + stepsPer.layer;

const loads = [
  { load: 'load_i', other: 'load_w', tensor: 'Inputs', opposite: 'Weights' },
  { load: 'load_w', other: 'load_i', tensor: 'Weights', opposite: 'Inputs' },
] as const;

export function tileRows<X, F>(
  r: TileReading<X, F>,
  { step, latency }: Pick<Tiling, 'step' | 'latency'>,
): readonly TileRow<X, F>[] {
  type Terms = readonly TileTerm<X, F>[];
  const { once, outer, tiles, inner, work, first } = r;
  const term = (coefficient: number, product: X, label: string): TileTerm<X, F> => ({
    coefficient,
    product,
    unless: [],
    label,
  });
  /** The cycles of an engine, so many times. */
  const lasts = (e: Engine, times: X): Terms => [
    term(1, r.product([work[e].beats, times]), e),
    term(latency[e], times, `latency of ${e}`),
  ];
  /** The steps of nests with so many tiles in all. */
  const stepsOf = (nests: X, all: X): Terms => [
    term(step, all, 'steps'),
    term(stepsBeyondTiles * step, nests, 'steps'),
  ];
  const unless = (flags: readonly F[], terms: Terms): Terms =>
    terms.map((t) => ({ ...t, unless: [...t.unless, ...flags] }));
  const runs = (e: Engine) => lasts(e, work[e].runs);

  /** Where a step brings in both, the longer load hides the other: what it takes beyond that, in first steps. */
  const beyond = (load: Load): Terms => {
    const { share, off } = r.beyond(load);
    const excess = r.product([work[load].beats, first[load], share]);
    return unless([off], [term(1, excess, `${load} beyond the other load`)]);
  };
  /** In every inner step, unless the innermost loop there is irrelevant to the tensor, or there is none. */
  const moved = (tensor: Tensor, terms: Terms): Terms => unless([r.irrelevant(tensor), r.irrelevant('empty')], terms);
  /** In tiles that do not bring a load's tensor in. */
  const rest = (load: Load, e: Engine): Terms => {
    const { share, off } = r.others(load);
    return unless(
      [off],
      lasts(e, tiles).map((t) => ({ ...t, product: r.product([t.product, share]) })),
    );
  };

  const outerSteps = stepsOf(once, outer);
  const innerSteps = stepsOf(outer, tiles);
  const oneInner = [...stepsOf(once, inner), ...lasts('compute', inner)];
  // The first fill and the last spill run beside nothing; sums of the last inner step of an outer tile neither.
  const ends = [...lasts('fill', once), ...lasts('spill', once)];
  const finished = (e: Engine) => lasts(e, work.spill.runs);
  const row = (name: string, ...parts: readonly Terms[]): TileRow<X, F> => ({
    name,
    terms: [...outerSteps, ...parts.flat()],
  });
  const within = (name: string, ...parts: readonly Terms[]) => row(name, innerSteps, ends, ...parts);

  const always = loads.flatMap(({ load, other }) => {
    const opening = [...lasts(load, first[load]), ...beyond(other)];
    return [
      within(`compute.${load}`, opening, lasts('compute', tiles), finished('drain')),
      within(`drain.${load}`, opening, runs('drain'), finished('compute')),
      within(load, beyond(other), runs(load), lasts('compute', first[load]), finished('drain')),
    ];
  });
  // Only where there is an order to speak of are the others asked for.
  const ordered = (r.grouped ? loads : []).flatMap(({ load, other, tensor, opposite }) => {
    const drainedEarly = moved('Outputs', lasts('drain', outer));
    // Where a tensor is reused its loads are rare, and the innermost loop is one irrelevant to it: the second step brings
    // in the other.
    const reused = [r.others(load).off, r.not(r.irrelevant(tensor))];
    return [
      within(
        `drain.${load}.second`,
        lasts(load, first[load]),
        beyond(other),
        runs('drain'),
        moved(tensor, lasts(load, outer)),
      ),
      within(`${load}.drain`, beyond(other), runs(load), drainedEarly, finished('drain')),
      within(
        `${load}.compute`,
        runs(load),
        beyond(other),
        rest(load, 'compute'),
        lasts('compute', first[load]),
        finished('drain'),
      ),
      within(
        `${load}.drained`,
        runs(load),
        beyond(other),
        moved('Outputs', rest(load, 'drain')),
        moved('Outputs', lasts('drain', first[load])),
        unless(reused, lasts(other, outer)),
      ),
      within(`${load}.${other}`, runs(load), moved(opposite, rest(load, other)), drainedEarly, finished('drain')),
    ];
  });
  return [
    ...always,
    ...ordered,
    // Beside the inner nest of the last outer tile nothing is filled, beside that of the first nothing is spilled.
    row('fill', lasts('spill', once), runs('fill'), oneInner, lasts('drain', once)),
    row('spill', lasts('fill', once), runs('spill'), oneInner, lasts('load_w', once)),
  ];
}
