// One program for one solver as a task for a worker thread, which loads that solver and no other.

import type { Backend, Milp, Outcome, SolveOptions } from '../../program/milp.js';

export const racers = ['highs', 'glpk'] as const;
export type Racer = (typeof racers)[number];

export interface ProgramTaskInput {
  readonly solver: Racer;
  readonly milp: Milp;
  readonly options: SolveOptions;
}

const backends: Readonly<Record<Racer, () => Promise<Backend>>> = {
  highs: async () => (await import('../../milp/highs.js')).highs,
  glpk: async () => (await import('../../milp/glpk.js')).glpk,
};

export const programTask = async ({ solver, milp, options }: ProgramTaskInput): Promise<Outcome> =>
  (await backends[solver]()).solve(milp, options);
