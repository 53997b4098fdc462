// Makes trained/ of the networks and samples beside those that MAGNET_MODELS names: npx tsx scripts/trained-data.ts
//
// Of Fashion-MNIST: samples 55,000 to 55,499 of its training part, which the network was not trained on, to set scales by, and the
// first 1,000 of its test part to be counted.

import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { printNpy } from '../src/interchange/npy.js';

const models = process.env['MAGNET_MODELS'] ?? new URL('../../shared/models', import.meta.url).pathname;
const from = join(models, '..', 'trained');
const to = new URL('../trained/', import.meta.url);

const bytesOf = (file: string, head: number, count: number) =>
  Int32Array.from(gunzipSync(readFileSync(join(from, file))).subarray(head, head + count));
const arrays = (part: string, file: string, count: number) => ({
  [`${part}_images.npy`]: printNpy(
    { shape: [count, 28, 28], data: bytesOf(`${file}-images-idx3-ubyte.gz`, 16, count * 784) },
    'uint8',
  ),
  [`${part}_labels.npy`]: printNpy(
    { shape: [count], data: bytesOf(`${file}-labels-idx1-ubyte.gz`, 8, count) },
    'uint8',
  ),
});
const files = { ...arrays('validation', 'validation', 500), ...arrays('test', 't10k', 1000) };
// The time of a file would be another one each time.
writeFileSync(new URL('fashion-mnist.npz', to), zipSync(files, { level: 9, mtime: new Date(2000, 0, 1) }));
copyFileSync(join(from, 'fashion_resnet8.onnx'), new URL('fashion-resnet8.onnx', to));
