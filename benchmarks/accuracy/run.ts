// Trained networks beside ONNX Runtime: npx tsx benchmarks/accuracy/run.ts (after a build; alone on the machine).
// Their folder is beside that which MAGNET_MODELS names. Writes benchmarks/results/accuracy.md and .json.

import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parseAccuracyResult } from '../../src/results/accuracy-result.js';
import type { Data } from './measure.js';
import { measured } from './measure.js';
import type { VerbResult } from './page.js';
import { accuracyPage } from './page.js';

const models = process.env['MAGNET_MODELS'] ?? new URL('../../../shared/models', import.meta.url).pathname;
const folder = join(models, '..', 'trained');
const main = new URL('../../dist/cli/main.js', import.meta.url).pathname;
const rounds = 5;

const unpacked = (file: string) => gunzipSync(readFileSync(join(folder, file)));
const fashion = (part: string): Data => ({
  values: Float64Array.from(unpacked(`${part}-images-idx3-ubyte.gz`).subarray(16), (x) => x / 255),
  labels: [...unpacked(`${part}-labels-idx1-ubyte.gz`).subarray(8)],
});
const rows = unpacked('digits.csv.gz')
  .toString()
  .trim()
  .split('\n')
  .map((row) => row.split(',').map(Number));
const digits = (from: number, to: number): Data => ({
  values: Float64Array.from(rows.slice(from, to).flatMap((row) => row.slice(0, 64).map((x) => x / 16))),
  labels: rows.slice(from, to).map((row) => row[64] ?? NaN),
});
const ofFashion = [
  '--data',
  join(folder, 't10k-images-idx3-ubyte.gz'),
  '--labels',
  join(folder, 't10k-labels-idx1-ubyte.gz'),
  '--calibrate',
  join(folder, 'validation-images-idx3-ubyte.gz'),
];
const ofDigits = [
  '--data',
  join(folder, 'digits.csv.gz'),
  '--first',
  '1000',
  '--calibrate',
  join(folder, 'digits.csv.gz'),
];

const cases = [
  {
    network: 'digits_resnet',
    calibration: digits(800, 1000),
    data: digits(1000, 1797),
    asked: [...ofDigits, '--divide', '16'],
  },
  ...['fashion_resnet8', 'fashion_squeeze'].map((network) => ({
    network,
    calibration: fashion('validation'),
    data: fashion('t10k'),
    asked: ofFashion,
  })),
];

function verb(network: string, asked: readonly string[], workers: number): VerbResult {
  const json = join(tmpdir(), `magnet-accuracy-${process.pid}.json`);
  const began = performance.now();
  // Says at its end what processors have worked for it, workers' threads too.
  const counting =
    "process.on('exit', () => { const { user, system } = process.cpuUsage(); process.stderr.write(`${user + system}`); })";
  const ran = spawnSync(
    process.execPath,
    [
      ...['--import', `data:text/javascript,${encodeURIComponent(counting)}`],
      ...[main, 'accuracy', join(folder, `${network}.onnx`), ...asked, '-q', '--workers', `${workers}`, '--json', json],
    ],
    { encoding: 'utf8' },
  );
  if (ran.status !== 0) throw new Error(ran.stderr);
  const result = parseAccuracyResult(JSON.parse(readFileSync(json, 'utf8')));
  if (!result.ok) throw new Error('no result');
  const { real, integer, data } = result.value;
  return {
    network,
    samples: data.samples,
    workers,
    seconds: (performance.now() - began) / 1000,
    processorSeconds: Number(ran.stderr.trim()) / 1e6,
    real: real.first,
    integer: integer.first,
  };
}

const networks = [];
const verbs: VerbResult[] = [];
for (const { network, calibration, data, asked } of cases) {
  const bytes = readFileSync(join(folder, `${network}.onnx`));
  networks.push(await measured(network, bytes, calibration, data, { rounds, slow: 400 }));
  for (const workers of [1, 2]) verbs.push(verb(network, asked, workers));
  console.log(JSON.stringify(networks.at(-1)), JSON.stringify(verbs.slice(-2)));
}
const version = (
  JSON.parse(readFileSync(new URL('../../node_modules/onnxruntime-web/package.json', import.meta.url), 'utf8')) as {
    readonly version: string;
  }
).version;
const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
const machine = { commit, cpu: cpus()[0]?.model ?? '', cores: cpus().length, node: process.version, runtime: version };
const results = new URL('../results/', import.meta.url);
writeFileSync(new URL('accuracy.json', results), `${JSON.stringify({ machine, rounds, networks, verbs }, null, 2)}\n`);
writeFileSync(new URL('accuracy.md', results), accuracyPage(networks, verbs, { ...machine, rounds }));
