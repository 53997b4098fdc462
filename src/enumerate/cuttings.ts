// Every way to cut a PE's loop nest at its three collectors that no other way beats
// (`kernels.ts` says what they are for).
//
// A cut is what lies inside it: a product of loops per class. From the multipliers out the cuts come in one of six
// orders, each around the one before. docs/formulation.md, Kernels, says why nothing is lost.

import { divisors } from '../base/integers.js';
import { defined, got } from '../base/invariant.js';
import { cell } from './columns.js';

/**
 * A tensor's column in what is said of all three, and the class of loops irrelevant to it: weights 0, inputs 1, sums 2.
 */
export type Column = 0 | 1 | 2;
export type Each<T> = [T, T, T];
export type Triple = Readonly<Each<number>>;
/** Depths that each collector may have, ascending. */
export type Menus = Readonly<Each<readonly number[]>>;

const columns: readonly Column[] = [0, 1, 2];
/** The other two columns of each. */
const others: Readonly<Each<readonly [Column, Column]>> = [
  [1, 2],
  [2, 0],
  [0, 1],
];

/**
 * Which kernels a search may use, by their reuse and depths and the products of the loops of the
 * nest: a dataflow is such a choice.
 */
export type Allowed = (kernel: { readonly reuse: Triple; readonly depth: Triple }, products: Triple) => boolean;

/** Whose cut comes first from the multipliers out, whose next, whose last. */
export type Order = Readonly<Each<Column>>;

export const orders: readonly Order[] = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
];

/** One way to cut the nest; `inside` are the products within each cut, the innermost first. */
export interface Cutting {
  readonly reuse: Triple;
  /** Tensors that are held whole, as bits. */
  readonly holds: number;
  readonly depth: Triple;
  readonly order: Order;
  readonly inside: Readonly<Each<Triple>>;
  /** Which class stands innermost just outside each cut. */
  readonly first: Order;
  /** The interval where loops over groups stand, outermost; 3 is outside all cuts. */
  readonly groupsAt: number;
}

/**
 * `products` of the loops of the PE by class; `menus` of the depths of the three collectors, ascending. Loops over
 * `groups` touch every tensor: they end every run and multiply every depth. They stand outside all cuts, or as far in
 * as the cut of a collector that holds the whole tile with them.
 */
export function cuttings(products: Triple, menus: Menus, groups: number, allowed?: Allowed): readonly Cutting[] {
  const cutter = new Cutter(products, menus, groups, allowed);
  for (const order of orders) cutter.all(order);
  return unbeaten(cutter.found);
}

export const deepest = (menu: readonly number[]): number => defined(menu.at(-1));

/** One of the three cuts in an order. */
interface Cut {
  /** The tensor, and the other two. */
  readonly t: Column;
  readonly p: Column;
  readonly q: Column;
  /** Entries that its collector has at most, and the place in its menu for so many. */
  readonly max: number;
  readonly places: Float64Array;
  /** What lies inside, and inside the cut before. */
  readonly own: Each<number>;
  readonly before: Triple;
  readonly isSecond: boolean;
  /** The cuts around it. */
  readonly later: readonly Cut[];
  /** Where this is the first, second or third cut: 0, 1, 2. */
  readonly at: Column;
}

class Cutter {
  readonly found: Cutting[] = [];
  private readonly seen = new Set<number>();
  private readonly factors: Readonly<Each<readonly number[]>>;
  private readonly factorAt: Readonly<Each<ReadonlyMap<number, number>>>;
  private readonly placesFor: Readonly<Each<Float64Array>>;
  /** Of the cutting that is being made. */
  private readonly inside: Each<Each<number>> = [
    [1, 1, 1],
    [1, 1, 1],
    [1, 1, 1],
  ];
  private readonly reuse: Each<number> = [1, 1, 1];
  private readonly depth: Each<number> = [0, 0, 0];
  private readonly first: Each<Column> = [0, 0, 0];
  private order: Order = [0, 1, 2];
  private cuts: readonly Cut[] = [];
  /** The intervals outside each cut: what lies inside its ends. */
  private readonly intervals: Readonly<Each<{ readonly low: Triple; readonly high: Triple }>>;

  constructor(
    private readonly products: Triple,
    private readonly menus: Menus,
    private readonly groups: number,
    private readonly allowed?: Allowed,
  ) {
    this.factors = [divisors(products[0]), divisors(products[1]), divisors(products[2])];
    const at = (xs: readonly number[]) => new Map(xs.map((x, i) => [x, i]));
    this.factorAt = [at(this.factors[0]), at(this.factors[1]), at(this.factors[2])];
    this.placesFor = [placesFor(menus[0]), placesFor(menus[1]), placesFor(menus[2])];
    const [x, y, z] = this.inside;
    this.intervals = [
      { low: x, high: y },
      { low: y, high: z },
      { low: z, high: products },
    ];
  }

  /** Every cutting with the cuts in this order. */
  all(order: Order): void {
    const [x, y, z] = this.inside;
    const third = this.cutOf(order[2], 2, z, y, []);
    const second = this.cutOf(order[1], 1, y, x, [third]);
    const innermost = this.cutOf(order[0], 0, x, unit, [second, third]);
    this.order = order;
    this.cuts = [innermost, second, third];
    this.cut(0);
  }

  private cutOf(t: Column, at: Column, own: Each<number>, before: Triple, later: readonly Cut[]): Cut {
    const [p, q] = others[t];
    const places = this.placesFor[t];
    return { t, p, q, max: deepest(this.menus[t]), places, own, before, isSecond: at === 1, later, at };
  }

