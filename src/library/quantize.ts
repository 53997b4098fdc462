// A trained network in the machine's integers as QDQ ONNX, as `magnet quantize` writes it.

import type { Parsed } from '../base/diagnostics.js';
import { faultsOf, parsed, refused } from '../base/diagnostics.js';
import type { NetworkGraph } from '../model/workload/network-graph.js';
import { floatErrors } from '../qdq/float-errors.js';
import { qdqFile } from '../qdq/qdq-file.js';
import type { QuantizeOptions } from '../quantize/quantize-options.js';
import type { Trained, Turns } from '../quantize/quantize.js';
import { noiseOver, noiseTurns, quantized, turnsOf } from '../quantize/quantize.js';
import type { Samples } from '../quantize/samples.js';
import { overflows } from '../quantize/sum-ranges.js';
import type { Made } from '../results/quantize-result.js';
import { quantizationOf } from './quantization-of.js';
import { layersIn, rangesIn, tensorsIn } from './quantized-layers.js';

/** A trained network, the samples that set its scales, and what is asked of its words. */
export interface QuantizeQuestion {
  readonly trained: Trained;
  /** Those that set the scales, and where they are from. */
  readonly calibration: Samples;
  readonly source: string;
  readonly how: QuantizeOptions;
  /** Samples that the file takes at a time. */
  readonly batch: number;
  /** Of accumulators that no input may overflow. */
  readonly accumPrecision?: number | undefined;
}

/** What `quantizeNetwork` answers. */
export interface QuantizedNetwork {
  /** A sentence for each layer that overflows: there is no file then. */
  readonly overflows: readonly string[];
  /** QDQ ONNX. */
  readonly file: Uint8Array;
  /** What `quantize --json` says of it. */
  readonly made: Made;
}

/** How often `quantizeNetwork` asks for a turn, at most. */
export const quantizeTurns = ({ calibration, how }: Pick<QuantizeQuestion, 'calibration' | 'how'>): number =>
  turnsOf(calibration.count, how) + noiseTurns(calibration.count);

/**
 * A trained network as QDQ ONNX, with scales set by samples. Undefined where it was told to end; refused where samples do not
 * fit, or words have more than 16 bits.
 */
export async function quantizeNetwork(
  { trained, calibration, source, how, batch, accumPrecision }: QuantizeQuestion,
  turns: Turns,
): Promise<Parsed<QuantizedNetwork | undefined>> {
  const graph = trained.graphFor(batch);
  if (!graph.ok) return graph;
  const made = await quantized(trained, calibration, how, turns);
  const noise = made.ok && made.value ? await noiseOver(trained, made.value, calibration, turns) : parsed(undefined);
  if (!made.ok || !noise.ok) return refused(faultsOf(made, noise));
  if (!made.value || !noise.value) return parsed(undefined);
  const ranges = rangesIn(graph.value, made.value);
  const over = accumPrecision === undefined ? [] : overflows(ranges, graph.value.steps, accumPrecision);
  const { integers, scales, words, equalized } = made.value;
  const { widest, all } = widthsIn(graph.value, words, how);
  const file = qdqFile(graph.value, integers, { bits: widest, scales, tensorBits: all });
  if (!file.ok) return file;
  const errors = floatErrors(graph.value, integers, widest, all);
  return parsed({
    overflows: over,
    file: file.value,
    made: {
      how: { calibrate: source, samples: calibration.count, ...quantizationOf(how) },
      equalized,
      layers: layersIn(graph.value, made.value, { ranges, errors, noise: noise.value }),
      tensors: tensorsIn(made.value),
      batch,
    },
  });
}

type Words = { readonly bits?: number | undefined; readonly tensorBits?: ReadonlyMap<string, number> | undefined };

/** Bits of every tensor, and of the widest word there is. */
function widthsIn({ tensors }: NetworkGraph, { tensorBits, bits }: Words, how: QuantizeOptions) {
  const usual = bits ?? how.bits;
  const all = new Map(tensors.map(({ name }) => [name, tensorBits?.get(name) ?? usual]));
  const widest = [...(tensorBits?.values() ?? []), usual, how.weightBits].reduce((n, b) => Math.max(n, b), 0);
  return { widest, all };
}
