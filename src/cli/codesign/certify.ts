// `--certificate FILE`: what was found, with boxes that leave no machine out, for `magnet check`.

import type { Parsed } from '../../base/diagnostics.js';
import { parsed } from '../../base/diagnostics.js';
import type { Measured } from '../../certificate/certificate.js';
import { printCertificate } from '../../certificate/certificate-file.js';
import { percent } from '../../report/tables/quantities.js';
import type { CodesignRequest, CodesignResult } from '../../tuner/codesign/codesign-request.js';
import { certifySpace } from '../../tuner/codesign/certify-space.js';
import { writeText } from '../files.js';
import type { Interruption } from '../interruption.js';
import type { Io } from '../io.js';
import type { Engine } from '../workers.js';
import { makeCodesignProgress } from './codesign-progress.js';

interface Certifying {
  readonly io: Io;
  readonly engine: Engine;
  readonly interruption: Interruption;
  readonly file: string;
  readonly quiet: boolean;
  /** What of the question is measured. */
  readonly measured?: Measured | undefined;
}

/** Whether it was written; why not is said. */
export async function writeCertificate(
  { io, engine, interruption, file, quiet, measured }: Certifying,
  request: CodesignRequest,
  result: CodesignResult,
): Promise<Parsed<boolean>> {
  const not = (why: string) => {
    io.err(`no certificate was written: ${why}\n`);
    return parsed(false);
  };
  if (interruption.happened()) return not('the search was interrupted');
  const progress = makeCodesignProgress(io, undefined, quiet);
  const given = interruption.happening.then(() => undefined);
  try {
    const certifying = certifySpace(request, result, {
      now: io.now,
      width: engine.width,
      doing: progress.doing,
      stopped: interruption.happened,
      deadline: io.now() + request.timeLimit * 1000,
      certifyShape: engine.certifyShape,
    });
    // What is given up fails when its workers are ended.
    certifying.catch(() => {});
    const made = await Promise.race([certifying, given]);
    if (!made) return not('it was interrupted');
    if (made.status === 'late')
      return not(
        `the time was over first; give it more with --time-limit (${request.timeLimit} s for the search, and again for it)`,
      );
    if (made.status === 'lost') return not('a worker was lost; try it once more, or with fewer --workers');
    if (made.status === 'nothing') return not('nothing is proven; give the search more time with --time-limit');
    const certificate = {
      ...made.certificate,
      question: { ...made.certificate.question, ...(measured && { measured }) },
    };
    const written = writeText(io, file, printCertificate(certificate, io.version));
    if (!written.ok) return written;
    // Prices may leave a gap that the search closed by looking at choices of mappings.
    if (made.gap !== undefined && result.status === 'optimal' && made.gap > request.gap * (1 + 1e-6))
      io.err(`the certificate proves a gap of ${percent(made.gap)}: what prices on the limits leave is not in it\n`);
    return parsed(true);
  } finally {
    progress.end();
  }
}
