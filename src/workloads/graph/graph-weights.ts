// The numbers of all weights that the steps of a graph take from its ONNX file.

import type { Parsed } from '../../base/diagnostics.js';
import type { NetworkGraph } from '../../model/workload/network-graph.js';
import { weightsOf } from '../../model/workload/network-graph.js';
import { weightNumbers } from '../onnx/weight-numbers.js';

/** Those of layers that are only costed, and of the host, are left where they are. */
export function graphWeights({ steps }: NetworkGraph, bytes: Uint8Array): Parsed<ReadonlyMap<string, Float64Array>> {
  const run = steps.filter((s) => s.kind !== 'host' && !(s.kind === 'layer' && s.run.kind === 'costed'));
  return weightNumbers(bytes, [...new Set(run.flatMap((s) => weightsOf(s).map((w) => w.value)))]);
}
