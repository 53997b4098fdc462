// Tasks handed to a queue, by who knows what is still to be done: what a queue forgets is handed over again, and what nobody can do is
// set aside.

import type { Queue, QueueEvents } from 'bullmq';
import type { AnswerOf, InputOf, ProgressOf, RunOptions, Runner, TaskModule } from '../tasks.js';
import { SetAside } from '../tasks.js';
import { Packer, digestOf } from './contents.js';
import type { Link } from './link.js';
import { pause } from './link.js';
import { fromPlain } from './plain.js';
import type { Plain } from './plain.js';
import { endLease, renewLease, workersIn } from './presence.js';
import type { AnswerData, TaskData, WorkerFigures } from './protocol.js';
import { kept, keys, maxTries, prefix, queueName } from './protocol.js';

export interface QueueRunnerOptions {
  readonly version: string;
  /** The same when a coordinator that was killed is started again: its tasks are then its own. */
  readonly owner: string;
  /** Tasks in the queue at a time. */
  readonly width: number;
  readonly notice: (line: string) => void;
}

export interface QueueFigures {
  readonly workers: readonly WorkerFigures[];
  /** Of this coordinator: in the queue or with a worker, and not yet handed over. */
  readonly handed: number;
  readonly held: number;
  readonly answered: number;
  readonly setAside: number;
  /** Handed over again because the queue, or a worker, had lost them. */
  readonly again: number;
}

interface Waiting {
  readonly id: string;
  readonly name: string;
  readonly input: unknown;
  readonly fresh: boolean;
  readonly progress: ((...state: never[]) => void)[];
  readonly give: (answer: unknown) => void;
  readonly refuse: (why: Error) => void;
  readonly answer: Promise<unknown>;
  /** When the queue was last seen to have it; undefined as long as it is not there. */
  seen: number | undefined;
}

/** Milliseconds between two looks at what is in the queue, and after a trouble. */
const [tick, rest] = [1000, 500];
/** Events that are kept: one who misses some looks for itself. */
const maxEvents = 2000;

export class QueueRunner<Tasks> implements Runner<Tasks> {
  readonly width: number;
  private readonly queue: Queue<TaskData, AnswerData>;
  private events: QueueEvents;
  private readonly packer = new Packer();
  private readonly waiting = new Map<string, Waiting>();
  /** Those that have no place in the queue yet. */
  private readonly held: Waiting[] = [];
  private handed = 0;
  /** Texts that this Redis has. */
  private stored = new Set<string>();
  private readonly timer: ReturnType<typeof setInterval>;
  private looking = false;
  private closed = false;
  private workers: readonly WorkerFigures[] = [];
  private strangers = '';
  private readonly counts = { answered: 0, setAside: 0, again: 0 };

  private constructor(
    private readonly link: Link,
    private readonly module: TaskModule<Tasks>,
    private readonly options: QueueRunnerOptions,
  ) {
    this.width = options.width;
    const { packages, connection, troubled, redis } = link;
    this.queue = new packages.bull.Queue(queueName(options.version), {
      connection,
      prefix,
      streams: { events: { maxLen: maxEvents } },
    });
    this.queue.on('error', troubled);
    this.events = this.listen();
    // It may have come back without its memory.
    redis.on('ready', () => (this.stored = new Set()));
    this.timer = setInterval(() => void this.look(), tick);
  }

  /** Heard of by workers and other coordinators from now on. */
  static async open<Tasks>(
    link: Link,
    module: TaskModule<Tasks>,
    options: QueueRunnerOptions,
  ): Promise<QueueRunner<Tasks>> {
    await renewLease(link.redis, options.owner, { version: options.version });
    const runner = new QueueRunner(link, module, options);
    await runner.events.waitUntilReady();
    return runner;
  }

