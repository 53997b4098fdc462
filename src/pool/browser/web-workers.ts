// Workers of a browser as a transport, through Comlink.

import { proxy, wrap } from 'comlink';
import type { AnswerOf, TaskModule } from '../tasks.js';
import type { Transport } from '../transport.js';
import type { ServedApi } from './serve.js';

/** Tasks of any table by workers that `make` opens, whose script calls `serveTasks` with that table among others. */
export const webWorkers =
  (make: () => Worker) =>
  <Tasks>({ name }: TaskModule<Tasks>): Transport<Tasks> =>
  () => {
    const worker = make();
    const api = wrap<ServedApi>(worker);
    let over = (_why: string) => {};
    const ended = new Promise<string>((resolve) => (over = resolve));
    // A script that could not be loaded is such an event too, without a message.
    worker.addEventListener('error', (event) => {
      worker.terminate();
      over(event.message || 'its script could not be loaded');
    });
    return {
      // Both sides have one table: what comes back is what its task answers.
      run: (task, input, progress) =>
        api.run(name, task, input, progress && proxy(progress as (...state: never[]) => void)) as Promise<
          AnswerOf<Tasks[typeof task]>
        >,
      ended,
      // A browser keeps a page as long as its reader does.
      busy: () => {},
      end: () => {
        worker.terminate();
        over('terminated');
        return Promise.resolve();
      },
    };
  };
