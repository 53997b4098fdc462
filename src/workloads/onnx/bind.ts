// Sizes for what an ONNX file leaves open: the batch, and symbolic dimensions that the caller names.

import { defined, entry } from '../../base/invariant.js';
import type { Diagnostic, Parsed } from '../../base/diagnostics.js';
import { parsed, refused } from '../../base/diagnostics.js';
import { unknownName } from '../../base/text.js';
import { axisName, axisNamed, dimAdvice } from './advice.js';
import { batchAxesOf } from './batch-axis.js';
import type { DeclaredDimension, Graph, GraphNode, ValueInfo } from './graph.js';
import { bodiesOf, everyNode, functionKey, operatorName } from './graph.js';
import type { Operation } from './operation.js';
import { ruleFor } from './shape-rules.js';
import type { Known, Shape, Value } from './value.js';
import { valueOf } from './value.js';

export interface BindOptions {
  /** Replaces the batch of the graph's inputs, symbolic or not; an open batch is 1 otherwise. */
  readonly batch?: number | undefined;
  /**
   * Sizes of other symbolic dimensions, by their name in the file: `{ sequence: 128 }`; `x[2]` is axis 2 of
   * the value x where it has no name.
   */
  readonly dims?: Readonly<Record<string, number>> | undefined;
  /** Operators unknown to magnet whose output has the shape of their first input: `acme.Swish`. */
  readonly sameShape?: readonly string[] | undefined;
}

export interface Binding {
  /** The graph's inputs by name. */
  readonly inputs: ReadonlyMap<string, Value>;
  readonly rebatch: Operation['rebatch'];
  /** A shape that the file notes, with symbols replaced. */
  readonly resolve: (info: ValueInfo) => Shape | undefined;
  /** What the caller says of the sizes of values in between, axis by axis. */
  readonly told: ReadonlyMap<string, readonly Known[]>;
  /** Whether the caller says that the node's output has the shape of its first input. */
  readonly keepsShape: (node: GraphNode) => boolean;
}

const batchWord = /batch|^(n|b|bs|bsz)$/i;
/** First axes of these names are not batches. */
const lengthWord = /seq|len|time|step|token|frame|height|width|^(h|w|t|s|l)$/i;
/** A cache that is still empty has a length of 0; a batch has not. */
const isSize = (x: number, min: number) => Number.isSafeInteger(x) && x >= min;

/** Operators whose operand `from` and later ones are weights even where the file passes them as inputs. */
const weightSlots: Readonly<Record<string, number>> = {
  Conv: 1,
  ConvTranspose: 1,
  Gemm: 1,
  BatchNormalization: 1,
  LayerNormalization: 1,
  InstanceNormalization: 1,
  PRelu: 1,
  ConstantOfShape: 0,
  ConvInteger: 1,
  QLinearConv: 1,
  FusedConv: 1,
  NhwcConv: 1,
  NhwcFusedConv: 1,
  DeformConv: 1,
  MatMulNBits: 1,
  LSTM: 1,
  GRU: 1,
  RNN: 1,
  DynamicQuantizeLSTM: 1,
};

/** Graph inputs that bring data rather than weights (old files list weights as inputs too). */
function dataInputs(graph: Graph): readonly ValueInfo[] {
  const weights = new Set<string>();
  for (const node of graph.nodes) {
    const from = Object.hasOwn(weightSlots, node.operator) ? entry(weightSlots, node.operator) : node.inputs.length;
    for (const input of node.inputs.slice(from)) weights.add(input);
  }
  return graph.inputs.filter(({ name }) => !graph.constants.has(name) && !weights.has(name));
}

