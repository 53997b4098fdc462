// `--losses FILE`: what was measured before, in this command or others, is not measured again.

import type { Parsed } from '../../base/diagnostics.js';
import { parsed, printDiagnostic, refuse } from '../../base/diagnostics.js';
import type { KnownLoss } from '../../interchange/losses-file.js';
import { parseLosses, printLosses } from '../../interchange/losses-file.js';
import { LossKeys } from '../../quantize/loss-key.js';
import type { MeasuredPrecision } from '../../quantize/measured-precisions.js';
import { pairedLoss } from '../../quantize/paired-loss.js';
import type { QuantizeOptions } from '../../quantize/quantize-options.js';
import type { Samples } from '../../quantize/samples.js';
import { readOwnFile, writeFile } from '../files.js';
import type { Io } from '../io.js';
import type { LossQuestion } from './loss-question.js';

export interface KnownLosses {
  readonly find: (how: QuantizeOptions, samples: Samples) => Promise<MeasuredPrecision | undefined>;
  readonly keep: (how: QuantizeOptions, samples: Samples, found: MeasuredPrecision) => Promise<void>;
}

const nothing: KnownLosses = {
  find: () => Promise.resolve(undefined),
  keep: () => Promise.resolve(),
};

/** Refused where the file is there and holds something else. */
export function knownLosses(
  io: Io,
  path: string | undefined,
  { trained, calibration }: LossQuestion,
): Parsed<KnownLosses> {
  if (path === undefined) return parsed(nothing);
  if (path === '-') return refuse('conflict', [], '--losses -: losses are read and written; name a file');
  const before = read(io, path);
  if (!before.ok) return before;
  const known = new Map(before.value.map((loss) => [loss.key, loss]));
  const keys = new LossKeys(trained, calibration, io.version);
  let isWritable = true;
  return parsed({
    async find(how, samples) {
      const found = known.get(await keys.of(how, samples));
      return found && measuredOf(found);
    },
    async keep(how, samples, found) {
      const own = lossOf(await keys.of(how, samples), found);
      known.set(own.key, own);
      if (!isWritable) return;
      // Others may have written meanwhile.
      const theirs = read(io, path);
      for (const loss of theirs.ok ? theirs.value : []) if (!known.has(loss.key)) known.set(loss.key, loss);
      const written = writeFile(io, path, printLosses([...known.values()]));
      if (written.ok) return;
      isWritable = false;
      for (const d of written.diagnostics) io.err(`warning: ${printDiagnostic(d)}; what is measured is not kept\n`);
    },
  });
}

function read(io: Io, path: string): Parsed<readonly KnownLoss[]> {
  const found = readOwnFile(io, path, parseLosses);
  return found.ok ? parsed(found.value ?? []) : found;
}

const measuredOf = (known: KnownLoss): MeasuredPrecision => ({
  weightBits: known.weightBits,
  bits: known.activationBits,
  accumulatorBits: known.accumulatorBits,
  accuracy: { samples: known.samples, real: known.real, integer: known.integer, loss: pairedLoss(known) },
});

const lossOf = (key: string, found: MeasuredPrecision): KnownLoss => {
  const { samples, real, integer, loss } = found.accuracy;
  return {
    key,
    weightBits: found.weightBits,
    activationBits: found.bits,
    accumulatorBits: found.accumulatorBits,
    samples,
    real,
    integer,
    lost: loss.lost,
    won: loss.won,
  };
};
