// What runs inside a worker of a browser: the tasks of some tables, each loaded when it is first asked for.

import type { Endpoint } from 'comlink';
import { expose } from 'comlink';
import { entry } from '../../base/invariant.js';
import type { TaskEntry } from '../tasks.js';

type Task = (input: unknown, progress: (...state: never[]) => void) => unknown;

/** A table as a worker needs it: what it is called and holds, whatever its tasks are. */
export interface ServedTable {
  readonly name: string;
  readonly tasks: object;
}

export interface ServedApi {
  /** Calls the task `name` of the table `table` with `input`, and a callback for progress where somebody hears it. */
  run: (
    table: string,
    name: string,
    input: unknown,
    progress: ((...state: never[]) => void) | undefined,
  ) => Promise<unknown>;
}

/**
 * Called once by the script of a worker. A bundler puts the tables into it: a browser's worker cannot load one by its
 * address, as a thread of Node does. `endpoint`: who asks; of a worker, the page that opened it.
 */
export function serveTasks(tables: readonly ServedTable[], endpoint?: Endpoint): void {
  const known = Object.fromEntries(tables.map(({ name, tasks }) => [name, tasks]));
  const api: ServedApi = {
    async run(table, name, input, progress = () => {}) {
      const tasks = entry(known, table) as Readonly<Record<string, TaskEntry<Task>>>;
      return (await entry(tasks, name).load())(input, progress);
    },
  };
  expose(api, endpoint);
}
