// The JSON results as one page of tables: npx tsx benchmarks/tables.ts > benchmarks/results/mapper/README.md

import { readdirSync, readFileSync } from 'node:fs';

interface Result {
  case: string;
  solver: string;
  network: string;
  repeat: number;
  machine: { cpu: string; cores: number; node: string };
  summary: {
    proved: number;
    of: number;
    medianSeconds: number;
    worstSeconds: number;
    sumSeconds: number;
    peakMegabytes: number;
  };
  layers: {
    layer: string;
    count: number;
    status: string;
    gap: number;
    seconds: number;
    rounds: number;
    nodes: number;
    columns: number;
    constraints: number;
  }[];
}

const folder = new URL('./results/mapper/', import.meta.url);
const results = readdirSync(folder)
  .filter((f) => f.endsWith('.json'))
  .map((f) => JSON.parse(readFileSync(new URL(f, folder), 'utf8')) as Result);

console.log('# Mapper benchmarks\n');
console.log(
  'Seconds per layer are medians, one layer at a time on one core; `auto` is HiGHS. GLPK reports no node count. Gap asked for: 1e-4.\n',
);
for (const { case: name, solver, network, repeat, machine, summary: s, layers } of results) {
  console.log(`## ${name}, ${solver}\n`);
  console.log(
    `${s.proved} of ${s.of} layers proved; median ${s.medianSeconds.toFixed(2)} s, ` +
      `worst ${s.worstSeconds.toFixed(2)} s, sum ${s.sumSeconds.toFixed(1)} s; peak ${s.peakMegabytes.toFixed(0)} ` +
      `MB; runs per layer ${repeat}; ${machine.cpu}, ${machine.cores} cores, Node ${machine.node}; ${network}.\n`,
  );
  console.log(
    '| layer | count | status | gap | seconds | rounds | nodes | columns | rows |\n|---|---|---|---|---|---|---|---|---|',
  );
  for (const l of layers)
    console.log(
      `| ${l.layer} | ${l.count} | ${l.status} | ${l.gap.toExponential(1)} | ${l.seconds.toFixed(2)} ` +
        `| ${l.rounds} | ${l.nodes} | ${l.columns} | ${l.constraints} |`,
    );
  console.log('');
}
