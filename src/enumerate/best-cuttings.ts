// The cuttings of a nest that no other beats, made directly: of all those in `cuttings.ts` only the ones in which nothing
// lies inside a cut for nothing. Searches over machines with deep collectors ask for thousands of nests.
//
// What lies inside a cut takes depth. It is of use in two ways only: some tensor reuses it there, or it is as much as lies
// inside the next cut, or in the nest, so that a run goes on. docs/formulation.md, Kernels, says what is left of each.

import { divisors } from '../base/integers.js';
import { cell } from './columns.js';
import type { Column, Cutting, Each, Menus, Order, Triple } from './cuttings.js';
import { beats, byPromise, deepest, orders, placesFor } from './cuttings.js';

/** What a search needs to know of a cutting. */
export type BestCutting = Pick<Cutting, 'reuse' | 'depth' | 'holds'>;

/** The most promising first. */
export function bestCuttings(products: Triple, menus: Menus, groups: number): readonly BestCutting[] {
  const places: Each<Float64Array> = [placesFor(menus[0]), placesFor(menus[1]), placesFor(menus[2])];
  const kept = new Unbeaten();
  for (const order of orders) new InOrder(order, products, menus, places, groups, kept).all();
  return byPromise(kept.cuttings);
}

/** Those that no other beats of all that were offered. */
class Unbeaten {
  cuttings: BestCutting[] = [];

  /** Its triples may be written to again. */
  offer(offered: BestCutting): void {
    for (const other of this.cuttings) if (beats(other, offered)) return;
    const own: BestCutting = { ...offered, reuse: [...offered.reuse], depth: [...offered.depth] };
    this.cuttings = this.cuttings.filter((other) => !beats(own, other));
    this.cuttings.push(own);
  }
}

/** Loops inside each cut, of classes in the order of the cuts: `x` of the first, `y` of the second, `z` of the third. */
interface Inside {
  /** Inside the first: none of its own class, and none at all or all that lie inside the second. */
  readonly y0: number;
  readonly z0: number;
  /** Inside the second. */
  readonly x1: number;
  readonly y1: number;
  /** Inside the third, which has the same `z` as the second. */
  readonly x2: number;
  readonly y2: number;
  readonly z: number;
}

/** Cuts of tensors a, b and c in this order from the multipliers out. */
class InOrder {
  private readonly a: Column;
  private readonly b: Column;
  private readonly c: Column;
  /** Loops of each class. */
  private readonly allA: number;
  private readonly allB: number;
  private readonly allC: number;
  /** Entries that each collector has at most. */
  private readonly maxA: number;
  private readonly maxB: number;
  private readonly maxC: number;
  /** The cutting that is offered. */
  private readonly reuse: Each<number> = [1, 1, 1];
  private readonly depth: Each<number> = [0, 0, 0];

  constructor(
    order: Order,
    products: Triple,
    menus: Menus,
    private readonly places: Readonly<Each<Float64Array>>,
    private readonly groups: number,
    private readonly kept: Unbeaten,
  ) {
    const [a, b, c] = order;
    [this.a, this.b, this.c] = order;
    [this.allA, this.allB, this.allC] = [products[a], products[b], products[c]];
    [this.maxA, this.maxB, this.maxC] = [deepest(menus[a]), deepest(menus[b]), deepest(menus[c])];
  }

  all(): void {
    const { allA, allB, maxA, maxB, maxC } = this;
    // The run of a ends at b's cut: nobody reuses what lies inside that of class b.
    for (const x1 of upTo(allA, maxB))
      for (const x2 of x1 === allA ? [x1] : [x1, allA])
        for (const y2 of upTo(allB, maxC / x2)) this.ending({ x1, x2, y2 });
    // It goes on through b's cut: loops of its class are as well off outside that, but where b's run is to go on too.
    for (const x2 of upTo(allA, maxC)) {
      for (const x1 of x2 === 1 || x2 > maxB ? [1] : [1, x2]) {
        for (const y1 of upTo(allB, Math.min(maxA, maxC / x2))) {
          this.goingOn({ x1, x2, y1, y2: y1 });
          if (y1 < allB && x2 * allB <= maxC) this.goingOn({ x1, x2, y1, y2: allB });
        }
        if (x1 === x2) for (const y2 of upTo(allB, maxC / x2)) this.goingOn({ x1, x2, y1: 1, y2 });
      }
    }
  }

