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
type Loads = (typeof loads)[number];

export function tileRows<X, F>(
  reading: TileReading<X, F>,
  tiling: Pick<Tiling, 'step' | 'latency'>,
): readonly TileRow<X, F>[] {
  const parts = new TileParts(reading, tiling);
  /** Only where there is an order to speak of are the others asked for. */
  const rowsOf = (p: TileParts<X, F>, l: Loads) => [...rowsOfLoad(p, l), ...(reading.grouped ? rowsOfOrder(p, l) : [])];
  return [...loads.flatMap((l) => parts.beside(l).flatMap((p) => rowsOf(p, l))), ...rowsOfEnds(parts)];
}

type Terms<X, F> = readonly TileTerm<X, F>[];

/** What rows are made of. */
class TileParts<X, F> {
  constructor(
    readonly reading: TileReading<X, F>,
    private readonly tiling: Pick<Tiling, 'step' | 'latency'>,
    /** What sets the rows apart from others of the same loads that leave out what another load takes beyond. */
    private readonly alone = '',
  ) {}

  /**
   * A load is as long as both where what the other takes beyond it is added, if its latency is no longer than the other's.
   * Of one whose latency is longer there are rows with the other's, and rows of itself alone.
   */
  beside({ load, other }: Loads): readonly TileParts<X, F>[] {
    const { step, latency } = this.tiling;
    if (latency[load] <= latency[other]) return [this];
    return [
      new TileParts(this.reading, { step, latency: { ...latency, [load]: latency[other] } }),
      new TileParts(this.reading, this.tiling, '.alone'),
    ];
  }

  /** The cycles of an engine, so many times. */
  lasts(e: Engine, times: X): Terms<X, F> {
    const { product, work } = this.reading;
    return [term(1, product([work[e].beats, times]), e), term(this.tiling.latency[e], times, `latency of ${e}`)];
  }

  /** All runs of an engine. */
  runs(e: Engine): Terms<X, F> {
    return this.lasts(e, this.reading.work[e].runs);
  }

  /** The steps of nests with so many tiles in all. */
  stepsOf(nests: X, all: X): Terms<X, F> {
    const { step } = this.tiling;
    return [term(step, all, 'steps'), term(stepsBeyondTiles * step, nests, 'steps')];
  }

  /** Where a step brings in both, the longer load hides the other: what it takes beyond that, in first steps. */
  beyond(load: Load): Terms<X, F> {
    if (this.alone) return [];
    const { product, work, first } = this.reading;
    const { share, off } = this.reading.beyond(load);
    const excess = product([work[load].beats, first[load], share]);
    return unless([off], [term(1, excess, `${load} beyond the other load`)]);
  }

  /** In every inner step, unless the innermost loop there is irrelevant to the tensor, or there is none. */
  moved(tensor: Tensor, terms: Terms<X, F>): Terms<X, F> {
    return unless([this.reading.irrelevant(tensor), this.reading.irrelevant('empty')], terms);
  }

  /** In tiles that do not bring a load's tensor in. */
  rest(load: Load, e: Engine): Terms<X, F> {
    const { share, off } = this.reading.others(load);
    return unless(
      [off],
      this.lasts(e, this.reading.tiles).map((t) => ({ ...t, product: this.reading.product([t.product, share]) })),
    );
  }

  /** Sums of the last inner step of an outer tile run beside nothing. */
  finished(e: Engine): Terms<X, F> {
    return this.lasts(e, this.reading.work.spill.runs);
  }

  row(name: string, ...parts: readonly Terms<X, F>[]): TileRow<X, F> {
    return { name, terms: [...this.stepsOf(this.reading.once, this.reading.outer), ...parts.flat()] };
  }

  /** A row with all inner steps: the first fill and the last spill run beside nothing. */
  within(name: string, ...parts: readonly Terms<X, F>[]): TileRow<X, F> {
    const { once, outer, tiles } = this.reading;
    const ends = [...this.lasts('fill', once), ...this.lasts('spill', once)];
    return this.row(`${name}${this.alone}`, this.stepsOf(outer, tiles), ends, ...parts);
  }
}

const term = <X, F>(coefficient: number, product: X, label: string): TileTerm<X, F> => ({
  coefficient,
  product,
  unless: [],
  label,
});

const unless = <X, F>(flags: readonly F[], terms: Terms<X, F>): Terms<X, F> =>
  terms.map((t) => ({ ...t, unless: [...t.unless, ...flags] }));

function rowsOfLoad<X, F>(p: TileParts<X, F>, { load, other }: Loads): readonly TileRow<X, F>[] {
  const { first, tiles } = p.reading;
  const opening = [...p.lasts(load, first[load]), ...p.beyond(other)];
  return [
    p.within(`compute.${load}`, opening, p.lasts('compute', tiles), p.finished('drain')),
    p.within(`drain.${load}`, opening, p.runs('drain'), p.finished('compute')),
    p.within(load, p.beyond(other), p.runs(load), p.lasts('compute', first[load]), p.finished('drain')),
  ];
}

function rowsOfOrder<X, F>(p: TileParts<X, F>, { load, other, tensor, opposite }: Loads): readonly TileRow<X, F>[] {
  const { first, outer } = p.reading;
  const drainedEarly = p.moved('Outputs', p.lasts('drain', outer));
  // Where a tensor is reused its loads are rare, and the innermost loop is one irrelevant to it: the second step brings
  // in the other.
  const reused = [p.reading.others(load).off, p.reading.not(p.reading.irrelevant(tensor))];
  return [
    p.within(
      `drain.${load}.second`,
      p.lasts(load, first[load]),
      p.beyond(other),
      p.runs('drain'),
      p.moved(tensor, p.lasts(load, outer)),
    ),
    p.within(`${load}.drain`, p.beyond(other), p.runs(load), drainedEarly, p.finished('drain')),
    p.within(
      `${load}.compute`,
      p.runs(load),
      p.beyond(other),
      p.rest(load, 'compute'),
      p.lasts('compute', first[load]),
      p.finished('drain'),
    ),
    p.within(
      `${load}.drained`,
      p.runs(load),
      p.beyond(other),
      p.moved('Outputs', p.rest(load, 'drain')),
      p.moved('Outputs', p.lasts('drain', first[load])),
      unless(reused, p.lasts(other, outer)),
    ),
    p.within(
      `${load}.${other}`,
      p.runs(load),
      p.moved(opposite, p.rest(load, other)),
      drainedEarly,
      p.finished('drain'),
    ),
  ];
}

/** Beside the inner nest of the last outer tile nothing is filled, beside that of the first nothing is spilled. */
function rowsOfEnds<X, F>(p: TileParts<X, F>): readonly TileRow<X, F>[] {
  const { once, inner } = p.reading;
  const oneInner = [...p.stepsOf(once, inner), ...p.lasts('compute', inner)];
  return [
    p.row('fill', p.lasts('spill', once), p.runs('fill'), oneInner, p.lasts('drain', once)),
    p.row('spill', p.lasts('fill', once), p.runs('spill'), oneInner, p.lasts('load_w', once)),
  ];
}
