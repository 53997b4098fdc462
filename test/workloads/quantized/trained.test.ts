// Trained networks in integers, written as QDQ ONNX and read again: the same words of every sample, from real inputs on.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { unsignedTensors } from '../../../src/model/workload/unsigned-tensors.js';
import { qdqFile } from '../../../src/qdq/qdq-file.js';
import { calibrated, quantised } from '../../../src/reference/calibrate.js';
import { givenInput } from '../../../src/reference/given-real.js';
import { arithmeticOf } from '../../../src/reference/integer-arithmetic.js';
import { runGraph } from '../../../src/reference/run-graph.js';
import { graphWeights } from '../../../src/workloads/graph/graph-weights.js';
import { importGraph } from '../../../src/workloads/graph/network-graph-of.js';
import { got, integersOf, readQuantized, wordsOf } from '../../support/quantized.js';

const models = process.env['MAGNET_MODELS'] ?? new URL('../../../../shared/models', import.meta.url).pathname;
const folder = join(models, '..', 'trained');
const here = existsSync(folder);
if (!here)
  console.log(`trained networks are absent (looked in ${folder}; MAGNET_MODELS names the models beside them): skipped`);

const unpacked = (file: string) => gunzipSync(readFileSync(join(folder, file)));
const digits = (count: number) => {
  const rows = unpacked('digits.csv.gz').toString().trim().split('\n').slice(1000);
  return rows.slice(0, count).flatMap((row) => row.split(',', 64).map((x) => Math.fround(Number(x) / 16)));
};
const fashion = (count: number) =>
  Array.from(unpacked('t10k-images-idx3-ubyte.gz').subarray(16, 16 + count * 784), (x) => Math.fround(x / 255));

describe.skipIf(!here)(`trained networks${here ? '' : ' (absent)'}`, () => {
  test.each([
    ['digits_resnet.onnx', 40, digits],
    ['fashion_resnet8.onnx', 6, fashion],
    ['fashion_squeeze.onnx', 6, fashion],
  ])('%s', (file, batch, pixels) => {
    const bytes = readFileSync(join(folder, file));
    const graph = got(importGraph(bytes, file, { batch }));
    const [input, output] = [graph.inputs[0]!, graph.outputs[0]!];
    const shape = graph.tensors.find((t) => t.name === input)!.shape!;
    const sample = { shape, values: Float64Array.from(pixels(batch)) };
    const weights = got(graphWeights(graph, bytes));
    for (const unsigned of [undefined, unsignedTensors(graph, 8)]) {
      const { integers, scales } = got(calibrated(graph, weights, new Map([[input, sample]]), { unsigned }));
      const words = quantised(sample, scales.get(input)!);
      const wanted = got(runGraph(graph, new Map([[input, words]]), arithmeticOf(integers, graph)));
      const read = got(readQuantized(got(qdqFile(graph, integers, { scales })), batch));
      const made = got(integersOf(read));
      expect(made.differences).toEqual([]);
      const x = givenInput(sample, made.tensors.get(read.graph.inputs[0]!)!);
      expect(x.values).toEqual(words.values);
      const found = wordsOf(read, made, new Map([[read.graph.inputs[0]!, x]]));
      expect(found.get(read.graph.outputs[0]!)!.values).toEqual(wanted.tensors.get(output)!.values);
      expect(read.given.outputs.get(read.graph.outputs[0]!)).toBe(Math.fround(scales.get(output)!));
    }
  });
});
