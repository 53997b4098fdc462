// What stands between one layer and a mapping on a machine: each requirement that a mapping must meet, in words.

import { defined } from '../../base/invariant.js';
import { capacityUnit, poolOf, roomOf, sizeInBytes } from './memory-room.js';
import type { Architecture } from '../machine/architecture.js';
import type { FactorRule } from './constraints.js';
import { printRule } from './constraints.js';
import type { Dimension, Layer, Tensor } from '../workload/layer.js';
import { allCalledIn, calledIn } from '../workload/layer.js';

export type LayerRequirement =
  /** Tiles in their memory: of one tensor, or of some that share it. */
  | { readonly kind: 'capacity'; readonly level: string; readonly tensors: readonly Tensor[] }
  /** What an axis may unroll side by side. */
  | { readonly kind: 'axis'; readonly axis: string }
  /** The loops over a dimension make up its bound, or one that it may be padded to. */
  | { readonly kind: 'bound'; readonly dimension: Dimension }
  /** What a level requires of the factors of a dimension. */
  | { readonly kind: 'factor'; readonly level: string; readonly rule: FactorRule }
  /** Partial sums stay in a level until they are finished. */
  | { readonly kind: 'sums'; readonly level: string }
  | { readonly kind: 'biases' }
  /** The counter of a loop. */
  | { readonly kind: 'counter'; readonly dimension: Dimension; readonly level: string }
  /** Windows of the max-pool behind the layer. */
  | { readonly kind: 'pool' }
  /** Words through a port of a level. */
  | { readonly kind: 'port'; readonly level: string; readonly port: 'read' | 'write' | 'total' }
  /** The cycles that the multipliers need, or tiles one after the other. */
  | { readonly kind: 'cycles'; readonly of: 'multipliers' | 'tiles' }
  | { readonly kind: 'limit'; readonly quantity: 'energy' | 'latency' | 'edp'; readonly max: number };

/** As rows of a program are tagged with it, and back. */
export const tagOf = (requirement: LayerRequirement): string => JSON.stringify(requirement);
export const fromTag = (tag: string): LayerRequirement => JSON.parse(tag) as LayerRequirement;

/** A short name, as solvers give it back. */
export function nameOf(r: LayerRequirement): string {
  switch (r.kind) {
    case 'capacity':
      return `room in ${r.level} for ${r.tensors.join(' and ')}`;
    case 'axis':
      return `axis ${r.axis}`;
    case 'bound':
      return `bound of ${r.dimension}`;
    case 'factor':
      return `${printRule(r.rule)} at ${r.level}`;
    case 'sums':
      return `sums in ${r.level}`;
    case 'biases':
      return 'bias lines';
    case 'counter':
      return `counter of ${r.dimension} in ${r.level}`;
    case 'pool':
      return 'max-pool';
    case 'port':
      return `port of ${r.level}: ${r.port}`;
    case 'cycles':
      return `cycles of ${r.of}`;
    case 'limit':
      return `limit ${r.quantity}`;
  }
}

const axesOf = (a: Architecture, d: Dimension): string => {
  const along = a.levels.flatMap((l) => l.axes.filter((x) => x.dims.includes(d)));
  return along.length === 0 ? '' : `, side by side on ${along.map((x) => `${x.name} (${x.size})`).join(', ')}`;
};

const count = (n: number) => n.toLocaleString('en-US');

/**
 * What is required, as a sentence about `layer`; of a capacity also what would do, where that is known, counted as
 * `roomOf` counts.
 */
export function describe(r: LayerRequirement, layer: Layer, a: Architecture, needed?: number): string {
  switch (r.kind) {
    case 'capacity':
      return describeCapacity(r, layer, a, needed);
    case 'axis': {
      const axis = defined(a.levels.flatMap((l) => l.axes).find((x) => x.name === r.axis));
      const dims = allCalledIn(layer, axis.dims).join(', ');
      return `${axis.name} has ${axis.size} positions for ${axis.exclusive ? 'one of ' : ''}${dims}`;
    }
    case 'bound':
      return `the loops over ${calledIn(layer, r.dimension)} make up ${count(layer.bounds[r.dimension])}: in time in ${
        a.levels
          .filter((l) => l.temporal.includes(r.dimension))
          .map((l) => l.name)
          .join(', ') || 'no level'
      }${axesOf(a, r.dimension)}`;
    case 'factor':
      return `${r.level} must have ${printRule(r.rule, layer)}`;
    case 'sums':
      return `partial sums stay in ${r.level} until they are finished`;
    case 'biases': {
      const { lanes, biasLines } = defined(a.tiling);
      const side = defined(a.levels.flatMap((l) => l.axes).find((x) => x.name === lanes)).size;
      const channels = layer.bounds.K * layer.bounds.G;
      return (
        `the biases of ${count(channels)} output channels take ${count(Math.ceil(channels / side))} lines of the ` +
        `bias memory or more, which has room for ${count(biasLines)}`
      );
    }
    case 'counter':
      return `a loop over ${calledIn(layer, r.dimension)} in ${r.level} is at most ${count(defined(a.tiling).longestLoop)} long`;
    case 'pool':
      return a.tiling
        ? `windows of ${layer.pool?.P ?? 1} x ${layer.pool?.Q ?? 1} of the pool behind the layer lie within the ` +
            'tile of a PE'
        : 'only machines of the template pool behind a layer';
    case 'port':
      return (
        (r.port === 'total' ? 'all words' : r.port === 'read' ? 'words read' : 'words written') +
        ` pass the port of ${r.level}`
      );
    case 'cycles':
      return r.of === 'multipliers' ? 'the multipliers work one step after the other' : 'tiles follow each other';
    case 'limit':
      return (
        `${r.quantity} is at most ${count(r.max)} ` +
        (r.quantity === 'energy' ? 'pJ' : r.quantity === 'latency' ? 'cycles' : 'pJ x cycles')
      );
  }
}

function describeCapacity(
  { level: name, tensors }: LayerRequirement & { readonly kind: 'capacity' },
  layer: Layer,
  a: Architecture,
  needed: number | undefined,
): string {
  const { level, pool } = poolOf(a, name, tensors);
  const room = defined(roomOf(level, pool));
  const own = tensors.map((t) => calledIn(layer, t)).join(' and ');
  const [whose, verb] = tensors.length === 1 ? [`tile of ${own}`, 'takes'] : [`tiles of ${own}`, 'take'];
  const unit = capacityUnit(room, level, tensors);
  const has =
    unit === undefined
      ? sizeInBytes(room.amount * room.unitBits)
      : `${count(room.amount)}${needed === undefined ? ` ${unit}` : ''}`;
  if (needed === undefined) return `the ${whose} must fit ${name}, which has room for ${has}`;
  if (unit === undefined)
    return `the smallest ${whose} ${verb} ${sizeInBytes(needed * room.unitBits)}, ${name} has room for ${has}`;
  return (
    `the smallest ${whose} ${verb} ${count(needed)} ${unit} of ${name}, which has room for ${has}: ` +
    `needs ${sizeInBytes(needed * room.unitBits)}, ${name} holds ${sizeInBytes(room.amount * room.unitBits)}`
  );
}
