// The law of what stays in the global buffer: steps that read what others have left there give the right outputs in the model's
// cycles and counts, whatever stays, whatever the shapes, borders, residuals and mappings.
//
// MAGNET_MACHINES=40 MAGNET_CASES=20 runs 800 chains; MAGNET_SEED starts elsewhere.

import { expect, test } from 'vitest';
import { seeded } from '../../src/base/random.js';
import { accelerator } from '../../src/rtl/accelerator.js';
import { compareCounts } from '../../src/sim/counts.js';
import { compareOutputs } from '../../src/sim/layer-job.js';
import { runWasm, warm } from '../../src/sim/run-wasm.js';
import { machineSimulator } from '../../src/sim/simulate.js';
import { casesOf, seedFrom } from '../support/cases.js';
import { keepingTemplate, residentChain } from '../support/resident-chain.js';

const firstSeed = seedFrom(1);

test(
  'chains whose tensors stay in the global buffer: outputs, cycles and every count',
  { timeout: 3_600_000 },
  async () => {
    const machines = casesOf('machines that keep tensors', 'MAGNET_MACHINES');
    const cases = casesOf('machines that keep tensors, chains on each');
    const seen = { chains: 0, steps: 0, words: 0, inputs: 0, outputs: 0, residuals: 0 };
    for (let machine = 0; machine < machines; machine++) {
      const seed = firstSeed + machine;
      const chance = seeded(2000 + seed);
      const t = keepingTemplate(chance, seed);
      const a = accelerator(t);
      const simulator = await machineSimulator(t);
      for (let i = 0; i < cases; i++) {
        const chain = residentChain(a, t, chance, chance.pick([2, 3, 3, 4]));
        if (!chain) continue;
        seen.chains++;
        for (const stalls of i % 4 === 0 ? [0, 0.4] : [0])
          for (const [n, { architecture, layer, mapping, job }] of chain.entries()) {
            const levels = mapping.levels.map((l) => [l.name, l.temporal, l.spatial]);
            const told = JSON.stringify({ t, layer, places: job.programs[0]!.placement, levels });
            const where = `${t.name}, chain ${i}, step ${n}: ${told}`;
            const latency = stalls > 0 ? 5 : 0;
            const run = runWasm(n === 0 ? simulator : warm(simulator), job, {
              stalls,
              latency,
              chance,
              limit: 1e6,
              progress: () => {},
            });
            expect(run.counters, where).toBeDefined();
            const found = compareCounts(architecture, layer, mapping, job.programs[0]!.nests, run.counters!);
            expect(
              found.counts.filter((c) => c.model !== c.rtl),
              where,
            ).toEqual([]);
            if (stalls === 0) expect(found.cycles.rtl, where).toBe(found.cycles.model);
            else expect(found.cycles.rtl, where).toBeGreaterThanOrEqual(found.cycles.model);
            for (const e of found.energy) expect(Math.abs(e.rtl - e.model), where).toBeLessThanOrEqual(1e-9 * e.model);
            const { resident } = layer;
            // What stays is read by later steps, and wrong there where it is wrong.
            if (!resident?.output) {
              const { mismatches, words, firstMismatch } = compareOutputs(job, run.activations);
              expect([mismatches, firstMismatch], where).toEqual([0, undefined]);
              seen.words += words;
            }
            seen.steps++;
            if (resident?.input) seen.inputs++;
            if (resident?.output) seen.outputs++;
            if (resident?.residual) seen.residuals++;
          }
      }
    }
    console.log(`what stays: ${JSON.stringify(seen)}`);
    expect(seen.chains).toBeGreaterThan((machines * cases) / 4);
    expect(Math.min(seen.inputs, seen.outputs)).toBeGreaterThan(0);
    // One chain of eight or so has one; those of resident-mutants.test.ts do.
    if (seen.chains > 60) expect(seen.residuals).toBeGreaterThan(0);
  },
);
