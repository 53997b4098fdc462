// The best machine that a search found, asked why: what one step of every parameter costs, and what more of it would bring.

import type { CodesignHooks } from '../tuner/codesign/codesign-hooks.js';
import type { CodesignBest, CodesignRequest } from '../tuner/codesign/codesign-request.js';
import type { DesignElasticity } from '../tuner/codesign/elasticities.js';
import type { ParameterStep } from '../tuner/codesign/parameter-steps.js';
import type { Explained } from '../results/codesign-answer.js';
import type { Runner } from '../pool/tasks.js';
import type { TunerTasks } from '../tuner/tuner-tasks.js';

type Explain<T> = (
  request: CodesignRequest,
  best: CodesignBest,
  hooks: CodesignHooks,
  deadline: number,
) => Promise<readonly T[]>;

export interface Explainers {
  readonly stepCosts: Explain<ParameterStep>;
  readonly elasticities?: Explain<DesignElasticity>;
}

export const explainersOn = ({ run }: Pick<Runner<TunerTasks>, 'run'>): Explainers => ({
  stepCosts: async (...asked) => (await import('../tuner/codesign/parameter-steps.js')).stepCosts(...asked),
  elasticities: (request, best, { now }, deadline) =>
    run('elasticities', { request, best, seconds: (deadline - now()) / 1000 }),
});

/** Of the time limit, what the search may take where its answer is to be explained too. */
export const searchShare = 0.75;

/** Of the time that is left, what steps may take. */
const stepsShare = 0.7;

export async function explain(
  { stepCosts, elasticities }: Explainers,
  request: CodesignRequest,
  best: CodesignBest,
  hooks: CodesignHooks,
  deadline: number,
): Promise<Explained> {
  // Steps first: elasticities get the last part of the time whatever these take.
  const steps = await stepCosts(request, best, hooks, hooks.now() + (deadline - hooks.now()) * stepsShare);
  return { steps, elasticities: await elasticities?.(request, best, hooks, deadline) };
}
