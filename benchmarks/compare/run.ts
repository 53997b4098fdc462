// Heuristics and solvers on every unique layer of ResNet-50 on simba, EDP, as a user runs them, after a build:
// tsx benchmarks/compare/run.ts [--repeat N] [--time 10s] [--strategies LIST] [--layer NAME ...] [--no-write].
// Writes benchmarks/results/compare.json (every run with its curve), .md and .svg.

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { CompareResult } from '../../src/results/compare-result.js';
import { page } from './page.js';

const { values } = parseArgs({
  options: {
    repeat: { type: 'string', default: '1' },
    time: { type: 'string', default: '10s' },
    strategies: { type: 'string' },
    layer: { type: 'string', multiple: true },
    write: { type: 'boolean', default: true },
  },
  allowNegative: true,
});
const magnet = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'magnet-'));
const [json, svg] = [join(folder, 'compare.json'), join(folder, 'compare.svg')];
const loadBefore = loadavg()[0]!;
const question = [
  'compare',
  'resnet50',
  '--arch',
  'simba',
  '--objective',
  'layer-edp',
  '--time',
  values.time,
  '--repeat',
  values.repeat,
  ...(values.strategies === undefined ? [] : ['--strategies', values.strategies]),
  ...(values.layer ?? []).flatMap((name) => ['--layer', name]),
];
const began = performance.now();
const { status } = spawnSync('node', [magnet, ...question, '--json', json, '--svg', svg], {
  stdio: ['ignore', 'inherit', 'inherit'],
});
// 2 is an optimum that stays open, which the page says.
if (status !== 0 && status !== 2) throw new Error(`magnet ${question.join(' ')} ended with exit code ${status}`);
const result = JSON.parse(readFileSync(json, 'utf8')) as CompareResult;
const machine = { cpu: cpus()[0]?.model, cores: cpus().length, node: process.version, loadBefore };
const commit = execFileSync('git', ['describe', '--always', '--dirty'], { encoding: 'utf8' }).trim();
const text = page(result, {
  command: `magnet ${question.join(' ')}`,
  seconds: (performance.now() - began) / 1000,
  machine: `${machine.cpu}, ${machine.cores} cores, Node ${machine.node}, load ${loadBefore.toFixed(1)} before; ${commit}`,
});
if (values.write) {
  const results = new URL('../results/', import.meta.url);
  // What ran where stands in front of what `compare --json` wrote, which keeps a line per run.
  writeFileSync(
    new URL('compare.json', results),
    readFileSync(json, 'utf8').replace(
      '{\n',
      () => `{\n "machine": ${JSON.stringify(machine)},\n "commit": ${JSON.stringify(commit)},\n`,
    ),
  );
  writeFileSync(new URL('compare.svg', results), readFileSync(svg, 'utf8'));
  writeFileSync(new URL('compare.md', results), text);
} else console.log(text);
