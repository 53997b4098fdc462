// Configuration while a layer runs: what is written is for the next layer, and the run is as if nobody had written.

import { describe, expect, test } from 'vitest';
import { seeded } from '../../src/base/random.js';
import { makeLayer } from '../../src/model/workload/layer.js';
import { accelerator } from '../../src/rtl/accelerator.js';
import { inUpperHalf } from '../../src/rtl/program/layer-program.js';
import { biasHalf, blockOf } from '../../src/rtl/registers.js';
import type { Job } from '../../src/sim/layer-job.js';
import { compareOutputs } from '../../src/sim/layer-job.js';
import type { Simulator } from '../../src/sim/netlist/simulator.js';
import { elaborate } from '../../src/sim/netlist/yosys-json.js';
import { buildSimulator } from '../../src/sim/netlist/simulator.js';
import { runWasm, warm } from '../../src/sim/run-wasm.js';
import type { Placing } from '../support/rtl.js';
import { inLong } from '../support/cases.js';
import { jobOf, place, smallMachine } from '../support/rtl.js';

const t = smallMachine(
  'busy',
  { weight: 16, input: 16, sum: 8, bank: 16 },
  { vectorSize: 2, numLanes: 2, rows: 2, columns: 2, globalBanks: 8, biasLines: 8, accumCollector: 2 },
);
const a = accelerator(t);
const both = { columns: 'K2', rows: 'P2', lanes: 'K2', vector: 'C2' };
const jobFor = (N: number, K: number, seed: number, placing: Placing) =>
  jobOf(t, place(t, makeLayer('busy', { N, K, C: 4, P: 8, Q: 2 }), { ...placing, ...both }), seed);
const job = jobFor(2, 8, 3, { DRAM: 'N2 Q2 K2', GlobalBuffer: 'P2', AccumBuffer: 'P2 C2' });
const second = jobFor(1, 4, 4, { GlobalBuffer: 'P2 Q2', AccumBuffer: 'P2 C2' });
const large = jobFor(1, 16, 5, { DRAM: 'Q2 K4', GlobalBuffer: 'P2', AccumBuffer: 'P2 C2' });

const build = async (module = '', change = (text: string) => text) => {
  const files = a.files.map((f): [string, string] => [`${f.module}.v`, f.module === module ? change(f.text) : f.text]);
  return buildSimulator(await elaborate(Object.fromEntries(files), a.top), a.top);
};
const last = Math.max(...a.registers.map((b) => b.base + b.count));
const registerAt = (name: string) => blockOf(a.registers, name).base;
const statusOf = (simulator: Simulator) => {
  simulator.set('cfg_addr', registerAt('status'));
  return Number(simulator.get('cfg_rdata'));
};
const options = { stalls: 0, limit: 100_000, progress: () => {} };

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
  const run = runWasm(simulator, job, { ...options, chance: seeded(1), sample });
  simulator.set('cfg_we', 0);
  return { run, writes, mismatches: compareOutputs(job, run.activations).mismatches };
}

/**
 * Two jobs one after the other, so many writes of the second while the first runs; its biases lie in the upper half, or
 * where those of the first do.
 */
function inTurn(simulator: Simulator, first: Job, other: Job, half: 'upper' | 'lower', share = 1) {
  const [own] = other.programs;
  const moved = half === 'upper' ? inUpperHalf(a, own!)! : own!;
  const all = half === 'upper' ? moved.writes.length : moved.writes.length - moved.constants;
  const next = { ...moved, ahead: Math.floor(share * all) };
  const before = runWasm(simulator, { ...first, next }, { ...options, chance: seeded(1) });
  const after = runWasm(
    warm(simulator),
    { ...other, programs: [next], written: before.written },
    { ...options, chance: seeded(1) },
  );
  return {
    before,
    after,
    ahead: next.ahead,
    mismatches: [
      compareOutputs(first, before.activations).mismatches,
      compareOutputs(other, after.activations).mismatches,
    ],
  };
}

