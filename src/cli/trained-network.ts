// A trained network as the command line names it.

import type { Parsed } from '../base/diagnostics.js';
import type { TrainedFile } from '../library/trained.js';
import { trainedOf } from '../library/trained.js';
import type { NetworkGraph } from '../model/workload/network-graph.js';
import { countOf } from '../reference/numbers.js';
import type { Wanted } from './accuracy/image-folder.js';
import type { Io } from './io.js';
import { loadWorkload } from './read-workload.js';

/** Refused where it has no graph, or weights that are no finite numbers. */
export const loadTrained = (io: Io, network: string): Parsed<TrainedFile> =>
  trainedOf(network, (batch) => loadWorkload(io, network, { graphAlone: true, ...(batch !== undefined && { batch }) }));

/** What samples of a network are for. */
export function wantedBy(network: string, { inputs, outputs, tensors }: NetworkGraph): Wanted {
  const sizesOf = (name: string | undefined) => tensors.find((t) => t.name === name)?.shape?.slice(1);
  const scores = sizesOf(outputs[0]);
  return { network, input: sizesOf(inputs[0]), classes: scores && countOf(scores) };
}
