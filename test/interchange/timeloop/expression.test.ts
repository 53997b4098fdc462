// Arithmetic in Timeloop's files: what Python says of the same text, and what is not read.

import { describe, expect, test } from 'vitest';
import { evaluateExpression } from '../../../src/interchange/timeloop/expression.js';
import { mergeKeys } from '../../../src/interchange/timeloop/merge-keys.js';
import { faults, must, read } from '../../support/timeloop.js';

const scope = new Map<string, unknown>([
  ['word_bits', 8],
  ['depth', 1024],
  ['technology', '45nm'],
]);
const value = (text: string) => {
  const result = evaluateExpression(text, scope);
  return result.ok ? result.value : result.diagnostics[0]!.message;
};

test.each([
  ['word_bits*4', 32],
  ['2**14', 16384],
  ['2 ** 3 ** 2', 512],
  ['-2**2', -4],
  ['2**-1', 0.5],
  ['7 // 2', 3],
  ['-7 // 2', -4],
  ['7 % 3', 1],
  ['-7 % 3', 2],
  ['7 / 2', 3.5],
  ['1 + 2 * 3 - 4', 3],
  ['(1 + 2) * 3', 9],
  ['8 / 4 / 2', 1],
  ['- -3', 3],
  ['1e3 + .5', 1000.5],
  ['1_000', 1000],
  ['2.', 2],
  ['ceil(log2(depth + 1))', 11],
  ['max(1, ceil(log2(1)))', 1],
  ['min(3, 2, word_bits)', 2],
  ['floor(7.9)', 7],
  ['round(2.5)', 2],
  ['round(3.5)', 4],
  ['round(-2.6)', -3],
  ['int(-2.7)', -2],
  ['sqrt(16) + abs(-1)', 5],
  ['log(8, 2)', 3],
  ['pow(2, 10)', 1024],
  ['depth if word_bits >= 8 else 1', 1024],
  ['1 if word_bits == 4 else 2 if word_bits != 8 else 3', 3],
  ['inf', Infinity],
])('%s is %d', (text, wanted) => expect(value(text)).toBe(wanted));

test.each([
  ['wordbits * 2', 'has wordbits, which is not defined; did you mean word_bits?'],
  ['technology * 2', 'has technology, which is "45nm" and no number'],
  ['len(depth)', 'calls len, which is not read; functions are abs, ceil'],
  ['depth *', 'ends too soon'],
  ['(depth', 'lacks a ")" at its end'],
  ['depth 2', 'has "2" where it should end'],
  ['1 if depth', 'lacks "else" at its end'],
  ['"text"', 'cannot be read at'],
  ['max()', 'calls max without an argument'],
  ['{{ depth }}', 'is a Jinja template; let timeloopfe render it, or write the number'],
  ['constructor', 'which is not defined'],
  ['toString()', 'calls toString, which is not read'],
  ['('.repeat(2000), 'is longer than 1000 characters'],
  ['0 / 0', 'comes to no number'],
])('%s is refused', (text, why) => expect(value(text)).toContain(why));

const files = `
variables: { version: 0.4, word_bits: 8, lanes: 2**3, words: lanes * 2 }
shared: &shared { attributes: { datawidth: word_bits, vector_access_energy: 1 } }
problem:
  shape: cnn-layer
  instance: { N: 1, K: lanes, C: words//2, P: 7, Q: 7, R: 3, S: 3 }
architecture:
  version: 0.4
  nodes:
  - !Container { name: chip, attributes: { datawidth: word_bits, rows: lanes, width: 128 } }
  - !Component { name: DRAM, class: DRAM, attributes: { vector_access_energy: 64 * 1.5 } }
  - !Component
    name: Buffer
    class: storage
    <<<: *shared
    attributes: { block: rows / 2, depth: width * 2, width: word_bits*4, vector_access_energy: 2 if rows > 4 else 3 }
  - !Container { name: PE, spatial: { meshX: rows + 1 - 1, meshY: lanes/4 } }
  - !Component { name: MAC, class: compute, attributes: { energy_per_op: 1/4 } }
`;

describe('variables and attributes', () => {
  const { architecture: a, layer } = must(read(files));

  test('are known in what comes after them, and in every part', () => {
    expect(layer!.bounds).toMatchObject({ K: 8, C: 8 });
    expect(
      a!.levels.map((l) => [l.stores.Weights!.wordBits, l.stores.Weights!.blockSize, l.stores.Weights!.energy.read]),
    ).toEqual([
      [8, 16, 96],
      [8, 4, 2],
    ]);
    expect(a!.levels[1]!.axes.map((x) => [x.label, x.size])).toEqual([
      ['Y', 2],
      ['X', 8],
    ]);
    expect(a!.compute.energy).toBe(0.25);
  });

  test('an attribute further on is not known yet: the one of the container counts', () => {
    // 256 lines of 4 words.
    expect(a!.levels[1]!.pools[0]!.bits).toBe(256 * 4 * 8);
  });

  test('what cannot be done is said where a number is needed', () => {
    expect(faults(files.replace('lanes/4', 'line/4'))).toEqual([
      'architecture.nodes.3.spatial.meshY: expected a whole number of at least 1, got "line/4", ' +
        'which has line, which is not defined; did you mean lanes?',
    ]);
    expect(faults(files.replace('rows + 1 - 1', '7/2'))).toEqual([
      'architecture.nodes.3.spatial.meshX: expected a whole number of at least 1, got 3.5',
    ]);
    expect(faults(files.replace('K: lanes', 'K: lane'))).toEqual([
      'problem.K: dimension K needs a whole bound of at least 1, got "lane", which has lane, which is not defined; did you mean lanes?',
    ]);
    expect(faults(files.replace('2**3', 'len(3)')).join()).toContain(
      'which has lanes, which is "len(3)" and no number',
    );
  });

  test('text that nobody asks a number of stays', () => {
    expect(
      faults(files.replace('datawidth: word_bits, rows', 'technology: 45nm, cell: "a b", datawidth: word_bits, rows')),
    ).toEqual([]);
  });
});

test('<<< takes over what a record does not say itself, records in both one by one', () => {
  expect(mergeKeys([{ a: 1, r: { x: 1 }, '<<<': { a: 2, b: 3, r: { x: 2, y: 4, '<<<': { z: 5 } } } }])).toEqual([
    { a: 1, b: 3, r: { x: 1, y: 4, z: 5 } },
  ]);
  expect(mergeKeys({ '<<<': 7 })).toEqual({ '<<<': 7 });
});
