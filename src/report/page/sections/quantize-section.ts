// A quantized network in a report: its layers with their noise, and how the numbers of tensors lie below their clips.

import type { Made, QuantizeResult } from '../../../results/quantize-result.js';
import type { HistogramsFigure } from '../../figures/figure.js';
import { layerRows, quantizedText } from '../../tables/quantize-table.js';
import { digits, grouped } from '../../tables/quantities.js';
import type { Block, Section } from '../blocks.js';
import { cards, drawing, fold, heading, tableOf, text } from '../blocks.js';
import { noiseBlocks } from './accuracy-blocks.js';

export function quantizeSection(file: string, { network, made, output }: QuantizeResult): Section {
  const source = `Quantization, read from ${file}; written to ${output.file}, ${grouped(output.bytes)} bytes.`;
  if (!made)
    return {
      title: `${network}, quantized already`,
      source,
      summary: `${network} had words already: ${output.file} is the same file.`,
      blocks: [],
    };
  const { how, layers } = made;
  const sums = layers.reduce((n, l) => Math.max(n, l.sums?.bits ?? 0), 0);
  const noisy = layers
    .filter((l) => l.decibels !== undefined)
    .toSorted((x, y) => (x.decibels ?? 0) - (y.decibels ?? 0));
  const [worst] = noisy;
  const exact = layers.filter((l) => l.exact).length;
  const { headings, rows } = layerRows(layers);
  const said = quantizedText(made);
  return {
    title: `${network} quantized to w${how.weightBits}a${how.activationBits}`,
    source,
    summary:
      `${layers.length} layers; accumulators of ${sums} bits hold the sums of every input` +
      (worst?.decibels === undefined
        ? '.'
        : `; the noisiest layer is ${worst.name} with ${worst.decibels.toFixed(1)} dB.`),
    blocks: [
      cards(
        {
          name: 'Bits of weights and activations',
          value: `${how.weightBits} and ${how.activationBits}`,
          ...(how.layerBits && { note: `${how.layerBits.length} layers have their own` }),
        },
        { name: 'Accumulators', value: `${sums} bits`, note: 'for every input, in any order' },
        { name: 'Samples that set scales', value: grouped(how.samples), note: how.calibrate },
        { name: 'Exact in 32-bit real numbers', value: `${exact} of ${layers.length} layers` },
      ),
      ...said.map((words) => text(`${words.charAt(0).toUpperCase()}${words.slice(1)}.`)),
      ...noiseBlocks('layers', layers),
      heading('Layers'),
      tableOf('Layers of the quantized network', headings, rows),
      ...histogramBlocks(made),
    ],
  };
}

/** Pictures that are drawn; the table has all. */
const shown = 60;

function histogramBlocks({ tensors, how }: Made): readonly Block[] {
  const drawn = (tensors ?? []).filter((t) => t.counts.length > 0);
  if (drawn.length === 0) return [];
  const beyond = (t: (typeof drawn)[number]) => t.counts.reduce((n, c, i) => n + (i * t.width >= t.clip ? c : 0), 0);
  const all = (t: (typeof drawn)[number]) => t.counts.reduce((n, c) => n + c, 0);
  const bits = (t: (typeof drawn)[number]) => `${t.bits} bits${t.unsigned ? ', unsigned' : ''}`;
  const share = (t: (typeof drawn)[number]) => `${digits((100 * beyond(t)) / Math.max(1, all(t)))} %`;
  const figure: HistogramsFigure = {
    kind: 'histograms',
    title: 'How the numbers of tensors lie, and where words end',
    subtitle:
      `sizes over ${grouped(how.samples)} samples without those that are 0, counts on a logarithmic axis; ` +
      'tensors with words in common are one' +
      (drawn.length > shown ? `; the first ${shown} of ${drawn.length}` : ''),
    description: `${drawn.length} tensors; what lies beyond the largest word is clipped`,
    panels: drawn.slice(0, shown).map((t) => ({
      name: t.name,
      text: `${bits(t)}, a word is ${digits(t.scale)}`,
      width: t.width,
      counts: t.counts,
      at: t.clip,
    })),
    names: { inside: 'has words', beyond: 'clipped', line: 'the largest word' },
  };
  return [
    heading('Numbers and words'),
    drawing(figure),
    fold(
      `Scales and clips of ${drawn.length} tensors`,
      tableOf(
        'Tensors: what a word stands for, and the largest',
        ['tensor', 'bits', '>scale', '>clip', '>largest bin ends at', '>numbers that are not 0', '>clipped'],
        drawn.map((t) => [
          t.name,
          bits(t),
          digits(t.scale),
          digits(t.clip),
          digits(t.width * t.counts.length),
          grouped(all(t)),
          share(t),
        ]),
      ),
    ),
  ];
}
