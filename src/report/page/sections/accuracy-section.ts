// An accuracy in a report: both scores, what is lost, which tensors are noisy, what is taken for what, samples as pictures.

import { nth } from '../../../base/invariant.js';
import type { AccuracyResult } from '../../../results/accuracy-result.js';
import { lossFigure } from '../../figures/loss-figure.js';
import type { MatrixFigure, PicturesFigure } from '../../figures/figure.js';
import { quantizationName, scalesText, verdictText } from '../../tables/accuracy-table.js';
import { grouped } from '../../tables/quantities.js';
import type { Block, Section } from '../blocks.js';
import { cards, drawing, fold, heading, tableOf, text } from '../blocks.js';
import { noiseBlocks } from './accuracy-blocks.js';

const per = (x: number) => `${(100 * x).toFixed(2)} %`;
const points = (x: number) => (100 * x).toFixed(2);

const moods = { within: 'good', beyond: 'bad', undecided: 'open' } as const;

export function accuracySection(file: string, r: AccuracyResult): Section {
  const { data, quantization: q, real, integer, loss, verdict } = r;
  return {
    title: `Accuracy of ${r.network} in ${quantizationName(q)}`,
    source:
      `Accuracy, read from ${file}. ${grouped(data.samples)} samples of ${data.file} from ${grouped(data.first)} on, ` +
      `${data.classes} classes; ${scalesText(q)}.`,
    summary:
      `Of ${grouped(data.samples)} samples real numbers get ${per(real.first)} right and integers ${per(integer.first)}: ` +
      `a loss of ${points(loss.loss)} points, 95 % from ${points(loss.low)} to ${points(loss.high)}.`,
    ...(verdict && {
      status: {
        text: verdict.status === 'undecided' ? 'undecided' : `${verdict.status} ${per(verdict.limit)}`,
        mood: moods[verdict.status],
      },
    }),
    blocks: [
      cards(
        {
          name: r.float === undefined ? 'Real numbers, top-1' : `Real numbers (${r.float}), top-1`,
          value: per(real.first),
          note: `top-5 ${per(real.five)}`,
        },
        { name: 'Integers, top-1', value: per(integer.first), note: `top-5 ${per(integer.five)}` },
        {
          name: 'Lost and won',
          value: `${loss.lost} and ${loss.won}`,
          note: 'samples that only real numbers, or only integers, get right',
        },
        {
          name: 'p',
          value: loss.p.toPrecision(2),
          note: 'exact test of McNemar: how likely flips so uneven are where both are equally good',
        },
      ),
      drawing(
        lossFigure(
          [{ name: quantizationName(q), ...loss, integer: integer.first }],
          verdict?.limit,
          'What integers lose, and how surely',
        ),
      ),
      ...(verdict ? [text(`${capital(verdictText(verdict))}.`)] : []),
      ...noiseBlocks(
        'tensors',
        r.noise.map((n) => ({ name: n.tensor, decibels: n.decibels })),
      ),
      ...confusionBlocks(r),
      ...missedBlocks(r),
    ],
  };
}

const capital = (words: string) => `${words.charAt(0).toUpperCase()}${words.slice(1)}`;

const classOf = ({ data }: AccuracyResult, label: number) => data.names?.[label] ?? String(label);

/** Classes of a matrix at most. */
const widest = 12;

function confusionBlocks(r: AccuracyResult): readonly Block[] {
  const { confusions } = r;
  if (confusions.length === 0) return [];
  // Those that are in most confusions, in the order of the classes.
  const wrong = new Map<number, number>();
  for (const { label, guess, samples } of confusions)
    for (const k of [label, guess]) wrong.set(k, (wrong.get(k) ?? 0) + samples);
  const shown = [...wrong]
    .sort(([a, x], [b, y]) => y - x || a - b)
    .slice(0, widest)
    .map(([k]) => k)
    .sort((a, b) => a - b);
  const counts = new Map(confusions.map((c) => [`${c.label} ${c.guess}`, c.samples]));
  const first = nth(confusions, 0);
  const figure: MatrixFigure = {
    kind: 'matrix',
    title: 'What is taken for what',
    subtitle:
      'samples that integers get wrong' +
      (r.data.classes > shown.length
        ? `; ${shown.length} of ${r.data.classes} classes, those most often mixed up`
        : ''),
    description: `Most often ${classOf(r, first.label)} is taken for ${classOf(r, first.guess)}: ${first.samples} samples`,
    names: shown.map((k) => classOf(r, k)),
    axes: { rows: 'classes', columns: 'taken for' },
    counts: shown.map((label) =>
      shown.map((guess) => (label === guess ? undefined : (counts.get(`${label} ${guess}`) ?? 0))),
    ),
  };
  return [
    heading('Confusions'),
    drawing(figure),
    fold(
      'All confusions',
      tableOf(
        'Samples of a class that integers take for another',
        ['class', 'taken for', '>samples'],
        confusions.map((c) => [classOf(r, c.label), classOf(r, c.guess), String(c.samples)]),
      ),
    ),
  ];
}

function missedBlocks(r: AccuracyResult): readonly Block[] {
  if (!r.missed || r.missed.samples.length === 0) return [];
  const [, rows = 1, columns = 1] = r.missed.shape;
  const { samples } = r.missed;
  const name = (label: number) => classOf(r, label);
  const figure: PicturesFigure = {
    kind: 'pictures',
    title: 'Samples that integers get wrong',
    subtitle: 'those first that real numbers get right',
    description: samples.map((s) => `sample ${s.sample} is ${name(s.label)}, taken for ${name(s.guess)}`).join('; '),
    pictures: samples.map((s) => ({
      rows,
      columns,
      values: s.pixels,
      name: `${name(s.label)}, not ${name(s.guess)}`,
      lines: [
        s.real === s.label ? 'real numbers: right' : `real numbers: ${name(s.real)}`,
        `sample ${grouped(s.sample)}`,
      ],
    })),
  };
  return [
    heading('Misclassified samples'),
    drawing(figure),
    fold(
      `These ${samples.length} samples`,
      tableOf(
        'Samples that integers get wrong',
        ['sample', 'class', 'taken for', 'in real numbers'],
        samples.map((s) => [String(s.sample), name(s.label), name(s.guess), name(s.real)]),
      ),
    ),
  ];
}
