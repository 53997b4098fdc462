// The machine on AXI: the same outputs and counts behind AXI4 masters, on a bus that keeps everybody to its rules.
//
// MAGNET_MACHINES=40 MAGNET_CASES=10 runs 400 pairs of each kind; MAGNET_SEED starts elsewhere.

import { expect, test } from 'vitest';
import { seeded } from '../../src/base/random.js';
import { makeLayer } from '../../src/model/workload/layer.js';
import { accelerator } from '../../src/rtl/accelerator.js';
import { compareCounts } from '../../src/sim/counts.js';
import { compareOutputs, prepareJob } from '../../src/sim/layer-job.js';
import { findTool } from '../../src/sim/native/native-tools.js';
import { runNative } from '../../src/sim/run-native.js';
import { runWasm } from '../../src/sim/run-wasm.js';
import { buildSimulator } from '../../src/sim/netlist/simulator.js';
import { elaborate } from '../../src/sim/netlist/yosys-json.js';
import { machineSimulator } from '../../src/sim/simulate.js';
import { casesOf, inLong, seedFrom } from '../support/cases.js';
import { edgeLayer, edgeTemplate, randomCase, randomLayer, randomTemplate } from '../support/machines.js';
import { jobOf, place, smallMachine } from '../support/rtl.js';

const firstSeed = seedFrom(1);
const iverilog = await findTool('iverilog');
if (!iverilog.ok) console.log('note: Icarus Verilog is not installed; the four-state runs are left out');

test.each([
  { kind: 'random machines on AXI' as const, templateOf: randomTemplate, layerOf: randomLayer },
  { kind: 'machines at their edges on AXI' as const, templateOf: edgeTemplate, layerOf: edgeLayer },
])(
  '$kind: outputs and every count, with and without stalls',
  async ({ kind, templateOf, layerOf }) => {
    const machines = casesOf(kind, 'MAGNET_MACHINES');
    const cases = casesOf(`${kind}, pairs on each`);
    for (let machine = 0; machine < machines; machine++) {
      const seed = firstSeed + machine;
      const t = templateOf(seed);
      const chance = seeded(3000 + seed);
      const built = accelerator(t, 'axi');
      const simulator = await machineSimulator(t, 'axi');
      for (let i = 0; i < cases; i++) {
        const { architecture, layer, mapping } = randomCase(t, chance, layerOf);
        const job = prepareJob(built, t, layer, mapping, chance);
        for (const [stalls, latency] of [
          [0, 0],
          [0.4, chance.pick([0, 3, 40])],
        ] as const) {
          const where = `${t.name}, case ${i}, stalls ${stalls}: ${JSON.stringify({ t, layer, levels: mapping.levels })}`;
          const run = runWasm(simulator, job, { stalls, latency, chance, limit: 1e6, progress: () => {} });
          expect(run.counters, where).toBeDefined();
          const found = compareCounts(architecture, layer, mapping, job.programs[0]!.nests, run.counters!);
          expect(compareOutputs(job, run.activations).mismatches, where).toBe(0);
          expect(
            found.counts.filter((c) => c.model !== c.rtl),
            where,
          ).toEqual([]);
          expect(found.cycles.rtl, where).toBeGreaterThanOrEqual(found.cycles.model);
        }
        if (!iverilog.ok || i > 0) continue;
        for (const dram of [
          { stalls: 0, latency: 0 },
          { stalls: 30, latency: 20 },
        ]) {
          const where = `${t.name}, case ${i}, in four states, ${JSON.stringify(dram)}`;
          const native = await runNative(job, { engine: 'iverilog', ...dram, seed: 1, limit: 1e6 });
          expect(native.ok ? [] : native.diagnostics, where).toEqual([]);
          if (!native.ok) continue;
          const { mismatches, unknown } = compareOutputs(job, native.value.activations, native.value.unknown);
          expect([mismatches, unknown], where).toEqual([0, 0]);
          const counted = compareCounts(architecture, layer, mapping, job.programs[0]!.nests, native.value.counters);
          expect(
            counted.counts.filter((c) => c.model !== c.rtl),
            where,
          ).toEqual([]);
        }
      }
    }
  },
  3_600_000,
);

// Three words of 12 bits are 6 bytes on a bus of 8: requests begin anywhere, and some touch two beats.
const machine = smallMachine(
  'on AXI',
  { weight: 32, input: 32, sum: 16, bank: 64 },
  { vectorSize: 3, numLanes: 3, rows: 1, columns: 1, globalBanks: 16, biasLines: 32, inputPrecision: 12 },
);
const placed = place(machine, makeLayer('conv', { K: 6, C: 6, P: 8, Q: 2, R: 3 }), {
  DRAM: 'Q2 K2',
  GlobalBuffer: 'P2 C2',
  AccumBuffer: 'R3 P4',
  lanes: 'K3',
  vector: 'C3',
});
const onAxi = accelerator(machine, 'axi');

async function faultsWith(module: string, from: string, to: string): Promise<string> {
  const files = Object.fromEntries(
    onAxi.files.map(({ module: name, text }) => {
      if (name !== module) return [`${name}.v`, text];
      expect(text.split(from), `${from} stands once in ${module}`).toHaveLength(2);
      return [`${name}.v`, text.replace(from, () => to)];
    }),
  );
  const simulator = buildSimulator(await elaborate(files, onAxi.top), onAxi.top, { clock: 'aclk' });
  const job = { ...jobOf(machine, placed, 1), accelerator: onAxi };
  try {
    for (const [stalls, latency] of [
      [0, 0],
      [0.5, 0],
      [0, 100],
    ] as const) {
      const run = runWasm(simulator, job, { stalls, latency, chance: seeded(2), limit: 50_000, progress: () => {} });
      if (!run.counters) return 'it does not end';
      if (compareOutputs(job, run.activations).mismatches > 0) return 'outputs';
    }
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

const mutants: readonly (readonly [module: string, from: string, to: string])[] = [
  ['axi_bursts', "next[11:0] != 12'd0", "1'b1"],
  ['axi_bursts', 'burst_len  <= more;', "burst_len  <= more + 8'd1;"],
  ['axi_read', 'rsp_valid   <= whole && !rst;', 'rsp_valid   <= complete && !rst;'],
  ['axi_write', 'assign wlast  = sent == len;', "assign wlast  = 1'b1;"],
  ['axi_write', 'assign wvalid = some_length && some_beat;', 'assign wvalid = some_length && some_beat && wready;'],
  ['axi_read', "window >> {whole_place, 3'd0}", 'window'],
  ['axi_read', 'whole_place <= place;', 'whole_place <= offset;'],
  ['axi_write', 'line_bytes << offset', 'line_bytes'],
  ['axi_write', "line_bits << {offset, 3'd0}", 'line_bits'],
  ['axi_fifo', 'assign room   = !held[LOG];', "assign room   = 1'b1;"],
  ['axi_lite', 'address_held && data_held && !bvalid', 'address_held && !bvalid'],
  ['axi_lite', 'activation_base[63:32] <= data', "activation_base[63:32] <= 32'd0"],
];
test('the machine as emitted has no fault on AXI', async () => {
  expect(await faultsWith('axi_lite', 'localparam WORDS = 1 << LOG_WORDS;', 'localparam WORDS = 1 << LOG_WORDS;')).toBe(
    '',
  );
});

test.each(inLong(mutants, mutants.slice(0, 3)))(
  'a fault in %s is found: %s becomes %s',
  { timeout: 120_000 },
  async (module, from, to) => {
    expect(await faultsWith(module, from, to)).not.toBe('');
  },
);
