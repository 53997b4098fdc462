// `codesign --limit accuracy-loss`: the machine has a precision that keeps the limit, no other machine of the precisions tried is
// better, and what is told of it is what `accuracy` tells.

import { describe, expect, test } from 'vitest';
import { precisionPage, rowOf } from '../../benchmarks/precision/page.js';
import { seeded } from '../../src/base/random.js';
import { parseAccuracyResult } from '../../src/results/accuracy-result.js';
import type { CodesignResultFile } from '../../src/results/codesign-result.js';
import { parseRunResult } from '../../src/results/run-result.js';
import { parseCodesignResult } from '../../src/results/codesign-result.js';
import type { FileParts } from '../support/onnx.js';
import { node, onnxFile } from '../support/onnx.js';
import { run } from './run.js';

const chance = seeded(5);
const drawn = (...shape: number[]) => ({
  shape,
  values: Array.from({ length: shape.reduce((n, d) => n * d, 1) }, () => 2 * chance.next() - 1),
});
const rows = (count: number) =>
  Array.from({ length: count }, (_, i) =>
    [...Array.from({ length: 36 }, () => (16 * chance.next() - 8).toFixed(2)), i % 3].join(','),
  ).join('\n');
/** Of drawn weights, so that samples of any class are taken for all of them. */
const network = {
  inputs: { x: [1, 1, 6, 6] },
  tensors: { w: drawn(4, 1, 3, 3), wf: drawn(3, 144) },
  nodes: [
    node('Conv', ['x', 'w'], ['c'], { pads: [1, 1, 1, 1], kernel_shape: [3, 3] }),
    node('Relu', ['c'], ['r']),
    node('Flatten', ['r'], ['f']),
    node('Gemm', ['f', 'wf'], ['y'], { transB: 1 }),
  ],
} satisfies FileParts;
const space = `space:
  base: magnet-small
  vectorSize: [4]
  numLanes: [4]
  rows: [1]
  columns: [1]
  weightBuffer: [1152, 4608]
  inputBuffer: [4608]
  accumBuffer: [2304]
  globalBuffer: [16384]
`;
const files = {
  'net.onnx': onnxFile(network),
  'space.yaml': space,
  'calibrate.csv': rows(40),
  'validate.csv': rows(80),
  'test.csv': rows(60),
};
const data = '--calibrate calibrate.csv --divide 16'.split(' ');
const asked = (limit: string, precisions: string, ...more: string[]) => [
  ...'codesign net.onnx --space space.yaml -q --validate validate.csv'.split(' '),
  ...data,
  '--limit',
  `accuracy-loss=${limit}`,
  '--precisions',
  precisions,
  ...more,
];
const read = (json: string): CodesignResultFile => {
  const result = parseCodesignResult(JSON.parse(json));
  if (!result.ok) throw new Error(json.slice(0, 300));
  return result.value;
};

test('the best machine of all precisions that keep the limit, each measured as "accuracy" measures it', async () => {
  const exact = ['--gap', '0.01%'];
  const precisions = ['w8a8', 'w8a4', 'w5a6', 'w4a4'];
  const { out, code } = await run(asked('3%', precisions.join(','), '--json', '-', ...exact), files);
  const found = read(out);
  const { accuracy } = found;
  expect(accuracy?.precisions.map((p) => `w${p.weightBits}a${p.activationBits}`)).toEqual(precisions);
  for (const p of accuracy!.precisions) {
    const argv = [...'accuracy net.onnx --data validate.csv -q --json - --bits'.split(' ')];
    const own = parseAccuracyResult(
      JSON.parse((await run([...argv, `w${p.weightBits}a${p.activationBits}`, ...data], files)).out),
    );
    expect(own.ok && own.value.loss).toMatchObject({ loss: p.loss, low: p.low, high: p.high });
    // A product, and no wider than what shapes alone ask.
    expect(p.accumulatorBits).toBeGreaterThanOrEqual(p.weightBits + p.activationBits);
    expect(p.accumulatorBits).toBeLessThanOrEqual(p.weightBits + p.activationBits + 8);
  }
  const allowed = accuracy!.precisions.filter((p) => p.loss <= 0.03);
  expect(allowed.length).toBeGreaterThan(1);
  expect(new Set(accuracy!.precisions.map((p) => p.loss)).size).toBeGreaterThan(1);
  const alone: number[] = [];
  for (const p of allowed) {
    const one = await run(asked('3%', `w${p.weightBits}a${p.activationBits}`, '--json', '-', ...exact), files);
    alone.push(read(one.out).objective!);
  }
  expect(found.objective! / Math.min(...alone)).toBeCloseTo(1, 3);
  expect(found.point).toMatchObject({
    weightPrecision: accuracy!.chosen!.weightBits,
    inputPrecision: accuracy!.chosen!.activationBits,
  });
  // Eighty samples show little: what they do not show is not claimed.
  expect([accuracy!.chosen!.status, code]).toEqual(['undecided', 2]);
  expect(accuracy!.chosen!.unseen).toBe(false);
  // The page of the benchmark.
  const { weightBits, activationBits } = accuracy!.chosen!;
  expect(precisionPage([rowOf('net', 'all', found)])).toContain(`| net | all | w${weightBits}a${activationBits} |`);
});

