// Precisions of a network beside what they lose, and what the one of the machine found loses on samples of its own.

import { table } from '../../base/text.js';
import type { AccuracyLimit } from '../../results/accuracy-limit-field.js';
import { grouped } from './quantities.js';

const points = (x: number): string => (100 * x).toFixed(2);
const per = (x: number): string => `${points(x)} %`;

type Precision = AccuracyLimit['precisions'][number];

export const precisionName = (p: Pick<Precision, 'weightBits' | 'activationBits'>): string =>
  `w${p.weightBits}a${p.activationBits}`;

/** A line while they are measured. */
export const measuredText = (p: Precision, limit: number): string =>
  `${precisionName(p)}: loses ${points(p.loss)} points of ${grouped(p.samples)} samples ` +
  `(95 % from ${points(p.low)} to ${points(p.high)}), sums of ${p.accumulatorBits} bits` +
  (p.loss > limit ? '; beyond the limit' : '');

/** Of a precision; headings of numbers begin with `>`. */
export const lossFigures = {
  headings: ['>bits of sums', '>top-1', '>loss (points)', '>95 %'],
  of: (p: Precision): readonly string[] => [
    `${p.accumulatorBits}`,
    per(p.integer),
    points(p.loss),
    `${points(p.low)} to ${points(p.high)}`,
  ],
};

export function precisionRows({ limit, precisions, unmeasured = [], chosen }: AccuracyLimit) {
  return {
    headings: ['precision', ...lossFigures.headings, ''],
    rows: [
      ...precisions.map((p) => [
        precisionName(p),
        ...lossFigures.of(p),
        isFound(p, chosen) ? 'found' : p.loss > limit ? 'beyond the limit' : '',
      ]),
      ...unmeasured.map((p) => [
        precisionName(p),
        ...lossFigures.headings.map(() => ''),
        `not measured: ${precisionName(p.below)} is beyond the limit`,
      ]),
    ],
  };
}

/** Whether it is that of the machine. */
export const isFound = (p: Precision, chosen: AccuracyLimit['chosen']): boolean =>
  p.weightBits === chosen?.weightBits && p.activationBits === chosen.activationBits;

export function precisionTable(found: AccuracyLimit): string {
  const { headings, rows } = precisionRows(found);
  return [
    measuredHow(found),
    '',
    table(
      headings.map((h) => h.replace(/^>/, '')),
      rows,
      headings.map((h) => h.startsWith('>')),
    ),
    ...chosenText(found),
  ].join('\n');
}

/** On which samples, and what may be lost. */
export function measuredHow({ network, limit, unsigned, validate, precisions }: AccuracyLimit): string {
  const [first] = precisions;
  return (
    `Accuracy of ${network}: real numbers ${per(first?.real ?? 0)} of ${grouped(validate.samples)} samples of ${validate.file}; ` +
    `${unsigned ? 'unsigned words behind ReLUs, ' : ''}at most ${per(limit)} may be lost`
  );
}

/** Of the machine found, where there is one. */
export function chosenText({ chosen, limit }: AccuracyLimit): readonly string[] {
  if (!chosen) return [];
  const said = {
    within: `within ${per(limit)}`,
    beyond: `beyond ${per(limit)}`,
    undecided:
      `undecided against ${per(limit)}` +
      (chosen.needed === undefined ? '' : `; about ${grouped(chosen.needed)} such samples would decide`),
  }[chosen.status];
  return [
    `The machine found, on ${grouped(chosen.samples)} samples of ${chosen.file}` +
      `${chosen.unseen ? '' : ' by which it was chosen too (--test FILE names others)'}: ` +
      `${per(chosen.integer)}, real numbers ${per(chosen.real)}; loses ${points(chosen.loss)} points, ` +
      `95 % from ${points(chosen.low)} to ${points(chosen.high)}: ${said}.`,
  ];
}
