// The continuous relaxation of a program, itself convex, to its minimum: linear programs with more and more tangents.

import type { LinearModel } from '../program/linear-oracle.js';
import type { Milp } from '../program/milp.js';
import type { Program } from '../program/program.js';
import { Relaxation } from './relaxation.js';

export interface Relaxed {
  readonly objective: number;
  readonly point: Float64Array;
  /** Per row of the program, what the objective grows by per unit of its right-hand side. */
  readonly duals: Float64Array;
}

/** `LinearOracle`, or one that answers later. */
export interface Oracle {
  open: (milp: Milp) => Promise<
    Pick<LinearModel, 'add' | 'close'> & {
      solve: (afresh: boolean) => ReturnType<LinearModel['solve']> | Promise<ReturnType<LinearModel['solve']>>;
    }
  >;
}

/** How far a sum may lie below its curves, in shares of itself. */
const tolerance = 1e-7;
const maxRounds = 200;

/**
 * Undefined where there is no minimum, or where time runs out. `scale` is about the size of the objective.
 *
 * The end is a proof: with all terms on their curves the point meets every row, and its objective is above the minimum of
 * the tangents, which is below that of the curves, by the tolerance at most.
 */
export async function converge(
  program: Program,
  oracle: Oracle,
  scale: number,
  time: { readonly now: () => number; readonly deadline: number },
): Promise<Relaxed | undefined> {
  if (time.now() >= time.deadline) return undefined;
  const milp = new Relaxation(program, scale);
  const model = await oracle.open(milp.build());
  try {
    for (let round = 0; round < maxRounds && time.now() < time.deadline; round++) {
      let answer = await model.solve(false);
      // From its own basis HiGHS has ended without an answer where it has one from nothing.
      if (answer.status === 'failed') answer = await model.solve(true);
      if (answer.status !== 'optimal') return undefined;
      const known = milp.rows.length;
      if (milp.sharpenBetween(answer.point, tolerance)) {
        model.add(milp.rows.slice(known));
        continue;
      }
      return {
        objective: answer.value * scale,
        point: answer.point,
        duals: answer.duals.slice(0, program.rows.length).map((d) => d * scale),
      };
    }
    return undefined;
  } finally {
    model.close();
  }
}
