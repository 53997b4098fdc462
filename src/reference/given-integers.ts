// Integers of a graph whose words others have chosen: their weights, and factors that come as near to their scales as the machine can.
//
// A factor is exact where it is M / 2^shift with M of 16 bits; everywhere else the nearest is taken, and words may differ near ties.

import type { Diagnostic, Parsed } from '../base/diagnostics.js';
import { parsed, refused } from '../base/diagnostics.js';
import { roundToEven, wordRange } from '../base/integers.js';
import { got, nth } from '../base/invariant.js';
import { counted } from '../base/text.js';
import type { GivenTensor, GivenWords, ReadAs } from '../model/workload/given-words.js';
import { readKey } from '../model/workload/given-words.js';
import type {
  GraphStep,
  HostStep,
  LayerStep,
  MultiplicationStep,
  NetworkGraph,
  Operand,
  Weights,
} from '../model/workload/network-graph.js';
import { indexInputs, operandsOf } from '../model/workload/network-graph.js';
import { isPlace } from '../model/workload/host-function.js';
import { sharedWords } from '../model/workload/shared-words.js';
import { hostScales, keepNumbers } from './host-integers.js';
import type { HostScales } from './host-words.js';
import type { Channel, GraphIntegers, Ratio, StepIntegers } from './integer-arithmetic.js';
import { divisorsOf, ratioOf, weightKey, withSecond } from './integer-arithmetic.js';
import type { Numbers } from './numbers.js';
import { largestOf } from './calibrate.js';
import type { RealWeights } from './real-arithmetic.js';
import { linesOf } from './real-arithmetic.js';
import { channelOfWeight } from './weight-channels.js';

/** What of a machine decides how near the integers come to the file's words. */
export interface GivenOptions {
  /** Of words; of those of weights that layers multiply by, as many unless it says otherwise. */
  readonly bits: number;
  readonly weightBits?: number;
  /** By how much shifts of channels may differ from that of a residual, which a machine limits. */
  readonly lift?: number;
  /** How large the numbers of tensors are that the file leaves in real numbers, by the name that `sharedWords` gives them. */
  readonly sizes?: ReadonlyMap<string, number>;
}

/** A network in the machine's integers with words that its file has chosen. */
export interface GivenIntegers {
  readonly integers: GraphIntegers;
  /** Of every tensor: its scales and the range of its words. */
  readonly tensors: ReadonlyMap<string, GivenTensor>;
  /** Why words may differ from those of the file, a clause for each kind of reason; none where all is exact. */
  readonly differences: readonly string[];
}

/** Tensors that the file leaves in real numbers, one of each group that has words in common; places in a table have none. */
export function tensorsLeft(graph: NetworkGraph, { tensors }: GivenWords): readonly string[] {
  const root = sharedWords(graph);
  const whole = wholeTensors(graph);
  const left = graph.tensors.filter(({ name }) => !tensors.has(name) && !whole.has(name));
  return [...new Set(left.map(({ name }) => root(name)))];
}

/** Numbers that are places in a table: each is a word as it stands. */
function wholeTensors(graph: NetworkGraph): ReadonlySet<string> {
  const places = graph.steps.filter((s) => s.kind === 'host' && s.work !== undefined && isPlace(s.work.function));
  return new Set([...indexInputs(graph).keys(), ...places.flatMap((s) => s.outputs)]);
}

/** By tensor: the range of all that has words in common with it, which lies in one form. */
function commonRanges(
  graph: NetworkGraph,
  tensors: ReadonlyMap<string, GivenTensor>,
): ReadonlyMap<string, Pick<GivenTensor, 'low' | 'high'>> {
  const root = sharedWords(graph);
  const groups = new Map<string, Pick<GivenTensor, 'low' | 'high'>>();
  for (const [name, own] of tensors) {
    const { low, high } = groups.get(root(name)) ?? own;
    groups.set(root(name), { low: Math.min(low, own.low), high: Math.max(high, own.high) });
  }
  return new Map([...tensors.keys()].map((name) => [name, got(groups, root(name))]));
}

