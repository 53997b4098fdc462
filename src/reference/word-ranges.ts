// How far the words of every tensor can go, whatever the inputs: the limits of the steps that make them.

import { got, nth } from '../base/invariant.js';
import type { NetworkGraph } from '../model/workload/network-graph.js';
import type { GraphIntegers } from './integer-arithmetic.js';

export interface Interval {
  readonly min: number;
  readonly max: number;
}

export type WordRanges = (tensor: string) => Interval;

const around = (parts: readonly Interval[]): Interval => ({
  min: Math.min(...parts.map((p) => p.min)),
  max: Math.max(...parts.map((p) => p.max)),
});

/** Of every tensor; `rangeOf` are the least and the greatest word of an input of the network. */
export function wordRanges(
  graph: NetworkGraph,
  integers: GraphIntegers,
  rangeOf: (tensor: string) => readonly [min: number, max: number],
): WordRanges {
  const known = new Map<string, Interval>();
  const producers = new Map(graph.tensors.map((t) => [t.name, t.producer]));
  const of = (name: string): Interval => {
    const before = known.get(name);
    if (before) return before;
    const [min, max] = rangeOf(name);
    const found = made(name) ?? { min, max };
    known.set(name, found);
    return found;
  };
  const made = (name: string): Interval | undefined => {
    const producer = got(producers, name);
    if (producer.kind === 'input') return undefined;
    if (producer.kind === 'placement') {
      const { inputs } = nth(graph.placements, producer.placement);
      const parts = inputs.flatMap((x) => (x.kind === 'tensor' ? [of(x.name)] : []));
      return parts.length === inputs.length ? around(parts) : undefined;
    }
    const step = nth(graph.steps, producer.step);
    const own = integers.steps.get(producer.step);
    // Of a maximum and of what is only put elsewhere the words are those before.
    if (step.kind === 'upsampling' || (step.kind === 'pool' && step.mode === 'max')) {
      const before = of(nth(step.inputs, 0));
      return own
        ? {
            min: Math.max(before.min, Math.min(own.low, before.max)),
            max: Math.min(before.max, Math.max(own.high, before.min)),
          }
        : before;
    }
    return own && { min: own.low, max: own.high };
  };
  return of;
}
