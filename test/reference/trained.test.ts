// Trained networks in integers of eight bits decide nearly as they do in real numbers; their files are not part of the project.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { calibrated, quantised } from '../../src/reference/calibrate.js';
import { arithmeticOf } from '../../src/reference/integer-arithmetic.js';
import { realArithmetic } from '../../src/reference/real-arithmetic.js';
import { runGraph } from '../../src/reference/run-graph.js';
import type { Parsed } from '../../src/base/diagnostics.js';
import { printDiagnostic } from '../../src/base/diagnostics.js';
import { graphWeights } from '../../src/workloads/graph/graph-weights.js';
import { importGraph } from '../../src/workloads/graph/network-graph-of.js';

const models = process.env['MAGNET_MODELS'] ?? new URL('../../../shared/models', import.meta.url).pathname;
const folder = join(models, '..', 'trained');
const here = existsSync(folder);
if (!here)
  console.log(`trained networks are absent (looked in ${folder}; MAGNET_MODELS names the models beside them): skipped`);

interface Samples {
  readonly shape: readonly number[];
  readonly pixels: readonly (readonly number[])[];
  readonly labels: readonly number[];
}

const unpacked = (file: string) => gunzipSync(readFileSync(join(folder, file)));

function digits(from: number, to: number): Samples {
  const rows = unpacked('digits.csv.gz').toString().trim().split('\n');
  const numbers = rows.slice(from, to).map((row) => row.split(',').map(Number));
  return {
    shape: [1, 8, 8],
    pixels: numbers.map((r) => r.slice(0, 64).map((v) => v / 16)),
    labels: numbers.map((r) => r[64]!),
  };
}

function fashion(part: string, count: number): Samples {
  const [images, labels] = [unpacked(`${part}-images-idx3-ubyte.gz`), unpacked(`${part}-labels-idx1-ubyte.gz`)];
  const image = (i: number) => [...images.subarray(16 + i * 784, 16 + (i + 1) * 784)].map((v) => v / 255);
  return {
    shape: [1, 28, 28],
    pixels: Array.from({ length: count }, (_, i) => image(i)),
    labels: [...labels.subarray(8, 8 + count)],
  };
}

function got<T>(result: Parsed<T>): T {
  if (!result.ok) throw new Error(result.diagnostics.map(printDiagnostic).join('\n'));
  return result.value;
}

/** Shares of samples that real numbers and integers label right. */
function accuracies(
  file: string,
  calibration: Samples,
  samples: Samples,
): { readonly real: number; readonly integer: number } {
  const bytes = readFileSync(join(folder, file));
  const graphFor = ({ labels }: Samples) => got(importGraph(bytes, file, { batch: labels.length }));
  const tensor = ({ shape, pixels }: Samples) => ({
    shape: [pixels.length, ...shape],
    values: Float64Array.from(pixels.flat()),
  });
  const graph = graphFor(samples);
  const weights = got(graphWeights(graph, bytes));
  const [input, output] = [graph.inputs[0]!, graph.outputs[0]!];
  const { integers, scales } = got(calibrated(graphFor(calibration), weights, new Map([[input, tensor(calibration)]])));
  const words = quantised(tensor(samples), scales.get(input)!);
  const share = (values: Float64Array) => {
    const classes = values.length / samples.labels.length;
    const right = samples.labels.filter((label, i) => {
      const scores = [...values.subarray(i * classes, (i + 1) * classes)];
      return scores.indexOf(Math.max(...scores)) === label;
    });
    return right.length / samples.labels.length;
  };
  const real = got(runGraph(graph, new Map([[input, tensor(samples)]]), realArithmetic(weights)));
  const integer = got(runGraph(graph, new Map([[input, words]]), arithmeticOf(integers, graph)));
  return { real: share(real.tensors.get(output)!.values), integer: share(integer.tensors.get(output)!.values) };
}

describe.skipIf(!here)(`trained networks${here ? '' : ' (absent)'}`, () => {
  test('digits: the test accuracy that training reported, in real numbers', () => {
    const { real, integer } = accuracies('digits_resnet.onnx', digits(800, 900), digits(1000, 1797));
    expect(real).toBeCloseTo(0.9724, 4);
    expect(Math.abs(integer - real)).toBeLessThan(0.02);
  });
  test.each(['fashion_resnet8.onnx', 'fashion_squeeze.onnx'])('%s on its first 200 samples', (file) => {
    const { real, integer } = accuracies(file, fashion('validation', 40), fashion('t10k', 200));
    expect(real).toBeGreaterThan(0.85);
    expect(Math.abs(integer - real)).toBeLessThan(0.03);
  });
});
