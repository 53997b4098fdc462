// A strategy for layers that may run folded, in blocks or in parts: one question for each way that may do, the best answer and
// what is proven of all of them.

import { defined, nth } from '../base/invariant.js';
import { timeLimit } from '../base/stop-reason.js';
import type { Objective } from '../model/cost/goal.js';
import { exponents, limitsOfRun, measure } from '../model/cost/goal.js';
import { evaluate } from '../model/cost/evaluate.js';
import type { Parts } from '../model/mapping/mapping.js';
import { areSame, isWhole, partings, partOf, runsOf, whole } from '../model/workload/layer-parts.js';
import type { Answer, Found, Strategy, Task } from '../search/strategy.js';
import { gapOf } from '../search/strategy.js';

/** How the layer of a task may run; arrangements of one machine do not differ in that. */
export const partingsOf = ({
  architectures,
  layer,
  padding,
}: Pick<Task, 'architectures' | 'layer' | 'padding'>): readonly Parts[] =>
  partings(nth(architectures, 0), layer, padding);

/** What an objective of one run makes over so many. */
export const scaleOf = (objective: Objective, runs: number): number =>
  runs ** (exponents[objective].energy + exponents[objective].cycles);

/** The question that one run asks. */
export const runTask = (task: Task, parts: Parts): Task => ({
  ...task,
  layer: partOf(task.layer, parts),
  goal: { ...task.goal, limits: limitsOfRun(task.goal.limits, runsOf(parts)) },
});

/** A mapping found for one run, as one of the whole layer. */
export function inAllRuns(
  task: Pick<Task, 'architectures' | 'layer' | 'conventions' | 'goal'>,
  parts: Parts,
  { mapping: { levels }, architecture }: Found,
): Found {
  const mapping = { levels, ...(!isWhole(parts) && { parts }) };
  const evaluation = evaluate(nth(task.architectures, architecture), task.layer, mapping, task.conventions);
  return { mapping, architecture, evaluation, objective: measure(task.goal.objective, evaluation) };
}

/**
 * What a mapping of the whole layer would have to cost in each run, were it in these parts: so much is to be undercut.
 * In other parts than its own it is no mapping of theirs, and belongs to no arrangement.
 */
export function ofOneRun({ architectures, layer, conventions, goal }: Task, parts: Parts, best: Found): Found {
  const { levels, parts: own = whole } = best.mapping;
  const mine = areSame(own, parts);
  const evaluation = evaluate(nth(architectures, best.architecture), partOf(layer, own), { levels }, conventions);
  return {
    mapping: { levels },
    architecture: mine ? best.architecture : -1,
    evaluation,
    objective: best.objective / scaleOf(goal.objective, runsOf(parts)),
  };
}

/** Of what was not asked: nothing is known. */
const nothingDone = { bound: 0, evaluations: 0, nodes: 0, rounds: 0, reason: timeLimit } as const;

/** Layers that can only run whole are asked about as they are. */
export const inParts = (strategy: Strategy): Strategy => ({
  name: strategy.name,
  async find(task, budget) {
    const menu = partingsOf(task);
    if (menu.every(isWhole)) return strategy.find(task, budget);
    const { objective } = task.goal;
    const end = budget.now() + budget.time * 1000;
    let best: Found | undefined;
    const answers: (Answer & { readonly parts: Parts })[] = [];
    for (const [i, parts] of menu.entries()) {
      // To begin with a question takes time too, and a first layer may be folded in a hundred ways.
      if (i > 0 && budget.now() >= end) {
        answers.push({ ...nth(answers, 0), status: 'unknown', best: undefined, ...nothingDone, parts });
        continue;
      }
      const runs = runsOf(parts);
      const scale = scaleOf(objective, runs);
      const own = runTask(task, parts);
      // A strategy that proves something need only look for what is better.
      const proving = best !== undefined && nth(answers, 0).bound > 0 && objective !== 'ed2p';
      const asked: Task = proving
        ? {
            ...own,
            goal: {
              objective,
              limits: {
                ...own.goal.limits,
                [objective]: Math.min(own.goal.limits[objective] ?? Infinity, defined(best).objective / scale),
              },
            },
          }
        : own;
      const known = best?.objective ?? Infinity;
      const answer = await strategy.find(asked, {
        ...budget,
        time: Math.max(0, end - budget.now()) / 1000 / (menu.length - i),
        progress: (value) => budget.progress?.(Math.min(known, scale * value), 0),
      });
      const found = answer.best && inAllRuns(task, parts, answer.best);
      if (found && found.objective < known) best = found;
      answers.push({ ...answer, bound: scale * answer.bound, parts });
    }
    const total = (of: 'evaluations' | 'nodes' | 'rounds') => answers.reduce((n, a) => n + a[of], 0);
    const bound = Math.min(best?.objective ?? Infinity, ...answers.map((a) => a.bound));
    const none = answers.every((a) => a.status === 'infeasible') && !best;
    const closed = best !== undefined && gapOf({ best, bound }) <= budget.gap;
    const shown =
      answers.find((a) => best !== undefined && areSame(a.parts, best.mapping.parts ?? whole)) ?? nth(answers, 0);
    const { parts: _, ...last } = shown;
    return {
      ...last,
      status: none ? 'infeasible' : closed ? 'optimal' : best ? 'feasible' : 'unknown',
      best,
      bound: none ? Infinity : bound,
      evaluations: total('evaluations'),
      nodes: total('nodes'),
      rounds: total('rounds'),
      reason: closed ? undefined : answers.map((a) => a.reason).find((r) => r !== undefined),
    };
  },
});
