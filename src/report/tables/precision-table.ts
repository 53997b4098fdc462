// Precisions of a network beside what they lose, and what the one of the machine found loses on samples of its own.

import { table } from '../../base/text.js';
import type { AccuracyLimit } from '../../results/accuracy-limit-field.js';
import { grouped } from './quantities.js';

const points = (x: number): string => (100 * x).toFixed(2);
const per = (x: number): string => `${points(x)} %`;

type Precision = AccuracyLimit['precisions'][number];

const named = (p: Pick<Precision, 'weightBits' | 'activationBits'>): string => `w${p.weightBits}a${p.activationBits}`;

/** A line while they are measured. */
export const measuredText = (p: Precision, limit: number): string =>
  `${named(p)}: loses ${points(p.loss)} points of ${grouped(p.samples)} samples ` +
  `(95 % from ${points(p.low)} to ${points(p.high)}), sums of ${p.accumulatorBits} bits` +
  (p.loss > limit ? '; beyond the limit' : '');

export function precisionTable({ network, limit, unsigned, validate, precisions, chosen }: AccuracyLimit): string {
  const isChosen = (p: Precision) => p.weightBits === chosen?.weightBits && p.activationBits === chosen.activationBits;
  const rows = precisions.map((p) => [
    named(p),
    `${p.accumulatorBits}`,
    per(p.integer),
    points(p.loss),
    `${points(p.low)} to ${points(p.high)}`,
    isChosen(p) ? 'found' : p.loss > limit ? 'beyond the limit' : '',
  ]);
  const [first] = precisions;
  return [
    `Accuracy of ${network}: real numbers ${per(first?.real ?? 0)} of ${grouped(validate.samples)} samples of ${validate.file}; ` +
      `${unsigned ? 'unsigned words behind ReLUs, ' : ''}at most ${per(limit)} may be lost`,
    '',
    table(['precision', 'bits of sums', 'top-1', 'loss (points)', '95 %', ''], rows, [
      false,
      true,
      true,
      true,
      true,
      false,
    ]),
    ...(chosen ? [chosenText(chosen, limit)] : []),
  ].join('\n');
}

function chosenText(chosen: NonNullable<AccuracyLimit['chosen']>, limit: number): string {
  const said = {
    within: `within ${per(limit)}`,
    beyond: `beyond ${per(limit)}`,
    undecided:
      `undecided against ${per(limit)}` +
      (chosen.needed === undefined ? '' : `; about ${grouped(chosen.needed)} such samples would decide`),
  }[chosen.status];
  return (
    `The machine found, on ${grouped(chosen.samples)} samples of ${chosen.file}` +
    `${chosen.unseen ? '' : ' by which it was chosen too (--test FILE names others)'}: ` +
    `${per(chosen.integer)}, real numbers ${per(chosen.real)}; loses ${points(chosen.loss)} points, ` +
    `95 % from ${points(chosen.low)} to ${points(chosen.high)}: ${said}.`
  );
}
