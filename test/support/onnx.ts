// Small ONNX files for tests, written with the workloads' own encoder.

import { encodeOnnx } from '../../src/workloads/onnx/encode-model.js';
import type {
  Attribute,
  Constant,
  DeclaredDimension,
  GraphFunction,
  GraphNode,
} from '../../src/workloads/onnx/graph.js';
import type { Network } from '../../src/model/workload/network.js';
import type { ImportOptions } from '../../src/workloads/onnx/import.js';
import { importOnnx } from '../../src/workloads/onnx/import.js';
import { printDiagnostic } from '../../src/base/diagnostics.js';
import { printShape } from '../../src/model/workload/layer.js';

type Loose = number | readonly number[] | string | Attribute;

const attribute = (value: Loose): Attribute => {
  if (typeof value === 'number') return { kind: 'number', value, whole: true };
  if (typeof value === 'string') return { kind: 'text', value };
  return 'kind' in value ? value : { kind: 'numbers', values: value, whole: true };
};

/** Named after its first output. */
export const node = (
  operator: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Readonly<Record<string, Loose>> = {},
  domain = '',
): GraphNode => ({
  name: outputs[0] ?? '',
  operator,
  domain,
  inputs,
  outputs,
  attributes: new Map(Object.entries(attributes).map(([key, value]) => [key, attribute(value)])),
});

/** A branch or a body: its nodes, what comes in and what goes out, and whole numbers that it holds. */
export const graph = (
  inputs: readonly string[],
  outputs: readonly string[],
  nodes: readonly GraphNode[],
  scalars: Readonly<Record<string, number>> = {},
): Attribute => ({
  kind: 'graph',
  graph: {
    ...ends(inputs, outputs),
    nodes,
    constants: new Map(
      Object.entries(scalars).map(([name, value]) => [name, { shape: [], whole: true, values: [value] }]),
    ),
  },
});

/** A function of the file, under `domain:name:`. */
export const local = (
  inputs: readonly string[],
  outputs: readonly string[],
  nodes: readonly GraphNode[],
  defaults: Readonly<Record<string, Loose>> = {},
): GraphFunction => ({
  ...ends(inputs, outputs),
  nodes,
  constants: new Map(),
  defaults: new Map(Object.entries(defaults).map(([name, value]) => [name, attribute(value)])),
});

const bare = (names: readonly string[]) => names.map((name) => ({ name, shape: undefined, whole: false }));
const ends = (inputs: readonly string[], outputs: readonly string[]) => ({
  inputs: bare(inputs),
  outputs: bare(outputs),
  notes: [],
});

export interface FileParts {
  readonly inputs: Readonly<Record<string, readonly DeclaredDimension[]>>;
  /** Tensors of which only the shape is written. */
  readonly weights?: Readonly<Record<string, readonly number[]>>;
  /** Lists of whole numbers, as shape arithmetic has them. */
  readonly lists?: Readonly<Record<string, readonly number[]>>;
  /** Single whole numbers. */
  readonly scalars?: Readonly<Record<string, number>>;
  /** Lists of reals. */
  readonly reals?: Readonly<Record<string, readonly number[]>>;
  /** Reals of any shape. */
  readonly tensors?: Readonly<
    Record<string, { readonly shape: readonly number[]; readonly values: readonly number[] }>
  >;
  readonly nodes: readonly GraphNode[];
  /** What leaves the network; the result of the last node where nothing is said. */
  readonly outputs?: readonly string[];
  /** Inputs that are whole numbers. */
  readonly whole?: readonly string[];
  /** Shapes noted for values in between. */
  readonly notes?: Readonly<Record<string, readonly DeclaredDimension[]>>;
  readonly opset?: number;
  readonly functions?: ReadonlyMap<string, GraphFunction>;
}

const infos = (shapes: Readonly<Record<string, readonly DeclaredDimension[]>> = {}, whole: readonly string[] = []) =>
  Object.entries(shapes).map(([name, shape]) => ({ name, shape, whole: whole.includes(name) }));

export function onnxFile({
  inputs,
  weights = {},
  lists = {},
  scalars = {},
  reals = {},
  tensors = {},
  nodes,
  outputs = [nodes.at(-1)?.outputs[0] ?? ''],
  whole = [],
  notes,
  opset = 17,
  functions = new Map(),
}: FileParts): Uint8Array {
  return encodeOnnx({
    name: 'test',
    opset,
    inputs: infos(inputs, whole),
    outputs: outputs.map((name) => ({ name, shape: undefined, whole: false })),
    notes: infos(notes),
    constants: new Map<string, Constant>([
      ...Object.entries(weights).map(([name, shape]) => [name, { shape, whole: false, values: undefined }] as const),
      ...Object.entries(lists).map(
        ([name, values]) => [name, { shape: [values.length], whole: true, values }] as const,
      ),
      ...Object.entries(scalars).map(([name, value]) => [name, { shape: [], whole: true, values: [value] }] as const),
      ...Object.entries(reals).map(
        ([name, values]) => [name, { shape: [values.length], whole: false, values }] as const,
      ),
      ...Object.entries(tensors).map(([name, tensor]) => [name, { ...tensor, whole: false }] as const),
    ]),
    nodes,
    functions,
  });
}

export function imported(parts: FileParts, options: ImportOptions = {}): Network {
  const result = importOnnx(onnxFile(parts), 'test', options);
  if (!result.ok) throw new Error(result.diagnostics.map(printDiagnostic).join('\n'));
  return result.value;
}

/** The refusal's sentences, or none where the file was accepted. */
export function complaints(bytes: Uint8Array, options: ImportOptions = {}): readonly string[] {
  const result = importOnnx(bytes, 'test.onnx', options);
  return result.ok ? [] : result.diagnostics.map(printDiagnostic);
}

/** `1 conv1 3x3 s2 3->8 16x16`: count, name and shape, one layer a line. */
export const lines = (network: Network): readonly string[] =>
  network.layers.map(({ layer, count }) => `${count} ${layer.name} ${printShape(layer)}`);
