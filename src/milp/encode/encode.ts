// One layer on one machine as a program: variables for factors, orders and windows; the cost rules read in logarithms.

import type { Architecture } from '../../model/machine/architecture.js';
import type { Goal, Objective } from '../../model/cost/goal.js';
import { exponents } from '../../model/cost/goal.js';
import type { Layer } from '../../model/workload/layer.js';
import { dimensions } from '../../model/workload/layer.js';
import { tagOf } from '../../model/mapping/layer-requirement.js';
import { compile } from '../../model/machine/compiled-machine.js';
import type { Mapping } from '../../model/mapping/mapping.js';
import { computeCycles } from '../../model/cost/traffic.js';
import type { Linear } from '../../program/linear.js';
import { combine, zero } from '../../program/linear.js';
import type { Exponential, Program } from '../../program/program.js';
import { ProgramBuilder, convex } from '../../program/program.js';
import type { CapacityRow } from './capacity.js';
import { encodeCapacity, encodeTiling } from './capacity.js';
import { countsOf } from './counted.js';
import { encodeCycles } from './cycle-rows.js';
import type { EncodeOptions } from './encode-options.js';
import { logSlack, maxLogCycles } from './encode-options.js';
import { energyTerms } from './energy-terms.js';
import { paddedName } from './factor-rows.js';
import { encodeMappings } from './mapping-points.js';
import { reach } from './reach.js';
import type { Sizing } from './sizing.js';
import { asGiven } from './sizing.js';

/** A layer's share of a program, with its way back. */
export interface Part {
  /** The mapping in a point of the program. */
  decode: (x: ArrayLike<number>) => Mapping;
  /** Variables that make the mapping: two points that agree in them decode to the same one. */
  readonly decisions: readonly number[];
  /** Whether cycles are more than the multipliers' in the program. */
  readonly timed: boolean;
  /** Names of the binaries that leave dimensions as they are. */
  readonly unpadded: readonly string[];
  /** An objective of the layer, as a sum of products. */
  measure: (objective: Objective) => readonly Exponential[];
  /** Rows whose right-hand side is the logarithm of a capacity. */
  readonly capacities: readonly CapacityRow[];
  /** The variables of loop orders and what is reused, as a mapping of the machine has them. */
  ordersOf: (mapping: Mapping) => ReadonlyMap<number, number>;
}

/** A program with its way back. */
export interface Encoding extends Part {
  readonly program: Program;
}

/** Encodes all mappings of `layer` on `a` with the tensors it keeps; every legal mapping is a point of the program. */
export function encode(a: Architecture, layer: Layer, options: EncodeOptions): Encoding {
  const b = new ProgramBuilder();
  const part = encodeInto(b, a, layer, options, asGiven(a));
  return { ...part, program: b.build(convex(zero, part.measure(options.goal.objective))) };
}

/** The same into a program that may hold other layers, whose variables may choose the sizes of the machine. */
export function encodeInto(
  b: ProgramBuilder,
  a: Architecture,
  layer: Layer,
  options: EncodeOptions,
  sizing: Sizing,
): Part {
  const mappings = encodeMappings(
    b,
    a,
    layer,
    options.conventions,
    reach(compile(a, keptBy(a)), layer, options.padding, options.cycles.max),
    options.forms ?? 'short',
  );
  const { m, f, orders, keeping, decisions, reading, decode } = mappings;
  const counted = countsOf(a, mappings, options);
  const steps = computeCycles(reading).log;
  const logCycles = encodeCycles(b, counted, steps);
  const energy = energyTerms(counted, sizing, logCycles);
  const capacities = encodeCapacity(b, reading, m, layer, sizing, keeping, options.only);
  encodeTiling(b, reading, m, layer, f);
  const measure = (objective: Objective): readonly Exponential[] =>
    timesCycles(
      exponents[objective].energy === 0 ? [once] : energy,
      exponents[objective].cycles,
      logCycles,
      maxLogCycles(options),
    );
  encodeLimits(b, options.goal, measure, logCycles);
  return {
    decode,
    decisions,
    measure,
    capacities,
    ordersOf: orders.of,
    timed: logCycles !== steps,
    unpadded: dimensions.map((d) => paddedName(d, layer.bounds[d])),
  };
}

const keptBy = (a: Architecture) => a.levels.map((l) => l.keeps);

/** What latency is a multiple of. */
const once: Exponential = { coefficient: 1, exponent: zero, unless: undefined, label: 'cycles' };

/** A sum times a power of the cycles. */
const timesCycles = (
  sum: readonly Exponential[],
  power: number,
  logCycles: Linear,
  maxLog: number,
): readonly Exponential[] =>
  sum.map((e): Exponential => ({
    coefficient: e.coefficient,
    exponent: combine([
      [1, e.exponent],
      [power, logCycles],
    ]),
    label: e.label,
    unless: e.unless && { off: e.unless.off, max: e.unless.max + power * maxLog },
  }));

function encodeLimits(b: ProgramBuilder, { limits }: Goal, measure: Part['measure'], logCycles: Linear): void {
  for (const [name, limit] of Object.entries(limits) as ['energy' | 'latency' | 'edp', number][]) {
    b.about(tagOf({ kind: 'limit', quantity: name, max: limit }), () => {
      if (name === 'latency') b.atMost('limit.latency', logCycles, Math.log(limit) + logSlack);
      else b.convexAtMost(`limit.${name}`, measure(name), limit);
    });
  }
}
