// PilotNet end to end on simulated hardware, layer after layer in one DRAM: npx tsx benchmarks/rtl/pilotnet.ts [simba-2x2 | simba-4x4]

import { parseArgs } from 'node:util';
import { findNetwork, networkMacs, printShape } from '../../src/index.js';
import { simulateChain } from '../../src/sim/chain.js';
import { designOf, gap, mapped } from './designs.js';
import type { Mapped } from './designs.js';
import { simba16, simba4 } from './machines.js';
import { agreement, agrees, markdownTable, thousands, writeResult } from './report.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { write: { type: 'boolean', default: true } },
  allowNegative: true,
});
const network = findNetwork('pilotnet');
if (!network.ok) throw new Error(network.diagnostics[0]!.message);

const headings = [
  'layer',
  'shape',
  'mapping',
  'gap',
  'cycles (model)',
  'cycles (RTL)',
  'equal',
  'counters equal',
  'wrong outputs',
  'zero',
  'input',
  'cycles/s',
];
const results = [];
const pages: string[] = [];
for (const t of [simba4, simba16].filter((m) => positionals.length === 0 || positionals.includes(m.name))) {
  const maps: Mapped[] = [];
  for (const layer of network.value.layers) {
    const m = await mapped(t, layer, 120);
    maps.push(m);
    console.error(
      `${t.name}: ${layer.layer.name} ${m.layer.status}, gap ${m.layer.gap.toExponential(1)}, ${m.seconds.toFixed(1)} s`,
    );
  }
  const { layers, totals } = await simulateChain(
    {
      design: designOf(
        t,
        'pilotnet',
        maps.map((m) => m.layer),
      ),
      seed: 1,
      stalls: 0,
    },
    () => {},
  );
  const rows = layers.map((r, i) => {
    const { layer: m, solver, seconds } = maps[i]!;
    const { words, zeros, saturated } = r.outputs;
    return {
      layer: r.layer,
      shape: printShape(m.layer),
      solver,
      status: m.status,
      gap: m.gap,
      mapSeconds: seconds,
      cycles: r.cycles,
      words,
      zeros,
      saturated,
      repacked: r.repacked,
      seconds: r.seconds,
      cyclesPerSecond: r.cyclesPerSecond,
      ...agreement(r),
    };
  });
  const all = {
    agree: rows.filter(agrees).length,
    of: rows.length,
    proved: rows.filter((r) => r.status === 'optimal').length,
    macs: networkMacs(network.value),
    mapSeconds: maps.reduce((n, m) => n + m.seconds, 0),
    ...totals,
  };
  const table = markdownTable(
    headings,
    rows.map((r) => [
      r.layer,
      r.shape,
      r.status,
      r.gap.toExponential(1),
      thousands(r.cycles.model),
      thousands(r.cycles.rtl),
      r.cyclesEqual ? 'yes' : 'NO',
      `${r.counters.equal} of ${r.counters.all}`,
      r.mismatches,
      `${((100 * r.zeros) / r.words).toFixed(0)} %`,
      r.repacked ? 'copied by the host' : 'in place',
      thousands(r.cyclesPerSecond),
    ]),
  );
  const sentence =
    `${all.agree} of ${all.of} layers agree in every output, cycle and counter, ${all.proved} mappings proved (gap ` +
    `asked for: ${gap}); ${thousands(all.macs)} multiplications in ${thousands(totals.cycles.rtl)} cycles ` +
    `(model: ${thousands(totals.cycles.model)}), ${(totals.energy.rtl / 1e6).toFixed(1)} uJ ` +
    `(model: ${(totals.energy.model / 1e6).toFixed(1)} uJ); ${thousands(totals.outputs.words)} ` +
    `outputs, ${totals.outputs.mismatches} wrong; ${totals.repacked} inputs copied by the host; ` +
    `mapping ${all.mapSeconds.toFixed(0)} s, simulation ${totals.seconds.toFixed(1)} s.`;
  pages.push(`## ${t.name}\n\n${sentence}\n\n${table}`);
  console.log(`\n${pages.at(-1)}\n`);
  results.push({ machine: t.name, summary: all, layers: rows });
  if (all.agree < all.of) process.exitCode = 1;
}
if (values.write)
  writeResult(
    'pilotnet',
    { network: network.value.source, gap, machines: results },
    '# PilotNet end to end in the RTL\n' +
      '\n' +
      'From a 66 x 200 camera image to the steering value: every layer reads from DRAM what the machine wrote ' +
      'there for the layer before, without a reset in between, and is compared word by word when it is done.\n' +
      `\n${pages.join('\n\n')}`,
  );
