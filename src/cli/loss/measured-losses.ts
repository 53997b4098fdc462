// What a trained network loses by each precision in question, measured before a search; and what the machine that is found loses on
// samples that had no part in choosing it.

import type { Parsed } from '../../base/diagnostics.js';
import { parsed } from '../../base/diagnostics.js';
import { defined } from '../../base/invariant.js';
import type { DesignPoint, DesignSpace } from '../../model/space/design-space.js';
import { atPrecisions } from '../../model/space/design-space.js';
import type { LossOptions } from '../../options/loss-options.js';
import { usualSettings } from '../../options/quantization.js';
import type { AccuracyOptions } from '../../quantize/accuracy.js';
import { realScores } from '../../quantize/accuracy.js';
import type { Counted, MeasuredPrecision } from '../../quantize/measured-precisions.js';
import { measuredPrecision } from '../../quantize/measured-precisions.js';
import { verdictOn } from '../../quantize/paired-loss.js';
import type { Precision } from '../../quantize/quantize-options.js';
import { precisionText } from '../../quantize/quantize-options.js';
import type { Calibrated } from '../../quantize/quantize.js';
import { calibrated } from '../../quantize/quantize.js';
import type { Samples } from '../../quantize/samples.js';
import { measuredText } from '../../report/tables/precision-table.js';
import type { AccuracyLimit } from '../../results/accuracy-limit-field.js';
import { complain } from '../files.js';
import type { Interruption } from '../interruption.js';
import type { ExitCode, Io } from '../io.js';
import { exit } from '../io.js';
import { openSampleRunner } from '../sample-workers.js';
import { turnsUntil } from '../sample-turns.js';
import type { LossQuestion } from './loss-question.js';
import { howOf, lossQuestion } from './loss-question.js';

/** What measuring has at hand. */
export interface Measuring {
  readonly io: Io;
  readonly options: LossOptions & { readonly workers?: number; readonly quiet?: boolean };
  readonly interruption: Interruption;
}

export interface Measured {
  readonly question: LossQuestion;
  /** What the samples that set scales say, for all precisions. */
  readonly calibration: Calibrated;
  /** In the order of the question. */
  readonly precisions: readonly MeasuredPrecision[];
  /** Of these no more is lost than the limit says, by the samples that were counted. */
  readonly allowed: readonly MeasuredPrecision[];
}

/** On as many workers as the samples are worth, ended with it. */
async function onWorkers<T>(
  { io, options: { workers }, interruption }: Measuring,
  { trained }: LossQuestion,
  samples: Samples,
  ask: (counted: Counted, by: AccuracyOptions) => Promise<Parsed<T | undefined>>,
): Promise<Parsed<T | undefined>> {
  const turns = turnsUntil(interruption);
  const scores = await realScores(trained, samples, turns);
  if (!scores.ok || !scores.value) return scores.ok ? parsed(undefined) : scores;
  const runner = openSampleRunner(io, trained.graphFor(1), samples.count, workers);
  try {
    return await ask({ samples, scores: scores.value }, { ...turns, runner });
  } finally {
    await runner.close();
  }
}

/** Undefined where it was interrupted; a line of each precision as it is measured. */
const measurePrecisions = (measuring: Measuring, question: LossQuestion): Promise<Parsed<Measured | undefined>> =>
  onWorkers(measuring, question, question.validation, async (counted, by) => {
    const { io, options } = measuring;
    const { trained, limit } = question;
    const calibration = await calibrated(trained, question.calibration, usualSettings, by);
    if (!calibration.ok || !calibration.value) return calibration.ok ? parsed(undefined) : calibration;
    const precisions: MeasuredPrecision[] = [];
    for (const precision of question.precisions) {
      const how = howOf(question, precision);
      const found = await measuredPrecision(trained, calibration.value, how, counted, by);
      if (!found.ok || !found.value) return found.ok ? parsed(undefined) : found;
      precisions.push(found.value);
      if (!options.quiet) io.err(`${measuredText(recorded(found.value), limit)}\n`);
    }
    const allowed = precisions.filter(({ accuracy }) => accuracy.loss.loss <= limit);
    return parsed({ question, calibration: calibration.value, precisions, allowed });
  });

/** What the question comes to, with an exit code where no machine is looked for: bad input, or an interruption. */
export async function measured(
  measuring: Measuring,
  network: string,
  limit: number,
  precisions: readonly Precision[],
): Promise<Measured | ExitCode> {
  const { io, options } = measuring;
  const question = await lossQuestion(io, network, limit, precisions, options);
  if (!question.ok) return complain(io, question.diagnostics);
  const found = await measurePrecisions(measuring, question.value);
  if (!found.ok) return complain(io, found.diagnostics);
  if (found.value) return found.value;
  io.err('interrupted: no machine is looked for before every precision is measured\n');
  return exit.interrupted;
}

/** The machines of some precisions. */
export const spaceAt = (space: DesignSpace, precisions: readonly MeasuredPrecision[]): DesignSpace =>
  atPrecisions(
    space,
    precisions.map(({ weightBits, bits, accumulatorBits }) => ({
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

/** For a certificate: what is in none of its machines, by measurement. */
export const leftOutOf = ({ question, precisions, allowed }: Measured) => ({
  limit: question.limit,
  file: question.files.validate,
  samples: question.validation.count,
  leftOut: precisions.filter((p) => !allowed.includes(p)).map(precisionText),
});

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
  measuring: Measuring,
  { question, calibration, precisions }: Measured,
  point: Pick<DesignPoint, 'weightPrecision' | 'inputPrecision'> | undefined,
): Promise<Parsed<AccuracyLimit | undefined>> {
  const { network, trained, limit, files, test, unsigned } = question;
  const chosen = precisions.find((p) => p.weightBits === point?.weightPrecision && p.bits === point.inputPrecision);
  const own =
    chosen && test
      ? await onWorkers(measuring, question, test, (counted, by) =>
          measuredPrecision(trained, calibration, howOf(question, chosen), counted, by),
        )
      : parsed(chosen);
  if (!own.ok || (chosen && !own.value)) return own.ok ? parsed(undefined) : own;
  const verdict = own.value && verdictOn(own.value.accuracy.loss, limit);
  return parsed({
    network,
    limit,
    unsigned,
    calibrate: { file: files.calibrate, samples: question.calibration.count },
    validate: { file: files.validate, samples: question.validation.count },
    precisions: precisions.map(recorded),
    ...(chosen &&
      own.value &&
      verdict && {
        chosen: {
          weightBits: chosen.weightBits,
          activationBits: chosen.bits,
          file: files.test ?? files.validate,
          /** Whether the samples had no part in choosing. */
          unseen: test !== undefined || precisions.length === 1,
          ...figures(own.value.accuracy),
          status: verdict.status,
          ...(verdict.status === 'undecided' && Number.isFinite(verdict.samples) && { needed: verdict.samples }),
        },
      }),
  });
}
