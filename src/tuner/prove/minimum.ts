// The least that one layer may cost on one machine within limits: a mapping that attains it, and what is proven.

import type { StopReason } from '../../base/stop-reason.js';
import { timeLimit, unsettled } from '../../base/stop-reason.js';
import { overRuns, costOf } from '../../enumerate/item.js';
import type { Weights } from '../../enumerate/item.js';
import { magnetConventions } from '../../model/cost/conventions.js';
import type { Evaluation } from '../../model/cost/evaluate.js';
import { measure } from '../../model/cost/goal.js';
import { isWhole, runsOf } from '../../model/workload/layer-parts.js';
import type { Machinery } from '../../model/machine/presets.js';
import type { Technology } from '../../model/machine/technology.js';
import { fewMappings, lookAtAll, sizeOfSpace } from '../../search/mapping/exhaustive.js';
import type { Answer, Found, Task } from '../../search/strategy.js';
import { enumerated, whyNotEnumerable } from '../enumeration.js';
import { inAllRuns, partingsOf, runTask } from '../in-parts.js';
import { mapLayer } from '../map-layer.js';

export interface Question {
  /** The limits of its goal count; its objective does not. */
  readonly task: Task;
  /** A template is enumerated; undefined, or a hierarchy, is not. */
  readonly machine: Machinery | undefined;
  readonly technology: Technology;
  readonly weights: Weights;
}

export interface Minimum {
  /** Evaluated, legal, within the limits. */
  readonly found: Found | undefined;
  /** What it costs by the weights; Infinity. */
  readonly value: number;
  /**
   * Proven: no legal mapping within the limits costs less, up to rounding of sums (already
   * subtracted); Infinity where there is none.
   */
  readonly bound: number;
  readonly method: 'every mapping' | 'enumeration' | 'program';
  /** Why value and bound are apart; undefined where they are not. */
  readonly reason: StopReason | undefined;
}

interface MinimumBudget {
  readonly seconds: number;
  /** Milliseconds, monotone. */
  readonly now: () => number;
}

/** Sums of the same numbers in other orders differ by less than this share. */
const rounding = 1e-9;
/** So few mappings are looked at one by one before anything else is tried. */
const few = 3000;
/** (best - bound) / best that programs are solved to; cycles are whole, and solved to the last one. */
const programGap = 1e-6;

/** Few mappings are all looked at; machines of the template are enumerated; the rest are programs. */
export async function minimum(question: Question, { seconds, now }: MinimumBudget): Promise<Minimum> {
  const { task, weights } = question;
  const menu = partingsOf(task);
  if (menu.every(isWhole)) return minimumOfRun(question, { seconds, now });
  // Of every way that may do one run is asked about.
  const end = now() + seconds * 1000;
  const found: Minimum[] = [];
  for (const [i, parts] of menu.entries()) {
    const time = Math.max(0.1, (end - now()) / 1000 / (menu.length - i));
    const own = await minimumOfRun(
      { ...question, task: runTask(task, parts), weights: overRuns(weights, runsOf(parts)) },
      { seconds: time, now },
    );
    found.push({ ...own, found: own.found && inAllRuns(task, parts, own.found) });
  }
  const best = found.reduce((x, y) => (y.value < x.value ? y : x));
  const open = found.find((l) => l.reason !== undefined);
  return { ...best, bound: Math.min(...found.map((l) => l.bound)), reason: open?.reason };
}

async function minimumOfRun(question: Question, { seconds, now }: MinimumBudget): Promise<Minimum> {
  const end = now() + seconds * 1000;
  const over = () => now() >= end;
  const { task, machine, technology } = question;
  const count = sizeOfSpace(task, fewMappings).looks;
  if (count <= few) return everyMapping(question, over);
  const template = machine?.kind === 'template' ? { template: machine.template, technology } : undefined;
  if (
    task.conventions.name === magnetConventions.name &&
    template &&
    whyNotEnumerable(template, task.conventions) === undefined
  )
    return byEnumeration(question, template, over);
  return count <= fewMappings ? everyMapping(question, over) : byProgram(question, end, now);
}

/** Whether value and bound are the same but for rounding. */
const isClosed = ({ value, bound }: Pick<Minimum, 'value' | 'bound'>): boolean =>
  bound === Infinity || (value < Infinity && value - bound <= 3 * rounding * value);

function everyMapping({ task, weights }: Question, over: () => boolean): Minimum {
  const costOfRun = ({ energy, cycles }: Pick<Evaluation, 'energy' | 'cycles'>) => costOf(weights, energy, cycles);
  // Nothing costs less than nothing.
  const { best, value, whole } = lookAtAll(task, { value: costOfRun, over, enough: 0 });
  if (!whole) return { found: best, value, bound: 0, method: 'every mapping', reason: timeLimit };
  return { found: best, value, bound: value * (1 - rounding), method: 'every mapping', reason: undefined };
}

function byEnumeration(
  { task, weights }: Question,
  machine: NonNullable<Task['machine']>,
  over: () => boolean,
): Minimum {
  const { found, value, bound } = enumerated(task, machine, weights, over);
  const proven = Math.min(bound, value) * (1 - rounding);
  return {
    found,
    value,
    bound: proven,
    method: 'enumeration',
    reason: isClosed({ value, bound: proven }) ? undefined : timeLimit,
  };
}

/** One objective at a time: weights on several are bounded by the sum of what each is at least. */
async function byProgram({ task, weights }: Question, end: number, now: () => number): Promise<Minimum> {
  const parts = (
    [
      ['edp', weights.both],
      ['energy', weights.energy],
      ['latency', weights.cycles],
    ] as const
  ).filter(([, weight]) => weight > 0);
  const answers: Answer[] = [];
  let [found, value, bound]: [Found | undefined, number, number] = [undefined, Infinity, 0];
  for (const [i, [objective, weight]] of parts.entries()) {
    const time = Math.max(0.1, (end - now()) / 1000 / (parts.length - i));
    const answer = await mapLayer({ ...task, goal: { ...task.goal, objective } }, 'auto', {
      time,
      evaluations: Infinity,
      gap: objective === 'latency' ? 0 : programGap,
      seed: 1,
      now,
    });
    answers.push(answer);
    bound += weight * answer.bound;
    if (answer.best) {
      const { energy, cycles } = answer.best.evaluation;
      const own = costOf(weights, energy, cycles);
      if (own < value)
        [found, value] = [{ ...answer.best, objective: measure(task.goal.objective, answer.best.evaluation) }, own];
    }
    if (answer.status === 'infeasible')
      return { found: undefined, value: Infinity, bound: Infinity, method: 'program', reason: undefined };
  }
  const proven = Math.min(bound, value) * (1 - rounding);
  const why = answers.map((a) => a.reason).find((r) => r !== undefined);
  const mixed =
    parts.length > 1
      ? unsettled(`${parts.map(([objective]) => objective).join(' and ')} are bounded one by one`)
      : undefined;
  return {
    found,
    value,
    bound: proven,
    method: 'program',
    reason: isClosed({ value, bound: proven })
      ? undefined
      : (mixed ?? why ?? (found ? unsettled(`the gap of a program is ${programGap}`) : timeLimit)),
  };
}