const simulator = await build();
const calm = disturbed(simulator, () => undefined);
const alone = runWasm(simulator, second, { ...options, chance: seeded(1) });

describe('a write while busy', () => {
  test('is not needed for the run to be right', () => {
    expect([calm.mismatches, calm.writes, statusOf(simulator)]).toEqual([0, 0, 0b010]);
    expect(compareOutputs(second, alone.activations).mismatches).toBe(0);
  });

  test('of anything to any register changes neither outputs nor counts', () => {
    const chance = seeded(7);
    for (let round = 0; round < 20; round++) {
      const found = disturbed(simulator, () =>
        chance.next() < 0.7 ? { address: chance.below(last + 3), value: BigInt(chance.below(2 ** 32)) } : undefined,
      );
      expect(found.writes).toBeGreaterThan(50);
      expect([found.mismatches, found.run.counters]).toEqual([0, calm.run.counters]);
    }
  });

  test('of biases into the half that is not in use is taken, and waits where biases are read', () => {
    const found = disturbed(simulator, intoOtherHalf());
    expect([found.mismatches, found.run.counters, statusOf(simulator)]).toEqual([0, calm.run.counters, 0b010]);
  });

  test('of each register alone, in each cycle; refused are start and biases in the half that is in use', () => {
    for (const block of a.registers) {
      for (const value of [0n, 1n, (1n << BigInt(block.bits)) - 1n]) {
        const found = disturbed(simulator, () => ({ address: block.base, value }));
        const refused = block.name === 'start' || block.name === 'bias_data';
        const status = refused ? 0b110 : block.name === 'program' ? 0b000 : 0b010;
        expect([block.name, found.mismatches, found.run.counters, statusOf(simulator)]).toEqual([
          block.name,
          0,
          calm.run.counters,
          status,
        ]);
      }
    }
  });

  test('that was refused is forgotten with the next program', () => {
    disturbed(simulator, () => ({ address: registerAt('start'), value: 1n }));
    expect(statusOf(simulator)).toBe(0b110);
    const { address, value } = job.programs[0]!.writes[0]!;
    simulator.set('cfg_we', 1);
    simulator.set('cfg_addr', address);
    simulator.set('cfg_wdata', BigInt(value));
    simulator.tick();
    simulator.set('cfg_we', 0);
    expect(statusOf(simulator)).toBe(0b010);
  });
});

describe('the next program, written while a layer runs', () => {
  const cold = second.programs[0]!.writes.length + 2;

  test('takes a cycle for each write, one for start and one to take over, where nothing runs', () => {
    expect([calm.run.configuration, alone.configuration]).toEqual([job.programs[0]!.writes.length + 2, cold]);
  });

  test.each(['upper', 'lower'] as const)('runs as it does alone, biases in the %s half', (half) => {
    for (const share of [0, 0.3, 0.9, 1]) {
      const { before, after, ahead, mismatches } = inTurn(simulator, job, second, half, share);
      expect(mismatches).toEqual([0, 0]);
      expect([before.counters, after.counters]).toEqual([calm.run.counters, alone.counters]);
      expect(before.written).toBe(ahead);
      expect(after.configuration).toBe(cold - ahead);
      expect(statusOf(simulator)).toBe(0b010);
    }
  });

  test('waits as long as the run does, where that is shorter than its writes', () => {
    const { before, after, mismatches } = inTurn(simulator, second, job, 'lower');
    const { writes, constants } = job.programs[0]!;
    const registers = writes.length - constants;
    const cycles = alone.counters!.cycles;
    expect(cycles + 1).toBeLessThan(registers);
    expect(mismatches).toEqual([0, 0]);
    expect([before.counters, after.counters]).toEqual([alone.counters, calm.run.counters]);
    expect(after.configuration).toBe(registers - (cycles + 1) + constants + 2);
  });

  test('waits for biases that need the half in use, and where all lines are', () => {
    expect([large.programs[0]!.biasLines, biasHalf(a.hardware), a.hardware.biasDepth]).toEqual([8, 4, 8]);
    expect(inUpperHalf(a, large.programs[0]!)).toBeUndefined();
    for (const [first, other] of [
      [large, second],
      [second, large],
    ] as const)
      expect(inTurn(simulator, first, other, 'lower').mismatches).toEqual([0, 0]);
  });
});

