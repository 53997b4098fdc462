// One layer on one machine as a program: variables for factors, orders and windows; the cost rules read in logarithms.

import type { Architecture } from '../../model/architecture.js';
import type { Conventions } from '../../model/conventions.js';
import type { Evaluation } from '../../model/evaluate.js';
import type { Goal, Objective } from '../../model/goal.js';
import { exponents } from '../../model/goal.js';
import type { Dimension, Layer } from '../../model/layer.js';
import { dimensions, isRelevant, relevance, spares, tensors } from '../../model/layer.js';
import { compile, storageOf } from '../../model/machine.js';
import type { Loop, Mapping } from '../../model/mapping.js';
import type { Reading } from '../../model/traffic.js';
import { computeCycles, instances, paddedMacs, traffic } from '../../model/traffic.js';
import type { Linear } from '../../program/linear.js';
import { add, combine, constant, valueOf, zero } from '../../program/linear.js';
import type { Exponential, Program, Switch } from '../../program/program.js';
import { ProgramBuilder, convex } from '../../program/program.js';
import type { CapacityRow } from './capacity.js';
import { encodeCapacity, encodeTiling } from './capacity.js';
import { encodeFactors, paddedName } from './factors.js';
import { encodeHalo } from './halo.js';
import type { Log } from './log.js';
import { logOf, over, times } from './log.js';
import { encodeOrders, lessOne } from './orders.js';
import type { Padding } from './padding.js';
import { reach } from './reach.js';
import { slotsIn } from './regions.js';
import type { Sizing } from './sizing.js';
import { asGiven } from './sizing.js';
import { encodeTiles } from './tiles.js';

/** A layer's share of a program, with its way back. */
export interface Part {
  /** The mapping in a point of the program. */
  decode(x: ArrayLike<number>): Mapping;
  /** Variables that make the mapping: two points that agree in them decode to the same one. */
  readonly decisions: readonly number[];
  /** Whether cycles are more than the multipliers' in the program. */
  readonly timed: boolean;
  /** Names of the binaries that leave dimensions as they are. */
  readonly unpadded: readonly string[];
  /** An objective of the layer, as a sum of products. */
  measure(objective: Objective): readonly Exponential[];
  /** Rows whose right-hand side is the logarithm of a capacity. */
  readonly capacities: readonly CapacityRow[];
  /** The variables of loop orders and what is reused, as a mapping of the machine has them. */
  ordersOf(mapping: Mapping): ReadonlyMap<number, number>;
}

/** A program with its way back. */
export interface Encoding extends Part {
  readonly program: Program;
}

export interface EncodeOptions {
  readonly conventions: Conventions;
  readonly padding: Padding;
  readonly goal: Goal;
  /** Whole cycles between which every mapping of interest lies: from first principles, and from a known mapping. */
  readonly cycles: { readonly least: number; readonly most: number };
  /** A good mapping's evaluation: the program is made exact where it stands. */
  readonly known?: Evaluation | undefined;
}

/** Rows in logarithms are eased by this: a point that meets one exactly must not be lost to rounding. */
const logSlack = 1e-8;

/** Spans of cycles up to this are counted one by one. */
const mostCounted = 300;

/** Encodes all mappings of `layer` on `a` with the tensors it keeps; every legal mapping is a point of the program. */
export function encode(a: Architecture, layer: Layer, options: EncodeOptions): Encoding {
  const b = new ProgramBuilder();
  const part = encodeInto(b, a, layer, options, asGiven(a));
  return { ...part, program: b.build(convex(zero, part.measure(options.goal.objective))) };
}

