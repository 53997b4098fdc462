// The numbers of a file's weights, by name: initializers, and what constant nodes make of them without arithmetic.

import type { Parsed } from '../../base/diagnostics.js';
import { parsed, refuse } from '../../base/diagnostics.js';
import { nth } from '../../base/invariant.js';
import { volume } from './graph.js';
import { numbersOfTensor } from './onnx-tensor.js';
import { strides } from './value.js';
import type { WireGraph, WireModel, WireNode, WireTensor } from './wire.js';
import { modelCodec, toNumber } from './wire.js';

interface Found {
  /** Not followed through reshapes. */
  readonly shape: readonly number[] | undefined;
  readonly values: Float64Array;
}

/** Refused with the first that has no numbers, and why. `bytes` have been read as ONNX before. */
export function weightNumbers(bytes: Uint8Array, names: readonly string[]): Parsed<ReadonlyMap<string, Float64Array>> {
  const { graph } = modelCodec().decode(bytes) as WireModel;
  const tensors = new Map((graph?.initializer ?? []).map((t) => [t.name ?? '', t] as const));
  const producers = new Map((graph?.node ?? []).flatMap((node) => (node.output ?? []).map((name) => [name, node])));
  const found = new Map<string, Float64Array>();
  for (const name of names) {
    const value = valueOf(name, tensors, producers, graph ?? {});
    if (typeof value === 'string') return refuse('missing', ['weights', name], `the weights ${name} ${value}`);
    found.set(name, value.values);
  }
  return parsed(found);
}

type Producers = ReadonlyMap<string, WireNode>;
const outside = 'have no numbers in the file: they are kept outside, or in a form that is not read';

/** The same elements in the same order. */
const reshaping = ['Reshape', 'Flatten', 'Squeeze', 'Unsqueeze'];
const passing = ['Identity', 'Cast'];

function valueOf(
  name: string,
  tensors: ReadonlyMap<string, WireTensor>,
  producers: Producers,
  graph: WireGraph,
): Found | string {
  const tensor = tensors.get(name);
  if (tensor) return numbersIn(tensor);
  const node = producers.get(name);
  if (node === undefined) return 'are in neither tensors nor nodes of the file';
  const attribute = (key: string) => (node.attribute ?? []).find((a) => a.name === key);
  const input = () => valueOf(node.input?.[0] ?? '', tensors, producers, graph);
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
    if (x.shape) return transposed(x.shape, x.values, attribute('perm')?.ints?.map(toNumber));
  }
  return `are computed by ${operator} "${node.name ?? ''}", which is not evaluated; fold constants when exporting`;
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
