// HiGHS and GLPK on the same program, each in a worker of its own: the first proof wins, and who is still at work is ended.

import { failed } from '../../base/stop-reason.js';
import { glpkInstalled } from '../../milp/glpk.js';
import { highs, loadHighs } from '../../milp/highs.js';
import { contradictsPoint } from '../../milp/points.js';
import { hasThreads, openRunner } from '../../pool/node/open-runner.js';
import type { Runner } from '../../pool/tasks.js';
import type { Backend, Milp, Outcome, SolveOptions } from '../../program/milp.js';
import type { Racer } from './program-task.js';
import { racers } from './program-task.js';
import type { RaceTasks } from './race-tasks.js';
import { raceTasks } from './race-tasks.js';

/** One solver in a worker, which stays for the next program; ended while it works, it begins anew with the next. */
export interface Entrant {
  readonly solve: Backend['solve'];
  readonly end: () => Promise<void>;
}

/** What starts an entrant; undefined where there are no threads or no GLPK, and HiGHS runs alone. */
export type Field = () => Promise<readonly Entrant[] | undefined>;

/** `end` ends whoever was started: an idle thread may keep a process from its end. */
export const race = (field: Field = inThreads()): Backend & Pick<Entrant, 'end'> => ({
  name: 'race',
  async end() {
    await Promise.all(((await field()) ?? []).map((entrant) => entrant.end()));
  },
  async solve(milp, options) {
    // A relaxation is a matter of milliseconds, and HiGHS says its duals.
    const isRelaxed = options.relax === true || !milp.columns.some((c) => c.integer);
    const entrants = isRelaxed ? undefined : await field();
    return entrants ? firstProof(entrants, milp, options) : highs.solve(milp, options);
  },
});

async function firstProof(entrants: readonly Entrant[], milp: Milp, options: SolveOptions): Promise<Outcome> {
  const atWork = new Set(entrants);
  const runs = entrants.map(async (entrant) => {
    const outcome = await entrant.solve(milp, options);
    atWork.delete(entrant);
    return contradictsPoint(outcome, milp, options.start)
      ? unknown('a solver contradicts the point that it was given')
      : outcome;
  });
  const proof = new Promise<Outcome>((resolve) => {
    for (const run of runs) void run.then((outcome) => isProof(outcome) && resolve(outcome));
  });
  const first = await Promise.race([proof, Promise.all(runs).then((all) => all.reduce(together))]);
  await Promise.all([...atWork].map((entrant) => entrant.end()));
  return first;
}

const isProof = ({ status }: Outcome): boolean => status === 'optimal' || status === 'infeasible';

const unknown = (message: string): Outcome => ({ status: 'unknown', bound: -Infinity, reason: failed(message) });

/** What two solvers know that have proven nothing: the better point, and the higher bound. */
export function together(a: Outcome, b: Outcome): Outcome {
  if (a.status === 'infeasible' || b.status === 'infeasible') return a.status === 'infeasible' ? a : b;
  const bound = Math.max(a.bound, b.bound);
  if (a.status === 'unknown') return { ...b, bound };
  if (b.status === 'unknown') return { ...a, bound };
  return { ...(b.objective < a.objective ? b : a), bound };
}

/**
 * Threads that are opened once, for all programs of a layer. This thread keeps both solvers loaded too: compiled code is shared by
 * all threads while one of them has it, so that who takes the place of an ended worker begins with code that is optimised.
 */
function inThreads(): Field {
  let opened: Promise<readonly Entrant[] | undefined> | undefined;
  return () => (opened ??= open());
}

async function open(): Promise<readonly Entrant[] | undefined> {
  if (!hasThreads(raceTasks) || !(await glpkInstalled())) return undefined;
  await loadHighs();
  return racers.map((solver) => entrantIn(() => openRunner(raceTasks, 1), solver));
}

export function entrantIn(openWorker: () => Runner<RaceTasks>, solver: Racer): Entrant {
  let worker: Runner<RaceTasks> | undefined;
  return {
    async solve(milp, options) {
      worker ??= openWorker();
      try {
        return await worker.run('program', { solver, milp, options });
      } catch (error) {
        return unknown(error instanceof Error ? error.message : String(error));
      }
    },
    async end() {
      const ended = worker;
      worker = undefined;
      await ended?.close();
    },
  };
}
