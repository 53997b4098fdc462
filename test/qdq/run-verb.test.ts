// `magnet run --qdq`: the file has the words that the machine put out, as what they stand for.

import { expect, test } from 'vitest';
import { seeded } from '../../src/base/random.js';
import { parseNpy } from '../../src/interchange/npy.js';
import { run } from '../cli/run.js';
import { floats } from '../support/npy.js';
import { node, onnxFile } from '../support/onnx.js';
import { runOnnx } from '../support/qdq.js';

const chance = seeded(3);
const reals = (...shape: number[]) => ({
  shape,
  values: Array.from({ length: shape.reduce((n, d) => n * d, 1) }, () => 2 * chance.next() - 1),
});
const network = onnxFile({
  inputs: { x: [1, 1, 6, 6] },
  tensors: { w: reals(4, 1, 3, 3), b: reals(4), wf: reals(3, 144), bf: reals(3) },
  nodes: [
    node('Conv', ['x', 'w', 'b'], ['c'], { pads: [1, 1, 1, 1], kernel_shape: [3, 3] }),
    node('Relu', ['c'], ['r']),
    node('Flatten', ['r'], ['f']),
    node('Gemm', ['f', 'wf', 'bf'], ['logits'], { transB: 1 }),
    node('Softmax', ['logits'], ['y']),
  ],
});
const image = reals(1, 1, 6, 6);
const files = {
  'net.onnx': network,
  'real.npy': floats(image.shape, image.values),
  'small.yaml':
    'template: {base: simba, vectorSize: 2, numLanes: 2, rows: 1, columns: 2, weightBuffer: ' +
    '1024, inputBuffer: 512, accumBuffer: 192, globalBuffer: 4096, globalBanks: 8, biasLines: 16}\n',
};

const asked = ['--arch', 'small.yaml', '--solver', 'annealing', '--time-limit', '0.5s', '--design', '-', '-q'];
const mapped = await run(['map', 'net.onnx', ...asked], files);

test('weights of a file: real numbers in, real numbers out', { timeout: 120_000 }, async () => {
  const { code, out, binary } = await run(
    ['run', 'net.onnx', '--design', 'd.json', '-q', '--input', 'real.npy', '-o', 'y.npy', '--qdq', 'q.onnx'],
    { ...files, 'd.json': mapped.out },
  );
  expect(code).toBe(0);
  expect(out).toMatch(/^q\.onnx: QDQ ONNX; a runtime .* of a tie and near ties in 1 step of the host$/m);
  const read = parseNpy(binary.get('y.npy')!);
  const words = read.ok ? [...read.value.data] : [];
  const sample = new Map([['x', { shape: image.shape, values: Float64Array.from(image.values) }]]);
  const found = [...(await runOnnx(binary.get('q.onnx')!, sample, 'float32')).get('y')!.values];
  const unit = Math.max(...found.map(Math.abs)) / Math.max(...words.map(Math.abs));
  expect(words).toHaveLength(3);
  expect(found.map((x) => Math.round(x / unit))).toEqual(words);
});
