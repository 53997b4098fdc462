// Worker threads as a transport, through Comlink.

import { Worker } from 'node:worker_threads';
import { proxy, wrap } from 'comlink';
import type { AnswerOf, TaskModule } from '../tasks.js';
import type { Transport } from '../transport.js';
import { nodeEndpoint } from './endpoint.js';
import type { ThreadApi, ThreadData } from './thread.js';

/** `memory`: MB of each thread's heap; one that needs more ends, and costs its task. */
export const threads =
  <Tasks>({ url, name }: TaskModule<Tasks>, memory?: number): Transport<Tasks> =>
  () => {
    const worker = new Worker(new URL('./thread.js', import.meta.url), {
      workerData: { url, name } satisfies ThreadData,
      ...(memory !== undefined && { resourceLimits: { maxOldGenerationSizeMb: memory } }),
    });
    worker.unref();
    const api = wrap<ThreadApi>(nodeEndpoint(worker));
    return {
      // Both sides have one table: what comes back is what its task answers.
      run: (task, input, progress) =>
        api.run(task, input, progress && proxy(progress as (...state: never[]) => void)) as Promise<
          AnswerOf<Tasks[typeof task]>
        >,
      ended: new Promise((resolve) => {
        worker.once('error', (error) => resolve(error.message));
        worker.once('exit', (code) => resolve(`exit ${code}`));
      }),
      busy: (is) => (is ? worker.ref() : worker.unref()),
      end: async () => {
        await worker.terminate();
      },
    };
  };
