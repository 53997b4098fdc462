// The workers of the page: one that checks questions and makes files, and a new one for every run.

import type { TaskModule } from 'magnet-accelerator';
import { WorkerPool, webWorkers } from 'magnet-accelerator';
import type { DeskTasks, Put } from '../work/desk-tasks.js';
import type { Answer, Progress } from '../work/question.js';

/** Who reads the page cancels; nothing else does. What does the work is in the worker alone. */
const there = {
  load: () => Promise.reject(new Error('the page leaves all work to its workers')),
  patience: () => 2_000_000,
};
const deskTasks: TaskModule<DeskTasks> = {
  url: '',
  name: 'deskTasks',
  tasks: {
    check: there,
    answer: there,
    look: there,
    printed: there,
    section: there,
    layers: there,
    step: there,
    times: there,
    simulate: there,
    synthesize: there,
    runNetwork: there,
    program: there,
    page: there,
    verilog: there,
  },
};

/** Of all workers of this page and of no other: what they fetch is told under it. Without HTTPS there is no `randomUUID`. */
export const workersName = `magnet ${crypto.getRandomValues(new Uint32Array(4)).join('-')}`;

const open = webWorkers(
  () => new Worker(new URL('../work/worker.ts', import.meta.url), { type: 'module', name: workersName }),
)(deskTasks);

export const pool = (): WorkerPool<DeskTasks> => new WorkerPool(open, deskTasks.tasks, 1);

/** Opened when something is first asked of it. */
export const desk = pool();

export interface Running {
  readonly answer: Promise<Answer>;
  /** Ends the run and its workers at once: the answer rejects. */
  readonly cancel: () => void;
  readonly cancelled: () => boolean;
}

export function start(put: Put, progress: (state: Progress) => void): Running {
  const own = pool();
  const answer = own.run('answer', put, { progress }).finally(() => own.close());
  let cancelled = false;
  return {
    answer,
    cancel() {
      cancelled = true;
      void own.close();
    },
    cancelled: () => cancelled,
  };
}
