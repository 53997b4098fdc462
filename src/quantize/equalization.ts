// Channels between two layers made alike in size: what a channel of the first is divided by, weights of the second are multiplied by.
//
// Exact in real numbers wherever what stands between is positively homogeneous: a ReLU, a maximum, an average, a concat, addresses
// (Nagel et al., Data-Free Quantization Through Weight Equalization and Bias Correction, ICCV 2019, section 4.1). Where all weights of
// a layer have one scale it is the sizes of weights on both sides that are made alike; where each output channel has its own, that of
// the first layer no longer matters, and the sizes of the channel's numbers over the samples take its place.

import { got, nth } from '../base/invariant.js';
import { power } from '../base/powers.js';
import type { GraphStep, LayerStep, NetworkGraph, Weights } from '../model/workload/network-graph.js';
import { hostWeights, weightsOf } from '../model/workload/network-graph.js';
import { countOf, stepsOf } from '../reference/numbers.js';
import type { RealWeights } from '../reference/real-arithmetic.js';
import type { Granularity } from './quantize-options.js';

/** Who reads a channel: weights of a layer whose inputs, along an axis, are the channels, each `each` times, from `offset` on. */
interface Reader {
  readonly step: LayerStep;
  readonly weights: Weights;
  readonly axis: number;
  /** Output channels of a group read only its own inputs. */
  readonly groups: number;
  readonly offset: number;
  readonly each: number;
}

export interface Pair {
  readonly from: LayerStep;
  /** Its weights with the axis of output channels, and its bias or what stands for it. */
  readonly weights: Weights;
  readonly axis: number;
  readonly shifts: readonly Weights[];
  /** Whether the factors of a batch norm stand behind, which are divided in place of the weights. */
  readonly scale: Weights | undefined;
  readonly channels: number;
  readonly readers: readonly Reader[];
}

/** Layers all of whose readers are layers, with nothing in between that would notice. */
export function equalizable(graph: NetworkGraph): readonly Pair[] {
  const uses = new Map<string, number>();
  for (const step of graph.steps)
    for (const { value } of [...weightsOf(step), ...hostWeights(step)]) uses.set(value, (uses.get(value) ?? 0) + 1);
  const single = (w: Weights) => uses.get(w.value) === 1;
  return graph.steps.flatMap((step): readonly Pair[] => {
    const first = step.kind === 'layer' ? sourceOf(step, single) : undefined;
    const readers = first && readersOf(graph, nth(step.outputs, 0), 0, 1, single);
    return first && readers && readers.length > 0 ? [{ ...first, readers }] : [];
  });
}

function sourceOf(step: LayerStep, single: (w: Weights) => boolean): Omit<Pair, 'readers'> | undefined {
  const { run, epilogue } = step;
  const weights = run.kind === 'convolution' ? run.weights : run.kind === 'product' ? run.right : undefined;
  if (weights?.kind !== 'weights' || !single(weights) || epilogue.residual || !isHomogeneous(step)) return undefined;
  const transposed = run.kind === 'product' && run.transposed.right;
  if (run.kind === 'product' && weights.shape.length !== 2) return undefined;
  const axis = run.kind === 'convolution' ? 0 : transposed ? 0 : 1;
  const channels = nth(weights.shape, axis);
  const own = { from: step, weights, axis, channels };
  const affine = epilogue.affine ?? [];
  const perChannel = (w: Weights) => single(w) && countOf(w.shape) === channels;
  if (affine.length === 0) {
    const shifts = epilogue.bias ? [epilogue.bias] : [];
    return shifts.every(perChannel) ? { ...own, shifts, scale: undefined } : undefined;
  }
  const last = affine.at(-1);
  // A batch norm alone, or at the end: what stands before is divided with its factor.
  if (last?.kind !== 'batch-norm' || !perChannel(last.scale) || !perChannel(last.shift)) return undefined;
  return { ...own, shifts: [last.shift], scale: last.scale };
}

