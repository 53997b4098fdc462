// What the parts of one joint search share: the question, its solver and clock, and the machines judged so far.

import { defined, nth } from '../../base/invariant.js';
import type { Architecture } from '../../model/machine/architecture.js';
import type { DesignPoint } from '../../model/space/design-space.js';
import { templateAt } from '../../model/space/design-space.js';
import type { Mapping } from '../../model/mapping/mapping.js';
import { lowerTemplate } from '../../model/machine/template.js';
import type { Backend } from '../../program/milp.js';
import type { Budget, Strategy, Task } from '../../search/strategy.js';
import { mapper } from '../mapper.js';
import type { OuterResult } from '../outer.js';
import type { Case } from './cases.js';
import type { Ledger, Settled } from './ledger.js';
import { keyOfPoint } from './ledger.js';
import type { JointRequest } from './joint-program.js';

export interface Search {
  readonly request: JointRequest;
  readonly backend: Backend;
  /** Finds first mappings on a few machines, and those from which single machines are settled. */
  readonly first: Strategy;
  readonly budget: Budget;
  readonly deadline: number;
  readonly book: Ledger;
  /** Programs solved. */
  readonly solved: OuterResult[];
  readonly settled: Map<string, Settled>;
}

/** Seconds. */
export const left = ({ deadline, budget }: Search): number => Math.max(0, (deadline - budget.now()) / 1000);

/** The best value so far; +Infinity where nothing is known. */
export const bestOf = ({ book }: Search): number => book.best()?.objective ?? Infinity;

/**
 * Whether what is bounded by `bound` may hold something that is better by more than the
 * gap; +Infinity is nothing at all.
 */
export const isOpen = (s: Search, bound: number): boolean =>
  bound < Infinity && (bestOf(s) === Infinity || bestOf(s) - bound > s.budget.gap * bestOf(s));

/** The largest machine of a case. DRAM, multipliers and the shape are those of all its machines. */
export const largestOf = ({ space, technology }: JointRequest, { largest }: Case, arrangement: number): Architecture =>
  nth(lowerTemplate(defined(templateAt(space, largest)), technology), arrangement);

export const questionOf = ({ layers, conventions, objective, padding }: JointRequest, i: number): Task => ({
  architectures: [],
  layer: nth(layers, i).layer,
  conventions,
  goal: { objective, limits: {} },
  padding,
});

/** What is proven of one machine, by the programs of its layers; once. */
export async function settle(s: Search, point: DesignPoint): Promise<Settled> {
  const key = keyOfPoint(point);
  const known = s.settled.get(key) ?? (await mapOn(s, point, mapper(s.backend, s.first), left(s)));
  s.settled.set(key, known);
  return known;
}

/** Offers the best mappings that a strategy finds on a machine, each within some time, and says what it proves. */
export async function mapOn(s: Search, point: DesignPoint, strategy: Strategy, time: number): Promise<Settled> {
  const { layers } = s.request;
  const mappings: { mapping: Mapping; arrangement: number }[] = [];
  let bound = 0;
  for (const [i, { count }] of layers.entries()) {
    const architectures = s.book.architecturesAt(point);
    const answer =
      architectures &&
      (await strategy.find(
        { ...questionOf(s.request, i), architectures },
        { ...s.budget, gap: s.budget.gap / 2, time: Math.min(time, left(s)), progress: () => {} },
      ));
    if (!answer || answer.status === 'infeasible') return { value: Infinity, bound: Infinity };
    bound += count * answer.bound;
    if (answer.best) mappings.push({ mapping: answer.best.mapping, arrangement: answer.best.architecture });
  }
  return { value: mappings.length === layers.length ? s.book.offer(point, mappings) : Infinity, bound };
}
