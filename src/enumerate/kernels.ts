// How much a PE's loop nest reuses in its collectors: every way to cut it that is not beaten by another.
//
// Three collectors cut one nest independently. Inside its cut, and in the run of loops just outside it, loops that spare
// a tensor reuse its collector; the loops inside that touch it say how deep it must be. Only the products of loops by the
// tensor that they spare matter: class 0 spares weights (N P Q), 1 inputs (K), 2 sums (C R S).

import { invariant } from '../base/diagnostics.js';
import { divisors } from '../base/integers.js';

type Triple = readonly [number, number, number];

export interface Kernel {
  /** Cycles of the PE nest per access of the buffer behind each collector: weights, inputs, sums. */
  readonly reuse: Triple;
  /** The tile of the PE lies in the collector whole: it is fetched once per tile that is brought in. */
  readonly holds: readonly [boolean, boolean, boolean];
  /** Depths needed, as places in their menus. */
  readonly depth: Triple;
}

/** Which kernels a search may use, by their reuse and depths and the products of the loops of the nest: a dataflow is such a choice. */
export type Allowed = (kernel: Pick<Kernel, 'reuse' | 'depth'>, products: Triple) => boolean;

export interface Interval {
  /** The tensor whose collector ends below this interval; -1 at the multipliers. */
  readonly above: number;
  /** Product of the loops of each class. */
  readonly factors: Triple;
  /** Which class stands innermost here. */
  readonly first: number;
  /** Loops over groups, outermost here. */
  readonly groups: number;
}

const orders: readonly Triple[] = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
];

/** One way to cut the nest; `inside` are the products within each cut, the innermost first. */
interface Cutting {
  readonly reuse: Triple;
  readonly holds: number;
  readonly depth: Triple;
  readonly order: Triple;
  readonly inside: readonly Triple[];
  readonly first: Triple;
  /** The interval where loops over groups stand, outermost; 3 is outside all cuts. */
  readonly groupsAt: number;
}

/** A kernel as a row of numbers: reuse, places of depths, and which tensors are held as bits. */
export const kernelRow = 7;

/** Every kernel of a nest as rows of numbers, made once. */
export class KernelTables {
  private readonly known = new Map<string, Float64Array>();

  constructor(
    private readonly menus: readonly (readonly number[])[],
    private readonly allowed?: Allowed,
  ) {}

  of(a: number, b: number, d: number, groups: number): Float64Array {
    // Groups that no collector holds all count as many.
    const most = Math.max(...this.menus.map((m) => m.at(-1)!)) + 1;
    const g = Math.min(groups, most);
    const key = `${a} ${b} ${d} ${g}`;
    let table = this.known.get(key);
    if (!table) {
      table = Float64Array.from(
        cuttings([a, b, d], this.menus, g, this.allowed).flatMap((c) => [...c.reuse, ...c.depth, c.holds]),
      );
      this.known.set(key, table);
    }
    return table;
  }
}

/** Row number `i` of a table. */
export function kernelAt(table: Float64Array, i: number): Kernel {
  const at = (k: number) => table[i * kernelRow + k]!;
  const holds = at(6);
  return {
    reuse: [at(0), at(1), at(2)],
    depth: [at(3), at(4), at(5)],
    holds: [(holds & 1) > 0, (holds & 2) > 0, (holds & 4) > 0],
  };
}

/** How a kernel cuts its nest: from the multipliers out, the loops between two cuts. */
export function intervalsOf(
  kernel: Kernel,
  products: Triple,
  menus: readonly (readonly number[])[],
  groups: number,
): readonly Interval[] {
  const same = (x: Triple, y: Triple) => x[0] === y[0] && x[1] === y[1] && x[2] === y[2];
  // Among all of them: where not every kernel was allowed, it may be one that others beat.
  const all = cuttings(
    products,
    menus,
    groups,
    (other) => same(other.reuse, kernel.reuse) && same(other.depth, kernel.depth),
  );
  const c = all.find(({ holds }) => kernel.holds.every((held, t) => held === (holds & (1 << t)) > 0));
  invariant(c, 'a kernel that its nest does not have');
  return [unit, ...c.inside].map((low, j): Interval => {
    const high = c.inside[j] ?? products;
    return {
      above: j === 0 ? -1 : c.order[j - 1]!,
      factors: [high[0] / low[0], high[1] / low[1], high[2] / low[2]],
      first: j === 0 ? c.order[0] : c.first[j - 1]!,
      groups: j === c.groupsAt ? groups : 1,
    };
  });
}

/**
 * `products` of the loops of the PE by class; `menus` of the depths of the three collectors, ascending. Loops over `groups`
 * touch every tensor: they end every run and multiply every depth. They stand outside all cuts, or as far in as the cut of
 * a collector that holds the whole tile with them.
 */
