// Folded layers on the netlist: the outputs are those of the layer as it is defined, and cycles and counts those of the model,
// whatever the fold leaves over, in blocks of groups too and in however many parts.
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
import { machineSimulator } from '../../src/sim/simulate.js';
import { casesOf, seedFrom } from '../support/cases.js';
import { edgeTemplate, randomCase, randomTemplate } from '../support/machines.js';
import { check, jobOf } from '../support/rtl.js';

const firstSeed = seedFrom(1);

const first = (chance: Random): Layer => {
  const pick = (xs: readonly number[]) => chance.pick(xs);
  const [P, Q] = [pick([1, 2, 3, 4, 6]), pick([1, 2, 4])];
  const pool = P % 2 === 0 && Q % 2 === 0 && chance.next() < 0.3 ? ([2, 2] as const) : ([1, 1] as const);
  return makeLayer(
    'first',
    {
      N: pick([1, 1, 2]),
      G: pick([1, 1, 1, 2, 3]),
      K: pick([1, 2, 5, 8]),
      C: pick([1, 2, 3]),
      P,
      Q,
      R: pick([1, 2, 3, 5, 7]),
      S: pick([1, 2, 3, 4]),
    },
    {
      stride: [pick([1, 2, 3, 4]), pick([1, 2, 3])],
      dilation: [pick([1, 1, 2, 3]), pick([1, 1, 2])],
      pool,
      fromHost: true,
    },
  );
};

/** A layer, and how it may run there folded. */
function foldedOn(t: Template, chance: Random): { readonly layer: Layer; readonly parts: Parts } {
  const [a] = lowerTemplate(t, technology16nm);
  for (;;) {
    const layer = first(chance);
    const menu = partings(defined(a), layer, true).filter((p) => p.fold !== undefined && runsOf(p) <= 12);
    if (menu.length > 0) return { layer, parts: chance.pick(menu) };
  }
}

test('outputs of the layer as it is, cycles and every count of its folds', { timeout: 3_600_000 }, async () => {
  const machines = casesOf('folds on random machines', 'MAGNET_MACHINES');
  const cases = casesOf('folds on random machines, pairs on each');
  const seen = { pairs: 0, uneven: 0, parted: 0, blocks: 0 };
  for (let machine = 0; machine < machines; machine++) {
    const seed = firstSeed + machine;
    const t = machine % 2 === 0 ? randomTemplate(seed) : edgeTemplate(seed);
    const chance = seeded(3000 + seed);
    const simulator = await machineSimulator(t);
    for (let i = 0; i < cases; i++) {
      let picked = foldedOn(t, chance);
      // Not all fit where there is little room.
      const { architecture, mapping } = randomCase(t, chance, () => {
        picked = foldedOn(t, chance);
        return partOf(picked.layer, picked.parts);
      });
      const { levels } = mapping;
      const { layer, parts } = picked;
      const fold = defined(parts.fold);
      const own = { architecture, layer, mapping: { levels, parts } };
      const where = `${t.name}, case ${i}: ${JSON.stringify({ layer, mapping: own.mapping })}`;
      expect(breaches(architecture, layer, own.mapping, magnetConventions), where).toEqual([]);
      for (const stalls of i % 3 === 0 ? [0, 0.3] : [0])
        expect(check(simulator, jobOf(t, own, seed + i), own, stalls).faults, where).toEqual([]);
      seen.pairs++;
      if ((layer.bounds.R % fold.R) + (layer.bounds.S % fold.S) > 0) seen.uneven++;
      if (runsOf(parts) > 1) seen.parted++;
      if (parts.block !== undefined) seen.blocks++;
    }
  }
  console.log(
    `${seen.pairs} pairs, ${seen.uneven} with positions to fill up, ${seen.blocks} in blocks, ${seen.parted} in parts`,
  );
  expect(seen.pairs).toBeGreaterThan(cases);
  expect(seen.uneven).toBeGreaterThan(0);
});
