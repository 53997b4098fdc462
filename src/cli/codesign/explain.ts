// `--explain`: the answer of the search, asked why.

import type { CodesignHooks } from '../../tuner/codesign/codesign-hooks.js';
import type { CodesignBest, CodesignRequest } from '../../tuner/codesign/codesign-request.js';
import type { Engine } from './codesign-engine.js';
import type { Explained } from '../../results/codesign-answer.js';

/** Of the time that is left, what steps may take. */
const stepsShare = 0.7;

export async function explain(
  engine: Engine,
  request: CodesignRequest,
  best: CodesignBest,
  hooks: CodesignHooks,
  deadline: number,
): Promise<Explained> {
  // Steps first: elasticities get the last part of the time whatever these take.
  const steps = await engine.stepCosts(request, best, hooks, hooks.now() + (deadline - hooks.now()) * stepsShare);
  return { steps, elasticities: await engine.elasticities?.(request, best, hooks, deadline) };
}