function cuttings(
  products: Triple,
  menus: readonly (readonly number[])[],
  groups: number,
  allowed?: Allowed,
): readonly Cutting[] {
  const most = menus.map((m) => m.at(-1)!);
  const factors = products.map((x) => divisors(x));
  const place = menus.map((menu, t) => Array.from({ length: most[t]! + 1 }, (_, d) => menu.findIndex((v) => v >= d)));
  const placeOf = factors.map((xs) => new Map(xs.map((x, i) => [x, i])));
  const seen = new Set<number>();
  const found: Cutting[] = [];
  const inside = [[1, 1, 1], [1, 1, 1], [1, 1, 1], [...products]] as [number, number, number][];
  const reuse: [number, number, number] = [1, 1, 1];
  const depth: [number, number, number] = [0, 0, 0];
  const first = [0, 0, 0, 0];

  for (const order of orders) {
    cut(0);

    /** Chooses what lies inside cut number `j` beyond what lies inside the one before. */
    function cut(j: number): void {
      if (j === 3) return runs();
      const t = order[j]!;
      const [p, q] = [(t + 1) % 3, (t + 2) % 3] as [number, number];
      const before = j === 0 ? unit : inside[j - 1]!;
      const own = inside[j]!;
      for (const x of factors[p]!) {
        if (x > most[t]!) break;
        if (x % before[p]! !== 0) continue;
        own[p] = x;
        for (const y of factors[q]!) {
          if (x * y > most[t]!) break;
          if (y % before[q]! !== 0) continue;
          own[q] = y;
          // Loops that spare a tensor are as well off just outside its cut, innermost there. Only outside the second
          // cut may the run of the first want that place.
          for (const z of j === 1 ? factors[t]! : [before[t]!]) {
            if (z % before[t]! !== 0) continue;
            own[t] = z;
            // What lies inside a later cut and touches its tensor must fit there too.
            let fits = true;
            for (let k = j + 1; k < 3; k++) {
              const u = order[k]!;
              if ((own[0] * own[1] * own[2]) / own[u]! > most[u]!) fits = false;
            }
            if (!fits) break;
            cut(j + 1);
          }
        }
      }
    }

    /** Whether the interval outside cut number `j` has no loop that touches a tensor: its run goes on through it. */
    function passes(t: number, j: number): boolean {
      const [low, high] = [inside[j]!, inside[j + 1]!];
      for (let k = 0; k < 3; k++) if (k !== t && low[k] !== high[k]) return false;
      return true;
    }

    function runs(): void {
      // The place innermost outside a cut is wanted by its own run, and by those that pass through to it.
      first[1] = order[0];
      const through = passes(order[0], 0);
      for (let s = 0; s < (through ? 2 : 1); s++) {
        first[2] = s === 0 ? order[1] : order[0];
        first[3] = order[2];
        consider(order);
        if (passes(order[1], 1)) {
          first[3] = order[1];
          consider(order);
        }
        if (through && passes(order[0], 1)) {
          first[3] = order[0];
          consider(order);
        }
      }
    }
  }

  function consider(order: Triple): void {
    for (let at = groups > 1 ? 0 : 3; at <= 3; at++) add(order, at);
  }

  function add(order: Triple, groupsAt: number): void {
    let key = 0;
    let holds = 0;
    for (let j = 0; j < 3; j++) {
      const t = order[j]!;
      const own = inside[j]!;
      const entries = ((own[0] * own[1] * own[2]) / own[t]!) * (groupsAt <= j ? groups : 1);
      if (entries > most[t]!) return;
      depth[t] = place[t]![entries]!;
      let gained = own[t]!;
      let through = true;
      for (let k = j; k < 3 && through; k++) {
        const [low, high] = [inside[k]!, inside[k + 1]!];
        for (let x = 0; x < 3; x++) if (x !== t && low[x] !== high[x]) through = false;
        if (through || first[k + 1] === t) gained *= high[t]! / low[t]!;
        if (groupsAt === k + 1 && groups > 1) through = false;
      }
      reuse[t] = gained;
      if (through) holds |= 1 << t;
    }
    for (let t = 0; t < 3; t++)
      key = (key * menus[t]!.length + depth[t]!) * factors[t]!.length + placeOf[t]!.get(reuse[t]!)!;
    key = key * 8 + holds;
    if (seen.has(key)) return;
    seen.add(key);
    if (allowed && !allowed({ reuse, depth }, products)) return;
    found.push({
      reuse: [...reuse],
      holds,
      depth: [...depth],
      order,
      inside: inside.slice(0, 3).map((c) => [...c] as [number, number, number]),
      first: [first[1]!, first[2]!, first[3]!],
      groupsAt,
    });
  }

  // Whatever beats a cutting comes before it in this order.
  const rank = (c: Cutting) =>
    Math.log(c.reuse[0] * c.reuse[1] * c.reuse[2]) - c.depth[0] - c.depth[1] - c.depth[2] + c.holds / 8;
  const kept: Cutting[] = [];
  for (const { cutting } of found
    .map((cutting) => ({ cutting, rank: rank(cutting) }))
    .sort((x, y) => y.rank - x.rank)) {
    if (!kept.some((other) => beats(other, cutting))) kept.push(cutting);
  }
  return kept;
}

const unit: Triple = [1, 1, 1];

const beats = (a: Cutting, b: Cutting): boolean =>
  a.reuse[0] >= b.reuse[0] &&
  a.reuse[1] >= b.reuse[1] &&
  a.reuse[2] >= b.reuse[2] &&
  (a.holds & b.holds) === b.holds &&
  a.depth[0] <= b.depth[0] &&
  a.depth[1] <= b.depth[1] &&
  a.depth[2] <= b.depth[2];
