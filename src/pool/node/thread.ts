// What runs inside a worker thread: the tasks of one table, each loaded when it is first asked for.

import { parentPort, workerData } from 'node:worker_threads';
import { expose } from 'comlink';
import { entry } from '../../base/invariant.js';
import type { TaskEntry, TaskTable } from '../tasks.js';
import { nodeEndpoint } from './endpoint.js';

/** Where the table is: what a thread begins with. */
export interface ThreadData {
  readonly url: string;
  readonly name: string;
}

type Task = (input: unknown, progress: (...state: never[]) => void) => unknown;

export interface ThreadApi {
  /** Calls the task `name` with `input`, and a callback for progress where somebody hears it. */
  run: (name: string, input: unknown, progress: ((...state: never[]) => void) | undefined) => Promise<unknown>;
}

if (parentPort) {
  const { url, name } = workerData as ThreadData;
  const table = import(url).then((module: Record<string, { tasks: TaskTable<Record<string, Task>> }>) =>
    entry(module, name),
  );
  const api: ThreadApi = {
    async run(task, input, progress = () => {}) {
      const { load }: TaskEntry<Task> = entry((await table).tasks, task);
      return (await load())(input, progress);
    },
  };
  expose(api, nodeEndpoint(parentPort));
}
