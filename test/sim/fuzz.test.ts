// The law of the hardware: any legal mapping on any machine gives the right outputs in the model's cycles and counts.
//
// MAGNET_MACHINES=44 MAGNET_CASES=25 runs 1,100 pairs; MAGNET_SEED starts elsewhere.

import { expect, test } from 'vitest';
import { seeded } from '../../src/base/random.js';
import { accelerator } from '../../src/rtl/accelerator.js';
import { compareCounts } from '../../src/sim/counts.js';
import { compareOutputs, prepareJob } from '../../src/sim/job.js';
import { findTool } from '../../src/sim/native/tools.js';
import { runNative } from '../../src/sim/run-native.js';
import { runWasm } from '../../src/sim/run-wasm.js';
import { machineSimulator } from '../../src/sim/simulate.js';
import { randomCase, randomTemplate } from '../support/machines.js';

const firstSeed = Number(process.env['MAGNET_SEED'] ?? 1);
const machines = Number(process.env['MAGNET_MACHINES'] ?? 12);
const casesEach = Number(process.env['MAGNET_CASES'] ?? 8);
/** Share of the pairs that a four-state simulator runs too. */
const alsoNative = 0.12;

test(
  `${machines} random machines, ${casesEach} layers and mappings each: outputs, cycles and every count`,
  async () => {
    const iverilog = await findTool('iverilog');
    if (!iverilog.ok) console.log('note: Icarus Verilog is not installed; the four-state runs are left out');
    const seen = { words: 0, zeros: 0, saturated: 0, native: 0, pairs: 0 };
    for (let machine = 0; machine < machines; machine++) {
      const seed = firstSeed + machine;
      const t = randomTemplate(seed);
      const chance = seeded(1000 + seed);
      const built = accelerator(t);
      const simulator = await machineSimulator(t);
      for (let i = 0; i < casesEach; i++) {
        const { architecture, layer, mapping } = randomCase(t, chance);
        const job = prepareJob(built, t, layer, mapping, chance);
        const where = `machine ${seed}, case ${i}: ${JSON.stringify({ layer, levels: mapping.levels.map((l) => [l.name, l.temporal, l.spatial]) })}`;
        for (const stalls of i % 4 === 0 ? [0, 0.4] : [0]) {
          const run = runWasm(simulator, job, { stalls, chance, limit: 1e6, progress: () => {} });
          expect(run.counters, where).toBeDefined();
          const found = compareCounts(architecture, layer, mapping, job.program.nests, run.counters!);
          const { mismatches, words, zeros, saturated } = compareOutputs(job, run.activations);
          expect(mismatches, where).toBe(0);
          expect(found.counts.filter((c) => c.model !== c.rtl), where).toEqual([]);
          for (const e of found.energy) expect(Math.abs(e.rtl - e.model), where).toBeLessThanOrEqual(1e-9 * e.model);
          if (stalls === 0) expect(found.cycles.rtl, where).toBe(found.cycles.model);
          else expect(found.cycles.rtl, where).toBeGreaterThanOrEqual(found.cycles.model);
          if (stalls === 0) for (const [key, n] of Object.entries({ words, zeros, saturated, pairs: 1 })) seen[key as keyof typeof seen] += n;
        }
        if (!iverilog.ok || chance.next() >= alsoNative) continue;
        const native = await runNative(job, { engine: 'iverilog', stalls: 0, seed: 1, limit: 1e6 });
        expect(native.ok, where).toBe(true);
        if (!native.ok) continue;
        seen.native++;
        expect(compareOutputs(job, native.value.activations).mismatches, where).toBe(0);
        const counted = compareCounts(architecture, layer, mapping, job.program.nests, native.value.counters);
        expect(counted.counts.filter((c) => c.model !== c.rtl), where).toEqual([]);
        expect(counted.cycles.rtl, where).toBe(counted.cycles.model);
      }
    }
    const share = (n: number) => `${((100 * n) / seen.words).toFixed(1)} %`;
    console.log(`${seen.pairs} pairs on ${machines} machines, ${seen.native} of them also in four states; ${seen.words} outputs, ${share(seen.zeros)} zero, ${share(seen.saturated)} saturated`);
    // Wrong sums must show: few outputs may hide them by being zero or at the end of their range.
    expect(seen.zeros / seen.words).toBeLessThan(0.6);
    expect(seen.saturated / seen.words).toBeLessThan(0.1);
  },
  3_600_000,
);
