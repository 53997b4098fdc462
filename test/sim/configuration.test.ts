// Configuration while a layer runs: the hardware refuses it, says so, and the run is as if nobody had written.

import { describe, expect, test } from 'vitest';
import { seeded } from '../../src/base/random.js';
import { makeLayer } from '../../src/model/workload/layer.js';
import { accelerator } from '../../src/rtl/accelerator.js';
import { blockOf } from '../../src/rtl/registers.js';
import { compareOutputs } from '../../src/sim/layer-job.js';
import type { Simulator } from '../../src/sim/netlist/simulator.js';
import { elaborate } from '../../src/sim/netlist/yosys-json.js';
import { buildSimulator } from '../../src/sim/netlist/simulator.js';
import { runWasm } from '../../src/sim/run-wasm.js';
import { jobOf, place, smallMachine } from '../support/rtl.js';

const t = smallMachine(
  'busy',
  { weight: 16, input: 16, sum: 8, bank: 16 },
  { vectorSize: 2, numLanes: 2, rows: 2, columns: 2, globalBanks: 8, biasLines: 8, accumCollector: 2 },
);
const a = accelerator(t);
const layer = makeLayer('busy', { K: 8, C: 4, P: 8, Q: 2 });
const placed = place(t, layer, {
  DRAM: 'Q2 K2',
  GlobalBuffer: 'P2',
  AccumBuffer: 'P2 C2',
  columns: 'K2',
  rows: 'P2',
  lanes: 'K2',
  vector: 'C2',
});
const job = jobOf(t, placed, 3);
const verilog = (change: (text: string) => string) =>
  Object.fromEntries(a.files.map((f) => [`${f.module}.v`, f.module === 'host' ? change(f.text) : f.text]));
const build = async (change = (text: string) => text) => buildSimulator(await elaborate(verilog(change), a.top), a.top);

const last = Math.max(...a.registers.map((b) => b.base + b.count));
const statusOf = (simulator: Simulator) => {
  simulator.set('cfg_addr', blockOf(a.registers, 'status').base);
  return Number(simulator.get('cfg_rdata'));
};

/** The job, and in each cycle in which the machine is busy a write of what `next` says, if anything. */
function disturbed(simulator: Simulator, next: () => { address: number; value: bigint } | undefined) {
  let writes = 0;
  const sample = () => {
    const write = simulator.get('busy') === 1n ? next() : undefined;
    simulator.set('cfg_we', write ? 1 : 0);
    if (!write) return;
    writes++;
    simulator.set('cfg_addr', write.address);
    simulator.set('cfg_wdata', write.value);
  };
  const run = runWasm(simulator, job, { stalls: 0, chance: seeded(1), limit: 100_000, sample, progress: () => {} });
  simulator.set('cfg_we', 0);
  return { run, writes, mismatches: compareOutputs(job, run.activations).mismatches };
}

describe('a write while busy', async () => {
  const simulator = await build();
  const calm = disturbed(simulator, () => undefined);

  test('is not needed for the run to be right', () => {
    expect([calm.mismatches, calm.writes, statusOf(simulator)]).toEqual([0, 0, 0b010]);
  });

  test('of anything to any register changes neither outputs nor counts, and stands in the status', () => {
    const chance = seeded(7);
    for (let round = 0; round < 20; round++) {
      const found = disturbed(simulator, () =>
        chance.next() < 0.7 ? { address: chance.below(last + 3), value: BigInt(chance.below(2 ** 32)) } : undefined,
      );
      expect(found.writes).toBeGreaterThan(50);
      expect([found.mismatches, found.run.counters, statusOf(simulator)]).toEqual([0, calm.run.counters, 0b110]);
    }
  });

  test('of each register alone, in each cycle', () => {
    for (const block of a.registers) {
      for (const value of [0n, 1n, (1n << BigInt(block.bits)) - 1n]) {
        const found = disturbed(simulator, () => ({ address: block.base, value }));
        expect([block.name, found.mismatches, found.run.counters, statusOf(simulator)]).toEqual([
          block.name,
          0,
          calm.run.counters,
          0b110,
        ]);
      }
    }
  });

  test('is forgotten with the next program', () => {
    disturbed(simulator, () => ({ address: 0, value: 0n }));
    expect(statusOf(simulator)).toBe(0b110);
    simulator.set('cfg_we', 1);
    simulator.set('cfg_addr', job.programs[0]!.writes[0]!.address);
    simulator.set('cfg_wdata', BigInt(job.programs[0]!.writes[0]!.value));
    simulator.tick();
    simulator.set('cfg_we', 0);
    expect(statusOf(simulator)).toBe(0b010);
  });
});

test('without the refusal such writes do harm, so the test above sees it', async () => {
  const open = await build((text) => text.replace('cfg_we && !busy', 'cfg_we'));
  const chance = seeded(7);
  const bounds = blockOf(a.registers, 'outer_bound');
  const found = disturbed(open, () => ({ address: bounds.base + chance.below(bounds.count), value: 3n }));
  expect(found.mismatches > 0 || found.run.counters === undefined).toBe(true);
});
