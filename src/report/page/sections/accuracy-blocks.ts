// What sections of accuracy share: precisions against a limit, and which tensors of a network are noisy.

import { defined } from '../../../base/invariant.js';
import type { AccuracyLimit } from '../../../results/accuracy-limit-field.js';
import type { BarFigure } from '../../figures/figure.js';
import { lossFigure } from '../../figures/loss-figure.js';
import { chosenText, isFound, measuredHow, precisionName, precisionRows } from '../../tables/precision-table.js';
import type { Block } from '../blocks.js';
import { drawing, fold, heading, tableOf, text } from '../blocks.js';

/** Of a co-design under a limit on accuracy. */
export function precisionBlocks(a: AccuracyLimit): readonly Block[] {
  const { headings, rows } = precisionRows(a);
  const losses = a.precisions.map((p) => ({ ...p, name: precisionName(p), marked: isFound(p, a.chosen) }));
  return [
    heading('Accuracy'),
    text(`${measuredHow(a)}.`),
    drawing(lossFigure(losses, a.limit, `Accuracy of ${a.network} against bits`)),
    tableOf('Precisions that were measured', headings, rows),
    ...chosenText(a).map(text),
  ];
}

/** Tensors, or layers by what they put out. */
export interface Noisy {
  readonly name: string;
  /** Signal to noise; undefined where words are as real numbers. */
  readonly decibels?: number | undefined;
}

/** Bars that stand out. */
const most = 5;

/** In the order of the network; `of` says what they are, in the plural. */
export function noiseBlocks(of: string, all: readonly Noisy[]): readonly Block[] {
  const noisy = all.filter((n) => n.decibels !== undefined);
  if (noisy.length === 0) return [];
  const worst = noisy
    .toSorted((x, y) => defined(x.decibels) - defined(y.decibels))
    .slice(0, Math.min(most, Math.ceil(noisy.length / 3)));
  const said = (n: Noisy) => (n.decibels === undefined ? 'as in real numbers' : `${n.decibels.toFixed(1)} dB`);
  const figure: BarFigure = {
    kind: 'bars',
    title: `Signal to noise of ${of}`,
    subtitle:
      'in the order of the network; squares of real numbers over squares of what words are off by, the noisiest in another colour',
    description: `The noisiest are ${worst.map((n) => `${n.name} (${said(n)})`).join(', ')}`,
    lying: true,
    y: { label: 'signal to noise (dB)', scale: 'linear' },
    groups: all.map((n) => n.name),
    series: [{ name: 'signal to noise', values: all.map((n) => n.decibels) }],
    colors: all.map((n) => (worst.includes(n) ? 1 : 0)),
    ends: all.map(said),
  };
  return [
    heading('Which layers hurt'),
    drawing(figure),
    fold(
      `Signal to noise of all ${of}`,
      tableOf(
        `Signal to noise of ${of}, in the order of the network`,
        ['name', '>signal to noise'],
        all.map((n) => [n.name, said(n)]),
      ),
    ),
  ];
}
