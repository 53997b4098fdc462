// A network as its ONNX file has it: its layers, its steps, the numbers of its weights, and what it says of its words.

import type { Parsed } from '../base/diagnostics.js';
import { parsed } from '../base/diagnostics.js';
import type { GivenWords } from '../model/workload/given-words.js';
import type { Network } from '../model/workload/network.js';
import type { NetworkGraph } from '../model/workload/network-graph.js';
import { graphWeights, hasNumbers } from '../workloads/graph/graph-weights.js';
import { importGraph } from '../workloads/graph/network-graph-of.js';
import { importList, importOnnx } from '../workloads/onnx/import.js';
import { givenWords } from '../workloads/quantized/given-words.js';
import { plainQuantized } from '../workloads/quantized/plain-quantized.js';

/** What an ONNX file has of a network; its graph and its numbers are read when they are asked for. */
export interface OnnxNetwork {
  readonly network: Network;
  readonly graph: () => Parsed<NetworkGraph>;
  /** Numbers by name; undefined where the file has none. */
  readonly weights: (graph: NetworkGraph) => Parsed<ReadonlyMap<string, Float64Array> | undefined>;
  /** What it says of its words; absent where nobody has quantized it. */
  readonly quantized?: (graph: NetworkGraph) => Parsed<GivenWords>;
}

type ImportOptions = Parameters<typeof importGraph>[2];

/**
 * A network from the bytes of its ONNX file. `steps`: whether it may be without layers, as it is about all of its steps.
 * Diagnostics where it cannot be read.
 */
export function onnxNetwork(
  bytes: Uint8Array,
  name: string,
  options: ImportOptions & { readonly steps: boolean },
): Parsed<OnnxNetwork> {
  const read = options.steps ? importList : importOnnx;
  const whole = read(bytes, 'the file', options);
  if (!whole.ok) return whole;
  // A file of words is read as one of real numbers between quantisers.
  const plain = plainQuantized(bytes);
  const file = plain ?? bytes;
  const network = plain ? read(plain, 'the file', options) : whole;
  if (!network.ok) return network;
  return parsed({
    network: { ...network.value, name },
    graph: () => importGraph(file, name, options),
    weights: (of) => (hasNumbers(of, file) ? graphWeights(of, file) : parsed(undefined)),
    ...(plain && { quantized: (of: NetworkGraph) => givenWords(of, file) }),
  });
}
