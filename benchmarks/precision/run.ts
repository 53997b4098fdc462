// The best machine of 8-bit words beside the best of all precisions that lose 1 % at most:
// npm run build && npx tsx benchmarks/precision/run.ts [NETWORK ...]. Networks are beside the folder that MAGNET_MODELS names.
// Writes benchmarks/results/precision.md and .json; rows that are not asked for stay.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { parseCodesignResult } from '../../src/results/codesign-result.js';
import { without } from '../questions/cases.js';
import type { Row } from './page.js';
import { precisionPage, rowOf } from './page.js';

const models = process.env['MAGNET_MODELS'] ?? new URL('../../../shared/models', import.meta.url).pathname;
const trained = join(models, '..', 'trained');
const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const work = mkdtempSync(join(tmpdir(), 'magnet-'));

const rows = gunzipSync(readFileSync(join(trained, 'digits.csv.gz')))
  .toString()
  .trim()
  .split('\n');
function part(name: string, from: number, to: number): string {
  const path = join(work, name);
  writeFileSync(path, rows.slice(from, to).join('\n'));
  return path;
}
const fashion = (name: string) => join(trained, name);
const ofFashion = [
  ...['--calibrate', fashion('validation-images-idx3-ubyte.gz')],
  ...['--validate', fashion('validation-images-idx3-ubyte.gz')],
  ...['--validate-labels', fashion('validation-labels-idx1-ubyte.gz')],
  ...['--test', fashion('t10k-images-idx3-ubyte.gz'), '--test-labels', fashion('t10k-labels-idx1-ubyte.gz')],
];
const validation = part('validation.csv', 800, 1000);
const data: Readonly<Record<string, readonly string[]>> = {
  digits_resnet: [
    ...['--calibrate', validation, '--validate', validation],
    ...['--test', part('test.csv', 1000, rows.length), '--divide', '16'],
  ],
  fashion_resnet8: ofFashion,
  fashion_squeeze: ofFashion,
};

function found(network: string, precisions: readonly string[]): Row {
  const json = join(work, 'found.json');
  const argv = [
    ...['codesign', join(trained, `${network}.onnx`), '--space', 'magnet-quick', '--limit', 'area=1mm2'],
    ...[
      '--limit',
      'accuracy-loss=1%',
      '--unsigned',
      without,
      ...(data[network] ?? []),
      ...precisions,
      '--json',
      json,
      '-q',
    ],
  ];
  const { status } = spawnSync(process.execPath, [main, ...argv], { stdio: ['ignore', 'ignore', 'inherit'] });
  // Where samples do not decide the loss it says so (2).
  if (status !== 0 && status !== 2) throw new Error(`${network}: exit code ${String(status)}`);
  const result = parseCodesignResult(JSON.parse(readFileSync(json, 'utf8')));
  if (!result.ok) throw new Error(result.diagnostics[0]?.message);
  return rowOf(network, precisions.length > 0 ? 'w8a8 alone' : 'all', result.value);
}

const file = new URL('../results/precision.json', import.meta.url);
const before: readonly Row[] = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Row[]) : [];
const asked = process.argv.slice(2);
const networks = Object.keys(data).filter((n) => asked.length === 0 || asked.includes(n));
const measured = networks.flatMap((n) => [found(n, ['--precisions', 'w8a8']), found(n, [])]);
const all = Object.keys(data).flatMap((n) => (networks.includes(n) ? measured : before).filter((r) => r.network === n));
writeFileSync(file, `${JSON.stringify(all, undefined, 1)}\n`);
writeFileSync(new URL('../results/precision.md', import.meta.url), precisionPage(all));
