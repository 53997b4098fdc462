// How tasks reach those who work: threads (`node/`) and a browser's workers (`browser/`). A queue (`queue/`) has no seats, and is a
// runner itself.

import type { AnswerOf, InputOf, ProgressOf } from './tasks.js';

/** A worker of a pool, who does a task at a time. */
export interface Seat<Tasks> {
  readonly run: <K extends keyof Tasks & string>(
    name: K,
    input: InputOf<Tasks[K]>,
    /** Where somebody wants to hear it: to call back takes longer than a short task. */
    progress: ((...state: ProgressOf<Tasks[K]>) => void) | undefined,
  ) => Promise<AnswerOf<Tasks[K]>>;
  /** Settles when it ends, with the reason; it never rejects. */
  readonly ended: Promise<string>;
  /** Only one who is busy keeps the process alive. */
  readonly busy: (is: boolean) => void;
  /** Ends it, whatever it does. */
  readonly end: () => Promise<void>;
}

/** Opens a seat: it may still be starting when its first task is given. */
export type Transport<Tasks> = () => Seat<Tasks>;
