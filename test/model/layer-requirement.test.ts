// Requirements of a layer: tags and back, names that differ, sentences.

import { expect, test } from 'vitest';
import { bits } from '../../src/base/units.js';
import type { LayerRequirement } from '../../src/model/mapping/layer-requirement.js';
import { describe as inWords, fromTag, nameOf, tagOf } from '../../src/model/mapping/layer-requirement.js';
import { makeLayer } from '../../src/model/workload/layer.js';
import { simba } from '../../src/model/machine/presets.js';
import { poolOf, roomOf, withPool } from '../../src/model/mapping/memory-room.js';
import { technology16nm } from '../../src/model/machine/technology.js';
import { lowerTemplate } from '../../src/model/machine/template.js';

const [a] = lowerTemplate(simba, technology16nm);
const layer = makeLayer('conv', { K: 2000, C: 3, P: 70_000, R: 3 });

const sentences: readonly (readonly [LayerRequirement, string])[] = [
  [
    { kind: 'capacity', level: 'InputBuffer', tensors: ['Inputs'] },
    'the tile of Inputs must fit InputBuffer, which has room for 512 lines',
  ],
  [
    { kind: 'capacity', level: 'GlobalBuffer', tensors: ['Inputs', 'Outputs'] },
    'the tiles of Inputs and Outputs must fit GlobalBuffer, which has room for 8 banks',
  ],
  [{ kind: 'axis', axis: 'GlobalBuffer.rows' }, 'GlobalBuffer.rows has 4 positions for one of P, C, G'],
  [
    { kind: 'bound', dimension: 'C' },
    'the loops over C make up 3: in time in DRAM, GlobalBuffer, AccumBuffer, side by side on GlobalBuffer.rows ' +
      '(4), InputCollector.vector (8)',
  ],
  [{ kind: 'sums', level: 'OutputBuffer' }, 'partial sums stay in OutputBuffer until they are finished'],
  [
    { kind: 'biases' },
    'the biases of 2,000 output channels take 250 lines of the bias memory or more, which has room for 1,024',
  ],
  [{ kind: 'counter', dimension: 'P', level: 'DRAM' }, 'a loop over P in DRAM is at most 65,536 long'],
  [{ kind: 'pool' }, 'windows of 1 x 1 of the pool behind the layer lie within the tile of a PE'],
  [{ kind: 'port', level: 'DRAM', port: 'read' }, 'words read pass the port of DRAM'],
  [{ kind: 'cycles', of: 'tiles' }, 'tiles follow each other'],
  [{ kind: 'limit', quantity: 'latency', max: 12_000 }, 'latency is at most 12,000 cycles'],
];

test.each(sentences)('%o', (requirement, sentence) => {
  expect(inWords(requirement, layer, a!)).toBe(sentence);
  expect(fromTag(tagOf(requirement))).toEqual(requirement);
});

test('have names of their own', () => {
  expect(new Set(sentences.map(([r]) => nameOf(r))).size).toBe(sentences.length);
});

test('what would do is said in units and bytes', () => {
  expect(inWords(sentences[0]![0], layer, a!, 700)).toBe(
    'the smallest tile of Inputs takes 700 lines of InputBuffer, which has room for 512: needs 5,600 B, InputBuffer holds 4,096 B',
  );
  expect(inWords(sentences[1]![0], layer, a!, 9)).toBe(
    'the smallest tiles of Inputs and Outputs take 9 banks of GlobalBuffer, which has room for 8: ' +
      'needs 36,864 B, GlobalBuffer holds 32,768 B',
  );
});

test('room is counted in what it grows by, halves of ping-pong memories apart', () => {
  const { level, pool } = poolOf(a!, 'InputBuffer', ['Inputs']);
  const room = roomOf(level, pool)!;
  expect(room.at(5)).toEqual({ ...pool, bits: bits(2 * 5 * 64) });
  const other = withPool(a!, pool, room.at(5));
  expect(
    roomOf(
      other.levels.find((l) => l.name === 'InputBuffer')!,
      room.at(5),
    )!.amount,
  ).toBe(5);
  expect(roomOf(level, { ...pool, bits: null })).toBeUndefined();
});
