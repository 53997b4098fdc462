// The machine on AXI: the same outputs and counts behind AXI4 masters, on a bus that keeps everybody to its rules.
//
// MAGNET_MACHINES=40 MAGNET_CASES=10 runs 400 pairs of each kind; MAGNET_SEED starts elsewhere.

import { expect, test } from 'vitest';
import { seeded } from '../../src/base/random.js';
import { accelerator } from '../../src/rtl/accelerator.js';
import { compareCounts } from '../../src/sim/counts.js';
import { compareOutputs, prepareJob } from '../../src/sim/layer-job.js';
import { findTool } from '../../src/sim/native/native-tools.js';
import { runNative } from '../../src/sim/run-native.js';
import { runWasm } from '../../src/sim/run-wasm.js';
import { machineSimulator } from '../../src/sim/simulate.js';
import { casesOf, seedFrom } from '../support/cases.js';
import { edgeLayer, edgeTemplate, randomCase, randomLayer, randomTemplate } from '../support/machines.js';

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
