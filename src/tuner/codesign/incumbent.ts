// A machine that meets the limits, soon: a spread over the space, then steps from the one that misses least.
//
// The search with bounds has no machine before it has looked at a shape, which may take long. Here mappings are guessed
// (`machine-sketch.ts`) and judged by the cost model, so that whoever stops early has a machine, with the gap that
// is proven. Where only the area is limited, what was found gets the best mappings of its machine, beside the
// search. Where networks or layers are limited, the shapes that can take the minimum of the limits come first, with
// mappings that take the minimum of them. How far that goes is counted in machines and mappings, not in seconds: what is found
// depends neither on the clock nor on which worker is first, but where the time is over.

import type { Work } from '../../base/in-order.js';
import { inOrder } from '../../base/in-order.js';
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
import type { Beside } from './best-first.js';
import { seek } from './limit-seeker.js';
import type { CodesignRequest } from './codesign-request.js';
import type { Shape } from './machine-spread.js';
import { shapesOf, spreadOf } from './machine-spread.js';
import type { NetworkLimit } from './network-limits.js';
import { limitsOf, totalOf } from './network-limits.js';
import type { Session } from './session.js';
import type { CodesignProblem } from './codesign-problem.js';
import {
  lesser,
  limitsLayers,
  noPrices,
  objectiveOf,
  pricedValue,
  pricesAt,
  problemOf,
  sumsOfNetworks,
} from './codesign-problem.js';
import type { FoundMachine } from './shape-task.js';
import type { Sketch } from './machine-sketch.js';

/** Machines of the spread that are looked at before the search begins; more follow beside it. */
const before = 8;
/** The same where networks or layers are limited, after those that `limit-seeker.ts` looked at. */
const beforeLimited = 12;
/** Mappings per layer, goal and machine: at first, and how many times more when all of a spread have failed. */
const evaluations = { first: 150, growth: 2, max: 4000 };
/** Draws for a machine within the area. */
const draws = 50;
/**
 * What a whole limit may count for beside the objective, as a multiple of it: the least that meets the limits is taken.
 */
const prices = [0, 0.1, 0.3, 1, 3, 10, 100, 1e4];

/** Looks until a machine is found, or at so many; then what can be done beside a search: better mappings of it, or looking on. */
export async function incumbent(session: Session): Promise<Beside> {
  const search = new IncumbentSearch(session);
  await search.begin();
  return { best: () => search.best, next: () => search.next() };
}

class IncumbentSearch {
  best: FoundMachine | undefined;
  /** The machine that misses the limits by the least share in all. */
  private nearest: { readonly point: DesignPoint; readonly missed: number } | undefined;
  /** The problem without limits on networks: what mappings are chosen by. */
  private readonly guide: CodesignProblem;
  private readonly limits: readonly NetworkLimit[];
  private readonly goals: Sketch['goals'];
  private readonly chance = seeded(1);
  private readonly shapes: readonly Shape[];
  private readonly spread: readonly DesignPoint[];
  private readonly moves: ReturnType<typeof designMoves>;
  /** Machines looked at. */
  private looked = 0;
  private settled = false;

  constructor(private readonly session: Session) {
    const { request, layers } = session;
    this.guide = problemOf(
      // Mappings are chosen layer by layer: for energy x delay of the totals by the layers' own.
      request.objective === 'edp' ? { ...request, objective: 'layer-edp' } : request,
      layers,
      request.networks.map(() => noPrices),
      request.limits.area ?? Infinity,
    );
    this.limits = limitsOf(request);
    this.goals = goalsOf(request.objective, this.limits);
    this.shapes = shapesOf(request);
    this.spread = spreadOf(this.shapes, request);
    this.moves = designMoves(request.space);
  }

  /** Until a machine is found, or enough were looked at. */
  async begin(): Promise<void> {
    const { hooks, request } = this.session;
    const isLimited = this.limits.length > 0 || limitsLayers(request);
    const over = () => this.isOver();
    if (isLimited)
      await seek(this.session, {
        shapes: this.shapes,
        chance: this.chance,
        over,
        weigh: (point, area, choices) => this.weigh(point, area, choices),
        nearest: () => this.nearest?.point,
      });
    const most = isLimited ? beforeLimited : before;
    await inOrder(hooks.width, () => (this.looked < most ? this.look() : undefined), over);
  }

  /** Better mappings of what was found, or a look at another machine. */
  next(): Work | undefined {
    if (!this.best) return this.isOver() ? undefined : this.look();
    if (this.settled) return undefined;
    this.settled = true;
    return this.settle(this.best);
  }

  private isOver(): boolean {
    const { hooks, deadline } = this.session;
    return this.best !== undefined || hooks.stopped() || hooks.now() >= deadline;
  }

