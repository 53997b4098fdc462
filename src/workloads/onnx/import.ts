// ONNX in: the layers of a network file with how often each occurs, and what is not mapped.

import type { Parsed } from '../../base/diagnostics.js';
import type { Network } from '../../model/workload/network.js';
import type { BindOptions } from './bind.js';
import { dimsOf } from './bind.js';
import { decodeOnnx } from './decode-model.js';
import { operatorsOf } from './graph.js';
import { listOf, networkOf } from './network-of.js';

/** What a file leaves open and who reads it may say: the batch, sizes of symbolic dimensions, operators that keep a shape. */
export type ImportOptions = BindOptions;

/** Reads a network from the bytes of an .onnx file. `name` names the network and, in messages, the file. Never throws. */
export function importOnnx(bytes: Uint8Array, name: string, options: ImportOptions = {}): Parsed<Network> {
  const graph = decodeOnnx(bytes, name);
  return graph.ok ? networkOf(graph.value, name, options) : graph;
}

/** As `importOnnx`, but perhaps without a layer: beside them a graph has steps that runs of the machine do too. */
export function importList(bytes: Uint8Array, name: string, options: ImportOptions = {}): Parsed<Network> {
  const graph = decodeOnnx(bytes, name);
  return graph.ok ? listOf(graph.value, name, options) : graph;
}

/** What options may name in a file. */
export interface OnnxNames {
  readonly dims: Pick<ReadonlySet<string>, 'has'>;
  readonly operators: ReadonlySet<string>;
}

export function namesIn(bytes: Uint8Array, name: string): OnnxNames | undefined {
  const graph = decodeOnnx(bytes, name);
  return graph.ok ? { dims: dimsOf(graph.value), operators: operatorsOf(graph.value) } : undefined;
}