/** The same into a program that may hold other layers, whose variables may choose the sizes of the machine. */
export function encodeInto(b: ProgramBuilder, a: Architecture, layer: Layer, options: EncodeOptions, sizing: Sizing): Part {
  const { conventions, goal } = options;
  const m = compile(a, a.levels.map((l) => l.keeps));
  const before = b.variables.length;
  const f = encodeFactors(b, m, layer, reach(m, layer, options.padding, options.cycles.most));
  const orders = encodeOrders(b, m, layer, f);
  const halo = encodeHalo(b, m, layer, conventions, f, orders);
  const decisions = b.variables.flatMap((v, i) => (i >= before && v.integer && !v.name.startsWith('run.') ? [i] : []));

  const revisited = new Map<number, Log | undefined>();
  const reading: Reading<Log> = {
    pooled: logOf(constant(Math.log((layer.pool?.P ?? 1) * (layer.pool?.Q ?? 1)))),
    product: times,
    quotient: over,
    loops: (ds, region) => logOf(f.product(ds, slotsIn(m, region))),
    unspared: (t, level) => logOf(orders.unspared(t, level)),
    revisits(level) {
      if (!revisited.has(level)) revisited.set(level, revisits(b, f, layer, orders.unspared('Outputs', level), `again.${a.levels[level]?.name ?? 'MAC'}`));
      return revisited.get(level);
    },
    rows: (w, level, tuples) => logOf(halo.rows(w, level, tuples)),
    walk: (w, level, tuples) => logOf(halo.walk(w, level, tuples)),
    offsets: (w, level) => logOf(halo.offsets(w, level)),
  };

  const counts = traffic(reading, m, conventions);
  const mostLogCycles = Math.log(options.cycles.most) + 1e-6;
  const mostCopies = a.levels.reduce((n, l) => l.axes.reduce((k, x) => k + Math.log(x.size + 0.5), n), 0);
  // Only outputs have counts that can vanish; all of them are outputs times revisits.
  const switched = ({ off }: Log, copies: number): Switch | undefined => off && { off, most: f.most(relevance.Outputs) + copies };
  const steps = computeCycles(reading).log;
  const logCycles = encodeCycles();
  const energy = encodeEnergy();
  const capacities = encodeCapacity(b, reading, m, sizing);
  encodeTiling(b, reading, m, layer, f);

  const power = (k: number, sum: readonly Exponential[]) => sum.map((e): Exponential => ({
      coefficient: e.coefficient,
      exponent: combine([[1, e.exponent], [k, logCycles]]),
      unless: e.unless && { off: e.unless.off, most: e.unless.most + k * mostLogCycles },
    }));
  const measure = (objective: Objective): readonly Exponential[] =>
    power(exponents[objective].cycles, exponents[objective].energy === 0 ? [{ coefficient: 1, exponent: zero, unless: undefined }] : energy);
  for (const [name, limit] of Object.entries(goal.limits) as ['energy' | 'latency' | 'edp', number][]) {
    if (name === 'latency') b.atMost('limit.latency', logCycles, Math.log(limit) + logSlack);
    else b.convexAtMost(`limit.${name}`, measure(name), limit);
  }
  return {
    decode, decisions, measure, capacities, ordersOf: orders.of, timed: logCycles !== steps,
    unpadded: dimensions.map((d) => paddedName(d, layer.bounds[d])),
  };

  /** ln cycles: at least the multipliers', and every port's words over its width (ceilings dropped). */
  function encodeCycles(): Linear {
    const asked = exponents[goal.objective].cycles > 0 || goal.limits.latency !== undefined || goal.limits.edp !== undefined;
    if (!asked && a.staticEnergy === 0) return steps;
    if (a.tiling) {
      const log = countedCycles();
      encodeTiles(b, reading, m, a.tiling, f, orders, log, options.cycles.least, options.known?.tiles);
      return log;
    }
    const ports = a.levels.flatMap((level, i) =>
      (['read', 'write', 'total'] as const).flatMap((port) => {
        const width = level.bandwidth[port];
        const actions = port === 'read' ? ['read'] : port === 'write' ? ['fill', 'update'] : ['read', 'fill', 'update'];
        const own = counts.filter((c) => c.level === i && actions.includes(c.action));
        return width === null || own.length === 0 ? [] : [{ name: `${level.name}.${port}`, width, own }];
      }),
    );
    if (ports.length === 0) return steps;
    const log = countedCycles();
    b.atMost('cycles.compute', combine([[1, steps], [-1, log]]), logSlack);
    for (const { name, width, own } of ports) {
      const load = own.map((c): Exponential => ({
        coefficient: storageOf(m, c.level, c.tensor).wordBits / width,
        exponent: combine([[1, c.words.log], [-1, log]]),
        unless: switched(c.words, 0),
      }));
      b.convexAtMost(`cycles.${name}`, load, 1);
    }
    return log;
  }

  /** Few cycles are counted one by one: a ceiling is then exact, where it would cost more than the gap. */
  function countedCycles(): Linear {
    const { least, most } = options.cycles;
    const log = b.variable('cycles', Math.log(least) - logSlack, Math.max(mostLogCycles, Math.log(least)), false);
    if (most - least > mostCounted || most < least) return log;
    const counts = Array.from({ length: most - least + 1 }, (_, i) => least + i);
    const chosen = counts.map((n) => b.binary(`cycles.is.${n}`));
    b.equal('cycles.one', add(...chosen), 1);
    b.equal('cycles.value', combine([[1, log], ...counts.map((n, i): [number, Linear] => [-Math.log(n), chosen[i]!])]), 0);
    return log;
  }

  function encodeEnergy(): readonly Exponential[] {
    const parts = counts.map((c): Exponential => {
      const storage = storageOf(m, c.level, c.tensor);
      const each = c.action === 'transfer' ? storage.wordBits * storage.linkEnergy : storage.energy[c.action] / storage.blockSize;
      return { coefficient: each, exponent: add(c.accesses.log, instances(reading, c.level).log, sizing.energy(c.level, c.tensor, c.action)), unless: switched(c.accesses, mostCopies) };
    });
    return [
      ...parts.filter((p) => p.coefficient > 0),
      ...(a.compute.energy > 0 ? [{ coefficient: a.compute.energy, exponent: paddedMacs(reading).log, unless: undefined }] : []),
      ...(a.staticEnergy > 0 ? [{ coefficient: a.staticEnergy, exponent: add(logCycles, sizing.static), unless: undefined }] : []),
    ];
  }

  function decode(x: ArrayLike<number>): Mapping {
    return {
      levels: a.levels.map((level, i) => {
        const slotOf = (kind: 'temporal' | 'spatial', name?: string) =>
          m.slots.findIndex((s) => s.level === i && s.kind === kind && (s.kind === 'temporal' || s.axis.name === name));
        const factors = (slot: number): Loop[] =>
          slot < 0 ? [] : dimensions.map((dim) => ({ dim, factor: f.read(dim, slot, x) })).filter((l) => l.factor > 1);
        const t = slotOf('temporal');
        const first = halo.first(t).find((c) => valueOf(c.chosen, x) > 0.5)?.dim;
        return {
          name: level.name,
          keep: level.keeps,
          temporal: t < 0 ? [] : inOrder(factors(t), orders.read(t, x), first),
          spatial: level.axes.flatMap((axis) => factors(slotOf('spatial', axis.name)).map((l) => ({ ...l, axis: axis.label }))),
        };
      }),
    };
  }
}

