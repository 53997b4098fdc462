// Co-design under limits on the energy, the latency or the EDP of networks: Lagrange's multipliers on the limits.
//
// With prices on what is limited, layers are independent again, and the minimum of (objective + price x
// (quantity - limit)) is a bound on every machine that meets the limits. The prices are found by halving;
// whatever they are, bounds hold.

import { defined, nth } from '../../base/invariant.js';
import type { Found } from '../../search/strategy.js';
import { bestFirst } from './best-first.js';
import type { Incumbent, SearchOutcome, Session } from './session.js';
import { termsOf, valueOf, whyEnded, within } from './session.js';
import type { Prices, CodesignProblem, UniqueLayer } from './codesign-problem.js';
import { lesser, noPrices, problemOf } from './codesign-problem.js';
import type { CodesignReason } from './codesign-reason.js';
import type { CodesignRequest } from './codesign-request.js';
import type { FoundMachine } from './shape-task.js';

export interface NetworkLimit {
  readonly network: number;
  readonly quantity: keyof Prices;
  readonly limit: number;
}

const quantities = ['energy', 'latency', 'edp'] as const;

export const limitsOf = ({ networks, limits }: CodesignRequest): readonly NetworkLimit[] =>
  quantities.flatMap((quantity) => {
    const limit = limits[quantity];
    return limit === undefined ? [] : networks.map((_, network) => ({ network, quantity, limit }));
  });

/** What a network takes of a limited quantity: the sum over its layers, as often as it has them. */
export function totalOf(
  layers: readonly UniqueLayer[],
  found: readonly Found[],
  { network, quantity }: Pick<NetworkLimit, 'network' | 'quantity'>,
): number {
  return layers.reduce((sum, { counts }, i) => {
    const { energy, cycles } = nth(found, i).evaluation;
    return (
      sum + nth(counts, network) * (quantity === 'energy' ? energy : quantity === 'latency' ? cycles : energy * cycles)
    );
  }, 0);
}

export const meets = (
  layers: readonly UniqueLayer[],
  found: readonly Found[],
  limits: readonly NetworkLimit[],
): boolean => limits.every((l) => totalOf(layers, found, l) <= l.limit);

/** Prices of what is limited, for every network. */
const pricesOf = (
  { networks }: CodesignRequest,
  limits: readonly NetworkLimit[],
  price: (l: NetworkLimit) => number,
): readonly Prices[] =>
  networks.map(
    (_, k) =>
      Object.fromEntries(
        quantities.map((q) => [
          q,
          limits.filter((l) => l.network === k && l.quantity === q).reduce((sum, l) => sum + price(l), 0),
        ]),
      ) as unknown as Prices,
  );

/**
 * Whether limits can be met: the sum of what they limit, each as a share of its limit, is at most their number where
 * they are. Where there are none latency stands for everything: any machine with mappings serves.
 */
export function sharesOf(
  request: CodesignRequest,
  layers: readonly UniqueLayer[],
  limits: readonly NetworkLimit[],
  area: number,
): CodesignProblem {
  const prices =
    limits.length === 0
      ? request.networks.map(() => ({ ...noPrices, latency: 1 }))
      : pricesOf(request, limits, (l) => 1 / l.limit);
  return problemOf({ ...request, networks: request.networks.map((n) => ({ ...n, weight: 0 })) }, layers, prices, area);
}

/** Where the sum of shares is proven to be above `bound`, their number. */
export const limitsMissed = (
  request: CodesignRequest,
  limits: readonly NetworkLimit[],
  bound: number,
): CodesignReason => ({
  kind: 'limits',
  space: request.space.name,
  area: request.limits.area,
  missed: limits.map(({ network, quantity, limit }) => ({
    network: nth(request.networks, network).network.name,
    quantity,
    max: limit,
  })),
  min: limits.length === 1 ? bound * nth(limits, 0).limit : undefined,
});

/**
 * The share of the time that each search may take: without prices, for anything that meets the limits, at each price.
 */
const share = 1 / 4;
const halvings = 24;

