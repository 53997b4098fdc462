// Integers of a graph from a seed: full-range weights, and scales that spread what each step puts out over its words.

import { defined, nth } from '../base/invariant.js';
import type { Parsed } from '../base/diagnostics.js';
import { parsed } from '../base/diagnostics.js';
import { wordRange } from '../base/integers.js';
import { seeded } from '../base/random.js';
import { hasBias } from '../model/workload/layer.js';
import { isPlace } from '../model/workload/host-function.js';
import type { GraphStep, HostStep, NetworkGraph, Weights } from '../model/workload/network-graph.js';
import { channelAxis, indexInputs, multiplierOf } from '../model/workload/network-graph.js';
import { movedTensor } from '../model/workload/shared-words.js';
import type { Watch } from './held-sums.js';
import { hostReal } from './host-words.js';
import type { GraphIntegers, StepIntegers } from './integer-arithmetic.js';
import { divisorsOf, integerArithmetic, ratioOf, weightKey, withSecond } from './integer-arithmetic.js';
import type { Numbers } from './numbers.js';
import { countOf } from './numbers.js';
import type { GraphRun } from './run-graph.js';
import { runGraph } from './run-graph.js';

export interface DrawnRun {
  readonly integers: GraphIntegers;
  readonly inputs: ReadonlyMap<string, Numbers>;
  readonly run: GraphRun;
}

export interface DrawnOptions {
  /** Of words, 8 unless it says otherwise. */
  readonly bits?: number;
  /** Of those of weights that layers multiply by, as many unless it says otherwise. */
  readonly weightBits?: number;
  /** Tensors that are held as unsigned words (`unsignedTensors`); none unless it says so. */
  readonly unsigned?: ReadonlySet<string> | undefined;
  /** May look on, with the integers of steps that have been drawn. */
  readonly watched?: Watch['watched'];
}

/** A network with inputs, weights and scales drawn from a seed, run in integers; the same seed draws the same. */
export function drawnRun(
  graph: NetworkGraph,
  seed: number,
  { bits = 8, weightBits = bits, unsigned, watched = (plain) => plain }: DrawnOptions = {},
): Parsed<DrawnRun> {
  const rangeOf: RangeOf = (tensor) => wordRange(bits, unsigned?.has(tensor) ?? false);
  const chance = seeded(seed);
  const words = (shape: readonly number[], width = bits): Numbers => ({
    shape,
    values: Float64Array.from({ length: countOf(shape) }, () => chance.below(2 ** width) - 2 ** (width - 1)),
  });
  const places = (shape: readonly number[], size: number): Numbers => ({
    shape,
    values: Float64Array.from({ length: countOf(shape) }, () => chance.below(size)),
  });
  const indices = indexInputs(graph);
  const inputs = new Map(
    graph.tensors.flatMap(({ name, shape, producer }) => {
      if (producer.kind !== 'input') return [];
      const size = indices.get(name);
      return [[name, size === undefined ? words(shape ?? []) : places(shape ?? [], size)] as const];
    }),
  );
  // Of the host's weights: between -1 and 1, real numbers of 32 bits as files have them.
  const reals = (shape: readonly number[]): Numbers => ({
    shape,
    values: Float64Array.from({ length: countOf(shape) }, () => Math.fround(2 * chance.next() - 1)),
  });
  const steps = new Map<number, StepIntegers>();
  const weights = new Map<string, Numbers>();
  const operand = (w: Weights, step: GraphStep, i: number): Numbers => {
    const known = weights.get(weightKey(i, w));
    if (known) return known;
    const drawn = step.kind === 'host' ? reals(w.shape) : words(w.shape, w === multiplierOf(step) ? weightBits : bits);
    weights.set(weightKey(i, w), drawn);
    return drawn;
  };
  const of = (step: GraphStep, i: number, sums: Numbers): StepIntegers => {
    const known = steps.get(i);
    if (known) return known;
    const drawn = integersFor(step, sums, rangeOf, () => chance.next());
    steps.set(i, drawn);
    return drawn;
  };
  const plain = integerArithmetic(of, operand, () => true);
  const host = (step: HostStep, i: number, operands: readonly Numbers[], shape: readonly number[]): Numbers => {
    steps.set(i, hostIntegers(step, operands, shape, rangeOf, indices));
    return plain.host(step, i, operands, shape);
  };
  const run = runGraph(graph, inputs, watched({ ...plain, host }, steps));
  return run.ok ? parsed({ integers: { steps, weights, unsigned }, inputs, run: run.value }) : run;
}

