// Several accuracies of one network on the same samples: what each precision loses, in one picture.

import { counted } from '../../../base/text.js';
import { nth } from '../../../base/invariant.js';
import type { AccuracyResult } from '../../../results/accuracy-result.js';
import { lossFigure } from '../../figures/loss-figure.js';
import { quantizationName } from '../../tables/accuracy-table.js';
import { grouped } from '../../tables/quantities.js';
import type { Section } from '../blocks.js';
import { drawing, tableOf } from '../blocks.js';

interface ReadAccuracy {
  readonly file: string;
  readonly result: AccuracyResult;
}

/** A section for each network of which there is more than one on the same samples. */
export function accuracyAgainstBits(read: readonly ReadAccuracy[]): readonly Section[] {
  const groups = new Map<string, ReadAccuracy[]>();
  for (const one of read) {
    const { network, data } = one.result;
    const key = JSON.stringify([network, data.file, data.first, data.samples]);
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()].filter((group) => group.length > 1).map(sectionOf);
}

/** From the most bits to the fewest. */
function sectionOf(group: readonly ReadAccuracy[]): Section {
  const { network, data } = nth(group, 0).result;
  const bits = ({ quantization: q }: AccuracyResult) => q.weightBits + q.activationBits;
  const sorted = group.toSorted(
    (a, b) => bits(b.result) - bits(a.result) || b.result.quantization.weightBits - a.result.quantization.weightBits,
  );
  const names = sorted.map(({ result }) => quantizationName(result.quantization));
  const losses = sorted.map(({ file, result }, i) => {
    const name = nth(names, i);
    // Settings that names do not tell apart are told apart by their files.
    return {
      ...result.loss,
      name: names.indexOf(name) === names.lastIndexOf(name) ? name : `${name}, ${file}`,
      integer: result.integer.first,
    };
  });
  const limits = new Set(sorted.map(({ result }) => result.verdict?.limit));
  const [limit] = limits;
  const points = (x: number) => (100 * x).toFixed(2);
  const least = losses.reduce((a, b) => (b.loss < a.loss ? b : a));
  return {
    title: `Accuracy of ${network} against bits`,
    source:
      `Of ${counted(group.length, 'accuracy', 'accuracies')} on ${grouped(data.samples)} samples of ${data.file} ` +
      `from ${grouped(data.first)} on.`,
    summary: `${least.name} loses the least: ${points(least.loss)} points, 95 % from ${points(least.low)} to ${points(least.high)}.`,
    aside: true,
    blocks: [
      drawing(lossFigure(losses, limits.size === 1 ? limit : undefined, 'Accuracy against bits')),
      tableOf(
        'What is lost of the same samples',
        ['precision', '>top-1', '>loss (points)', '>95 %', '>lost', '>won', '>p'],
        losses.map((l) => [
          l.name,
          `${points(l.integer)} %`,
          points(l.loss),
          `${points(l.low)} to ${points(l.high)}`,
          String(l.lost),
          String(l.won),
          l.p.toPrecision(2),
        ]),
      ),
    ],
  };
}