test('what is found is judged by samples that had no part in it', async () => {
  const { out, code } = await run(asked('60%', 'w8a8', '--test', 'test.csv'), files);
  expect(out).toMatch(/The machine found, on 60 samples of test\.csv: .*: within 60\.00 %\./);
  expect(code).toBe(0);
});

test('tensors stay on machines of any precision where that is better, as the design is run', async () => {
  const argv = (...more: string[]) => asked('60%', 'w8a8,w4a8,w6a6', '--json', 'r.json', ...more);
  const staying = await run(argv('--design', 'd.json', '--schedule', 's.json'), files);
  const alone = read((await run(argv('--no-residency'), files)).written.get('r.json')!);
  const found = read(staying.written.get('r.json')!);
  expect([found.schedules?.length, alone.schedules, found.unscheduled]).toEqual([1, undefined, undefined]);
  expect(found.objective!).toBeLessThan(alone.objective! * (1 - 0.01));
  expect(found.schedules![0]!.keep.length).toBeGreaterThan(0);
  expect(found.accuracy!.chosen).toMatchObject({ weightBits: found.point!.weightPrecision });
  expect(staying.out).toContain('tensors that may stay');
  const made = { ...files, 'd.json': staying.written.get('d.json')! };
  const ran = await run(['run', 'net.onnx', '--design', 'd.json', '-q', '--json', 'n.json'], made);
  expect([ran.code, ran.err]).toEqual([0, '']);
  const result = parseRunResult(JSON.parse(ran.written.get('n.json')!));
  const { cycles } = found.schedules![0]!;
  expect(result.ok && [result.value.agrees, result.value.totals.cycles]).toEqual([
    true,
    { model: cycles, rtl: cycles },
  ]);
});

test('where no precision keeps the limit there is no machine', async () => {
  // Each sample has every class once: what is won by one of the labels is lost by another.
  const turned = [0, 1, 2].map((by) =>
    files['validate.csv'].replace(/,(\d)$/gm, (_, label) => `,${(Number(label) + by) % 3}`),
  );
  const all = await Promise.all(turned.map((own) => run(asked('0%', 'w2a2'), { ...files, 'validate.csv': own })));
  const { err, out, code } = all.find((ran) => ran.code === 1)!;
  expect(code).toBe(1);
  expect(out).toBe('');
  expect(err).toMatch(/^infeasible: none of 1 precisions loses 0 % or less of net\.onnx on validate\.csv; w2a2 loses/m);
});

