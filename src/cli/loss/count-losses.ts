// Losses of a network by precisions, each known from before or counted; what all of them need is worked out when the first is counted.

import type { Parsed } from '../../base/diagnostics.js';
import { parsed } from '../../base/diagnostics.js';
import type { LossOptions } from '../../options/loss-options.js';
import { usualSettings } from '../../options/quantization.js';
import type { Runner } from '../../pool/tasks.js';
import { realScores } from '../../quantize/accuracy.js';
import type { MeasuredPrecision } from '../../quantize/measured-precisions.js';
import { measuredPrecision } from '../../quantize/measured-precisions.js';
import type { Precision } from '../../quantize/quantize-options.js';
import type { QuantizeTasks } from '../../quantize/quantize-tasks.js';
import { calibrated } from '../../quantize/quantize.js';
import type { Samples } from '../../quantize/samples.js';
import type { Interruption } from '../interruption.js';
import type { Io } from '../io.js';
import { turnsUntil } from '../sample-turns.js';
import { openSampleRunner } from '../sample-workers.js';
import { knownLosses } from './known-losses.js';
import type { LossQuestion } from './loss-question.js';
import { howOf } from './loss-question.js';

/** What measuring has at hand. */
export interface Measuring {
  readonly io: Io;
  readonly options: LossOptions & { readonly workers?: number; readonly quiet?: boolean };
  readonly interruption: Interruption;
  /** Whether precisions are left out of which it is evident that they lose too much (`evident-losses.ts`). */
  readonly prune?: boolean;
}

/** Undefined where it was interrupted. */
type Loss = Promise<Parsed<MeasuredPrecision | undefined>>;

export interface LossCounters {
  /** On some samples, by as many workers as these are worth, ended by `close`. */
  readonly on: (samples: Samples) => { readonly of: (p: Precision) => Loss; readonly close: () => Promise<void> };
  readonly once: (samples: Samples, p: Precision) => Loss;
  /** How many were known from before. */
  readonly known: () => number;
}

/** Refused where the file of losses holds something else. */
export function lossCounter(
  { io, options: { workers, losses }, interruption }: Measuring,
  question: LossQuestion,
): Parsed<LossCounters> {
  const known = knownLosses(io, losses, question);
  if (!known.ok) return known;
  const { trained } = question;
  const turns = turnsUntil(interruption);
  const calibration = lazily(() => calibrated(trained, question.calibration, usualSettings, turns));
  let old = 0;
  const on: LossCounters['on'] = (samples) => {
    const scores = lazily(() => realScores(trained, samples, turns));
    let runner: Runner<QuantizeTasks> | undefined;
    return {
      async of(precision) {
        const how = howOf(question, precision);
        const before = await known.value.find(how, samples);
        if (before) {
          old++;
          return parsed(before);
        }
        const [by, real] = [await calibration(), await scores()];
        if (!by.ok || !by.value) return by.ok ? parsed(undefined) : by;
        if (!real.ok || !real.value) return real.ok ? parsed(undefined) : real;
        runner ??= openSampleRunner(io, trained.graphFor(1), samples.count, workers);
        const counted = { samples, scores: real.value };
        const found = await measuredPrecision(trained, by.value, how, counted, { ...turns, runner });
        if (found.ok && found.value) await known.value.keep(how, samples, found.value);
        return found;
      },
      close: async () => runner?.close(),
    };
  };
  const once: LossCounters['once'] = async (samples, precision) => {
    const counter = on(samples);
    try {
      return await counter.of(precision);
    } finally {
      await counter.close();
    }
  };
  return parsed({ on, once, known: () => old });
}

function lazily<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
