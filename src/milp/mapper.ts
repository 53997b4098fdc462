// The optimal mapping of one layer, proven: encode, solve, decode, evaluate with the cost model, until they meet.

import { timeLimit } from '../base/stop-reason.js';
import { defined, nth } from '../base/invariant.js';
import type { Architecture } from '../model/machine/architecture.js';
import { exponents, valueOf } from '../model/cost/goal.js';
import { openKeeps } from '../model/machine/keeping.js';
import type { Backend } from '../program/milp.js';
import type { Answer, Budget, Found, Strategy, Task } from '../search/strategy.js';
import { minCycles, minEnergy } from './first-principles.js';
import { fewWays, overKeepings } from './keepings.js';
import type { MapperRun } from './mapper-pass.js';
import { bestValue, pass, relaxedEnergy, relaxedPart } from './mapper-pass.js';
import type { OuterResult } from './outer.js';
import { boundSlack } from './outer.js';
import { writePrograms } from './write-programs.js';

/** How far the first pass is taken: its tangents are no finer. */
const roughGap = 5e-3;

/** The rough pass and those that follow better mappings. */
const maxPasses = 4;

/**
 * The strategy that maps a layer by MILP, on some backend. `incumbent` finds a first mapping to tighten the program around; a
 * quick one does.
 */
export const mapper = (backend: Backend, incumbent: Strategy): Strategy => ({
  name: backend.name,
  find: (task, budget) => find(backend, incumbent, task, budget),
});

async function find(backend: Backend, incumbent: Strategy, task: Task, budget: Budget): Promise<Answer> {
  const deadline = budget.now() + budget.time * 1000;
  const { best, evaluations } = await incumbent.find(task, { ...budget, time: budget.time / 4, progress: () => {} });
  if (best) budget.progress?.(best.objective, 0);
  const run: MapperRun = {
    backend,
    task,
    budget,
    deadline,
    best,
    evaluations,
    minEnergies: new Map(),
    ofAllWays: 0,
    last: [],
  };
  // Nothing costs less than nothing.
  if (best?.objective === 0 && budget.programs === undefined) return conclude(run, []);
  // Files of programs hold the whole question: there, what is kept is a choice of the program.
  const apart = (a: Architecture) => budget.programs === undefined && openKeeps(a).length > 0 && fewWays(a);
  const parts: OuterResult[] = [];
  for (const [i, a] of task.architectures.entries())
    parts.push(await (apart(a) ? mapOpen(run, a, i) : mapOn(run, a, i)));
  return conclude(run, parts);
}

/**
 * Two passes: the first finds a good mapping, around which the second builds a tighter program: fewer cycles
 * to consider, tangents where they matter, a point to start from.
 */
async function mapOn(run: MapperRun, a: Architecture, arrangement: number): Promise<OuterResult> {
  const { task, budget, deadline } = run;
  run.minEnergies.set(a, Math.max(minEnergy(task, a), await relaxedEnergy(run, a)));
  // Without padding the first program is much smaller, and its mapping nearly as good.
  const rough = await pass(run, a, arrangement, {
    gap: Math.max(budget.gap, roughGap),
    rounds: 1,
    start: undefined,
    padding: false,
    deadline,
  });
  const passes = [rough];
  for (let around: Found | undefined; passes.length < maxPasses;) {
    around = run.best;
    const fine = await pass(run, a, arrangement, {
      gap: budget.gap,
      rounds: Infinity,
      start: defined(passes.at(-1)).point,
      padding: task.padding,
      deadline,
    });
    passes.push(fine);
    // A program that is exact around a mapping is made anew around a better one.
    if (fine.result.status !== 'stopped' || !a.tiling || run.best === around) break;
  }
  // The rough pass leaves padding out: its bound is none of the layer with it.
  const bound = Math.max(...passes.slice(1).map((p) => p.result.bound));
  const total = (key: 'nodes' | 'rounds') => passes.reduce((n, p) => n + p.result[key], 0);
  return { ...defined(passes.at(-1)).result, bound, nodes: total('nodes'), rounds: total('rounds') };
}

/** Where it is open what levels keep: the least over all ways to keep, each by itself. */
function mapOpen(run: MapperRun, a: Architecture, arrangement: number): Promise<OuterResult> {
  const { task, budget, deadline } = run;
  run.minEnergies.set(a, minEnergy(task, a));
  return overKeepings(a, {
    gap: budget.gap,
    adds: exponents[task.goal.objective].energy > 0,
    over: () => budget.now() >= deadline,
    best: () => bestValue(run),
    relaxed: (one, only) => relaxedPart(run, one, only),
    settle: (one, seconds) => settleOne(run, one, arrangement, seconds),
    progress(bound) {
      run.ofAllWays = Math.max(run.ofAllWays, bound);
      budget.progress?.(bestValue(run), run.ofAllWays);
    },
  });
}

/** Only what is better than the best known is looked for: where that is nothing, it is known much sooner. */
async function settleOne(run: MapperRun, a: Architecture, arrangement: number, seconds: number): Promise<OuterResult> {
  const { task, budget } = run;
  const deadline = Math.min(run.deadline, budget.now() + seconds * 1000);
  run.minEnergies.set(a, Math.max(minEnergy(task, a), await relaxedEnergy(run, a)));
  const only = () => ({ deadline, cutoff: run.best && run.best.objective * (1 - budget.gap / 2) });
  // Where nothing better is left without padding there is no point to begin with, and hardly any with it.
  const rough = await pass(run, a, arrangement, {
    gap: roughGap,
    rounds: 1,
    start: undefined,
    padding: false,
    ...only(),
  });
  const { result } = await pass(run, a, arrangement, {
    gap: budget.gap,
    rounds: Infinity,
    start: rough.point,
    padding: task.padding,
    ...only(),
  });
  run.minEnergies.delete(a);
  return result.status === 'stopped' && budget.now() >= deadline ? { ...result, reason: timeLimit } : result;
}

/** What holds before any program is solved; not quite, for rounding. */
function fromFirstPrinciples({ task, minEnergies }: MapperRun, a: Architecture): number {
  return valueOf(task.goal.objective, minEnergies.get(a) ?? 0, minCycles(task, a)) * (1 - boundSlack);
}

function conclude(run: MapperRun, found: readonly OuterResult[]): Answer {
  const { backend, task, budget, best, evaluations, last } = run;
  // Arrangements are alternatives: what is proven for all of them is the minimum of their bounds.
  const bounds = found.map((p, i) =>
    p.status === 'infeasible' ? Infinity : Math.max(p.bound, fromFirstPrinciples(run, nth(task.architectures, i))),
  );
  const bound = Math.min(bestValue(run), ...bounds);
  const closed = best !== undefined && best.objective - bound <= budget.gap * best.objective;
  const nothing = found.every((p) => p.status === 'infeasible');
  const status = closed ? 'optimal' : best ? 'feasible' : nothing ? 'infeasible' : 'unknown';
  const total = (key: 'nodes' | 'rounds' | 'columns' | 'rows') => found.reduce((n, p) => n + p[key], 0);
  const answer: Answer = {
    status,
    best,
    bound: status === 'infeasible' ? Infinity : bound,
    solver: backend.name,
    evaluations,
    nodes: total('nodes'),
    rounds: total('rounds'),
    columns: total('columns'),
    rows: total('rows'),
    reason: found.map((p) => p.reason).find((r) => r !== undefined),
  };
  return budget.programs ? { ...answer, programs: writePrograms(task, answer, last, budget.programs) } : answer;
}
