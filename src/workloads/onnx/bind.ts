// Sizes for what an ONNX file leaves open: the batch, and symbolic dimensions that the caller names.

import type { Diagnostic, Parsed } from '../../base/diagnostics.js';
import { parsed, refused } from '../../base/diagnostics.js';
import { unknownName } from '../../base/text.js';
import type { DeclaredDimension, Graph, ValueInfo } from './graph.js';
import type { Operation } from './operation.js';
import type { Shape, Value } from './value.js';
import { valueOf } from './value.js';

export interface BindOptions {
  /** Replaces the batch of the graph's inputs, symbolic or not; an open batch is 1 otherwise. */
  readonly batch?: number | undefined;
  /** Sizes of other symbolic dimensions, by their name in the file: `{ sequence: 128 }`. */
  readonly dims?: Readonly<Record<string, number>> | undefined;
}

export interface Binding {
  /** The graph's inputs by name. */
  readonly inputs: ReadonlyMap<string, Value>;
  readonly rebatch: Operation['rebatch'];
  /** A shape that the file notes, with symbols replaced. */
  readonly resolve: (info: ValueInfo) => Shape | undefined;
}

const batchWord = /batch|^(n|b|bs|bsz)$/i;
/** First axes of these names are not batches. */
const lengthWord = /seq|len|time|step|token|frame|height|width|^(h|w|t|s|l)$/i;
const isSize = (x: number) => Number.isSafeInteger(x) && x >= 1;

/** Operators whose operand `from` and later ones are weights even where the file passes them as inputs. */
const weightSlots: Readonly<Record<string, number>> = { Conv: 1, ConvTranspose: 1, Gemm: 1, BatchNormalization: 1, LayerNormalization: 1, InstanceNormalization: 1, PRelu: 1, ConstantOfShape: 0 };

/** Graph inputs that bring data rather than weights (old files list weights as inputs too). */
function dataInputs(graph: Graph): readonly ValueInfo[] {
  const weights = new Set<string>();
  for (const node of graph.nodes) {
    const from = Object.hasOwn(weightSlots, node.operator) ? weightSlots[node.operator]! : node.inputs.length;
    for (const input of node.inputs.slice(from)) weights.add(input);
  }
  return graph.inputs.filter(({ name }) => !graph.constants.has(name) && !weights.has(name));
}

export function bindInputs(graph: Graph, options: BindOptions): Parsed<Binding> {
  const data = dataInputs(graph);
  const faults: Diagnostic[] = [];
  if (options.batch !== undefined && !isSize(options.batch)) {
    faults.push({ code: 'out-of-range', path: ['batch'], message: `must be a whole number of at least 1, got ${options.batch}` });
  }
  const symbols = new Set([...graph.inputs, ...graph.notes, ...graph.outputs].flatMap(({ shape }) => (shape ?? []).filter((d) => typeof d === 'string')));
  for (const [name, size] of Object.entries(options.dims ?? {})) {
    if (!symbols.has(name)) {
      const message = symbols.size === 0 ? `the model has no symbolic dimension ${name}: all its sizes are fixed` : unknownName('dimension', name, [...symbols]);
      faults.push({ code: 'unknown-name', path: ['dims', name], message });
    } else if (!isSize(size)) faults.push({ code: 'out-of-range', path: ['dims', name], message: `must be a whole number of at least 1, got ${size}` });
  }
  if (faults.length > 0) return refused(faults);

  const batchSymbols = findBatchSymbols(data);
  // Only where no symbol stands for the batch is a fixed size in front of the first input one.
  const fixed = batchSymbols.size > 0 ? undefined : data.find(({ shape }) => shape && shape.length >= 2)?.shape?.[0];
  const rebatch = typeof fixed === 'number' && options.batch !== undefined && options.batch !== fixed ? { from: fixed, to: options.batch } : undefined;
  const sizeOf = (d: DeclaredDimension): number | undefined => {
    if (typeof d === 'number') return d;
    if (d === undefined) return undefined;
    if (options.dims && Object.hasOwn(options.dims, d)) return options.dims[d];
    return batchSymbols.has(d) ? options.batch ?? 1 : undefined;
  };
  const rebatched = (first: DeclaredDimension) => (rebatch !== undefined && first === rebatch.from ? rebatch.to : undefined);
  const resolve = ({ shape }: ValueInfo) => shape?.map((d, i) => (i === 0 ? rebatched(d) : undefined) ?? sizeOf(d));

  const names = new Set(data.map(({ name }) => name));
  const bound = (info: ValueInfo): Value => {
    const isData = names.has(info.name);
    const shape = info.shape?.map((d, i) => {
      if (i === 0 && isData) return rebatched(d) ?? sizeOf(d) ?? (d === undefined ? options.batch ?? 1 : undefined);
      return sizeOf(d);
    });
    return { ...valueOf(shape, undefined, info.whole), blame: blameOf(info, shape) };
  };
  return parsed({ inputs: new Map(graph.inputs.map((info) => [info.name, bound(info)])), rebatch, resolve });
}

/** Symbols called like a batch; in inputs without one, the symbol of the first axis unless it is called like a length. */
function findBatchSymbols(data: readonly ValueInfo[]): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { shape } of data) {
    const named = (shape ?? []).filter((d): d is string => typeof d === 'string' && batchWord.test(d));
    const first = shape?.[0];
    if (named.length > 0) for (const name of named) found.add(name);
    else if (typeof first === 'string' && !lengthWord.test(first)) found.add(first);
  }
  return found;
}

function blameOf(info: ValueInfo, shape: Shape | undefined): string | undefined {
  if (shape === undefined) return `the input "${info.name}" has no shape; export the model with the shapes of its inputs`;
  const open = shape.indexOf(undefined);
  if (open < 0) return undefined;
  const symbol = info.shape![open];
  const what = symbol === undefined ? `leaves the size of axis ${open} open` : `leaves the dimension "${symbol}" open`;
  const out = symbol === undefined ? 'export the model with a fixed size' : `give it a size (dims: ${symbol} = ...) or export the model with a fixed one`;
  return `the input "${info.name}" ${what}; ${out}`;
}