/** The position of the first bias of the half that the job does not use, and biases, in turn. */
function intoOtherHalf() {
  let count = 0;
  return () =>
    count++ % 4 === 0
      ? { address: registerAt('bias_line'), value: BigInt(biasHalf(a.hardware)) }
      : { address: registerAt('bias_data'), value: 77n };
}

/** What shows that a fault is there. */
function harm(broken: Simulator): boolean {
  const chance = seeded(7);
  const bounds = blockOf(a.registers, 'outer_bound');
  const wrong = (found: ReturnType<typeof disturbed>) =>
    found.mismatches > 0 || JSON.stringify(found.run.counters) !== JSON.stringify(calm.run.counters);
  const turns = (['upper', 'lower'] as const).some((half) => {
    const { before, after, mismatches, ahead } = inTurn(broken, job, second, half);
    return (
      mismatches.some((n) => n > 0) ||
      JSON.stringify([before.counters, after.counters]) !== JSON.stringify([calm.run.counters, alone.counters]) ||
      after.configuration !== second.programs[0]!.writes.length + 2 - ahead
    );
  });
  return (
    turns ||
    wrong(disturbed(broken, () => ({ address: bounds.base + chance.below(bounds.count), value: 3n }))) ||
    wrong(disturbed(broken, () => ({ address: registerAt('start'), value: 1n }))) ||
    wrong(disturbed(broken, () => ({ address: registerAt('bias_data'), value: 77n }))) ||
    wrong(disturbed(broken, intoOtherHalf()))
  );
}

test('the machine as emitted shows no harm', () => {
  expect(harm(simulator)).toBe(false);
});

const change = (from: string, to: string) => (text: string) => text.replace(from, () => to);
/** As they were before: without what is written for the next layer. */
const direct = (text: string) =>
  text
    .replace('if (take) value <= next[i*WIDTH +: WIDTH];', 'if (here[i]) value <= cfg[WIDTH-1:0];')
    .replace(
      'wire                   take = cfg[DATA+13];',
      "wire [COUNT:0] here = {{COUNT{1'b0}}, cfg[DATA+12]} << (cfg[DATA+11:DATA] - BASE);",
    );

const faults: readonly (readonly [fault: string, module: string, planted: (text: string) => string])[] = [
  ['registers of the layer that runs are written', 'cfg_regs', direct],
  ['taken over a cycle late', 'host', change('assign cfg         = {take,', 'assign cfg         = {start,')],
  ['taken over with every write', 'host', change('assign cfg         = {take,', 'assign cfg         = {write,')],
  ['started in the cycle in which it is taken over', 'host', change('running || start;', 'running;')],
  ['start is not refused', 'host', change('(cfg_addr == REG_START ||', "(1'b0 ||")],
  ['biases in use are written', 'host', change('(bias && bias_used)', "1'b0")],
  ['the other half is in use', 'post', change('bias_half[line[2]]', 'bias_half[!line[2]]')],
  ['biases begin at line 0 in any half', 'post', change("bias_half == 2'b10", "bias_half == 2'b00")],
  ['a write does not wait while biases are read', 'host', change('!(bias && bias_read)', "1'b1")],
  ['scales are those of the layer that runs', 'post', change('cfg_next #(', 'cfg_regs #(')],
];
// Each is a machine to build: most of them in the long suite.
test.each(inLong(faults, [faults[1]!, faults[8]!]))(
  'a fault is seen: %s',
  { timeout: 120_000 },
  async (_, module, planted) => {
    const { text } = a.files.find((f) => f.module === module)!;
    expect(planted(text)).not.toBe(text);
    expect(harm(await build(module, planted))).toBe(true);
  },
);
