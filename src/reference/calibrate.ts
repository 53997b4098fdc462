// Integers of a graph from its real weights: scales by the largest number that each tensor has on one sample.

import { got, nth } from '../base/invariant.js';
import { roundToEven, wordRange } from '../base/integers.js';
import type { Parsed } from '../base/diagnostics.js';
import { parsed } from '../base/diagnostics.js';
import { isPlace } from '../model/workload/host-function.js';
import type {
  HostStep,
  LayerStep,
  NetworkGraph,
  Operand,
  ScaleStep,
  Weights,
} from '../model/workload/network-graph.js';
import { indexInputs, operandsOf } from '../model/workload/network-graph.js';
import { sharedWords } from '../model/workload/shared-words.js';
import type { Channel, GraphIntegers, StepIntegers } from './integer-arithmetic.js';
import { divisorsOf, ratioOf, weightKey, withSecond } from './integer-arithmetic.js';
import { hostScales, keepNumbers } from './host-integers.js';
import type { HostScales } from './host-words.js';
import type { Numbers } from './numbers.js';
import { stepsOf } from './numbers.js';
import type { Line, RealWeights } from './real-arithmetic.js';
import { linesOf, realArithmetic } from './real-arithmetic.js';
import { runGraph } from './run-graph.js';
import { snappedRatio } from './snapped.js';

export interface Calibration {
  readonly integers: GraphIntegers;
  /** What one of each tensor's words stands for. */
  readonly scales: ReadonlyMap<string, number>;
}

/** The largest of some numbers that words up to `top` are to stand for: the largest there is, or less where that errs less. */
export type Clip = (values: Float64Array, top: number) => number;

export interface CalibrationOptions {
  /** Of words, 8 unless it says otherwise; of those of weights, as many unless it says otherwise. */
  readonly bits?: number;
  readonly weightBits?: number;
  /** Bits of the words of single tensors, and of the weights of single steps by their places, where they are others. */
  readonly tensorBits?: ReadonlyMap<string, number>;
  readonly stepWeightBits?: ReadonlyMap<number, number>;
  /** Of each output channel's weights, the largest unless it says otherwise. */
  readonly clipWeights?: Clip;
  /** One scale for the weights of all output channels. */
  readonly perTensor?: boolean;
  /** Whether scales of weights follow the factors of the machine, which are then exact (`snappedRatio`). */
  readonly snapped?: boolean;
  /** By how much shifts of channels may differ from that of a residual, which a machine limits. */
  readonly lift?: number;
  /** Tensors that are held as unsigned words (`unsignedTensors`); none unless it says so. */
  readonly unsigned?: ReadonlySet<string> | undefined;
}

/**
 * Integers for a network from one run of `sample`, by tensor, in real numbers: one word of a tensor stands for its largest size
 * over the greatest word. Refused where inputs or weights are missing or of a wrong shape; steps that cannot run get none.
 */
export function calibrated(
  graph: NetworkGraph,
  weights: RealWeights,
  sample: ReadonlyMap<string, Numbers>,
  options: CalibrationOptions = {},
): Parsed<Calibration> {
  const run = runGraph(graph, sample, realArithmetic(weights));
  if (!run.ok) return run;
  const root = sharedWords(graph);
  const largest = new Map<string, number>();
  for (const [name, { values }] of run.value.tensors)
    largest.set(root(name), Math.max(largestOf(values), largest.get(root(name)) ?? 0));
  const scales = scalesBy(graph, options, (tensor) => largest.get(tensor) ?? 0);
  const left = new Set(run.value.notRun.map(({ step }) => step));
  return parsed({ integers: integersBy(graph, weights, scales, options, left), scales });
}

/** The largest size of numbers; of what is none, or infinite, none. */
export const largestOf = (values: Float64Array): number =>
  values.reduce((n, v) => Math.max(n, Number.isFinite(v) ? Math.abs(v) : 0), 0);

