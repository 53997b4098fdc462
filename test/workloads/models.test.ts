// Published ONNX files import with their known sizes; the files are not part of the project.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { networkMacs } from '../../src/model/workload/network.js';
import { importOnnx } from '../../src/workloads/onnx/import.js';

const folder = process.env['MAGNET_MODELS'] ?? new URL('../../../shared/models', import.meta.url).pathname;

/** File, layers, shapes, MACs, and operators that must be listed as not mapped. */
const models = [
  // The grouped original: 654.56 M.
  ['light_bvlc_alexnet.onnx', 8, 8, 654_560_384, { LRN: 2, MaxPool: 3, Relu: 7 }],
  ['light_resnet50.onnx', 54, 24, 4_089_184_256, { BatchNormalization: 53, Sum: 16, AveragePool: 1 }],
  ['light_squeezenet.onnx', 26, 18, 349_151_936, { Concat: 8, GlobalAveragePool: 1 }],
  ['light_vgg19.onnx', 19, 12, 19_632_062_464, { MaxPool: 5, Dropout: 2 }],
] as const;

for (const [file, layers, shapes, macs, others] of models) {
  const path = join(folder, file);
  const here = existsSync(path);
  if (!here) console.log(`${file} is absent (looked in ${folder}; MAGNET_MODELS names another folder): skipped`);
  test.skipIf(!here)(`${file}: ${layers} layers, ${shapes} shapes${here ? '' : ' (the file is absent)'}`, () => {
    const bytes = readFileSync(path);
    const result = importOnnx(bytes, file);
    if (!result.ok) throw new Error(JSON.stringify(result.diagnostics));
    const { value: network } = result;
    expect(network.layers.reduce((n, { count }) => n + count, 0)).toBe(layers);
    expect(network.layers.length).toBe(shapes);
    expect(networkMacs(network)).toBe(macs);
    const unmapped = Object.fromEntries(network.unmapped.map(({ operator, count }) => [operator, count]));
    expect(unmapped).toMatchObject(others);

    const four = importOnnx(bytes, file, { batch: 4 });
    expect(four.ok && networkMacs(four.value)).toBe(4 * macs);
  });
}