type RangeOf = (tensor: string) => readonly [min: number, max: number];

/** The host reads words as numbers from -4, or from 0, to 4, and its results fill their words. */
function hostIntegers(
  step: HostStep,
  operands: readonly Numbers[],
  shape: readonly number[],
  rangeOf: RangeOf,
  indices: ReadonlyMap<string, number>,
): StepIntegers {
  const [low, top] = rangeOf(nth(step.outputs, 0));
  const range = { low, high: top, channels: [] };
  const work = defined(step.work);
  if (movedTensor(step) !== undefined) return { ...range, host: { operands: operands.map(() => 1), result: 1 } };
  const own = work.operands.map((x) =>
    x.kind === 'tensor' && !indices.has(x.name) ? 4 / (rangeOf(x.name)[1] + 1) : 1,
  );
  if (isPlace(work.function)) return { ...range, host: { operands: own, result: 1 } };
  const { values } = hostReal(work.function, operands, { operands: own, result: 1 }, shape);
  const max = values.reduce((n, v) => Math.max(n, Number.isFinite(v) ? Math.abs(v) : 0), 0);
  return { ...range, host: { operands: own, result: (max || top) / top } };
}

function integersFor(step: GraphStep, sums: Numbers, rangeOf: RangeOf, chance: () => number): StepIntegers {
  const [low, high] = rangeOf(nth(step.outputs, 0));
  const { clip, residual } = step.epilogue;
  // Limits of the network stay where they are zero, and cut something off where they are not.
  const cut = (limit: number | null | undefined, end: number) =>
    limit === undefined || limit === null ? end : limit === 0 ? 0 : Math.round(end * (0.5 + chance() / 2));
  const limits = { low: cut(clip?.low, low), high: cut(clip?.high, high) };
  if (step.kind === 'pool') {
    const byDivisor = new Map(divisorsOf(step).map((n) => [n, ratioOf(1 / n)] as const));
    return { ...limits, channels: [], ...(step.mode === 'average' && { byDivisor }) };
  }
  const biased = step.kind === 'scale' || (step.kind === 'layer' && hasBias(nth(step.layers, 0).layer));
  const axis = step.kind === 'layer' ? channelAxis(step, sums.shape.length) : step.kind === 'scale' ? step.axis : null;
  const spread = Math.max(1, rootMeanSquare(sums.values));
  // Each channel has a factor of its own; a residual keeps about its size.
  const channel = () => {
    const ratio = ratioOf(((0.3 + 0.2 * chance()) * high) / spread);
    const negative = step.kind === 'addition' ? step.signs[0] < 0 : residual?.negative === 'sums';
    return {
      scale: negative ? -ratio.scale : ratio.scale,
      shift: ratio.shift,
      bias: biased ? Math.trunc(spread * (chance() - 0.5)) : 0,
    };
  };
  const count = axis === null ? 1 : nth(sums.shape, axis);
  const channels = Array.from({ length: count }, channel);
  const second = step.kind === 'addition' ? step.signs[1] : residual ? (residual.negative === 'residual' ? -1 : 1) : 0;
  return { ...limits, channels: withSecond(channels, second * (0.5 + chance() / 2)) };
}

const rootMeanSquare = (values: Float64Array): number =>
  Math.sqrt(values.reduce((n, v) => n + v * v, 0) / Math.max(1, values.length));
