// Trained networks quantized: npx tsx benchmarks/quantization/run.ts [FOLDER], which has NETWORK.json of static.py for each network.
// Networks are beside the folder that MAGNET_MODELS names. Writes benchmarks/results/quantization.md and .json.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { QuantizeOptions } from '../../src/quantize/quantize-options.js';
import type { Samples } from '../../src/quantize/samples.js';
import { quantizationPage } from './page.js';
import type { Guesses, Row } from './study.js';
import { studied } from './study.js';

const models = process.env['MAGNET_MODELS'] ?? new URL('../../../shared/models', import.meta.url).pathname;
const folder = join(models, '..', 'trained');
const results = new URL('../results/', import.meta.url);
const choices = readFileSync(new URL('choices.md', import.meta.url), 'utf8').trim();

const unpacked = (file: string) => gunzipSync(readFileSync(join(folder, file)));
function fashion(part: string): Samples {
  const labels = [...unpacked(`${part}-labels-idx1-ubyte.gz`).subarray(8)];
  const values = Float64Array.from(unpacked(`${part}-images-idx3-ubyte.gz`).subarray(16), (x) => x / 255);
  return { shape: [1, 28, 28], count: labels.length, values, labels };
}
const rows = unpacked('digits.csv.gz')
  .toString()
  .trim()
  .split('\n')
  .map((row) => row.split(',').map(Number));
const digits = (from: number, to: number): Samples => ({
  shape: [1, 8, 8],
  count: to - from,
  values: Float64Array.from(rows.slice(from, to).flatMap((row) => row.slice(0, 64).map((x) => x / 16))),
  labels: rows.slice(from, to).map((row) => row[64] ?? NaN),
});

const file = (network: string) => new Uint8Array(readFileSync(join(folder, `${network}.onnx`)));
const validation = fashion('validation');
const test = fashion('t10k');
const cases = [
  {
    network: 'digits_resnet',
    file: file('digits_resnet'),
    calibration: digits(800, 1000),
    test: digits(1000, rows.length),
  },
  ...['fashion_resnet8', 'fashion_squeeze'].map((network) => ({
    network,
    file: file(network),
    calibration: validation,
    test,
  })),
];

const how = {
  weights: 'mse',
  activations: 'mse',
  granularity: 'channel',
  unsigned: true,
  biasCorrection: true,
  equalize: false,
} as const satisfies Omit<QuantizeOptions, 'weightBits' | 'bits'>;

const [given] = process.argv.slice(2);
const found: Row[] = [];
let version = 'absent';
for (const each of cases) {
  const path = given === undefined ? undefined : join(given, `${each.network}.json`);
  const others =
    path !== undefined && existsSync(path)
      ? (JSON.parse(readFileSync(path, 'utf8')) as Readonly<Record<string, Guesses>> & { readonly onnxruntime: string })
      : undefined;
  version = others?.onnxruntime ?? version;
  for (const [weightBits, bits] of [
    [8, 8],
    [4, 8],
    [4, 4],
  ] as const) {
    const row = await studied(each, { ...how, weightBits, bits }, 200, others?.[`w${weightBits}a${bits}`]);
    console.log(`${row.network} ${row.bits}: ${row.integer} of ${row.real}, ${row.words.differing} words differ`);
    found.push(row);
  }
}
const page = quantizationPage(
  found,
  'Trained networks in words of 8 and 4 bits, on samples that neither trained them nor set a scale. Calibration: 1,000 images of ' +
    'Fashion-MNIST that were not trained on, 200 digits; the same for both quantizers. `magnet quantize --unsigned`, all else as it ' +
    `is by default. ONNX Runtime ${version}, as its Python package has it. Written by \`benchmarks/quantization/run.ts\`.`,
  choices,
);
writeFileSync(new URL('quantization.md', results), page);
writeFileSync(new URL('quantization.json', results), `${JSON.stringify(found, undefined, 2)}\n`);
