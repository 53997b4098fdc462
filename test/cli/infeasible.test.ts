// Why nothing fits, in the same words whichever verb is asked; layers that do not fit whole run in parts.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { run } from './run.js';

const hand = (name: string) => readFileSync(new URL(`data/${name}.yaml`, import.meta.url), 'utf8');
const files = {
  'conv.yaml': 'conv: [{ name: t, R: 3, S: 3, K: 4, C: 4, P: 4, Q: 4 }]\n',
  'edge.yaml': hand('edge'),
  'tight.yaml': hand('tight'),
  'one-less.yaml': hand('tight-one-less'),
  'factor.yaml': hand('impossible-factor'),
};
const folder = mkdtempSync(join(tmpdir(), 'magnet-'));
afterAll(() => rmSync(folder, { recursive: true }));

const factors = 'the loops over K make up 4 (padded: 5), which has no factors for K=3 in time at Registers';
const word =
  'the smallest tile of Weights takes 9 lines of Registers, which has room for 8: needs 9 B, Registers holds 8 B';

test.each([
  ['a factor that no bound has', 'factor.yaml', false, [factors]],
  [
    'a memory one word too small, with the factors that make the tile',
    'one-less.yaml',
    true,
    ['Registers must have R=3 in time', 'Registers must have S=3 in time', word],
  ],
])(
  '%s',
  async (_, arch, keepAll, why) => {
    const on = ['conv.yaml', '--arch', arch, '--json', '-', ...(keepAll ? ['--keep-all'] : [])];
    const text = why.join('; ');

    const mapped = await run(['map', ...on], files);
    expect(mapped.code).toBe(1);
    expect(mapped.err).toContain(`t is infeasible: ${text}\n`);
    expect(JSON.parse(mapped.out)).toMatchObject({ layers: [{ status: 'infeasible', reason: text }] });

    const proved = await run(['prove', ...on], files);
    expect(proved.code).toBe(1);
    expect(JSON.parse(proved.out)).toMatchObject({ shortages: why.map((reason) => ({ layer: 't', text: reason })) });

    const compared = await run(['compare', ...on, '--strategies', 'random', '--time', '0.1s', '--repeat', '1'], files);
    expect(compared.code).toBe(1);
    expect(compared.err).toContain(`t is infeasible: ${text}\n`);
    expect(JSON.parse(compared.out)).toMatchObject({ contests: [{ infeasible: true, reason: text }] });

    const keep = keepAll ? ', keepAll: true' : '';
    const jobs = `jobs:
  - { kind: map, network: conv.yaml, arch: ${arch}${keep} }
  - { kind: compare, network: conv.yaml, arch: ${arch}, strategies: random, time: 0.1, repeat: 1${keep} }\n`;
    const out = join(folder, `${arch}.jsonl`);
    expect((await run(['batch', 'jobs.yaml', '--out', out, '-q'], { ...files, 'jobs.yaml': jobs })).code).toBe(0);
    const lines = readFileSync(out, 'utf8')
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((l) => JSON.parse(l) as unknown);
    expect(lines).toMatchObject([
      { status: 'infeasible', reason: `t: ${text}`, result: { layers: [{ reason: text }] } },
      { status: 'infeasible', reason: `t: ${text}`, result: { contests: [{ infeasible: true, reason: text }] } },
    ]);
  },
  120_000,
);

test('a table has no number of mappings where a bound has no factors', async () => {
  const { out } = await run(['map', 'conv.yaml', '--arch', 'factor.yaml', '-q'], files);
  expect(out).toMatch(/^t +3x3 4->4 4x4 +1 +- +- +- +- +\S+ s +- +infeasible$/m);
});

test('one word more, or a tensor that goes by, and it fits', async () => {
  for (const how of [
    ['--arch', 'tight.yaml', '--keep-all'],
    ['--arch', 'one-less.yaml'],
  ]) {
    expect((await run(['map', 'conv.yaml', ...how, '-q'], files)).code, how.join(' ')).toBe(0);
  }
}, 60_000);

test('channels of one line more than there are run in two parts, proved', async () => {
  const { code, out } = await run(['map', 'edge.yaml', '--arch', 'simba', '--json', '-'], files);
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({
    layers: [
      { name: 'k8192', status: 'optimal' },
      { name: 'k8200', status: 'optimal', mapping: { parts: { G: 1, K: 2 } } },
    ],
  });
}, 60_000);

test('no machine of a space is small enough: its least area, and the least for these layers', async () => {
  const { code, out, err } = await run(
    ['codesign', 'edge.yaml', '--space', 'magnet-quick', '--limit', 'area=0.05mm2', '--json', '-'],
    files,
  );
  expect(code).toBe(1);
  const reason =
    /the smallest machine of magnet-quick takes 0\.\d+ mm2, more than the limit; the minimum area with a mapping for every layer is 0\.\d+ mm2, and none below 0\.\d+ mm2 has one; the limit is 0\.05 mm2/;
  expect(err).toMatch(reason);
  expect(JSON.parse(out)).toMatchObject({ status: 'infeasible', reason: expect.stringMatching(reason) as unknown });
}, 60_000);
