// How co-designs scale over machines, simulated by measured times and held against threads:
// after a build, npx tsx benchmarks/queue/scaling.ts [--case PART-OF-NAME ...] [--workers 1,2,4] [--no-check].
// Writes benchmarks/results/queue/scaling.md, .json and .svg.

import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { drawFigure } from '../../src/index.js';
import { messageCosts } from './message-costs.js';
import type { ScalingCase } from './scaling-page.js';
import { scalingFigure, scalingPage } from './scaling-page.js';
import { scalingQuestions } from './scaling-questions.js';

const { values } = parseArgs({
  options: {
    case: { type: 'string', multiple: true },
    workers: { type: 'string', default: '1,2,4,10,100,1000' },
    check: { type: 'boolean', default: true },
  },
  allowNegative: true,
});
const load = loadavg()[0]!;
const costs = await messageCosts(400, 1000);
console.log(`a message: ${costs.lead.toFixed(2)} ms of the one who leads, ${costs.way.toFixed(2)} ms on each way`);
const script = fileURLToPath(new URL('scaling-case.ts', import.meta.url));
const cases: ScalingCase[] = [];
for (const [number, { name }] of scalingQuestions.entries()) {
  if (values.case && !values.case.some((part) => name.includes(part))) continue;
  const words = [number, costs.lead, costs.way, values.check ? 1 : 0, ...values.workers.split(',')].map(String);
  const text = execFileSync(process.execPath, [...process.execArgv, script, ...words], {
    encoding: 'utf8',
    maxBuffer: 1e8,
  });
  const done = JSON.parse(text) as ScalingCase;
  cases.push(done);
  console.log(name);
  for (const r of done.rows) console.log(`  ${r.workers} workers: ${(r.wall / 1000).toFixed(2)} s, ${r.tasks} tasks`);
  for (const c of done.checked)
    console.log(
      `  ${c.workers} threads: ${c.seconds.toFixed(1)} s, ${c.cpu.toFixed(1)} of processors, foretold ${c.foretold.toFixed(1)}`,
    );
}

const folder = new URL('../results/queue/', import.meta.url);
mkdirSync(folder, { recursive: true });
const machine = `${cpus().length} cores of ${cpus()[0]?.model ?? 'an unknown processor'}, Node ${process.version}`;
const commit = execFileSync('git', ['describe', '--always', '--dirty'], { encoding: 'utf8' }).trim();
const page = scalingPage(cases, costs, { command: 'npx tsx benchmarks/queue/scaling.ts', machine, load, commit });
writeFileSync(new URL('scaling.md', folder), page);
writeFileSync(
  new URL('scaling.json', folder),
  `${JSON.stringify({ costs, load, machine, commit, cases }, undefined, 1)}\n`,
);
writeFileSync(new URL('scaling.svg', folder), drawFigure(scalingFigure(cases)));
console.log(page);
