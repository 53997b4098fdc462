// Networks end to end: every layer reads what the machine wrote for the one before, and every output is compared bit by bit.
//
// MAGNET_CHAINS=1000 runs more random chains; MAGNET_SEED starts elsewhere. PilotNet with proved mappings: benchmarks/rtl/pilotnet.ts.

import { describe, expect, test } from 'vitest';
import { seeded } from '../../src/base/random.js';
import type { Random } from '../../src/base/random.js';
import { bits } from '../../src/base/units.js';
import { magnetConventions } from '../../src/model/cost/conventions.js';
import { evaluate } from '../../src/model/cost/evaluate.js';
import type { Design, MappedLayer } from '../../src/model/space/design.js';
import { arrangementFor } from '../../src/model/space/design.js';
import type { Layer } from '../../src/model/workload/layer.js';
import { makeLayer } from '../../src/model/workload/layer.js';
import { mappedBounds } from '../../src/model/mapping/mapping.js';
import { simba } from '../../src/model/machine/presets.js';
import { technology16nm } from '../../src/model/machine/technology.js';
import type { Template } from '../../src/model/machine/template.js';
import { lowerTemplate } from '../../src/model/machine/template.js';
import { chainResult } from '../../src/results/simulate-answer.js';
import { parseSimulateChain, printSimulateResult } from '../../src/results/simulate-result.js';
import { space } from '../../src/search/mapping/point.js';
import type { Found } from '../../src/search/strategy.js';
import { chainOf, runChain, simulateChain } from '../../src/sim/chain.js';
import { follow, linkBetween, reorderWeights } from '../../src/sim/follow.js';
import type { Simulator } from '../../src/sim/netlist/simulator.js';
import { machineSimulator } from '../../src/sim/simulate.js';
import { pilotnet } from '../../src/workloads/networks/pilotnet.js';
import { resnet50 } from '../../src/workloads/networks/resnet50.js';
import { casesOf, seedFrom } from '../support/cases.js';
import { makeDesign } from '../support/design.js';
import { randomMapping } from '../support/random-mapping.js';

const firstSeed = seedFrom(1);
const chains = casesOf('chains', 'MAGNET_CHAINS');

/** 4 PEs of 4 lanes, 4 wide, with buffers that take several tiles. */
const four: Template = {
  ...simba,
  name: 'four',
  vectorSize: 4,
  numLanes: 4,
  rows: 2,
  columns: 2,
  weightBuffer: bits(2 * 96 * 128),
  inputBuffer: bits(2 * 96 * 32),
  accumBuffer: bits(24 * 96),
  globalBuffer: bits(16 * 128 * 32),
};

/** Strided, bordered, pooled, flattened. */
const small: readonly Layer[] = [
  makeLayer('strided', { K: 6, C: 3, P: 10, Q: 8, R: 3, S: 3 }, { stride: [2, 2] }),
  makeLayer('bordered', { K: 8, C: 6, P: 10, Q: 8, R: 3, S: 3 }),
  makeLayer('pooled', { K: 6, C: 8, P: 8, Q: 6, R: 3, S: 3 }, { pool: [2, 2] }),
  makeLayer('features', { K: 10, C: 72 }),
  makeLayer('scores', { K: 5, C: 10 }),
];

/** Groups, batches and odd sizes, which vectors, lanes and PEs do not divide. */
const odd: readonly Layer[] = [
  makeLayer('grouped', { N: 2, G: 2, K: 5, C: 2, P: 5, Q: 3, R: 2, S: 2 }),
  makeLayer('depthwise', { N: 2, G: 10, P: 5, Q: 3, R: 3, S: 3 }),
  makeLayer('pointwise', { N: 2, K: 7, C: 10, P: 3, Q: 2 }, { stride: [2, 2] }),
  makeLayer('features', { K: 6, C: 42, P: 2 }),
  makeLayer('scores', { K: 5, C: 6, P: 2 }),
];

/** The layers by any legal mapping, the most padded of so many. */
function randomDesign(blank: Design, layers: readonly Layer[], chance: Random, draws: number): Design {
  const architectures = lowerTemplate(four, technology16nm);
  const mapped = layers.map((layer): MappedLayer => {
    const mappings = space(
      { layer, architectures, conventions: magnetConventions, goal: { objective: 'edp', limits: {} }, padding: true },
      0,
    );
    const found: Found[] = [];
    while (found.length < draws)
      found.push(...[mappings.judge(mappings.random(chance))].filter((f) => f !== undefined));
    const size = (f: Found) => Object.values(mappedBounds(f.mapping)).reduce((n, b) => n * b, 1);
    const { objective, evaluation, mapping } = found.reduce((max, f) => (size(f) > size(max) ? f : max));
    return {
      layer,
      count: 1,
      status: 'feasible',
      objective,
      bound: 0,
      gap: 1,
      energy: evaluation.energy,
      cycles: evaluation.cycles,
      mapping,
    };
  });
  return { ...blank, layers: mapped };
}

