// Residual additions and pools of a network are layers of the answer, which `run` finds in the design; with
// `--layers-only` they are not.

import { expect, test } from 'vitest';
import { seeded } from '../../src/base/random.js';
import { parseMapResult } from '../../src/index.js';
import { node, onnxFile } from '../support/onnx.js';
import { run } from './run.js';

const chance = seeded(5);
const reals = (...shape: number[]) => ({
  shape,
  values: Array.from({ length: shape.reduce((n, d) => n * d, 1) }, () => 2 * chance.next() - 1),
});
const files = {
  'small.yaml':
    'template: {base: simba, vectorSize: 2, numLanes: 2, rows: 1, columns: 2, weightBuffer: ' +
    '1024, inputBuffer: 512, accumBuffer: 192, globalBuffer: 4096, globalBanks: 8, biasLines: 16}\n',
  'table.yaml': 'layers: [{name: a, K: 4, C: 4, P: 3, Q: 3}]\n',
  'net.onnx': onnxFile({
    inputs: { x: [1, 4, 6, 6] },
    tensors: { w: reals(4, 4, 1, 1), v: reals(4, 4, 1, 1) },
    nodes: [
      node('Conv', ['x', 'w'], ['a'], { kernel_shape: [1, 1] }),
      node('Conv', ['a', 'v'], ['b'], { kernel_shape: [1, 1] }),
      node('Add', ['b', 'a'], ['c']),
      node('MaxPool', ['c'], ['d'], { kernel_shape: [3, 3], strides: [2, 2] }),
      node('GlobalAveragePool', ['d'], ['e']),
      node('Softmax', ['e'], ['y']),
    ],
  }),
};
const map = (more: readonly string[]) =>
  run(
    ['map', 'net.onnx', '--arch', 'small.yaml', '--solver', 'annealing', '--time-limit', '0.5s', '-q', ...more],
    files,
  );

test('an addition, a max-pool and an average are layers; the host keeps the softmax', async () => {
  const read = async (more: readonly string[]) => {
    const result = parseMapResult((await map(['--json', '-', ...more])).out);
    if (!result.ok) throw new Error(JSON.stringify(result.diagnostics));
    return result.value;
  };
  const [few, all] = [await read(['--layers-only']), await read([])];
  expect(few.layers.map((l) => l.name)).toEqual(['a']);
  expect(all.layers.filter((l) => / over (rows|columns)/.test(l.name)).length).toBeGreaterThanOrEqual(2);
  expect(all.layers.filter((l) => l.layer?.residual).length).toBe(1);
  expect(all.unmapped?.map((u) => u.operator)).toEqual(['Softmax']);
  expect(few.unmapped?.map((u) => u.operator)).toEqual(expect.arrayContaining(['Add', 'MaxPool', 'Softmax']));
}, 60_000);

test('a design of all steps has the mappings that a run of the network takes', async () => {
  const design = (await map(['--design', '-'])).out;
  const told = await run(['run', 'net.onnx', '--design', 'd.json', '-q'], { ...files, 'd.json': design });
  expect(told.code).toBe(0);
  expect(told.err).not.toMatch(/no mapping in the design/);
}, 60_000);

test('a list of layers has no other steps', async () => {
  const told = async (...more: string[]) =>
    await run(['map', 'table.yaml', '--arch', 'small.yaml', '--seed', '1', '--json', '-', ...more], files);
  const [plain, few] = [parseMapResult((await told()).out), parseMapResult((await told('--layers-only')).out)];
  if (!plain.ok || !few.ok) throw new Error('no result');
  expect(plain.value.layers.map((l) => l.layer)).toEqual(few.value.layers.map((l) => l.layer));
  expect(plain.value.layers.map((l) => l.name)).toEqual(['a']);
});
