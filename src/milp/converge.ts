// The continuous relaxation of a program, itself convex, to its minimum: linear programs with more and more tangents.

import type { Backend } from '../program/milp.js';
import type { Program } from '../program/program.js';
import { Relaxation } from './relaxation.js';

export interface Relaxed {
  readonly objective: number;
  readonly point: Float64Array;
  /** Per row of the program, what the objective grows by per unit of its right-hand side. */
  readonly duals: Float64Array;
}

/** How far a term may lie below its curve, in shares of the sum that it belongs to. */
const tolerance = 1e-6;
const maxRounds = 200;

/**
 * Undefined where there is no minimum, where time runs out, or where the solver gives no duals. `scale` is about the
 * size of the objective.
 */
export async function converge(
  program: Program,
  backend: Backend,
  scale: number,
  time: { readonly now: () => number; readonly deadline: number },
): Promise<Relaxed | undefined> {
  const milp = new Relaxation(program, scale);
  for (let round = 0; round < maxRounds; round++) {
    const left = (time.deadline - time.now()) / 1000;
    if (left <= 0) return undefined;
    const answer = await backend.solve(milp.build(), { timeLimit: left, gap: 0, relax: true });
    if (answer.status !== 'optimal' || !answer.duals) return undefined;
    if (milp.sharpenBetween(answer.point, tolerance)) continue;
    return {
      objective: answer.objective * scale,
      point: answer.point,
      duals: answer.duals.slice(0, program.rows.length).map((d) => d * scale),
    };
  }
  return undefined;
}
