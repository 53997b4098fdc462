// A worker on a queue: takes tasks as long as it has threads for them, and says every second that it is there.

import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Job, Worker } from 'bullmq';
import type { Parsed } from '../../base/diagnostics.js';
import { parsed, refuse } from '../../base/diagnostics.js';
import type { Runner, TaskModule } from '../tasks.js';
import { Lost } from '../tasks.js';
import { openRunner } from '../node/open-runner.js';
import type { Link } from './link.js';
import { pause } from './link.js';
import { contentsIn, fromPlain, toPlain } from './plain.js';
import type { Plain } from './plain.js';
import { leasesIn, sayGone, sayWorking } from './presence.js';
import type { AnswerData, TaskData, WorkerFigures } from './protocol.js';
import { keys, maxTries, prefix, queueName } from './protocol.js';
import { KnownContents } from './known-contents.js';

export interface QueueWorkerOptions {
  readonly version: string;
  readonly pid: number;
  readonly width: number;
  /** MB of the heap of each thread. */
  readonly memory: number | undefined;
  readonly notice: (line: string) => void;
}

type AnyTasks = Record<string, (input: unknown, progress: (...state: unknown[]) => void) => unknown>;
export type AnyModule = TaskModule<AnyTasks>;

/** A task at work. */
interface AtWork {
  readonly owner: string;
  givenUp: boolean;
  /** Ends it, whatever it does; it is then given back. */
  readonly giveUp: () => Promise<void>;
}

/** Milliseconds: a lock is renewed twice in its time; who was lost is noticed within that and one look more. */
const locks = { lock: 6000, look: 3000 };
/** Milliseconds between two words of a worker, between two looks at who asks, and after which nobody does. */
const [tick, lookAtLeases, unasked] = [1000, 5000, 15_000];
const [rest, progressPause] = [500, 250];

export class QueueWorker {
  private readonly id = randomUUID();
  private readonly began = performance.now();
  private readonly worker: Worker<TaskData, AnswerData>;
  private readonly contents = new KnownContents();
  private readonly atWork = new Set<AtWork>();
  /** Threads without a task, by the table that they have. */
  private readonly idle = new Map<string, Runner<AnyTasks>[]>();
  private readonly timers: ReturnType<typeof setInterval>[];
  /** Owners of tasks at work whose lease was not there, since when. */
  private readonly silent = new Map<string, number>();
  private strangers = '';
  /** Whether the last word of this worker was taken. */
  private isHeard = true;
  private ending = false;
  private done = 0;
  private failed = 0;
  private busySeconds = 0;
  private lastWork = performance.now();

  private constructor(
    private readonly link: Link,
    private readonly tables: Readonly<Record<string, AnyModule>>,
    private readonly options: QueueWorkerOptions,
  ) {
    const { packages, connection, troubled } = link;
    this.worker = new packages.bull.Worker(
      queueName(options.version),
      (job: Job<TaskData, AnswerData>) => this.work(job),
      {
        connection,
        prefix,
        concurrency: options.width,
        name: this.id,
        lockDuration: locks.lock,
        stalledInterval: locks.look,
        maxStalledCount: maxTries,
        maxStartedAttempts: maxTries,
        runRetryDelay: rest,
        drainDelay: 2,
      },
    );
    this.worker.on('error', troubled);
    this.timers = [
      setInterval(() => void this.say().catch(troubled), tick),
      setInterval(() => void this.lookWhoAsks().catch(troubled), lookAtLeases),
    ];
  }

  /** Refused where all who ask are of another version. */
  static async open(
    link: Link,
    tables: readonly AnyModule[],
    options: QueueWorkerOptions,
  ): Promise<Parsed<QueueWorker>> {
    const others = otherVersions(await leasesIn(link.redis), options.version);
    if (others !== undefined)
      return refuse(
        'other-version',
        [],
        `the tasks on ${link.address.shown} are of magnet ${others}, this is magnet ${options.version}: ` +
          'one version works together; install that one here',
      );
    const worker = new QueueWorker(link, Object.fromEntries(tables.map((t) => [t.name, t])), options);
    await worker.say();
    return parsed(worker);
  }

  figures(): WorkerFigures {
    const { version, pid, width } = this.options;
    return {
      id: this.id,
      host: hostname(),
      pid,
      version,
      width,
      active: this.atWork.size,
      done: this.done,
      failed: this.failed,
      seconds: (performance.now() - this.began) / 1000,
      busySeconds: this.busySeconds,
    };
  }

  /** Where it works, for people. */
  get shown(): string {
    return this.link.address.shown;
  }

  /** Seconds without a task. */
  idleSeconds(): number {
    return this.atWork.size > 0 ? 0 : (performance.now() - this.lastWork) / 1000;
  }

