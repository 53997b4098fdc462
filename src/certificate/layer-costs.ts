// What mappings of one layer need and cost on the machines of a shape: the rules of the cost model, read once as products of a
// mapping's factors, with the prices of each machine beside them.

import { defined, entry, nth } from '../base/invariant.js';
import { magnetConventions } from '../model/cost/conventions.js';
import { energyPerMac, energyPerAccess, chargesAt, priceOf, runCharges } from '../model/cost/charges.js';
import { childOf } from '../model/machine/compiled-machine.js';
import type { Pooled } from '../model/cost/tile-cycles.js';
import { cyclesOfSteps, tilingFor, workOf } from '../model/cost/tile-cycles.js';
import { computeCycles, traffic } from '../model/cost/traffic.js';
import type { Architecture, Engine, Tiling } from '../model/machine/architecture.js';
import { engines } from '../model/machine/architecture.js';
import { lowerTemplate } from '../model/machine/template.js';
import { isTemplateLevel, levelNamed, levelNames } from '../model/machine/template-names.js';
import type { TemplateLevel } from '../model/machine/template-names.js';
import type { Technology } from '../model/machine/technology.js';
import type { Holding } from '../model/mapping/memory-room.js';
import { holdingOf, takenBy } from '../model/mapping/memory-room.js';
import { lineFault, ofKind, rulesOf } from '../model/mapping/rules.js';
import type { DesignSpace, SizeParameter } from '../model/space/design-space.js';
import { sizeParameters, templateAt } from '../model/space/design-space.js';
import type { Layer, Tensor } from '../model/workload/layer.js';
import { dimensions, tensors } from '../model/workload/layer.js';
import type { Monomial } from '../search/mapping/monomial.js';
import { valueAt } from '../search/mapping/monomial.js';
import { monomials } from '../search/mapping/monomials.js';
import type { Layout, Point } from '../search/mapping/point-layout.js';
import { layoutOf } from '../search/mapping/point-layout.js';
import type { SpaceShape } from './space-shape.js';
import { areaAt, pointAt } from './space-shape.js';

/** pJ of each kind of access, of a multiplication and of a cycle; mm2. */
interface Prices {
  readonly accesses: Float64Array;
  readonly mac: number;
  readonly cycle: number;
  readonly area: number;
}

/** Which size each level of the template is of. */
const sizeOf: Readonly<Partial<Record<TemplateLevel, SizeParameter>>> = {
  [levelNames.globalBuffer]: 'globalBuffer',
  [levelNames.weightBuffer]: 'weightBuffer',
  [levelNames.inputBuffer]: 'inputBuffer',
  [levelNames.outputBuffer]: 'accumBuffer',
  [levelNames.accumBuffer]: 'accumBuffer',
  [levelNames.weightCollector]: 'weightCollector',
  [levelNames.inputCollector]: 'inputCollector',
  [levelNames.accumCollector]: 'accumCollector',
};

type Mover = Exclude<Engine, 'compute'>;
const tensorOf: Readonly<Record<Mover, Tensor>> = {
  load_i: 'Inputs',
  load_w: 'Weights',
  drain: 'Outputs',
  fill: 'Inputs',
  spill: 'Outputs',
};

/** The machines of a shape: prices and rooms at places of the sizes, each lowered once. */
export class ShapeMachines {
  private readonly lowered = new Map<string, Architecture>();

  constructor(
    readonly space: DesignSpace,
    readonly technology: Technology,
    readonly shape: SpaceShape,
  ) {}

  at(places: readonly number[]): Architecture {
    const key = places.join();
    const known = this.lowered.get(key);
    if (known) return known;
    const template = defined(templateAt(this.space, pointAt(this.shape, places)));
    const made = nth(lowerTemplate(template, this.technology), 0);
    this.lowered.set(key, made);
    return made;
  }

  /** All orders of the collectors, as deep as they come: whatever runs on a machine of the shape runs on one of these. */
  get largest(): readonly Architecture[] {
    return lowerTemplate(defined(templateAt(this.space, pointAt(this.shape, this.shape.whole.high))), this.technology);
  }

  areaAt(places: readonly number[]): number {
    return areaAt(this.space, this.technology, pointAt(this.shape, places));
  }
}

interface Access {
  readonly level: TemplateLevel;
  readonly tensor: Tensor;
  readonly action: 'read' | 'fill' | 'update' | 'transfer';
  readonly parts: readonly Monomial[];
  /** Of operands, what each word is brought in again for. */
  readonly refetches: Monomial;
}

/** Lines of tiles in one memory, and per place of its size what there is. */
interface Need {
  readonly size: number;
  readonly tiles: readonly { readonly tensor: Tensor; readonly lines: Monomial }[];
  readonly holdings: readonly Holding[];
}

const sumAt = (parts: readonly Monomial[], x: Float64Array): number => {
  let sum = 0;
  for (const part of parts) sum += valueAt(part, x);
  return sum;
};

