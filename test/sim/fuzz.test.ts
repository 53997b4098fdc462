// The law of the hardware: any legal mapping on any machine gives the right outputs in the model's cycles and counts.
//
// MAGNET_MACHINES=44 MAGNET_CASES=25 runs 1,100 pairs of each kind; MAGNET_SEED starts elsewhere.

import { expect, test } from 'vitest';
import { seeded } from '../../src/base/random.js';
import { accelerator } from '../../src/rtl/accelerator.js';
import { compareCounts } from '../../src/sim/counts.js';
import { compareOutputs, prepareJob } from '../../src/sim/layer-job.js';
import { findTool } from '../../src/sim/native/native-tools.js';
import { runNative } from '../../src/sim/run-native.js';
import { runWasm } from '../../src/sim/run-wasm.js';
import { machineSimulator } from '../../src/sim/simulate.js';
import type { Random } from '../../src/base/random.js';
import type { Template } from '../../src/model/machine/template.js';
import type { Layer } from '../../src/model/workload/layer.js';
import type { Tensor } from '../../src/sim/tensor.js';
import { outputShape, sizeOf } from '../../src/sim/tensor.js';
import { casesOf, seedFrom } from '../support/cases.js';
import { edgeLayer, edgeTemplate, randomCase, randomLayer, randomTemplate } from '../support/machines.js';

const firstSeed = seedFrom(1);
/** Share of the pairs that a four-state simulator runs too. */
const alsoNative = 0.12;
const iverilog = await findTool('iverilog');
if (!iverilog.ok) console.log('note: Icarus Verilog is not installed; the four-state runs are left out');

// Wrong sums must show: few outputs may hide them by being zero or at the end of their range. Outputs of one bit always are.
const kinds = [
  {
    kind: 'random machines' as const,
    templateOf: randomTemplate,
    layerOf: randomLayer,
    zeros: 0.6,
    saturated: 0.1,
  },
  {
    kind: 'machines at their edges' as const,
    templateOf: edgeTemplate,
    layerOf: edgeLayer,
    zeros: 0.7,
    saturated: 0.5,
  },
];

test.each(kinds)(
  '$kind, layers and mappings: outputs, cycles and every count',
  async ({ kind, templateOf, layerOf, zeros: maxZeros, saturated: maxSaturated }) => {
    const machines = casesOf(kind, 'MAGNET_MACHINES');
    const cases = casesOf(`${kind}, pairs on each`);
    const seen = { words: 0, zeros: 0, saturated: 0, native: 0, pairs: 0, residuals: 0, split: 0 };
    for (let machine = 0; machine < machines; machine++) {
      const seed = firstSeed + machine;
      const t = templateOf(seed);
      const chance = seeded(1000 + seed);
      const built = accelerator(t);
      const simulator = await machineSimulator(t);
      for (let i = 0; i < cases; i++) {
        const { architecture, layer, mapping } = randomCase(t, chance, layerOf);
        const job = prepareJob(built, t, layer, mapping, chance, { residual: repeatedResidual(t, layer, chance) });
        const where =
          `${t.name}, ` +
          `case ${i}: ${JSON.stringify({ template: t, layer, parts: mapping.parts, levels: mapping.levels.map((l) => [l.name, l.temporal, l.spatial]) })}`;
        for (const stalls of i % 4 === 0 ? [0, 0.4] : [0]) {
          const latency = stalls > 0 ? chance.pick([0, 3, 40]) : 0;
          const run = runWasm(simulator, job, { stalls, latency, chance, limit: 1e7, progress: () => {} });
          expect(run.counters, where).toBeDefined();
          const found = compareCounts(architecture, layer, mapping, job.programs[0]!.nests, run.counters!);
          const { mismatches, words, zeros, saturated } = compareOutputs(job, run.activations);
          expect(mismatches, where).toBe(0);
          expect(
            found.counts.filter((c) => c.model !== c.rtl),
            where,
          ).toEqual([]);
          for (const e of found.energy) expect(Math.abs(e.rtl - e.model), where).toBeLessThanOrEqual(1e-9 * e.model);
          if (stalls === 0) expect(found.cycles.rtl, where).toBe(found.cycles.model);
          else expect(found.cycles.rtl, where).toBeGreaterThanOrEqual(found.cycles.model);
          if (stalls === 0)
            for (const [key, n] of Object.entries({
              words,
              zeros,
              saturated,
              pairs: 1,
              residuals: layer.residual ? 1 : 0,
              split: mapping.parts?.split ? 1 : 0,
            }))
              seen[key as keyof typeof seen] += n;
        }
        if (!iverilog.ok || chance.next() >= alsoNative) continue;
        for (const dram of [
          { stalls: 0, latency: 0 },
          { stalls: 30, latency: 20 },
        ]) {
          const native = await runNative(job, { engine: 'iverilog', ...dram, seed: 1, limit: 1e7 });
          expect(native.ok ? [] : native.diagnostics, where).toEqual([]);
          if (!native.ok) continue;
          const { mismatches, unknown } = compareOutputs(job, native.value.activations, native.value.unknown);
          expect([mismatches, unknown], where).toEqual([0, 0]);
          const counted = compareCounts(architecture, layer, mapping, job.programs[0]!.nests, native.value.counters);
          expect(
            counted.counts.filter((c) => c.model !== c.rtl),
            where,
          ).toEqual([]);
          if (dram.stalls === 0) expect(counted.cycles.rtl, where).toBe(counted.cycles.model);
          else expect(counted.cycles.rtl, where).toBeGreaterThanOrEqual(counted.cycles.model);
        }
        seen.native++;
      }
    }
    const share = (n: number) => `${((100 * n) / seen.words).toFixed(1)} %`;
    console.log(
      `${kind}: ${seen.pairs} pairs on ${machines}, ${seen.native} of them also in four states, ${seen.residuals} with ` +
        `residuals, ${seen.split} split; ${seen.words} ` +
        `outputs, ${share(seen.zeros)} zero, ${share(seen.saturated)} saturated`,
    );
    expect(seen.zeros / seen.words).toBeLessThan(maxZeros);
    expect(seen.saturated / seen.words).toBeLessThan(maxSaturated);
  },
  3_600_000,
);

/** Now and then one number for each channel, or each row, as squeeze-and-excite has them; else as large as the outputs. */
function repeatedResidual(t: Template, layer: Layer, chance: Random): Tensor | undefined {
  if (!layer.residual || chance.next() < 0.6) return undefined;
  const kept = [chance.next() < 0.7, true, true, chance.next() < 0.3, chance.next() < 0.3];
  const shape = outputShape(layer).map((size, axis) => (kept[axis] ? size : 1));
  const span = 2 ** t.inputPrecision;
  return { shape, data: Int32Array.from({ length: sizeOf(shape) }, () => chance.below(span) - span / 2) };
}
