// The trained network that comes with magnet: by name in every verb, with samples of its own.

import { describe, expect, test } from 'vitest';
import { parseAccuracyResult } from '../../src/results/accuracy-result.js';
import { onnxFile } from '../support/onnx.js';
import { parts } from '../support/small-network.js';
import { run } from './run.js';

const answer = async (...argv: readonly string[]) => {
  const ran = await run(['accuracy', ...argv, '-q', '--json', '-']);
  const result = parseAccuracyResult(JSON.parse(ran.out));
  if (!result.ok) throw new Error(ran.err);
  return result.value;
};

test('all of its samples: what it was trained to, and eight bits lose nothing', { timeout: 60_000 }, async () => {
  const { data, quantization, real, integer } = await answer('fashion-resnet8');
  expect(data).toMatchObject({ file: 'fashion-mnist#test', first: 0, samples: 1000, classes: 10 });
  expect(data.names?.at(-1)).toBe('ankle boot');
  expect(quantization).toMatchObject({ calibrate: 'fashion-mnist#validation', samples: 500 });
  // Of the first 1,000 test samples, as trained.
  expect(real.first).toBe(0.912);
  expect(Math.abs(real.first - integer.first)).toBeLessThan(0.01);
});

test('samples by name, some of them, and its name in capitals', { timeout: 60_000 }, async () => {
  const few = ['--samples', '40', '--calibrate', 'fashion-mnist#validation'];
  const named = await answer('Fashion-ResNet8', '--data', 'fashion-mnist#test', ...few);
  const own = await answer('fashion-resnet8', '--samples', '40');
  const said = ({ real, integer, noise }: typeof own) => ({ real, integer, noise });
  expect(said(named)).toEqual(said(own));
  expect(named.data.samples).toBe(40);
});

test('is a network as any other', async () => {
  const { out } = await run(['networks']);
  expect(out).toMatch(/^fashion-resnet8 +10 +9 +687,552 +three residual blocks trained on Fashion-MNIST/m);
  expect((await run(['networks', 'fashion-resnet8'])).out).toContain('10 layers of 9 shapes, 687,552 MACs');
});

describe('is refused with a sentence', () => {
  test('a name that is nearly its own', async () => {
    const { code, err } = await run(['networks', 'fashion-resnet9']);
    expect([code, err]).toEqual([3, 'error: unknown network: fashion-resnet9. Did you mean fashion-resnet8?\n']);
  });

  test('a network without samples', async () => {
    const { code, err } = await run(['accuracy', 'net.onnx', '-q'], { 'net.onnx': onnxFile(parts) });
    expect(code).toBe(3);
    expect(err).toContain(
      '--data FILE is missing: the samples that are classified; net.onnx does not come with samples',
    );
    expect(err).toContain('--calibrate FILE is missing: the samples that set the scales');
  });

  test('samples of another size', async () => {
    const argv = [
      'accuracy',
      'net.onnx',
      '--data',
      'fashion-mnist#test',
      '--calibrate',
      'fashion-mnist#validation',
      '-q',
    ];
    const { code, err } = await run(argv, { 'net.onnx': onnxFile(parts) });
    expect(code).toBe(3);
    expect(err).toContain('samples are of 784 numbers; net takes [1, 6, 6], 36 numbers');
  });
});