export class LayerCosts {
  readonly layout: Layout;
  private readonly tabulate: (point: Point) => Float64Array;
  private readonly accesses: readonly Access[];
  private readonly macs: Monomial;
  private readonly steps: Monomial;
  private readonly tiling: Tiling & Pooled;
  private readonly work: ReturnType<typeof workOf<Monomial>>;
  /** What each engine moves a tile again for. */
  private readonly moved: Readonly<Record<Mover, Monomial>>;
  private readonly needs: readonly Need[];
  private readonly prices = new Map<string, Prices>();
  /** Whether partial sums of a mapping stay where they are to stay. */
  private readonly leaving: readonly Monomial[];
  private readonly biases: readonly { readonly lines: Monomial; readonly max: number }[];
  private readonly pools: readonly { readonly extent: Monomial; readonly window: number }[];
  /** Whether whole images have lines, where some lie in the global buffer. */
  private readonly images: readonly {
    readonly tensor: 'Inputs' | 'Outputs';
    readonly used: Monomial;
    readonly mapped: Monomial;
    readonly width: number;
  }[];
  private readonly inputs: readonly Monomial[];
  private readonly keepsNothing: boolean;
  private readonly longest: number;

  constructor(
    private readonly machines: ShapeMachines,
    readonly architecture: Architecture,
    private readonly layer: Layer,
    padding: boolean,
  ) {
    const task = { architectures: [architecture], layer, conventions: magnetConventions, padding } as const;
    this.layout = layoutOf({ ...task, goal: { objective: 'edp', limits: {} } }, 0, architecture);
    const { reading: r, tabulate } = monomials(this.layout);
    const { machine: m } = this.layout;
    this.tabulate = tabulate;
    const counts = traffic(r, m, magnetConventions);
    this.accesses = architecture.levels.flatMap(({ name }, level) => {
      const charges = chargesAt(r, m, magnetConventions, level);
      return tensors.flatMap((tensor) =>
        (['read', 'fill', 'update', 'transfer'] as const).flatMap((action): Access[] => {
          const own = counts.filter((c) => c.level === level && c.tensor === tensor && c.action === action);
          if (own.length === 0 || !isTemplateLevel(name)) return [];
          const { copies } = charges(tensor, action);
          const parts = own.map((c) => r.product([copies, c.accesses]));
          const refetches = r.refetches(tensor, action === 'fill' ? level : childOf(m, level, tensor));
          return [{ level: name, tensor, action, parts, refetches }];
        }),
      );
    });
    this.macs = runCharges(r, architecture).macs;
    this.steps = computeCycles(r);
    this.tiling = tilingFor(defined(architecture.tiling), layer);
    this.work = workOf(r, m, this.tiling);
    const { inner, outer } = this.tiling;
    this.moved = {
      load_i: r.refetches('Inputs', childOf(m, inner, 'Inputs')),
      load_w: r.refetches('Weights', childOf(m, outer, 'Weights')),
      drain: r.refetches('Outputs', childOf(m, inner, 'Outputs')),
      fill: r.refetches('Inputs', inner),
      spill: r.refetches('Outputs', inner),
    };
    const rules = rulesOf(r, m, layer);
    this.needs = ofKind(rules, 'capacity').map(({ level, pool, tiles, taken }): Need => {
      const { name } = nth(architecture.levels, level);
      const size = sizeParameters.indexOf(entry(sizeOf, name as TemplateLevel));
      const { whole, menus } = machines.shape;
      return {
        size,
        tiles: tiles.map(({ tensor, lines }) => ({ tensor, lines: lines() })),
        holdings: nth(menus, size).map((_, place) => {
          const own = levelNamed(machines.at(whole.low.with(size, place)), name as TemplateLevel);
          return defined(holdingOf(own, nth(own.pools, pool), taken));
        }),
      };
    });
    this.leaving = ofKind(rules, 'sums').map(({ visits }) => visits());
    this.biases = ofKind(rules, 'biases').map(({ lines, max }) => ({ lines: lines(), max }));
    this.pools = ofKind(rules, 'pool').map(({ extent, window }) => ({ extent: extent(), window }));
    this.images = ofKind(rules, 'lines').map(({ tensor, used, mapped, width }) => ({
      tensor,
      used: used(),
      mapped: mapped(),
      width,
    }));
    this.inputs = ofKind(rules, 'inputs').map(({ mapped }) => mapped());
    this.keepsNothing = rules.some(({ kind }) => kind === 'no residency');
    this.longest = ofKind(rules, 'counter').reduce((n, rule) => Math.min(n, rule.longest), Infinity);
  }

  /** A table of what holds at a point, for the questions below. */
  at(point: Point): Float64Array {
    return this.tabulate(point);
  }

  /** The lowest place of each size that holds the tiles; undefined where none does. */
  placesFor(x: Float64Array): number[] | undefined {
    const places = sizeParameters.map(() => 0);
    for (const { size, tiles, holdings } of this.needs) {
      let place = nth(places, size);
      for (; place < holdings.length; place++) {
        const holding = nth(holdings, place);
        let taken = 0;
        for (const { tensor, lines } of tiles) taken += takenBy(holding, tensor, valueAt(lines, x));
        if (taken <= holding.max) break;
      }
      if (place === holdings.length) return undefined;
      places[size] = place;
    }
    return places;
  }

