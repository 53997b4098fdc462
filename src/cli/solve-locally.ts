// Where layers are solved and certified: in worker threads, as many as the user allows; a lost worker costs its layer only.

import { Pool } from '../pool/pool.js';
import { heuristicAnswer } from '../search/strategy.js';
import type { Answer } from '../search/strategy.js';
import type { MapTaskInput } from '../tuner/map-task.js';
import type { Certification } from '../tuner/certify.js';
import type { CertifyTaskInput } from '../tuner/certify-task.js';
import type { Certify, Solve } from '../tuner/map-network.js';
import { certifyHere, solveHere } from '../tuner/map-network.js';
import { turn } from './turns.js';

export interface Solving {
  readonly solve: Solve;
  readonly certify: Certify;
  /** How many layers are solved at a time. */
  readonly width: number;
  /** Ends what is still at work. */
  readonly close: () => Promise<void>;
}

/** A solver looks at its clock between nodes: after its time and this many seconds more it is taken for hung. */
const grace = 60;

/** `workers` is what the user allows at most. */
export function makeSolve(workers: number, now: () => number): Solving {
  // Sources that are run as they are (tests, tsx) have no compiled worker: solve in this thread.
  if (import.meta.url.endsWith('.ts')) return inThisThread(now);
  const pool = new Pool(Math.max(1, workers));
  const url = new URL('../tuner/map-task.js', import.meta.url).href;
  const certifier = new URL('../tuner/certify-task.js', import.meta.url).href;
  return {
    async solve(task, solver, budget, progress) {
      const input: MapTaskInput = { task, solver, budget };
      try {
        return (await pool.run({
          url,
          name: 'mapTask',
          input,
          progress: progress,
          patience: budget.time + grace,
        })) as Answer;
      } catch (error) {
        return { ...heuristicAnswer(solver, undefined, 0), reason: (error as Error).message };
      }
    },
    async certify(task, answer, budget, progress) {
      const input: CertifyTaskInput = { task, answer, budget };
      try {
        return (await pool.run({
          url: certifier,
          name: 'certifyTask',
          input,
          progress: progress,
          patience: budget.time + grace,
        })) as Certification;
      } catch (error) {
        return {
          status: 'open',
          eps: null,
          target: budget.eps,
          seconds: 0,
          leaves: 0,
          nodes: 0,
          reason: (error as Error).message,
        };
      }
    },
    width: pool.size,
    close: () => pool.close(),
  };
}

function inThisThread(now: () => number): Solving {
  const [here, certifyingHere] = [solveHere(now), certifyHere(now)];
  // Solvers never yield: without a turn of the event loop Ctrl-C would not be heard between layers.
  return {
    solve: async (...question) => {
      await turn();
      return here(...question);
    },
    certify: async (...question) => {
      await turn();
      return certifyingHere(...question);
    },
    width: 1,
    close: () => Promise.resolve(),
  };
}
