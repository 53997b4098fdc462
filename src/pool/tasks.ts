// Tasks by name: functions from plain data to plain data, which whoever works loads when they are first asked for.

/** What a task takes, tells on its way, and answers. */
export type InputOf<F> = F extends (input: infer I, ...rest: never[]) => unknown ? I : never;
export type ProgressOf<F> = F extends (input: never, progress: (...state: infer N) => void, ...rest: never[]) => unknown
  ? N
  : [];
export type AnswerOf<F> = F extends (...args: never[]) => infer A ? Awaited<A> : never;

export interface TaskEntry<F> {
  /** Brings the task's module in: a worker begins with none, and has what it is asked for only. */
  readonly load: () => Promise<
    (input: InputOf<F>, progress: (...state: ProgressOf<F>) => void) => AnswerOf<F> | Promise<AnswerOf<F>>
  >;
  /** Seconds after which whoever works on this input is taken for hung. */
  readonly patience: (input: InputOf<F>) => number;
}

/** `Tasks` is an interface of functions: the name of each, and its type. */
export type TaskTable<Tasks> = { readonly [K in keyof Tasks]: TaskEntry<Tasks[K]> };

/** A table and where it is: its module's address, and what it is called there. */
export interface TaskModule<Tasks> {
  readonly url: string;
  readonly name: string;
  readonly tasks: TaskTable<Tasks>;
}

/** The worker that had a task is lost, and the task with it: another may do it. */
export class Lost extends Error {}

/** A task that whoever had it was lost by, time and again: nobody need try it any more. */
export class SetAside extends Error {}

export interface RunOptions<F> {
  /** Told how far the task is. */
  readonly progress?: (...state: ProgressOf<F>) => void;
  /** By a worker of its own: one that has worked before has tables, compiled code and garbage of whoever was there. */
  readonly fresh?: boolean;
}

/** Whoever runs tasks: this thread, or a pool of workers. */
export interface Runner<Tasks> {
  /** Rejects with a sentence when the task throws, or when who works on it is lost. */
  readonly run: <K extends keyof Tasks & string>(
    name: K,
    input: InputOf<Tasks[K]>,
    options?: RunOptions<Tasks[K]>,
  ) => Promise<AnswerOf<Tasks[K]>>;
  /** Tasks at a time. */
  readonly width: number;
  /** Ends what is still at work, and what waits. */
  readonly close: () => Promise<void>;
}

/** The same tasks as functions that answer later, wherever they run. */
export type Remote<Tasks> = {
  readonly [K in keyof Tasks]: (input: InputOf<Tasks[K]>) => Promise<AnswerOf<Tasks[K]>>;
};
