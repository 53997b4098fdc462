// Every matrix product of language models has a mapping on simba, however wide: a first one with an honest gap, not a proof.
// Sizes: the models' published configurations, and the GEMMs of large models that GOMA was evaluated on (ywlywl6/GOMA).
//
// All of them (a minute): MAGNET_LONG=1 npx vitest run test/tuner/llm.test.ts

import { expect, test } from 'vitest';
import { magnetConventions } from '../../src/model/cost/conventions.js';
import { macs, makeLayer } from '../../src/model/workload/layer.js';
import { breaches } from '../../src/model/mapping/legality.js';
import { runsOf, whole } from '../../src/model/workload/layer-parts.js';
import { simba } from '../../src/model/machine/presets.js';
import { technology16nm } from '../../src/model/machine/technology.js';
import { lowerTemplate } from '../../src/model/machine/template.js';
import { mapLayer } from '../../src/tuner/map-layer.js';
import { long } from '../support/cases.js';

type Product = readonly [rows: number, outputs: number, inputs: number];
const of = (rows: readonly number[], sizes: readonly (readonly [outputs: number, inputs: number])[]): Product[] =>
  rows.flatMap((m) => sizes.map(([n, k]): Product => [m, n, k]));

// prettier-ignore
const models: Readonly<Record<string, readonly Product[]>> = {
  'Llama-3-8B': of(long ? [1, 32, 2048] : [32], [[4096, 4096], [1024, 4096], [6144, 4096], [14336, 4096], [28672, 4096], [4096, 14336], [128256, 4096]]),
  'GPT-2': of(long ? [1, 32, 1024] : [32], [[2304, 768], [768, 768], [3072, 768], [768, 3072], [50257, 768]]),
  GOMA: [
    [131072, 28672, 8192], [16384, 2048, 128], [16384, 128, 2048], [1, 128256, 8192], [1, 152064, 5120],
    ...(long ? of([2048, 32768, 131072], [[8192, 8192], [1024, 8192], [28672, 8192], [8192, 28672]]) : []),
    ...(long ? of([262144], [[32768, 128], [128, 32768]]) : []),
    ...(long ? of([1048576], [[131072, 128], [128, 131072]]) : []),
  ],
};

const [architecture] = lowerTemplate(simba, technology16nm);
const lines = simba.biasLines * simba.numLanes;

test.each(Object.entries(models))(
  '%s: each maps, in as many parts as its biases need',
  { timeout: 120_000 },
  async (_, products) => {
    for (const [P, K, C] of products) {
      const layer = makeLayer(`${P}x${K}x${C}`, { P, K, C });
      const task = {
        architectures: [architecture!],
        layer,
        conventions: magnetConventions,
        goal: { objective: 'edp' as const, limits: {} },
        padding: true,
        machine: { template: simba, technology: technology16nm },
      };
      const budget = { time: 20, evaluations: Infinity, gap: 0.9, seed: 1, now: () => performance.now() };
      const { best, bound } = await mapLayer(task, 'auto', budget);
      expect(best, layer.name).toBeDefined();
      expect(breaches(architecture!, layer, best!.mapping, magnetConventions), layer.name).toEqual([]);
      expect(best!.evaluation.compute.macs, layer.name).toBeGreaterThanOrEqual(macs(layer));
      expect(runsOf(best!.mapping.parts ?? whole), layer.name).toBeGreaterThanOrEqual(Math.ceil(K / lines));
      expect(bound, layer.name).toBeGreaterThan(0);
      expect(bound, layer.name).toBeLessThanOrEqual(best!.objective * (1 + 1e-9));
    }
  },
);
