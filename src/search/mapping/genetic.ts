// A genetic algorithm over mappings with the operators of GAMMA (Kao and Krishna, ICCAD 2020): crossover of dimensions'
// factors, mutation of tiles and of what runs in parallel, reordering of loops, aging.

import { nth } from '../../base/invariant.js';
import type { Random } from '../../base/random.js';
import { seeded } from '../../base/random.js';
import type { MappingRun, Tried } from './mapping-run.js';
import { draw, mappingRun, neighbour, step } from './mapping-run.js';
import type { Strategy } from '../strategy.js';

interface Individual {
  readonly tried: Tried;
  readonly born: number;
}

const population = 100;
/** How many are drawn for a tournament; the best of them is a parent. */
const tournament = 3;
/** How often a child has two parents, and how often one more mutation follows another. */
const [crossing, again] = [0.5, 0.4];
/** Generations that an individual lives; the best one lives on. */
const oldest = 40;
/** Generations without anything better after which a population begins anew. */
const patience = 20;

/** A genetic algorithm with the operators of GAMMA (Kao and Krishna, ICCAD 2020), begun anew where a population stands still. */
export const genetic: Strategy = {
  name: 'genetic',
  find(task, budget) {
    const chance = seeded(budget.seed);
    const run = mappingRun('genetic', task, budget);
    while (run.left()) evolve(run, chance);
    return Promise.resolve(run.answer());
  },
};

/**
 * One population from its first generation until it stands still. Arrangements do not cross: a child has one parent's.
 */
function evolve(run: MappingRun, chance: Random): void {
  let living: Individual[] = [];
  for (let i = 0; i < population && run.left(); i++)
    living.push({ tried: draw(run, chance.pick(run.spaces), chance), born: 0 });
  let best = Infinity;
  for (let generation = 1, since = 0; since < patience && run.left(); generation++, since++) {
    const children: Individual[] = [];
    for (let i = 0; i < population && run.left(); i++)
      children.push({ tried: child(living, run, chance), born: generation });
    // Grown-ups and children compete, and each point has one place.
    const everyone = new Map([...living, ...children].map((x) => [x.tried.cost, x])).values();
    const sorted = [...everyone].sort((a, b) => a.tried.cost - b.tried.cost);
    living = sorted.filter(({ born }, i) => i === 0 || generation - born < oldest).slice(0, population);
    const min = nth(living, 0).tried.cost;
    if (min < best) [best, since] = [min, 0];
  }
}

function child(living: readonly Individual[], run: MappingRun, chance: Random): Tried {
  const parent = () => {
    let winner = chance.pick(living).tried;
    for (let i = 1; i < tournament; i++) {
      const other = chance.pick(living).tried;
      if (other.cost < winner.cost) winner = other;
    }
    return winner;
  };
  const [a, b] = [parent(), parent()];
  const { from } = a;
  // Nothing to inherit: a point at random stands in.
  if (a.cost === Infinity) return draw(run, from, chance);
  let made = a;
  if (a !== b && b.from.layout.arrangement === from.layout.arrangement && chance.next() < crossing)
    made = { ...a, point: from.crossover(a.point, b.point, chance) };
  while (chance.next() < again) made = { ...made, ...neighbour(run, made.from, made.point, chance) };
  return step(run, made, chance);
}
