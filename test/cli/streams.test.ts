// Standard input and output of the built command: closed pipes, full disks, workloads and files from a pipe.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exportOnnx } from '../../src/workloads/onnx/export.js';
import { findNetwork } from '../../src/workloads/builtin.js';
import { run, tinyArch, tinyLayers } from './run.js';
import { buildOnce } from '../support/built.js';

let folder = '';
let bin = '';
beforeAll(() => {
  bin = buildOnce();
  folder = mkdtempSync(join(tmpdir(), 'magnet-'));
  writeFileSync(join(folder, 'net.yaml'), tinyLayers);
  writeFileSync(join(folder, 'tiny.yaml'), tinyArch);
});
afterAll(() => rmSync(folder, { recursive: true }));

const shell = (line: string) => {
  const { status, stdout, stderr } = spawnSync(
    'bash',
    ['-c', line.replaceAll('MAGNET', `"${process.execPath}" "${bin}"`)],
    { cwd: folder, encoding: 'utf8' },
  );
  return { code: status, out: stdout, err: stderr };
};
const map = 'MAGNET map net.yaml --arch tiny.yaml --layer fc -q';

test.each([
  `MAGNET spaces | head -1; exit \${PIPESTATUS[0]}`,
  `${map} --json - | head -c 10; exit \${PIPESTATUS[0]}`,
  `MAGNET technology --yaml | true; exit \${PIPESTATUS[0]}`,
])('a closed pipe ends quietly: %s', (line) => expect(shell(line)).toMatchObject({ code: 0, err: '' }));

test
  .skipIf(process.platform !== 'linux')
  .each([
    'MAGNET networks > /dev/full',
    'MAGNET --help > /dev/full',
    `${map} > /dev/full`,
    `${map} --json - > /dev/full`,
    `${map} --json /dev/full`,
    `${map} --design /dev/full`,
    `${map} --lp /dev/full --solver highs`,
    `${map} --mps /dev/full --solver highs`,
    'MAGNET prove net.yaml --arch simba --limit area=1mm2 --smt2 /dev/full -q',
    'MAGNET codesign net.yaml --space magnet-small -q --time-limit 1s --checkpoint /dev/full',
    'MAGNET codesign net.yaml --space magnet-small -q --time-limit 1s --checkpoint /dev/zero',
    'MAGNET codesign net.yaml --space magnet-small -q --time-limit 5s --json /dev/full',
    'MAGNET codesign net.yaml --space magnet-small -q --time-limit 5s --figure /dev/full',
    'MAGNET codesign net.yaml --space magnet-small -q --time-limit 5s --design /dev/full',
    'MAGNET compare net.yaml --arch tiny.yaml --layer fc --strategies random,annealing --time 100ms -q --svg /dev/full',
    'MAGNET map net.yaml --arch /dev/zero',
    'MAGNET rtl tiny.yaml -o /proc/none',
  ])('what cannot be written is exit 3 and a sentence: %s', (line) => {
  const { code, err } = shell(line);
  expect(code).toBe(3);
  expect(err).toMatch(/^error: .*\n$/);
  expect(err).not.toContain('    at ');
});

test('a layer table from standard input, through a pipe that does not block', () => {
  expect(shell('cat net.yaml | MAGNET networks -').out).toContain('tiny-net: layer table');
  expect(shell('MAGNET technology --yaml | MAGNET technology - --json').out).toContain('"name": "16nm"');
});

const from = (input: string | Uint8Array) => ({ '-': input });

test.each([
  ['networks - --json', from(tinyLayers), '"name": "tiny-net"'],
  ['networks - --json', from(JSON.stringify({ name: 'j', layers: [{ name: 'a', K: 4, C: 4 }] })), '"name": "j"'],
  [
    'networks -',
    from(exportOnnx((findNetwork('pilotnet') as { value: Parameters<typeof exportOnnx>[0] }).value)),
    '26,876,342 MACs',
  ],
  ['archs - --json', from(tinyArch), '"name": "tiny"'],
  ['networks - --json', from(gzipSync(tinyLayers)), '"name": "tiny-net"'],
  ['networks -- -#language', from(readFileSync(new URL('../../examples/layers.yaml', import.meta.url))), 'language: '],
])('%s', async (line, files, wanted) => {
  const { code, out, err } = await run(line.split(' '), files);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toContain(wanted);
});

test.each([
  ['map - --arch -', from(tinyLayers), 'standard input (-) can be read once only; give files for the rest'],
  ['networks -', from(''), 'standard input (-) is empty'],
  ['networks -', from('layers: [{ name: a, K: 0 }]\n'), 'stdin.yaml: '],
])('%s is refused: %#', async (line, files, wanted) => {
  const { code, err } = await run(line.split(' '), files);
  expect(code).toBe(3);
  expect(err).toContain(`error: ${wanted}`);
});

test.each([
  ['map - --arch simba', tinyArch, 'a machine, expected an ONNX file, a layer table or a case; give it as --arch -\n'],
  ['map net.yaml --arch -', tinyLayers, 'a layer table, expected a machine; give - as WORKLOAD\n'],
  [
    'codesign net.yaml --space -',
    'name: t\nbase: 16nm\nconstants: {}\n',
    'a technology, expected a design space; give it as --technology -\n',
  ],
  ['show -', 'jobs: []\n', '; give it to magnet batch -\n'],
  ['map - --arch simba', 'space: { base: magnet-small }\n', '; give it as --space -\n'],
])('advice about standard input works as it is said: %s, %#', async (line, input, wanted) => {
  const { code, err } = await run(line.split(' '), { ...from(input), 'net.yaml': tinyLayers });
  expect([code, err.startsWith('error: stdin.yaml is a ')]).toEqual([3, true]);
  expect(err).toContain(wanted);
});

const verbs = [
  'map',
  'evaluate',
  'networks',
  'archs',
  'spaces',
  'technology',
  'show',
  'codesign',
  'prove',
  'compare',
].concat(['batch', 'merge', 'report', 'rtl', 'simulate', 'synth']);

test.each([
  '--help',
  ...verbs.map((verb) => `${verb} --help`),
  'networks',
  'archs',
  'archs simba',
  'spaces',
  'spaces magnet-quick',
  'technology',
  'networks net.yaml',
  'map net.yaml --arch tiny.yaml -q',
])('at 60 columns %s has no line that is longer, unless of one word', async (line) => {
  const files = { 'net.yaml': tinyLayers, 'tiny.yaml': tinyArch };
  const { code, out } = await run(line.split(' '), files, { width: 60 });
  expect(code).toBe(0);
  expect(out.split('\n').filter((l) => l.length > 60 && / \S/.test(l.trim()))).toEqual([]);
});

test('files on standard output are as they are in a narrow terminal', async () => {
  for (const line of ['archs simba --yaml', 'technology --json', 'map net.yaml --arch tiny.yaml -q --json -']) {
    const files = { 'net.yaml': tinyLayers, 'tiny.yaml': tinyArch };
    const of = async (width: number | undefined) =>
      (await run(line.split(' '), files, { width })).out.replace(/"seconds":[^,]*/g, '');
    expect(await of(60)).toBe(await of(undefined));
  }
});