/** The fewest bits in which every word has room, weights and tensors alike. */
export function givenBits(graph: NetworkGraph, weights: RealWeights, given: GivenWords): number {
  const fits = (low: number, high: number) => {
    for (let bits = 2; ; bits++) {
      const has = (unsigned: boolean) => {
        const [min, max] = wordRange(bits, unsigned);
        return low >= min && high <= max;
      };
      if (has(false) || has(true)) return bits;
    }
  };
  const tensors = [...commonRanges(graph, given.tensors).values()].filter(({ low, high }) => high - low < 2 ** 24);
  // Biases are no words.
  const multiplied = new Set(
    graph.steps.flatMap((s) => operandsOf(s).map((x) => (x.kind === 'weights' ? x.value : ''))),
  );
  const operands = [...given.units].filter(([name]) => multiplied.has(name));
  const words = operands.map(([name, units]) => {
    const values = got(weights, name);
    const max = values.reduce((n, v, at) => Math.max(n, Math.abs(v) / nth(units, at)), 0);
    return fits(-Math.round(max), 0);
  });
  const isLayers = graph.steps.some((s) => s.kind === 'layer');
  return Math.max(isLayers ? 4 : 2, ...tensors.map(({ low, high }) => fits(low, high)), ...words);
}

/**
 * A network in the machine's integers with the words of its file. Refused where the machine cannot have these: a sentence for
 * each tensor and each layer.
 */
export function givenIntegers(
  graph: NetworkGraph,
  weights: RealWeights,
  given: GivenWords,
  options: GivenOptions,
): Parsed<GivenIntegers> {
  const tensors = allTensors(graph, given, options);
  const maker = new GivenMaker(graph, weights, given, tensors, options);
  maker.checkRanges();
  if (maker.faults.length === 0) for (const i of graph.steps.keys()) maker.make(i);
  if (maker.faults.length > 0) return refused(maker.faults);
  const [, top] = wordRange(options.bits, false);
  const unsigned = new Set([...commonRanges(graph, tensors)].flatMap(([name, { high }]) => (high > top ? [name] : [])));
  return parsed({
    integers: { steps: maker.steps, weights: maker.weights, unsigned },
    tensors,
    differences: maker.differences(),
  });
}

function allTensors(graph: NetworkGraph, given: GivenWords, { bits, sizes = new Map() }: GivenOptions) {
  const root = sharedWords(graph);
  const whole = wholeTensors(graph);
  const [low, high] = wordRange(bits, false);
  return new Map(
    graph.tensors.map(({ name }): [string, GivenTensor] => {
      const own = given.tensors.get(name);
      if (own) return [name, Number.isFinite(own.high) ? own : { ...own, low, high }];
      const scale = whole.has(name) ? 1 : (sizes.get(root(name)) || high) / high;
      return [name, { scale, unit: scale, low, high }];
    }),
  );
}

/** Reasons why words may differ, each with the steps that have it. */
type Reason = 'factor' | 'bias' | 'average' | 'weights';
const clauses: Readonly<Record<Reason, (steps: string) => string>> = {
  factor: (steps) => `the factors of ${steps} are not M / 2^shift with M of 16 bits`,
  bias: (steps) => `the biases of ${steps} are not whole numbers of what their sums count in`,
  average: (steps) => `the divisors of ${steps} are not M / 2^shift with M of 16 bits`,
  weights: (steps) => `the weights of ${steps} are real numbers, rounded here`,
};

class GivenMaker {
  readonly steps = new Map<number, StepIntegers>();
  readonly weights = new Map<string, Numbers>();
  readonly faults: Diagnostic[] = [];
  readonly #reasons = new Map<Reason, Set<number>>();
  readonly #top: number;
  readonly #weightBits: number;

  constructor(
    readonly graph: NetworkGraph,
    readonly real: RealWeights,
    readonly given: GivenWords,
    readonly tensors: ReadonlyMap<string, GivenTensor>,
    readonly options: GivenOptions,
  ) {
    this.#top = 2 ** (options.bits - 1) - 1;
    this.#weightBits = options.weightBits ?? options.bits;
  }

