// Machines that meet limits on networks or layers, looked for quickly: the shapes that take the minimum of the limits by
// a quick bound, each with the best mappings of one machine of it, then steps from the machine that misses least.
//
// What makes it quick: collectors are of one depth each, and the EDP counts a little beside what is limited, as what costs
// nothing (the energy, say, where the latency is limited) cuts no search off. Nothing is proven here.

import type { Work } from '../../base/in-order.js';
import { inOrder } from '../../base/in-order.js';
import { nth } from '../../base/invariant.js';
import type { Random } from '../../base/random.js';
import type { DesignPoint } from '../../model/space/design-space.js';
import { templateAt } from '../../model/space/design-space.js';
import { chipArea } from '../../model/machine/template-parts.js';
import { macs } from '../../model/workload/layer.js';
import { designMoves } from '../../search/design/design-point.js';
import type { Found } from '../../search/strategy.js';
import type { CodesignProblem, Prices } from './codesign-problem.js';
import { noPrices, problemOf } from './codesign-problem.js';
import type { NetworkLimit } from './network-limits.js';
import { limitsOf, pricedAs, totalOf } from './network-limits.js';
import type { Shape } from './machine-spread.js';
import { isPlainlyBeyond } from './plain-limits.js';
import { mostPromising, narrowed } from './machine-spread.js';
import type { Session } from './session.js';

/** What the EDP counts for, as a share of a limit; once a machine misses by little next to nothing. */
const edpShares = [1, 0.05] as const;
/** Mappings of one machine are looked for again, at other prices, where it misses a limit by no more than this. */
const near = 0.15;
/** Machines that are looked at before that. */
const first = 6;
/** How strongly the price of a limit follows from what is taken of it. */
const follow = 4;
/** How long mappings of one machine are looked for: the search asks so often whether its time is over, in seconds. */
const each = 100_000;
/** Machines looked at in all. */
const most = 30;
/** What shapes beside one another differ in. */
const multipliers = ['vectorSize', 'numLanes', 'rows', 'columns'] as const;
/** Draws for a machine within the area. */
const draws = 50;

interface Near {
  readonly point: DesignPoint;
  /** By what share the limit that is missed most. */
  readonly missed: number;
  /** What each limit's price is times what it was at first. */
  readonly factors: readonly number[];
  readonly choices: readonly (readonly Found[])[];
}

interface Seek {
  readonly shapes: readonly Shape[];
  readonly chance: Random;
  /** Nothing more is to be begun. */
  readonly over: () => boolean;
  /** Weighs mappings of the layers on a machine; whether it meets the limits. */
  readonly weigh: (point: DesignPoint, area: number, choices: readonly (readonly Found[])[]) => boolean;
  /** The machine that misses the limits by least so far. */
  readonly nearest: () => DesignPoint | undefined;
}

/** Until a machine meets the limits, or it is to end; at once where the quick bounds rule every shape out. */
export async function seek(session: Session, how: Seek): Promise<void> {
  const { request, layers, hooks } = session;
  const { over } = how;
  const limits = limitsOf(request);
  const edps = request.networks.map((_, k) => edpOf(session, how.shapes, k));
  const begun = priced(session, limits, edps, () => 1, edpShares[0]);
  const able = how.shapes.filter(({ costs }) => !isPlainlyBeyond(request, layers, costs));
  const promisingOf = (shapes: readonly Shape[]) =>
    mostPromising(shapes, request.limits.area ?? Infinity, begun, hooks, over);
  const points = [...(await promisingOf(able))];
  if (points.length === 0) return;
  /** Machines that miss by little, with what was found on them. */
  const again: Near[] = [];
  let looked = 0;

  let beside: { readonly of: DesignPoint | undefined; readonly points: DesignPoint[] } = { of: undefined, points: [] };
  /** Finds of the shapes beside the nearest machine's the most promising. */
  const lookAround = (of: DesignPoint): Work => {
    const own = { of, points: [] as DesignPoint[] };
    beside = own;
    return async () => {
      const found = await promisingOf(besideOf(of, able));
      return () => own.points.push(...found);
    };
  };

  /** Some that are promising first; then in turn one that missed by little, or from the nearest: beside it, then any steps. */
  const next = (): Work | undefined => {
    if (looked >= most) return undefined;
    const isTurn = looked++ % 2 === 1 && looked > first;
    const nearer = isTurn ? again.sort((x, y) => x.missed - y.missed).shift() : undefined;
    if (nearer) return lookAt(nearer);
    const promising = isTurn ? undefined : points.shift();
    const of = how.nearest();
    if (!promising && of && of !== beside.of) return lookAround(of);
    const point = promising ?? beside.points.shift() ?? step(session, how);
    return point && lookAt({ point, missed: Infinity, factors: limits.map(() => 1), choices: layers.map(() => []) });
  };
  const lookAt = (near: Near): Work =>
    look(session, how, limits, edps, near, (nearer) => {
      again.push(nearer);
    });
  await inOrder(hooks.width, next, over);
}

