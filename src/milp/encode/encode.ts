// One layer on one machine as a program: variables for factors, orders and windows; the cost rules read in logarithms.

import { nth } from '../../base/invariant.js';
import type { Architecture } from '../../model/machine/architecture.js';
import type { Conventions } from '../../model/cost/conventions.js';
import type { Evaluation } from '../../model/cost/evaluate.js';
import type { Goal, Objective } from '../../model/cost/goal.js';
import { exponents } from '../../model/cost/goal.js';
import type { Layer, Tensor } from '../../model/workload/layer.js';
import { dimensions, relevance, tensors } from '../../model/workload/layer.js';
import { tagOf } from '../../model/mapping/layer-requirement.js';
import { compile } from '../../model/machine/compiled-machine.js';
import type { Mapping } from '../../model/mapping/mapping.js';
import { chargesAt, energyPerAccess, runCharges } from '../../model/cost/charges.js';
import { portsOf } from '../../model/cost/ports.js';
import { computeCycles } from '../../model/cost/traffic.js';
import type { Linear } from '../../program/linear.js';
import { add, combine, zero } from '../../program/linear.js';
import type { Exponential, Program, Switch } from '../../program/program.js';
import { ProgramBuilder, convex } from '../../program/program.js';
import type { CapacityRow } from './capacity.js';
import { encodeCapacity, encodeTiling } from './capacity.js';
import { paddedName } from './factor-rows.js';
import type { Log } from './log.js';
import { encodeMappings } from './mapping-points.js';
import type { Padding } from './padding.js';
import { reach } from './reach.js';
import type { Sizing } from './sizing.js';
import { asGiven } from './sizing.js';
import { encodeTiles } from './tile-rows.js';

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

export interface EncodeOptions {
  readonly conventions: Conventions;
  readonly padding: Padding;
  readonly goal: Goal;
  /** Whole cycles between which every mapping of interest lies: from first principles, and from a known mapping. */
  readonly cycles: { readonly min: number; readonly max: number };
  /** A good mapping's evaluation: the program is made exact where it stands. */
  readonly known?: Evaluation | undefined;
  /** How products of loops are written (`encodeFactors`); short unless it says otherwise. */
  readonly forms?: 'short' | 'plain';
  /**
   * Only what these cost and take up, and their share of what all cost together: bounds of all such
   * parts add up to one of the whole.
   */
  readonly only?: readonly Tensor[] | undefined;
}

/** Rows in logarithms are eased by this: a point that meets one exactly must not be lost to rounding. */
const logSlack = 1e-8;