const isHomogeneous = ({ epilogue: { clip } }: GraphStep): boolean =>
  !clip || ((clip.low === null || clip.low === 0) && clip.high === null);

/** Undefined where somebody else reads it, or something in between is not homogeneous. */
function readersOf(
  graph: NetworkGraph,
  name: string,
  offset: number,
  each: number,
  single: (w: Weights) => boolean,
): readonly Reader[] | undefined {
  const tensor = graph.tensors.find((t) => t.name === name);
  if (!tensor?.shape || graph.outputs.includes(name)) return undefined;
  const found: Reader[] = [];
  const add = (more: readonly Reader[] | undefined): boolean => {
    if (more) found.push(...more);
    return more !== undefined;
  };
  for (const i of tensor.consumers) {
    const step = nth(graph.steps, i);
    const isFine =
      step.kind === 'layer'
        ? add(readerOf(step, name, offset, each, single))
        : step.kind === 'pool' && isHomogeneous(step)
          ? add(readersOf(graph, nth(step.outputs, 0), offset, each, single))
          : false;
    if (!isFine) return undefined;
  }
  for (const i of tensor.placements) {
    const p = nth(graph.placements, i);
    const output = nth(p.outputs, 0);
    const shape = graph.tensors.find((t) => t.name === output)?.shape;
    const at = p.inputs.flatMap((x, of) => (x.kind === 'tensor' && x.name === name ? [of] : []));
    if (p.outputs.length !== 1 || at.length !== 1 || !shape) return undefined;
    if (p.kind === 'concat' && p.axis === 1) {
      if (!add(readersOf(graph, output, offset + each * nth(p.offsets, nth(at, 0)), each, single))) return undefined;
    } else if (p.kind === 'reshape' && isFlattening(tensor.shape, shape)) {
      const behind = countOf(tensor.shape.slice(2));
      if (!add(readersOf(graph, output, offset * behind, each * behind, single))) return undefined;
    } else return undefined;
  }
  return found;
}

/** The first axis stays, all others become one. */
const isFlattening = (from: readonly number[], to: readonly number[]): boolean =>
  to.length === 2 && from.length >= 2 && from[0] === to[0] && countOf(from.slice(1)) === to[1];

function readerOf(
  step: LayerStep,
  name: string,
  offset: number,
  each: number,
  single: (w: Weights) => boolean,
): readonly Reader[] | undefined {
  const { run, epilogue } = step;
  if (epilogue.residual?.tensor === name) return undefined;
  if (run.kind === 'convolution') {
    if (run.weights.kind !== 'weights' || !single(run.weights)) return undefined;
    const groups = nth(step.layers, 0).layer.bounds.G;
    return [{ step, weights: run.weights, axis: 1, groups, offset, each }];
  }
  if (run.kind !== 'product' || run.right.kind !== 'weights' || !single(run.right)) return undefined;
  if (run.left.kind !== 'tensor' || run.left.name !== name || run.transposed.left) return undefined;
  if (run.right.shape.length !== 2) return undefined;
  return [{ step, weights: run.right, axis: run.transposed.right ? 1 : 0, groups: 1, offset, each }];
}

/** How often pairs that stand one behind the other are gone through. */
const rounds = 4;
/** A channel is made larger or smaller by this at most. */
const most = 2 ** 8;

