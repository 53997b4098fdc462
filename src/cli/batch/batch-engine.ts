// Where parts of a batch are solved: in worker threads, which are ended when they hang; what goes wrong there rejects.

import { entry } from '../../base/invariant.js';
import { Pool } from '../../pool/pool.js';

/** A function of a module under `src`, called with plain data. */
export interface BatchTask {
  /** From `src`, without its ending. */
  readonly module: string;
  readonly name: string;
  readonly input: unknown;
  /** Seconds after which a worker is taken for hung. */
  readonly patience: number;
  /** In a thread of its own: one that has worked before has tables, compiled code and garbage of whoever was there. */
  readonly fresh?: boolean;
}

export interface BatchEngine {
  readonly run: (task: BatchTask) => Promise<unknown>;
  /** Tasks at a time. */
  readonly width: number;
  /** Ends what is still at work. */
  readonly close: () => Promise<void>;
}

/** `memory`: MB of each worker's heap. */
export function makeBatchEngine(workers: number, memory: number | undefined): BatchEngine {
  const compiled = import.meta.url.endsWith('.js');
  const urlOf = (module: string) => new URL(`../../${module}.${compiled ? 'js' : 'ts'}`, import.meta.url).href;
  // Sources that are run as they are (tests, tsx) have no compiled worker: all in this thread.
  if (!compiled) {
    return {
      async run({ module, name, input }) {
        await new Promise((resume) => setImmediate(resume));
        return entry(
          (await import(urlOf(module))) as Readonly<Record<string, (input: unknown, progress: () => void) => unknown>>,
          name,
        )(input, () => {});
      },
      width: 1,
      close: () => Promise.resolve(),
    };
  }
  const pool = new Pool(Math.max(1, workers), memory);
  const open = new Set([pool]);
  const runIn = (where: Pool, { module, name, input, patience }: BatchTask) =>
    where.run({ url: urlOf(module), name, input, progress: () => {}, patience });
  return {
    async run(task) {
      if (!task.fresh) return runIn(pool, task);
      const own = new Pool(1, memory);
      open.add(own);
      try {
        return await runIn(own, task);
      } finally {
        open.delete(own);
        await own.close();
      }
    },
    width: pool.size,
    close: async () => {
      await Promise.all([...open].map((p) => p.close()));
    },
  };
}
