// A network whose weights have numbers, read from its file once for each size of batch.

import type { Diagnostic, Parsed } from '../base/diagnostics.js';
import { parsed, refuse, refused } from '../base/diagnostics.js';
import type { NetworkGraph } from '../model/workload/network-graph.js';
import type { Trained } from '../quantize/quantize.js';
import type { Samples } from '../quantize/samples.js';
import { countOf } from '../reference/numbers.js';
import type { OnnxNetwork } from './onnx-network.js';

/** A network with the numbers of its weights, read from its file once for each size of batch. */
export interface TrainedFile extends Trained {
  /** Whether its file has words already, which others or `magnet quantize` gave it. */
  readonly hasWords: boolean;
}

/**
 * A network whose weights have numbers. `load` reads its file for so many samples, or as it is. Refused where it has no graph, no
 * weights, or some that are no finite numbers.
 */
export function trainedOf(
  network: string,
  load: (batch: number | undefined) => Parsed<Partial<Omit<OnnxNetwork, 'network'>>>,
): Parsed<TrainedFile> {
  const file = load(undefined);
  if (!file.ok) return file;
  const graph = file.value.graph?.() ?? refuse('no-graph', [], `${network} is a list of layers; give an ONNX file`);
  if (!graph.ok) return graph;
  const weights = file.value.weights?.(graph.value) ?? parsed(undefined);
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
  const given = file.value.quantized?.(graph.value) ?? parsed(undefined);
  if (!given.ok) return given;
  const graphs = new Map<number, Parsed<NetworkGraph>>();
  return parsed({
    // All batches but the last are as large.
    graphFor: (batch) => {
      const known = graphs.get(batch);
      if (known) return known;
      const read = load(batch);
      const made = read.ok ? (read.value.graph?.() ?? graph) : read;
      graphs.set(batch, made);
      return made;
    },
    weights: weights.value,
    hasWords: file.value.quantized !== undefined,
    given: given.value,
  });
}

/** Samples in the shape of the network's input, where they have as many numbers. */
export function shapedFor({ inputs, tensors }: NetworkGraph, samples: Samples): Samples {
  const shape = tensors.find((t) => t.name === inputs[0])?.shape?.slice(1);
  return shape && countOf(shape) === countOf(samples.shape) ? { ...samples, shape } : samples;
}
