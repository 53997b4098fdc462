// What is asked of a trained network under a limit on its loss: precisions, samples that set scales, that are counted, and that judge.

import type { Parsed } from '../../base/diagnostics.js';
import { faultsOf, parsed, refuse, refused } from '../../base/diagnostics.js';
import { nth } from '../../base/invariant.js';
import type { LossOptions } from '../../options/loss-options.js';
import { usualSettings } from '../../options/quantization.js';
import { classifierOf } from '../../quantize/accuracy.js';
import type { Precision, QuantizeOptions } from '../../quantize/quantize-options.js';
import type { Trained } from '../../quantize/quantize.js';
import type { Samples } from '../../quantize/samples.js';
import { loadLabelled, loadUnlabelled } from '../accuracy/load-samples.js';
import { sourceOf } from '../accuracy/sources.js';
import type { Io } from '../io.js';
import { shapedFor } from '../../library/trained.js';
import { loadTrained, wantedBy } from '../trained-network.js';

export interface LossQuestion {
  readonly network: string;
  readonly trained: Trained;
  readonly limit: number;
  readonly precisions: readonly Precision[];
  readonly files: { readonly calibrate: string; readonly validate: string; readonly test: string | undefined };
  readonly calibration: Samples;
  readonly validation: Samples;
  readonly test: Samples | undefined;
  readonly unsigned: boolean;
}

export async function lossQuestion(
  io: Io,
  network: string,
  limit: number,
  precisions: readonly Precision[],
  options: LossOptions,
): Promise<Parsed<LossQuestion>> {
  const read = loadTrained(io, network);
  const trained: Parsed<Trained> =
    read.ok && read.value.hasWords
      ? refuse(
          'conflict',
          [],
          `${network} is quantized already, with nothing to choose; give it in real numbers, or drop accuracy-loss`,
        )
      : read;
  const graph = trained.ok ? trained.value.graphFor(1) : undefined;
  const calibrate = sourceOf(network, 'calibrate', options.calibrate);
  const validate = sourceOf(network, 'validate', options.validate);
  if (!trained.ok || !graph?.ok || !calibrate.ok || !validate.ok)
    return refused(faultsOf(trained, ...(graph ? [graph] : []), calibrate, validate));
  const found = sourceOf(network, 'test', options.test);
  const test = found.ok ? found.value : undefined;
  const wanted = wantedBy(network, graph.value);
  const { divide, mean, std } = options;
  const normal = {
    ...(divide !== undefined && { divide }),
    ...(mean !== undefined && { mean }),
    ...(std !== undefined && { std }),
  };
  const labelled = (data: string, labels: string | undefined) =>
    loadLabelled(io, { ...normal, data, first: 0, ...(labels !== undefined && { labels }) }, wanted);
  const calibration = await loadUnlabelled(io, calibrate.value, normal, wanted);
  const counted = await labelled(validate.value, options.validateLabels);
  const tested = test === undefined ? undefined : await labelled(test, options.testLabels);
  if (!calibration.ok || !counted.ok || tested?.ok === false)
    return refused(faultsOf(calibration, counted, ...(tested ? [tested] : [])));
  const shaped = (samples: Samples) => shapedFor(graph.value, samples);
  const all = [calibration.value, counted.value.counted, ...(tested?.ok ? [tested.value.counted] : [])].map(shaped);
  const fits = all.map((samples) => classifierOf(graph, samples));
  if (fits.some((f) => !f.ok)) return refused(faultsOf(...fits));
  return parsed({
    network,
    trained: trained.value,
    limit,
    precisions,
    files: { calibrate: calibrate.value, validate: validate.value, test },
    calibration: nth(all, 0),
    validation: nth(all, 1),
    test: all[2],
    unsigned: options.unsigned === true,
  });
}

/** As `accuracy` has it where nothing else is said. */
export const howOf = ({ unsigned }: Pick<LossQuestion, 'unsigned'>, precision: Precision): QuantizeOptions => ({
  ...usualSettings,
  weightBits: precision.weightBits,
  bits: precision.bits,
  unsigned,
});
