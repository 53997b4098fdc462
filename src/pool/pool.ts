// A pool of worker threads: tasks as data in, answers out; a worker that crashes or hangs costs its task only.

import { Worker } from 'node:worker_threads';
import type { Remote } from 'comlink';
import { proxy, wrap } from 'comlink';
import { nodeEndpoint } from './endpoint.js';
import type { WorkerApi } from './worker.js';

export interface PoolTask {
  /** The module whose function is called, as a URL. */
  readonly url: string;
  readonly name: string;
  /** Plain data: it is cloned into the worker. */
  readonly input: unknown;
  readonly progress: (...news: never[]) => void;
  /** Seconds after which the worker is taken for hung and ended. */
  readonly patience: number;
}

interface Seat {
  readonly worker: Worker;
  readonly api: Remote<WorkerApi>;
  /** Settles when the worker ends, with the reason. */
  readonly ended: Promise<string>;
}

export class Pool {
  private readonly idle: Seat[] = [];
  private readonly seats = new Set<Seat>();
  private readonly waiting: ((seat: Seat) => void)[] = [];

  /** `memory`: MB of each worker's heap; one that needs more ends, and costs its task. */
  constructor(
    readonly size: number,
    readonly memory?: number,
  ) {}

  /** Rejects with a sentence when the task throws, or its worker crashes or hangs; the next task gets a new worker. */
  async run(task: PoolTask): Promise<unknown> {
    const seat = await this.take();
    const lost = seat.ended.then((why): never => {
      throw new Error(`worker ended: ${why}`);
    });
    // The worker also ends when the pool is closed, long after this task: that is no news then.
    lost.catch(() => {});
    // Only a working worker keeps the process alive.
    seat.worker.ref();
    let timer: NodeJS.Timeout | undefined;
    const hung = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        this.seats.delete(seat);
        void seat.worker.terminate();
        reject(new Error(`worker gave no answer within ${task.patience} s and was ended`));
      }, task.patience * 1000);
    });
    try {
      return await Promise.race([
        seat.api.run(task.url, task.name, task.input, proxy(task.progress as (...news: unknown[]) => void)),
        lost,
        hung,
      ]);
    } finally {
      clearTimeout(timer);
      seat.worker.unref();
      this.release(seat);
    }
  }

  /** Ends all workers; running tasks reject. */
  async close(): Promise<void> {
    await Promise.all([...this.seats].map((s) => s.worker.terminate()));
  }

  private take(): Promise<Seat> {
    const seat = this.idle.pop();
    if (seat && this.seats.has(seat)) return Promise.resolve(seat);
    if (this.seats.size < this.size) return Promise.resolve(this.open());
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  private release(seat: Seat): void {
    const next = this.waiting.shift();
    if (next) next(this.seats.has(seat) ? seat : this.open());
    else if (this.seats.has(seat)) this.idle.push(seat);
  }

  private open(): Seat {
    const worker = new Worker(
      new URL('./worker.js', import.meta.url),
      this.memory === undefined ? {} : { resourceLimits: { maxOldGenerationSizeMb: this.memory } },
    );
    worker.unref();
    const ended = new Promise<string>((resolve) => {
      worker.once('error', (error) => resolve(error.message));
      worker.once('exit', (code) => resolve(`exit ${code}`));
    });
    const seat: Seat = { worker, api: wrap<WorkerApi>(nodeEndpoint(worker)), ended };
    this.seats.add(seat);
    void ended.then(() => this.seats.delete(seat));
    return seat;
  }
}
