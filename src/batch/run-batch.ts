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
  /** Of what a part rejects with: it was tried often enough. */
  readonly isFinal?: (error: unknown) => boolean;
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
  const run = new BatchRun(plans, hooks);
  await Promise.all(Array.from({ length: Math.max(1, hooks.width) }, () => run.lane()));
}

class BatchRun {
  /** Jobs with parts to give, in turn. */
  private readonly turns: Open[] = [];
  /** Parts that are begun or stand in a turn, by their keys. */
  private readonly inHand = new Map<string, Waiting[]>();
  /** Lanes that wait for the parts of others. */
  private readonly sleeping: (() => void)[] = [];
  private next = 0;
  private open = 0;
  private broken = false;

  constructor(
    private readonly plans: readonly Plan[],
    private readonly hooks: RunHooks,
  ) {}

  /** Solves parts one by one, until none is left. */
  async lane(): Promise<void> {
    try {
      for (let task = await this.take(); task; task = await this.take()) await this.work(task);
    } catch (error) {
      this.broken = true;
      this.wake();
      throw error;
    }
  }

  private get isOver(): boolean {
    return this.broken || this.hooks.stopped();
  }

  private get hasRoom(): boolean {
    const { width } = this.hooks;
    return this.next < this.plans.length && this.turns.length <= width && this.open < maxOpen * width;
  }

  private wake(): void {
    this.sleeping.splice(0).forEach((resume) => resume());
  }

  private async take(): Promise<Task | undefined> {
    while (!this.isOver) {
      const job = this.turns.shift();
      if (job) {
        const task = defined(job.tasks.shift());
        if (job.tasks.length > 0) this.turns.push(job);
        return task;
      }
      if (this.hasRoom) await this.fill();
      else if (this.next < this.plans.length) await new Promise<void>((resume) => this.sleeping.push(resume));
      else return undefined;
    }
    return undefined;
  }

  private async fill(): Promise<void> {
    while (this.hasRoom && !this.isOver) {
      this.begin(nth(this.plans, this.next++));
      // Jobs that are all known come thick and fast: Ctrl-C must be heard between them.
      await new Promise((resume) => setTimeout(resume));
    }
  }

  private begin(plan: Plan): void {
    const { parts, conclude } = plan.open();
    const answers = parts.map(() => undefined);
    const job: Open = { plan, conclude, answers, missing: parts.length, ended: false, tasks: [] };
    this.open++;
    if (parts.length === 0) return this.end(job, conclude([]));
    const known: [Waiting, unknown][] = [];
    for (const [place, part] of parts.entries()) {
      const key = nth(plan.parts, place);
      const waiting: Waiting = { job, place, label: part.label };
      const answer = this.hooks.cache.get(key);
      if (answer !== undefined) known.push([waiting, answer]);
      else if (this.inHand.has(key)) got(this.inHand, key).push(waiting);
      else {
        this.inHand.set(key, [waiting]);
        job.tasks.push({ key, part });
      }
    }
    if (job.tasks.length > 0) this.turns.push(job);
    for (const [waiting, answer] of known) this.give(waiting, answer, false);
  }

  private async work({ key, part }: Task): Promise<void> {
    const { hooks } = this;
    // Of a job that has failed, only what others wait for is still worth solving.
    const first = got(this.inHand, key).find((w) => !w.job.ended);
    if (!first) {
      this.inHand.delete(key);
      return;
    }
    hooks.begun(first.job.plan, first.label);
    const trying = tryTwice(part, hooks);
    // Questions are made while workers work, so that none of them waits for its next one.
    await this.fill();
    const tried = await trying;
    this.wake();
    if (this.isOver) return;
    const waiting = got(this.inHand, key);
    this.inHand.delete(key);
    if ('reason' in tried) {
      for (const w of waiting) this.fail(w, tried.reason);
      return;
    }
    hooks.cache.put(key, tried.answer);
    if (first.job.plan.parts.length > 1 || hooks.cache.wanted(key) > 1) hooks.solved(key, tried.answer);
    for (const w of waiting) this.give(w, tried.answer, w === first);
  }

  private give({ job, place, label }: Waiting, answer: unknown, solved: boolean): void {
    if (job.ended) return;
    job.answers[place] = answer;
    this.hooks.done(job.plan, label, solved);
    if (--job.missing === 0) this.end(job, job.conclude(job.answers));
  }

  private fail({ job, label }: Waiting, reason: string): void {
    if (!job.ended) this.end(job, failed(job.plan.parts.length > 1 ? `${label}: ${reason}` : reason));
  }

  private end(job: Open, outcome: JobOutcome): void {
    job.ended = true;
    this.open--;
    this.hooks.finished(job.plan, outcome);
    this.hooks.cache.release(job.plan);
  }
}

/** A worker may be lost by bad luck: memory that others took, a machine that slept. */
async function tryTwice(
  part: Part,
  { stopped, isFinal = () => false }: Pick<RunHooks, 'stopped' | 'isFinal'>,
): Promise<{ readonly answer: unknown } | { readonly reason: string }> {
  try {
    return { answer: await part.solve() };
  } catch (first) {
    if (stopped()) return { reason: 'interrupted' };
    if (isFinal(first)) return { reason: messageOf(first) };
    try {
      return { answer: await part.solve() };
    } catch (second) {
      const [once, again] = [messageOf(first), messageOf(second)];
      return { reason: once === again ? `twice: ${once}` : `${once}; then ${again}` };
    }
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
