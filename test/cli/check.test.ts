// `magnet check`: certificates that hold, in both modes, on magnet-small; and every field that matters tampered with.

import { beforeAll, describe, expect, test } from 'vitest';
import { defined, nth } from '../../src/base/invariant.js';
import { digestsOf, parseCertificate } from '../../src/certificate/certificate-file.js';
import type { MakeEngine } from '../../src/cli/workers.js';
import { linePaths, linePorts } from '../../src/model/machine/global-ports.js';
import { plainWeights } from '../../src/model/machine/packed-weights.js';
import { plainMultipliers } from '../../src/model/machine/split-multipliers.js';
import { codesign } from '../../src/tuner/codesign/codesign.js';
import { fakeEngine } from '../support/codesign.js';
import { run } from './run.js';

/** The search itself, in this thread. */
const makeEngine: MakeEngine = (workers) => ({ ...fakeEngine()(workers), codesign });

const table = `
name: ends
layers:
  - { name: fc3, C: 24, K: 10 }
  - { name: steering, C: 10, K: 1, count: 2 }
`;

const asked = ['codesign', 'ends.yaml', '--space', 'magnet-small', '--no-padding', '--certificate', 'c.json', '-q'];

/** What the command line writes when it is asked. */
async function certificateOf(...more: readonly string[]): Promise<string> {
  const { written, code, err } = await run([...asked, ...more], { 'ends.yaml': table }, {}, undefined, makeEngine);
  if (!written.has('c.json')) throw new Error(`${code}: ${err}`);
  return defined(written.get('c.json'));
}

const check = (text: string, ...more: readonly string[]) => run(['check', 'c.json', ...more], { 'c.json': text });

