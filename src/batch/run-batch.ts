// Jobs worked on: parts in turn from the jobs that are open, equal parts once, a lost worker
// tried again and then reported.

import { defined, got, nth } from '../base/invariant.js';
import type { Cache } from './cache.js';
import type { JobOutcome, Part, Plan } from './batch-job.js';
import { failed } from './batch-job.js';

export interface RunHooks {
  /** Parts at a time. */
  readonly width: number;
  readonly cache: Cache;
  /** A part is begun. */
  readonly begun: (plan: Plan, part: string) => void;
  /** A part is solved whose answer may be of use after this job, or after this process. */
  readonly solved: (key: string, answer: unknown) => void;
  /** A part is done with, and whether it had to be solved for that. */
  readonly done: (plan: Plan, part: string, solved: boolean) => void;
  /** Throws where it cannot be kept: the batch then ends. */
  readonly finished: (plan: Plan, outcome: JobOutcome) => void;
  /** Once true, nothing more is begun, and what comes back is dropped. */
  readonly stopped: () => boolean;
}

interface Open {
  readonly plan: Plan;
  readonly conclude: (answers: readonly unknown[]) => JobOutcome;
  readonly answers: unknown[];
  missing: number;
  ended: boolean;
  /** Its parts that nobody has begun. */
  readonly tasks: Task[];
}

interface Task {
  readonly key: string;
  readonly part: Part;
}

/** Who gets the answer of a part that is begun or will be. */
interface Waiting {
  readonly job: Open;
  readonly place: number;
  readonly label: string;
}

/** Jobs per worker that may wait for parts in the hands of others; beyond them none is opened. */
const maxOpen = 16;

/**
 * One job more than there are workers has parts to give at a time, and each gives one in its turn: a network of many
 * layers does not hold up the small jobs behind it, and few jobs are in memory.
 */
export async function runJobs(plans: readonly Plan[], hooks: RunHooks): Promise<void> {
  const { cache } = hooks;
  const turns: Open[] = [];
  const inHand = new Map<string, Waiting[]>();
  const sleeping: (() => void)[] = [];
  let [next, open, broken] = [0, 0, false];
  const wake = () => sleeping.splice(0).forEach((resume) => resume());

  const end = (job: Open, outcome: JobOutcome): void => {
    job.ended = true;
    open--;
    hooks.finished(job.plan, outcome);
    cache.release(job.plan);
  };
  const give = ({ job, place, label }: Waiting, answer: unknown, solved: boolean): void => {
    if (job.ended) return;
    job.answers[place] = answer;
    hooks.done(job.plan, label, solved);
    if (--job.missing === 0) end(job, job.conclude(job.answers));
  };
  const begin = (plan: Plan): void => {
    const { parts, conclude } = plan.open();
    open++;
    const job: Open = {
      plan,
      conclude,
      answers: parts.map(() => undefined),
      missing: parts.length,
      ended: false,
      tasks: [],
    };
    if (parts.length === 0) return end(job, conclude([]));
    const known: [Waiting, unknown][] = [];
    for (const [place, part] of parts.entries()) {
      const key = nth(plan.parts, place);
      const waiting: Waiting = { job, place, label: part.label };
      const answer = cache.get(key);
      if (answer !== undefined) known.push([waiting, answer]);
      else if (inHand.has(key)) got(inHand, key).push(waiting);
      else {
        inHand.set(key, [waiting]);
        job.tasks.push({ key, part });
      }
    }
    if (job.tasks.length > 0) turns.push(job);
    for (const [waiting, answer] of known) give(waiting, answer, false);
  };
  const room = (): boolean => next < plans.length && turns.length <= hooks.width && open < maxOpen * hooks.width;
  const fill = async (): Promise<void> => {
    while (room() && !hooks.stopped() && !broken) {
      begin(nth(plans, next++));
      // Jobs that are all known come thick and fast: Ctrl-C must be heard between them.
      await new Promise((resume) => setTimeout(resume));
    }
  };
  const take = async (): Promise<Task | undefined> => {
    while (!hooks.stopped() && !broken) {
      const job = turns.shift();
      if (job) {
        const task = defined(job.tasks.shift());
        if (job.tasks.length > 0) turns.push(job);
        return task;
      }
      if (room()) await fill();
      else if (next < plans.length) await new Promise<void>((resume) => sleeping.push(resume));
      else return undefined;
    }
    return undefined;
  };
  const lane = async (): Promise<void> => {
    for (let task = await take(); task; task = await take()) {
      const { key, part } = task;
      // Of a job that has failed, only what others wait for is still worth solving.
      const first = got(inHand, key).find((w) => !w.job.ended);
      if (!first) {
        inHand.delete(key);
        continue;
      }
      hooks.begun(first.job.plan, first.label);
      const trying = tryTwice(part, hooks.stopped);
      // Questions are made while workers work, so that none of them waits for its next one.
      await fill();
      const tried = await trying;
      wake();
      if (hooks.stopped() || broken) return;
      const waiting = got(inHand, key);
      inHand.delete(key);
      if ('reason' in tried) {
        for (const { job, label } of waiting)
          if (!job.ended) end(job, failed(job.plan.parts.length > 1 ? `${label}: ${tried.reason}` : tried.reason));
        continue;
      }
      cache.put(key, tried.answer);
      if (first.job.plan.parts.length > 1 || cache.wanted(key) > 1) hooks.solved(key, tried.answer);
      for (const w of waiting) give(w, tried.answer, w === first);
    }
  };
  await Promise.all(
    Array.from({ length: Math.max(1, hooks.width) }, () =>
      lane().catch((error: unknown) => {
        broken = true;
        wake();
        throw error;
      }),
    ),
  );
}

/** A worker may be lost by bad luck: memory that others took, a machine that slept. */
async function tryTwice(
  part: Part,
  stopped: () => boolean,
): Promise<{ readonly answer: unknown } | { readonly reason: string }> {
  try {
    return { answer: await part.solve() };
  } catch (first) {
    if (stopped()) return { reason: 'interrupted' };
    try {
      return { answer: await part.solve() };
    } catch (second) {
      const [once, again] = [first, second].map((e) => (e instanceof Error ? e.message : String(e)));
      return { reason: once === again ? `twice: ${once}` : `${once}; then ${again}` };
    }
  }
}
