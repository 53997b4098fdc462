// Machines that meet limits on networks or layers, looked for quickly: the shapes that take the minimum of the limits by
// a quick bound, each with the best mappings of one machine of it, then steps from the machine that misses least.
//
// What makes it quick: collectors are of one depth each, and the EDP counts a little beside what is limited, as what costs
// nothing (the energy, say, where the latency is limited) cuts no search off. Nothing is proven here.

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
import { mostPromising, narrowed } from './machine-spread.js';
import type { Session } from './session.js';

/** What the EDP counts for, as a share of a limit; once a machine misses by little next to nothing. */
const edpShares = [1, 0.05] as const;
/** Mappings of one machine are looked for again, at other prices, where it misses a limit by no more than this. */
const near = 0.15;
/** Machines of each worker that are looked at before that. */
const first = 3;
/** How strongly the price of a limit follows from what is taken of it. */
const follow = 4;
/** Seconds for one machine. */
const each = 5;
/** Machines of each worker that are looked at whatever the clock says: others may be at work on this computer. */
const enough = 6;
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
  /** On the clock of the hooks, ms: the time for this is up, but some machines are looked at all the same. */
  readonly until: number;
  /** Weighs mappings of the layers on a machine; whether it meets the limits. */
  readonly weigh: (point: DesignPoint, area: number, choices: readonly (readonly Found[])[]) => boolean;
  /** The machine that misses the limits by least so far. */
  readonly nearest: () => DesignPoint | undefined;
}

/** Until a machine meets the limits, or it is told to halt; at once where the quick bounds rule every shape out. */
export async function seek(
  { request, layers, hooks }: Session,
  { shapes, chance, over, until, weigh, nearest }: Seek,
): Promise<void> {
  const { space, technology, networks } = request;
  const { area = Infinity } = request.limits;
  const limits = limitsOf(request);
  const moves = designMoves(space);
  const anEdp = networks.map((_, k) => edpOf(k));
  const points = [
    ...(await mostPromising(
      shapes,
      area,
      problemAt(() => 1, edpShares[0]),
      hooks,
    )),
  ];
  /** Machines that miss by little, with what was found on them. */
  const again: Near[] = [];
  let looked = 0;
  const halt = () => over() || (hooks.now() >= until && looked > enough * hooks.width);
  if (points.length > 0)
    await Promise.all(
      Array.from({ length: hooks.width }, async () => {
        for (let it = next(); it && !halt(); it = next()) await look(it);
      }),
    );

  /** Some that are promising before anything is looked at twice; then in turn; steps from the nearest at last. */
  function next(): Near | undefined {
    if (looked++ % 2 === 1 && looked > first * hooks.width && again.length > 0)
      return again.sort((x, y) => x.missed - y.missed).shift();
    const point = points.shift() ?? step();
    return point && { point, missed: Infinity, factors: limits.map(() => 1), choices: layers.map(() => []) };
  }

  function step(): DesignPoint | undefined {
    const from = nearest();
    for (let i = 0; from && i < draws; i++) {
      const moved = moves.neighbour(from, chance);
      const template = templateAt(space, moved);
      if (template && chipArea(template, technology) <= area) return moved;
    }
    return undefined;
  }

  async function look({ point, missed, factors, choices }: Near): Promise<void> {
    const template = templateAt(space, point);
    if (!template) return;
    const problem = problemAt((l) => nth(factors, limits.indexOf(l)), edpShares[missed < Infinity ? 1 : 0]);
    const mapped = await hooks.shapes
      .machineAt({ problem, point, limit: Infinity, seconds: each })
      .catch(() => undefined);
    if (!mapped) return;
    const { found } = mapped.machine;
    const all = choices.map((own, i) => [...own, nth(found, i)]);
    if (weigh(point, chipArea(template, technology), all) || limits.length === 0) return;
    const taken = limits.map((l) => totalOf(layers, found, l) / l.limit);
    const worst = Math.max(...taken) - 1;
    // Not again where other prices have not helped.
    if (worst < near && worst < missed)
      again.push({ point, missed: worst, factors: factors.map((f, i) => f * nth(taken, i) ** follow), choices: all });
  }

  /** What is limited at these prices, as shares of the limits; the latency where only layers are limited. */
  function problemAt(factor: (l: NetworkLimit) => number, edpShare: number): CodesignProblem {
    const prices = networks.map((_, k): Prices => {
      const own = limits.filter((l) => l.network === k);
      const base: { -readonly [K in keyof Prices]: number } =
        limits.length === 0 ? { ...noPrices, latency: 1 / nth(anEdp, k).cycles } : { ...noPrices };
      for (const l of own) base[pricedAs[l.quantity]] += factor(l) / l.limit;
      const { energy, cycles } = nth(anEdp, k);
      // Of as many layers as there are each has its share of both.
      const share = (edpShare * layers.length) / (energy * cycles);
      return energy * cycles > 0 ? { ...base, 'layer-edp': base['layer-edp'] + share } : base;
    });
    return problemOf(
      {
        ...request,
        space: narrowed(space),
        networks: networks.map((n) => ({ ...n, weight: 0 })),
      },
      layers,
      prices,
      area,
    );
  }

  /** About what a network takes: what its limits say, or all multipliers of the largest shape busy with products alone. */
  function edpOf(k: number): { readonly energy: number; readonly cycles: number } {
    const largest = shapes.at(-1)?.costs;
    const products = layers.reduce((n, { layer, counts }) => n + nth(counts, k) * macs(layer), 0);
    return {
      energy: request.limits.energy ?? products * (largest?.mac ?? 0),
      cycles:
        request.limits.latency ??
        products / (largest ? largest.vector * largest.lanes * largest.rows * largest.columns : 1),
    };
  }
}
