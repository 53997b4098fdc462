// Workers that do not exist: tasks are done in this process, one after the other, each once, and take the time that they took on a
// clock of their own. Whoever leads a search is what it always is; so the order in which it asks, and what it asks in vain, is too.

import type { Remote } from '../../src/pool/tasks.js';
import type { ShapeTasks } from '../../src/tuner/codesign/shape-task.js';
import { digestOf } from '../../src/pool/queue/contents.js';

/** Milliseconds of a message over a queue. */
export interface MessageCosts {
  /** Of the one who leads, for each task: he has one thread. */
  readonly lead: number;
  /** From a task's being handed over to a worker's beginning with it, and as much as it takes for the answer to be heard. */
  readonly way: number;
}

export interface Done<T> {
  readonly answer: T;
  /** On a worker that knows nothing of its shapes' tables but what the worker that was measured knew. */
  readonly ms: number;
  readonly shapes: readonly string[];
}

type Input = Readonly<Record<string, unknown>>;
type Name = keyof ShapeTasks & string;

/** Tables of so many shapes are kept by a worker (`totals-task.ts`), and which were made first are let go first. */
const keptShapes = 40;

class Tables {
  private readonly kept = new Set<string>();

  /** Whether they had to be made. */
  make(shape: string): boolean {
    if (this.kept.has(shape)) return false;
    const [oldest] = this.kept;
    if (this.kept.size >= keptShapes && oldest !== undefined) this.kept.delete(oldest);
    this.kept.add(shape);
    return true;
  }
}

/** Milliseconds of this process since then: what else the machine does is not in it. */
function cpuSince(from: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(from);
  return (user + system) / 1000;
}

const shapesIn = (name: Name, input: Input): readonly string[] =>
  (name === 'advance' ? [input['shape']] : name === 'floors' ? (input['shapes'] as readonly unknown[]) : []).map((s) =>
    JSON.stringify(s),
  );

/** Every question once, whoever asks it: with the time that it took. */
export class Measured {
  private readonly known = new Map<string, Done<unknown>>();
  private readonly own = new Tables();
  /** Milliseconds to make the tables of a shape. */
  private readonly tables = new Map<string, number>();

  constructor(private readonly shapes: Remote<ShapeTasks>) {}

  get tasks(): number {
    return this.known.size;
  }

  tablesOf(shape: string): number {
    return this.tables.get(shape) ?? 0;
  }

  async ask(name: Name, input: Input): Promise<Done<unknown>> {
    // The time that is left is no part of the question: it never ends here.
    const asked = { ...input, ...(name !== 'floors' && { seconds: 1e6 }) };
    const key = digestOf(JSON.stringify([name, asked]));
    const before = this.known.get(key);
    if (before) return before;
    const from = process.cpuUsage();
    const answer = await (this.shapes[name] as (input: unknown) => Promise<unknown>)(asked);
    const ms = cpuSince(from);
    const shapes = shapesIn(name, input);
    const made = shapes.filter((s) => this.own.make(s));
    if (name === 'floors') for (const s of shapes) this.tables.set(s, ms / shapes.length);
    const warm = made.reduce((sum, s) => sum + (name === 'floors' ? ms / shapes.length : this.tablesOf(s)), 0);
    const done = { answer, ms: Math.max(0.01, ms - warm), shapes };
    this.known.set(key, done);
    return done;
  }
}

interface Asked {
  readonly name: Name;
  readonly input: Input;
  readonly give: (answer: unknown) => void;
}

interface AtWork extends Asked {
  readonly begun: number;
  readonly ends: number;
  readonly answer: unknown;
}

interface Worker {
  readonly tables: Tables;
  free: number;
}

export interface Spent {
  /** Milliseconds until the search had ended. */
  readonly wall: number;
  readonly tasks: number;
  /** Of all workers at tasks, and of that for tables that another worker had. */
  readonly busy: number;
  readonly tables: number;
  readonly longest: number;
  /** Of the one who leads. */
  readonly lead: number;
  /** Tasks at work while a better machine was heard of, from then on: all that telling them could save. */
  readonly behind: number;
}

/** As many lanes as `width`; `begin`: milliseconds that leading takes before the first task, in a process that is new. */
export class VirtualWorkers {
  private clock = 0;
  private readonly workers: Worker[];
  private asked: Asked[] = [];
  private readonly atWork: AtWork[] = [];
  private readonly improved: number[] = [];
  private begun = false;
  private counts = { tasks: 0, busy: 0, tables: 0, longest: 0, lead: 0, behind: 0 };

  constructor(
    readonly width: number,
    private readonly measured: Measured,
    private readonly costs: MessageCosts,
  ) {
    this.workers = Array.from({ length: width }, () => ({ tables: new Tables(), free: 0 }));
  }

  readonly now = (): number => this.clock;

  /** A better machine is known to the one who leads. */
  readonly better = (): void => void this.improved.push(this.clock);

  readonly shapes = Object.fromEntries(
    (['floors', 'advance', 'machineAt', 'sketch'] as const).map((name) => [
      name,
      (input: Input) => new Promise((give) => this.asked.push({ name, input, give })),
    ]),
  ) as unknown as Remote<ShapeTasks>;

  /** Until what is led has ended. `begin`: what leading took before its first task when it was led for the first time. */
  async lead<T>(
    act: () => Promise<T>,
    begin?: number,
  ): Promise<{ readonly value: T; readonly spent: Spent; readonly begin: number }> {
    let ended: { readonly value: T } | undefined;
    let fault: unknown;
    let first = begin;
    const turn = async (wake: () => void): Promise<void> => {
      const from = process.cpuUsage();
      wake();
      // Everything that can go on by itself has done so then.
      for (let i = 0; i < 3; i++) await new Promise((resume) => setImmediate(resume));
      const own = this.begun ? cpuSince(from) : (first ??= cpuSince(from));
      this.begun = true;
      const lead = own + this.costs.lead * this.asked.length;
      this.clock += lead;
      this.counts.lead += lead;
    };
    await turn(() => {
      act().then(
        (value) => (ended = { value }),
        (error: unknown) => (fault = error),
      );
    });
    while (!ended) {
      if (fault !== undefined) throw fault;
      await this.handOver();
      const next = this.atWork.sort((x, y) => x.ends - y.ends).shift();
      if (!next) throw new Error('nobody works, and nothing has ended');
      this.clock = Math.max(this.clock, next.ends + this.costs.way);
      const since = this.improved.find((t) => t > next.begun && t < next.ends);
      if (since !== undefined && next.name === 'advance') this.counts.behind += next.ends - since;
      await turn(() => next.give(next.answer));
    }
    return { value: ended.value, spent: { wall: this.clock, ...this.counts }, begin: first ?? 0 };
  }

  private async handOver(): Promise<void> {
    for (const one of this.asked.splice(0)) {
      const worker = this.workers.reduce((soonest, w) => (w.free < soonest.free ? w : soonest));
      const { answer, ms, shapes } = await this.measured.ask(one.name, one.input);
      const tables = shapes.reduce((sum, s) => sum + (worker.tables.make(s) ? this.measured.tablesOf(s) : 0), 0);
      const begun = Math.max(this.clock + this.costs.way, worker.free);
      const ends = begun + ms + tables;
      worker.free = ends;
      this.counts.tasks++;
      this.counts.busy += ms + tables;
      this.counts.tables += tables;
      this.counts.longest = Math.max(this.counts.longest, ms + tables);
      this.atWork.push({ ...one, begun, ends, answer });
    }
  }
}