/** Changed weights, and between how many layers; `sizes` are the largest numbers of each channel of a layer's output over the samples. */
export function equalized(
  graph: NetworkGraph,
  weights: RealWeights,
  granularity: Granularity,
  sizes: (tensor: string) => ArrayLike<number> | undefined,
): { readonly weights: RealWeights; readonly pairs: number } {
  const pairs = equalizable(graph);
  const made = new Map(weights);
  const own = ({ value }: Weights): Float64Array => {
    const before = got(made, value);
    if (before !== weights.get(value)) return before;
    const copy = before.slice();
    made.set(value, copy);
    return copy;
  };
  const seen = new Map(pairs.map((pair) => [pair, Float64Array.from(sizes(nth(pair.from.outputs, 0)) ?? [])]));
  for (let round = 0; round < rounds; round++)
    for (const pair of pairs) {
      const outer = got(seen, pair);
      const before = granularity === 'tensor' ? weightSizes(pair, made) : outer;
      const behind = readSizes(pair, made, granularity);
      const factors = Array.from({ length: pair.channels }, (_, k) => {
        const [a, b] = [before[k] ?? 0, nth(behind, k)];
        return a > 0 && b > 0 ? Math.min(most, Math.max(1 / most, Math.sqrt(a / b))) : 1;
      });
      // What all channels have in common, their geometric mean, says nothing.
      const common = factors.reduce((n, f) => n * power(f, 1 / factors.length), 1);
      const by = factors.map((f) => f / common);
      for (const w of [pair.scale ?? pair.weights, ...pair.shifts]) {
        const values = own(w);
        const channelOf = w === pair.weights ? alongAxis(w, pair.axis) : (at: number) => at;
        for (let at = 0; at < values.length; at++) values[at] = nth(values, at) / nth(by, channelOf(at));
      }
      for (const reader of pair.readers) {
        const values = own(reader.weights);
        eachRead(reader, pair.channels, (at, k) => {
          values[at] = nth(values, at) * nth(by, k);
        });
      }
      for (const k of outer.keys()) outer[k] = nth(outer, k) / nth(by, k);
    }
  return { weights: made, pairs: pairs.length };
}

function alongAxis({ shape }: Weights, axis: number): (at: number) => number {
  const [inner, size] = [nth(stepsOf(shape), axis), nth(shape, axis)];
  return (at) => Math.floor(at / inner) % size;
}

/** Every weight of a reader that multiplies one of the channels, with that channel. */
function eachRead(reader: Reader, channels: number, visit: (at: number, channel: number) => void): void {
  const { weights, axis, groups, offset, each } = reader;
  const { shape } = weights;
  const along = alongAxis(weights, axis);
  const perGroup = nth(shape, axis);
  const outputs = groups === 1 ? 1 : nth(shape, 0) / groups;
  const rowOf = alongAxis(weights, 0);
  for (let at = 0; at < countOf(shape); at++) {
    const input = along(at) + (groups === 1 ? 0 : Math.floor(rowOf(at) / outputs) * perGroup);
    const k = Math.floor((input - offset) / each);
    if (k >= 0 && k < channels) visit(at, k);
  }
}

/** The largest weight of each output channel, a batch norm's factor in it. */
function weightSizes({ weights, axis, scale, channels }: Pair, made: RealWeights): Float64Array {
  const found = new Float64Array(channels);
  const channelOf = alongAxis(weights, axis);
  for (const [at, w] of got(made, weights.value).entries()) {
    const k = channelOf(at);
    found[k] = Math.max(nth(found, k), Math.abs(w));
  }
  const by = scale ? got(made, scale.value) : undefined;
  return by ? found.map((x, k) => x * Math.abs(nth(by, k))) : found;
}

/** The largest weight by which each channel is read; of weights with a scale for each output channel, as a share of its largest. */
function readSizes({ readers, channels }: Pair, made: RealWeights, granularity: Granularity): Float64Array {
  const found = new Float64Array(channels);
  for (const reader of readers) {
    const { weights, axis } = reader;
    const values = got(made, weights.value);
    const outputAxis = axis === 1 ? 0 : 1;
    const rowOf = alongAxis(weights, outputAxis);
    const rows = new Float64Array(nth(weights.shape, outputAxis));
    const row = (at: number) => (granularity === 'channel' ? rowOf(at) : 0);
    for (const [at, w] of values.entries()) rows[row(at)] = Math.max(nth(rows, row(at)), Math.abs(w));
    eachRead(reader, channels, (at, k) => {
      const largest = nth(rows, row(at));
      if (largest > 0) found[k] = Math.max(nth(found, k), Math.abs(nth(values, at)) / largest);
    });
  }
  return found;
}
