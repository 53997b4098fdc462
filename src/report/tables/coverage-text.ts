// What of a network is mapped and what is not, in sentences: beside totals what multiplies, apart from it what is free.

import { short } from '../../base/text.js';
import type { Coverage } from '../../model/workload/coverage.js';
import { freeOfProducts, isCounted, macsLeftOut, mappedShare, multiplying } from '../../model/workload/coverage.js';
import { percent } from './quantities.js';

/** Sentences without an end; none where nothing that multiplies is left out. */
export function leftOutSentences(c: Coverage): readonly string[] {
  const left = multiplying(c);
  if (left.length === 0) return [];
  const [known, share] = [c.mapped + macsLeftOut(c), percent(mappedShare(c))];
  const of =
    macsLeftOut(c) === 0
      ? `${short(c.mapped)} MACs, of a network that has more: nobody knows how many`
      : isCounted(c)
        ? `${short(c.mapped)} of ${short(known)} MACs (${share})`
        : `${short(c.mapped)} of ${short(known)} counted MACs (less than ${share} of the network: ` +
          'not all could be counted)';
  const operators = left.map(
    ({ operator, count, macs }) => `${operator} x ${count}, ${macs === null ? 'MACs unknown' : `${short(macs)} MACs`}`,
  );
  return [
    `mapped as layers: ${of}`,
    `not mapped: ${operators.join('; ')}`,
    'energy, time, operations and utilisation are of the mapped layers alone',
  ];
}

/** In a few words, behind what is proved of the layers; empty where nothing that multiplies is left out. */
export function leftOutShort(c: Coverage): string {
  if (multiplying(c).length === 0) return '';
  if (macsLeftOut(c) === 0) return 'some MACs not mapped';
  return `${isCounted(c) ? '' : 'more than '}${percent(1 - mappedShare(c))} of MACs not mapped`;
}

/** For a terminal, a line each; empty where nothing that multiplies is left out. */
export const leftOutText = (c: Coverage): string => leftOutSentences(c).join('\n');

/** A line of what is free, for standard error; empty where there is nothing. */
export const freeNote = (c: Coverage): string => {
  const free = freeOfProducts(c);
  return free.length === 0
    ? ''
    : `not mapped, free of products: ${free.map(({ operator, count }) => `${operator} ${count}`).join(', ')}`;
};
