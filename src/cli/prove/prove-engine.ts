// What `prove` calls: the search in this thread, its questions about machines, layers and logic in workers. Loaded at
// first use; tests bring their own.

import { turn } from '../../pool/turn.js';
import { columnsOn, minimumOn, shapesOn } from '../../tuner/on-workers.js';
import type { Proven } from '../../tuner/prove/prove.js';
import type { ProveHooks, ProveRequest } from '../../tuner/prove/prove-request.js';
import { openTasks } from '../open-tasks.js';
import { makeAsk } from './ask-z3.js';

export interface Prover {
  readonly prove: (request: ProveRequest, hooks: ProveHooks) => Promise<Proven>;
  readonly hooks: Pick<ProveHooks, 'width' | 'shapes' | 'minimum' | 'columns' | 'ask' | 'turn'>;
  /** Ends what is still at work. */
  readonly close: () => Promise<void>;
}

export type MakeProver = (workers: number) => Prover;

const search: Prover['prove'] = async (request, hooks) =>
  (await import('../../tuner/prove/prove.js')).prove(request, hooks);

export function makeProver(workers: number): Prover {
  // Z3 has a worker of its own: one that hangs must not cost what others know.
  const [runner, asking] = [openTasks(workers), makeAsk()];
  return {
    prove: search,
    hooks: {
      width: runner.width,
      shapes: shapesOn(runner),
      minimum: minimumOn(runner),
      columns: columnsOn(runner),
      ask: asking.ask,
      turn,
    },
    close: async () => {
      await Promise.all([runner.close(), asking.close()]);
    },
  };
}
