// The network of a question: built in or dropped, as the command line reads it.

import type { Network, NetworkGraph, Parsed } from 'magnet-accelerator';
import {
  findGraph,
  findNetwork,
  givenWords,
  graphWeights,
  hasNumbers,
  importGraph,
  importList,
  knownWords,
  networkOfSteps,
  parseLayerTable,
  plainQuantized,
  selectNetwork,
  withoutFolds,
} from 'magnet-accelerator';
import type { DroppedFile, Question } from '../question.js';
import type { Files } from './given.js';
import { dataOf, fileNamed, refuse, stem } from './given.js';

export interface Read {
  /** With additions, pools and element-wise steps among its layers. */
  readonly network: Network;
  /** Undefined of a layer table, which has no order. */
  readonly graph: NetworkGraph | undefined;
}

export function networkOf({ network: name, folds }: Pick<Question, 'network' | 'folds'>, files: Files): Parsed<Read> {
  const file = fileNamed(files, name);
  const read = file ? fromFile(file) : builtIn(name);
  return read.ok && !folds ? { ok: true, value: { ...read.value, network: withoutFolds(read.value.network) } } : read;
}

function builtIn(name: string): Parsed<Read> {
  const network = findNetwork(name);
  if (!network.ok) return network;
  const graph = findGraph(name);
  return graph.ok
    ? { ok: true, value: { network: networkOfSteps(network.value, graph.value), graph: graph.value } }
    : graph;
}

function fromFile({ name, bytes }: DroppedFile): Parsed<Read> {
  if (/\.onnx$/i.test(name)) return fromOnnx(stem(name), bytes);
  if (!/\.(ya?ml|json)$/i.test(name))
    return refuse(`${name}: expected a network as an .onnx file, or a layer table as .yaml, .yml or .json`);
  const data = dataOf({ name, bytes }, ['workload'], 'a network');
  const tables = data.ok ? parseLayerTable(data.value, stem(name)) : data;
  const network = tables.ok ? selectNetwork(tables.value, undefined) : tables;
  return network.ok ? { ok: true, value: { network: network.value, graph: undefined } } : network;
}

function fromOnnx(name: string, bytes: Uint8Array): Parsed<Read> {
  // A file of words is read as one of real numbers between quantisers.
  const plain = plainQuantized(bytes);
  const file = plain ?? bytes;
  const list = importList(file, 'the file', {});
  if (!list.ok) return list;
  const graph = importGraph(file, name, {});
  if (!graph.ok) return graph;
  const numbers = plain && hasNumbers(graph.value, file) ? graphWeights(graph.value, file) : undefined;
  const given = plain && givenWords(graph.value, file);
  const words = numbers?.ok && numbers.value && given?.ok ? knownWords(numbers.value, given.value) : undefined;
  const network = networkOfSteps({ ...list.value, name }, graph.value, words);
  return network.layers.length > 0
    ? { ok: true, value: { network, graph: graph.value } }
    : refuse(`${name} has no step that a run of the machine does`);
}
