// What `codesign` calls: the search in this thread, its tasks in workers. Loaded at first use; tests bring their own.

import type { CodesignCause } from '../../tuner/codesign/codesign-reason.js';
import { turn } from '../../pool/turn.js';
import { makeAsk } from '../prove/ask-z3.js';
import { openTasks } from '../open-tasks.js';
import type { DesignElasticity } from '../../tuner/codesign/elasticities.js';
import type { Codesign, CodesignHooks } from '../../tuner/codesign/codesign-hooks.js';
import type { CodesignBest, CodesignRequest } from '../../tuner/codesign/codesign-request.js';
import type { ParameterStep } from '../../tuner/codesign/parameter-steps.js';
import { shapesOn } from '../../tuner/on-workers.js';

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
  /** Why no machine of a space will do. */
  readonly whyNone?: (
    request: CodesignRequest,
    hooks: Pick<CodesignHooks, 'now' | 'width' | 'shapes' | 'stopped'>,
  ) => Promise<readonly CodesignCause[]>;
  readonly shapes: CodesignHooks['shapes'];
  /** A turn of the event loop. */
  readonly turn?: CodesignHooks['turn'];
  /** Tasks at a time. */
  readonly width: number;
  /** Ends what is still at work. */
  readonly close: () => Promise<void>;
}

export type MakeEngine = (workers: number) => Engine;

const secondsTo = (deadline: number, { now }: Pick<CodesignHooks, 'now'>): number => (deadline - now()) / 1000;

export function makeEngine(workers: number): Engine {
  const runner = openTasks(workers);
  return {
    turn,
    whyNone: async (request, hooks) => {
      const asking = makeAsk();
      try {
        return await (await import('../../tuner/codesign/why-none.js')).whyNone(request, asking.ask, hooks);
      } finally {
        await asking.close();
      }
    },
    codesign: async (request, hooks) => (await import('../../tuner/codesign/codesign.js')).codesign(request, hooks),
    stepCosts: async (request, best, hooks, deadline) =>
      (await import('../../tuner/codesign/parameter-steps.js')).stepCosts(request, best, hooks, deadline),
    elasticities: (request, best, hooks, deadline) =>
      runner.run('elasticities', { request, best, seconds: secondsTo(deadline, hooks) }),
    shapes: shapesOn(runner),
    width: runner.width,
    close: runner.close,
  };
}
