// `--limit accuracy-loss=1%`: which precisions a trained network may have, measured before the search, and what the one that is
// found loses on samples that had no part in choosing it.

import type { Parsed } from '../../base/diagnostics.js';
import { faultsOf, parsed, refuse, refused } from '../../base/diagnostics.js';
import { defined, nth } from '../../base/invariant.js';
import type { DesignPoint, DesignSpace } from '../../model/space/design-space.js';
import { atPrecisions } from '../../model/space/design-space.js';
import type { CodesignOptions } from '../../options/codesign-table.js';
import { usualSettings } from '../../options/quantization.js';
import { runHere } from '../../pool/here.js';
import { openRunner } from '../../pool/node/open-runner.js';
import { classifierOf } from '../../quantize/accuracy.js';
import type { MeasuredPrecision } from '../../quantize/measured-precisions.js';
import { measuredPrecision } from '../../quantize/measured-precisions.js';
import { verdictOn } from '../../quantize/paired-loss.js';
import type { Precision, QuantizeOptions } from '../../quantize/quantize-options.js';
import { precisionIn, precisionText } from '../../quantize/quantize-options.js';
import type { Trained } from '../../quantize/quantize.js';
import { quantizeTasks } from '../../quantize/quantize-tasks.js';
import type { Samples } from '../../quantize/samples.js';
import { measuredText } from '../../report/tables/precision-table.js';
import type { AccuracyLimit } from '../../results/accuracy-limit-field.js';
import { loadLabelled, loadUnlabelled } from '../accuracy/load-samples.js';
import { sourceOf } from '../accuracy/sources.js';
import type { Work } from './codesign-work.js';
import type { Interruption } from '../interruption.js';
import { complain } from '../files.js';
import type { ExitCode, Io } from '../io.js';
import { exit } from '../io.js';
import { turnsUntil } from '../sample-turns.js';
import { loadTrained, shapedFor, wantedBy } from '../trained-network.js';

/** Bits that words of a menu or of `--precisions` may have. */
const [fewest, widest] = [2, 16];
/** What is tried where neither the space nor the command says: the widths that hardware is built for. */
const usual = [8, 6, 5, 4];

interface Question {
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

export interface Measured {
  readonly question: Question;
  /** In the order of the question. */
  readonly precisions: readonly MeasuredPrecision[];
  /** Of these no more is lost than the limit says, by the samples that were counted. */
  readonly allowed: readonly MeasuredPrecision[];
}

async function accuracyQuestion(
  io: Io,
  network: string,
  limit: number,
  space: DesignSpace,
  options: CodesignOptions,
): Promise<Parsed<Question>> {
  const precisions = precisionsIn(options.precisions, space);
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
  if (!precisions.ok || !trained.ok || !graph?.ok || !calibrate.ok || !validate.ok)
    return refused(faultsOf(precisions, trained, ...(graph ? [graph] : []), calibrate, validate));
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
    precisions: precisions.value,
    files: { calibrate: calibrate.value, validate: validate.value, test },
    calibration: nth(all, 0),
    validation: nth(all, 1),
    test: all[2],
    unsigned: options.unsigned === true,
  });
}

/** The widest first. */
function precisionsIn(given: readonly string[] | undefined, { menus }: DesignSpace): Parsed<readonly Precision[]> {
  if (given) {
    const read = given.map((text): Parsed<Precision> => {
      const found = precisionIn(text.trim());
      return found && [found.weightBits, found.bits].every((n) => n >= fewest && n <= widest)
        ? parsed(found)
        : refuse(
            'invalid-value',
            [],
            `--precisions ${text}: expected w8a8, w4a8 and the like, ${fewest} to ${widest} bits`,
          );
    });
    const faults = faultsOf(...read);
    return faults.length > 0 ? refused(faults) : parsed(read.flatMap((r) => (r.ok ? [r.value] : [])));
  }
  const { weightPrecision: w, inputPrecision: a } = menus;
  const [weights, inputs] = w.length * a.length > 1 ? [w, a] : [usual, usual];
  return parsed(
    weights
      .toReversed()
      .flatMap((weightBits) => inputs.toReversed().map((bits) => ({ weightBits, bits })))
      .sort((x, y) => y.weightBits + y.bits - (x.weightBits + x.bits) || y.weightBits - x.weightBits),
  );
}

/** As `accuracy` has it where nothing else is said. */
const howOf = ({ unsigned }: Question, { weightBits, bits }: Precision): QuantizeOptions => ({
  ...usualSettings,
  weightBits,
  bits,
  unsigned,
});