describe('a certificate', () => {
  test.each([
    ['edp', []],
    ['layer-edp', ['--objective', 'layer-edp']],
    ['energy under a limit', ['--objective', 'energy', '--limit', 'latency=130']],
    ['latency within an area', ['--objective', 'latency', '--limit', 'area=0.5mm2']],
    ['area under a limit', ['--objective', 'area', '--limit', 'latency=150']],
    ['limits that nothing meets', ['--limit', 'latency@each=5']],
    ['an area that nothing fits', ['--limit', 'area=0.01mm2']],
  ])('of %s holds, and believes nothing when it is asked to', async (_, more) => {
    const text = await certificateOf(...more);
    const quick = await check(text);
    expect(quick.err).toBe('');
    expect(quick.code).toBe(0);
    expect(quick.out).toContain('magnet-small, as it is built in');
    const full = await check(text, '--full', '-q');
    expect(full.err).toBe('');
    expect(full.code).toBe(0);
    expect(full.out).toMatch(/none trusted|no bound of a layer is needed/);
  });

  test('of a version without multipliers that split, packed weights, residency, ports, or channels, means none and a line a cycle', async () => {
    const text = await certificateOf();
    const packed = { ...plainMultipliers, ...plainWeights };
    const resident = { ...packed, residency: 0 };
    const versions = [plainMultipliers, packed, resident, { ...resident, ...linePorts }, { ...resident, ...linePaths }];
    for (const gone of versions.map((without) => Object.keys(without))) {
      const file = JSON.parse(text) as File;
      for (const each of [file.question.space.menus, file.witness.machine]) for (const p of gone) delete each[p];
      for (const shape of file.shapes) shape.shape = shape.shape.slice(0, -gone.length);
      const older = await check(JSON.stringify(file));
      expect([older.err, older.code]).toEqual(['', 0]);
    }
    const file = JSON.parse(text) as File;
    for (const shape of file.shapes) shape.shape = shape.shape.slice(0, -4);
    expect((await check(JSON.stringify(file))).code).toBe(3);
  });

  test('says which limits single layers have', async () => {
    const one = await check(await certificateOf('--limit', 'latency@fc3=1000', '--limit', 'energy@each=1mJ'));
    expect(one.out).toContain('latency of fc3 at most 1000 cycles');
    expect(one.out).toContain('energy of each layer at most 1000000000 pJ');
  });

  test('says which bounds are trusted', async () => {
    expect((await check(await certificateOf())).out).toMatch(
      /bounds of layers in them are trusted \(--full recomputes/,
    );
  });
});

interface Box {
  low: number[];
  high: number[];
  reason: string;
  lines: { network: number; weights: Record<string, number>; min: number[] }[];
}
interface File {
  schema: string;
  question: {
    objective: string;
    limits: Record<string, number>;
    padding: boolean;
    space: { menus: Record<string, number[]>; maxPes: number };
    technology: { constants: Record<string, { value: number }> };
    networks: { weight: number; counts: number[] }[];
    layers: { layer: { bounds: Record<string, number> } }[];
  };
  digests: Record<string, string>;
  claim: { bound: number; within: number | null };
  witness: {
    machine: Record<string, number>;
    mappings: { levels: { temporal: { dim: string; factor: number }[] }[] }[];
  };
  shapes: { shape: number[]; boxes: Box[] }[];
}

describe('a certificate that was tampered with', () => {
  let text = '';
  beforeAll(async () => {
    text = await certificateOf('--objective', 'layer-edp');
  });
  const tampered = (change: (file: File) => void, digested = false): string => {
    const file = JSON.parse(text) as File;
    change(file);
    if (digested) {
      const read = parseCertificate(file);
      if (!read.ok) throw new Error(JSON.stringify(read.diagnostics));
      file.digests = { ...digestsOf(read.value.certificate.question) };
    }
    return JSON.stringify(file);
  };
  const firstBox = (f: File) => nth(nth(f.shapes, 0).boxes, 0);

  test.each<readonly [string, (file: File) => void, RegExp]>([
    ['a bound raised by 0.1 %', (f) => (f.claim.bound *= 1.001), /its boxes prove/],
    ['a bound raised by a millionth', (f) => (f.claim.bound *= 1 + 1e-6), /its boxes prove/],
    ['a claim that nothing fits', (f) => Object.assign(f.claim, { bound: null }), /witness is one that does/],
    ['boxes of smaller machines only', (f) => (f.claim.within = 0.4), /larger ones are in question/],
    ['a shape left out', (f) => f.shapes.pop(), /no box holds/],
    ['a box left out', (f) => nth(f.shapes, 0).boxes.shift(), /no box holds/],
    ['a range made narrower', (f) => (firstBox(f).high = firstBox(f).low), /no box holds/],
    ['a range of sizes that are none', (f) => (firstBox(f).low[0] = 12), /none of the space/],
    [
      'a minimum lowered',
      (f) => (firstBox(f).lines = firstBox(f).lines.map((l) => ({ ...l, min: l.min.map((m) => m / 2) }))),
      /its boxes prove/,
    ],
    [
      'a weight of a line changed',
      (f) => firstBox(f).lines.forEach((l) => (l.weights['both'] = 1.01)),
      /its boxes prove/,
    ],
    [
      'a box said to be too large',
      (f) => Object.assign(firstBox(f), { reason: 'area', lines: undefined }),
      /no area is too large/,
    ],
    ['another machine as witness', (f) => (f.witness.machine['rows'] = 3), /none of magnet-small/],
    [
      'a mapping that is not legal',
      (f) => f.witness.mappings.forEach((m) => m.levels.forEach((l) => (l.temporal = []))),
      /not legal/,
    ],
    [
      'minima far above what the witness has layers for',
      (f) => f.shapes.forEach((s) => s.boxes.forEach((b) => b.lines.forEach((l) => (l.min = l.min.map(() => 1e300))))),
      /fc3 is said to cost at least 1e\+300 .* and the witness has it for/,
    ],
    [
      'boxes said to run no layer',
      (f) =>
        f.shapes.forEach((s) =>
          s.boxes.forEach((b) => Object.assign(b, { reason: 'layer', layer: 0, lines: undefined })),
        ),
      /fc3 is said to fit no machine of it, and runs on the witness/,
    ],
    ['a mapping that is none', (f) => Object.assign(f.witness, { mappings: [null, null] }), /expected a mapping/],
    ['a technology constant', (f) => (nth(Object.values(f.question.technology.constants), 1).value *= 2), /digest/],
    ['the bounds of a layer', (f) => (nth(f.question.layers, 0).layer.bounds['C'] = 49), /digest/],
    ['a count', (f) => (nth(f.question.networks, 0).counts = [1, 1]), /digest/],
    ['a menu', (f) => nth(Object.values(f.question.space.menus), 0).pop(), /digest/],
    ['the most PEs', (f) => (f.question.space.maxPes = 2), /digest/],
  ])('is refused: %s', async (_, change, why) => {
    const { code, err, out } = await check(tampered(change));
    expect(err).toMatch(why);
    expect(out).toContain('DOES NOT HOLD');
    expect(code).toBe(1);
  });

  test.each<readonly [string, (file: File) => void]>([
    [
      'cheaper DRAM',
      (f) =>
        (f.question.technology.constants['dramEnergy'] = {
          ...f.question.technology.constants['dramEnergy'],
          value: 100,
        }),
    ],
    ['a larger layer', (f) => (nth(f.question.layers, 0).layer.bounds['C'] = 500)],
    ['a smaller layer', (f) => (nth(f.question.layers, 0).layer.bounds['C'] = 10)],
    ['a layer that counts less', (f) => (nth(f.question.networks, 0).counts = [1, 1])],
    [
      'minima raised by 3 %',
      (f) =>
        f.shapes.forEach((s) => s.boxes.forEach((b) => b.lines.forEach((l) => (l.min = l.min.map((m) => m * 1.03))))),
    ],
    ['another objective', (f) => (f.question.objective = 'energy')],
    ['more PEs', (f) => (f.question.space.maxPes = 8)],
  ])('is refused where its digests were made to fit, if nothing is believed: %s', async (_, change) => {
    const { code, out } = await check(tampered(change, true), '--full', '-q');
    expect(out).toContain('DOES NOT HOLD');
    expect(code).toBe(1);
  });

  test.each<readonly [string, string, RegExp]>([
    ['no JSON', '{', /c\.json/],
    ['another file', '{"schema": "magnet-design/2"}', /expected a certificate/],
    ['another version', '{"schema": "magnet-certificate/9"}', /this magnet reads magnet-certificate\/1/],
    ['nothing in it', '{"schema": "magnet-certificate/1"}', /question/],
  ])('is malformed: %s', async (_, content, why) => {
    const { code, err } = await check(content);
    expect(err).toMatch(why);
    expect(code).toBe(3);
  });

  test('is malformed where lists do not belong together', async () => {
    const { code, err } = await check(tampered((f) => nth(firstBox(f).lines, 0).min.pop()));
    expect(err).toMatch(/expected one for each of the 2 layers/);
    expect(code).toBe(3);
  });
});

test('a front has no certificate, which is said before anything runs', async () => {
  const { code, err } = await run([...asked, '--pareto', 'energy,latency'], { 'ends.yaml': table });
  expect(err).toContain('--certificate is about one machine');
  expect(code).toBe(3);
});
