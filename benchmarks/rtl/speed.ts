// How fast hardware is made and simulated: emission, netlist, cycles a second of the engine in WebAssembly. npx tsx
// benchmarks/rtl/speed.ts [--repeat 3]

import { parseArgs } from 'node:util';
import { makeLayer, printShape } from '../../src/index.js';
import type { Template } from '../../src/index.js';
import { seeded } from '../../src/base/random.js';
import { accelerator } from '../../src/rtl/accelerator.js';
import { compareOutputs, prepareJob } from '../../src/sim/layer-job.js';
import { elaborate } from '../../src/sim/netlist/yosys-json.js';
import { buildSimulator } from '../../src/sim/netlist/simulator.js';
import { runWasm } from '../../src/sim/run-wasm.js';
import { mapped } from './designs.js';
import { magnet1, magnet16 } from './machines.js';
import { markdownTable, thousands, writeResult } from './report.js';

const { values } = parseArgs({
  options: { repeat: { type: 'string', default: '3' }, write: { type: 'boolean', default: true } },
  allowNegative: true,
});
const repeat = Number(values.repeat);

/** A layer of ResNet-50 that keeps most multipliers busy: an engine is only as fast as on work. */
const layer = makeLayer('layer2.1.conv2', { K: 128, C: 128, P: 28, Q: 28, R: 3, S: 3 });
const cases: readonly { template: Template; goal: number }[] = [
  { template: magnet1, goal: 200_000 },
  { template: magnet16, goal: 15_000 },
];

const median = (xs: readonly number[]) => [...xs].sort((a, b) => a - b)[Math.floor(xs.length / 2)]!;

/** Wall and processor seconds; the second stays the same where other work shares the cores. */
async function timed<T>(
  work: () => T | Promise<T>,
): Promise<{ readonly value: T; readonly wall: number; readonly cpu: number }> {
  const [begin, used] = [performance.now(), process.cpuUsage()];
  const value = await work();
  const { user, system } = process.cpuUsage(used);
  return { value, wall: (performance.now() - begin) / 1000, cpu: (user + system) / 1e6 };
}

const results = [];
for (const { template: t, goal } of cases) {
  accelerator(t);
  const emission = await timed(() => accelerator(t));
  const { files, top } = emission.value;
  const netlist = await timed(() => elaborate(Object.fromEntries(files.map((f) => [`${f.module}.v`, f.text])), top));
  const build = await timed(() => buildSimulator(netlist.value, top));
  const { layer: m } = await mapped(t, { layer, count: 1 }, 120);
  const job = prepareJob(emission.value, t, layer, m.mapping, seeded(1));
  const rates: { wall: number; cpu: number }[] = [];
  let [cycles, mismatches] = [0, 0];
  for (let i = 0; i < repeat; i++) {
    const run = await timed(() =>
      runWasm(build.value, job, { stalls: 0, chance: seeded(1), limit: 1e8, progress: () => {} }),
    );
    cycles = run.value.counters?.cycles ?? NaN;
    mismatches = compareOutputs(job, run.value.activations).mismatches;
    rates.push({ wall: cycles / run.wall, cpu: cycles / run.cpu });
  }
  const multipliers = t.rows * t.columns * t.vectorSize * t.numLanes;
  results.push({
    machine: t.name,
    multipliers,
    lines: files.reduce((n, f) => n + f.text.split('\n').length, 0),
    layer: printShape(layer),
    mapping: m.status,
    emissionSeconds: emission.wall,
    netlistSeconds: netlist.wall,
    buildSeconds: build.wall,
    cycles,
    modelCycles: m.cycles,
    mismatches,
    utilisation:
      (layer.bounds.K * layer.bounds.C * layer.bounds.P * layer.bounds.Q * layer.bounds.R * layer.bounds.S) /
      multipliers /
      cycles,
    cyclesPerSecond: median(rates.map((r) => r.wall)),
    cyclesPerCpuSecond: median(rates.map((r) => r.cpu)),
    goal,
    rates,
  });
  const r = results.at(-1)!;
  console.log(
    `${r.machine}: ${r.lines} lines emitted in ${r.emissionSeconds.toFixed(3)} s, ` +
      `netlist ${r.netlistSeconds.toFixed(2)} s, build ${r.buildSeconds.toFixed(2)} s; ${thousands(r.cycles)} ` +
      `cycles (model ${thousands(r.modelCycles)}), ${mismatches} wrong; ${thousands(r.cyclesPerSecond)} ` +
      `cycles/s, ${thousands(r.cyclesPerCpuSecond)} per processor second; goal ${thousands(goal)}`,
  );
}
const table = markdownTable(
  [
    'machine',
    'multipliers',
    'lines of Verilog',
    'emitted in',
    'netlist',
    'build',
    'cycles',
    'busy',
    'cycles/s',
    'per processor second',
    'goal',
  ],
  results.map((r) => [
    r.machine,
    r.multipliers,
    r.lines,
    `${(1000 * r.emissionSeconds).toFixed(0)} ms`,
    `${r.netlistSeconds.toFixed(2)} s`,
    `${r.buildSeconds.toFixed(2)} s`,
    thousands(r.cycles),
    `${(100 * r.utilisation).toFixed(0)} %`,
    thousands(r.cyclesPerSecond),
    thousands(r.cyclesPerCpuSecond),
    thousands(r.goal),
  ]),
);
if (values.write)
  writeResult(
    'speed',
    { repeat, machines: results },
    '# Speed of the simulator\n' +
      `\n${printShape(layer)} with its best mapping; medians of ${repeat} runs on one core. ` +
      'Netlist: Yosys in WebAssembly reads the Verilog (the first machine waits for Yosys to load, ' +
      `too). Build: the netlist becomes WebAssembly.\n\n${table}`,
  );
