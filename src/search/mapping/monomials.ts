// The cost rules read with monomials of a point's factors: written down once per task, then costed at many points.

import { nth } from '../../base/invariant.js';
import type { Dimension, Tensor, Window } from '../../model/workload/layer.js';
import { dimensions, isRelevant } from '../../model/workload/layer.js';
import { countOffsets, rowsUnder } from '../../model/cost/numbers.js';
import { slotsIn } from '../../model/mapping/regions.js';
import type { Reading, Region } from '../../model/cost/traffic.js';
import type { Layout, Point } from './point-layout.js';

/**
 * scale x product of x[up] / product of x[down]: variable d x slots + s is the factor of d in slot s, then come leaves.
 */
export interface Monomial {
  readonly scale: number;
  readonly up: readonly number[];
  readonly down: readonly number[];
}

/**
 * What no product of factors says: a count that loop orders or windows decide. It may look
 * at factors and earlier leaves.
 */
type Leaf = (x: Float64Array, point: Point) => number;

export interface Monomials {
  readonly reading: Reading<Monomial>;
  /** Makes the table of all variables at a point, leaves too; it is the same table every time. */
  tabulate: (point: Point) => Float64Array;
}

const one: Monomial = { scale: 1, up: [], down: [] };

/** Common factors cancel. */
function product(xs: readonly Monomial[], over: readonly Monomial[] = []): Monomial {
  const [ups, downs] = [
    [...xs.flatMap((m) => m.up), ...over.flatMap((m) => m.down)],
    [...xs.flatMap((m) => m.down), ...over.flatMap((m) => m.up)],
  ];
  for (let i = downs.length - 1; i >= 0; i--) {
    const at = ups.indexOf(nth(downs, i));
    if (at < 0) continue;
    ups.splice(at, 1);
    downs.splice(i, 1);
  }
  const byNumber = (a: number, b: number) => a - b;
  const scale = xs.reduce((n, m) => n * m.scale, 1) / over.reduce((n, m) => n * m.scale, 1);
  return { scale, up: ups.toSorted(byNumber), down: downs.toSorted(byNumber) };
}

export function valueAt({ scale, up, down }: Monomial, x: Float64Array): number {
  let value = scale;
  for (let i = 0; i < up.length; i++) value *= x[up[i]!]!;
  for (let i = 0; i < down.length; i++) value /= x[down[i]!]!;
  return value;
}

