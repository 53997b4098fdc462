// The types of pool-tasks.mjs, which threads load as it is.

import type { TaskModule } from '../../src/pool/tasks.js';

interface Input {
  readonly x?: number;
  readonly patience?: number;
  /** Milliseconds that it takes. */
  readonly slow?: number;
  /** Is not looked at. */
  readonly table?: readonly number[];
}

export interface PoolTasks {
  readonly double: (
    input: Input & { readonly x: number },
    progress: (what: string, x: number) => void,
  ) => { readonly x: number };
  readonly refuse: (input: Input) => never;
  readonly crash: (input: Input) => never;
  readonly hang: (input: Input) => never;
  readonly swell: (input: Input) => never;
}

export const poolTasks: TaskModule<PoolTasks>;
