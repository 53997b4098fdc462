// Files that others quantized, on every verb that reads networks: their own words, as exact as the machine has them.

import { encode } from 'fast-png';
import { expect, test } from 'vitest';
import { parseRealNpy } from '../../src/interchange/npy.js';
import { parseAccuracyResult } from '../../src/results/accuracy-result.js';
import { parseRunResult } from '../../src/results/run-result.js';
import type { WireNode } from '../../src/workloads/onnx/wire.js';
import { onnxFile } from '../support/onnx.js';
import { machineFile, parts } from '../support/small-network.js';
import { floats } from '../support/npy.js';
import { seeded } from '../../src/base/random.js';
import { op, pair, quantizedFile, scalar, tensor } from '../support/quantized-files.js';
import { runOnnx } from '../support/qdq.js';
import { run } from './run.js';

const chance = seeded(8);
const drawn = (count: number, size: number) => Array.from({ length: count }, () => chance.below(2 * size + 1) - size);
const pixels = Array.from({ length: 36 }, () => Math.fround(chance.next()));

const tensors = {
  w: tensor('int8', [4, 1, 3, 3], drawn(36, 127)),
  ws: tensor('float', [4], [1 / 1024, 3 / 2048, 5 / 4096, 1 / 2048]),
  wz: tensor('int8', [4], [0, 0, 0, 0]),
  b: tensor('int32', [4], drawn(4, 2000)),
  // A row that adds up to more than nothing: a word that is not at an end.
  v: tensor(
    'int8',
    [3, 144],
    drawn(432, 127).map((w, i) => (i < 144 ? Math.abs(w) : w)),
  ),
  vs: scalar('float', 1 / 4096),
  s1: scalar('float', 1 / 256),
  s2: scalar('float', 1 / 512),
  s3: scalar('float', 1 / 256),
  u: scalar('uint8', 0),
  z: scalar('int8', 0),
};
const bias = {
  bs: tensor(
    'float',
    [4],
    [1, 3 / 2, 5 / 4, 1 / 2].map((k) => k / 2 ** 18),
  ),
  bz: tensor('int32', [4], [0, 0, 0, 0]),
};
/** Pixels and what a ReLU leaves are unsigned. */
const network = (ends: readonly WireNode[], output: string) =>
  quantizedFile({
    inputs: { x: [1, 1, 6, 6] },
    outputs: { [output]: 'float' },
    tensors: { ...tensors, ...bias },
    nodes: [
      ...pair('x', 'xq', 's1', 'u'),
      op('DequantizeLinear', ['w', 'ws', 'wz'], 'wd', { axis: 0 }),
      op('DequantizeLinear', ['b', 'bs', 'bz'], 'bd', { axis: 0 }),
      op('Conv', ['xq', 'wd', 'bd'], 'c', { kernel_shape: [3, 3], pads: [1, 1, 1, 1] }),
      op('Relu', ['c'], 'r'),
      ...pair('r', 'rq', 's2', 'u'),
      op('Flatten', ['rq'], 'f'),
      op('DequantizeLinear', ['v', 'vs', 'z'], 'vd'),
      op('Gemm', ['f', 'vd'], 'g', { transB: 1 }),
      ...ends,
    ],
  });
const qdq = network(pair('g', 'y', 's3', 'z'), 'y');
const open = network([], 'g');
const operators = quantizedFile({
  inputs: { x: [1, 1, 6, 6] },
  outputs: { y: 'uint8' },
  tensors,
  nodes: [
    op('QuantizeLinear', ['x', 's1', 'u'], 'xw'),
    op('QLinearConv', ['xw', 's1', 'u', 'w', 'ws', 'wz', 's2', 'u', 'b'], 'r', {
      kernel_shape: [3, 3],
      pads: [1, 1, 1, 1],
    }),
    op('Flatten', ['r'], 'f'),
    op('QGemm', ['f', 's2', 'u', 'v', 'vs', 'z', '', 's3', 'u'], 'y', { transB: 1 }, 'com.microsoft'),
  ],
});
const files = {
  'small.yaml': machineFile,
  'qdq.onnx': qdq,
  'operators.onnx': operators,
  'open.onnx': open,
  'x.npy': floats([1, 1, 6, 6], pixels),
};
const asked = ['--arch', 'small.yaml', '--solver', 'annealing', '--time-limit', '0.5s', '--design', '-', '-q'];