  readonly run = async <K extends keyof Tasks & string>(
    name: K,
    input: InputOf<Tasks[K]>,
    { progress, fresh = false }: RunOptions<Tasks[K]> = {},
  ): Promise<AnswerOf<Tasks[K]>> => {
    if (this.closed) throw new Error('worker ended: the queue was closed');
    const { digest } = this.packer.pack(input);
    // By content: one who was killed and begins again finds what was done meanwhile. Bull wants no plain numbers.
    const id = `t${digestOf(JSON.stringify([this.options.version, this.module.name, name, digest, fresh]))}`;
    const known = this.waiting.get(id);
    const entry = known ?? this.enter(id, name, input, fresh);
    if (progress) entry.progress.push(progress as (...state: never[]) => void);
    if (!known) this.fill();
    return (await entry.answer) as AnswerOf<Tasks[K]>;
  };

  readonly close = async (): Promise<void> => {
    if (this.closed) return;
    this.closed = true;
    clearInterval(this.timer);
    const ids = [...this.waiting.values()].filter((w) => w.seen !== undefined).map((w) => w.id);
    for (const { refuse } of this.waiting.values()) refuse(new Error('worker ended: the queue was closed'));
    this.waiting.clear();
    const { redis } = this.link;
    // Those at work are given up by their workers once nobody asks.
    await this.link.end(() =>
      Promise.all([endLease(redis, this.options.owner), ...ids.map((id) => this.queue.remove(id))]),
    );
    await Promise.race([Promise.all([this.events.close(), this.queue.disconnect()]).catch(() => {}), pause(rest)]);
  };

  figures(): QueueFigures {
    return { workers: this.workers, handed: this.handed, held: this.held.length, ...this.counts };
  }

  private enter(id: string, name: string, input: unknown, fresh: boolean): Waiting {
    let give = (_answer: unknown) => {};
    let refuse = (_why: Error) => {};
    const answer = new Promise<unknown>((resolve, reject) => ([give, refuse] = [resolve, reject]));
    const entry = { id, name, input, fresh, progress: [], give, refuse, answer, seen: undefined };
    this.waiting.set(id, entry);
    this.held.push(entry);
    return entry;
  }

  private fill(): void {
    while (this.handed < this.width) {
      const entry = this.held.shift();
      if (!entry) return;
      this.handed++;
      void this.hand(entry);
    }
  }

  /** However often it takes. */
  private async hand(entry: Waiting): Promise<void> {
    const { id, name, fresh, progress } = entry;
    const { redis, troubled, well } = this.link;
    entry.seen = undefined;
    while (this.isOpen(entry)) {
      try {
        const { plain, contents } = this.packer.pack(entry.input);
        for (const [digest, text] of contents) {
          if (this.stored.has(digest)) continue;
          await redis.set(keys.content(digest), text, 'EX', kept.content);
          this.stored.add(digest);
        }
        const { owner } = this.options;
        const data = { owner, table: this.module.name, name, input: plain, fresh, progress: progress.length > 0 };
        await this.queue.add(name, data, {
          jobId: id,
          attempts: maxTries,
          removeOnComplete: { age: kept.answer },
          removeOnFail: { age: kept.answer },
        });
        well();
        entry.seen = Date.now();
        return;
      } catch (error) {
        troubled(error);
        await pause(rest);
      }
    }
  }

  private isOpen(entry: Waiting): boolean {
    return !this.closed && this.waiting.get(entry.id) === entry;
  }

  private listen(): QueueEvents {
    const { packages, connection, troubled } = this.link;
    const events = new packages.bull.QueueEvents(queueName(this.options.version), { connection, prefix });
    events.on('completed', ({ jobId, returnvalue }) => this.answered(jobId, returnvalue as AnswerData));
    events.on('failed', ({ jobId, failedReason }) => this.failed(jobId, failedReason));
    events.on('progress', ({ jobId, data }) => this.told(jobId, data as Plain));
    // It was there already, of one who was killed: perhaps it is done.
    events.on('duplicated', ({ jobId }) => void this.lookAt(jobId, true).catch(troubled));
    events.on('error', (error) => {
      troubled(error);
      // What is no lost connection ends its loop for good.
      if (events !== this.events || events.closing) return;
      void events.close().catch(() => {});
      setTimeout(() => {
        if (!this.closed) this.events = this.listen();
      }, rest);
    });
    return events;
  }

