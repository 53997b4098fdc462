// HiGHS, GLPK and the race of both on the layers of ResNet-50: npx tsx benchmarks/solvers/run.ts [CASE ...] [--step 4]
// [--time 60] [--solvers highs,glpk,race], after a build (a race has threads there only). Writes
// benchmarks/results/solvers.json and solvers.md.

import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import type { SolverName } from '../../src/index.js';
import type { SolverCase } from './measure.js';
import { measured, solverCases, solversPage } from './measure.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    step: { type: 'string', default: '1' },
    time: { type: 'string', default: '60' },
    solvers: { type: 'string', default: 'highs,glpk,race' },
  },
});
const built = new URL('../../dist/index.js', import.meta.url).href;
const { mapLayer } = (await import(built)) as typeof import('../../src/index.js');
const results = new URL('../results/', import.meta.url);
const cpu = () => process.cpuUsage().user / 1e6;

interface Saved {
  readonly how: string;
  readonly cases: readonly SolverCase[];
}

function before(): readonly SolverCase[] {
  try {
    return (JSON.parse(readFileSync(new URL('solvers.json', results), 'utf8')) as Saved).cases;
  } catch {
    return [];
  }
}

for (const c of solverCases().filter((x) => positionals.length === 0 || positionals.includes(x.name))) {
  const load = loadavg()[0]!;
  const solvers = values.solvers.split(',') as SolverName[];
  const found = await measured(c, solvers, Number(values.step), Number(values.time), mapLayer, cpu, (row) =>
    console.log(c.name, row.solver, row.layer, row.status, row.gap.toExponential(1), row.seconds.toFixed(2)),
  );
  const cases = [...before().filter((x) => x.case !== c.name), found];
  const how =
    `Every ${values.step === '1' ? '' : `${values.step}th `}unique layer of ResNet-50, to a gap of 1e-4, at most ` +
    `${values.time} s of wall time each, one at a time; seconds of processor time of all threads, the first layer with ` +
    `solvers that are still being compiled. ${cpus()[0]?.model}, ${cpus().length} cores (load ${load.toFixed(0)}), ` +
    `Node ${process.version}.`;
  writeFileSync(new URL('solvers.json', results), `${JSON.stringify({ how, cases } satisfies Saved, undefined, 1)}\n`);
  writeFileSync(new URL('solvers.md', results), solversPage(cases, how));
}