/** Outermost first: loops that touch everything, then the rest, then the group that spares `inner`; `first` slides the input. */
function inOrder(loops: readonly Loop[], inner: (typeof tensors)[number] | undefined, first: Dimension | undefined): readonly Loop[] {
  const rank = ({ dim }: Loop) => {
    if (dim === 'G') return 0;
    const grouped = inner !== undefined && spares[inner].includes(dim);
    if (dim === first) return inner === 'Inputs' ? 3 : 5;
    return grouped ? 4 : 2;
  };
  return [...loops].sort((p, q) => rank(p) - rank(q));
}

/** unspared reduction loops - 1, exactly; undefined where that is zero in every mapping. */
function revisits(b: ProgramBuilder, f: ReturnType<typeof encodeFactors>, layer: Layer, log: Linear, name: string): Log | undefined {
  if (log.terms.size === 0) {
    const visits = Math.round(Math.exp(log.constant));
    return visits > 1 ? logOf(constant(Math.log(visits - 1))) : undefined;
  }
  let values = [1];
  for (const d of dimensions.filter((e) => !isRelevant('Outputs', e) && layer.bounds[e] > 1)) {
    values = [...new Set(values.flatMap((v) => f.values(d).map((x) => v * x)))];
  }
  return lessOne(b, name, log, values.sort((p, q) => p - q));
}
