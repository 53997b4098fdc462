// Processes of their own as a transport of the pool: `tsx` reaches into those, and not into threads.

import { fork } from 'node:child_process';
import type { AnswerOf, TaskModule } from '../src/pool/tasks.js';
import type { Transport } from '../src/pool/transport.js';
import { Pool } from '../src/pool/pool.js';

export interface Task extends Pick<TaskModule<unknown>, 'url' | 'name'> {
  readonly task: string;
  readonly input: unknown;
}

export type Answer = { readonly answer: unknown } | { readonly error: string };

/** Progress is not told. */
const processes =
  <Tasks>({ url, name }: TaskModule<Tasks>): Transport<Tasks> =>
  () => {
    // Not JSON: limits may be infinite.
    const child = fork(new URL('./process.ts', import.meta.url), { serialization: 'advanced' });
    return {
      run: async (task, input) => {
        const told = await new Promise<Answer>((resolve) => {
          child.once('message', resolve);
          child.send({ url, name, task, input } satisfies Task);
        });
        if ('error' in told) throw new Error(told.error);
        return told.answer as AnswerOf<Tasks[typeof task]>;
      },
      ended: new Promise((resolve) => child.once('exit', (code) => resolve(`exit ${code}`))),
      busy: () => {},
      end: () => {
        child.kill();
        return Promise.resolve();
      },
    };
  };

export const openProcesses = <Tasks>(module: TaskModule<Tasks>, width: number): Pool<Tasks> =>
  new Pool(processes(module), module.tasks, width);
