// A pool of workers: tasks as data in, answers out; a worker that crashes or hangs costs its task only.

import type { AnswerOf, InputOf, RunOptions, Runner, TaskTable } from './tasks.js';
import { Lost } from './tasks.js';
import type { Seat, Transport } from './transport.js';

/** Milliseconds that a timer counts at most, 25 days; a longer one would go off at once. */
const longestTimer = 2 ** 31 - 1;

/** A worker that was ended because it did not answer in its time. */
export class Hung extends Lost {}

/**
 * Workers over a transport, opened when they are needed; one that crashes, or does not answer in its task's time, costs that task
 * alone.
 */
export class Pool<Tasks> implements Runner<Tasks> {
  private readonly idle: Seat<Tasks>[] = [];
  private readonly seats = new Set<Seat<Tasks>>();
  private readonly waiting: { readonly give: (seat: Seat<Tasks>) => void; readonly refuse: (why: Error) => void }[] =
    [];
  private closed = false;

  /** `width` is how many tasks are worked on at a time; seats are opened when they are first needed. */
  constructor(
    private readonly open: Transport<Tasks>,
    private readonly tasks: TaskTable<Tasks>,
    readonly width: number,
  ) {}

  /** Rejects with a sentence when the task throws, or its worker crashes or hangs; the next task gets a new worker. */
  readonly run = async <K extends keyof Tasks & string>(
    name: K,
    input: InputOf<Tasks[K]>,
    { progress, fresh = false }: RunOptions<Tasks[K]> = {},
  ): Promise<AnswerOf<Tasks[K]>> => {
    const seat = fresh ? this.sit() : await this.take();
    const lost = seat.ended.then((why): never => {
      throw new Lost(`worker ended: ${why}`);
    });
    // The worker also ends when the pool is closed, long after this task: that is no news then.
    lost.catch(() => {});
    seat.busy(true);
    const patience = this.tasks[name].patience(input);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const hung = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => {
          this.seats.delete(seat);
          void seat.end();
          reject(new Hung(`worker gave no answer within ${patience} s and was ended`));
        },
        Math.min(longestTimer, patience * 1000),
      );
    });
    try {
      return await Promise.race([seat.run(name, input, progress), lost, hung]);
    } finally {
      clearTimeout(timer);
      seat.busy(false);
      if (fresh) await this.leave(seat);
      else this.release(seat);
    }
  };

  /** Ends all workers; tasks that run or wait reject. */
  readonly close = async (): Promise<void> => {
    this.closed = true;
    for (const { refuse } of this.waiting.splice(0)) refuse(new Error('worker ended: the pool was closed'));
    await Promise.all([...this.seats].map((s) => s.end()));
  };

  private take(): Promise<Seat<Tasks>> {
    const seat = this.idle.pop();
    if (seat && this.seats.has(seat)) return Promise.resolve(seat);
    if (this.closed || this.seats.size < this.width) return Promise.resolve(this.sit());
    return new Promise((give, refuse) => this.waiting.push({ give, refuse }));
  }

  private release(seat: Seat<Tasks>): void {
    const next = this.waiting.shift();
    if (next) next.give(this.seats.has(seat) ? seat : this.sit());
    else if (this.seats.has(seat)) this.idle.push(seat);
  }

  private async leave(seat: Seat<Tasks>): Promise<void> {
    this.seats.delete(seat);
    await seat.end();
  }

  private sit(): Seat<Tasks> {
    if (this.closed) throw new Error('worker ended: the pool was closed');
    const seat = this.open();
    this.seats.add(seat);
    void seat.ended.then(() => this.seats.delete(seat));
    return seat;
  }
}
