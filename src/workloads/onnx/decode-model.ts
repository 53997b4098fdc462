// From the bytes of an .onnx file to a plain graph, or to the reasons why it is none.

import type { Diagnostic, Parsed } from '../../base/diagnostics.js';
import { parsed, refuse, refused } from '../../base/diagnostics.js';
import type {
  Attribute,
  Body,
  Constant,
  DeclaredDimension,
  Graph,
  GraphFunction,
  GraphNode,
  ValueInfo,
} from './graph.js';
import { functionKey, isStandard } from './graph.js';
import { isWhole, readTensor } from './onnx-tensor.js';
import type { WireAttribute, WireFunction, WireGraph, WireModel, WireNode, WireValueInfo } from './wire.js';
import { attributeTypes, modelCodec, toNumber } from './wire.js';

/** Files that are taken for ONNX by mistake, by how they begin. */
const impostors: readonly (readonly [RegExp, string])[] = [
  [/^version https:\/\/git-lfs/, 'a Git LFS pointer, not the model itself; fetch it with `git lfs pull`'],
  [/^PK\u0003\u0004/, 'a ZIP archive (PyTorch checkpoints are); export the model with torch.onnx.export'],
  [/^\u0089HDF/, 'an HDF5 file (Keras weights are); convert it with tf2onnx'],
  [/^....TFL3/s, 'a TensorFlow Lite model; convert it with tf2onnx'],
  [/^\s*</, 'a web page or XML'],
  [/^\s*[{[]/, 'JSON text; a layer table needs the ending .json'],
];

const notOnnx = (name: string, reason: string) =>
  refuse('malformed', [], `${name} is not an ONNX model: ${reason}. Give a file written by an ONNX exporter`);

export function decodeOnnx(bytes: Uint8Array, name: string): Parsed<Graph> {
  if (bytes.byteLength === 0)
    return refuse('malformed', [], `${name} is empty; expected an ONNX model. Copy or export the file again`);
  const head = String.fromCharCode(...bytes.subarray(0, 64));
  const impostor = impostors.find(([start]) => start.test(head));
  let model: WireModel;
  try {
    model = modelCodec().decode(bytes);
  } catch (error) {
    if (impostor) return notOnnx(name, `it is ${impostor[1]}`);
    const detail = error instanceof Error ? error.message : String(error);
    return notOnnx(name, `it is cut short or malformed (${detail}; ${bytes.byteLength} bytes read)`);
  }
  if (!model.graph || (model.graph.node ?? []).length === 0) {
    if (impostor) return notOnnx(name, `it is ${impostor[1]}`);
    return notOnnx(name, model.graph ? 'its graph has no nodes' : 'it holds no graph');
  }
  return readGraph(model, model.graph);
}

function readGraph(model: WireModel, graph: WireGraph): Parsed<Graph> {
  const faults: Diagnostic[] = [];
  const opsets = (model.opsetImport ?? [])
    .filter((o) => isStandard(o.domain ?? ''))
    .map((o) => toNumber(o.version ?? 1));
  const value: Graph = {
    name: graph.name ?? '',
    opset: Math.max(1, ...opsets),
    ...readBody(graph, faults),
    functions: new Map(
      (model.functions ?? []).map((f) => [
        functionKey({ domain: f.domain ?? '', operator: f.name ?? '', overload: f.overload ?? '' }),
        readFunction(f, faults),
      ]),
    ),
  };
  return faults.length > 0 ? refused(faults) : parsed(value);
}

function readBody(graph: WireGraph, faults: Diagnostic[]): Body {
  const constants = new Map<string, Constant>();
  const keep = (name: string, constant: Constant | string) => {
    if (typeof constant !== 'string') constants.set(name, constant);
    else
      faults.push({
        code: 'malformed',
        path: ['initializer', name],
        message: `the tensor ${constant}. Export the model again`,
      });
  };
  for (const tensor of graph.initializer ?? []) keep(tensor.name ?? '', readTensor(tensor));
  for (const sparse of graph.sparseInitializer ?? []) {
    const shape = readTensor({ dims: sparse.dims ?? [], dataType: sparse.values?.dataType ?? 0 });
    keep(sparse.values?.name ?? '', typeof shape === 'string' ? shape : { ...shape, values: undefined });
  }
  const infos = (list: readonly WireValueInfo[] | undefined) => (list ?? []).map((info) => readValueInfo(info, faults));
  return {
    inputs: infos(graph.input),
    outputs: infos(graph.output),
    notes: infos(graph.valueInfo),
    constants,
    nodes: (graph.node ?? []).map((node) => readNode(node, faults)),
  };
}

function readFunction(f: WireFunction, faults: Diagnostic[]): GraphFunction {
  const bare = (list: readonly string[] | undefined) =>
    (list ?? []).map((name): ValueInfo => ({ name, shape: undefined, whole: false }));
  return {
    inputs: bare(f.input),
    outputs: bare(f.output),
    notes: (f.valueInfo ?? []).map((info) => readValueInfo(info, faults)),
    constants: new Map(),
    nodes: (f.node ?? []).map((node) => readNode(node, faults)),
    defaults: readAttributes(f.attributeProto, f.name ?? '', faults),
  };
}

function readValueInfo(info: WireValueInfo, faults: Diagnostic[]): ValueInfo {
  const name = info.name ?? '';
  const tensor = info.type?.tensorType;
  const shape = tensor?.shape?.dim?.map((dim): DeclaredDimension => {
    if (Object.hasOwn(dim, 'dimParam') && dim.dimParam) return dim.dimParam;
    if (!Object.hasOwn(dim, 'dimValue') || dim.dimValue === undefined) return undefined;
    const size = toNumber(dim.dimValue);
    // Some exporters write 0 or -1 where a size is open.
    if (size === 0 || size === -1) return undefined;
    if (size > 0 && Number.isSafeInteger(size)) return size;
    faults.push({
      code: 'out-of-range',
      path: ['value', name],
      message: `has the dimension ${size}; expected a whole number of at least 1. Export the model again`,
    });
    return undefined;
  });
  return { name, shape, whole: isWhole(tensor?.elemType ?? 0) };
}

function readNode(node: WireNode, faults: Diagnostic[]): GraphNode {
  const outputs = node.output ?? [];
  const name = node.name || outputs.find((o) => o !== '') || '';
  const attributes = readAttributes(node.attribute, name, faults);
  return {
    name,
    operator: node.opType ?? '',
    domain: node.domain ?? '',
    overload: node.overload ?? '',
    inputs: node.input ?? [],
    outputs,
    attributes,
  };
}

function readAttributes(
  list: readonly WireAttribute[] | undefined,
  owner: string,
  faults: Diagnostic[],
): ReadonlyMap<string, Attribute> {
  const attributes = new Map<string, Attribute>();
  for (const attribute of list ?? []) {
    const value = readAttribute(attribute, faults);
    if (typeof value !== 'string') attributes.set(attribute.name ?? '', value);
    else
      faults.push({
        code: 'malformed',
        path: ['node', owner],
        message: `the tensor in attribute ${attribute.name ?? ''} ${value}. Export the model again`,
      });
  }
  return attributes;
}

/** Before IR version 2 an attribute did not say its type: whatever field is there is meant. */
function guessType(a: WireAttribute): number {
  const has = (key: keyof WireAttribute) => Object.hasOwn(a, key);
  if (has('i')) return attributeTypes.int;
  if (has('f')) return attributeTypes.float;
  if (has('s')) return attributeTypes.string;
  if (has('t')) return attributeTypes.tensor;
  if (has('g')) return attributeTypes.graph;
  return (a.ints ?? []).length > 0 ? attributeTypes.ints : (a.floats ?? []).length > 0 ? attributeTypes.floats : 0;
}

function readAttribute(a: WireAttribute, faults: Diagnostic[]): Attribute | string {
  if (a.refAttrName) return { kind: 'reference', name: a.refAttrName };
  switch (a.type || guessType(a)) {
    case attributeTypes.int:
      return { kind: 'number', value: toNumber(a.i ?? 0), whole: true };
    case attributeTypes.float:
      return { kind: 'number', value: a.f ?? 0, whole: false };
    case attributeTypes.ints:
      return { kind: 'numbers', values: (a.ints ?? []).map(toNumber), whole: true };
    case attributeTypes.floats:
      return { kind: 'numbers', values: a.floats ?? [], whole: false };
    case attributeTypes.string:
      // Where the bytes are missing, protobufjs gives an empty list in their place.
      return { kind: 'text', value: a.s instanceof Uint8Array ? new TextDecoder().decode(a.s) : '' };
    case attributeTypes.tensor: {
      const value = readTensor(a.t ?? {});
      return typeof value === 'string' ? value : { kind: 'tensor', value };
    }
    case attributeTypes.sparseTensor: {
      const value = readTensor({ dims: a.sparseTensor?.dims ?? [], dataType: a.sparseTensor?.values?.dataType ?? 0 });
      return typeof value === 'string' ? value : { kind: 'tensor', value: { ...value, values: undefined } };
    }
    case attributeTypes.graph:
      return { kind: 'graph', graph: readBody(a.g ?? {}, faults) };
    default:
      return { kind: 'other' };
  }
}
