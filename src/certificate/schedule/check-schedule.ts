// Whether a certificate of a schedule holds: without a search, in whole and rational numbers. What steps cost at least is believed
// here; `full-schedule.ts` believes nothing but the cost model and the list of runs.

import type { Rational } from '../../base/rational.js';
import { compare, exactly, minus, product, quotient, rational, toNumber } from '../../base/rational.js';
import { goalOf } from '../leaf-value.js';
import type { AtLeast, ExactLine } from '../network-lines.js';
import { networkAtLeast } from '../network-lines.js';
import { sumOfLine, transitionsOf } from './potentials.js';
import type { ReadScheduleCertificate } from './schedule-file.js';
import { digestsOf } from './schedule-file.js';
import { minimaOf, unitOf, weightsOf } from './schedule-lines.js';
import { scheduleWitnessed } from './schedule-witness.js';

export interface ScheduleChecked {
  readonly holds: boolean;
  /** What does not hold, a sentence each. */
  readonly faults: readonly string[];
  /** Of the lines: no schedule is below; Infinity where none keeps the limits. */
  readonly proven: number;
  /** What the witness costs at most; undefined where there is none, or it does not hold. */
  readonly value: number | undefined;
  /** (value - bound) / value, both rounded outwards. */
  readonly gap: number | undefined;
  /** Steps from one state to another, each held against the potentials of every line. */
  readonly transitions: number;
  /** What steps cost at least, as the certificate says and this mode believes. */
  readonly trusted: number;
  /** The same, recomputed, and the mappings that were looked at for that. */
  readonly recomputed: number;
  readonly looks: number;
}

export function checkSchedule({ certificate, digests }: ReadScheduleCertificate): ScheduleChecked {
  const { question, bound, witness, lines } = certificate;
  const own = digestsOf(question);
  const faults = (Object.keys(own) as (keyof typeof own)[]).flatMap((of) =>
    digests[of] === own[of] ? [] : [`the ${of} of the file has the digest ${own[of]}, and it says ${digests[of]}`],
  );
  const transitions = transitionsOf(certificate);
  faults.push(...transitions.faults);
  const exact = lines.flatMap((line, i): ExactLine[] => {
    const { sum, fault } = sumOfLine(line, transitions);
    if (fault !== undefined || sum === undefined) {
      faults.push(`line ${i}: ${fault ?? 'no schedule is on it'}`);
      return [];
    }
    return [{ weights: weightsOf(line), sum: product(rational(sum), unitOf(line)) }];
  });
  const least: AtLeast = faults.length > 0 ? zero : networkAtLeast(goalOf(question), exact);
  if (least !== 'none' && compare(exactly(bound), least) > 0)
    faults.push(`it claims a bound of ${bound}, and its lines prove ${toNumber(least)}`);
  const found = witness && scheduleWitnessed(certificate, witness);
  if (found) faults.push(...found.faults);
  const value = found?.value;
  if (value && compare(exactly(bound), value) > 0)
    faults.push(`it claims a bound of ${bound}, and its witness costs no more than ${toNumber(value)}`);
  return {
    holds: faults.length === 0,
    faults: faults.slice(0, maxTold),
    proven: least === 'none' ? Infinity : toNumber(least),
    value: value && toNumber(value),
    gap: value && gapOf(value, exactly(bound)),
    transitions: transitions.all.length,
    trusted: minimaOf(certificate),
    recomputed: 0,
    looks: 0,
  };
}

/** More faults than these are of no help. */
const maxTold = 12;
const zero = rational(0n);

const gapOf = (value: Rational, bound: Rational): number =>
  compare(value, bound) > 0 ? toNumber(quotient(minus(value, bound), value)) : 0;