  private ending({ x1, x2, y2 }: Pick<Inside, 'x1' | 'x2' | 'y2'>): void {
    for (const z of upTo(this.allC, this.maxB / x1)) this.runs({ y0: 1, z0: 1, x1, y1: 1, x2, y2, z }, false);
  }

  private goingOn({ x1, x2, y1, y2 }: Pick<Inside, 'x1' | 'x2' | 'y1' | 'y2'>): void {
    for (const z of upTo(this.allC, Math.min(this.maxB / x1, this.maxA / y1)))
      this.runs({ y0: y1, z0: z, x1, y1, x2, y2, z }, true);
  }

  /** Whose class comes first outside the second cut and the third: its own, or that of a run that goes on to there. */
  private runs(inside: Inside, goesOn: boolean): void {
    const { x1, x2, y1, y2, z } = inside;
    const { a, b, c } = this;
    for (const first of goesOn ? [a, b] : [b]) {
      // Where its own run is first, those of class c inside are of use as none or all.
      if (z === 1 || z === this.allC) this.withGroups(inside, first, c);
      if (x1 === x2) this.withGroups(inside, first, b);
      if (goesOn && y1 === y2) this.withGroups(inside, first, a);
    }
  }

  private withGroups(inside: Inside, first: Column, last: Column): void {
    for (let at = this.groups > 1 ? 0 : 3; at <= 3; at++) this.offer(inside, first, last, at);
  }

  /** Loops over groups stand outermost in interval `groupsAt`, multiply what later cuts hold and end each run there. */
  private offer({ y0, z0, x1, y1, x2, y2, z }: Inside, first: Column, last: Column, groupsAt: number): void {
    const { a, b, c, allA, allB, allC, maxA, maxB, maxC, places, reuse, depth } = this;
    const groups = this.groups;
    const entriesA = y0 * z0 * (groupsAt <= 0 ? groups : 1);
    const entriesB = x1 * z * (groupsAt <= 1 ? groups : 1);
    const entriesC = x2 * y2 * (groupsAt <= 2 ? groups : 1);
    if (entriesA > maxA || entriesB > maxB || entriesC > maxC) return;
    depth[a] = cell(places[a], entriesA);
    depth[b] = cell(places[b], entriesB);
    depth[c] = cell(places[c], entriesC);
    const goes = (at: number) => groups === 1 || groupsAt !== at;
    let holds = 0;
    reuse[a] = x1;
    if (y0 === y1 && z0 === z && goes(1)) {
      if (y1 === y2 || first === a) reuse[a] = x2;
      if (y1 === y2 && goes(2)) {
        const through = y2 === allB && z === allC;
        if (through || last === a) reuse[a] = allA;
        if (through && goes(3)) holds |= 1 << a;
      }
    }
    reuse[b] = x1 === x2 || first === b ? y2 : y1;
    if (x1 === x2 && goes(2)) {
      const through = x2 === allA && z === allC;
      if (through || last === b) reuse[b] = allB;
      if (through && goes(3)) holds |= 1 << b;
    }
    const through = x2 === allA && y2 === allB;
    reuse[c] = through || last === c ? allC : z;
    if (through && goes(3)) holds |= 1 << c;
    this.kept.offer({ reuse, depth, holds });
  }
}

const upTo = (product: number, max: number): readonly number[] => divisors(product).filter((x) => x <= max);
