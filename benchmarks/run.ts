// Times the mapper: npm run bench [-- CASE ...] [--solver glpk] [--layers N]. Writes
// benchmarks/results/mapper/CASE-SOLVER.json and prints tables.

import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { gapOf, mapLayer, printShape } from '../src/index.js';
import type { SolverName } from '../src/index.js';
import { benchmarkCases } from './cases.js';
import type { BenchmarkCase } from './cases.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    solver: { type: 'string', default: 'auto' },
    layers: { type: 'string' },
    write: { type: 'boolean', default: true },
    repeat: { type: 'string', default: '3' },
  },
  allowNegative: true,
});
const solver = values.solver as SolverName;
const repeat = Number(values.repeat);
const median = (xs: readonly number[]) => [...xs].sort((a, b) => a - b)[Math.floor(xs.length / 2)]!;

async function measureCase(c: BenchmarkCase) {
  const layers = c.network.layers.slice(0, values.layers === undefined ? undefined : Number(values.layers));
  const rows = [];
  for (const { layer, count } of layers) {
    const task = {
      architectures: c.architectures,
      layer,
      conventions: c.conventions,
      goal: { objective: c.objective, limits: {} },
      padding: c.padding,
    };
    const seconds: number[] = [];
    let answer;
    for (let i = 0; i < repeat; i++) {
      const begin = performance.now();
      answer = await mapLayer(task, solver, {
        time: 120,
        evaluations: Infinity,
        gap: 1e-4,
        seed: 1,
        now: () => performance.now(),
      });
      seconds.push((performance.now() - begin) / 1000);
    }
    const { status, best, bound, rounds, nodes, columns, rows: constraints } = answer!;
    rows.push({
      layer: printShape(layer),
      count,
      status,
      objective: best?.objective,
      bound,
      gap: gapOf(answer!),
      seconds: median(seconds),
      rounds,
      nodes,
      columns,
      constraints,
    });
    console.log(
      `${c.name.padEnd(20)} ${printShape(layer).padEnd(24)} ${status.padEnd(9)} ` +
        `gap ${gapOf(answer!).toExponential(1)}  ${median(seconds).toFixed(2)} s  rounds ${rounds}  ` +
        `nodes ${nodes}  columns ${columns}  rows ${constraints}`,
    );
  }
  const all = rows.map((r) => r.seconds);
  const summary = {
    proved: rows.filter((r) => r.status === 'optimal').length,
    of: rows.length,
    medianSeconds: median(all),
    worstSeconds: Math.max(...all),
    sumSeconds: all.reduce((a, b) => a + b, 0),
    peakMegabytes: process.resourceUsage().maxRSS / 1024,
  };
  console.log(
    `${c.name}: ${summary.proved} of ${summary.of} proved, median ${summary.medianSeconds.toFixed(2)} s, ` +
      `worst ${summary.worstSeconds.toFixed(2)} s, sum ${summary.sumSeconds.toFixed(1)} s, ` +
      `peak ${summary.peakMegabytes.toFixed(0)} MB\n`,
  );
  return {
    case: c.name,
    network: c.network.source,
    solver,
    repeat,
    gap: 1e-4,
    machine: { cpu: cpus()[0]?.model, cores: cpus().length, node: process.version },
    commit: commit(),
    summary,
    layers: rows,
  };
}

function commit(): string {
  try {
    return execFileSync('git', ['describe', '--always', '--dirty'], { encoding: 'utf8' }).trim();
  } catch {
    return 'unknown';
  }
}

for (const c of benchmarkCases().filter((x) => positionals.length === 0 || positionals.includes(x.name))) {
  const result = await measureCase(c);
  if (values.write)
    writeFileSync(
      new URL(`./results/mapper/${c.name}-${solver}.json`, import.meta.url),
      `${JSON.stringify(result, undefined, 1)}\n`,
    );
}