  /** Whether biases fit, and partial sums stay where they must: of a mapping that is not whole yet, as well as they can. */
  mayBeLegal(x: Float64Array): boolean {
    return (
      this.leaving.every((visits) => valueAt(visits, x) <= 1) &&
      this.biases.every(({ lines, max }) => valueAt(lines, x) <= max)
    );
  }

  isLegal(x: Float64Array, { factors }: Point): boolean {
    return (
      !this.keepsNothing &&
      this.mayBeLegal(x) &&
      this.images.every(
        ({ tensor, used, mapped, width }) =>
          lineFault(this.layer, tensor, valueAt(used, x), valueAt(mapped, x), width) === undefined,
      ) &&
      this.inputs.every((mapped) => valueAt(mapped, x) === this.layer.bounds.N) &&
      this.pools.every(({ extent, window }) => valueAt(extent, x) % window === 0) &&
      factors.every((own) => this.layout.temporal.every((s) => nth(own, s) <= this.longest))
    );
  }

  /** Accesses, all into a list. */
  countInto(into: Float64Array, x: Float64Array): void {
    this.accesses.forEach(({ parts }, i) => (into[i] = sumAt(parts, x)));
  }

  /**
   * Accesses of a tensor at least, into a list of all, and the fewest cycles of what moves it and of the multipliers: words as
   * where all loops that are left are `inside`, brought in again as in `mixed`, where those that index the tensor are outside.
   * Undefined where partial sums would leave the PE even so.
   */
  leastInto(into: Float64Array, tensor: Tensor, inside: Point, mixed: Point): number | undefined {
    const { latency } = this.tiling;
    const x = this.tabulate(mixed);
    if (tensor === 'Outputs' && !this.mayBeLegal(x)) return undefined;
    const again = this.accesses.map((a) => (a.tensor === tensor ? valueAt(a.refetches, x) : 1));
    const movers = engines.flatMap((e) => (e !== 'compute' && tensorOf[e] === tensor ? [e] : []));
    const moved = movers.map((e) => valueAt(this.moved[e], x));
    // No window reads outputs twice: their words are the same wherever loops are.
    if (tensor === 'Outputs')
      this.accesses.forEach((a, i) => {
        if (a.tensor === tensor) into[i] = sumAt(a.parts, x);
      });
    const y = this.tabulate(inside);
    if (tensor !== 'Outputs')
      this.accesses.forEach((a, i) => {
        if (a.tensor === tensor) into[i] = (sumAt(a.parts, y) / valueAt(a.refetches, y)) * nth(again, i);
      });
    const { beats, runs } = this.work.compute;
    return movers.reduce(
      (most, e, i) => {
        const times = (valueAt(this.work[e].runs, y) / valueAt(this.moved[e], y)) * nth(moved, i);
        return Math.max(most, times * (valueAt(this.work[e].beats, y) + latency[e]));
      },
      Math.max(valueAt(this.steps, y), valueAt(runs, y) * (valueAt(beats, y) + latency.compute)),
    );
  }

  get counted(): number {
    return this.accesses.length;
  }

  macsAt(x: Float64Array): number {
    return valueAt(this.macs, x);
  }

  cyclesAt(x: Float64Array, { factors, orders }: Point): number {
    const { outer, inner, step, latency } = this.tiling;
    const { machine, temporal } = this.layout;
    const lasts = (e: Engine) => valueAt(this.work[e].beats, x) + latency[e];
    const nest = (level: number) =>
      temporal
        .filter((s) => nth(machine.slots, s).level === level)
        .flatMap((s) =>
          nth(orders, s)
            .toReversed()
            .flatMap((d) => {
              const factor = nth(nth(factors, d), s);
              return factor > 1 ? [{ dim: nth(dimensions, d), factor }] : [];
            }),
        );
    return cyclesOfSteps(nest(outer), nest(inner), lasts, step);
  }

  pricesAt(places: readonly number[]): Prices {
    const key = places.join();
    const known = this.prices.get(key);
    if (known) return known;
    const a = this.machines.at(places);
    const made: Prices = {
      accesses: Float64Array.from(this.accesses, ({ level, tensor, action }) =>
        energyPerAccess(priceOf(defined(levelNamed(a, level).stores[tensor]), action, this.layer)),
      ),
      mac: energyPerMac(a.compute, this.layer),
      cycle: a.staticEnergy,
      area: this.machines.areaAt(places),
    };
    this.prices.set(key, made);
    return made;
  }

  static energy({ accesses, mac, cycle }: Prices, counts: Float64Array, macs: number, cycles: number): number {
    let energy = macs * mac + cycles * cycle;
    for (let i = 0; i < accesses.length; i++) energy += nth(accesses, i) * nth(counts, i);
    return energy;
  }
}