export async function limited(session: Session, { best: guessed }: Incumbent): Promise<SearchOutcome> {
  const { request, layers, hooks, deadline, progress } = session;
  const limits = limitsOf(request);
  const terms = termsOf(request, layers);
  const none = request.networks.map(() => noPrices);
  const whole = deadline - hooks.now();
  let found: FoundMachine | undefined;
  let bound = 0;
  let nodes = 0;
  let shapes = 0;
  const best = () => lesser(found, guessed());
  const soFar = (status: SearchOutcome['status'], reason: SearchOutcome['reason']): SearchOutcome => ({
    best: best(),
    objective: best()?.value ?? Infinity,
    bound,
    status,
    reason,
    nodes,
    shapes,
  });
  const closed = () => best() !== undefined && within(request.gap, defined(best()).value, bound);
  const over = () => hooks.stopped() || hooks.now() >= deadline;

  /** The least priced sum: its machine, and a bound on the objective of all machines that meet the limits. */
  async function at(prices: readonly Prices[], gap: number) {
    const offset = limits.reduce((sum, l) => sum + nth(prices, l.network)[l.quantity] * l.limit, 0);
    const problem = problemOf(request, layers, prices, request.limits.area ?? Infinity);
    const result = await bestFirst(
      problem,
      {
        gap,
        deadline: Math.min(deadline, hooks.now() + share * whole),
        known: [],
        bounds: new Map(),
        progress: (state) =>
          progress(
            {
              ...state,
              nodes: nodes + state.nodes,
              best: best(),
              bound: Math.min(Math.max(bound, state.bound - offset), best()?.value ?? Infinity),
            },
            () => [],
          ),
      },
      hooks,
    );
    nodes += result.nodes;
    shapes = result.shapes;
    if (result.status !== 'infeasible') bound = Math.max(bound, result.bound - offset);
    if (result.best) consider(result.best);
    return result;
  }

  /** Keeps a machine that meets the limits, valued by the objective alone. */
  function consider(machine: FoundMachine): boolean {
    if (!meets(layers, machine.found, limits)) return false;
    const valued = { ...machine, value: valueOf(terms, machine) };
    found = lesser(found, valued);
    return true;
  }

  const first = await at(none, request.gap);
  if (first.status === 'infeasible') return soFar('infeasible', whyEnded('infeasible', request, hooks));
  if (closed()) return soFar('closed', undefined);
  if (over()) return soFar('stopped', whyEnded('stopped', request, hooks));

  // Can the limits be met at all?
  const min = await bestFirst(
    sharesOf(request, layers, limits, request.limits.area ?? Infinity),
    {
      gap: request.gap,
      deadline: Math.min(deadline, hooks.now() + share * whole),
      known: [],
      bounds: new Map(),
      enough: (machine, b) => (machine !== undefined && consider(machine)) || b > limits.length,
      progress: (state) => progress({ ...state, nodes: nodes + state.nodes, best: best(), bound }, () => []),
    },
    hooks,
  );
  nodes += min.nodes;
  if (!best() && min.bound > limits.length) return soFar('infeasible', limitsMissed(request, limits, min.bound));

  // What each limit costs: the objective against the limit, where the limit is missed.
  const known = first.best ?? min.best;
  if (!known) return soFar('stopped', whyEnded('stopped', request, hooks));
  const scale = (l: NetworkLimit) =>
    !first.best || totalOf(layers, first.best.found, l) > l.limit ? valueOf(terms, known) / l.limit : 0;
  // The larger the prices, the more a machine keeps to the limits: halve between too low and high enough.
  let [low, high] = [0, Infinity];
  let factor = 1;
  for (let i = 0; i < halvings && !closed() && !over(); i++) {
    const { best: machine } = await at(
      pricesOf(request, limits, (l) => factor * scale(l)),
      request.gap / 2,
    );
    if (machine && meets(layers, machine.found, limits)) high = factor;
    else low = factor;
    factor = high === Infinity ? factor * 4 : low === 0 ? factor / 4 : Math.sqrt(low * high);
    if (high / low < 1 + request.gap / 10) break;
  }
  if (closed()) return soFar('closed', undefined);
  return soFar('stopped', over() ? whyEnded('stopped', request, hooks) : { kind: 'price-gap' });
}
