// `magnet accuracy` on a small classifier: scores, what is lost and its verdict, and every fault of the data in a sentence.

import { describe, expect, test } from 'vitest';
import { nth } from '../../src/base/invariant.js';
import { seeded } from '../../src/base/random.js';
import { parseAccuracyResult } from '../../src/results/accuracy-result.js';
import type { FileParts } from '../support/onnx.js';
import { node, onnxFile } from '../support/onnx.js';
import { parts, reals } from '../support/small-network.js';
import { run } from './run.js';

const chance = seeded(5);
/** Rows of 36 numbers and a label. */
const rows = (count: number, label: (i: number) => number | string) =>
  Array.from({ length: count }, (_, i) =>
    [...Array.from({ length: 36 }, () => (16 * chance.next()).toFixed(2)), label(i)].join(','),
  );
const data = rows(120, (i) => i % 3).join('\n');
const files = { 'net.onnx': onnxFile(parts), 'data.csv': data };
const asked = [
  'accuracy',
  'net.onnx',
  '--data',
  'data.csv',
  '--calibrate',
  'data.csv',
  '--first',
  '40',
  '--divide',
  '16',
];

const read = (json: string) => {
  const result = parseAccuracyResult(JSON.parse(json));
  if (!result.ok) throw new Error(result.diagnostics[0]?.message);
  return result.value;
};

test('scores of both kinds of numbers, with what lies between them', async () => {
  const table = await run([...asked, '-q'], files);
  expect(table.err).toBe('');
  expect(table.code).toBe(0);
  expect(table.out).toMatch(/real +\d+\.\d\d %/);
  expect(table.out).toContain('80 samples of 3 classes; scales by mse over 40 samples');
  const { real, integer, loss, noise, data: counted } = read((await run([...asked, '-q', '--json', '-'], files)).out);
  expect(counted).toMatchObject({ first: 40, samples: 80, classes: 3 });
  expect(real.five).toBe(1);
  expect(loss.loss).toBeCloseTo(real.first - integer.first, 12);
  expect(loss.loss).toBeCloseTo((loss.lost - loss.won) / 80, 12);
  // Eight bits are near to real numbers, four less so.
  const fewer = read((await run([...asked, '-q', '--json', '-', '--bits', 'w4a4'], files)).out);
  const worst = (of: typeof noise) => Math.min(...of.map((n) => n.decibels ?? Infinity));
  expect(worst(noise)).toBeGreaterThan(20);
  expect(worst(fewer.noise)).toBeLessThan(worst(noise) - 6);
  expect(fewer.real).toEqual(real);
});

test('samples say the same alone and among others', async () => {
  const all = read((await run([...asked, '-q', '--json', '-', '--bits', 'w4a4'], files)).out);
  let right = 0;
  for (const [first, samples] of [
    [40, 1],
    [41, 52],
    [93, 27],
  ]) {
    const argv = asked.map((word) => (word === '40' ? String(first) : word));
    // The same samples set the scales.
    const own = { ...files, 'first.csv': data.split('\n').slice(0, 40).join('\n') };
    argv[argv.indexOf('--calibrate') + 1] = 'first.csv';
    const part = read(
      (await run([...argv, '--samples', `${samples}`, '-q', '--json', '-', '--bits', 'w4a4'], own)).out,
    );
    right += Math.round(part.integer.first * nth([samples ?? 0], 0));
  }
  expect(right).toBe(Math.round(all.integer.first * 80));
});

describe('the limit', () => {
  test.each([
    ['99%', 0, 'within a loss of 99.00 points'],
    ['0%', 2, 'undecided'],
  ])('%s ends with %i', async (limit, code, text) => {
    const ran = await run([...asked, '-q', '--max-loss', limit], files);
    expect(ran.out).toContain(text);
    expect(ran.code).toBe(code);
  });
});

