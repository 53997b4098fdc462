// Trained networks in integers: ONNX Runtime has the words of the reference, from real inputs on.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { Parsed } from '../../src/base/diagnostics.js';
import { printDiagnostic } from '../../src/base/diagnostics.js';
import { qdqFile } from '../../src/qdq/qdq-file.js';
import { calibrated, quantised } from '../../src/reference/calibrate.js';
import { graphWeights } from '../../src/workloads/graph/graph-weights.js';
import { importGraph } from '../../src/workloads/graph/network-graph-of.js';
import { expectSame, runOnnx } from '../support/qdq.js';

const models = process.env['MAGNET_MODELS'] ?? new URL('../../../shared/models', import.meta.url).pathname;
const folder = join(models, '..', 'trained');
const here = existsSync(folder);
if (!here)
  console.log(`trained networks are absent (looked in ${folder}; MAGNET_MODELS names the models beside them): skipped`);

function got<T>(result: Parsed<T>): T {
  if (!result.ok) throw new Error(result.diagnostics.map(printDiagnostic).join('\n'));
  return result.value;
}

const unpacked = (file: string) => gunzipSync(readFileSync(join(folder, file)));
const digits = (count: number) => {
  const rows = unpacked('digits.csv.gz').toString().trim().split('\n').slice(1000);
  return rows.slice(0, count).flatMap((row) => row.split(',', 64).map((x) => Number(x) / 16));
};
const fashion = (count: number) =>
  Array.from(unpacked('t10k-images-idx3-ubyte.gz').subarray(16, 16 + count * 784), (x) => x / 255);

describe.skipIf(!here)(`trained networks${here ? '' : ' (absent)'}`, () => {
  test.each([
    ['digits_resnet.onnx', 60, digits],
    ['fashion_resnet8.onnx', 10, fashion],
    ['fashion_squeeze.onnx', 10, fashion],
  ])('%s', async (file, batch, pixels) => {
    const bytes = readFileSync(join(folder, file));
    const graph = got(importGraph(bytes, file, { batch }));
    const [input, output] = [graph.inputs[0]!, graph.outputs[0]!];
    const shape = graph.tensors.find((t) => t.name === input)!.shape!;
    const sample = { shape, values: Float64Array.from(pixels(batch)) };
    const { integers, scales } = got(calibrated(graph, got(graphWeights(graph, bytes)), new Map([[input, sample]])));
    const words = new Map([[input, quantised(sample, scales.get(input)!)]]);
    const seen = await expectSame(graph, integers, words, { level: 'all' });
    console.log(`${file}: ${seen.words} words, ${seen.differing} of them differ at a tie`);
    // Real numbers in, real numbers out: the words of the last layer times what one stands for.
    const real = await runOnnx(got(qdqFile(graph, integers, { scales })), new Map([[input, sample]]), 'float32');
    const whole = await runOnnx(got(qdqFile(graph, integers)), words, 'int8');
    const scale = scales.get(output)!;
    expect([...real.get(output)!.values].map((x) => Math.round(x / scale))).toEqual([...whole.get(output)!.values]);
  });
});
