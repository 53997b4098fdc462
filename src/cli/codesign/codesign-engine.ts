// What `codesign` calls: the search in this thread, its tasks in workers. Loaded at first use; tests bring their own.

import { entry } from '../../base/invariant.js';
import { Pool } from '../../pool/pool.js';
import { makeAsk } from '../prove/ask-z3.js';
import type { ElasticitiesTaskInput } from '../../tuner/codesign/elasticities-task.js';
import type { DesignElasticity } from '../../tuner/codesign/elasticities.js';
import type { Codesign, CodesignBest, CodesignHooks, CodesignRequest } from '../../tuner/codesign/codesign-request.js';
import type { ParameterStep } from '../../tuner/codesign/parameter-steps.js';

export interface Engine {
  readonly codesign: Codesign;
  readonly stepCosts: (
    request: CodesignRequest,
    best: CodesignBest,
    hooks: CodesignHooks,
    deadline: number,
  ) => Promise<readonly ParameterStep[]>;
  readonly elasticities?: (
    request: CodesignRequest,
    best: CodesignBest,
    hooks: CodesignHooks,
    deadline: number,
  ) => Promise<readonly DesignElasticity[]>;
  /** Why no machine of a space will do, in words. */
  readonly whyNone?: (
    request: CodesignRequest,
    hooks: Pick<CodesignHooks, 'now' | 'width' | 'run' | 'stopped'>,
  ) => Promise<string>;
  readonly run: CodesignHooks['run'];
  /** A turn of the event loop. */
  readonly turn?: CodesignHooks['turn'];
  /** Tasks at a time. */
  readonly width: number;
  /** Ends what is still at work. */
  readonly close: () => Promise<void>;
}

export type MakeEngine = (workers: number) => Engine;

/** Seconds. Tasks look at their own clocks; one that is silent for so long is taken for hung, and its shape stays open. */
const patience = 900;
/** Seconds after its time at which Z3 is taken for hung. */
const hung = 2;

const secondsTo = (deadline: number, { now }: Pick<CodesignHooks, 'now'>): number => (deadline - now()) / 1000;

export function makeEngine(workers: number): Engine {
  const search: Pick<Engine, 'codesign' | 'stepCosts' | 'elasticities' | 'whyNone' | 'turn'> = {
    turn: () => new Promise((resume) => setImmediate(resume)),
    whyNone: async (request, hooks) => {
      const asking = makeAsk(hooks.now, 1, hung);
      try {
        return await (await import('../../tuner/codesign/why-none.js')).whyNone(request, asking.ask, hooks);
      } finally {
        await asking.close();
      }
    },
    codesign: async (request, hooks) => (await import('../../tuner/codesign/codesign.js')).codesign(request, hooks),
    stepCosts: async (request, best, hooks, deadline) =>
      (await import('../../tuner/codesign/parameter-steps.js')).stepCosts(request, best, hooks, deadline),
    elasticities: async (request, best, hooks, deadline) =>
      (await import('../../tuner/codesign/elasticities.js')).elasticities(
        request,
        best,
        hooks,
        secondsTo(deadline, hooks),
      ),
  };
  // Sources that are run as they are (tests, tsx) have no compiled worker: all in this thread.
  if (import.meta.url.endsWith('.ts')) {
    return {
      ...search,
      async run(name, input) {
        // Solvers never yield: without a turn of the event loop Ctrl-C would not be heard between tasks.
        await new Promise((resume) => setImmediate(resume));
        const tasks = (await import('../../tuner/codesign/shape-task.js')) as unknown as Readonly<
          Record<string, (input: unknown) => unknown>
        >;
        return entry(tasks, name)(input);
      },
      width: 1,
      close: () => Promise.resolve(),
    };
  }
  const pool = new Pool(Math.max(1, workers));
  const url = new URL('../../tuner/codesign/shape-task.js', import.meta.url).href;
  const elasticitiesUrl = new URL('../../tuner/codesign/elasticities-task.js', import.meta.url).href;
  return {
    ...search,
    async elasticities(request, best, hooks, deadline) {
      const input: ElasticitiesTaskInput = { request, best, seconds: secondsTo(deadline, hooks) };
      return (await pool.run({
        url: elasticitiesUrl,
        name: 'elasticitiesTask',
        input,
        progress: () => {},
        patience,
      })) as readonly DesignElasticity[];
    },
    run: (name, input) => pool.run({ url, name, input, progress: () => {}, patience }),
    width: pool.size,
    close: () => pool.close(),
  };
}
