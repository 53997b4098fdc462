// The cost rules read with monomials of a point's factors: written down once per task, then costed at many points.

import { nth } from '../../base/invariant.js';
import type { Dimension, Tensor, Window } from '../../model/workload/layer.js';
import { dimensions, isRelevant } from '../../model/workload/layer.js';
import { countOffsets, rowsUnder } from '../../model/cost/numbers.js';
import { slotsIn } from '../../model/mapping/regions.js';
import type { Reading, Region } from '../../model/cost/traffic.js';
import type { Monomial } from './monomial.js';
import { one, product, valueAt } from './monomial.js';
import type { Layout, Point } from './point-layout.js';
import { Variables } from './variables.js';

export interface Monomials {
  readonly reading: Reading<Monomial>;
  /** Makes the table of all variables at a point, leaves too; it is the same table every time. */
  tabulate: (point: Point) => Float64Array;
}

/** What readings are made of. */
interface Context {
  readonly layout: Layout;
  readonly variables: Variables;
}

/** Readings are made before the first point is tabulated: what they ask for becomes a leaf. */
export function monomials(layout: Layout): Monomials {
  const variables = new Variables(layout);
  const c: Context = { layout, variables };
  const { layer, task } = layout;
  return {
    tabulate: (point) => variables.tabulate(point),
    reading: {
      constant: (n) => ({ ...one, scale: n }),
      pool: layer.pool,
      residual: layer.residual,
      resident: layer.resident,
      weightBits: layer.weightBits,
      split: layer.split,
      product: (xs) => product(xs),
      quotient: (a, b) => product([a], [b]),
      loops: (dims, region) => loops(c, dims, region),
      refetches: (tensor, level) => refetches(c, tensor, level),
      revisits: (level) => revisits(c, level),
      rows: (w, level, tuples) => rows(c, w, level, tuples),
      walk(w, level, tuples) {
        const tile = rows(c, w, level, tuples);
        const moved = loops(c, [w.out, w.kernel], { where: 'temporal outside', level });
        return task.conventions.halo === 'refetch' || tuples || level === 0
          ? product([tile, moved])
          : sliding(c, w, level, tile, moved);
      },
      offsets: (w, level) => offsets(c, w, level),
    },
  };
}

function loops({ layout, variables }: Context, dims: readonly Dimension[], region: Region): Monomial {
  const own = layout.free.filter((d) => dims.includes(nth(dimensions, d)));
  const covered = slotsIn(layout.machine, region);
  return {
    scale: 1,
    up: own.flatMap((d) =>
      nth(layout.slotsOf, d)
        .filter((s) => covered.includes(s))
        .map((s) => variables.of(d, s)),
    ),
    down: [],
  };
}

const extent = (c: Context, d: Dimension, level: number): Monomial => loops(c, [d], { where: 'inside', level });

/** Slots in time of the levels outside one, from inside out. */
const outside = ({ layout: { temporal, machine } }: Context, level: number): readonly number[] =>
  temporal.filter((s) => nth(machine.slots, s).level < level).toReversed();

function refetches(c: Context, tensor: Tensor, level: number): Monomial {
  // The multipliers reuse nothing in time.
  if (level === c.layout.machine.architecture.levels.length)
    return loops(
      c,
      dimensions.filter((d) => !isRelevant(tensor, d)),
      { where: 'temporal' },
    );
  const { variables } = c;
  const own = outside(c, level);
  const relevant = dimensions.map((d) => isRelevant(tensor, d));
  if (own.length === 0) return one;
  // Levels with the same loops outside share the leaf.
  return variables.leaf(`refetches ${tensor} ${own.length}`, (x, { orders }) => {
    let [running, times] = [true, 1];
    for (const s of own) {
      const order = orders[s]!;
      for (let i = order.length - 1; i >= 0; i--) {
        const d = order[i]!;
        const f = x[variables.of(d, s)]!;
        if (f === 1) continue;
        if (relevant[d]) running = false;
        else if (!running) times *= f;
      }
    }
    return times;
  });
}