  /** Mappings that are the best on the machine, in place of those that were guessed. */
  private settle({ point, value, found }: FoundMachine): Work | undefined {
    const { request, layers, hooks, deadline } = this.session;
    if (this.limits.length > 0 || request.objective === 'area') return undefined;
    const isProduct = request.objective === 'edp';
    const prices = isProduct ? pricesAt(request, sumsOfNetworks(request, layers, found)) : undefined;
    const problem = prices ? problemOf(request, layers, prices, request.limits.area ?? Infinity) : this.guide;
    const limit = prices ? pricedValue(problem, found) : value;
    return async () => {
      const seconds = Math.max(0, (deadline - hooks.now()) / 1000);
      const input = { problem, point, limit, seconds };
      const better = await hooks.shapes.machineAt(input).catch(() => undefined);
      return () => {
        if (!better) return;
        const value = objectiveOf(request, layers, better.machine.found);
        this.best = lesser(this.best, { ...better.machine, value });
      };
    };
  }

  private pointAt(i: number): DesignPoint {
    const { spread, chance } = this;
    if (i < spread.length) return nth(spread, i);
    return this.moves.neighbour(this.nearest?.point ?? chance.pick(spread), chance);
  }

  /** A look at the next machine that is one, within the area; undefined where there seems to be none. */
  private look(): Work | undefined {
    const { request, layers, hooks, deadline } = this.session;
    for (let drawn = 0; drawn < draws && this.spread.length > 0; drawn++) {
      const point = this.pointAt(this.looked++);
      const template = templateAt(request.space, point);
      const area = template ? chipArea(template, request.technology) : Infinity;
      if (!template || area > (request.limits.area ?? Infinity)) continue;
      const round = Math.floor(this.looked / this.spread.length);
      const input: Omit<Sketch, 'seconds'> = {
        space: request.space,
        technology: request.technology,
        layers: layers.map(({ layer, limits }) => ({ layer, limits })),
        padding: request.padding,
        point,
        goals: this.goals,
        evaluations: Math.min(evaluations.max, evaluations.first * evaluations.growth ** round),
      };
      return async () => {
        const seconds = Math.max(0.05, (deadline - hooks.now()) / 1000);
        const choices = await hooks.shapes.sketch({ ...input, seconds }).catch(() => undefined);
        return () => {
          // The first in this order is the one, though others were begun.
          if (choices && !this.best) this.weigh(point, area, choices);
        };
      };
    }
    return undefined;
  }

  /**
   * Keeps a machine, and says so, where some choice among mappings of its layers meets the limits, and how
   * near it comes where none does.
   */
  private weigh(point: DesignPoint, area: number, choices: readonly (readonly Found[])[]): boolean {
    const { request, layers } = this.session;
    // Of each layer what keeps its own limits, or else what misses them by least.
    const beyond = choices.map((own, i) => own.map((found) => excess(nth(layers, i).limits, found)));
    const minima = beyond.map((own) => Math.min(...own));
    const costs = choices.map((own, i) =>
      own.filter((_, j) => nth(beyond, i)[j] === minima[i]).map((found) => ({ found, ...this.sharedCost(i, found) })),
    );
    const alone = minima.reduce((sum, x) => sum + x, 0);
    const scale = costs.reduce((sum, own) => sum + Math.min(...own.map((c) => c.own)), 0) || 1;
    for (const price of prices) {
      const priced = (c: SharedCost) => c.own + price * scale * c.shares;
      const found = costs.map((own) => own.reduce((x, y) => (priced(y) < priced(x) ? y : x)).found);
      const missed = this.limits.reduce((sum, l) => sum + Math.max(0, totalOf(layers, found, l) / l.limit - 1), alone);
      if (missed < (this.nearest?.missed ?? Infinity)) this.nearest = { point, missed };
      if (missed > 0) continue;
      const value = request.objective === 'area' ? area : objectiveOf(request, layers, found);
      if (value < (this.best?.value ?? Infinity)) this.best = { point, value, found };
      return true;
    }
    return false;
  }

  private sharedCost(i: number, { evaluation: { energy, cycles } }: Found): SharedCost {
    const { request, layers } = this.session;
    const amounts = { energy, latency: cycles, edp: energy * cycles, 'layer-edp': energy * cycles };
    return {
      own: request.objective === 'area' ? 0 : costOf(nth(this.guide.terms, i).weights, energy, cycles),
      shares: this.limits.reduce(
        (sum, { network, quantity, limit }) => sum + (nth(nth(layers, i).counts, network) * amounts[quantity]) / limit,
        0,
      ),
    };
  }
}

/** What a layer's mapping counts for in the objective, and in the limits: the sum of its shares of each. */
interface SharedCost {
  readonly own: number;
  readonly shares: number;
}

/** What mappings are guessed for: all that is minimised or limited. */
function goalsOf(objective: CodesignRequest['objective'], limits: readonly NetworkLimit[]): Sketch['goals'] {
  const quantities = [...(objective === 'area' ? [] : [objective]), ...limits.map((l) => l.quantity)];
  return quantities.length === 0 ? ['latency'] : [...new Set(quantities.map(quantityOfOneLayer))];
}

/** By what share a mapping misses the limits of its layer, in all. */
const excess = (limits: Limits, { evaluation }: Found): number =>
  (Object.entries(limits) as [keyof Limits, number][]).reduce(
    (sum, [quantity, max]) => sum + Math.max(0, measure(quantity, evaluation) / max - 1),
    0,
  );
