// Where the benchmarks of batches keep what they measured: parts of one file, and a page made from it.

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import type { BatchResults, Circumstances } from './page.js';
import { batchPage } from './page.js';

const file = new URL('../results/batch.json', import.meta.url);
const page = new URL('../results/batch.md', import.meta.url);

const circumstances: Circumstances = {
  cpu: cpus()[0]?.model,
  cores: cpus().length,
  node: process.version,
  loadBefore: loadavg()[0]!,
  commit: execFileSync('git', ['describe', '--always', '--dirty'], { encoding: 'utf8' }).trim(),
};

/** In place of what was measured of the same before; the rest stays. */
export function keep(parts: Omit<BatchResults, 'measured'>): void {
  const before = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as BatchResults) : { measured: {} };
  const measured = {
    ...before.measured,
    ...Object.fromEntries(Object.keys(parts).map((name) => [name, circumstances])),
  };
  const results: BatchResults = { ...before, ...parts, measured };
  writeFileSync(file, `${JSON.stringify(results, undefined, 1)}\n`);
  writeFileSync(page, batchPage(results));
  console.log(batchPage(results));
}
