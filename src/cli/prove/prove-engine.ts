// What `prove` calls: the search in this thread, its questions about machines, layers and logic in workers. Loaded at first use; tests bring their own.

import { clock } from '../../base/clock.js';
import { Pool } from '../../pool/pool.js';
import type { Least } from '../../tuner/prove/least.js';
import type { LeastTaskInput } from '../../tuner/prove/least-task.js';
import type { Proven } from '../../tuner/prove/prove.js';
import type { ProveHooks, ProveRequest } from '../../tuner/prove/prove-request.js';
import { makeAsk } from './ask-z3.js';
import { makeEngine } from '../codesign/codesign-engine.js';

export interface Prover {
  readonly prove: (request: ProveRequest, hooks: ProveHooks) => Promise<Proven>;
  readonly hooks: Pick<ProveHooks, 'width' | 'shape' | 'least' | 'ask' | 'turn'>;
  /** Ends what is still at work. */
  readonly close: () => Promise<void>;
}

export type MakeProver = (workers: number, now: () => number) => Prover;

/** A question looks at its own clock: after its time and this many seconds more its worker is taken for hung. */
const grace = 60;

const search: Prover['prove'] = async (request, hooks) =>
  (await import('../../tuner/prove/prove.js')).prove(request, hooks);

export function makeProver(workers: number, now: () => number): Prover {
  // Workers are begun with their first task: a proof about one machine never begins those for shapes, nor the other way round.
  const engine = makeEngine(workers);
  const asking = makeAsk(now);
  const leasts = makeLeast(workers);
  return {
    prove: search,
    hooks: {
      width: engine.width,
      shape: engine.run,
      least: leasts.least,
      ask: asking.ask,
      ...(engine.turn && { turn: engine.turn }),
    },
    close: async () => {
      await Promise.all([engine.close(), asking.close(), leasts.close()]);
    },
  };
}

function makeLeast(workers: number): { readonly least: ProveHooks['least']; readonly close: () => Promise<void> } {
  // Sources that are run as they are (tests, tsx) have no compiled worker: all in this thread.
  if (import.meta.url.endsWith('.ts')) {
    return {
      async least(question, seconds) {
        // Solvers never yield: without a turn of the event loop Ctrl-C would not be heard between questions.
        await new Promise((resume) => setImmediate(resume));
        return (await import('../../tuner/prove/least-task.js')).leastTask({
          question,
          until: clock() + seconds * 1000,
        });
      },
      close: () => Promise.resolve(),
    };
  }
  const pool = new Pool(Math.max(1, workers));
  const url = new URL('../../tuner/prove/least-task.js', import.meta.url).href;
  return {
    async least(question, seconds) {
      const input: LeastTaskInput = { question, until: clock() + seconds * 1000 };
      try {
        return (await pool.run({
          url,
          name: 'leastTask',
          input,
          progress: () => {},
          patience: seconds + grace,
        })) as Least;
      } catch (error) {
        return nothing((error as Error).message);
      }
    },
    close: () => pool.close(),
  };
}

/** The answer where there is none: a lost worker costs its question only. */
export const nothing = (reason: string): Least => ({
  found: undefined,
  value: Infinity,
  bound: 0,
  method: 'program',
  reason,
});
