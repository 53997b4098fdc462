// What of a network is not mapped, on a page: what multiplies stands out, what is free is listed on demand.

import type { Coverage } from '../../model/workload/coverage.js';
import { sumCoverage } from '../../model/workload/coverage.js';
import { leftOutSentences, leftOutShort } from '../tables/coverage-text.js';
import { grouped } from '../tables/quantities.js';
import type { Block, Section } from './blocks.js';
import { fold, note, tableOf } from './blocks.js';

/** A claim about the layers alone says so where the network is more than they. */
export function ofLayersAlone(
  status: NonNullable<Section['status']>,
  ...networks: readonly (Coverage | null | undefined)[]
): NonNullable<Section['status']> {
  const words = leftOutShort(sumCoverage(networks.flatMap((c) => c ?? [])));
  return words === '' || status.mood === 'bad'
    ? status
    : { text: `${status.text}, ${words}`, mood: status.mood === 'good' ? 'open' : status.mood };
}

/** `name` where there are several networks. Nothing for files that do not say it. */
export function leftOutBlocks(c: Coverage | null | undefined, name?: string): readonly Block[] {
  if (!c || c.unmapped.length === 0) return [];
  const sentences = leftOutSentences(c).map((s) => `${s.charAt(0).toUpperCase()}${s.slice(1)}.`);
  const of = name === undefined ? '' : ` of ${name}`;
  const rows = [...c.unmapped]
    .sort((x, y) => Number(x.macs === 0) - Number(y.macs === 0))
    .map(({ operator, count, macs }) => [
      operator,
      grouped(count),
      macs === null ? 'multiplies, unknown how much' : macs === 0 ? 'free of products' : `${grouped(macs)} MACs`,
    ]);
  return [
    ...(sentences.length > 0 ? [note(`${name === undefined ? '' : `${name}: `}${sentences.join(' ')}`)] : []),
    fold(
      `Operators${of} that are not mapped: ` +
        (sentences.length === 0 ? 'none of them multiplies' : 'some of them multiply'),
      tableOf(`Operators${of} that are not mapped`, ['operator', '>count', '>in all'], rows),
    ),
  ];
}
