// Words that the steps of a graph move when each reads its operands once and writes its results once.

import { nth } from '../../base/invariant.js';
import { macs } from './layer.js';
import type { GraphStep, NetworkGraph, StepKind } from './network-graph.js';
import { stepKinds, weightsOf } from './network-graph.js';

/** Words; null where a shape is not known before run time. */
export interface StepTraffic {
  readonly read: number | null;
  readonly written: number | null;
  readonly weights: number;
}

export const volumeOf = (shape: readonly number[]): number => shape.reduce((n, d) => n * d, 1);

const sum = (sizes: readonly (number | null)[]): number | null =>
  sizes.reduce<number | null>((n, size) => (n === null || size === null ? null : n + size), 0);

/** Words of every tensor by its name. */
export type TensorWords = ReadonlyMap<string, number | null>;
export const tensorWords = ({ tensors }: Pick<NetworkGraph, 'tensors'>): TensorWords =>
  new Map(tensors.map(({ name, shape }) => [name, shape && volumeOf(shape)]));

export function trafficOf(step: GraphStep, words: TensorWords): StepTraffic {
  const all = (names: readonly string[]) => sum([...new Set(names)].map((name) => words.get(name) ?? null));
  const written = all(step.outputs);
  // A table of which rows are picked is not read as a whole.
  const picks = step.kind === 'host' ? step.picks : undefined;
  const whole = all(step.inputs.filter((name) => name !== picks));
  const read = picks === undefined ? whole : sum([written, whole]);
  return { read, written, weights: weightsOf(step).reduce((n, w) => n + volumeOf(w.shape), 0) };
}

export const totalOf = ({ read, written, weights }: StepTraffic): number | null => sum([read, written, weights]);

/** Multiply-accumulates; null where nobody knows. */
export function productsOf(step: GraphStep): number | null {
  if (step.kind === 'host') return step.counted;
  if (step.kind !== 'layer') return 0;
  const layers = step.layers.reduce((n, { layer, count }) => n + count * macs(layer), 0);
  return step.counted === null ? null : layers + step.counted;
}

export interface KindTotal {
  readonly kind: StepKind;
  readonly steps: number;
  readonly words: number | null;
  readonly products: number | null;
}

/** Of every kind that the graph has. */
export function totalsByKind(graph: NetworkGraph): readonly KindTotal[] {
  const words = tensorWords(graph);
  return stepKinds.flatMap((kind) => {
    const steps = graph.steps.filter((s) => s.kind === kind);
    if (steps.length === 0) return [];
    const total = sum(steps.map((s) => totalOf(trafficOf(s, words))));
    return [{ kind, steps: steps.length, words: total, products: sum(steps.map(productsOf)) }];
  });
}

/** Additions and pools of a network, on their own and fused into layers. */
export interface FusedTotal {
  readonly what: 'addition' | 'pool';
  readonly count: number;
  readonly fused: number;
  /** If each were a step of its own. */
  readonly alone: number | null;
  /** What of that the graph moves. */
  readonly moved: number | null;
}

export function fusedTotals(graph: NetworkGraph): readonly FusedTotal[] {
  const words = tensorWords(graph);
  const result = (step: GraphStep) => {
    if (step.kind !== 'layer' || step.layers.length !== 1) return trafficOf(step, words).written;
    const { N, G, K, P, Q } = nth(step.layers, 0).layer.bounds;
    return N * G * K * P * Q;
  };
  const times = (n: number, size: number | null) => (size === null ? null : n * size);
  const of = (what: FusedTotal['what']): FusedTotal => {
    const own = graph.steps.filter((s) => s.kind === what).map((s) => totalOf(trafficOf(s, words)));
    const into = graph.steps.filter((s) => (what === 'addition' ? s.epilogue.residual : s.epilogue.pool));
    // Alone, an addition reads its sums and a pool its image, and the layer before has written them.
    const alone =
      what === 'addition'
        ? into.map((s) => times(3, result(s)))
        : into.map((s) => sum([result(s), trafficOf(s, words).written]));
    const moved = what === 'addition' ? into.map(result) : into.map(() => 0);
    return {
      what,
      count: own.length + into.length,
      fused: into.length,
      alone: sum([...own, ...alone]),
      moved: sum([...own, ...moved]),
    };
  };
  return (['addition', 'pool'] as const).map(of).filter((t) => t.count > 0);
}