/** Readings are made before the first point is tabulated: what they ask for becomes a leaf. */
export function monomials({ machine, layer, task, free, temporal, slotsOf }: Layout): Monomials {
  const { slots, architecture } = machine;
  const { conventions } = task;
  const last = architecture.levels.length;
  const first = dimensions.length * slots.length;
  const leaves: Leaf[] = [];
  const known = new Map<string, Monomial>();
  let table = new Float64Array(0);
  let tabulated: Point | undefined;

  const variable = (d: number, slot: number) => d * slots.length + slot;
  const leaf = (key: string, value: Leaf): Monomial => {
    const before = known.get(key);
    if (before) return before;
    const made: Monomial = { scale: 1, up: [first + leaves.length], down: [] };
    leaves.push(value);
    known.set(key, made);
    return made;
  };

  const loops = (dims: readonly Dimension[], region: Region): Monomial => {
    const own = free.filter((d) => dims.includes(nth(dimensions, d)));
    const covered = slotsIn(machine, region);
    return {
      scale: 1,
      up: own.flatMap((d) =>
        nth(slotsOf, d)
          .filter((s) => covered.includes(s))
          .map((s) => variable(d, s)),
      ),
      down: [],
    };
  };

  const outside = (level: number) => temporal.filter((s) => nth(slots, s).level < level);
  const refetches = (tensor: Tensor, level: number): Monomial => {
    // The multipliers reuse nothing in time.
    if (level === last)
      return loops(
        dimensions.filter((d) => !isRelevant(tensor, d)),
        { where: 'temporal' },
      );
    const own = outside(level).toReversed();
    const relevant = dimensions.map((d) => isRelevant(tensor, d));
    if (own.length === 0) return one;
    // Levels with the same loops outside share the leaf.
    return leaf(`refetches ${tensor} ${own.length}`, (x, { orders }) => {
      let [running, times] = [true, 1];
      for (const s of own) {
        const order = orders[s]!;
        for (let i = order.length - 1; i >= 0; i--) {
          const d = order[i]!;
          const f = x[variable(d, s)]!;
          if (f === 1) continue;
          if (relevant[d]) running = false;
          else if (!running) times *= f;
        }
      }
      return times;
    });
  };

  const extent = (d: Dimension, level: number) => loops([d], { where: 'inside', level });
  const rows = (w: Window, level: number, tuples: boolean): Monomial => {
    const [p, r] = [extent(w.out, level), extent(w.kernel, level)];
    if (tuples || (r.up.length === 0 && layer.stride[w.out] === 1)) return product([p, r]);
    return leaf(`rows ${w.out} ${p.up.join()} ${r.up.join()}`, (x) =>
      rowsUnder(valueAt(p, x), valueAt(r, x), layer.stride[w.out], layer.dilation[w.kernel], conventions.pixels),
    );
  };

  /** Rows where the first loop outside that moves the input tile slides it along the window. */
  const sliding = (w: Window, level: number, tile: Monomial, moved: Monomial): Monomial => {
    const own = outside(level).toReversed();
    const along = (dim: Dimension) => (dim === w.out ? layer.stride[w.out] : layer.dilation[w.kernel]);
    const shifts = new Map(
      own.flatMap((s) =>
        [w.out, w.kernel].map((dim) => {
          const between = loops([dim], {
            where: 'fan-outs between',
            outer: nth(slots, s).level,
            inner: level,
            except: [],
          });
          return [
            variable(dimensions.indexOf(dim), s),
            product([extent(dim, level), between, { ...one, scale: along(dim) }]),
          ] as const;
        }),
      ),
    );
    return leaf(`walk ${w.out} ${level}`, (x, { orders }) => {
      const [whole, times] = [valueAt(tile, x), valueAt(moved, x)];
      for (const s of own) {
        const at = orders[s]!.findLast((d) => x[variable(d, s)]! > 1 && isRelevant('Inputs', dimensions[d]!));
        if (at === undefined) continue;
        const shift = shifts.get(variable(at, s));
        const f = x[variable(at, s)]!;
        return shift ? (times / f) * (whole + (f - 1) * Math.min(valueAt(shift, x), whole)) : times * whole;
      }
      return times * whole;
    });
  };

  const reading: Reading<Monomial> = {
    pooled: { ...one, scale: (layer.pool?.P ?? 1) * (layer.pool?.Q ?? 1) },
    product: (xs) => product(xs),
    quotient: (a, b) => product([a], [b]),
    loops,
    refetches,
    revisits(level) {
      const { up } = refetches('Outputs', level);
      return up.length === 0 ? undefined : leaf(`revisits ${up.join()}`, (x) => up.reduce((n, i) => n * x[i]!, 1) - 1);
    },
    rows,
    walk(w, level, tuples) {
      const [tile, moved] = [rows(w, level, tuples), loops([w.out, w.kernel], { where: 'temporal outside', level })];
      return conventions.halo === 'refetch' || tuples || level === 0
        ? product([tile, moved])
        : sliding(w, level, tile, moved);
    },
    offsets(w, level) {
      const fanouts = slots.flatMap((s, i) => (s.kind === 'spatial' && s.level === level ? [i] : [])).toReversed();
      const unrolled = [w.out, w.kernel].filter(
        (d) => free.includes(dimensions.indexOf(d)) && fanouts.some((s) => nth(slots, s).dims.includes(d)),
      );
      const here = (d: Dimension) =>
        free.includes(dimensions.indexOf(d))
          ? fanouts.filter((s) => nth(slots, s).dims.includes(d)).map((s) => variable(dimensions.indexOf(d), s))
          : [];
      if (unrolled.length < 2) return { scale: 1, up: unrolled.flatMap(here), down: [] };
      const inner = [extent(w.out, level + 1), extent(w.kernel, level + 1)];
      const units = [layer.stride[w.out], layer.dilation[w.kernel]];
      // The steps of one dimension do not depend on the other's: the order of loops on an axis makes no difference.
      return leaf(`offsets ${w.out} ${level}`, (x) => {
        const steps = [w.out, w.kernel].map((d, i) => {
          let step = valueAt(inner[i]!, x) * units[i]!;
          return here(d).flatMap((v) => {
            if (x[v] === 1) return [];
            const made = { step, count: x[v]! };
            step *= x[v]!;
            return [made];
          });
        });
        return steps.every((s) => s.length > 0)
          ? countOffsets(steps.flat())
          : steps.flat().reduce((n, s) => n * s.count, 1);
      });
    },
  };

  return {
    reading,
    tabulate(point) {
      // A point is mostly asked for twice in a row: whether it is legal, and what it costs.
      if (point === tabulated) return table;
      tabulated = point;
      if (table.length !== first + leaves.length) table = new Float64Array(first + leaves.length).fill(1);
      for (const d of free) {
        const own = point.factors[d]!;
        for (let s = 0; s < slots.length; s++) table[variable(d, s)] = own[s]!;
      }
      for (let i = 0; i < leaves.length; i++) table[first + i] = leaves[i]!(table, point);
      return table;
    },
  };
}
