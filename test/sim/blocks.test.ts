// Depthwise layers in blocks on the netlist: the outputs are those of the layer as it is defined, group by group, and cycles
// and counts those of the model, whatever the block leaves over and in however many parts it runs.
//
// MAGNET_MACHINES=40 MAGNET_CASES=25 runs 1,000 pairs; MAGNET_SEED starts elsewhere.

import { expect, test } from 'vitest';
import type { Random } from '../../src/base/random.js';
import { seeded } from '../../src/base/random.js';
import { defined } from '../../src/base/invariant.js';
import { magnetConventions } from '../../src/model/cost/conventions.js';
import { technology16nm } from '../../src/model/machine/technology.js';
import { lowerTemplate } from '../../src/model/machine/template.js';
import type { Template } from '../../src/model/machine/template.js';
import { breaches } from '../../src/model/mapping/legality.js';
import type { Parts } from '../../src/model/mapping/mapping.js';
import type { Layer } from '../../src/model/workload/layer.js';
import { makeLayer } from '../../src/model/workload/layer.js';
import { partings, partOf, runsOf } from '../../src/model/workload/layer-parts.js';
import { accelerator } from '../../src/rtl/accelerator.js';
import { prepareJob, singleRuns } from '../../src/sim/layer-job.js';
import { compareOutputs } from '../../src/sim/layer-job.js';
import { runWasm } from '../../src/sim/run-wasm.js';
import { machineSimulator } from '../../src/sim/simulate.js';
import { casesOf, seedFrom } from '../support/cases.js';
import { edgeTemplate, randomCase, randomTemplate } from '../support/machines.js';
import { check, jobOf } from '../support/rtl.js';

const firstSeed = seedFrom(1);

const depthwise = (chance: Random): Layer => {
  const pick = (xs: readonly number[]) => chance.pick(xs);
  const [P, Q] = [pick([1, 2, 3, 4, 6]), pick([1, 2, 4])];
  const pool = P % 2 === 0 && Q % 2 === 0 && chance.next() < 0.3 ? ([2, 2] as const) : ([1, 1] as const);
  return makeLayer(
    'depthwise',
    {
      N: pick([1, 1, 2]),
      G: pick([2, 3, 4, 5, 7, 8, 9, 12]),
      K: pick([1, 1, 2, 3]),
      P,
      Q,
      R: pick([1, 2, 3]),
      S: pick([1, 3]),
    },
    { stride: [pick([1, 2]), pick([1, 1, 2])], dilation: [pick([1, 1, 2]), 1], pool },
  );
};

/** How a layer in blocks may run there; undefined where only single groups may. */
function blocksOn(t: Template, layer: Layer, chance: Random): Parts | undefined {
  const [a] = lowerTemplate(t, technology16nm);
  const menu = partings(defined(a), layer, true).filter((parts) => parts.block !== undefined && runsOf(parts) <= 12);
  return menu.length > 0 ? chance.pick(menu) : undefined;
}

test('outputs of single groups, cycles and every count of blocks', { timeout: 3_600_000 }, async () => {
  const machines = casesOf('blocks on random machines', 'MAGNET_MACHINES');
  const cases = casesOf('blocks on random machines, pairs on each');
  const seen = { pairs: 0, parted: 0, filled: 0 };
  for (let machine = 0; machine < machines; machine++) {
    const seed = firstSeed + machine;
    const t = machine % 2 === 0 ? randomTemplate(seed) : edgeTemplate(seed);
    const chance = seeded(2000 + seed);
    const simulator = await machineSimulator(t);
    for (let i = 0; i < cases; i++) {
      let [layer, parts]: [Layer, Parts | undefined] = [depthwise(chance), undefined];
      // A machine of one lane and one product has no blocks.
      for (let n = 0; n < 20 && !parts; n++) parts = blocksOn(t, (layer = depthwise(chance)), chance);
      if (!parts) continue;
      const run = partOf(layer, parts);
      const {
        architecture,
        mapping: { levels },
      } = randomCase(t, chance, () => run);
      const own = { architecture, layer, mapping: { levels, parts } };
      const where = `${t.name}, case ${i}: ${JSON.stringify({ layer, mapping: own.mapping })}`;
      expect(breaches(architecture, layer, own.mapping, magnetConventions), where).toEqual([]);
      for (const stalls of i % 3 === 0 ? [0, 0.3] : [0])
        expect(check(simulator, jobOf(t, own, seed + i), own, stalls).faults, where).toEqual([]);
      seen.pairs++;
      if (layer.bounds.G % defined(parts.block) > 0) seen.filled++;
      if (runsOf(parts) === 1) continue;
      seen.parted++;
      const jobs = singleRuns(prepareJob(accelerator(t), t, layer, own.mapping, seeded(3)), parts);
      for (const job of jobs) {
        const single = runWasm(simulator, job, { stalls: 0, chance: seeded(1), limit: 1e7, progress: () => {} });
        expect(compareOutputs(job, single.activations).mismatches, where).toBe(0);
      }
    }
  }
  console.log(`${seen.pairs} pairs, ${seen.filled} with a block to fill up, ${seen.parted} in parts`);
  expect(seen.pairs).toBeGreaterThan(cases);
  expect(seen.filled).toBeGreaterThan(0);
});
