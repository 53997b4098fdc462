// Switching activity as SAIF: what it says of every bit is what happened, and the energy of memories by it is the model's.

import { expect, test } from 'vitest';
import { bits } from '../../src/base/units.js';
import { simba } from '../../src/model/machine/presets.js';
import { technology16nm } from '../../src/model/machine/technology.js';
import type { Template } from '../../src/model/machine/template.js';
import { makeLayer } from '../../src/model/workload/layer.js';
import { macroName, memoriesOf } from '../../src/rtl/physical/memories.js';
import { traceActivity } from '../../src/sim/netlist/saif.js';
import { buildSimulator } from '../../src/sim/netlist/simulator.js';
import { elaborate } from '../../src/sim/netlist/yosys-json.js';
import { emitDesign } from '../../src/sim/emit-files.js';
import { isMemoryEnable, simulateLayer } from '../../src/sim/simulate.js';
import { makeDesign } from '../support/design.js';

interface Activity {
  readonly T0: number;
  readonly T1: number;
  readonly TX: number;
  readonly TC: number;
}

/** By hierarchical name, one line of the file after the other. */
function readSaif(text: string): { readonly duration: number; readonly of: ReadonlyMap<string, Activity> } {
  const of = new Map<string, Activity>();
  const path: string[] = [];
  const plain = (name: string) => name.replace(/\\(.)/g, '$1');
  const lines = text.split('\n').slice(0, -1);
  expect([lines[0], lines.at(-1)]).toEqual(['(SAIFILE', ')']);
  let [inNet, duration] = [false, 0];
  for (const line of lines.slice(1, -1)) {
    const instance = /^\(INSTANCE (\S+)$/.exec(line);
    const net = /^\((\S+) \(T0 (\d+)\) \(T1 (\d+)\) \(TX (\d+)\) \(TC (\d+)\) \(IG 0\)\)$/.exec(line);
    if (instance) path.push(plain(instance[1]!));
    else if (line === '(NET') inNet = true;
    else if (line === ')' && inNet) inNet = false;
    else if (line === ')') path.pop();
    else if (net) {
      expect(inNet).toBe(true);
      const [T0, T1, TX, TC] = net.slice(2).map(Number) as [number, number, number, number];
      of.set([...path.slice(1), plain(net[1]!)].join('.'), { T0, T1, TX, TC });
    } else duration = Number(/^\(DURATION (\d+)\)$/.exec(line)?.[1] ?? duration);
  }
  expect(path).toEqual([]);
  return { duration, of };
}

test('every bit: how long it is 0 and 1, and how often it changes', async () => {
  const verilog = `module inner #(parameter W = 2) (input wire clk, input wire en, output reg [W-1:0] n);
    initial n = 2'd1;
    always @(posedge clk) if (en) n <= n + 2'd1;
  endmodule
  module top (input wire clk, input wire en, output wire odd); wire [1:0] n; inner u_n (.clk(clk), .en(en), .n(n)); assign odd = n[0]; endmodule`;
  const s = buildSimulator(await elaborate({ 'top.v': verilog }, 'top'), 'top');
  const trace = traceActivity(s, { nets: ['en', 'odd', 'u_n.n'], period: 10 });
  // n: 1 2 3 3 3 0, en: 1 1 0 0 1 1
  for (const en of [1, 1, 0, 0, 1, 1]) {
    s.set('en', en);
    trace.sample();
    s.tick();
  }
  expect(trace.text()).toMatch(
    /^\(SAIFILE\n\(SAIFVERSION "2.0"\)\n\(DIRECTION "backward"\)\n\(DESIGN "top"\)\n.*\n.*\n\(DIVIDER \/ \)\n\(TIMESCALE 1 ps\)\n/,
  );
  expect(trace.text()).toContain('\n(n\\[1\\] ');
  const { duration, of } = readSaif(trace.text());
  expect(duration).toBe(60);
  expect(Object.fromEntries(of)).toEqual({
    clk: { T0: 30, T1: 30, TX: 0, TC: 12 },
    en: { T0: 20, T1: 40, TX: 0, TC: 2 },
    odd: { T0: 20, T1: 40, TX: 0, TC: 3 },
    'u_n.n[0]': { T0: 20, T1: 40, TX: 0, TC: 3 },
    'u_n.n[1]': { T0: 20, T1: 40, TX: 0, TC: 2 },
  });
  expect(() => traceActivity(s, { nets: ['u_n.m'], period: 10 })).toThrow('net u_n.m cannot be traced');
});

const tiny: Template = {
  ...simba,
  ...{ name: 'tiny', rows: 1, columns: 2, vectorSize: 4, numLanes: 2, weightPrecision: 4, inputPrecision: 4 },
  ...{ accumPrecision: 16, globalBanks: 6 },
  ...{ weightBuffer: bits(2 * 32 * 256), inputBuffer: bits(2 * 16 * 512), accumBuffer: bits(32 * 256) },
  globalBuffer: bits(6 * 16 * 1024),
};

/**
 * Levels of the model: where their memories are, macros that an access of the model uses, and whether it charges for nothing but
 * these (the global buffer has ports, wires and post-processing beside; the port of the input buffers costs nothing where lines have one width).
 */
const levels = {
  WeightBuffer: { memory: /\.u_weight\..*u_sram$/, place: 'weight buffers', each: 1, alone: true },
  InputBuffer: { memory: /\.u_input\..*u_sram$/, place: 'input buffers', each: 1, alone: true },
  AccumBuffer: { memory: /\.u_sum$/, place: 'accumulation buffers', each: tiny.numLanes, alone: true },
  OutputBuffer: { memory: /\.u_out\..*u_sram$/, place: 'output buffers', each: tiny.numLanes, alone: true },
  GlobalBuffer: { memory: /^u_gbuf\..*u_sram$/, place: 'global buffer', each: 1, alone: false },
} as const;

/** pJ of a word read or written, as the Liberty file tells others. */
function energyIn(liberty: string, place: string): number {
  const memory = memoriesOf(tiny, technology16nm).find((m) => m.places.includes(place))!;
  expect(memory.ofRegisters).toBe(false);
  const cell = liberty.slice(liberty.indexOf(`cell (${macroName(memory)})`));
  return Number(/rise_power \(scalar\) { values \("([\d.]+)"\)/.exec(cell)![1]);
}

test('memories are used as often as the model charges for, and for its energy, by wave and Liberty alone', async () => {
  const layers = [makeLayer('conv', { R: 3, S: 3, P: 6, Q: 5, C: 5, K: 6 }), makeLayer('fc', { K: 10, C: 16 })];
  const design = await makeDesign({ kind: 'template', template: tiny }, layers);
  const files = emitDesign(design, { physical: true });
  if (!files.ok) throw new Error(files.diagnostics[0]?.message);
  const liberty = files.value.find((f) => f.path === 'physical/macros/macros.lib')!.text;
  const period = 2 * Math.round(500_000 / tiny.clock);
  for (const layer of layers.keys()) {
    const task = { design, layer, engine: 'wasm', seed: 1, stalls: 0 } as const;
    const [run, plain] = [await simulateLayer({ ...task, saif: true }, () => {}), await simulateLayer(task, () => {})];
    expect([run.counters, run.cycles, plain.saif]).toEqual([plain.counters, plain.cycles, undefined]);
    const enables = [...readSaif(run.saif!).of].filter(([name]) => isMemoryEnable(name));
    const memories = memoriesOf(tiny, technology16nm).reduce((n, m) => n + m.count, 0);
    expect(enables).toHaveLength(2 * memories);
    for (const [level, { memory, place, each, alone }] of Object.entries(levels)) {
      // A memory with one port has an enable for both; `we` says which of the two.
      const ports = enables.flatMap(([name, { T1 }]) => {
        const [, path, port] = /^(.*)\.(\w+)$/.exec(name)!;
        return memory.test(path!) && (port !== 'we' || path!.endsWith('.u_sum')) ? [T1 / period] : [];
      });
      const used = ports.reduce((a, b) => a + b, 0);
      const charged = run.counters.filter((c) => new RegExp(`^${level} \\w+ (read|fill|update)$`).test(c.name));
      expect(used, level).toBe(each * charged.reduce((n, c) => n + c.model, 0));
      const { model } = run.energy.find((e) => e.component === level)!;
      const byWave = used * energyIn(liberty, place);
      if (alone) expect(byWave / model, level).toBeCloseTo(1, 3);
      else expect(byWave, level).toBeLessThan(model);
    }
  }
}, 120_000);