  /** Gives back what is at work, and takes no more. */
  async close(): Promise<void> {
    this.ending = true;
    for (const timer of this.timers) clearInterval(timer);
    await Promise.race([this.closeWorker(), pause(rest)]);
    await this.link.end(() => sayGone(this.link.redis, this.id));
  }

  private async closeWorker(): Promise<void> {
    const closing = this.worker.close();
    await Promise.all([...this.atWork].map((w) => w.giveUp()));
    await Promise.all([...this.idle.values()].flat().map((r) => r.close()));
    await closing;
  }

  private async work(job: Job<TaskData, AnswerData>): Promise<AnswerData> {
    const { owner, table, name, input, fresh, progress } = job.data;
    const module = this.tables[table];
    if (!module) throw new Error(`no worker of this version knows the tasks ${table}`);
    const missing = await this.contents.fetch(this.link.redis, contentsIn(input));
    if (this.ending || missing.length > 0) return { kind: 'back', missing };
    const runner = this.idle.get(table)?.pop() ?? openRunner(module, 1, this.options.memory);
    const own: AtWork = {
      owner,
      givenUp: false,
      giveUp: () => {
        own.givenUp = true;
        return runner.close();
      },
    };
    this.atWork.add(own);
    const teller = tellerOf(job);
    const from = performance.now();
    try {
      const value = await runner.run(name, fromPlain(input, this.contents.get), {
        fresh,
        ...(progress && { progress: teller.tell }),
      });
      // What was said on the way arrives before the answer.
      await teller.rest();
      this.done++;
      return await this.kept({ kind: 'answer', value: toPlain(value) });
    } catch (error) {
      if (own.givenUp) return { kind: 'back', missing: [] };
      this.failed++;
      const message = error instanceof Error ? error.message : String(error);
      if (error instanceof Lost) throw new Error(message, { cause: error });
      return await this.kept({ kind: 'thrown', message });
    } finally {
      this.atWork.delete(own);
      this.lastWork = performance.now();
      this.busySeconds += (this.lastWork - from) / 1000;
      if (!own.givenUp) this.idle.set(table, [...(this.idle.get(table) ?? []), runner]);
    }
  }

  /** An answer is given when there is somebody to take it: a Redis without room refuses, and Bull would then forget it. */
  private async kept(answer: AnswerData): Promise<AnswerData> {
    while (!this.isHeard && !this.ending) await pause(rest);
    return answer;
  }

  private async say(): Promise<void> {
    try {
      await sayWorking(this.link.redis, this.figures());
      this.isHeard = true;
      this.link.well();
    } catch (error) {
      this.isHeard = false;
      throw error;
    }
  }

  /** Nobody waits for the answers of a coordinator that was ended; a new one of the same question has its lease. */
  private async lookWhoAsks(): Promise<void> {
    const { redis } = this.link;
    this.meetStrangers(otherVersions(await leasesIn(redis), this.options.version));
    const owners = [...new Set([...this.atWork].map((w) => w.owner))];
    const now = performance.now();
    const there = owners.length === 0 ? [] : await redis.mget(owners.map(keys.lease));
    const gone = new Set(owners.filter((_, i) => there[i] === null));
    for (const owner of this.silent.keys()) if (!gone.has(owner)) this.silent.delete(owner);
    for (const owner of gone) {
      const since = this.silent.get(owner) ?? now;
      this.silent.set(owner, since);
      if (now - since < unasked) continue;
      await Promise.all([...this.atWork].filter((w) => w.owner === owner).map((w) => w.giveUp()));
    }
  }

  private meetStrangers(version: string | undefined): void {
    if (version !== undefined && version !== this.strangers)
      this.options.notice(
        `the tasks on the queue are of magnet ${version}; this is ${this.options.version}, which waits`,
      );
    this.strangers = version ?? '';
  }
}

/** Where somebody asks, and nobody of this version. */
function otherVersions(leases: readonly { readonly version: string }[], own: string): string | undefined {
  const versions = [...new Set(leases.map((l) => l.version))];
  return versions.length === 0 || versions.includes(own) ? undefined : versions.sort().join(', ');
}

/** News of a task now and then, the latest of what there is. */
function tellerOf(job: Job<TaskData, AnswerData>) {
  let next: Plain | undefined;
  let waits = false;
  const send = async (): Promise<void> => {
    waits = false;
    if (next === undefined) return;
    const news = next;
    next = undefined;
    waits = true;
    setTimeout(() => void send(), progressPause);
    await job.updateProgress(news).catch(() => {});
  };
  let last = Promise.resolve();
  return {
    tell: (...state: readonly unknown[]): void => {
      next = toPlain(state);
      if (!waits) last = send();
    },
    /** All of them are told. */
    rest: async (): Promise<void> => {
      await last;
      await send();
    },
  };
}