function agrees(simulator: Simulator, design: Design, seed: number, stalls = 0) {
  const { layers, totals } = runChain({ design, seed, stalls }, simulator, () => {});
  for (const l of layers) {
    const where = `seed ${seed}, ${l.layer}${l.repacked ? ', repacked' : ''}`;
    expect(l.outputs.mismatches, `${where}: ${l.outputs.firstMismatch}`).toBe(0);
    expect(
      l.counters.filter((c) => c.model !== c.rtl),
      where,
    ).toEqual([]);
    if (stalls === 0) expect(l.cycles.rtl, where).toBe(l.cycles.model);
  }
  return { layers, totals };
}

describe('a chain', async () => {
  const simulator = await machineSimulator(four);

  test('of five layers with a stride, a border, a pool and a flattening: right after every layer, in place', async () => {
    const design = await makeDesign({ kind: 'template', template: four }, small);
    const once = { ...design, layers: design.layers.map((l) => ({ ...l, count: 1 })) };
    const { layers, totals } = agrees(simulator, once, 1);
    // Those mappings pad nothing.
    expect(layers.map((l) => l.repacked)).toEqual([false, false, false, false, false]);
    expect(totals.outputs).toEqual({ words: 6 * 80 + 8 * 80 + 6 * 12 + 10 + 5, mismatches: 0 });
    expect(totals.counters.equal).toBe(totals.counters.all);
    expect(totals.cycles.rtl).toBe(layers.reduce((n, l) => n + l.cycles.rtl, 0));
    const file = chainResult({ design: once.name, seed: 1, stalls: 0, latency: 0 }, { layers, totals });
    expect(parseSimulateChain(JSON.parse(printSimulateResult(file)))).toEqual({ ok: true, value: file });
    const again = await simulateChain({ design: once, seed: 1, stalls: 0 }, () => {});
    expect(again.layers.map((l) => l.tensor)).toEqual(layers.map((l) => l.tensor));
  });

  test('of layers of half the bits on multipliers that split: each puts out what the next can take', async () => {
    const template = { ...four, splitMultipliers: 1 };
    const narrow = [small, odd].map((layers) => layers.map((layer) => ({ ...layer, weightBits: 4, inputBits: 4 })));
    const splitting = await machineSimulator(template);
    const blank = await makeDesign({ kind: 'template', template }, []);
    let split = 0;
    for (const [k, layers] of narrow.entries()) {
      const chance = seeded(firstSeed + k);
      const mapped = layers.map((layer): MappedLayer => {
        const drawn = Array.from({ length: 8 }, () => randomMapping(template, layer, chance)!);
        const mapping = drawn.find((m) => m.parts?.split) ?? drawn[0]!;
        const evaluated = evaluate(arrangementFor(blank, mapping)!, layer, mapping, magnetConventions);
        const { energy, cycles } = evaluated;
        return { layer, count: 1, status: 'feasible', objective: energy, bound: 0, gap: 1, energy, cycles, mapping };
      });
      split += mapped.filter((l) => l.mapping.parts?.split).length;
      const result = agrees(splitting, { ...blank, layers: mapped }, 1 + k);
      const file = chainResult({ design: 'split', seed: 1, stalls: 0, latency: 0 }, result);
      expect(parseSimulateChain(JSON.parse(printSimulateResult(file)))).toEqual({ ok: true, value: file });
      agrees(splitting, { ...blank, layers: mapped }, 2 + k, 0.3);
    }
    expect(split).toBeGreaterThan(5);
  });

  test(`by any mappings: ${chains} random chains, some copied by the host, some with stalls`, async () => {
    const blank = await makeDesign({ kind: 'template', template: four }, []);
    const seen = { inPlace: 0, repacked: 0, words: 0, zeros: 0 };
    for (let i = 0; i < chains; i++) {
      const seed = firstSeed + i;
      const design = randomDesign(blank, i % 2 === 0 ? small : odd, seeded(seed), i % 3 === 0 ? 10 : 1);
      const { layers } = agrees(simulator, design, seed, i % 4 === 3 ? 0.3 : 0);
      for (const l of layers) {
        seen.words += l.outputs.words;
        seen.zeros += l.outputs.zeros;
      }
      for (const l of layers.slice(1)) seen[l.repacked ? 'repacked' : 'inPlace']++;
    }
    console.log(
      `${chains} chains: ${seen.inPlace} inputs read where they were written, ${seen.repacked} ` +
        `copied; ${seen.words} outputs, ${((100 * seen.zeros) / seen.words).toFixed(1)} % zero`,
    );
    expect(seen.inPlace).toBeGreaterThan(chains);
    expect(seen.repacked).toBeGreaterThan(0);
    expect(seen.zeros / seen.words).toBeLessThan(0.6);
  }, 600_000);

  test('PilotNet, whole, on 4 PEs of 64 multipliers', async () => {
    const design = await makeDesign(
      { kind: 'template', template: { ...simba, rows: 2, columns: 2 } },
      pilotnet.network.layers.map((l) => l.layer),
    );
    const { layers, totals } = await simulateChain(
      { design: { ...design, layers: design.layers.map((l) => ({ ...l, count: 1 })) }, seed: 1, stalls: 0 },
      () => {},
    );
    expect(layers).toHaveLength(9);
    expect(totals.outputs).toEqual({ words: 107033, mismatches: 0 });
    expect(totals.cycles.rtl).toBe(totals.cycles.model);
    expect(totals.counters.equal).toBe(totals.counters.all);
  }, 300_000);
});

