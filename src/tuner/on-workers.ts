// What the searches ask, handed to whoever runs tasks: a lost worker costs its question only, and its answer says so.

import type { StopReason } from '../base/stop-reason.js';
import { failed, timeLimit } from '../base/stop-reason.js';
import { clock } from '../base/clock.js';
import { Hung } from '../pool/pool.js';
import type { Remote, Runner } from '../pool/tasks.js';
import { heuristicAnswer } from '../search/strategy.js';
import type { ShapeTasks } from './codesign/shape-task.js';
import type { Certify, Solve } from './map-network.js';
import type { ColumnsAnswer } from './network/columns-task.js';
import type { AskColumns } from './network/layer-columns.js';
import type { Ask } from './prove/fit-question.js';
import type { Minimum } from './prove/minimum.js';
import type { ProveHooks } from './prove/prove-request.js';
import type { TunerTasks } from './tuner-tasks.js';

type TunerRunner = Pick<Runner<TunerTasks>, 'run'>;

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export const solveOn =
  ({ run }: TunerRunner): Solve =>
  (task, solver, budget, progress) =>
    run('map', { task, solver, budget }, { progress }).catch((error: unknown) => ({
      ...heuristicAnswer(solver, undefined, 0),
      reason: { kind: 'failed', message: messageOf(error) },
    }));

export const certifyOn =
  ({ run }: TunerRunner): Certify =>
  (task, answer, budget, progress) =>
    run('certify', { task, answer, budget }, { progress }).catch((error: unknown) => ({
      status: 'open',
      eps: null,
      target: budget.eps,
      seconds: 0,
      leaves: 0,
      nodes: 0,
      reason: { kind: 'failed', message: messageOf(error) },
    }));

export const minimumOn =
  ({ run }: TunerRunner): ProveHooks['minimum'] =>
  (question, seconds) =>
    run('minimum', { question, until: clock() + seconds * 1000 }).catch((error: unknown) =>
      nothingKnown(failed(messageOf(error))),
    );

/** What is not found in a lost worker is open. */
export const columnsOn =
  ({ run }: TunerRunner): AskColumns =>
  (question, seconds) =>
    run('columns', { question, until: clock() + seconds * 1000 }).catch(() => noColumns);

export const noColumns: ColumnsAnswer = { found: [], whole: false };

/** Of a question that nobody answered. */
export const nothingKnown = (reason: StopReason): Minimum => ({
  found: undefined,
  value: Infinity,
  bound: 0,
  method: 'program',
  reason,
});

/** What goes wrong is an unknown, in words. */
export const askOn =
  ({ run }: TunerRunner): Ask =>
  async (script, seconds) => {
    const from = clock();
    try {
      return await run('z3', { script, seconds });
    } catch (error) {
      return {
        status: 'unknown',
        core: [],
        values: new Map(),
        reason: error instanceof Hung ? timeLimit : failed(messageOf(error)),
        seconds: (clock() - from) / 1000,
      };
    }
  };

/** Parts of a search over machines: here a lost worker rejects, and the search keeps what was proven of its shape. */
export const shapesOn = ({ run }: TunerRunner): Remote<ShapeTasks> => ({
  floors: (input) => run('floors', input),
  advance: (input) => run('advance', input),
  machineAt: (input) => run('machineAt', input),
  sketch: (input) => run('sketch', input),
});
