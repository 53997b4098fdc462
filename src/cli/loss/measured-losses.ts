// What a trained network loses by each precision in question, measured before a search; and what the machine that is found loses on
// samples that had no part in choosing it.

import type { Parsed } from '../../base/diagnostics.js';
import { parsed } from '../../base/diagnostics.js';
import { defined } from '../../base/invariant.js';
import { counted } from '../../base/text.js';
import type { DesignPoint, DesignSpace } from '../../model/space/design-space.js';
import { atPrecisions } from '../../model/space/design-space.js';
import type { MeasuredPrecision } from '../../quantize/measured-precisions.js';
import { verdictOn } from '../../quantize/paired-loss.js';
import type { Precision } from '../../quantize/quantize-options.js';
import { precisionText } from '../../quantize/quantize-options.js';
import { measuredText } from '../../report/tables/precision-table.js';
import type { AccuracyLimit } from '../../results/accuracy-limit-field.js';
import { complain } from '../files.js';
import type { ExitCode } from '../io.js';
import { exit } from '../io.js';
import type { LossCounters, Measuring } from './count-losses.js';
import { lossCounter } from './count-losses.js';
import type { Unmeasured } from './evident-losses.js';
import { shownBeyond } from './evident-losses.js';
import type { LossQuestion } from './loss-question.js';
import { lossQuestion } from './loss-question.js';

export interface Measured {
  readonly question: LossQuestion;
  readonly losses: LossCounters;
  /** In the order of the question. */
  readonly precisions: readonly MeasuredPrecision[];
  /** Of these no more is lost than the limit says, by the samples that were counted. */
  readonly allowed: readonly MeasuredPrecision[];
  /** Left out unmeasured; none where no precision is allowed. */
  readonly unmeasured: readonly Unmeasured[];
}

/** Undefined where it was interrupted; a line of each precision as it is measured. */
async function measurePrecisions(measuring: Measuring, question: LossQuestion): Promise<Parsed<Measured | undefined>> {
  const { io, options } = measuring;
  const { limit } = question;
  const losses = lossCounter(measuring, question);
  if (!losses.ok) return losses;
  const counter = losses.value.on(question.validation);
  const precisions: MeasuredPrecision[] = [];
  const measure = async (precision: Precision): Promise<Parsed<undefined> | 'done'> => {
    const found = await counter.of(precision);
    if (!found.ok || !found.value) return found.ok ? parsed(undefined) : found;
    precisions.push(found.value);
    if (!options.quiet) io.err(`${measuredText(recorded(found.value), limit)}\n`);
    return 'done';
  };
  const allowed = () => precisions.filter(({ accuracy }) => accuracy.loss.loss <= limit);
  let unmeasured: readonly Unmeasured[] = [];
  try {
    for (const precision of question.precisions) {
      const below = measuring.prune ? shownBeyond(precision, precisions, limit) : undefined;
      if (below) {
        unmeasured = [...unmeasured, { ...precision, below }];
        if (!options.quiet)
          io.err(`${precisionText(precision)}: not measured, ${precisionText(below)} loses too much\n`);
        continue;
      }
      const ended = await measure(precision);
      if (ended !== 'done') return ended;
    }
    // That there is no machine is said of what was measured alone.
    for (const precision of allowed().length === 0 ? unmeasured : []) {
      const ended = await measure(precision);
      if (ended !== 'done') return ended;
      unmeasured = unmeasured.filter((p) => p !== precision);
    }
    const known = losses.value.known();
    if (known > 0 && !options.quiet)
      io.err(`${known} of ${counted(precisions.length, 'loss', 'losses')} from ${options.losses ?? ''}\n`);
    return parsed({ question, losses: losses.value, precisions, allowed: allowed(), unmeasured });
  } finally {
    await counter.close();
  }
}

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
export const leftOutOf = ({ question, precisions, allowed, unmeasured }: Measured) => ({
  limit: question.limit,
  file: question.files.validate,
  samples: question.validation.count,
  leftOut: precisions.filter((p) => !allowed.includes(p)).map(precisionText),
  ...(unmeasured.length > 0 && { unmeasured: unmeasured.map(precisionText) }),
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

const bitsOf = ({ weightBits, bits }: Precision) => ({ weightBits, activationBits: bits });

export const recorded = ({ weightBits, bits, accumulatorBits, accuracy }: MeasuredPrecision) => ({
  weightBits,
  activationBits: bits,
  accumulatorBits,
  ...figures(accuracy),
});

/** What was measured, and of the machine that was found what it loses on samples of its own; undefined where it was interrupted. */
export async function accuracyFound(
  { question, losses, precisions, unmeasured }: Measured,
  point: Pick<DesignPoint, 'weightPrecision' | 'inputPrecision'> | undefined,
): Promise<Parsed<AccuracyLimit | undefined>> {
  const { network, limit, files, test, unsigned } = question;
  const chosen = precisions.find((p) => p.weightBits === point?.weightPrecision && p.bits === point.inputPrecision);
  const own = chosen && test ? await losses.once(test, chosen) : parsed(chosen);
  if (!own.ok || (chosen && !own.value)) return own.ok ? parsed(undefined) : own;
  const verdict = own.value && verdictOn(own.value.accuracy.loss, limit);
  return parsed({
    network,
    limit,
    unsigned,
    calibrate: { file: files.calibrate, samples: question.calibration.count },
    validate: { file: files.validate, samples: question.validation.count },
    precisions: precisions.map(recorded),
    ...(unmeasured.length > 0 && {
      unmeasured: unmeasured.map(({ below, ...own }) => ({ ...bitsOf(own), below: bitsOf(below) })),
    }),
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
