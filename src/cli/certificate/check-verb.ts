// `magnet check`: a certificate of a co-design or of a schedule, checked in whole numbers.

import type { Parsed } from '../../base/diagnostics.js';
import { parsed } from '../../base/diagnostics.js';
import { parseCertificate } from '../../certificate/certificate-file.js';
import type { Checked } from '../../certificate/check-certificate.js';
import { checkCertificate, withRecomputed } from '../../certificate/check-certificate.js';
import type { FullCheck } from '../../certificate/full-check.js';
import type { ScheduleChecked } from '../../certificate/schedule/check-schedule.js';
import { checkSchedule } from '../../certificate/schedule/check-schedule.js';
import { looksLikeScheduleCertificate, parseScheduleCertificate } from '../../certificate/schedule/schedule-file.js';
import type { CheckOptions } from '../../options/check-table.js';
import { complain, located, readData } from '../files.js';
import type { ExitCode, Io } from '../io.js';
import { exit } from '../io.js';
import { inTurns, listen } from '../interruption.js';
import { checkedText } from '../../library/checked-text.js';
import { checkedScheduleText } from '../../library/checked-schedule-text.js';

/** Between two words on how far it is, milliseconds. */
const pause = 5000;

export async function check(io: Io, file: string, options: CheckOptions): Promise<ExitCode> {
  const data = readData(io, file, 'a certificate');
  if (!data.ok) return complain(io, data.diagnostics);
  const ask = looksLikeScheduleCertificate(data.value) ? ofSchedule : ofCodesign;
  const found = await ask(io, file, data.value, options);
  if (!found.ok) return complain(io, found.diagnostics);
  if (!found.value) {
    io.err('interrupted: the bounds of layers were not all recomputed; nothing is said of the certificate\n');
    return exit.interrupted;
  }
  const { text, holds, faults } = found.value;
  io.out(`${text}\n`);
  if (holds) return exit.done;
  io.err(`${file} does not hold:\n${faults.map((fault) => `  ${fault}\n`).join('')}`);
  return exit.infeasible;
}

/** What was found of a certificate; undefined where Ctrl-C came first. */
type Found = Parsed<{ readonly text: string; readonly holds: boolean; readonly faults: readonly string[] } | undefined>;

async function ofCodesign(io: Io, file: string, data: unknown, options: CheckOptions): Promise<Found> {
  const read = located(file, parseCertificate(data));
  if (!read.ok) return read;
  const { certificate } = read.value;
  const quick = checkCertificate(read.value);
  const { fullCheckSteps } = await import('../../certificate/full-check.js');
  const checked = options.full
    ? await inFull(io, quick, (progress) => fullCheckSteps(certificate, progress), 'shapes', options.quiet)
    : quick;
  return parsed(checked && { ...checked, text: checkedText(certificate, checked) });
}

async function ofSchedule(io: Io, file: string, data: unknown, options: CheckOptions): Promise<Found> {
  const read = located(file, parseScheduleCertificate(data));
  if (!read.ok) return read;
  const { certificate } = read.value;
  const quick = checkSchedule(read.value);
  const { fullScheduleSteps } = await import('../../certificate/schedule/full-schedule.js');
  const checked = options.full
    ? await inFull(io, quick, (progress) => fullScheduleSteps(certificate, progress), 'runs', options.quiet)
    : quick;
  return parsed(checked && { ...checked, text: checkedScheduleText(certificate, checked) });
}

type FullSteps = (progress: (done: number, total: number) => void) => Generator<undefined, FullCheck>;

/** Undefined where Ctrl-C came first. */
async function inFull<T extends Checked | ScheduleChecked>(
  io: Io,
  quick: T,
  stepsOf: FullSteps,
  things: string,
  quiet = false,
): Promise<T | undefined> {
  let said = io.now();
  const steps = stepsOf((done, total) => {
    if (quiet || io.now() - said < pause) return;
    said = io.now();
    io.err(`recomputing the bounds of layers: ${done} of ${total} ${things}\n`);
  });
  const interruption = listen(io);
  try {
    const found = await inTurns(steps, interruption.happened);
    return found && withRecomputed(quick, found);
  } finally {
    interruption.release();
  }
}
