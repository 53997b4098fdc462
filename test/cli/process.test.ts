// The executable as a shell runs it: exit codes, streams, files, Ctrl-C, closed pipes.

import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseMapResult } from '../../src/results/map-result.js';
import { tinyArch, tinyLayers } from './run.js';

const root = new URL('../../', import.meta.url).pathname;
const bin = join(root, 'dist/cli/main.js');
let folder = '';

beforeAll(() => {
  if (!existsSync(bin)) execFileSync('npx', ['tsc', '-p', 'tsconfig.build.json'], { cwd: root });
  folder = mkdtempSync(join(tmpdir(), 'magnet-'));
  writeFileSync(join(folder, 'tiny.yaml'), tinyArch);
  writeFileSync(join(folder, 'net.yaml'), tinyLayers);
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true }));

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** `watch` sees standard error as it comes, with the process to act upon. */
function magnet(
  argv: readonly string[],
  watch: (err: string, child: ReturnType<typeof spawn>) => void = () => {},
): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [bin, ...argv], { cwd: folder });
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk) => (out += chunk));
    child.stderr.on('data', (chunk) => {
      err += chunk;
      watch(err, child);
    });
    child.on('close', (code) => resolve({ code, out, err }));
  });
}

test('a mapped network: exit 0, a whole result file and nothing beside it', async () => {
  const { code, out } = await magnet(['map', 'net.yaml', '--arch', 'tiny.yaml', '--layer', 'fc', '--json', 'r.json']);
  expect(code).toBe(0);
  expect(out).toMatch(/^fc .*optimal$/m);
  expect(parseMapResult(JSON.parse(readFileSync(join(folder, 'r.json'), 'utf8'))).ok).toBe(true);
  expect(readdirSync(folder).sort()).toEqual(['net.yaml', 'r.json', 'tiny.yaml']);
}, 30_000);

test('certificates come from workers: exit 0, one per layer', async () => {
  const { code, out, err } = await magnet(['map', 'net.yaml', '--arch', 'tiny.yaml', '--workers', '2', '--certify']);
  expect({ code, err }).toMatchObject({ code: 0 });
  expect(out).toContain('2 of 2 layers certified at eps <= 0.1 %, in exact rational arithmetic');
}, 60_000);

test('bad input: exit 3, a sentence on standard error, nothing on standard output', async () => {
  expect(await magnet(['map', 'resnet51', '--arch', 'simba'])).toEqual({
    code: 3,
    out: '',
    err: 'error: unknown network: resnet51. Did you mean resnet50?\n',
  });
});

test('a proof: layers and Z3 in workers, which are all ended with it', async () => {
  const { code, out } = await magnet([
    'prove',
    'net.yaml',
    '--arch',
    'simba',
    '--layer',
    'fc',
    '--limit',
    'latency=1cycles',
    '--smt2',
    'p.smt2',
    '-q',
  ]);
  expect(code).toBe(1);
  expect(out).toMatch(/^latency=1cycles +at least .*; exact: just below it nothing fits$/m);
  expect(readFileSync(join(folder, 'p.smt2'), 'utf8')).toMatch(/\(check-sat\)\n$/);
}, 60_000);

test('a comparison: every run in a thread of its own, which is ended with it', async () => {
  const { code, out, err } = await magnet([
    'compare',
    'net.yaml',
    '--arch',
    'simba',
    '--layer',
    'fc',
    '--strategies',
    'enumerate,random',
    '--time',
    '300ms',
    '--repeat',
    '2',
  ]);
  expect({ code, err }).toMatchObject({ code: 0 });
  expect(err).toContain('[5/5] fc: the optimum is proven');
  expect(out).toMatch(/^fc +enumerate .* 2\/2$/m);
}, 60_000);

test('Ctrl-C: what is finished is printed as a valid result, exit 130', async () => {
  const argv = ['map', 'resnet50', '--arch', 'simba', '--solver', 'random', '--time-limit', '0.3s', '--json', '-'];
  let asked = false;
  const { code, out, err } = await magnet(argv, (text, child) => {
    if (text.includes('[ 2/33]') && !asked) {
      asked = true;
      child.kill('SIGINT');
    }
  });
  expect(code).toBe(130);
  const result = parseMapResult(JSON.parse(out));
  expect(result.ok && result.value.layers.length).toBeGreaterThanOrEqual(2);
  expect(result.ok && result.value.layers.length).toBeLessThan(33);
  expect(err).toMatch(/interrupted after \d+ of 33 layers\n$/);
}, 30_000);

test('a reader that goes away ends nothing in noise', async () => {
  const ended = await new Promise<Ended>((resolve) => {
    const child = spawn(process.execPath, [bin, 'networks', 'mobilenetv2'], { cwd: folder });
    child.stdout.destroy();
    let err = '';
    child.stderr.on('data', (chunk) => (err += chunk));
    child.on('close', (code) => resolve({ code, out: '', err }));
  });
  expect(ended).toEqual({ code: 0, out: '', err: '' });
});
