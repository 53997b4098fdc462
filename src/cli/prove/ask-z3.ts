// Where Z3 thinks: in a worker thread of its own, which is ended when it does not come back; the question is then open.

import { Pool } from '../../pool/pool.js';
import type { Script, Verdict } from '../../smt/script.js';
import type { Z3TaskInput } from '../../smt/z3-task.js';
import { solveScript } from '../../smt/z3.js';

interface Asking {
  /** Never rejects: what goes wrong is an unknown, in words. */
  readonly ask: (script: Script | string, seconds: number) => Promise<Verdict>;
  /** Ends what is still at work. */
  readonly close: () => Promise<void>;
}

/** Z3 looks at its clock now and then: after its time and this many seconds more it is taken for hung. */
const grace = 2;

/** `width` is how many questions are thought about at a time; a question that hangs is given up after `patience` seconds more. */
export function makeAsk(now: () => number, width = 1, patience = grace): Asking {
  // Sources that are run as they are (tests, tsx) have no compiled worker: Z3 thinks in this thread.
  if (import.meta.url.endsWith('.ts'))
    return { ask: (script, seconds) => solveScript(script, { seconds }), close: () => Promise.resolve() };
  const pool = new Pool(width);
  const url = new URL('../../smt/z3-task.js', import.meta.url).href;
  return {
    async ask(script, seconds) {
      const from = now();
      const input: Z3TaskInput = { script, seconds };
      try {
        return (await pool.run({
          url,
          name: 'z3Task',
          input,
          progress: () => {},
          patience: seconds + patience,
        })) as Verdict;
      } catch (error) {
        const { message } = error as Error;
        return {
          status: 'unknown',
          core: [],
          values: new Map(),
          reason: message.includes('gave no answer') ? 'time' : message,
          seconds: (now() - from) / 1000,
        };
      }
    },
    close: () => pool.close(),
  };
}
