// The search that a session is for, over all machines within its gap: from what is known, guessed and was proven before.

import type { Beside } from './best-first.js';
import { bestFirst } from './best-first.js';
import type { TotalsProblem } from './codesign-problem.js';
import type { Checkpoint } from './codesign-request.js';
import type { FoundMachine } from './found-machine.js';
import type { SearchOutcome, Session } from './session.js';
import { whyEnded } from './session.js';

interface Beginning {
  readonly known: FoundMachine | undefined;
  readonly beside: Beside;
  readonly resume: Checkpoint | undefined;
  /** Boxes looked at before. */
  readonly nodes?: number;
}

export async function wholeSearch(
  { request, hooks, deadline, progress }: Session,
  problem: TotalsProblem,
  { known, beside, resume, nodes = 0 }: Beginning,
): Promise<SearchOutcome> {
  const result = await bestFirst(
    problem,
    {
      gap: request.gap,
      deadline,
      known: known ? [known] : [],
      beside,
      bounds: new Map(resume?.shapes.map((s) => [s.key, s.bound])),
      progress: (state, bounds) => progress({ ...state, nodes: nodes + state.nodes }, bounds),
    },
    hooks,
  );
  return {
    best: result.best,
    objective: result.best?.value ?? Infinity,
    bound: result.bound,
    status: result.status === 'enough' ? 'closed' : result.status,
    reason: whyEnded(result.status, request, hooks),
    nodes: nodes + result.nodes,
    shapes: result.shapes,
  };
}
