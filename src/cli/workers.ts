// Who does the work of the verbs: searches in this thread, their tasks in worker threads, as many as the user allows; a lost
// worker costs its task only. Loaded at first use; tests bring their own.

import type { Explainers } from '../library/explain-codesign.js';
import { explainersOn } from '../library/explain-codesign.js';
import { openRunner } from '../pool/node/open-runner.js';
import type { Runner } from '../pool/tasks.js';
import { turn } from '../pool/turn.js';
import type { Codesign, CodesignHooks } from '../tuner/codesign/codesign-hooks.js';
import type { CertifyHooks } from '../tuner/codesign/certify-space.js';
import type { CodesignCause } from '../tuner/codesign/codesign-reason.js';
import type { CodesignRequest } from '../tuner/codesign/codesign-request.js';
import type { Infeasible } from '../tuner/codesign/why-none.js';
import type { Contest } from '../tuner/compare/contest.js';
import { contestOn } from '../tuner/compare/contest.js';
import type { Run } from '../tuner/compare/contest-run.js';
import type { Certify, Solve } from '../tuner/map-network.js';
import type { AskColumns } from '../tuner/network/layer-columns.js';
import { askOn, certifyOn, columnsOn, minimumOn, shapesOn, solveOn } from '../tuner/on-workers.js';
import type { Ask } from '../tuner/prove/fit-question.js';
import type { Proven } from '../tuner/prove/prove.js';
import type { ProveHooks, ProveRequest } from '../tuner/prove/prove-request.js';
import type { TunerTasks } from '../tuner/tuner-tasks.js';
import { tunerTasks } from '../tuner/tuner-tasks.js';

/** `memory`: MB of each worker's heap. */
export const openTasks = (workers: number, memory?: number): Runner<TunerTasks> =>
  openRunner(tunerTasks, workers, memory);

interface Closable {
  /** Ends what is still at work. */
  readonly close: () => Promise<void>;
}

interface Wide extends Closable {
  /** Tasks at a time. */
  readonly width: number;
}

interface Asking extends Closable {
  /** Never rejects: what goes wrong is an unknown, in words. */
  readonly ask: Ask;
}

/** Z3 has a worker of its own, which is ended when it does not come back; the question is then open. */
export function makeAsk(): Asking {
  const runner = openTasks(1);
  return { ask: askOn(runner), close: runner.close };
}

/** For `map`. */
export interface Solving extends Wide {
  readonly solve: Solve;
  readonly certify: Certify;
  readonly columns: AskColumns;
}

export function makeSolve(workers: number): Solving {
  const runner = openTasks(workers);
  const { width, close } = runner;
  return { solve: solveOn(runner), certify: certifyOn(runner), columns: columnsOn(runner), width, close };
}

/** For `codesign`. */
export interface Engine extends Wide, Explainers {
  readonly codesign: Codesign;
  /** Why no machine of a space will do. */
  readonly whyNone?: (
    request: CodesignRequest,
    hooks: Pick<CodesignHooks, 'now' | 'width' | 'shapes' | 'stopped'>,
    known: Infeasible,
  ) => Promise<readonly CodesignCause[]>;
  readonly shapes: CodesignHooks['shapes'];
  readonly certifyShape: CertifyHooks['certifyShape'];
  /** What schedules on single machines are found by. */
  readonly columns?: AskColumns;
  /** A turn of the event loop. */
  readonly turn?: CodesignHooks['turn'];
}

export type MakeEngine = (workers: number) => Engine;

/** `runner`: whoever does the tasks, in place of threads. */
export function makeEngine(workers: number, runner: Runner<TunerTasks> = openTasks(workers)): Engine {
  const { width, close } = runner;
  return {
    turn,
    whyNone: async (request, hooks, known) => {
      const asking = makeAsk();
      try {
        return await (await import('../tuner/codesign/why-none.js')).whyNone(request, asking.ask, hooks, known);
      } finally {
        await asking.close();
      }
    },
    codesign: async (request, hooks) => (await import('../tuner/codesign/codesign.js')).codesign(request, hooks),
    ...explainersOn(runner),
    shapes: shapesOn(runner),
    certifyShape: (input) => runner.run('certifyShape', input),
    columns: columnsOn(runner),
    width,
    close,
  };
}

/** For `prove`. */
export interface Prover extends Closable {
  readonly prove: (request: ProveRequest, hooks: ProveHooks) => Promise<Proven>;
  readonly hooks: Pick<ProveHooks, 'width' | 'shapes' | 'minimum' | 'columns' | 'ask' | 'turn'>;
}

export type MakeProver = (workers: number) => Prover;

export function makeProver(workers: number): Prover {
  const [runner, asking] = [openTasks(workers), makeAsk()];
  return {
    prove: async (request, hooks) => (await import('../tuner/prove/prove.js')).prove(request, hooks),
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

/** For `compare`: every run has a thread of its own, which is ended with it. */
export interface Arenas extends Wide {
  readonly run: (contest: Contest, improved: (best: number) => void) => Promise<Run>;
}

export type MakeArenas = (workers: number, now: () => number) => Arenas;

export function makeArenas(
  workers: number,
  now: () => number,
  runner: Runner<TunerTasks> = openTasks(workers),
): Arenas {
  const { width, close } = runner;
  return { run: contestOn(runner, now), width, close };
}
