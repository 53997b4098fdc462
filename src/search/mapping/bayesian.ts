// Bayesian optimisation over mappings: Gaussian processes of their costs say which
// neighbours and random points to look at.

import { nth } from '../../base/invariant.js';
import type { Random } from '../../base/random.js';
import { seeded } from '../../base/random.js';
import { dimensions, tensors } from '../../model/workload/layer.js';
import type { MappingRun } from './mapping-run.js';
import { mappingRun, neighbour } from './mapping-run.js';
import { expectedImprovement } from '../improvement.js';
import type { Point, Space } from './point.js';
import { missed } from './quick-cost.js';
import type { Strategy } from '../strategy.js';
import type { Look } from '../surrogate.js';
import { learner } from '../surrogate.js';

interface Candidate {
  readonly from: Space;
  readonly point: Point;
}

interface MappingLook extends Look, Candidate {}

/** Random points to begin with. */
const initial = 40;
/** Where the next looks may be: random points, and so many of the surroundings of each of the leaders. */
const [randomCandidates, leaders, neighbours] = [60, 8, 30];
/**
 * Looks taken of one process, those of the most expected improvement: making one costs as much as hundreds of looks.
 */
const batch = 60;
/** Turns without anything better after which the looks are forgotten, and it begins anew. */
const patience = 6;
/** How often one more move leads a candidate farther away from its leader. */
const again = 0.4;
const learning = { maxLooks: 120, growth: 1.6 };

/** Bayesian optimisation: a Gaussian process of costs for each arrangement says which mappings are looked at next. */
export const bayesian: Strategy = {
  name: 'bayesian',
  find(task, budget) {
    const chance = seeded(budget.seed);
    const run = mappingRun('bayesian', task, budget);
    // Arrangements have slots of their own, so each has a process of its own; they take turns.
    const searches = run.spaces.map((from) => searchOf(run, from, chance));
    for (let turn = 0; run.left(); turn++) nth(searches, turn % searches.length)();
    return Promise.resolve(run.answer());
  },
};

/** One turn after the other of one arrangement. */
function searchOf(run: MappingRun, from: Space, chance: Random): () => void {
  const coordinates = coordinatesOf(from);
  const processOf = learner<MappingLook>((look) => level(look.value), learning, run.left);
  const looks: MappingLook[] = [];
  const seen = new Set<string>();
  let worst = 0;
  let [min, since] = [Infinity, 0];

  return () => {
    const before = seen.size;
    // What has been seen already is not looked at again, so a new beginning leads elsewhere.
    if (since++ === patience) [looks.length, min, since] = [0, Infinity, 0];
    if (looks.length === 0) points(initial, anything).forEach(look);
    else mostPromising().forEach(look);
    // Nothing new is near the best nor was drawn: a look at anything, so that a run of evaluations ends.
    if (seen.size === before) look(anything());
  };

  function anything(): Candidate {
    const own = run.drawn(from, chance);
    return { from: own, point: own.random(chance) };
  }

  function mostPromising(): readonly Candidate[] {
    const lowest = level(min);
    const near = looks
      .toSorted((a, b) => a.value - b.value)
      .slice(0, leaders)
      .flatMap((look) => points(neighbours, () => around(look)));
    const candidates = [...points(randomCandidates, anything), ...near];
    if (!run.left()) return [];
    const belief = processOf(looks);
    // What time is up for is worth nothing: it is not looked at either.
    const ranked = candidates.map((candidate) => ({
      candidate,
      ranked: run.left() ? expectedImprovement(lowest, belief.predict(coordinates(candidate))) : 0,
    }));
    return ranked
      .sort((a, b) => b.ranked - a.ranked)
      .slice(0, batch)
      .map(({ candidate }) => candidate);
  }

  /** New points that are legal where mending makes them so, and at most so many. */
  function points(max: number, made: () => Candidate): readonly Candidate[] {
    const found = new Map<string, Candidate>();
    for (let i = 0; i < max && run.left(); i++) {
      const { from: own, point } = made();
      const mended = { from: own, point: own.repaired(point, chance) ?? point };
      const key = nameOf(mended);
      if (!seen.has(key)) found.set(key, mended);
    }
    return [...found.values()];
  }

  /**
   * The logarithm, with what misses limits right above the worst that meets them: a step
   * of hundreds would hide all else.
   */
  function level(value: number): number {
    return value < missed ? Math.log(value) : worst + Math.log(value / missed);
  }

  function around({ from: own, point }: Candidate): Candidate {
    let next = neighbour(run, own, point, chance);
    while (chance.next() < again) next = neighbour(run, next.from, next.point, chance);
    return next;
  }

  function look(candidate: Candidate): void {
    if (!run.left()) return;
    const at = coordinates(candidate);
    seen.add(nameOf(candidate));
    const { cost } = run.look(candidate.from, candidate.point);
    // A process of costs has no place for what has none.
    if (cost === Infinity) return;
    looks.push({ ...candidate, at, value: cost });
    if (cost < min) [min, since] = [cost, 0];
    if (cost < missed) worst = Math.max(worst, Math.log(cost));
  }
}

/**
 * Per dimension and slot the factor's share of the bound, in logarithms; per slot in time and dimension 1 for
 * the innermost loop, 1/2 for the next, 1/3 ..., 0 for no loop: the closer to the tile, the more an order
 * matters. Then what levels keep.
 */
function coordinatesOf({
  layout: { free, slotsOf, temporal, layer, openKeeps },
}: Space): (candidate: Candidate) => readonly number[] {
  const whole = dimensions.map((d) => Math.log(layer.bounds[d]));
  return ({ from, point: { factors, orders } }) => [
    ...free.flatMap((d) => nth(slotsOf, d).map((s) => Math.log(nth(nth(factors, d), s)) / nth(whole, d))),
    ...temporal.flatMap((s) => {
      const active = nth(orders, s)
        .filter((d) => nth(nth(factors, d), s) > 1)
        .reverse();
      return free.map((d) => (active.includes(d) ? 1 / (1 + active.indexOf(d)) : 0));
    }),
    ...(openKeeps > 0
      ? from.layout.architecture.levels.flatMap(({ keeps }) => tensors.map((t) => (keeps.includes(t) ? 1 : 0)))
      : []),
  ];
}

/** The same of points of the same mapping. */
function nameOf({
  from: {
    layout: { free, temporal, architecture },
  },
  point: { factors, orders },
}: Candidate): string {
  return `${architecture.levels.map((l) => l.keeps).join('/')} ${free.map((d) => nth(factors, d).join()).join()} ${temporal
    .map((s) =>
      nth(orders, s)
        .filter((d) => nth(nth(factors, d), s) > 1)
        .join(''),
    )
    .join('/')}`;
}
