// The law of weights that stay in the weight buffers: bands of layers in turn give the right outputs in the model's cycles and counts,
// weights being loaded in the first band alone, in any lines of either half; faults planted in what keeps them are caught, and so is
// a load over lines in which others stay.
//
// MAGNET_MACHINES=40 MAGNET_CASES=20 runs 800 chains; MAGNET_SEED starts elsewhere.

import { expect, test } from 'vitest';
import { seeded } from '../../src/base/random.js';
import { accelerator } from '../../src/rtl/accelerator.js';
import { elaborate } from '../../src/sim/netlist/yosys-json.js';
import type { Simulator } from '../../src/sim/netlist/simulator.js';
import { buildSimulator } from '../../src/sim/netlist/simulator.js';
import { warm } from '../../src/sim/run-wasm.js';
import { machineSimulator } from '../../src/sim/simulate.js';
import { casesOf, seedFrom } from '../support/cases.js';
import { keepingTemplate } from '../support/resident-chain.js';
import { check } from '../support/rtl.js';
import type { BandStep } from '../support/weight-chain.js';
import { weightChain } from '../support/weight-chain.js';

const firstSeed = seedFrom(1);

const faultsOf = (simulator: Simulator, chain: readonly BandStep[], stalls = 0): readonly string[] =>
  chain.flatMap((step, n) => {
    const { faults, counters } = check(n === 0 ? simulator : warm(simulator), step.job, step, stalls, seeded(n + 1));
    const loads = counters?.weight_load ?? 0;
    return [...faults, ...(loads > 0 === step.place.held ? [`${step.layer.name} loads ${loads} vectors`] : [])];
  });

test('bands whose weights stay: outputs, cycles and every count', { timeout: 3_600_000 }, async () => {
  const machines = casesOf('machines that keep tensors', 'MAGNET_MACHINES');
  const cases = casesOf('machines that keep tensors, chains on each');
  const seen = { chains: 0, loaded: 0, held: 0, upper: 0, further: 0 };
  for (let machine = 0; machine < machines; machine++) {
    const chance = seeded(4000 + firstSeed + machine);
    const t = keepingTemplate(chance, machine);
    const a = accelerator(t);
    const simulator = await machineSimulator(t);
    for (let i = 0; i < cases; i++) {
      const chain = weightChain(a, t, chance, { layers: chance.pick([1, 2, 2, 3]), bands: chance.pick([2, 3]) });
      if (!chain) continue;
      seen.chains++;
      for (const { place } of chain) {
        seen[place.held ? 'held' : 'loaded']++;
        if (place.half === 1) seen.upper++;
        if (place.line > 0) seen.further++;
      }
      expect(faultsOf(simulator, chain), `${t.name}, chain ${i}`).toEqual([]);
      if (i % 4 === 0) expect(faultsOf(warm(simulator), chain, 0.3), `${t.name}, chain ${i}, stalls`).toEqual([]);
    }
  }
  console.log(`weights that stay: ${JSON.stringify(seen)}`);
  expect(seen.chains).toBeGreaterThan((machines * cases) / 4);
  expect(Math.min(seen.held, seen.upper, seen.further)).toBeGreaterThan(seen.chains / 2);
});

const t = { ...keepingTemplate(seeded(7), 7), name: 'mutants', vectorSize: 2, numLanes: 2 };
const a = accelerator(t);
const chainsWith = (overlap: number) => {
  const chance = seeded(11);
  const chains: (readonly BandStep[])[] = [];
  for (let i = 0; i < 400 && chains.length < 6; i++)
    chains.push(...[weightChain(a, t, chance, { layers: 2, bands: 2 }, overlap)].flatMap((c) => (c ? [c] : [])));
  return chains;
};
const simulatorWith = async (module?: string, from = '', to = '') => {
  const text = (f: (typeof a.files)[number]) => {
    if (f.module !== module) return f.text;
    expect(f.text).toContain(from);
    return f.text.replace(from, to);
  };
  return buildSimulator(
    await elaborate(Object.fromEntries(a.files.map((f) => [`${f.module}.v`, text(f)])), a.top),
    a.top,
  );
};

test('without a fault the chains find none', { timeout: 600_000 }, async () => {
  const simulator = await simulatorWith();
  for (const chain of chainsWith(0)) expect(faultsOf(simulator, chain)).toEqual([]);
});

test.each([
  ['weights that are there are loaded', 'tile_ctl', ' && !weights_kept[0]', ''],
  ['all begin in one half', 'tile_ctl', 'load_w_half    <= weights_kept[1]', "load_w_half    <= 1'b0"],
  ['they are stored from line 0 on', 'load_w', 'if (start) line <= first', 'if (start) line <= 0'],
  ['they are read from line 0 on', 'pe_ctl', '(weight_line)', '(0)'],
])('%s', { timeout: 600_000 }, async (_, module, from, to) => {
  const simulator = await simulatorWith(module, from, to);
  expect(chainsWith(0).flatMap((chain) => faultsOf(simulator, chain))).not.toEqual([]);
});

test('a load over lines in which others stay shows in their words', { timeout: 600_000 }, async () => {
  const simulator = await simulatorWith();
  const chains = chainsWith(1);
  expect(chains.length).toBeGreaterThan(2);
  for (const chain of chains) expect(faultsOf(simulator, chain).join()).toContain('outputs');
});
