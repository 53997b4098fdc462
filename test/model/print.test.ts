// A mapping prints as the nest that it is.

import { expect, test } from 'vitest';
import { array3 } from '../../src/model/machine/presets.js';
import type { Mapping } from '../../src/model/mapping/mapping.js';
import { printMapping } from '../../src/model/mapping/loop-nest.js';

const mapping: Mapping = {
  levels: [
    { name: 'DRAM', keep: ['Outputs', 'Weights', 'Inputs'], temporal: [{ dim: 'P', factor: 7 }], spatial: [] },
    {
      name: 'GlobalBuffer',
      keep: [],
      temporal: [
        { dim: 'K', factor: 4 },
        { dim: 'C', factor: 2 },
      ],
      spatial: [
        { dim: 'K', factor: 16, axis: 'Y' },
        { dim: 'C', factor: 4, axis: 'X' },
        { dim: 'R', factor: 3, axis: 'X' },
      ],
    },
    { name: 'LocalBuffer', keep: ['Weights'], temporal: [], spatial: [] },
  ],
};

test('levels are comments, loops go in, idle positions show', () => {
  expect(printMapping(array3, mapping)).toMatchInlineSnapshot(`
    "// DRAM: Weights, Inputs, Outputs
    for p in 0..7:
      // GlobalBuffer: nothing kept
      for k in 0..4:
        for c in 0..2:
          parallel-for k in 0..16 (Y):
            parallel-for c in 0..4 (X, 12 of 16):
              parallel-for r in 0..3 (X, 12 of 16):
                // LocalBuffer: Weights
                Outputs += Weights * Inputs"
  `);
});

test('without the machine only the sizes of fan-outs are missing', () => {
  expect(printMapping(undefined, mapping)).toBe(printMapping(array3, mapping).replaceAll(', 12 of 16', ''));
});

test('a mapping of a layer whose file has names of its own is printed in them', () => {
  const called = { K: 'M', Weights: 'Kernel', Inputs: 'Pixels', Outputs: 'Sums' };
  const own = printMapping(array3, mapping, { called });
  expect(own.split('\n').at(-1)!.trim()).toBe('Sums += Kernel * Pixels');
  expect(own).not.toMatch(/Weights|Inputs|Outputs|for k /);
  expect(own.split('\n')).toHaveLength(printMapping(array3, mapping).split('\n').length);
});
