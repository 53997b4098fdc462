// `--explain`: the answer of the search, asked why.

import { parameters } from '../../model/space/design-space.js';
import { printValue } from '../../interchange/template-fields.js';
import type { StepView } from '../../report/tables/explain-steps.js';
import type { ExplainView } from '../../report/tables/explain-table.js';
import type { CodesignHooks } from '../../tuner/codesign/codesign-hooks.js';
import type { CodesignBest, CodesignRequest } from '../../tuner/codesign/codesign-request.js';
import type { StepCost } from '../../tuner/codesign/parameter-steps.js';
import type { Engine } from './codesign-engine.js';
import type { Explained } from './codesign-answer.js';
import { limitViews, unitOf } from './codesign-view.js';

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

export function explainView(
  request: CodesignRequest,
  best: CodesignBest,
  { steps, elasticities }: Explained,
): ExplainView {
  const all = steps.flatMap((s) => [s.down, s.up]).filter((s) => s !== undefined);
  return {
    objective: best.objective,
    area: best.area,
    unit: unitOf(request.objective),
    steps: parameters.map((p) => {
      const own = steps.find((s) => s.parameter === p);
      const view = (s: StepCost | undefined): StepView | undefined => s && { ...s, value: printValue(p, s.value) };
      return { parameter: p, value: printValue(p, best.point[p]), down: view(own?.down), up: view(own?.up) };
    }),
    limits: limitViews(request, best).map((l) => ({ ...l, binding: binds(l, all) })),
    elasticities,
  };
}

/** Of a limit, what may be left over where the next machine would break it anyhow. */
const slack = 0.01;

/** Hardly anything is left of it, or a step breaks it. */
const binds = (
  { name, limit, used }: { readonly name: string; readonly limit: number; readonly used: number },
  steps: readonly StepCost[],
): boolean => used >= (1 - slack) * limit || (name === 'area' && steps.some((s) => !s.feasible && s.area > limit));
