// Certifies ResNet-50 on simba as a user does: tsx benchmarks/certify/run.ts [EXECUTABLE], after a build. Writes
// benchmarks/results/certify.json and certify.md: per layer the best EDP, what is proven of it and how long that took.

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CertifyResult } from './page.js';
import { certifyCase, certifyPage } from './page.js';

const magnet = process.argv[2] ?? fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const results = new URL('../results/', import.meta.url);

const file = join(mkdtempSync(join(tmpdir(), 'magnet-')), 'result.json');
const load = loadavg()[0]!;
const begin = performance.now();
spawnSync('node', [magnet, ...certifyCase.command, '--json', file], { stdio: ['ignore', 'ignore', 'inherit'] });
const seconds = (performance.now() - begin) / 1000;
const { layers } = JSON.parse(readFileSync(file, 'utf8')) as Pick<CertifyResult, 'layers'>;
const machine = { cpu: cpus()[0]?.model, cores: cpus().length, node: process.version, loadBefore: load };
const commit = execFileSync('git', ['describe', '--always', '--dirty'], { encoding: 'utf8' }).trim();
const result: CertifyResult = {
  command: certifyCase.command,
  seconds,
  machine,
  commit,
  layers: layers.map(({ name, status, objective, gap, seconds: own, certificate }) => ({
    name,
    status,
    objective,
    gap,
    seconds: own,
    certificate,
  })),
};
writeFileSync(new URL('certify.json', results), `${JSON.stringify(result, undefined, 1)}\n`);
writeFileSync(new URL('certify.md', results), certifyPage(result));
console.log(certifyPage(result));