  private told(id: string, state: Plain): void {
    const entry = this.waiting.get(id);
    if (!entry) return;
    const news = fromPlain(state) as ProgressOf<Tasks[keyof Tasks]>;
    for (const tell of entry.progress) tell(...(news as unknown as never[]));
  }

  private answered(id: string, answer: AnswerData): void {
    const entry = this.waiting.get(id);
    if (!entry) return;
    if (answer.kind === 'back') {
      for (const digest of answer.missing) this.stored.delete(digest);
      void this.again(entry);
      return;
    }
    this.counts.answered++;
    this.leave(entry);
    if (answer.kind === 'thrown') entry.refuse(new Error(answer.message));
    else entry.give(fromPlain(answer.value));
  }

  private failed(id: string, reason: string): void {
    const entry = this.waiting.get(id);
    if (!entry) return;
    this.counts.setAside++;
    this.leave(entry);
    const why = /^job (stalled|started) more than/.test(reason) ? 'the worker that had it was lost each time' : reason;
    const message = `set aside after ${maxTries} tries: ${why}`;
    this.options.notice(`task ${entry.name} ${id}: ${message}`);
    entry.refuse(new SetAside(message));
  }

  private leave({ id }: Waiting): void {
    this.waiting.delete(id);
    this.handed--;
    this.fill();
    this.queue.remove(id).catch(this.link.troubled);
  }

  private async again(entry: Waiting): Promise<void> {
    this.counts.again++;
    entry.seen = undefined;
    await this.queue.remove(entry.id).catch(this.link.troubled);
    await this.hand(entry);
  }

  /** Whether what was handed over is still there, and whether an answer was missed. */
  private async look(): Promise<void> {
    if (this.looking || this.closed) return;
    this.looking = true;
    try {
      const { redis, well } = this.link;
      await renewLease(redis, this.options.owner, { version: this.options.version });
      this.workers = await workersIn(redis);
      this.meetStrangers();
      const before = Date.now() - tick;
      const due = [...this.waiting.values()].filter((w) => w.seen !== undefined && w.seen < before);
      await Promise.all(due.map((w) => this.lookAt(w.id)));
      well();
    } catch (error) {
      this.link.troubled(error);
    } finally {
      this.looking = false;
    }
  }

  /** `isOld`: it was there before it was handed over; what nobody heard of it failing is tried anew. */
  private async lookAt(id: string, isOld = false): Promise<void> {
    const entry = this.waiting.get(id);
    const seen = entry?.seen;
    if (!entry || seen === undefined) return;
    const state = await this.queue.getJobState(id);
    // Meanwhile it may have been answered, or handed over again.
    if (!this.isOpen(entry) || entry.seen !== seen) return;
    if (state === 'unknown' || (isOld && state === 'failed')) return this.again(entry);
    entry.seen = Date.now();
    if (state !== 'completed' && state !== 'failed') return;
    const job = await this.queue.getJob(id);
    if (!job || !this.isOpen(entry)) return;
    if (state === 'completed') this.answered(id, job.returnvalue);
    else this.failed(id, job.failedReason);
  }

  /** Workers of other versions see none of these tasks: whoever waits for them is told. */
  private meetStrangers(): void {
    const others = this.workers.filter((w) => w.version !== this.options.version).map((w) => w.version);
    const said = others.length === 0 ? '' : `${others.length} of magnet ${[...new Set(others)].join(', ')}`;
    if (said !== this.strangers && said !== '')
      this.options.notice(
        `workers on the queue that get none of these tasks: ${said}; this is magnet ${this.options.version}`,
      );
    this.strangers = said;
  }
}