test.each(['qdq.onnx', 'operators.onnx'])(
  '%s is mapped, run, compiled; its words are those of ONNX Runtime',
  { timeout: 240_000 },
  async (name) => {
    const mapped = await run(['map', name, ...asked], files);
    expect(mapped.err).toBe('');
    const all = { ...files, 'd.json': mapped.out };
    const { code, out, err, binary } = await run(
      ['run', name, '--design', 'd.json', '-q', '--input', 'x.npy', '-o', 'y.npy'],
      all,
    );
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/, 0 of them wrong, (\d+) of \1 counts equal/);
    expect(out).toContain(
      `weights and scales: of ${name}, which is quantized\nexact: every factor of the file is one of the machine\ninput: x.npy\n`,
    );
    const read = parseRealNpy(binary.get('y.npy')!);
    const words = read.ok ? [...read.value.values] : [];
    const x = new Map([['x', { shape: [1, 1, 6, 6], values: Float64Array.from(pixels) }]]);
    const theirs = [...(await runOnnx(files[name as 'qdq.onnx'], x, 'float32')).get('y')!.values];
    expect(words).toEqual(name === 'qdq.onnx' ? theirs.map((v) => 256 * v) : theirs);
    expect(
      words.filter((w) => w !== 0 && w !== 255),
      words.join(),
    ).not.toEqual([]);
    const compiled = await run(['compile', name, '--design', 'd.json', '-o', 'out', '-q'], all);
    expect([compiled.code, compiled.out]).toEqual([0, expect.stringMatching(/^2 runs, /)]);
  },
);

test('what its file says is not asked for again', { timeout: 120_000 }, async () => {
  const mapped = await run(['map', 'qdq.onnx', ...asked], files);
  const { code, err } = await run(['run', 'qdq.onnx', '--design', 'd.json', '--unsigned', '-q'], {
    ...files,
    'd.json': mapped.out,
  });
  expect([code, err]).toEqual([
    3,
    expect.stringContaining('qdq.onnx says itself which of its words are unsigned; leave out --unsigned'),
  ]);
});

test('accuracy needs no calibration, and says how exact the words are', { timeout: 60_000 }, async () => {
  const rows = Array.from({ length: 30 }, (_, i) =>
    [...Array.from({ length: 36 }, () => chance.next().toFixed(3)), i % 3].join(','),
  );
  const all = { ...files, 'data.csv': rows.join('\n') };
  const samples = ['--data', 'data.csv', '-q', '--json', 'a.json'];
  const { code, out, err, written } = await run(['accuracy', 'qdq.onnx', ...samples], all);
  expect([code, err]).toEqual([0, '']);
  expect(out).toContain(
    '30 samples of 3 classes; weights and scales of the file, exact: every factor is one of the machine\n',
  );
  const read = parseAccuracyResult(JSON.parse(written.get('a.json')!));
  expect(read.ok && read.value.quantization).toEqual({
    samples: 0,
    weightBits: 8,
    activationBits: 8,
    weights: 'given',
    activations: 'given',
    unsigned: true,
    given: { exact: true, differences: [] },
  });
  const asked = await run(['accuracy', 'qdq.onnx', ...samples, '--weights', 'max'], all);
  expect([asked.code, asked.written.size]).toEqual([3, 0]);
  expect(asked.err).toBe(
    'error: --weights says nothing of qdq.onnx, which is quantized and has its own words; leave it out, or give the network in ' +
      'real numbers\n',
  );
  // Its last tensor has no scale: samples set it.
  const open = await run(['accuracy', 'open.onnx', ...samples], all);
  expect([open.code, open.err]).toEqual([
    3,
    expect.stringContaining(
      '--calibrate FILE is missing: open leaves 1 tensor in real numbers (g), whose scales samples set',
    ),
  ]);
  const set = await run(['accuracy', 'open.onnx', ...samples, '--calibrate', 'data.csv', '--first', '10'], all);
  expect([set.code, set.err]).toEqual([0, '']);
  expect(set.out).toContain('nearest, words may differ near ties: ');
  expect(set.out).toContain('1 tensor (g) left in real numbers by the file, rounded here');
});

