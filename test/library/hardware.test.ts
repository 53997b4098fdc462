// Designs as hardware by one call each: a chain of layers in one DRAM, and gates beside the model, here and in workers.

import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { map, simba, simulateNetwork, synthesize } from '../../src/index.js';
import { bits } from '../../src/base/units.js';
import { nth } from '../../src/base/invariant.js';
import { makeLayer } from '../../src/model/workload/layer.js';
import { builtLibrary } from '../support/built.js';

/** Several times as fast as the one that comes with magnet, which test/sim/synth.test.ts asks. */
const hasYosys = spawnSync('yosys', ['-V']).status === 0;

const tiny = {
  ...simba,
  name: 'tiny',
  vectorSize: 2,
  numLanes: 2,
  rows: 1,
  columns: 1,
  weightBuffer: bits(2 * 2 * 8 * 64),
  inputBuffer: bits(2 * 8 * 64),
  accumBuffer: bits(2 * 24 * 32),
  globalBuffer: bits(2 ** 15),
};
/** The second layer reads what the first one wrote. */
const network = {
  name: 'chain',
  source: 'this test',
  unmapped: [],
  layers: [
    { layer: makeLayer('first', { K: 4, C: 2, P: 3, Q: 3, R: 2, S: 2 }), count: 1 },
    { layer: makeLayer('second', { K: 2, C: 4, P: 3, Q: 3 }), count: 1 },
  ],
};

test('a network runs as a chain, here and in a worker, with the same outputs and the cycles of the model', async () => {
  const inWorkers = await builtLibrary();
  const { design } = await map(network, tiny);
  const told = new Set<number>();
  const here = await simulateNetwork(design, { seed: 3, progress: (layer) => told.add(layer) });
  expect(here.totals.cycles.rtl).toBe(here.totals.cycles.model);
  expect(here.totals.outputs).toMatchObject({ mismatches: 0 });
  expect(told).toContain(0);
  const there = await inWorkers.simulateNetwork(design, { seed: 3, workers: 1 });
  expect(there.layers.map((l) => l.tensor)).toEqual(here.layers.map((l) => l.tensor));
  const twice = { ...design, layers: [nth(design.layers, 1), nth(design.layers, 1)] };
  await expect(simulateNetwork(twice)).rejects.toThrow(/second/);
}, 120_000);

test('a machine is synthesized to cells, near the area of the model; a signal gives it up', async () => {
  const inWorkers = await builtLibrary();
  const { design } = await map(network, tiny);
  const stages: string[] = [];
  const { modules, total, memories } = await synthesize(design, {
    native: hasYosys,
    progress: (stage) => stages.push(stage),
  });
  expect(nth(stages, 0)).toMatch(/^reading the Verilog/);
  expect(modules.find((m) => m.name.startsWith('magnet_top'))?.cells).toBeGreaterThan(0);
  expect(memories?.length).toBeGreaterThan(0);
  expect(total.synthesized).toBeGreaterThan(0.3 * total.model);
  expect(total.synthesized).toBeLessThan(3 * total.model);
  const signal = AbortSignal.timeout(500);
  await expect(inWorkers.synthesize(design, { workers: 1, signal })).rejects.toThrow(/timeout/);
}, 180_000);
