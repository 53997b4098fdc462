// The cuttings of a nest that no other beats, made directly: of all those in `cuttings.ts` only the ones in which nothing
// lies inside a cut for nothing. Searches over machines with deep collectors ask for thousands of nests.
//
// What lies inside a cut takes depth. It is of use in two ways only: some tensor reuses it there, or it is as much as lies
// inside the next cut, or in the nest, so that a run goes on. docs/formulation.md, Kernels, says what is left of each.

import { divisors } from '../base/integers.js';
import { cell } from './columns.js';
import type { Column, Cutting, Each, Menus, Order, Triple } from './cuttings.js';
import { byPromise, deepest, orders, placesFor } from './cuttings.js';

/** What a search needs to know of a cutting. */
export type BestCutting = Pick<Cutting, 'reuse' | 'depth' | 'holds'>;

/** The most promising first. */
export function bestCuttings(products: Triple, menus: Menus, groups: number): readonly BestCutting[] {
  const places: Each<Float64Array> = [placesFor(menus[0]), placesFor(menus[1]), placesFor(menus[2])];
  const kept = new Unbeaten();
  for (const order of orders) new InOrder(order, products, menus, places, groups, kept).all();
  return byPromise(kept.cuttings);
}

/** A cutting without lists: it is compared with all that are offered. */
interface Flat {
  readonly reuseW: number;
  readonly reuseI: number;
  readonly reuseO: number;
  readonly depthW: number;
  readonly depthI: number;
  readonly depthO: number;
  readonly holds: number;
}

const beats = (a: Flat, b: Flat): boolean =>
  a.reuseW >= b.reuseW &&
  a.reuseI >= b.reuseI &&
  a.reuseO >= b.reuseO &&
  a.depthW <= b.depthW &&
  a.depthI <= b.depthI &&
  a.depthO <= b.depthO &&
  (a.holds & b.holds) === b.holds;

/** Those that no other beats of all that were offered. */
class Unbeaten {
  private flat: Flat[] = [];
  /** It beat the one before, and mostly beats the next too. */
  private last: Flat | undefined;

  /** Its triples may be written to again. */
  offer(reuse: Triple, depth: Triple, holds: number): void {
    const own: Flat = {
      reuseW: reuse[0],
      reuseI: reuse[1],
      reuseO: reuse[2],
      depthW: depth[0],
      depthI: depth[1],
      depthO: depth[2],
      holds,
    };
    if (this.last && beats(this.last, own)) return;
    for (const other of this.flat) {
      if (!beats(other, own)) continue;
      this.last = other;
      return;
    }
    this.flat = this.flat.filter((other) => !beats(own, other));
    this.flat.push(own);
    this.last = own;
  }

  get cuttings(): readonly BestCutting[] {
    return this.flat.map(({ reuseW, reuseI, reuseO, depthW, depthI, depthO, holds }) => ({
      reuse: [reuseW, reuseI, reuseO],
      depth: [depthW, depthI, depthO],
      holds,
    }));
  }
}

/**
 * Cuts of tensors a, b and c in this order from the multipliers out. Inside the second lie x1 y1 z loops of the classes
 * a, b and c, inside the third x2 y2 z; inside the first y0 z0 of b and c: none, or all that lie inside the second.
 */
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
  /** The cutting that is made. */
  private y0 = 1;
  private z0 = 1;
  private x1 = 1;
  private x2 = 1;
  private y1 = 1;
  private y2 = 1;
  private z = 1;
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
    const { allA, maxA, maxB, maxC } = this;
    // The run of a ends at b's cut: nobody reuses what lies inside that of class b. More inside c's than inside b's is of
    // use where it is all, so that c's run goes on.
    for (const x1 of divisors(allA)) {
      if (x1 > maxB) break;
      for (const y2 of divisors(this.allB)) {
        if (x1 * y2 > maxC) break;
        this.channels(false, x1, x1, 1, y2);
        if (x1 < allA && y2 === this.allB && allA * y2 <= maxC) this.channels(false, x1, allA, 1, y2);
      }
    }
    // It goes on through b's cut: loops of its class are as well off outside that, but where b's run is to go on too.
    for (const x2 of divisors(allA)) {
      if (x2 > maxC) break;
      this.goingOn(1, x2, maxA, maxC);
      if (x2 > 1 && x2 <= maxB) this.goingOn(x2, x2, maxA, maxC);
    }
  }

  private goingOn(x1: number, x2: number, maxA: number, maxC: number): void {
    const { allB } = this;
    for (const y of divisors(allB)) {
      if (x2 * y > maxC) break;
      if (y <= maxA) {
        this.channels(true, x1, x2, y, y);
        if (y < allB && x2 * allB <= maxC) this.channels(true, x1, x2, y, allB);
      }
      if (x1 === x2 && y > 1) this.channels(true, x1, x2, 1, y);
    }
  }

  /**
   * Which class comes first outside the second cut and the third: their own, or that of a run that goes on to there. Loops
   * of class c inside are of use as none or all where its own is first outside its cut.
   */
  private channels(goesOn: boolean, x1: number, x2: number, y1: number, y2: number): void {
    const { a, b, c, allC, maxA, maxB } = this;
    this.x1 = x1;
    this.x2 = x2;
    this.y1 = y1;
    this.y2 = y2;
    for (const z of divisors(allC)) {
      if (x1 * z > maxB || (goesOn && y1 * z > maxA)) break;
      this.z = z;
      this.y0 = goesOn ? y1 : 1;
      this.z0 = goesOn ? z : 1;
      if (z === 1 || z === allC) {
        this.withGroups(b, c);
        if (goesOn) this.withGroups(a, c);
      }
      if (x1 === x2) {
        this.withGroups(b, b);
        if (goesOn) this.withGroups(a, b);
      }
      if (goesOn && y1 === y2) this.withGroups(a, a);
    }
  }

  /** Loops over groups stand outermost in some interval, multiply what later cuts hold and end each run there. */
  private withGroups(first: Column, last: Column): void {
    for (let at = this.groups > 1 ? 0 : 3; at <= 3; at++) this.offer(first, last, at);
  }

  private offer(first: Column, last: Column, groupsAt: number): void {
    const { a, b, c, allA, allB, allC, maxA, maxB, maxC, places, reuse, depth } = this;
    const { y0, z0, x1, x2, y1, y2, z } = this;
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
    this.kept.offer(reuse, depth, holds);
  }
}
