// A certificate of a co-design or of a schedule, checked as `magnet check` does.

import type { Parsed } from '../base/diagnostics.js';
import { parsed } from '../base/diagnostics.js';
import type { Checked } from '../certificate/check-certificate.js';
import { checkCertificate, withRecomputed } from '../certificate/check-certificate.js';
import { parseCertificate } from '../certificate/certificate-file.js';
import { fullCheck } from '../certificate/full-check.js';
import type { ScheduleChecked } from '../certificate/schedule/check-schedule.js';
import { checkSchedule } from '../certificate/schedule/check-schedule.js';
import { fullSchedule } from '../certificate/schedule/full-schedule.js';
import { looksLikeScheduleCertificate, parseScheduleCertificate } from '../certificate/schedule/schedule-file.js';
import { parseDocument } from '../interchange/document.js';
import { checkedScheduleText } from './checked-schedule-text.js';
import { checkedText } from './checked-text.js';

/** How much of a certificate is believed, and who hears how far it is. */
export interface CheckOptions {
  /** Believes nothing but the cost model and the table of layers. */
  readonly full?: boolean;
  /** Of `full`: shapes, or runs, that are done. */
  readonly progress?: (done: number, total: number) => void;
}

/** What `check` answers. */
export type CheckedCertificate = (Checked | ScheduleChecked) & {
  /** What it claims and what was believed, as `magnet check` prints it. */
  readonly text: string;
};

/**
 * Whether a certificate of a co-design or of a schedule holds, by the text of its file, in whole numbers. Diagnostics where it is
 * none; what does not hold is in `faults`.
 */
export function check(
  text: string,
  { full = false, progress = () => {} }: CheckOptions = {},
): Parsed<CheckedCertificate> {
  const data = parseDocument(new TextEncoder().encode(text), 'json');
  if (!data.ok) return data;
  if (looksLikeScheduleCertificate(data.value)) {
    const own = parseScheduleCertificate(data.value);
    if (!own.ok) return own;
    const quick = checkSchedule(own.value);
    const checked = full ? withRecomputed(quick, fullSchedule(own.value.certificate, progress)) : quick;
    return parsed({ ...checked, text: checkedScheduleText(own.value.certificate, checked) });
  }
  const read = parseCertificate(data.value);
  if (!read.ok) return read;
  const quick = checkCertificate(read.value);
  const checked = full ? withRecomputed(quick, fullCheck(read.value.certificate, progress)) : quick;
  return parsed({ ...checked, text: checkedText(read.value.certificate, checked) });
}