/** Integers of all steps but those that are `left` out, where a word of each tensor stands for so much. */
export function integersBy(
  graph: NetworkGraph,
  weights: RealWeights,
  scales: ReadonlyMap<string, number>,
  options: CalibrationOptions = {},
  left: ReadonlySet<number> = new Set(),
): GraphIntegers {
  const { bits = 8, weightBits = bits, unsigned } = options;
  const maker = new IntegerMaker(graph, weights, scales, {
    ...options,
    range: (tensor) => rangeOf(options, tensor),
    top: (step) => 2 ** ((options.stepWeightBits?.get(step) ?? weightBits) - 1) - 1,
  });
  for (const i of graph.steps.keys()) if (!left.has(i)) maker.make(i);
  return { steps: maker.steps, weights: maker.weights, unsigned };
}

/** The least and the greatest word of a tensor. */
export const rangeOf = (
  { bits = 8, tensorBits, unsigned }: Pick<CalibrationOptions, 'bits' | 'tensorBits' | 'unsigned'>,
  tensor: string,
): readonly [min: number, max: number] => wordRange(tensorBits?.get(tensor) ?? bits, unsigned?.has(tensor) ?? false);

/**
 * The words of a sample, or of any tensor, as a quantiser of ONNX makes them: divided in 32-bit real numbers, halves to the even one.
 * Places in a table (`indexInputs`) are no words.
 */
export const quantised = (x: Numbers, scale: number, bits = 8, unsigned = false): Numbers => {
  const [min, max] = wordRange(bits, unsigned);
  const by = Math.fround(scale);
  const word = (v: number) => Math.min(max, Math.max(min, roundToEven(Math.fround(Math.fround(v) / by)))) + 0;
  return { shape: x.shape, values: x.values.map(word) };
};

/**
 * Tensors that share words have one scale: parts of a concat, what is pooled or upsampled, all that is only placed. `sizeOf` says how
 * large the numbers are that the words of one of them, up to `top`, are to stand for.
 */
export function scalesBy(
  graph: NetworkGraph,
  options: Pick<CalibrationOptions, 'bits' | 'tensorBits' | 'unsigned'>,
  sizeOf: (root: string, top: number) => number,
): ReadonlyMap<string, number> {
  const root = sharedWords(graph);
  const indices = indexInputs(graph);
  const places = graph.steps.filter((s) => s.kind === 'host' && s.work !== undefined && isPlace(s.work.function));
  const whole = new Set([...indices.keys(), ...places.flatMap((s) => s.outputs)].map(root));
  const scales = new Map<string, number>();
  for (const { name } of graph.tensors) {
    const of = root(name);
    const [, top] = rangeOf(options, name);
    const scale = scales.get(of) ?? (whole.has(of) ? 1 : (sizeOf(of, top) || top) / top);
    scales.set(of, scale);
    scales.set(name, scale);
  }
  return scales;
}

interface Making extends Pick<CalibrationOptions, 'lift' | 'clipWeights' | 'perTensor' | 'snapped'> {
  readonly range: (tensor: string) => readonly [min: number, max: number];
  /** The largest word of a step's weights. */
  readonly top: (step: number) => number;
}

class IntegerMaker {
  readonly steps = new Map<number, StepIntegers>();
  readonly weights = new Map<string, Numbers>();

  constructor(
    readonly graph: NetworkGraph,
    readonly real: RealWeights,
    readonly scales: ReadonlyMap<string, number>,
    readonly how: Making,
  ) {}