describe('samples that integers get wrong', () => {
  test('are in the file as pictures, those first that real numbers get right', async () => {
    const { missed, integer } = read(
      (await run([...asked, '-q', '--json', '-', '--bits', 'w4a4', '--show-samples', '100'], files)).out,
    );
    expect(missed?.shape).toEqual([1, 6, 6]);
    expect(missed?.samples).toHaveLength(Math.round(80 * (1 - integer.first)));
    const lost = missed!.samples.map((s) => s.real === s.label);
    expect(lost).toEqual(lost.toSorted((a, b) => Number(b) - Number(a)));
    const all = missed!.samples.flatMap((s) => s.pixels);
    expect([Math.min(...all), Math.max(...all)]).toEqual([0, 255]);
    const lines = data.split('\n').map((line) => line.split(',').map(Number));
    const [low, high] = missed!.samples
      .flatMap((s) => lines[s.sample]!.slice(0, 36))
      .reduce(([l, h], v) => [Math.min(l, v), Math.max(h, v)], [Infinity, -Infinity]);
    for (const { sample, label, guess, pixels } of missed!.samples) {
      const own = lines[sample]!;
      expect([own.at(-1), guess === label]).toEqual([label, false]);
      own
        .slice(0, 36)
        .forEach((v, i) => expect(Math.abs(pixels[i]! - (255 * (v - low)) / (high - low))).toBeLessThan(0.51));
    }
  });

  test('are told, as many as are asked for', async () => {
    const { out } = await run([...asked, '-q', '--bits', 'w4a4', '--show-samples', '2'], files);
    expect(out.split('sample  class  taken for  in real numbers')[1]?.trim().split('\n')).toHaveLength(3);
  });

  test('where samples are no images, none', async () => {
    const flat = {
      inputs: { x: [1, 36] },
      tensors: { w: parts.tensors.wf, m: reals(36, 4) },
      nodes: [node('Gemm', ['x', 'm'], ['h']), node('Gemm', ['h', 'w'], ['y'], { transB: 1 })],
    } satisfies FileParts;
    const ran = await run([...asked, '-q', '--show-samples', '2', '--json', 'r.json'], {
      ...files,
      'net.onnx': onnxFile(flat),
    });
    expect(ran.err).toContain('--show-samples: samples are of [36]; expected images, [1 or 3, rows, columns]');
    expect([ran.code, ran.written.size]).toEqual([3, 0]);
  });
});

describe('is refused with a sentence', () => {
  const spoiled = { ...parts, tensors: { ...parts.tensors, b: { shape: [4], values: [1, NaN, 0, 0] } } };
  const sums = { ...parts, outputs: ['r'] };
  test.each([
    [
      'labels beyond the classes',
      { 'data.csv': rows(60, () => 3).join('\n') },
      [],
      /has the label 3; .* 3 classes apart, 0 to 2/,
    ],
    [
      'labels that are no classes',
      { 'data.csv': rows(60, () => 0.5).join('\n') },
      [],
      /holds the label 0\.5; expected whole/,
    ],
    [
      'samples of another size',
      { 'data.csv': '1,2,0\n3,4,1\n' },
      ['--first', '1'],
      /samples are of 2 numbers; .*36 numbers/,
    ],
    ['weights that are none', { 'net.onnx': onnxFile(spoiled) }, [], /weights b hold NaN; expected finite/],
    [
      'a network without scores',
      { 'net.onnx': onnxFile(sums) },
      [],
      /puts out \[\d+, 4, 6, 6\]; expected a row of scores/,
    ],
    ['the same samples twice', {}, ['--first', '0'], /both data\.csv; of one file those before --first N/],
    ['no samples left', {}, ['--first', '500'], /has 120 samples, none from --first 500 on/],
    ['a divisor that is none', {}, ['--divide', '0'], /--divide 0: expected a number above 0/],
    ['no such file', {}, ['--labels', 'none.idx'], /none\.idx: there is no such file/],
  ] as const)('%s', async (_, other, more, why) => {
    const argv = [...asked];
    for (let i = 0; i < more.length; i += 2) {
      const at = argv.indexOf(more[i] ?? '');
      if (at > 0) argv[at + 1] = more[i + 1] ?? '';
      else argv.push(more[i] ?? '', more[i + 1] ?? '');
    }
    const ran = await run([...argv, '-q', '--json', 'out.json'], { ...files, ...other });
    expect(ran.err).toMatch(why);
    expect(ran.code).toBe(3);
    expect([...ran.written.keys()]).toEqual([]);
  });

  test('labels of another number than samples', async () => {
    const images = Uint8Array.from([0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 36, ...Array.from({ length: 72 }, (_, i) => i)]);
    const labels = Uint8Array.from([0, 0, 8, 1, 0, 0, 0, 3, 0, 1, 2]);
    const argv = ['accuracy', 'net.onnx', '--data', 'x', '--labels', 'y', '--calibrate', 'data.csv', '-q'];
    const ran = await run(argv, { ...files, x: images, y: labels });
    expect(ran.err).toMatch(/y has 3 labels for 2 samples; expected one each/);
    expect(ran.code).toBe(3);
  });
});
