// A certificate of a co-design, checked as `magnet check` does.

import type { Parsed } from '../base/diagnostics.js';
import { parsed } from '../base/diagnostics.js';
import type { Checked } from '../certificate/check-certificate.js';
import { checkCertificate, withRecomputed } from '../certificate/check-certificate.js';
import { parseCertificate } from '../certificate/certificate-file.js';
import { fullCheck } from '../certificate/full-check.js';
import { parseDocument } from '../interchange/document.js';
import { checkedText } from './checked-text.js';

export interface CheckOptions {
  /** Believes nothing but the cost model and the table of layers. */
  readonly full?: boolean;
  /** Of `full`: shapes that are done. */
  readonly progress?: (done: number, total: number) => void;
}

export interface CheckedCertificate extends Checked {
  /** What it claims and what was believed, as `magnet check` prints it. */
  readonly text: string;
}

/** The text of a certificate; diagnostics where it is none. What does not hold is in `faults`. */
export function check(
  text: string,
  { full = false, progress = () => {} }: CheckOptions = {},
): Parsed<CheckedCertificate> {
  const data = parseDocument(new TextEncoder().encode(text), 'json');
  if (!data.ok) return data;
  const read = parseCertificate(data.value);
  if (!read.ok) return read;
  const quick = checkCertificate(read.value);
  const checked = full ? withRecomputed(quick, fullCheck(read.value.certificate, progress)) : quick;
  return parsed({ ...checked, text: checkedText(read.value.certificate, checked) });
}
