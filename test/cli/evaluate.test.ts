// `magnet evaluate`: the golden cases through the command line, and mappings from separate files.

import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { evaluationLine } from '../../src/cli/evaluate-verb.js';
import { parseCase } from '../../src/interchange/case.js';
import { magnetConventions, timeloopConventions } from '../../src/model/cost/conventions.js';
import { evaluate } from '../../src/model/cost/evaluate.js';
import { goldenCases } from '../support/golden.js';
import { run, tinyArch, tinyLayers } from './run.js';

const folder = new URL('../golden/timeloop/', import.meta.url);
const golden = Object.fromEntries(
  readdirSync(folder)
    .sort()
    .map((name) => [name, readFileSync(new URL(name, folder), 'utf8')]),
);

test.each([
  [[], timeloopConventions],
  [['--conventions', 'timeloop'], timeloopConventions],
  [['--conventions', 'magnet'], magnetConventions],
] as const)('a line per golden case, equal to the library: %s', async (options, conventions) => {
  const { code, out, err } = await run(['evaluate', ...Object.keys(golden), ...options, '--json', '-'], golden);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const lines = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const wanted = goldenCases().map((c) => {
    const read = parseCase(c);
    if (!read.ok) throw new Error(c.id);
    const { id, architecture, layer, mapping } = read.value;
    return evaluationLine(id, evaluate(architecture, layer, mapping!, conventions));
  });
  expect(lines).toEqual(JSON.parse(JSON.stringify(wanted)));
  expect(Object.keys(lines[0])).toEqual(['id', 'levels', 'compute', 'energy', 'cycles']);
});

const mapping = (k: number) => `
levels:
  - { name: DRAM, temporal: [{ dim: C, factor: 4 }, { dim: K, factor: ${k} }] }
  - { name: Buffer, spatial: [{ dim: K, factor: 3 }] }
`;
const files = { 'tiny.yaml': tinyArch, 'net.yaml': tinyLayers, 'm.yaml': mapping(2), 'short.yaml': mapping(1) };
const parts = ['evaluate', '--arch', 'tiny.yaml', '--workload', 'net.yaml', '--layer', 'fc', '--mapping'];

test('separate files give a table in which count x energy is what is summed', async () => {
  const { code, out } = await run([...parts, 'm.yaml'], files);
  expect(code).toBe(0);
  expect(out).toMatchInlineSnapshot(`
    "fc (1x6x4) on tiny, magnet conventions

    level   tensor   action   words  accesses  pJ each     pJ
    ------  -------  -------  -----  --------  -------  -----
    DRAM    Weights  read        24        24    64.00  1,536
    DRAM    Inputs   read         4         4    64.00  256.0
    DRAM    Outputs  read        18        18    64.00  1,152
    DRAM    Outputs  update      24        24    64.00  1,536
    Buffer  Weights  read        24        24    1.000  24.00
    Buffer  Weights  fill        24        24    1.000  24.00
    Buffer  Inputs   read         8         8    1.000  8.000
    Buffer  Inputs   fill         4         4    1.000  4.000
    Buffer  Outputs  read        42        42    1.000  42.00
    Buffer  Outputs  fill        18        18    1.000  18.00
    Buffer  Outputs  update      24        24    1.000  24.00
    MAC              compute     24        24   0.2500  6.000

    energy       4.630 nJ
    cycles       8
    utilisation  75.0 %
    "
  `);
});

test('an illegal mapping is no result: its breaches are listed, exit 1', async () => {
  const { code, out, err } = await run([...parts, 'short.yaml', '--json', '-'], files);
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toBe('fc is not legal: K: the loops over K cover 3 of 6; their product must reach the bound\n');
});

test.each([
  [
    'other levels',
    mapping(2).replace('name: Buffer', 'name: Cache'),
    'm.yaml: levels: the mapping is for levels DRAM, Cache, but tiny has DRAM, Buffer',
  ],
  ['no fan-out there', mapping(2).replace('temporal', 'spatial'), 'DRAM has no fan-out'],
  [
    'an axis that is not there',
    mapping(2).replace('factor: 3 }', 'factor: 3, axis: Y }'),
    'Buffer has no axis Y; it has X',
  ],
  ['a dimension that is not there', mapping(2).replace('dim: C', 'dim: Z'), 'unknown dimension: Z'],
  ['a factor of zero', mapping(0), 'expected a whole number of at least 1, got 0'],
  [
    'a misspelt field',
    mapping(2).replace('spatial', 'spacial'),
    'unknown field of a level of a mapping: spacial. Did you mean spatial?',
  ],
])('a mapping file with %s is refused', async (_, text, message) => {
  const { code, err } = await run([...parts, 'm.yaml'], { ...files, 'm.yaml': text });
  expect(code).toBe(3);
  expect(err).toContain(message);
});

test('several layers need a choice', async () => {
  const { code, err } = await run(
    ['evaluate', '--arch', 'tiny.yaml', '--workload', 'net.yaml', '--mapping', 'm.yaml'],
    files,
  );
  expect(code).toBe(3);
  expect(err).toContain('choose one with --layer');
});
