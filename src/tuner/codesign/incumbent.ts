// A machine that meets the limits, soon: a spread over the space, then steps from the one that misses least.
//
// The search with bounds has no machine before it has looked at a shape, which may take long. Here mappings are guessed
// (`machine-sketch.ts`) and judged by the cost model, so that whoever stops early has a machine, with the gap that
// is proven. Where only the area is limited, what was found gets the best mappings of its machine, beside the
// search. Where networks or layers are limited, the shapes that can take the minimum of the limits come first, with
// mappings that take the minimum of them.

import { nth } from '../../base/invariant.js';
import { seeded } from '../../base/random.js';
import { costOf } from '../../enumerate/item.js';
import type { DesignPoint } from '../../model/space/design-space.js';
import type { Limits } from '../../model/cost/goal.js';
import { measure } from '../../model/cost/goal.js';
import { quantityOfOneLayer } from '../../model/cost/network-goal.js';
import { templateAt } from '../../model/space/design-space.js';
import { chipArea } from '../../model/machine/template-parts.js';
import { designMoves } from '../../search/design/design-point.js';
import type { Found } from '../../search/strategy.js';
import { seek } from './limit-seeker.js';
import { shapesOf, spreadOf } from './machine-spread.js';
import { limitsOf, totalOf } from './network-limits.js';
import type { Incumbent, Session } from './session.js';
import {
  lesser,
  limitsLayers,
  noPrices,
  objectiveOf,
  pricedValue,
  problemOf,
  sumsOfNetworks,
} from './codesign-problem.js';
import { pricesAt } from './network-products.js';
import type { FoundMachine } from './shape-task.js';
import type { Sketch } from './machine-sketch.js';

/** Seconds of looking before anything else is begun, where nothing is found before. */
const patience = 1.5;
/**
 * The same where networks or layers are limited, and machines looked at in it: bounded work, also where
 * the clock runs fast beside it.
 */
const limitedPatience = 10;
/** Mappings per layer, goal and machine: at first, and how many times more when all of a spread have failed. */
const evaluations = { first: 150, growth: 2, max: 4000 };
/** Seconds for one machine. */
const each = 1.5;
/**
 * What a whole limit may count for beside the objective, as a multiple of it: the least that meets the limits is taken.
 */
const prices = [0, 0.1, 0.3, 1, 3, 10, 100, 1e4];

