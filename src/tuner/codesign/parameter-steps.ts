// What the next value of every parameter would cost: the best machine moved by one entry of a
// menu, its mappings solved anew.

import { eachAtOnce } from '../../base/each-at-once.js';
import type { Parameter } from '../../model/space/design-space.js';
import { parameters, templateAt } from '../../model/space/design-space.js';
import { chipArea } from '../../model/machine/template-parts.js';
import { limitsOf, meets } from './network-limits.js';
import type { CodesignProblem, UniqueLayer } from './codesign-problem.js';
import { limitsLayers, noPrices, problemOf, uniqueLayers } from './codesign-problem.js';
import type { CodesignHooks } from './codesign-hooks.js';
import type { CodesignBest, CodesignRequest } from './codesign-request.js';
import type { Mapped } from './shape-task.js';
import type { Found } from '../../search/strategy.js';
import { onlyOn, totalsProblem } from './totals.js';

/** The best mappings of one machine by some weights, with the bounds of all; undefined where there are none in time. */
type AskMachine = (problem: CodesignProblem) => Promise<Mapped | undefined>;

interface LeastOnMachine {
  readonly objective: number;
  readonly bound: number;
  readonly found: readonly Found[];
}

/** A machine with one parameter moved, and its best mappings. */
export interface StepCost {
  /** Of the parameter, as its menu has it. */
  readonly value: number;
  /** +Infinity where there is none. */
  readonly objective: number;
  /** Proven: no mappings on this machine cost less. */
  readonly bound: number;
  /** mm2. */
  readonly area: number;
  /** Within the limits. */
  readonly feasible: boolean;
}

/** One entry down and one up the menu of a parameter; absent where that is no machine of the space. */
export interface ParameterStep {
  readonly parameter: Parameter;
  readonly down?: StepCost | undefined;
  readonly up?: StepCost | undefined;
}

/**
 * What the best machine would cost with one parameter moved by an entry of its menu, its mappings solved anew: for parameters
 * with more than one value, those that are not solved by the deadline (on the clock of `hooks.now`) unknown. Under limits on
 * networks the mappings are the best without them; those of layers are kept where that is possible.
 */
export async function stepCosts(
  request: CodesignRequest,
  best: CodesignBest,
  hooks: Pick<CodesignHooks, 'now' | 'shapes' | 'stopped' | 'doing' | 'width'>,
  deadline = Infinity,
): Promise<readonly ParameterStep[]> {
  const layers = uniqueLayers(request.networks, request.layerLimits);
  const limits = limitsOf(request);
  const unlimited = limitsLayers(request) ? layers.map((l) => ({ ...l, limits: {} })) : undefined;
  const asked = parameters.flatMap((parameter) => {
    const menu = request.space.menus[parameter];
    const at = menu.indexOf(best.point[parameter]);
    return menu.length > 1 ? [{ parameter, down: menu[at - 1], up: menu[at + 1] }] : [];
  });
  const costs = new Map<string, StepCost | undefined>();
  const ways = asked.flatMap(({ parameter, down, up }) => [
    { parameter, way: 'down', value: down },
    { parameter, way: 'up', value: up },
  ]);
  await eachAtOnce(hooks.width, ways, async ({ parameter, way, value }, i) => {
    hooks.doing?.('solving steps', i, ways.length);
    costs.set(`${parameter} ${way}`, await cost(parameter, value));
  });
  return asked.map(({ parameter }) => ({
    parameter,
    down: costs.get(`${parameter} down`),
    up: costs.get(`${parameter} up`),
  }));

  async function cost(parameter: Parameter, value: number | undefined): Promise<StepCost | undefined> {
    if (value === undefined || hooks.stopped()) return undefined;
    const point = { ...best.point, [parameter]: value };
    const template = templateAt(request.space, point);
    if (!template) return undefined;
    const area = chipArea(template, request.technology);
    const fits = area <= (request.limits.area ?? Infinity);
    if (request.objective === 'area') return { value, objective: area, bound: area, area, feasible: fits };
    const ask = async (problem: CodesignProblem): Promise<Mapped | undefined> => {
      const seconds = (deadline - hooks.now()) / 1000;
      return seconds <= 0 ? undefined : hooks.shapes.machineAt({ problem, point, limit: Infinity, seconds });
    };
    const solve = (own: typeof layers) =>
      request.objective === 'edp' ? leastProduct(own) : leastSum(request, own, ask);
    const leastProduct = async (own: typeof layers): Promise<LeastOnMachine | undefined> => {
      const problem = totalsProblem({ request: { ...request, limits: {} }, layers: own });
      const options = { gap: request.gap, deadline, cutoff: Infinity };
      const { best: on, bound } = await onlyOn(point, problem, options, { ...hooks, width: 1 });
      return on && { objective: on.value, bound, found: on.found };
    };
    const kept = await solve(layers);
    // Where some layer cannot keep its limits: what the machine costs without them.
    const solved = kept ?? (unlimited && (await solve(unlimited)));
    if (!solved)
      return hooks.now() >= deadline
        ? { value, objective: Infinity, bound: 0, area, feasible: fits }
        : { value, objective: Infinity, bound: Infinity, area, feasible: false };
    return {
      value,
      objective: solved.objective,
      bound: solved.bound,
      area,
      feasible: fits && kept !== undefined && meets(layers, solved.found, limits),
    };
  }
}

/** The best mappings of one machine where the objective is a sum over layers; undefined where there are none in time. */
async function leastSum(
  request: CodesignRequest,
  layers: readonly UniqueLayer[],
  ask: AskMachine,
): Promise<LeastOnMachine | undefined> {
  const none = request.networks.map(() => noPrices);
  const mapped = await ask(problemOf(request, layers, none, Infinity));
  return (
    mapped && {
      objective: mapped.machine.value,
      bound: mapped.bounds.reduce((a, b) => a + b, 0),
      found: mapped.machine.found,
    }
  );
}