test(
  'what quantize writes, accuracy reads: the same answer as of the network itself',
  { timeout: 60_000 },
  async () => {
    const rows = Array.from({ length: 60 }, (_, i) =>
      [...Array.from({ length: 36 }, () => chance.next().toFixed(3)), i % 3].join(','),
    );
    const named = { 'net.onnx': onnxFile({ ...parts, nodes: parts.nodes.slice(0, 5) }), 'data.csv': rows.join('\n') };
    const samples = ['--data', 'data.csv', '--first', '20', '-q', '--json', 'a.json'];
    const written = await run(['quantize', 'net.onnx', '--calibrate', 'data.csv', '-o', 'q.onnx', '-q'], named);
    expect([written.code, written.err]).toEqual([0, '']);
    const again = await run(['accuracy', 'q.onnx', ...samples], { ...named, 'q.onnx': written.binary.get('q.onnx')! });
    const itself = await run(['accuracy', 'net.onnx', ...samples, '--calibrate', 'all.csv'], {
      ...named,
      'all.csv': named['data.csv'],
    });
    expect([again.code, itself.code]).toEqual([0, 0]);
    const [a, b] = [again, itself].map((r) => {
      const read = parseAccuracyResult(JSON.parse(r.written.get('a.json')!));
      if (!read.ok) throw new Error(read.diagnostics[0]?.message);
      return read.value;
    });
    expect(a!.quantization.given).toEqual({ exact: true, differences: [] });
    expect([a!.real, a!.integer, a!.loss, a!.confusions]).toEqual([b!.real, b!.integer, b!.loss, b!.confusions]);
  },
);

test('samples run on the Verilog, beside their labels and ONNX Runtime', { timeout: 240_000 }, async () => {
  const rows = Array.from({ length: 3 }, (_, i) =>
    [...Array.from({ length: 36 }, () => chance.next().toFixed(3)), i].join(','),
  );
  const mapped = await run(['map', 'qdq.onnx', ...asked], files);
  const all = { ...files, 'd.json': mapped.out, 'data.csv': rows.join('\n'), 'real.onnx': onnxFile(parts) };
  const argv = ['run', 'qdq.onnx', '--design', 'd.json', '--data', 'data.csv', '-q'];
  const { code, out, err } = await run(argv, all);
  expect([code, err]).toEqual([0, '']);
  expect(out).toMatch(/^3 samples of data\.csv: \d right, \d wrong; 441 words, 0 of them wrong$/m);
  expect(out).toMatch(/^onnxruntime-(web|node) \S+, without optimizations: 0 of 9 words of g differ$/m);
  const json = await run([...argv, '--mean', '0.5', '--std', '2', '--json', 'r.json'], all);
  const read = parseRunResult(JSON.parse(json.written.get('r.json')!));
  expect(read.ok && read.value.samples).toEqual({
    file: 'data.csv',
    guesses: [expect.any(Number), expect.any(Number), expect.any(Number)],
    labels: [0, 1, 2],
    words: 441,
    mismatches: 0,
    runtime: { name: expect.stringMatching(/^onnxruntime-/) as string, words: 9, differing: 0 },
  });
  // Of a folder of images the folders in it are the labels.
  const image = () => encode({ width: 6, height: 6, channels: 1, data: Uint8Array.from(pixels, (x) => 255 * x) });
  const folder = { 'test/cat/0.png': image(), 'test/dog/1.png': image(), 'test/gnu/2.png': image() };
  const images = await run(['run', 'qdq.onnx', '--design', 'd.json', '--data', 'test', '-q'], { ...all, ...folder });
  expect([images.code, images.err]).toEqual([0, '']);
  expect(images.out).toMatch(/^3 samples of test: \d right, \d wrong; 441 words, 0 of them wrong$/m);
  const real = await run(['run', 'real.onnx', ...argv.slice(2)], all);
  expect([real.code, real.err]).toEqual([3, expect.stringContaining('real.onnx is in real numbers')]);
  const both = await run([...argv, '--input', 'x.npy'], all);
  expect(both.err).toContain('--data and --input both give the input; leave out one');
  const alone = await run(['run', 'qdq.onnx', '--design', 'd.json', '--samples', '2', '-q'], all);
  expect(alone.err).toContain('--labels, --samples, --divide, --mean and --std go with --data, which is missing');
});