  differences(): readonly string[] {
    const left = tensorsLeft(this.graph, this.given);
    const all = this.graph.steps.length;
    const named = `${counted(left.length, 'tensor')} (${left.slice(0, 3).join(', ')}${left.length > 3 ? ' ...' : ''})`;
    return [
      ...[...this.#reasons].map(([reason, steps]) => {
        const [first] = steps;
        const name = nth(this.graph.steps, first ?? 0).name;
        return clauses[reason](steps.size === 1 ? `step ${name}` : `${steps.size} of ${all} steps (${name} ...)`);
      }),
      ...(left.length > 0 ? [`${named} left in real numbers by the file, rounded here`] : []),
      ...this.given.differences,
    ];
  }

  checkRanges(): void {
    const { bits } = this.options;
    const [least, top] = wordRange(bits, false);
    const most = 2 ** bits - 1;
    for (const [name, { low, high }] of commonRanges(this.graph, this.tensors)) {
      if ((low >= least && high <= top) || (low >= 0 && high <= most)) continue;
      this.#fault(
        high - low > most
          ? `${name} has words from ${low} to ${high}, more than the ${bits} bits of the machine's; take a machine of wider words`
          : `${name} has a zero point: its words less that go from ${low} to ${high}, but words of ${bits} bits go from ${least} to ` +
              `${top}, or from 0 to ${most}; quantize activations symmetrically (ActivationSymmetric in ONNX Runtime), or with ` +
              `the zero point of a ReLU's least word`,
      );
    }
  }

  #fault(message: string): void {
    this.faults.push({ code: 'quantized', path: [], message });
  }

  #because(reason: Reason, i: number): void {
    const known = this.#reasons.get(reason) ?? new Set();
    this.#reasons.set(reason, known.add(i));
  }

  #tensor = (name: string): GivenTensor => got(this.tensors, name);
  /** What one stands for to a step that reads it. */
  #read = (i: number, as: ReadAs, name: string): number =>
    this.given.reads.get(readKey(i, as, name)) ?? this.#tensor(name).unit;

  /** A product of scales by that of the result, as near as it can be. */
  #ratio(i: number, units: number, out: number, reason: Reason = 'factor'): Ratio {
    const made = ratioOf(units / out);
    if ((made.scale / 2 ** made.shift) * out !== units) this.#because(reason, i);
    return made;
  }

  make(i: number): void {
    const step = nth(this.graph.steps, i);
    const { scale: out, low, high } = this.#tensor(nth(step.outputs, 0));
    const limit = (x: number | null | undefined, otherwise: number) =>
      x == null ? otherwise : Math.min(high, Math.max(low, roundToEven(x / out)));
    const limits = { low: limit(step.epilogue.clip?.low, low), high: limit(step.epilogue.clip?.high, high) };
    switch (step.kind) {
      case 'layer':
        if (step.run.kind !== 'costed') this.steps.set(i, { ...limits, channels: this.#layer(step, i, out) });
        return;
      case 'scale': {
        const input = this.#read(i, 0, nth(step.inputs, 0));
        this.steps.set(i, { ...limits, channels: this.#scale(step, i, input, out) });
        return;
      }
      case 'pool': {
        const input = this.#read(i, 0, nth(step.inputs, 0));
        const byDivisor = () =>
          new Map(divisorsOf(step).map((n) => [n, this.#ratio(i, input / n, out, 'average')] as const));
        this.steps.set(i, { ...limits, channels: [], ...(step.mode === 'average' && { byDivisor: byDivisor() }) });
        return;
      }
      case 'addition': {
        const [a = 0, b = 0] = step.operands.map((x, at) => this.#operand(x, step, i, at === 0 ? 0 : 1));
        const [first, second] = [step.signs[0] * a, step.signs[1] * b];
        this.steps.set(i, { ...limits, channels: this.#both(i, [{ unit: first, bias: 0 }], second, out) });
        return;
      }
      case 'multiplication': {
        const [a, b] = this.#factors(step, i);
        this.steps.set(i, { ...limits, channels: [{ ...this.#ratio(i, a * b, out), bias: 0, second: 0 }] });
        return;
      }
      case 'host':
        this.steps.set(i, { low, high, channels: [], host: this.#host(step, i, out) });
        return;
      case 'upsampling':
        return;
    }
  }

  /** The operand that has the shape of the result is the first in the graph, whichever it is in the file. */
  #factors(step: MultiplicationStep, i: number): readonly [number, number] {
    const [x, y] = step.operands;
    const has = (as: ReadAs, operand: Operand) =>
      operand.kind === 'tensor' && this.given.reads.has(readKey(i, as, operand.name));
    const isSquare = x.kind === 'tensor' && y.kind === 'tensor' && x.name === y.name;
    const turned = !isSquare && (has(1, x) || has(0, y));
    return [this.#operand(x, step, i, turned ? 1 : 0), this.#operand(y, step, i, turned ? 0 : 1)];
  }

  #host(step: HostStep, i: number, out: number): HostScales {
    keepNumbers(step, i, this.real, this.weights);
    return hostScales(step, out, (tensor) => this.#read(i, 0, tensor));
  }

  /** Factors of sums, and of a second operand beside them, in words of the result. */
  #both(
    i: number,
    sums: readonly { readonly unit: number; readonly bias: number }[],
    second: number,
    out: number,
  ): readonly Channel[] {
    const own = sums.map(({ unit, bias }) => ({ ...ratioOf(unit / out), bias }));
    const made = second === 0 ? withSecond(own, 0) : withSecond(own, second / out, this.options.lift);
    const isExact = made.every(({ scale, second: other, shift }, k) => {
      const is = (factor: number, units: number) => (factor / 2 ** shift) * out === units;
      return is(scale, nth(sums, k).unit) && is(other, second);
    });
    if (!isExact) this.#because('factor', i);
    return made;
  }

  /** What one stands for of a tensor, or of weights that have one scale for all. */
  #operand(x: Operand, step: GraphStep, i: number, as: ReadAs): number {
    if (x.kind === 'tensor') return this.#read(i, as, x.name);
    const [unit = 0] = this.#words(x, step, i, 1, () => 0);
    return unit;
  }

  /** Makes the words of weights; what one of them stands for, channel by channel. */
  #words(
    w: Weights,
    step: GraphStep,
    i: number,
    channels: number,
    channelOf: (at: number) => number,
    bits = this.options.bits,
  ): readonly number[] {
    const [least, top] = wordRange(bits, false);
    const values = got(this.real, w.value);
    const given = this.given.units.get(w.value);
    const units = new Array<number>(channels).fill(0);
    if (given) {
      for (const [at, unit] of given.entries()) {
        const k = channelOf(at);
        if (units[k] !== 0 && units[k] !== unit) {
          this.#fault(
            `the weights ${w.value} of step ${step.name} have scales that are not those of its output channels; ` +
              'quantize weights per tensor, or per output channel',
          );
          return units;
        }
        units[k] = unit;
      }
    } else {
      this.#because('weights', i);
      const sizes = units.map(() => 0);
      for (const [at, v] of values.entries()) sizes[channelOf(at)] = Math.max(nth(sizes, channelOf(at)), Math.abs(v));
      const largest = largestOf(Float64Array.from(sizes)) || top;
      for (const k of units.keys()) units[k] = (nth(sizes, k) || largest) / top;
    }
    const words = values.map((v, at) => roundToEven(v / nth(units, channelOf(at))) + 0);
    const beyond = words.find((x) => x > top || x < least);
    if (beyond !== undefined)
      this.#fault(
        `the weights ${w.value} of step ${step.name} have words up to ${beyond} without their zero point; words of ` +
          `${bits} bits go from ${least} to ${top}: quantize weights symmetrically, or take a machine of wider ones`,
      );
    this.weights.set(weightKey(i, w), { shape: w.shape, values: words });
    return units;
  }

  #layer(step: LayerStep, i: number, out: number): readonly Channel[] {
    const { run, epilogue } = step;
    const { G, K } = nth(step.layers, 0).layer.bounds;
    const lines = linesOf(epilogue, run.kind === 'convolution' ? G * K : K, this.real);
    const operands = operandsOf(step);
    const last = nth(operands, operands.length - 1);
    const input = run.kind === 'product' ? this.#operand(run.left, step, i, 0) : this.#read(i, 0, nth(step.inputs, 0));
    const second =
      last.kind === 'weights'
        ? this.#words(last, step, i, lines.length, channelOfWeight(step, last, lines.length), this.#weightBits)
        : lines.map(() => this.#read(i, 1, last.name));
    const { residual } = epilogue;
    const other = residual
      ? (residual.negative === 'residual' ? -1 : 1) * this.#read(i, 'residual', residual.tensor)
      : 0;
    const own = residual?.negative === 'sums' ? -1 : 1;
    const sums = lines.map(({ scale, shift }, k) => {
      const unit = input * nth(second, k) * scale;
      return { unit: own * unit, bias: this.#bias(i, shift, unit) };
    });
    return this.#both(i, sums, other, out);
  }

  /** In units of the sums; a file's is a number of 32 bits, so that it says so up to 2^-24 of itself. */
  #bias(i: number, shift: number, unit: number): number {
    if (unit === 0 || shift === 0) return 0;
    const exact = shift / unit;
    const bias = Math.round(exact);
    if (Math.abs(exact - bias) > Math.abs(exact) * 2 ** -22) this.#because('bias', i);
    return bias;
  }

  #scale(step: Extract<GraphStep, { kind: 'scale' }>, i: number, input: number, out: number): readonly Channel[] {
    const shape = this.graph.tensors.find((t) => t.name === step.inputs[0])?.shape ?? [];
    const channels = step.axis === null ? 1 : nth(shape, step.axis);
    return linesOf(step.epilogue, channels, this.real).map((line) => {
      // A channel that forgets its input keeps less of it than a rounding: a quarter of one at most.
      const unit = input * line.scale || out / (4 * (this.#top + 1));
      return { ...this.#ratio(i, unit, out), second: 0, bias: this.#bias(i, line.shift, unit) };
    });
  }
}
