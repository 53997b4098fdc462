// What the next value of every parameter would cost: the best machine moved by one entry of a
// menu, its mappings solved anew.

import { eachAtOnce } from '../../base/each-at-once.js';
import { defined } from '../../base/invariant.js';
import type { DesignPoint, Parameter } from '../../model/space/design-space.js';
import { parameters, templateAt } from '../../model/space/design-space.js';
import { chipArea } from '../../model/machine/template-parts.js';
import { limitsOf, meets } from './network-limits.js';
import type { UniqueLayer } from './codesign-problem.js';
import { limitsLayers, noPrices, problemOf, uniqueLayers } from './codesign-problem.js';
import type { CodesignHooks } from './codesign-hooks.js';
import type { CodesignBest, CodesignRequest } from './codesign-request.js';
import type { Found } from '../../search/strategy.js';
import { onlyOn, totalsProblem } from './totals.js';

/** The best on one machine of the space, the area it takes aside. */
export interface LeastOnMachine {
  readonly objective: number;
  /** Proven: nothing on this machine costs less. */
  readonly bound: number;
  /** Whether it keeps the limits on networks and layers. */
  readonly keeps: boolean;
}

/** Undefined where nothing was found: in time, or at all. */
export type LeastOn = (
  point: DesignPoint,
  request: CodesignRequest,
  hooks: StepHooks,
  deadline: number,
) => Promise<LeastOnMachine | undefined>;

type StepHooks = Pick<CodesignHooks, 'now' | 'shapes' | 'stopped' | 'doing' | 'width'>;

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
 * networks the mappings are the best without them; those of layers are kept where that is possible. `leastOn` solves a machine.
 */
export async function stepCosts(
  request: CodesignRequest,
  best: CodesignBest,
  hooks: StepHooks,
  deadline = Infinity,
  leastOn: LeastOn = leastMapped,
): Promise<readonly ParameterStep[]> {
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
    const solved = await leastOn(point, request, hooks, deadline);
    if (!solved)
      return hooks.now() >= deadline
        ? { value, objective: Infinity, bound: 0, area, feasible: fits }
        : { value, objective: Infinity, bound: Infinity, area, feasible: false };
    const { objective, bound, keeps } = solved;
    return { value, objective, bound, area, feasible: fits && keeps };
  }
}

/** Where every tensor goes through DRAM. */
const leastMapped: LeastOn = async (point, request, hooks, deadline) => {
  const layers = uniqueLayers(request.networks, request.layerLimits);
  if (request.objective === 'area') {
    const area = chipArea(defined(templateAt(request.space, point)), request.technology);
    const { area: _, ...limits } = request.limits;
    const problem = totalsProblem({ request: { ...request, limits }, layers });
    const options = { gap: request.gap, deadline, cutoff: Infinity };
    const { best, open } = await onlyOn(point, problem, options, { ...hooks, width: 1 });
    return best || open === 0 ? { objective: area, bound: area, keeps: best !== undefined } : undefined;
  }
  const solve = (own: readonly UniqueLayer[]) =>
    request.objective === 'edp'
      ? leastProduct(point, request, own, hooks, deadline)
      : leastSum(point, request, own, hooks, deadline);
  const kept = await solve(layers);
  if (kept) return { ...kept, keeps: meets(layers, kept.found, limitsOf(request)) };
  // Where some layer cannot keep its limits: what the machine costs without them.
  const without = limitsLayers(request) ? await solve(layers.map((l) => ({ ...l, limits: {} }))) : undefined;
  return without && { ...without, keeps: false };
};

type Solved = Omit<LeastOnMachine, 'keeps'> & { readonly found: readonly Found[] };

async function leastProduct(
  point: DesignPoint,
  request: CodesignRequest,
  layers: readonly UniqueLayer[],
  hooks: StepHooks,
  deadline: number,
): Promise<Solved | undefined> {
  const problem = totalsProblem({ request: { ...request, limits: {} }, layers });
  const options = { gap: request.gap, deadline, cutoff: Infinity };
  const { best: on, bound } = await onlyOn(point, problem, options, { ...hooks, width: 1 });
  return on && { objective: on.value, bound, found: on.found };
}

/** Where the objective is a sum over layers. */
async function leastSum(
  point: DesignPoint,
  request: CodesignRequest,
  layers: readonly UniqueLayer[],
  hooks: StepHooks,
  deadline: number,
): Promise<Solved | undefined> {
  const none = request.networks.map(() => noPrices);
  const problem = problemOf(request, layers, none, Infinity);
  const seconds = (deadline - hooks.now()) / 1000;
  const mapped = seconds <= 0 ? undefined : await hooks.shapes.machineAt({ problem, point, limit: Infinity, seconds });
  return (
    mapped && {
      objective: mapped.machine.value,
      bound: mapped.bounds.reduce((a, b) => a + b, 0),
      found: mapped.machine.found,
    }
  );
}
