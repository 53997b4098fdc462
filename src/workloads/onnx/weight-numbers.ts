// The numbers of a file's weights, by name: initializers, and what constant nodes and quantisers make of them.

import type { Parsed } from '../../base/diagnostics.js';
import { parsed, refuse } from '../../base/diagnostics.js';
import { nth } from '../../base/invariant.js';
import { volume } from './graph.js';
import { numbersOfTensor } from './onnx-tensor.js';
import { quantiserOf, rounded } from './quantiser.js';
import { strides } from './value.js';
import type { WireGraph, WireModel, WireNode, WireTensor } from './wire.js';
import { modelCodec, toNumber } from './wire.js';

interface Found {
  /** Not followed through reshapes. */
  readonly shape: readonly number[] | undefined;
  readonly values: Float64Array;
  /** Of numbers that a quantiser has made: what one unit of each stands for. */
  readonly units?: Float64Array | undefined;
}

/** Weights with what one unit of each number stands for, where a quantiser says so. */
export interface WeightNumbers {
  readonly values: Float64Array;
  readonly units?: Float64Array | undefined;
}

/** Refused with the first that has no numbers, and why. `bytes` have been read as ONNX before. */
export function weightNumbers(bytes: Uint8Array, names: readonly string[]): Parsed<ReadonlyMap<string, Float64Array>> {
  const all = weightWords(bytes, names);
  return all.ok ? parsed(new Map([...all.value].map(([name, { values }]) => [name, values]))) : all;
}

/** The same, with units. */
export function weightWords(bytes: Uint8Array, names: readonly string[]): Parsed<ReadonlyMap<string, WeightNumbers>> {
  const { graph } = modelCodec().decode(bytes) as WireModel;
  const file = new FileNumbers(graph ?? {});
  const found = new Map<string, WeightNumbers>();
  for (const name of names) {
    const value = file.numbers(name);
    if (typeof value === 'string') return refuse('missing', ['weights', name], `the weights ${name} ${value}`);
    found.set(name, value);
  }
  return parsed(found);
}

const outside = 'have no numbers in the file: they are kept outside, or in a form that is not read';

/** The same elements in the same order. */
const reshaping = ['Reshape', 'Flatten', 'Squeeze', 'Unsqueeze'];
const passing = ['Identity', 'Cast'];

/** What a graph says of the numbers that stand in it. */
export class FileNumbers {
  readonly #tensors: ReadonlyMap<string, WireTensor>;
  readonly #producers: ReadonlyMap<string, WireNode>;

  constructor({ initializer = [], node = [] }: WireGraph) {
    this.#tensors = new Map(initializer.map((t) => [t.name ?? '', t] as const));
    this.#producers = new Map(node.flatMap((n) => (n.output ?? []).map((name) => [name, n])));
  }

  /** What computes a value; undefined of an initializer or an input. */
  producer(name: string): WireNode | undefined {
    return this.#producers.get(name);
  }

  /** `TensorProto.DataType` of a constant. */
  dataType(name: string): number | undefined {
    const tensor = this.#tensors.get(name) ?? this.#constant(name);
    if (tensor) return tensor.dataType;
    const node = this.#producers.get(name);
    return node?.opType === 'Identity' || reshaping.includes(node?.opType ?? '')
      ? this.dataType(node?.input?.[0] ?? '')
      : undefined;
  }

