// A quantized network layer by layer, and what was written.

import { table } from '../../base/text.js';
import type { Made, QuantizeResult } from '../../results/quantize-result.js';
import { grouped } from './quantities.js';

/** Headings of numbers begin with `>`. */
export const layerRows = (layers: Made['layers']) => ({
  headings: ['layer', 'bits', '>clip', '>of largest', '>bias', '>sums', '>signal to noise'],
  rows: layers.map((l) => [
    l.name,
    `w${l.weightBits}a${l.activationBits}${l.unsigned ? ' unsigned' : ''}`,
    l.clip.toPrecision(3),
    l.largest === 0 ? '' : `${((100 * Math.min(l.clip, l.largest)) / l.largest).toFixed(0)} %`,
    l.correction === undefined ? '' : l.correction.toFixed(2),
    l.sums ? `${l.sums.bits} bits` : '',
    l.decibels === undefined ? '' : `${l.decibels.toFixed(1)} dB`,
  ]),
});

export function quantizeTable(made: Made, output: QuantizeResult['output']): string {
  const { headings, rows } = layerRows(made.layers);
  const shown = table(
    headings.map((h) => h.replace(/^>/, '')),
    rows,
    headings.map((h) => h.startsWith('>')),
  );
  return [
    shown,
    '',
    ...quantizedText(made),
    `${output.file}: QDQ ONNX, batch ${made.batch}, ${grouped(output.bytes)} bytes`,
  ].join('\n');
}

/** How it was quantized, and what holds for every input. */
export function quantizedText({ how: q, equalized, layers }: Made): readonly string[] {
  const wide = layers.reduce((n, l) => Math.max(n, l.sums?.bits ?? 0), 0);
  const inexact = layers.filter((l) => !l.exact).length;
  const off = layers.reduce((n, l) => Math.max(n, l.off ?? 1), 1);
  const n = layers.length;
  return [
    `scales by ${q.activations} over ${grouped(q.samples)} samples, weights by ${q.weights}, one scale for each ` +
      `${q.granularity === 'tensor' ? 'layer' : 'output channel'}; bias: words of the output by which it was corrected at most` +
      (q.biasCorrection === true ? '' : ' (left as it is)'),
    ...(q.equalize === true ? [`channels made alike behind ${equalized} of ${n} layers`] : []),
    `accumulators of ${wide} bits hold the sums of every input`,
    inexact === 0
      ? 'ONNX Runtime has the same words for every input: 32-bit real numbers compute all layers exactly'
      : `32-bit real numbers compute ${n - inexact} of ${n} layers exactly for every input; elsewhere ONNX Runtime may have a word ` +
        (off === 1
          ? 'that is another by one, where the exact value is next to a tie'
          : `that is another, by ${off} at most in a layer`),
  ];
}
