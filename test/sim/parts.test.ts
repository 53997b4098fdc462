// A layer in parts on the netlist: every output right, counts and cycles those of the model; layers without biases need none.

import { expect, test } from 'vitest';
import { seeded } from '../../src/base/random.js';
import { magnetConventions } from '../../src/model/cost/conventions.js';
import { makeLayer } from '../../src/model/workload/layer.js';
import { breaches } from '../../src/model/mapping/legality.js';
import { partOf } from '../../src/model/workload/layer-parts.js';
import { accelerator } from '../../src/rtl/accelerator.js';
import { prepareJob, singleRuns } from '../../src/sim/layer-job.js';
import { runWasm } from '../../src/sim/run-wasm.js';
import { compareOutputs } from '../../src/sim/layer-job.js';
import { machineSimulator } from '../../src/sim/simulate.js';
import type { Placing } from '../support/rtl.js';
import { check, jobOf, place, smallMachine } from '../support/rtl.js';

const machine = smallMachine(
  'parted',
  { weight: 64, input: 64, sum: 32, bank: 128 },
  {
    vectorSize: 2,
    numLanes: 2,
    rows: 2,
    columns: 2,
    weightCollector: 4,
    inputCollector: 4,
    accumCollector: 8,
    globalBanks: 16,
    biasLines: 3,
  },
);
const simulator = await machineSimulator(machine);

test.each<[string, Parameters<typeof makeLayer>[1], { G: number; K: number }, Placing]>([
  // 11 channels take 6 lines of 3: in 2 parts 6 and 5 channels.
  [
    'over output channels, the last padded',
    { K: 11, C: 4, P: 4 },
    { G: 1, K: 2 },
    { GlobalBuffer: 'P2 C2', AccumBuffer: 'K3', lanes: 'K2', vector: 'C2', rows: 'P2' },
  ],
  // 4 channels each padded to 6 of the last: a part writes over where the next begins.
  [
    'each part padded',
    { N: 2, K: 8, C: 2, P: 3 },
    { G: 1, K: 2 },
    { DRAM: 'N2', GlobalBuffer: 'K3 P3', lanes: 'K2', vector: 'C2' },
  ],
  [
    'over groups',
    { G: 7, K: 2, C: 2, P: 4, R: 2 },
    { G: 3, K: 1 },
    { GlobalBuffer: 'G3', AccumBuffer: 'P4 R2', lanes: 'K2', vector: 'C2' },
  ],
  [
    'over groups and output channels',
    { N: 2, G: 2, K: 7, C: 2, P: 2 },
    { G: 2, K: 2 },
    { DRAM: 'N2', GlobalBuffer: 'P2', AccumBuffer: 'K2', lanes: 'K2', vector: 'C2' },
  ],
])('%s', (_, bounds, parts, placing) => {
  const layer = makeLayer('parted', bounds);
  const placed = place(machine, partOf(layer, parts), placing);
  const own = { ...placed, layer, mapping: { ...placed.mapping, parts } };
  expect(breaches(own.architecture, layer, own.mapping, magnetConventions)).toEqual([]);
  for (const stalls of [0, 0.3]) expect(check(simulator, jobOf(machine, own, 7), own, stalls).faults).toEqual([]);
  // Each part run for itself, as emitted benches do.
  const jobs = singleRuns(prepareJob(accelerator(machine), machine, layer, own.mapping, seeded(3)), parts);
  expect(jobs).toHaveLength(parts.G * parts.K);
  expect(jobs.reduce((n, j) => n + j.outputs.length, 0)).toBe(
    (bounds.N ?? 1) * (bounds.G ?? 1) * (bounds.K ?? 1) * (bounds.P ?? 1),
  );
  for (const job of jobs) {
    const run = runWasm(simulator, job, { stalls: 0, chance: seeded(1), limit: 100_000, progress: () => {} });
    expect(compareOutputs(job, run.activations).mismatches).toBe(0);
  }
});

test('without biases a layer of any width runs whole', () => {
  const layer = makeLayer('bare', { K: 40, C: 4, P: 2 }, { bias: false });
  const placed = place(machine, layer, { GlobalBuffer: 'K10 C2', AccumBuffer: 'K2 P2', lanes: 'K2', vector: 'C2' });
  expect(breaches(placed.architecture, layer, placed.mapping, magnetConventions)).toEqual([]);
  expect(check(simulator, jobOf(machine, placed, 9), placed).faults).toEqual([]);
});
