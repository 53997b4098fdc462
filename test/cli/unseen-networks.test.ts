// Classifiers of kinds that no trained network at hand has (LeNet, depthwise layers, channels last, whole pixels), as exporters write
// them: real numbers as ONNX Runtime has them, and right as often in words.

import { beforeAll, expect, test } from 'vitest';
import { packagedSamples } from '../../src/cli/packaged.js';
import { parseSamples } from '../../src/interchange/samples-file.js';
import { parseAccuracyResult } from '../../src/results/accuracy-result.js';
import { classifierFile, classifiers } from '../support/classifiers.js';
import { run } from './run.js';

const files: Record<string, string | Uint8Array> = {};

beforeAll(async () => {
  const { bytes, images, labels } = packagedSamples('fashion-mnist#validation')!;
  const [pixels, classes] = [await parseSamples(bytes, 'samples', images), await parseSamples(bytes, 'labels', labels)];
  if (!pixels.ok || !classes.ok) throw new Error('samples that come with magnet');
  const count = 300;
  for (const kind of classifiers) {
    const by = kind === 'keras-mean' ? 1 : 255;
    const values = Float64Array.from(pixels.value.values.slice(0, count * 784), (v) => v / by);
    const samples = { shape: [1, 28, 28], count, values, labels: classes.value.values.slice(0, count) };
    files[`${kind}.onnx`] = classifierFile(kind, samples);
  }
  const row = (i: number) => [...pixels.value.values.slice(i * 784, (i + 1) * 784), classes.value.values[i]].join(',');
  files['some.csv'] = Array.from({ length: 64 }, (_, i) => row(count + i)).join('\n');
});

const accuracyOf = async (file: string, more: string) => {
  const argv = `accuracy ${file} --data fashion-mnist#test --samples 200 --calibrate some.csv --unsigned -q --json - ${more}`;
  const { out, err } = await run(argv.split(' '), files);
  const read = err === '' ? parseAccuracyResult(JSON.parse(out)) : undefined;
  if (!read?.ok) throw new Error(err || out);
  return read.value;
};

test.each(classifiers)(
  '%s: real numbers are those of ONNX Runtime, words of 8 bits are right as often within two points',
  async (kind) => {
    const pixels = kind === 'keras-mean' ? '--divide 1' : '--divide 255';
    const found = await accuracyOf(`${kind}.onnx`, `${pixels} --float onnxruntime`);
    const own = await accuracyOf(`${kind}.onnx`, pixels);
    expect(own.real).toEqual(found.real);
    expect(own.integer).toEqual(found.integer);
    // Far from chance, which is a tenth.
    expect(own.real.first).toBeGreaterThan(0.5);
    expect(Math.abs(own.loss.loss)).toBeLessThanOrEqual(0.02);
  },
);