export function bindInputs(graph: Graph, options: BindOptions): Parsed<Binding> {
  const data = dataInputs(graph);
  const faults: Diagnostic[] = [];
  if (options.batch !== undefined && !isSize(options.batch, 1)) {
    faults.push({
      code: 'out-of-range',
      path: ['batch'],
      message: `must be a whole number of at least 1, got ${options.batch}`,
    });
  }
  const symbols = symbolsOf(graph);
  const isKnown = dimsOf(graph).has;
  for (const [name, size] of Object.entries(options.dims ?? {})) {
    if (!isKnown(name)) {
      const message =
        symbols.size === 0
          ? `the model has no symbolic dimension ${name}: all its sizes are fixed`
          : unknownName('dimension', name, [...symbols]);
      faults.push({ code: 'unknown-name', path: ['dims', name], message });
    } else if (!isSize(size, 0))
      faults.push({
        code: 'out-of-range',
        path: ['dims', name],
        message: `must be a whole number of at least 0, got ${size}`,
      });
  }
  const nodes = new Map(everyNode(graph).map((node) => [operatorName(node), node]));
  for (const [i, name] of (options.sameShape ?? []).entries()) {
    const node = nodes.get(name);
    if (node === undefined)
      faults.push({
        code: 'unknown-name',
        path: ['sameShape', i],
        message: unknownName('operator', name, [...nodes.keys()]),
      });
    else if (hasOwnShape(graph, node)) {
      const message =
        `the shape of ${name} follows from the file` +
        (graph.functions.has(functionKey(node)) ? ', which defines it as a function' : '') +
        '; sameShape is for operators that magnet does not know';
      faults.push({ code: 'no-effect', path: ['sameShape', i], message });
    }
  }
  if (faults.length > 0) return refused(faults);

  const batchAxes = batchAxesOf(graph);
  const batchSymbols = findBatchSymbols(data, batchAxes);
  // Only where no symbol stands for the batch is a fixed size in front of the first input one.
  const fixed =
    batchSymbols.size > 0
      ? undefined
      : data
          .map(({ name, shape }) => (shape && shape.length >= 2 ? shape[batchAxes.get(name) ?? 0] : undefined))
          .find((d) => d !== undefined);
  const rebatch =
    typeof fixed === 'number' && options.batch !== undefined && options.batch !== fixed
      ? { from: fixed, to: options.batch }
      : undefined;
  const given = (name: string) => (options.dims && Object.hasOwn(options.dims, name) ? options.dims[name] : undefined);
  const sizeOf = (d: DeclaredDimension): number | undefined => {
    if (typeof d === 'number') return d;
    if (d === undefined) return undefined;
    if (given(d) !== undefined) return given(d);
    return batchSymbols.has(d) ? (options.batch ?? 1) : undefined;
  };
  const rebatched = (first: DeclaredDimension) =>
    rebatch !== undefined && first === rebatch.from ? rebatch.to : undefined;
  const resolve = ({ shape }: ValueInfo) => shape?.map((d, i) => (i === 0 ? rebatched(d) : undefined) ?? sizeOf(d));

  const names = new Set(data.map(({ name }) => name));
  const bound = (info: ValueInfo): Value => {
    const isData = names.has(info.name);
    const batchAxis = batchAxes.get(info.name) ?? 0;
    const shape = info.shape?.map((d, i) => {
      const named = d === undefined ? given(axisName(info.name, i)) : undefined;
      if (named !== undefined) return named;
      if (i === batchAxis && isData)
        return rebatched(d) ?? sizeOf(d) ?? (d === undefined ? (options.batch ?? 1) : undefined);
      return sizeOf(d);
    });
    return { ...valueOf(shape, undefined, info.whole), blame: blameOf(info, shape) };
  };
  const sameShape = new Set(options.sameShape);
  const keepsShape = (node: GraphNode) => sameShape.has(operatorName(node));
  return parsed({
    inputs: new Map(graph.inputs.map((info) => [info.name, bound(info)])),
    rebatch,
    resolve,
    told: toldIn(options.dims ?? {}),
    keepsShape,
  });
}

const hasOwnShape = (graph: Graph, node: GraphNode): boolean =>
  graph.functions.has(functionKey(node)) || bodiesOf(node).size > 0 || ruleFor(node) !== undefined;

function toldIn(dims: Readonly<Record<string, number>>): ReadonlyMap<string, readonly Known[]> {
  const told = new Map<string, Known[]>();
  for (const [name, size] of Object.entries(dims)) {
    const at = axisNamed(name);
    if (at === undefined) continue;
    const sizes = told.get(at.value) ?? [];
    while (sizes.length <= at.axis) sizes.push(undefined);
    sizes[at.axis] = size;
    told.set(at.value, sizes);
  }
  return told;
}

/** The names that `dims` may give a size: those that the file lists, and axes of all that its nodes write. */
export function dimsOf(graph: Graph): Pick<ReadonlySet<string>, 'has'> {
  const symbols = symbolsOf(graph);
  const written = new Set(everyNode(graph).flatMap(({ outputs }) => outputs));
  return { has: (name) => symbols.has(name) || written.has(axisNamed(name)?.value ?? '') };
}

/** Symbols, and `x[2]` where an input leaves a size open without one. */
function symbolsOf(graph: Graph): ReadonlySet<string> {
  const names = [...graph.inputs, ...graph.notes, ...graph.outputs].flatMap(({ shape }) =>
    (shape ?? []).filter((d) => typeof d === 'string'),
  );
  const open = graph.inputs.flatMap(({ name, shape }) =>
    (shape ?? []).flatMap((d, i) => (d === undefined ? [axisName(name, i)] : [])),
  );
  return new Set([...names, ...open]);
}

/**
 * Symbols called like a batch; in inputs without one, the symbol of the first axis unless it is called like a length.
 */
function findBatchSymbols(data: readonly ValueInfo[], batchAxes: ReadonlyMap<string, number>): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { name, shape } of data) {
    const named = (shape ?? []).filter((d): d is string => typeof d === 'string' && batchWord.test(d));
    const first = shape?.[batchAxes.get(name) ?? 0];
    if (named.length > 0) for (const symbol of named) found.add(symbol);
    else if (typeof first === 'string' && !lengthWord.test(first)) found.add(first);
  }
  return found;
}

function blameOf(info: ValueInfo, shape: Shape | undefined): string | undefined {
  if (shape === undefined)
    return `the input "${info.name}" has no shape; export the model with the shapes of its inputs`;
  const open = shape
    .flatMap((d, i) => (d === undefined ? [defined(info.shape)[i] ?? axisName(info.name, i)] : []))
    .map(String);
  if (open.length === 0) return undefined;
  const names = [...new Set(open)];
  const what = names.map((name) => `"${name}"`).join(', ');
  const many = names.length > 1;
  const gap = `the input "${info.name}" leaves the ${many ? 'sizes' : 'size'} ${what} open`;
  return (
    `${gap}; give ${many ? 'them sizes' : 'it a size'} (${dimAdvice(names)}) or export the model ` +
    `with ${many ? 'fixed ones' : 'a fixed one'}`
  );
}