function revisits(c: Context, level: number): Monomial | undefined {
  const { up } = refetches(c, 'Outputs', level);
  if (up.length === 0) return undefined;
  return c.variables.leaf(`revisits ${up.join()}`, (x) => up.reduce((n, i) => n * x[i]!, 1) - 1);
}

function rows(c: Context, w: Window, level: number, tuples: boolean): Monomial {
  const { layer, task } = c.layout;
  const [p, r] = [extent(c, w.out, level), extent(c, w.kernel, level)];
  if (tuples || (r.up.length === 0 && layer.stride[w.out] === 1)) return product([p, r]);
  return c.variables.leaf(`rows ${w.out} ${p.up.join()} ${r.up.join()}`, (x) =>
    rowsUnder(valueAt(p, x), valueAt(r, x), layer.stride[w.out], layer.dilation[w.kernel], task.conventions.pixels),
  );
}

/** Rows where the first loop outside that moves the input tile slides it along the window. */
function sliding(c: Context, w: Window, level: number, tile: Monomial, moved: Monomial): Monomial {
  const { variables } = c;
  const own = outside(c, level);
  const shifts = shiftsOf(c, w, level, own);
  return variables.leaf(`walk ${w.out} ${level}`, (x, { orders }) => {
    const [whole, times] = [valueAt(tile, x), valueAt(moved, x)];
    for (const s of own) {
      const at = orders[s]!.findLast((d) => x[variables.of(d, s)]! > 1 && isRelevant('Inputs', dimensions[d]!));
      if (at === undefined) continue;
      const shift = shifts.get(variables.of(at, s));
      const f = x[variables.of(at, s)]!;
      return shift ? (times / f) * (whole + (f - 1) * Math.min(valueAt(shift, x), whole)) : times * whole;
    }
    return times * whole;
  });
}

/** By how many rows a step of each loop outside moves the tile along the window. */
function shiftsOf(c: Context, w: Window, level: number, own: readonly number[]): ReadonlyMap<number, Monomial> {
  const { layer, machine } = c.layout;
  const along = (dim: Dimension) => (dim === w.out ? layer.stride[w.out] : layer.dilation[w.kernel]);
  const shift = (dim: Dimension, s: number) => {
    const outer = nth(machine.slots, s).level;
    const between = loops(c, [dim], { where: 'fan-outs between', outer, inner: level, except: [] });
    return product([extent(c, dim, level), between, { ...one, scale: along(dim) }]);
  };
  return new Map(
    own.flatMap((s) =>
      [w.out, w.kernel].map((dim) => [c.variables.of(dimensions.indexOf(dim), s), shift(dim, s)] as const),
    ),
  );
}

function offsets(c: Context, w: Window, level: number): Monomial {
  const { free, layer, machine } = c.layout;
  const fanouts = machine.slots
    .flatMap((s, i) => (s.kind === 'spatial' && s.level === level ? [{ slot: i, dims: s.dims }] : []))
    .toReversed();
  const here = (d: Dimension): readonly number[] =>
    free.includes(dimensions.indexOf(d))
      ? fanouts.filter((s) => s.dims.includes(d)).map(({ slot }) => c.variables.of(dimensions.indexOf(d), slot))
      : [];
  const unrolled = [w.out, w.kernel].map(here);
  if (unrolled.some((own) => own.length === 0)) return { scale: 1, up: unrolled.flat(), down: [] };
  const inner = [extent(c, w.out, level + 1), extent(c, w.kernel, level + 1)];
  const units = [layer.stride[w.out], layer.dilation[w.kernel]];
  // The steps of one dimension do not depend on the other's: the order of loops on an axis makes no difference.
  return c.variables.leaf(`offsets ${w.out} ${level}`, (x) => {
    const steps = unrolled.map((own, i) => {
      let step = valueAt(inner[i]!, x) * units[i]!;
      return own.flatMap((v) => {
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
}
