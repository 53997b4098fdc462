// Machines whose energies are all 0: the least is then 0, which is a proof and no lack of one.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { gapBetween } from '../../src/model/cost/goal.js';
import { run, tinyLayers } from './run.js';

const zero = `
name: zero
levels:
  - { name: DRAM, wordBits: 8, energyPerVectorAccess: { read: 0, fill: 0, update: 0 }, fanoutX: 4 }
  - { name: Buffer, wordBits: 8, sizeWords: 100, energyPerVectorAccess: { read: 0, fill: 0, update: 0 } }
compute: { energyPerOp: 0 }
`;
const files = { 'zero.yaml': zero, 'net.yaml': tinyLayers };

test('the gap is that of what is left', () => {
  expect(gapBetween(0, 0)).toBe(0);
  expect(gapBetween(4, 3)).toBe(0.25);
  expect(gapBetween(3, 4)).toBe(0);
  expect(gapBetween(4, 0)).toBe(1);
  expect(gapBetween(Infinity, 5)).toBe(1);
});

test('map: the bound is 0, and proven', async () => {
  const ran = await run(['map', 'net.yaml', '--arch', 'zero.yaml', '--objective', 'energy'], files);
  expect(ran.code).toBe(0);
  expect(ran.out).toMatch(/its lower bound +0, gap 0 %/);
});

test('compare: everybody is at the optimum from the beginning', async () => {
  const ran = await run(
    [
      'compare',
      'net.yaml',
      '--arch',
      'zero.yaml',
      '--objective',
      'energy',
      '--strategies',
      'highs,annealing',
      '--time',
      '0.1s',
      '--repeat',
      '1',
    ],
    files,
  );
  expect(ran.code).toBe(0);
  expect(ran.out).not.toMatch(/NaN|none proven|No optimum/);
});

test('batch: no gap that is no number', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'magnet-zero-'));
  const out = join(folder, 'z.jsonl');
  const ran = await run(['batch', 'jobs.yaml', '--out', out], {
    ...files,
    'jobs.yaml': 'jobs: [{ kind: map, network: net.yaml, arch: zero.yaml, objective: energy }]',
  });
  expect(ran.code).toBe(0);
  expect(JSON.parse(readFileSync(out, 'utf8').trimEnd().split('\n')[1]!)).toMatchObject({
    status: 'optimal',
    objective: 0,
    gap: 0,
  });
  rmSync(folder, { recursive: true });
});
