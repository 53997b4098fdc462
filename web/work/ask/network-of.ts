// The network of a question: built in or dropped, as the command line reads it.

import type { Network, NetworkGraph, Parsed } from 'magnet-accelerator';
import {
  exportOnnx,
  findGraph,
  findNetwork,
  importOnnx,
  knownWords,
  mapVerb,
  networkOfSteps,
  onnxNetwork,
  parseLayerTable,
  selectNetwork,
  withoutFolds,
} from 'magnet-accelerator';
import type { DroppedFile, Question } from '../question.js';
import type { Files } from './given.js';
import { dataOf, fileNamed, located, parsed, refuse, stem } from './given.js';

export interface Read {
  /** With additions, pools and element-wise steps among its layers. */
  readonly network: Network;
  /** Undefined of a layer table, which has no order. */
  readonly graph: NetworkGraph | undefined;
}

type Named = Pick<Question, 'network' | 'batch' | 'folds'>;

export function networkOf({ network: name, batch: typed, folds }: Named, files: Files): Parsed<Read> {
  const file = fileNamed(files, name);
  const batch = typed === '' ? parsed(undefined) : mapVerb.options.batch.type.read(typed);
  if (!batch.ok) return located('--batch', batch);
  const read = file ? fromFile(file, batch.value) : builtIn(name, batch.value);
  return read.ok && !folds ? { ok: true, value: { ...read.value, network: withoutFolds(read.value.network) } } : read;
}

function builtIn(name: string, batch: number | undefined): Parsed<Read> {
  const network = withBatch(findNetwork(name), batch);
  if (!network.ok) return network;
  const graph = findGraph(name, { batch });
  return graph.ok
    ? { ok: true, value: { network: networkOfSteps(network.value, graph.value), graph: graph.value } }
    : graph;
}

/** Through its ONNX file: the importer knows where in every operator the batch lies. */
function withBatch(network: Parsed<Network>, batch: number | undefined): Parsed<Network> {
  if (!network.ok || batch === undefined) return network;
  const { name, source, unmapped } = network.value;
  const again = importOnnx(exportOnnx(network.value), name, { batch });
  return again.ok ? parsed({ name, source: `${source}, batch ${batch}`, layers: again.value.layers, unmapped }) : again;
}

function fromFile({ name, bytes }: DroppedFile, batch: number | undefined): Parsed<Read> {
  if (/\.onnx$/i.test(name)) return fromOnnx(stem(name), bytes, batch);
  if (!/\.(ya?ml|json)$/i.test(name))
    return refuse(`${name}: expected a network as an .onnx file, or a layer table as .yaml, .yml or .json`);
  if (batch !== undefined)
    return refuse(`${name}: images at a time are of an ONNX file or a built-in network; give each layer its N`);
  const data = dataOf({ name, bytes }, ['workload'], 'a network');
  const tables = data.ok ? parseLayerTable(data.value, stem(name)) : data;
  const network = tables.ok ? selectNetwork(tables.value, undefined) : tables;
  return network.ok ? { ok: true, value: { network: network.value, graph: undefined } } : network;
}

function fromOnnx(name: string, bytes: Uint8Array, batch: number | undefined): Parsed<Read> {
  const file = onnxNetwork(bytes, name, { batch, steps: true });
  if (!file.ok) return file;
  const { network: list, graph: read, weights, quantized } = file.value;
  const graph = read();
  if (!graph.ok) return graph;
  const numbers = quantized && weights(graph.value);
  const given = quantized?.(graph.value);
  const words = numbers?.ok && numbers.value && given?.ok ? knownWords(numbers.value, given.value) : undefined;
  const network = networkOfSteps(list, graph.value, words);
  return network.layers.length > 0
    ? { ok: true, value: { network, graph: graph.value } }
    : refuse(`${name} has no step that a run of the machine does`);
}
