// `magnet check`: a certificate of a co-design, checked in whole numbers.

import { parseCertificate } from '../../certificate/certificate-file.js';
import type { Certificate } from '../../certificate/certificate.js';
import type { Checked } from '../../certificate/check-certificate.js';
import { checkCertificate, withRecomputed } from '../../certificate/check-certificate.js';
import type { CheckOptions } from '../../options/check-table.js';
import { complain, located, readData } from '../files.js';
import type { ExitCode, Io } from '../io.js';
import { exit } from '../io.js';
import { inTurns, listen } from '../interruption.js';
import { checkedText } from '../../library/checked-text.js';

/** Between two words on how far it is, milliseconds. */
const pause = 5000;

export async function check(io: Io, file: string, options: CheckOptions): Promise<ExitCode> {
  const data = readData(io, file, 'a certificate');
  if (!data.ok) return complain(io, data.diagnostics);
  const read = located(file, parseCertificate(data.value));
  if (!read.ok) return complain(io, read.diagnostics);
  const { certificate } = read.value;
  const quick = checkCertificate(read.value);
  const checked = options.full ? await inFull(io, certificate, quick, options.quiet ?? false) : quick;
  if (!checked) {
    io.err('interrupted: the bounds of layers were not all recomputed; nothing is said of the certificate\n');
    return exit.interrupted;
  }
  io.out(`${checkedText(certificate, checked)}\n`);
  if (checked.holds) return exit.done;
  io.err(`${file} does not hold:\n${checked.faults.map((fault) => `  ${fault}\n`).join('')}`);
  return exit.infeasible;
}

/** Undefined where Ctrl-C came first. */
async function inFull(io: Io, certificate: Certificate, quick: Checked, quiet: boolean): Promise<Checked | undefined> {
  const { fullCheckSteps } = await import('../../certificate/full-check.js');
  let said = io.now();
  const steps = fullCheckSteps(certificate, (done, total) => {
    if (quiet || io.now() - said < pause) return;
    said = io.now();
    io.err(`recomputing the bounds of layers: ${done} of ${total} shapes\n`);
  });
  const interruption = listen(io);
  try {
    const found = await inTurns(steps, interruption.happened);
    return found && withRecomputed(quick, found);
  } finally {
    interruption.release();
  }
}
