// A network whose weights have numbers, read from its file once for each size of batch.

import type { Diagnostic, Parsed } from '../base/diagnostics.js';
import { parsed, refuse, refused } from '../base/diagnostics.js';
import type { NetworkGraph } from '../model/workload/network-graph.js';
import type { Trained } from '../quantize/quantize.js';
import type { Samples } from '../quantize/samples.js';
import { countOf } from '../reference/numbers.js';
import type { Wanted } from './accuracy/image-folder.js';
import type { Io } from './io.js';
import { loadWorkload } from './read-workload.js';

export interface TrainedFile extends Trained {
  /** Whether its file has words already, which others or `magnet quantize` gave it. */
  readonly hasWords: boolean;
}

/** Refused where it has no graph, or weights that are no finite numbers. */
export function loadTrained(io: Io, network: string): Parsed<TrainedFile> {
  const workload = loadWorkload(io, network, { graphAlone: true });
  if (!workload.ok) return workload;
  const graph = workload.value.graph?.() ?? refuse('no-graph', [], `${network} is a list of layers; give an ONNX file`);
  if (!graph.ok) return graph;
  const weights = workload.value.weights?.(graph.value) ?? parsed(undefined);
  if (!weights.ok) return weights;
  if (!weights.value)
    return refuse('no-weights', [], `${network} has no weights; give the ONNX file of a trained network`);
  const faults = [...weights.value].flatMap(([name, values]): readonly Diagnostic[] => {
    const wrong = values.find((x) => !Number.isFinite(x));
    return wrong === undefined
      ? []
      : [{ code: 'out-of-range', path: [network], message: `weights ${name} hold ${wrong}; expected finite numbers` }];
  });
  if (faults.length > 0) return refused(faults);
  const given = workload.value.quantized?.(graph.value) ?? parsed(undefined);
  if (!given.ok) return given;
  const graphs = new Map<number, Parsed<NetworkGraph>>();
  return parsed({
    // All batches but the last are as large.
    graphFor: (batch) => {
      const known = graphs.get(batch);
      if (known) return known;
      const read = loadWorkload(io, network, { batch, graphAlone: true });
      const made = read.ok ? (read.value.graph?.() ?? graph) : read;
      graphs.set(batch, made);
      return made;
    },
    weights: weights.value,
    hasWords: workload.value.quantized !== undefined,
    given: given.value,
  });
}

/** What samples of a network are for. */
export function wantedBy(network: string, { inputs, outputs, tensors }: NetworkGraph): Wanted {
  const sizesOf = (name: string | undefined) => tensors.find((t) => t.name === name)?.shape?.slice(1);
  const scores = sizesOf(outputs[0]);
  return { network, input: sizesOf(inputs[0]), classes: scores && countOf(scores) };
}

/** Samples in the shape of the network's input, where they have as many numbers. */
export function shapedFor({ inputs, tensors }: NetworkGraph, samples: Samples): Samples {
  const shape = tensors.find((t) => t.name === inputs[0])?.shape?.slice(1);
  return shape && countOf(shape) === countOf(samples.shape) ? { ...samples, shape } : samples;
}