describe('layers that follow each other', () => {
  test('with a border, cropped, or flattened', () => {
    const image = makeLayer('image', { K: 3, P: 224, Q: 224 });
    // 3 rows before 224, and 2 of the 3 behind them are reached.
    expect(linkBetween(image, resnet50.network.layers[0]!.layer)).toEqual({
      ok: true,
      value: { kind: 'image', top: 3, left: 3 },
    });
    const even = makeLayer('even', { K: 2, P: 6, Q: 6 });
    expect(linkBetween(even, makeLayer('bordered', { C: 2, P: 3, Q: 3, R: 3, S: 3 }, { stride: [2, 2] }))).toEqual({
      ok: true,
      value: { kind: 'image', top: 1, left: 1 },
    });
    // The last row and column are out of reach.
    expect(linkBetween(even, makeLayer('valid', { C: 2, P: 2, Q: 2, R: 3, S: 3 }, { stride: [2, 2] }))).toEqual({
      ok: true,
      value: { kind: 'image', top: 0, left: 0 },
    });
    expect(linkBetween(even, makeLayer('fc', { C: 72, K: 9 }))).toEqual({ ok: true, value: { kind: 'flat' } });
  });

  test('and those that do not are named', async () => {
    const lone = linkBetween(makeLayer('a', { K: 2, P: 6, Q: 6 }), makeLayer('b', { C: 3, P: 6, Q: 6 }));
    expect(lone).toMatchObject({
      ok: false,
      diagnostics: [
        {
          code: 'no-chain',
          message: expect.stringContaining('b does not follow a: it takes 1 x 3 x 6 x 6, a puts out 1 x 2 x 6 x 6'),
        },
      ],
    });
    // A border that whole windows would lie in is none.
    expect(linkBetween(makeLayer('a', { K: 2, P: 6, Q: 6 }), makeLayer('b', { C: 2, P: 8, Q: 8 })).ok).toBe(false);
    const twice = await makeDesign({ kind: 'template', template: four }, [small[0]!, small[0]!]);
    expect(chainOf(twice)).toMatchObject({ ok: false, diagnostics: [{ code: 'no-chain' }, { code: 'no-chain' }] });
  });

  test('carry values over', () => {
    const output = { shape: [1, 1, 2, 2, 2], data: Int32Array.from([1, 2, 3, 4, 5, 6, 7, 8]) };
    const bordered = follow(
      { kind: 'image', top: 1, left: 1 },
      output,
      makeLayer('b', { C: 2, P: 1, Q: 1, R: 3, S: 3 }),
    );
    expect([...bordered.data]).toEqual([0, 0, 0, 0, 1, 2, 0, 3, 4, 0, 0, 0, 0, 5, 6, 0, 7, 8]);
    const cropped = follow({ kind: 'image', top: 0, left: 0 }, output, makeLayer('c', { C: 2 }));
    expect([...cropped.data]).toEqual([1, 5]);
    const flat = follow({ kind: 'flat' }, output, makeLayer('f', { C: 8 }));
    expect([...flat.data]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    // Memory holds 1 5 2 6 3 7 4 8; the weights take that order.
    const weights = {
      shape: [1, 2, 8, 1, 1],
      data: Int32Array.from([10, 20, 30, 40, 50, 60, 70, 80, 1, 2, 3, 4, 5, 6, 7, 8]),
    };
    const from = makeLayer('a', { K: 2, P: 2, Q: 2 });
    expect([...reorderWeights(weights, from).data]).toEqual([10, 50, 20, 60, 30, 70, 40, 80, 1, 5, 2, 6, 3, 7, 4, 8]);
  });
});