/** Looks until a machine is found, but no longer than `patience`; goes on beside the search where none is. */
export async function incumbent(session: Session): Promise<Incumbent> {
  const { request, layers, hooks, deadline } = session;
  const guide = problemOf(
    // Mappings are chosen layer by layer: for energy x delay of the totals by the layers' own.
    request.objective === 'edp' ? { ...request, objective: 'layer-edp' } : request,
    layers,
    request.networks.map(() => noPrices),
    request.limits.area ?? Infinity,
  );
  const limits = limitsOf(request);
  const objective = request.objective === 'area' ? [] : [request.objective];
  const goals: Sketch['goals'] = [
    ...new Set([
      ...objective.map(quantityOfOneLayer),
      ...limits.map((l) => quantityOfOneLayer(l.quantity)),
      ...(objective.length + limits.length === 0 ? ['latency' as const] : []),
    ]),
  ];
  const chance = seeded(1);
  const shapes = shapesOf(request);
  const spread = spreadOf(shapes, request);
  const isLimited = limits.length > 0 || limitsLayers(request);
  const moves = designMoves(request.space);
  let best: FoundMachine | undefined;
  /** The machine that misses the limits by the least share in all. */
  let nearest: { readonly point: DesignPoint; readonly missed: number } | undefined;
  let next = 0;
  let ended = false;
  const until = Math.min(deadline, hooks.now() + (isLimited ? limitedPatience : patience) * 1000);
  const over = () => ended || best !== undefined || hooks.stopped() || hooks.now() >= deadline;
  if (isLimited)
    await seek(session, {
      shapes,
      chance,
      over,
      until,
      weigh,
      nearest: () => nearest?.point,
    });
  const lookers = Array.from({ length: Math.min(hooks.width, spread.length) }, () =>
    one(() => over() || hooks.now() >= until),
  );
  await Promise.all(lookers);
  const rest = best ? settle(best) : over() || spread.length === 0 ? Promise.resolve() : one(over);
  return {
    best: () => best,
    async end() {
      ended = true;
      await rest;
    },
  };

  /** Mappings that are the best on the machine, in place of those that were guessed. */
  async function settle({ point, value, found }: FoundMachine): Promise<void> {
    if (limits.length > 0 || request.objective === 'area' || hooks.stopped()) return;
    const isProduct = request.objective === 'edp';
    const prices = isProduct ? pricesAt(request, sumsOfNetworks(request, layers, found)) : undefined;
    const problem = prices ? problemOf(request, layers, prices, request.limits.area ?? Infinity) : guide;
    const limit = prices ? pricedValue(problem, found) : value;
    const seconds = Math.min(each, (deadline - hooks.now()) / 1000);
    const settled = await hooks.shapes.machineAt({ problem, point, limit, seconds }).catch(() => undefined);
    if (settled)
      best = lesser(best, { ...settled.machine, value: objectiveOf(request, layers, settled.machine.found) });
  }

  async function one(done: () => boolean): Promise<void> {
    while (!done()) await look(pointAt(next++));
  }

  function pointAt(i: number): DesignPoint {
    if (i < spread.length) return nth(spread, i);
    return moves.neighbour(nearest?.point ?? chance.pick(spread), chance);
  }

  async function look(point: DesignPoint): Promise<void> {
    const template = templateAt(request.space, point);
    const area = template ? chipArea(template, request.technology) : Infinity;
    if (!template || area > (request.limits.area ?? Infinity)) return;
    const round = Math.floor(next / Math.max(1, spread.length));
    const input: Sketch = {
      space: request.space,
      technology: request.technology,
      layers: layers.map(({ layer, limits }) => ({ layer, limits })),
      padding: request.padding,
      point,
      goals,
      evaluations: Math.min(evaluations.max, evaluations.first * evaluations.growth ** round),
      seconds: Math.max(0.05, Math.min(each, (deadline - hooks.now()) / 1000)),
    };
    const choices = await hooks.shapes.sketch(input).catch(() => undefined);
    if (choices) weigh(point, area, choices);
  }

  /**
   * Keeps a machine, and says so, where some choice among mappings of its layers meets the limits, and how
   * near it comes where none does.
   */
  function weigh(point: DesignPoint, area: number, choices: readonly (readonly Found[])[]): boolean {
    // Of each layer what keeps its own limits, or else what misses them by least.
    const beyond = choices.map((own, i) => own.map((found) => excess(nth(layers, i).limits, found)));
    const minima = beyond.map((own) => Math.min(...own));
    const costs = choices.map((own, i) =>
      own.filter((_, j) => nth(beyond, i)[j] === minima[i]).map((found) => ({ found, ...sharedCost(i, found) })),
    );
    const alone = minima.reduce((sum, x) => sum + x, 0);
    const scale = costs.reduce((sum, own) => sum + Math.min(...own.map((c) => c.own)), 0) || 1;
    for (const price of prices) {
      const priced = (c: (typeof costs)[number][number]) => c.own + price * scale * c.shares;
      const found = costs.map((own) => own.reduce((x, y) => (priced(y) < priced(x) ? y : x)).found);
      const missed = limits.reduce((sum, l) => sum + Math.max(0, totalOf(layers, found, l) / l.limit - 1), alone);
      if (missed < (nearest?.missed ?? Infinity)) nearest = { point, missed };
      if (missed > 0) continue;
      const value = request.objective === 'area' ? area : objectiveOf(request, layers, found);
      if (value < (best?.value ?? Infinity)) best = { point, value, found };
      return true;
    }
    return false;
  }

  /** What a layer's mapping counts for in the objective, and in the limits: the sum of its shares of each. */
  function sharedCost(
    i: number,
    { evaluation: { energy, cycles } }: Found,
  ): { readonly own: number; readonly shares: number } {
    const amounts = { energy, latency: cycles, edp: energy * cycles, 'layer-edp': energy * cycles };
    return {
      own: request.objective === 'area' ? 0 : costOf(nth(guide.terms, i).weights, energy, cycles),
      shares: limits.reduce(
        (sum, { network, quantity, limit }) => sum + (nth(nth(layers, i).counts, network) * amounts[quantity]) / limit,
        0,
      ),
    };
  }
}

/** By what share a mapping misses the limits of its layer, in all. */
const excess = (limits: Limits, { evaluation }: Found): number =>
  (Object.entries(limits) as [keyof Limits, number][]).reduce(
    (sum, [quantity, max]) => sum + Math.max(0, measure(quantity, evaluation) / max - 1),
    0,
  );