  /** Chooses what lies inside cut number `i` beyond what lies inside the one before. */
  private cut(i: number): void {
    const cut = this.cuts[i];
    if (!cut) {
      this.runs();
      return;
    }
    const { t, p, q, max, own, before, isSecond, later } = cut;
    // Loops irrelevant to a tensor are as well off just outside its cut, innermost there. Only outside the second cut may
    // the run of the first want that place.
    const sparing = isSecond ? this.factors[t] : [before[t]];
    for (const x of this.factors[p]) {
      if (x > max) break;
      if (x % before[p] !== 0) continue;
      own[p] = x;
      for (const y of this.factors[q]) {
        if (x * y > max) break;
        if (y % before[q] !== 0) continue;
        own[q] = y;
        for (const z of sparing) {
          if (z % before[t] !== 0) continue;
          own[t] = z;
          // What lies inside a later cut and touches its tensor must fit there too.
          if (later.some((around) => own[around.p] * own[around.q] > around.max)) break;
          this.cut(i + 1);
        }
      }
    }
  }

  /** The place innermost outside a cut is wanted by its own run, and by those that pass through to it. */
  private runs(): void {
    const { first } = this;
    const [a, b, c] = this.order;
    const [outsideA, outsideB] = this.intervals;
    const through = passes(a, outsideA);
    first[0] = a;
    for (const wants of through ? [b, a] : [b]) {
      first[1] = wants;
      first[2] = c;
      this.consider();
      if (passes(b, outsideB)) {
        first[2] = b;
        this.consider();
      }
      if (through && passes(a, outsideB)) {
        first[2] = a;
        this.consider();
      }
    }
  }

  private consider(): void {
    for (let at = this.groups > 1 ? 0 : 3; at <= 3; at++) this.add(at);
  }

  private add(groupsAt: number): void {
    const { products, groups, menus, factors, factorAt, inside, reuse, depth, first, order } = this;
    let holds = 0;
    for (const { t, p, q, own, max, places, at } of this.cuts) {
      const entries = own[p] * own[q] * (groupsAt <= at ? groups : 1);
      if (entries > max) return;
      depth[t] = cell(places, entries);
      reuse[t] = own[t];
      if (this.gains(t, at, groupsAt)) holds |= 1 << t;
    }
    let key = 0;
    for (const t of columns) key = (key * menus[t].length + depth[t]) * factors[t].length + got(factorAt[t], reuse[t]);
    key = key * 8 + holds;
    if (this.seen.has(key)) return;
    this.seen.add(key);
    if (this.allowed && !this.allowed({ reuse, depth }, products)) return;
    const [x, y, z] = inside;
    this.found.push({
      reuse: [...reuse],
      holds,
      depth: [...depth],
      order,
      inside: [[...x], [...y], [...z]],
      first: [...first],
      groupsAt,
    });
  }

  /** What the run of a tensor's loops outside its cut adds to its reuse; whether it goes on through all of the nest. */
  private gains(t: Column, at: Column, groupsAt: number): boolean {
    const { intervals, first, reuse, groups } = this;
    for (const k of from[at]) {
      const interval = intervals[k];
      const through = passes(t, interval);
      if (through || first[k] === t) reuse[t] *= interval.high[t] / interval.low[t];
      if (!through || (groupsAt === k + 1 && groups > 1)) return false;
    }
    return true;
  }
}

/** The intervals outside each cut, from it on. */
const from: Readonly<Each<readonly Column[]>> = [[0, 1, 2], [1, 2], [2]];

const unit: Triple = [1, 1, 1];

/** Places in a menu of depths by the entries that are needed. */
export const placesFor = (menu: readonly number[]): Float64Array =>
  Float64Array.from({ length: deepest(menu) + 1 }, (_, entries) => menu.findIndex((v) => v >= entries));

/** Whether an interval has no loop that touches a tensor: its run goes on through it. */
const passes = (t: Column, { low, high }: { readonly low: Triple; readonly high: Triple }): boolean =>
  low[others[t][0]] === high[others[t][0]] && low[others[t][1]] === high[others[t][1]];

/**
 * Cuttings that no other beats. Energy falls with reuse and grows with depths, and a tile held whole is fetched once per
 * load: what is beaten here costs no less in any mapping on any machine.
 */
function unbeaten(found: readonly Cutting[]): readonly Cutting[] {
  // Whatever beats a cutting comes before it in this order.
  const kept: Cutting[] = [];
  for (const cutting of byPromise(found)) if (!kept.some((other) => beats(other, cutting))) kept.push(cutting);
  return kept;
}

/** What a search sees of a cutting. */
type Worth = Pick<Cutting, 'reuse' | 'depth' | 'holds'>;

/** The most reuse and the least depth first. */
export function byPromise<T extends Worth>(found: readonly T[]): readonly T[] {
  const rank = ({ reuse, depth, holds }: T) =>
    Math.log(reuse[0] * reuse[1] * reuse[2]) - depth[0] - depth[1] - depth[2] + holds / 8;
  return found
    .map((cutting) => ({ cutting, rank: rank(cutting) }))
    .sort((x, y) => y.rank - x.rank)
    .map(({ cutting }) => cutting);
}

const beats = (a: Worth, b: Worth): boolean =>
  a.reuse[0] >= b.reuse[0] &&
  a.reuse[1] >= b.reuse[1] &&
  a.reuse[2] >= b.reuse[2] &&
  (a.holds & b.holds) === b.holds &&
  a.depth[0] <= b.depth[0] &&
  a.depth[1] <= b.depth[1] &&
  a.depth[2] <= b.depth[2];