/** Shapes of multipliers that one or two steps along their menus lead to, which are of powers of two or nearly. */
function besideOf(point: DesignPoint, shapes: readonly Shape[]): readonly Shape[] {
  const steps = ({ shape }: Shape) => multipliers.reduce((n, p) => n + Math.abs(Math.log2(shape[p] / point[p])), 0);
  return shapes.filter((s) => steps(s) > 0 && steps(s) <= 2);
}

/** A machine beside the one that misses by least, within the area. */
function step({ request }: Session, { nearest, chance }: Seek): DesignPoint | undefined {
  const { space, technology, limits } = request;
  const moves = designMoves(narrowed(space));
  const from = nearest();
  for (let i = 0; from && i < draws; i++) {
    const moved = moves.neighbour(from, chance);
    const template = templateAt(space, moved);
    if (template && chipArea(template, technology) <= (limits.area ?? Infinity)) return moved;
  }
  return undefined;
}

/** Maps a machine at its prices, and weighs it; `again` with other prices where these may bring it within the limits. */
function look(
  session: Session,
  { weigh, over }: Seek,
  limits: readonly NetworkLimit[],
  edps: readonly Totals[],
  { point, missed, factors, choices }: Near,
  again: (nearer: Near) => void,
): Work {
  const { request, layers, hooks, deadline } = session;
  const template = templateAt(request.space, point);
  const edpShare = edpShares[missed < Infinity ? 1 : 0];
  const problem = priced(session, limits, edps, (l) => nth(factors, limits.indexOf(l)), edpShare);
  return async () => {
    const seconds = Math.max(0, (deadline - hooks.now()) / 1000);
    const input = { problem, point, limit: Infinity, seconds, asks: each };
    const mapped = await hooks.shapes.machineAt(input).catch(() => undefined);
    return () => {
      if (!mapped || !template || over()) return;
      const { found } = mapped.machine;
      const all = choices.map((own, i) => [...own, nth(found, i)]);
      if (weigh(point, chipArea(template, request.technology), all) || limits.length === 0) return;
      const taken = limits.map((l) => totalOf(layers, found, l) / l.limit);
      const worst = Math.max(...taken) - 1;
      // Not again where other prices have not helped.
      if (worst >= near || worst >= missed) return;
      again({ point, missed: worst, factors: factors.map((f, i) => f * nth(taken, i) ** follow), choices: all });
    };
  };
}

/** What is limited at these prices, as shares of the limits; the latency where only layers are limited. */
function priced(
  { request, layers }: Session,
  limits: readonly NetworkLimit[],
  edps: readonly Totals[],
  factor: (l: NetworkLimit) => number,
  edpShare: number,
): CodesignProblem {
  const prices = edps.map(({ energy, cycles }, k): Prices => {
    const base: { -readonly [K in keyof Prices]: number } =
      limits.length === 0 ? { ...noPrices, latency: 1 / cycles } : { ...noPrices };
    for (const l of limits) if (l.network === k) base[pricedAs[l.quantity]] += factor(l) / l.limit;
    // Of as many layers as there are each has its share of both.
    const share = (edpShare * layers.length) / (energy * cycles);
    return energy * cycles > 0 ? { ...base, 'layer-edp': base['layer-edp'] + share } : base;
  });
  const space = narrowed(request.space);
  const networks = request.networks.map((n) => ({ ...n, weight: 0 }));
  return problemOf({ ...request, space, networks }, layers, prices, request.limits.area ?? Infinity);
}

/** Of one network. */
interface Totals {
  readonly energy: number;
  readonly cycles: number;
}

/** About what a network takes: what its limits say, or all multipliers of the largest shape busy with products alone. */
function edpOf({ request, layers }: Session, shapes: readonly Shape[], k: number): Totals {
  const largest = shapes.at(-1)?.costs;
  const products = layers.reduce((n, { layer, counts }) => n + nth(counts, k) * macs(layer), 0);
  const multipliers = largest ? largest.vector * largest.lanes * largest.rows * largest.columns : 1;
  return {
    energy: request.limits.energy ?? products * (largest?.mac ?? 0),
    cycles: request.limits.latency ?? products / multipliers,
  };
}