/** Undefined where it was interrupted; a line of each precision as it is measured. */
async function measurePrecisions(
  { io, options: { workers, quiet }, interruption }: Work,
  question: Question,
): Promise<Parsed<Measured | undefined>> {
  const { trained, calibration, validation: counted, limit } = question;
  const precisions: MeasuredPrecision[] = [];
  const width = workers ?? io.cpus;
  const runner = width > 1 ? openRunner(quantizeTasks, width) : runHere(quantizeTasks);
  try {
    for (const precision of question.precisions) {
      const by = { ...turnsUntil(interruption), runner };
      const found = await measuredPrecision(trained, howOf(question, precision), { calibration, counted }, by);
      if (!found.ok || !found.value) return found.ok ? parsed(undefined) : found;
      precisions.push(found.value);
      if (!quiet) io.err(`${measuredText(recorded(found.value), limit)}\n`);
    }
  } finally {
    await runner.close();
  }
  const allowed = precisions.filter(({ accuracy }) => accuracy.loss.loss <= limit);
  return parsed({ question, precisions, allowed });
}

/** What the question comes to, with an exit code where no machine is looked for: bad input, or an interruption. */
export async function measured(
  work: Work,
  network: string,
  limit: number,
  space: DesignSpace,
): Promise<Measured | ExitCode> {
  const { io, options } = work;
  const question = await accuracyQuestion(io, network, limit, space, options);
  if (!question.ok) return complain(io, question.diagnostics);
  const found = await measurePrecisions(work, question.value);
  if (!found.ok) return complain(io, found.diagnostics);
  if (found.value) return found.value;
  io.err('interrupted: no machine is looked for before every precision is measured\n');
  return exit.interrupted;
}

/** The machines of one precision. */
export const spaceAt = (space: DesignSpace, precision: MeasuredPrecision): DesignSpace =>
  spaceWithin(space, { allowed: [precision] });

/** The machines that may be. */
export const spaceWithin = (space: DesignSpace, { allowed }: Pick<Measured, 'allowed'>): DesignSpace =>
  atPrecisions(
    space,
    allowed.map(({ weightBits, bits, accumulatorBits }) => ({
      weightPrecision: weightBits,
      inputPrecision: bits,
      accumPrecision: accumulatorBits,
    })),
  );

/** Why no machine will do. */
export function noneWithin({ question, precisions }: Measured): string {
  const best = defined(precisions.toSorted((x, y) => x.accuracy.loss.loss - y.accuracy.loss.loss)[0]);
  return (
    `none of ${precisions.length} precisions loses ${percent(question.limit)} or less of ${question.network} on ` +
    `${question.files.validate}; ${precisionText(best)} loses the least, ${percent(best.accuracy.loss.loss)}`
  );
}

const percent = (x: number): string => `${Number((100 * x).toFixed(2))} %`;

const figures = ({ samples, real, integer, loss }: MeasuredPrecision['accuracy']) => ({
  samples,
  real: real.first,
  integer: integer.first,
  loss: loss.loss,
  low: loss.low,
  high: loss.high,
});

export const recorded = ({ weightBits, bits, accumulatorBits, accuracy }: MeasuredPrecision) => ({
  weightBits,
  activationBits: bits,
  accumulatorBits,
  ...figures(accuracy),
});

/** What was measured, and of the machine that was found what it loses on samples of its own; undefined where it was interrupted. */
export async function accuracyFound(
  { question, precisions }: Measured,
  point: DesignPoint | undefined,
  interruption: Interruption,
): Promise<Parsed<AccuracyLimit | undefined>> {
  const { network, limit, files, calibration, validation, test, unsigned } = question;
  const chosen = precisions.find((p) => p.weightBits === point?.weightPrecision && p.bits === point.inputPrecision);
  const own =
    chosen && test
      ? await measuredPrecision(
          question.trained,
          howOf(question, chosen),
          { calibration, counted: test },
          turnsUntil(interruption),
        )
      : parsed(chosen);
  if (!own.ok || (chosen && !own.value)) return own.ok ? parsed(undefined) : own;
  const verdict = own.value && verdictOn(own.value.accuracy.loss, limit);
  return parsed({
    network,
    limit,
    unsigned,
    calibrate: { file: files.calibrate, samples: calibration.count },
    validate: { file: files.validate, samples: validation.count },
    precisions: precisions.map(recorded),
    ...(chosen &&
      own.value &&
      verdict && {
        chosen: {
          weightBits: chosen.weightBits,
          activationBits: chosen.bits,
          file: files.test ?? files.validate,
          /** Whether the samples had no part in choosing. */
          unseen: test !== undefined,
          ...figures(own.value.accuracy),
          status: verdict.status,
          ...(verdict.status === 'undecided' && Number.isFinite(verdict.samples) && { needed: verdict.samples }),
        },
      }),
  });
}
