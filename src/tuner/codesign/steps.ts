// What the next value of every parameter would cost: the best machine moved by one entry of a menu, its mappings solved anew.

import type { Parameter } from '../../model/design-space.js';
import { parameters, templateAt } from '../../model/design-space.js';
import { chipArea } from '../../model/template-parts.js';
import { limitsOf, meets } from './limited.js';
import { noPrices, problemOf, uniqueLayers } from './problem.js';
import type { CodesignBest, CodesignHooks, CodesignRequest } from './request.js';
import type { Mapped } from './shape-task.js';

export interface StepCost {
  readonly value: number;
  /** +Infinity where there is none. */
  readonly objective: number;
  readonly bound: number;
  readonly area: number;
  /** Within the limits. */
  readonly feasible: boolean;
}

export interface ParameterStep {
  readonly parameter: Parameter;
  readonly down?: StepCost | undefined;
  readonly up?: StepCost | undefined;
}

/** For parameters with more than one value, those that are not solved by the deadline unknown. Under limits on networks the mappings are the best without them. */
export async function stepCosts(
  request: CodesignRequest,
  best: CodesignBest,
  hooks: Pick<CodesignHooks, 'now' | 'run' | 'stopped' | 'doing'>,
  deadline = Infinity,
): Promise<readonly ParameterStep[]> {
  const layers = uniqueLayers(request.networks);
  const limits = limitsOf(request);
  const problem = problemOf(
    request,
    layers,
    request.networks.map(() => noPrices),
    Infinity,
  );
  const steps: ParameterStep[] = [];
  for (const [i, parameter] of parameters.entries()) {
    hooks.doing?.('solving steps', i, parameters.length);
    const menu = request.space.menus[parameter];
    const at = menu.indexOf(best.point[parameter]);
    if (menu.length > 1)
      steps.push({ parameter, down: await cost(parameter, menu[at - 1]), up: await cost(parameter, menu[at + 1]) });
  }
  return steps;

  async function cost(parameter: Parameter, value: number | undefined): Promise<StepCost | undefined> {
    if (value === undefined || hooks.stopped()) return undefined;
    const point = { ...best.point, [parameter]: value };
    const template = templateAt(request.space, point);
    if (!template) return undefined;
    const area = chipArea(template, request.technology);
    const fits = area <= (request.limits.area ?? Infinity);
    if (request.objective === 'area') return { value, objective: area, bound: area, area, feasible: fits };
    const seconds = (deadline - hooks.now()) / 1000;
    const solved =
      seconds > 0
        ? ((await hooks.run('machineAt', { problem, point, limit: Infinity, seconds })) as Mapped | undefined)
        : undefined;
    if (!solved)
      return hooks.now() >= deadline
        ? { value, objective: Infinity, bound: 0, area, feasible: fits }
        : { value, objective: Infinity, bound: Infinity, area, feasible: false };
    return {
      value,
      objective: solved.machine.value,
      bound: solved.bounds.reduce((a, b) => a + b, 0),
      area,
      feasible: fits && meets(layers, solved.machine.found, limits),
    };
  }
}
