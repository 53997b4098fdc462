// The numbers of all weights that the steps of a graph take from its ONNX file.

import type { Parsed } from '../../base/diagnostics.js';
import type { NetworkGraph } from '../../model/workload/network-graph.js';
import { hostWeights, weightsOf } from '../../model/workload/network-graph.js';
import { weightNumbers } from '../onnx/weight-numbers.js';

/**
 * The numbers of all weights that steps of the graph read, by name, from the bytes of its ONNX file; not those of layers that are
 * only costed.
 */
export function graphWeights(graph: NetworkGraph, bytes: Uint8Array): Parsed<ReadonlyMap<string, Float64Array>> {
  return weightNumbers(bytes, namesOf(graph));
}

/**
 * Whether a file has any weight of the graph that is not all zeros: files that tell shapes alone may fill them so. True where
 * none is wanted.
 */
export function hasNumbers(graph: NetworkGraph, bytes: Uint8Array): boolean {
  const names = namesOf(graph);
  const isThere = (name: string) => {
    const found = weightNumbers(bytes, [name]);
    return found.ok && found.value.get(name)?.some((x) => x !== 0) === true;
  };
  return names.length === 0 || names.some(isThere);
}

function namesOf({ steps }: NetworkGraph): readonly string[] {
  const run = steps.filter((s) => !(s.kind === 'layer' && s.run.kind === 'costed'));
  return [...new Set(run.flatMap((s) => [...weightsOf(s), ...hostWeights(s)].map((w) => w.value)))];
}
