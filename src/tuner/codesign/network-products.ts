// Energy x delay of the totals of networks, bounded by searches at prices: energy + price x cycles is a sum over layers again, and
// its bounds are lines below the totals of all machines (`tuner/network/product-lines.ts`).
//
// With one network and no other limits the least product lies on the hull of all totals, so the lines close. With several
// networks each is bounded alone, on whatever machine suits it best: the sum of these bounds may stay apart from the best.

import { nth } from '../../base/invariant.js';
import type { NetworkSums } from '../../model/cost/network-goal.js';
import { ProductLines, boundProduct } from '../network/product-lines.js';
import type { Found } from '../../search/strategy.js';
import type { CodesignProblem, Prices, UniqueLayer } from './codesign-problem.js';
import { noPrices, objectiveOf, problemOf, sumsOfNetworks } from './codesign-problem.js';
import type { CodesignRequest } from './codesign-request.js';
import type { Mapped } from './shape-task.js';

/** Of the gap that is asked for, what the bound of one line may leave. */
const shareOfGap = 1 / 4;
/** Searches at the prices of the best machine's own totals, as long as these find a better one. */
const maxClimbs = 8;
/** Cycles and energies that are limited are sums in another order. */
const beyondRounding = 1 + 1e-9;

/** What the best known machine's networks come to, and how machines are searched for. */
export interface ProductQuestion {
  readonly request: CodesignRequest;
  /** A bound on the priced sum, which may end where that is `enough`; +Infinity where no machine has mappings. */
  readonly search: (prices: readonly Prices[], enough: number) => Promise<number>;
  readonly best: () => readonly NetworkSums[] | undefined;
  readonly over: () => boolean;
}

export interface ProductBounds {
  /** No machine that keeps the limits has less, or less than the best known; +Infinity where none keeps them. */
  readonly bound: () => number;
  /** Until the gap is closed, or more lines would not close it. */
  readonly close: () => Promise<void>;
}

/** Prices that make the sum of products what it is at some totals: a unit of energy counts for the cycles, and a cycle for the energy. */
export const pricesAt = (
  { networks }: Pick<CodesignRequest, 'networks'>,
  sums: readonly NetworkSums[],
): readonly Prices[] =>
  networks.map(({ weight }, k) => {
    const { energy, cycles } = nth(sums, k);
    return { ...noPrices, energy: weight * cycles, latency: weight * energy };
  });

export function productBounds({ request, search, best, over }: ProductQuestion): ProductBounds {
  const { networks, limits, gap } = request;
  const { energy = Infinity, latency = Infinity, edp = Infinity } = limits;
  const lines = networks.map(() => new ProductLines({ energy, cycles: latency }));
  /** From the sum of the layers' own products, which that of the totals is never below. */
  let floor = 0;
  /** What is known of a network's product is its own, or what it is limited to. */
  const cap = (k: number): number => best()?.[k]?.edp ?? edp * beyondRounding;
  const leastOf = (k: number): number => {
    const { product } = nth(lines, k).least(cap(k));
    return best() ? Math.min(product, cap(k)) : product > cap(k) ? Infinity : product;
  };
  const bound = () =>
    Math.max(
      floor,
      networks.reduce((sum, { weight }, k) => sum + weight * leastOf(k), 0),
    );

  /** One line of every network at once, which with several says nothing of each: for better machines. */
  async function climb(): Promise<void> {
    if (best() === undefined)
      floor = await search(
        networks.map(({ weight }) => ({ ...noPrices, 'layer-edp': weight })),
        Infinity,
      );
    const valueOfBest = () => (best() ?? []).reduce((sum, { edp: own }, k) => sum + nth(networks, k).weight * own, 0);
    for (let climbs = 0; climbs < maxClimbs && !over(); climbs++) {
      const sums = best();
      if (!sums) return;
      const before = valueOfBest();
      await search(pricesAt(request, sums), Infinity);
      if (!(valueOfBest() < before * (1 - gap * shareOfGap))) return;
    }
  }

  async function close(): Promise<void> {
    if (networks.length > 1) await climb();
    for (const [k, own] of lines.entries())
      await boundProduct({
        lines: own,
        over,
        target: () => (best() ? cap(k) * (1 - gap) : cap(k)),
        best: () => best()?.[k],
        ask: ({ energy: e, cycles }, enough) =>
          search(
            networks.map((_, i) => (i === k ? { ...noPrices, energy: e, latency: cycles } : noPrices)),
            enough,
          ),
      });
  }
  return { bound, close };
}

/** The best mappings of one machine by some weights, with the bounds of all; undefined where there are none in time. */
export type AskMachine = (problem: CodesignProblem) => Promise<Mapped | undefined>;

export interface LeastOnMachine {
  readonly objective: number;
  readonly bound: number;
  readonly found: readonly Found[];
}

/** The same on one machine. */
export async function leastProduct(
  request: CodesignRequest,
  layers: readonly UniqueLayer[],
  ask: AskMachine,
): Promise<LeastOnMachine | undefined> {
  let best: Pick<LeastOnMachine, 'objective' | 'found'> | undefined;
  let isOver = false;
  const { bound, close } = productBounds({
    request,
    over: () => isOver,
    best: () => best && sumsOfNetworks(request, layers, best.found),
    search: async (prices) => {
      const mapped = await ask(problemOf(request, layers, prices, Infinity));
      if (!mapped) {
        isOver = true;
        return 0;
      }
      const { found } = mapped.machine;
      const objective = objectiveOf(request, layers, found);
      if (objective < (best?.objective ?? Infinity)) best = { objective, found };
      return mapped.bounds.reduce((a, b) => a + b, 0);
    },
  });
  await close();
  return best && { ...best, bound: Math.min(bound(), best.objective) };
}
