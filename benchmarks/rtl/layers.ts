// Every shape of ResNet-50 with its proved mapping, simulated whole: npx tsx benchmarks/rtl/layers.ts [--workers 2]
// [--machine simba-2x2] [--network resnet50] [--layers N]

import { fork } from 'node:child_process';
import { parseArgs } from 'node:util';
import { findNetwork } from '../../src/index.js';
import type { LayerJob, LayerAnswer, LayerRow } from './layer-worker.js';
import { gap } from './designs.js';
import { simba16, simba4 } from './machines.js';
import { agrees, markdownTable, thousands, writeResult } from './report.js';

const { values } = parseArgs({
  options: {
    workers: { type: 'string', default: '1' },
    machine: { type: 'string' },
    network: { type: 'string', default: 'resnet50' },
    layers: { type: 'string' },
    write: { type: 'boolean', default: true },
  },
  allowNegative: true,
});
const network = findNetwork(values.network);
if (!network.ok) throw new Error(network.diagnostics[0]!.message);
const layers = network.value.layers.slice(0, values.layers === undefined ? undefined : Number(values.layers));

/** Cycles that take about two minutes on one core. */
const machines = [
  { template: simba4, maxCycles: 12e6 },
  { template: simba16, maxCycles: 4e6 },
].filter((m) => values.machine === undefined || m.template.name === values.machine);

const jobs: readonly LayerJob[] = machines.flatMap((m) =>
  layers.map((layer): LayerJob => ({ ...m, network: values.network, layer, time: 120 })),
);
const rows: LayerRow[] = [];
const errors: string[] = [];

/** Every worker drains the queue. Processes and not threads: `tsx` reaches into those. */
async function drain(queue: LayerJob[]): Promise<void> {
  const start = () => fork(new URL('./layer-worker.ts', import.meta.url));
  let worker = start();
  for (let job = queue.shift(); job; job = queue.shift()) {
    if (!worker.connected) worker = start();
    const asked = job;
    const answer = await new Promise<LayerAnswer>((resolve) => {
      worker
        .once('message', resolve)
        .once('exit', (code) => resolve({ error: `the worker ended with code ${code} at ${asked.layer.layer.name}` }));
      worker.send(asked);
    });
    worker.removeAllListeners();
    if ('error' in answer) {
      errors.push(answer.error);
      console.error(answer.error);
    } else {
      rows.push(answer.row);
      console.log(
        text(answer.row)
          .map((cell, i) => String(cell).padEnd([10, 22, 24, 14, 8, 8, 12, 12, 6, 10, 6, 8][i] ?? 0))
          .join(' '),
      );
    }
  }
  if (worker.connected) worker.disconnect();
}

const headings = [
  'machine',
  'layer',
  'shape',
  'MACs',
  'mapping',
  'gap',
  'cycles (model)',
  'cycles (RTL)',
  'equal',
  'counters equal',
  'wrong outputs',
  'cycles/s',
];
const text = (r: LayerRow) => [
  r.machine,
  r.layer,
  r.halvings > 0 ? `${r.shape} (halved ${r.halvings}x)` : r.shape,
  thousands(r.macs),
  r.status,
  r.gap.toExponential(1),
  thousands(r.cycles.model),
  thousands(r.cycles.rtl),
  r.cyclesEqual ? 'yes' : 'NO',
  `${r.counters.equal} of ${r.counters.all}`,
  r.mismatches,
  thousands(r.cyclesPerSecond),
];

const queue = [...jobs];
await Promise.all(Array.from({ length: Number(values.workers) }, () => drain(queue)));
const place = (r: LayerRow) => jobs.findIndex((j) => j.template.name === r.machine && j.layer.layer.name === r.layer);
rows.sort((a, b) => place(a) - place(b));

const add = (f: (r: LayerRow) => number) => rows.reduce((n, r) => n + f(r), 0);
const summary = {
  agree: rows.filter(agrees).length,
  of: jobs.length,
  proved: rows.filter((r) => r.status === 'optimal').length,
  scaled: rows.filter((r) => r.halvings > 0).length,
  macs: add((r) => r.macs),
  cycles: add((r) => r.cycles.rtl),
  outputs: add((r) => r.words),
  wrong: add((r) => r.mismatches),
  zeros: add((r) => r.zeros),
  saturated: add((r) => r.saturated),
  mapSeconds: add((r) => r.mapSeconds),
  seconds: add((r) => r.seconds),
};
const sentence =
  `${summary.agree} of ${summary.of} layers agree in every output, cycle and counter; ${summary.proved} mappings ` +
  `proved (gap asked for: ${gap}); ` +
  (summary.scaled === 0 ? 'no layer scaled down' : `${summary.scaled} layers scaled down`) +
  `; ${thousands(summary.macs)} multiplications, ${thousands(summary.cycles)} ` +
  `cycles, ${thousands(summary.outputs)} outputs, of which ${summary.wrong} wrong, ` +
  ((100 * summary.zeros) / summary.outputs).toFixed(1) +
  ' % zero and ' +
  ((100 * summary.saturated) / summary.outputs).toFixed(2) +
  ` % saturated; mapping ${summary.mapSeconds.toFixed(0)} s, simulation ${summary.seconds.toFixed(0)} s.`;
console.log(`\n${sentence}`);
if (values.write) {
  const name = `layers-${values.network}${values.machine === undefined ? '' : `-${values.machine}`}`;
  writeResult(
    name,
    { network: network.value.source, gap, workers: Number(values.workers), summary, errors, layers: rows },
    `# ${values.network}, layer by layer, in the RTL\n\n${sentence}\n\n${markdownTable(headings, rows.map(text))}`,
  );
}
if (errors.length > 0 || summary.agree < summary.of) process.exitCode = 1;