test('a certificate has the precisions of its machines, and says which were left out by measurement', async () => {
  const argv = asked('0%', 'w8a8,w8a4,w4a4,w2a2', '--certificate', 'c.json', '--json', 'r.json');
  // Labels by which some of them lose, and some do not.
  const turned = files['validate.csv'].replace(/,(\d)$/gm, (_, label) => `,${(Number(label) + 1) % 3}`);
  const { code, written } = await run(argv, { ...files, 'validate.csv': turned });
  const found = read(written.get('r.json')!).accuracy!;
  const names = (of: typeof found.precisions) => of.map((p) => `w${p.weightBits}a${p.activationBits}`);
  const allowed = found.precisions.filter((p) => p.loss <= 0);
  const beyond = names(found.precisions.filter((p) => p.loss > 0));
  expect([code, allowed.length > 0, beyond.length > 0]).toEqual([2, true, true]);
  const text = written.get('c.json')!;
  const checked = await run(['check', 'c.json'], { 'c.json': text });
  expect([checked.code, checked.out.endsWith('holds\n')]).toEqual([0, true]);
  expect(checked.out).toContain(
    `measured and not proven: ${beyond.join(', ')} lose more than 0 % of 80 samples of validate.csv`,
  );
  for (const p of allowed)
    expect(checked.out).toContain(`w${p.weightBits}a${p.activationBits} with sums of ${p.accumulatorBits} bits`);
  // Of other words than the certificate is about nothing is proven.
  const data = JSON.parse(text) as { question: { space: { precisions: { accumPrecision: number }[] } } };
  data.question.space.precisions[0]!.accumPrecision++;
  const spoiled = await run(['check', 'c.json'], { 'c.json': JSON.stringify(data) });
  expect(spoiled.code).not.toBe(0);
});

test('a checkpoint does not go on with other precisions of the same menus', async () => {
  const argv = (precisions: string) => asked('60%', precisions, '--checkpoint', 'run.json', '--json', 'r.json');
  const first = await run(argv('w8a8,w4a4'), files);
  const checkpoint = { ...files, 'run.json': first.written.get('run.json')! };
  const again = await run(argv('w8a8,w4a4'), checkpoint);
  expect([again.code, again.err]).toEqual([first.code, '']);
  expect(read(again.written.get('r.json')!).objective).toBe(read(first.written.get('r.json')!).objective);
  const other = await run(argv('w8a4,w4a8'), checkpoint);
  expect(other.code).toBe(3);
  expect(other.err).toMatch(/precisions/);
});

describe('is refused with a sentence', () => {
  const without = (name: string) => {
    const argv = asked('1%', 'w8a8');
    argv.splice(argv.indexOf(name), 2);
    return argv;
  };
  test.each([
    ['no calibration', without('--calibrate'), /--calibrate FILE is missing/],
    ['nothing to choose by', without('--validate'), /--validate FILE is missing: the labelled samples by which/],
    ['a precision that is none', asked('1%', 'w8'), /--precisions w8: expected w8a8/],
    ['words that are too wide', asked('1%', 'w32a8'), /--precisions w32a8: expected .* 2 to 16 bits/],
    ['a limit that is no share', asked('150%', 'w8a8'), /--limit accuracy-loss=150%: expected accuracy-loss=1%/],
    ['a limit on a layer', [...without('--limit'), '--limit', 'accuracy-loss@a=1%'], /of the whole network/],
    ['two limits', asked('1%', 'w8a8', '--limit', 'accuracy-loss=2%'), /given more than once/],
    [
      'samples without a limit',
      without('--limit'),
      /--precisions is for a limit on accuracy; give --limit accuracy-loss/,
    ],
    ['a front', asked('1%', 'w8a8', '--pareto', 'energy,latency'), /--pareto does not go with --limit accuracy-loss/],
    [
      'a divisor without a limit',
      'codesign net.onnx --space space.yaml -q --divide 16'.split(' '),
      /--divide is for a limit on accuracy/,
    ],
    ['two networks', [...asked('1%', 'w8a8'), 'lenet'], /about one trained network; 2 are given/],
  ])('%s', async (_, argv, message) => {
    const { code, err, out } = await run(argv, files);
    expect(err).toMatch(message);
    expect([code, out]).toEqual([3, '']);
  });
  test('a network without weights', async () => {
    const argv = asked('1%', 'w8a8').map((word) => (word === 'net.onnx' ? 'lenet' : word));
    expect((await run(argv, files)).err).toMatch(/lenet has no weights/);
  });
});