/** Spans of cycles up to this are counted one by one. */
const maxCounted = 300;

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
  const { conventions, goal, only = tensors } = options;
  const share = only.length / tensors.length;
  const { m, f, orders, keeping, decisions, reading, decode } = encodeMappings(
    b,
    a,
    layer,
    conventions,
    reach(
      compile(
        a,
        a.levels.map((l) => l.keeps),
      ),
      layer,
      options.padding,
      options.cycles.max,
    ),
    options.forms ?? 'short',
  );

  const counts = keeping.traffic(reading, conventions).filter((c) => only.includes(c.tensor));
  const maxLogCycles = Math.log(options.cycles.max) + 1e-6;
  const maxCopies = a.levels.reduce((n, l) => l.axes.reduce((k, x) => k + Math.log(x.size + 0.5), n), 0);
  // Only outputs have counts that vanish by themselves, all of them outputs times revisits; others
  // do where a level keeps nothing.
  const switched = ({ off }: Log, gone: Linear | undefined, copies: number): Switch | undefined =>
    gone
      ? { off: off ? add(off, gone) : gone, max: keeping.max }
      : off && { off, max: f.max(relevance.Outputs) + copies };
  const steps = computeCycles(reading).log;
  const logCycles = encodeCycles();
  const energy = encodeEnergy();
  const capacities = encodeCapacity(b, reading, m, layer, sizing, keeping, only);
  encodeTiling(b, reading, m, layer, f);

  const power = (k: number, sum: readonly Exponential[]) =>
    sum.map((e): Exponential => ({
      coefficient: e.coefficient,
      exponent: combine([
        [1, e.exponent],
        [k, logCycles],
      ]),
      label: e.label,
      unless: e.unless && { off: e.unless.off, max: e.unless.max + k * maxLogCycles },
    }));
  const measure = (objective: Objective): readonly Exponential[] =>
    power(
      exponents[objective].cycles,
      exponents[objective].energy === 0
        ? [{ coefficient: 1, exponent: zero, unless: undefined, label: 'cycles' }]
        : energy,
    );
  for (const [name, limit] of Object.entries(goal.limits) as ['energy' | 'latency' | 'edp', number][]) {
    b.about(tagOf({ kind: 'limit', quantity: name, max: limit }), () => {
      if (name === 'latency') b.atMost('limit.latency', logCycles, Math.log(limit) + logSlack);
      else b.convexAtMost(`limit.${name}`, measure(name), limit);
    });
  }
  return {
    decode,
    decisions,
    measure,
    capacities,
    ordersOf: orders.of,
    timed: logCycles !== steps,
    unpadded: dimensions.map((d) => paddedName(d, layer.bounds[d])),
  };

  /** ln cycles: at least the multipliers', and every port's words over its width (ceilings dropped). */
  function encodeCycles(): Linear {
    const asked =
      exponents[goal.objective].cycles > 0 || goal.limits.latency !== undefined || goal.limits.edp !== undefined;
    if (!asked && a.staticEnergy === 0) return steps;
    if (a.tiling) {
      const log = countedCycles();
      encodeTiles(b, reading, m, a.tiling, f, orders, log, options.cycles.min, options.known?.tiles);
      return log;
    }
    const ports = portsOf(a, counts);
    if (ports.length === 0) return steps;
    const log = countedCycles();
    b.about(tagOf({ kind: 'cycles', of: 'multipliers' }), () =>
      b.atMost(
        'cycles.compute',
        combine([
          [1, steps],
          [-1, log],
        ]),
        logSlack,
      ),
    );
    for (const { level, name: port, width, loads } of ports) {
      const load = loads.map(({ count: c, wordBits }): Exponential => ({
        coefficient: wordBits / width,
        exponent: combine([
          [1, c.words.log],
          [-1, log],
        ]),
        unless: switched(c.words, c.gone, 0),
        label: `${c.action} of ${c.tensor}`,
      }));
      const { name } = nth(a.levels, level);
      b.about(tagOf({ kind: 'port', level: name, port }), () => b.convexAtMost(`cycles.${name}.${port}`, load, 1));
    }
    return log;
  }

  /** Few cycles are counted one by one: a ceiling is then exact, where it would cost more than the gap. */
  function countedCycles(): Linear {
    const { min, max } = options.cycles;
    const log = b.variable('cycles', Math.log(min) - logSlack, Math.max(maxLogCycles, Math.log(min)), false);
    if (max - min > maxCounted || max < min) return log;
    const counts = Array.from({ length: max - min + 1 }, (_, i) => min + i);
    const chosen = counts.map((n) => b.binary(`cycles.is.${n}`));
    b.equal('cycles.one', add(...chosen), 1);
    b.equal(
      'cycles.value',
      combine([[1, log], ...counts.map((n, i): [number, Linear] => [-Math.log(n), nth(chosen, i)])]),
      0,
    );
    return log;
  }

  function encodeEnergy(): readonly Exponential[] {
    const parts = counts.map((c): Exponential => {
      const charge = chargesAt(reading, m, conventions, c.level)(c.tensor, c.action);
      return {
        coefficient: energyPerAccess(charge),
        exponent: add(c.accesses.log, charge.copies.log, sizing.energy(c.level, c.tensor, c.action)),
        unless: switched(c.accesses, c.gone, maxCopies),
        label: `${nth(a.levels, c.level).name} ${c.action} of ${c.tensor}`,
      };
    });
    const { macs, energyPerMac, energyPerCycle } = runCharges(reading, a);
    return [
      ...parts.filter((p) => p.coefficient > 0),
      ...(energyPerMac > 0
        ? [
            {
              coefficient: share * energyPerMac,
              exponent: macs.log,
              unless: undefined,
              label: a.compute.name,
            },
          ]
        : []),
      ...(energyPerCycle > 0
        ? [
            {
              coefficient: share * energyPerCycle,
              exponent: add(logCycles, sizing.static),
              unless: undefined,
              label: 'static energy',
            },
          ]
        : []),
    ];
  }
}