  make(i: number): void {
    const step = nth(this.graph.steps, i);
    const out = got(this.scales, nth(step.outputs, 0));
    const [low, high] = this.how.range(nth(step.outputs, 0));
    const limit = (x: number | null | undefined, otherwise: number) =>
      x == null ? otherwise : Math.min(high, Math.max(low, Math.round(x / out)));
    const limits = { low: limit(step.epilogue.clip?.low, low), high: limit(step.epilogue.clip?.high, high) };
    const input = step.inputs[0] === undefined ? out : got(this.scales, step.inputs[0]);
    switch (step.kind) {
      case 'layer':
        this.steps.set(i, { ...limits, channels: this.#layer(step, i, out) });
        return;
      case 'scale':
        this.steps.set(i, { ...limits, channels: this.#scale(step, input, out) });
        return;
      case 'pool': {
        const byDivisor = new Map(divisorsOf(step).map((n) => [n, ratioOf(input / (n * out))] as const));
        this.steps.set(i, { ...limits, channels: [], ...(step.mode === 'average' && { byDivisor }) });
        return;
      }
      case 'addition': {
        const [a, b] = step.operands.map((x) => this.#operandScale(x, i));
        const [first, second] = [(step.signs[0] * (a ?? 0)) / out, (step.signs[1] * (b ?? 0)) / out];
        const shift = Math.min(ratioOf(first).shift, ratioOf(second).shift);
        const channel = { scale: Math.round(first * 2 ** shift), shift, bias: 0 };
        this.steps.set(i, { ...limits, channels: withSecond([channel], second) });
        return;
      }
      case 'multiplication': {
        const [a, b] = step.operands.map((x) => this.#operandScale(x, i));
        this.steps.set(i, { ...limits, channels: [{ ...ratioOf(((a ?? 0) * (b ?? 0)) / out), bias: 0, second: 0 }] });
        return;
      }
      case 'host':
        this.steps.set(i, { low, high, channels: [], host: this.#host(step, i, out) });
        return;
      case 'upsampling':
        return;
    }
  }

  #host(step: HostStep, i: number, out: number): HostScales {
    keepNumbers(step, i, this.real, this.weights);
    return hostScales(step, out, (tensor) => got(this.scales, tensor));
  }

  /** Of weights as an operand, their words are made on the way. */
  #operandScale(x: Operand, i: number): number {
    return x.kind === 'tensor' ? got(this.scales, x.name) : this.#words(x, i);
  }

  #words(w: Weights, i: number): number {
    const values = got(this.real, w.value);
    const top = this.how.top(i);
    const scale = (this.#clip(values, top) || top) / top;
    this.weights.set(weightKey(i, w), { shape: w.shape, values: values.map((v) => wordOf(v / scale, top)) });
    return scale;
  }

  #clip(values: Float64Array, top: number): number {
    return (this.how.clipWeights ?? largestOf)(values, top);
  }

  #layer(step: LayerStep, i: number, out: number): readonly Channel[] {
    const { run, epilogue } = step;
    const { G, K } = nth(step.layers, 0).layer.bounds;
    const lines = linesOf(epilogue, run.kind === 'convolution' ? G * K : K, this.real);
    const operands = operandsOf(step);
    const last = nth(operands, operands.length - 1);
    const input = run.kind === 'product' ? this.#operandScale(run.left, i) : got(this.scales, nth(step.inputs, 0));
    const { residual } = epilogue;
    const other = residual ? (residual.negative === 'residual' ? -1 : 1) * got(this.scales, residual.tensor) : 0;
    const own = residual?.negative === 'sums' ? -1 : 1;
    const snap: Snap = (scale, total, shift) => {
      if (this.how.snapped !== true) return scale;
      const [low, high] = run.kind === 'product' ? this.#rangeOf(run.left, i) : this.how.range(nth(step.inputs, 0));
      const beside = residual ? { factor: other / out, size: sizeOf(this.how.range(residual.tensor)) } : undefined;
      const { scale: m, shift: by } = snappedRatio((input * scale) / out, beside, (factor) => {
        const unit = factor * out;
        return (input * total * sizeOf([low, high]) + Math.abs(shift)) / unit;
      });
      return ((m / 2 ** by) * out) / input;
    };
    // Of tensors the scales of the file go behind the sums, of weights into them.
    const units =
      last.kind === 'weights'
        ? this.#channelScales(step, last, i, lines, snap).map((scale) => input * scale)
        : lines.map(({ scale }) => input * this.#operandScale(last, i) * scale);
    const channels = lines.map(({ shift }, k) => {
      const unit = nth(units, k);
      return { ...ratioOf((own * unit) / out), bias: unit === 0 ? 0 : Math.round(shift / unit) };
    });
    return residual ? withSecond(channels, other / out, this.how.lift) : withSecond(channels, 0);
  }

  #rangeOf(x: Operand, i: number): readonly [min: number, max: number] {
    const top = this.how.top(i);
    return x.kind === 'tensor' ? this.how.range(x.name) : [-top, top];
  }

  /** Weights with the scales of batch norms in them; each output channel has a scale of its own, or all have one. */
  #channelScales(step: LayerStep, w: Weights, i: number, lines: readonly Line[], snap: Snap): readonly number[] {
    const { run } = step;
    const values = got(this.real, w.value);
    const top = this.how.top(i);
    // Along which axis of the weights the output channels lie; a vector has one alone.
    const transposed = run.kind === 'product' && run.transposed.right;
    const axis = run.kind === 'convolution' ? 0 : w.shape.length - (transposed ? 2 : 1);
    const [inner, size] = [nth(stepsOf(w.shape), axis), nth(w.shape, axis)];
    const channelOf = (at: number) => (lines.length === 1 ? 0 : Math.floor(at / inner) % size);
    const own = lines.map((): number[] => []);
    for (const [at, v] of values.entries()) {
      const k = channelOf(at);
      nth(own, k).push(v * nth(lines, k).scale);
    }
    const [low] = run.kind === 'product' ? this.#rangeOf(run.left, i) : this.how.range(nth(step.inputs, 0));
    const totals = own.map((of) => reachOf(of, low < 0));
    const maxOf = (of: readonly number[]) => of.reduce((n, x) => Math.max(n, x), 0);
    const clips = this.how.perTensor
      ? lines.map(() => this.#clip(Float64Array.from(own.flat()), top))
      : own.map((of) => this.#clip(Float64Array.from(of), top));
    // A channel without weights has the step of the others: a bias alone needs no finer or coarser one.
    const largest = maxOf(clips) || top;
    const shifts = lines.map((line) => Math.abs(line.shift));
    const scales = clips.map((max, k) => {
      const scale = (max || largest) / top;
      // One for all is one for all: that of the largest sums.
      return this.how.perTensor
        ? snap(scale, maxOf(totals), maxOf(shifts))
        : snap(scale, nth(totals, k), nth(shifts, k));
    });
    const words = values.map((v, at) => {
      const k = channelOf(at);
      return wordOf((v * nth(lines, k).scale) / nth(scales, k), top);
    });
    this.weights.set(weightKey(i, w), { shape: w.shape, values: words });
    return scales;
  }

  #scale(step: ScaleStep, input: number, out: number): readonly Channel[] {
    const shape = this.graph.tensors.find((t) => t.name === step.inputs[0])?.shape ?? [];
    const channels = step.axis === null ? 1 : nth(shape, step.axis);
    const [, top] = this.how.range(nth(step.inputs, 0));
    return linesOf(step.epilogue, channels, this.real).map((line) => {
      // A channel that forgets its input keeps less of it than a rounding: a quarter of one at most.
      const factor = (input * line.scale) / out || 1 / (4 * top);
      return { ...ratioOf(factor), second: 0, bias: Math.round(line.shift / (out * factor)) };
    });
  }
}

/** How far from zero these weights take a sum of inputs of one at most, in any order. */
function reachOf(weights: readonly number[], isSigned: boolean): number {
  const above = weights.reduce((n, w) => n + Math.max(0, w), 0);
  const below = weights.reduce((n, w) => n - Math.min(0, w), 0);
  return isSigned ? above + below : Math.max(above, below);
}

/** A scale of weights that the machine has exactly, near to the one given; `total` is `reachOf` them, beside a shift, in real numbers. */
type Snap = (scale: number, total: number, shift: number) => number;

const sizeOf = ([low, high]: readonly [min: number, max: number]): number => Math.max(-low, high);

/** Beyond the largest word that is it. */
const wordOf = (x: number, top: number): number => Math.min(top, Math.max(-top, Math.round(x)));
