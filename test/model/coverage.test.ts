// What multiplies and is not mapped is counted and said, apart from what is free.

import { describe, expect, test } from 'vitest';
import { coverageIn, coverageFile } from '../../src/results/coverage-fields.js';
import { coverageOf, isCounted, macsLeftOut, mappedShare, sumCoverage } from '../../src/model/workload/coverage.js';
import { makeLayer } from '../../src/model/workload/layer.js';
import type { Network, Unmapped } from '../../src/model/workload/network.js';
import { freeNote, leftOutText } from '../../src/report/tables/coverage-text.js';

const relu = { operator: 'Relu', count: 3, macs: 0 };
const foo = { operator: 'Foo', count: 3, macs: 232 };
const bar = { operator: 'acme.Bar', count: 2, macs: null };

/** Two layers of 4 x 8 x 16 MACs. */
const network = (...unmapped: Unmapped[]): Network => ({
  name: 'net',
  source: 'by hand',
  layers: [{ layer: makeLayer('fc', { P: 4, K: 8, C: 16 }), count: 2 }],
  unmapped,
});

const rows: readonly (readonly [string, Unmapped[], number, string | null, boolean])[] = [
  ['all mapped', [], 0, null, true],
  ['only free ones', [relu], 0, null, true],
  [
    'counted',
    [relu, foo],
    232,
    'mapped as layers: 1.024 k of 1.256 k MACs (81.5 %)\n' +
      'not mapped: Foo x 3, 232 MACs\n' +
      'energy, time, operations and utilisation are of the mapped layers alone',
    true,
  ],
  [
    'none counted',
    [bar],
    0,
    'mapped as layers: 1.024 k MACs, of a network that has more: nobody knows how many\n' +
      'not mapped: acme.Bar x 2, MACs unknown\n' +
      'energy, time, operations and utilisation are of the mapped layers alone',
    false,
  ],
  [
    'not all counted',
    [foo, bar],
    232,
    'mapped as layers: 1.024 k of 1.256 k counted MACs (less than 81.5 % of the network: ' +
      'not all could be counted)\n' +
      'not mapped: Foo x 3, 232 MACs; acme.Bar x 2, MACs unknown\n' +
      'energy, time, operations and utilisation are of the mapped layers alone',
    false,
  ],
];

describe('coverage', () => {
  test.each(rows)('%s', (_, unmapped, left, text, counted) => {
    const c = coverageOf(network(...unmapped));
    expect(c.mapped).toBe(2 * 4 * 8 * 16);
    expect(macsLeftOut(c)).toBe(left);
    expect(isCounted(c)).toBe(counted);
    expect(mappedShare(c)).toBe(1024 / (1024 + left));
    expect(leftOutText(c)).toBe(text ?? '');
    expect(freeNote(c)).toBe(unmapped.includes(relu) ? 'not mapped, free of products: Relu 3' : '');
    expect(coverageIn(JSON.parse(JSON.stringify(coverageFile(c))))).toEqual(c);
    expect(coverageFile(c).mappedShare).toBe(counted ? mappedShare(c) : null);
  });

  test('files from before it was written say nothing of it', () => expect(coverageIn({})).toBeNull());

  test('of several networks it adds up; what is unknown of one is unknown of all', () => {
    const sum = sumCoverage([coverageOf(network(relu, foo)), coverageOf(network(foo, bar))]);
    expect(sum).toEqual({ mapped: 2048, unmapped: [relu, { operator: 'Foo', count: 6, macs: 464 }, bar] });
    expect(sumCoverage([coverageOf(network(foo)), coverageOf(network({ ...foo, macs: null }))]).unmapped).toEqual([
      { operator: 'Foo', count: 6, macs: null },
    ]);
  });
});
