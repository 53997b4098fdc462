// All mappings of a layer as variables of a program: factors, orders and windows, the cost rules
// read over them, and the way back.

import type { Architecture } from '../../model/machine/architecture.js';
import type { Conventions } from '../../model/cost/conventions.js';
import type { Dimension, Layer } from '../../model/workload/layer.js';
import { dimensions, isRelevant, irrelevant, tensors } from '../../model/workload/layer.js';
import type { Machine } from '../../model/machine/compiled-machine.js';
import { compile } from '../../model/machine/compiled-machine.js';
import type { Loop, Mapping } from '../../model/mapping/mapping.js';
import type { Reading } from '../../model/cost/traffic.js';
import { slotsIn } from '../../model/mapping/regions.js';
import type { Linear } from '../../program/linear.js';
import { constant, valueOf } from '../../program/linear.js';
import type { ProgramBuilder } from '../../program/program.js';
import type { Factors } from './factor-rows.js';
import { encodeFactors } from './factor-rows.js';
import { encodeHalo } from './halo.js';
import type { Keeping } from './keeping-rows.js';
import { encodeHeldSums, encodeKeeping } from './keeping-rows.js';
import { lessOne } from './less-one.js';
import type { Log } from './log.js';
import { logOf, over, times } from './log.js';
import type { Orders } from './orders.js';
import { encodeOrders } from './orders.js';
import type { Reach } from './reach.js';
import { encodeRules } from './rule-rows.js';

export interface Mappings {
  readonly m: Machine;
  readonly f: Factors;
  readonly orders: Orders;
  readonly keeping: Keeping;
  readonly reading: Reading<Log>;
  /** Variables that make the mapping: two points that agree in them decode to the same one. */
  readonly decisions: readonly number[];
  /** The mapping in a point of the program. */
  decode: (x: ArrayLike<number>) => Mapping;
}

export function encodeMappings(
  b: ProgramBuilder,
  a: Architecture,
  layer: Layer,
  conventions: Conventions,
  within: Reach,
  forms: 'short' | 'plain',
): Mappings {
  const m = compile(
    a,
    a.levels.map((l) => l.keeps),
  );
  const before = b.variables.length;
  const f = encodeFactors(b, m, layer, within, forms);
  encodeRules(b, m, f);
  const orders = encodeOrders(b, m, layer, f);
  const keeping = encodeKeeping(b, m, layer, f);
  encodeHeldSums(b, m, orders, keeping);
  const halo = encodeHalo({ b, m, layer, conventions, f, orders });
  const decisions = b.variables.flatMap((v, i) => (i >= before && v.integer && !v.name.startsWith('run.') ? [i] : []));

  const revisited = new Map<number, Log | undefined>();
  const reading: Reading<Log> = {
    constant: (n) => logOf(constant(Math.log(n))),
    pool: layer.pool,
    residual: layer.residual,
    weightBits: layer.weightBits,
    split: layer.split,
    product: times,
    quotient: over,
    loops: (ds, region) => logOf(f.product(ds, slotsIn(m, region))),
    refetches: (t, level) => logOf(orders.refetches(t, level)),
    revisits(level) {
      if (!revisited.has(level))
        revisited.set(
          level,
          revisits(b, f, layer, orders.refetches('Outputs', level), `again.${a.levels[level]?.name ?? 'MAC'}`),
        );
      return revisited.get(level);
    },
    rows: (w, level, tuples) => logOf(halo.rows(w, level, tuples)),
    walk: (w, level, tuples) => logOf(halo.walk(w, level, tuples)),
    offsets: (w, level) => logOf(halo.offsets(w, level)),
  };

  return { m, f, orders, keeping, reading, decisions, decode };

  function decode(x: ArrayLike<number>): Mapping {
    return {
      levels: a.levels.map((level, i) => {
        const slots = m.slots.flatMap((s, k) => (s.level === i ? [{ s, k }] : []));
        const factors = (slot: number): Loop[] =>
          dimensions.map((dim) => ({ dim, factor: f.read(dim, slot, x) })).filter((l) => l.factor > 1);
        const first = (slot: number) => halo.first(slot).find((c) => valueOf(c.chosen, x) > 0.5)?.dim;
        return {
          name: level.name,
          keep: keeping.kept(i, x),
          temporal: slots.flatMap(({ s, k }) =>
            s.kind === 'temporal' ? inOrder(factors(k), orders.read(k, x), first(k)) : [],
          ),
          spatial: slots.flatMap(({ s, k }) =>
            s.kind === 'spatial' ? factors(k).map((l) => ({ ...l, axis: s.axis.label })) : [],
          ),
        };
      }),
    };
  }
}

/**
 * Outermost first: loops that touch everything, then the rest, then the group that spares
 * `inner`; `first` slides the input.
 */
function inOrder(
  loops: readonly Loop[],
  inner: (typeof tensors)[number] | undefined,
  first: Dimension | undefined,
): readonly Loop[] {
  const rank = ({ dim }: Loop) => {
    if (dim === 'G') return 0;
    const grouped = inner !== undefined && irrelevant[inner].includes(dim);
    if (dim === first) return inner === 'Inputs' ? 3 : 5;
    return grouped ? 4 : 2;
  };
  return [...loops].sort((p, q) => rank(p) - rank(q));
}

/** Refetches by reduction loops - 1, exactly; undefined where that is zero in every mapping. */
function revisits(
  b: ProgramBuilder,
  f: ReturnType<typeof encodeFactors>,
  layer: Layer,
  log: Linear,
  name: string,
): Log | undefined {
  if (log.terms.size === 0) {
    const visits = Math.round(Math.exp(log.constant));
    return visits > 1 ? logOf(constant(Math.log(visits - 1))) : undefined;
  }
  let values = [1];
  for (const d of dimensions.filter((e) => !isRelevant('Outputs', e) && layer.bounds[e] > 1)) {
    values = [...new Set(values.flatMap((v) => f.values(d).map((x) => v * x)))];
  }
  return lessOne(
    b,
    name,
    log,
    values.sort((p, q) => p - q),
  );
}
