// What runs inside a worker thread: named functions of named modules, called with plain data.

import { entry } from '../base/invariant.js';
import { parentPort } from 'node:worker_threads';
import { expose } from 'comlink';
import { nodeEndpoint } from './endpoint.js';

export interface WorkerApi {
  /** Calls `name` of the module at `url` with `input` and a callback for progress. */
  run: (url: string, name: string, input: unknown, progress: (...news: unknown[]) => void) => Promise<unknown>;
}

const api: WorkerApi = {
  async run(url, name, input, progress) {
    const module = (await import(url)) as Record<
      string,
      (input: unknown, progress: (...news: unknown[]) => void) => unknown
    >;
    return entry(module, name)(input, progress);
  },
};

if (parentPort) expose(api, nodeEndpoint(parentPort));