  #constant(name: string): WireTensor | undefined {
    const node = this.#producers.get(name);
    return node?.opType === 'Constant' ? (node.attribute?.[0]?.t ?? undefined) : undefined;
  }

  /** The numbers, or why there are none: the end of a sentence about them. */
  numbers(name: string): Found | string {
    const tensor = this.#tensors.get(name);
    if (tensor) return numbersIn(tensor);
    const node = this.#producers.get(name);
    if (node === undefined) return 'are in neither tensors nor nodes of the file';
    const attribute = (key: string) => (node.attribute ?? []).find((a) => a.name === key);
    const input = () => this.numbers(node.input?.[0] ?? '');
    const operator = node.opType ?? '';
    if (operator === 'Constant') return constantOf(node);
    if (operator === 'ConstantOfShape') {
      const sizes = input();
      if (typeof sizes === 'string') return sizes;
      const fill = attribute('value')?.t;
      const value = fill ? (numbersOfTensor(fill)?.[0] ?? 0) : 0;
      return { shape: [...sizes.values], values: new Float64Array(volume([...sizes.values])).fill(value) };
    }
    if (passing.includes(operator)) return input();
    if (reshaping.includes(operator)) {
      const x = input();
      return typeof x === 'string' ? x : { ...x, shape: undefined };
    }
    if (operator === 'Transpose') {
      const x = input();
      if (typeof x === 'string') return x;
      const { shape, values, units } = x;
      const perm = attribute('perm')?.ints?.map(toNumber);
      if (shape) return { ...transposed(shape, values, perm), units: units && transposed(shape, units, perm).values };
    }
    const quantised = this.#quantised(node, input);
    if (quantised !== undefined) return quantised;
    return `are computed by ${operator} "${node.name ?? ''}", which is not evaluated; fold constants when exporting`;
  }

  #quantised(node: WireNode, input: () => Found | string): Found | string | undefined {
    const quantiser = quantiserOf(node, this);
    if (quantiser === undefined || typeof quantiser === 'string') return quantiser;
    const x = input();
    if (typeof x === 'string') return x;
    const { scales, zeros, low, high } = quantiser;
    const channel = channelsOf(quantiser.axis, scales.length, x);
    if (typeof channel === 'string') return channel;
    const [scale, zero] = [(at: number) => nth(scales, channel(at)), (at: number) => nth(zeros, channel(at))];
    // As runtimes do: a quotient in 32 bits, halves to the even number.
    const words =
      quantiser.kind === 'dequantise'
        ? x.values.map((q, at) => q - zero(at))
        : x.values.map((v, at) => rounded(v, scale(at), low - zero(at), high - zero(at)));
    if (quantiser.kind === 'quantise') return { ...x, values: words.map((q, at) => q + zero(at)) };
    return { ...x, values: words.map((q, at) => q * scale(at)), units: words.map((_, at) => scale(at)) };
  }
}

/** To which of so many scales an element belongs. */
function channelsOf(axis: number, scales: number, { shape, values }: Found): ((at: number) => number) | string {
  if (scales === 1) return () => 0;
  if (!shape) return 'have a scale for each channel, but are reshaped before; fold constants when exporting';
  const along = axis < 0 ? axis + shape.length : axis;
  const inner = volume(shape.slice(along + 1));
  return shape[along] === scales && values.length > 0
    ? (at) => Math.floor(at / inner) % scales
    : `have ${scales} scales along axis ${axis}, which is ${shape[along] ?? 'none'} long`;
}

function numbersIn(tensor: WireTensor): Found | string {
  const values = numbersOfTensor(tensor);
  return values ? { shape: (tensor.dims ?? []).map(toNumber), values } : outside;
}

function constantOf({ attribute = [] }: WireNode): Found | string {
  const [a] = attribute;
  if (a?.t) return numbersIn(a.t);
  const list = a?.floats?.length ? a.floats : a?.ints?.map(toNumber);
  if (list && list.length > 0) return { shape: [list.length], values: Float64Array.from(list) };
  return { shape: [], values: Float64Array.of(a?.f ?? (a?.i === undefined ? 0 : toNumber(a.i))) };
}

function transposed(
  shape: readonly number[],
  values: Float64Array,
  perm: readonly number[] = shape.map((_, i) => shape.length - 1 - i),
): Found {
  const steps = strides(shape, shape.length);
  const to = perm.map((axis) => nth(shape, axis));
  const by = perm.map((axis) => nth(steps, axis));
  const moved = new Float64Array(values.length);
  for (let i = 0; i < moved.length; i++) {
    let [rest, from] = [i, 0];
    for (let axis = to.length - 1; axis >= 0; axis--) {
      from += (rest % nth(to, axis)) * nth(by, axis);
      rest = Math.floor(rest / nth(to, axis));
    }
    moved[i] = nth(values, from);
  }
  return { shape: to, values: moved };
}
