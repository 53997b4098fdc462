// What `codesign` calls: the search in this thread, its tasks in workers. Loaded at first use; tests bring their own.

import type { CodesignCause } from '../../tuner/codesign/codesign-reason.js';
import { turn } from '../../pool/turn.js';
import { makeAsk } from '../prove/ask-z3.js';
import { openTasks } from '../open-tasks.js';
import type { Explainers } from '../../library/explain-codesign.js';
import { explainersOn } from '../../library/explain-codesign.js';
import type { Codesign, CodesignHooks } from '../../tuner/codesign/codesign-hooks.js';
import type { CodesignRequest } from '../../tuner/codesign/codesign-request.js';
import { shapesOn } from '../../tuner/on-workers.js';

export interface Engine extends Explainers {
  readonly codesign: Codesign;
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
    ...explainersOn(runner),
    shapes: shapesOn(runner),
    width: runner.width,
    close: runner.close,
  };
}
