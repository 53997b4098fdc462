// The compiled netlist against two other opinions: a big-integer evaluation, and Icarus Verilog where it is installed.

import { describe, expect, test } from 'vitest';
import { seeded } from '../../src/base/random.js';
import { elaborate, type YosysJson } from '../../src/sim/netlist/yosys-json.js';
import { buildSimulator, type Simulator } from '../../src/sim/netlist/simulator.js';
import { findTool } from '../../src/sim/native/native-tools.js';
import { runIverilog } from '../../src/sim/native/native-simulation.js';
import { randomCircuit, randomInputs, type Circuit, type Values } from './netlist-circuit.js';
import { casesOf, seedFrom } from '../support/cases.js';

const seeds = Array.from({ length: casesOf('netlists') }, (_, i) => seedFrom(100) + i);
const cycles = 40;
const seen = new Set<string>();
const icarus = await findTool('iverilog');
if (!icarus.ok)
  console.log('iverilog is not installed: the netlist simulator is compared with the big-integer evaluation alone');

/** Every output at every cycle, as hexadecimal words. */
const expected = (circuit: Circuit, stimuli: readonly Values[]) =>
  stimuli.map((inputs) => {
    const values = circuit.evaluate(inputs);
    circuit.tick(inputs);
    return circuit.outputs.map(({ net }) => values.get(net.name)!.toString(16));
  });

const simulated = (simulator: Simulator, circuit: Circuit, stimuli: readonly Values[]) =>
  stimuli.map((inputs) => {
    for (const [name, value] of inputs) simulator.set(name, value);
    const row = circuit.outputs.map(({ port }) => simulator.get(port).toString(16));
    simulator.tick();
    return row;
  });

function bench({ inputs, outputs }: Circuit, count: number): string {
  const width = inputs.reduce((w, n) => w + n.width, 0);
  return `module bench;
  reg clk; reg [${width - 1}:0] stimuli [0:${count - 1}]; integer k;
  ${inputs.map((n) => `reg [${n.width - 1}:0] ${n.name};`).join(' ')}
  ${outputs.map(({ port, net }) => `wire [${net.width - 1}:0] ${port};`).join(' ')}
  top dut (.clk(clk), ${[...inputs.map((n) => n.name), ...outputs.map((o) => o.port)].map((n) => `.${n}(${n})`).join(', ')});
  initial begin
    $readmemh("stimuli.hex", stimuli);
    clk = 0;
    for (k = 0; k < ${count}; k = k + 1) begin
      {${inputs.map((n) => n.name).join(', ')}} = stimuli[k];
      #1 $display("${outputs.map(() => '%0h').join(' ')}", ${outputs.map((o) => o.port).join(', ')});
      clk = 1; #1 clk = 0; #1;
    end
    $finish;
  end
endmodule
`;
}

const packed = ({ inputs }: Circuit, values: Values) =>
  inputs.reduce((v, n) => (v << BigInt(n.width)) | values.get(n.name)!, 0n).toString(16);

describe('random circuits', () => {
  test.each(seeds)('seed %i: as the big-integer evaluation and Icarus Verilog have it', async (seed) => {
    const random = seeded(seed);
    const circuit = randomCircuit(random, 90);
    const stimuli = Array.from({ length: cycles }, () => randomInputs(circuit, random));
    const want = expected(circuit, stimuli);
    const json = await elaborate({ 'top.v': circuit.verilog }, 'top');
    for (const m of Object.values(json.modules)) for (const c of Object.values(m.cells)) seen.add(c.type);
    for (const options of [{}, { functionSize: 12 }, { observe: 'all' as const }]) {
      expect(simulated(buildSimulator(json, 'top', options), circuit, stimuli), JSON.stringify(options)).toEqual(want);
    }
    if (!icarus.ok) return;
    const run = await runIverilog(
      { 'top.v': circuit.verilog, 'bench.v': bench(circuit, cycles) },
      { top: 'bench', dataFiles: { 'stimuli.hex': stimuli.map((s) => `${packed(circuit, s)}\n`).join('') } },
    );
    if (!run.ok) throw new Error(run.diagnostics[0]!.message);
    expect(
      run.value.stdout
        .trim()
        .split('\n')
        .map((line) => line.split(' '))
        .filter((row) => row.length === circuit.outputs.length),
    ).toEqual(want);
  });

  test('have every cell that Verilog-2005 gives', () => {
    const kinds = [
      'add',
      'sub',
      'mul',
      'div',
      'mod',
      'neg',
      'and',
      'or',
      'xor',
      'xnor',
      'not',
      'reduce_and',
      'reduce_or',
      'reduce_xor',
      'reduce_bool',
      'logic_not',
      'logic_and',
      'logic_or',
      'eq',
      'ne',
      'lt',
      'le',
      'gt',
      'ge',
      'shl',
      'shr',
      'sshl',
      'sshr',
      'shift',
      'shiftx',
      'mux',
      'pmux',
      'dff',
      'dffe',
      'sdff',
      'sdffe',
      'mem_v2',
    ];
    expect(kinds.filter((k) => !seen.has(`$${k}`))).toEqual([]);
  });
});

/** One cell between ports of the widths given. */
function oneCell(
  type: string,
  inputs: Readonly<Record<string, number>>,
  output: string,
  width: number,
  parameters: Readonly<Record<string, string>> = {},
): YosysJson {
  let next = 2;
  const bits = (n: number) => Array.from({ length: n }, () => next++);
  const ports: Record<string, { direction: string; bits: number[] }> = {
    [output]: { direction: 'output', bits: bits(width) },
  };
  for (const [name, w] of Object.entries(inputs)) ports[name] = { direction: 'input', bits: bits(w) };
  const connections = Object.fromEntries(Object.entries(ports).map(([name, p]) => [name, p.bits]));
  return { modules: { top: { ports, cells: { cell: { type, parameters, connections } }, netnames: {} } } } as YosysJson;
}

function outputOf(
  json: YosysJson,
  inputs: Readonly<Record<string, bigint>>,
  output = 'Y',
  clocks = 0,
  clock = 'clk',
): bigint {
  const simulator = buildSimulator(json, 'top', { clock });
  for (const [name, value] of Object.entries(inputs)) simulator.set(name, value);
  simulator.run(clocks);
  return simulator.get(output);
}

describe('cells that Yosys makes in other passes', () => {
  test.each([40, 100])('of %i bits', (w) => {
    const random = seeded(w);
    const word = () =>
      BigInt.asUintN(
        w,
        Array.from({ length: 4 }, () => BigInt(random.below(2 ** 32))).reduce((a, b) => (a << 32n) | b),
      );
    const [a, b, s] = [word(), word(), word()];
    const all = (1n << BigInt(w)) - 1n;
    expect(outputOf(oneCell('$bwmux', { A: w, B: w, S: w }, 'Y', w), { A: a, B: b, S: s })).toBe((a & ~s) | (b & s));
    expect(outputOf(oneCell('$bweqx', { A: w, B: w }, 'Y', w), { A: a, B: b })).toBe(all & ~(a ^ b));
    expect(
      outputOf(oneCell('$bmux', { A: 4 * w, S: 2 }, 'Y', w), { A: a | (b << BigInt(w)) | (s << BigInt(2 * w)), S: 2n }),
    ).toBe(s);
    expect(outputOf(oneCell('$concat', { A: w, B: w }, 'Y', 2 * w), { A: a, B: b })).toBe((b << BigInt(w)) | a);
    expect(outputOf(oneCell('$slice', { A: w }, 'Y', w - 9, { OFFSET: '111' }), { A: a })).toBe(
      BigInt.asUintN(w - 9, a >> 7n),
    );
    expect(outputOf(oneCell('$pos', { A: w - 3 }, 'Y', w, { A_SIGNED: '1' }), { A: all >> 3n })).toBe(all);
  });

  test('a reset that waits for the enable', () => {
    const polarities = { CLK_POLARITY: '1', EN_POLARITY: '1', SRST_POLARITY: '1', SRST_VALUE: '0101' };
    const after = (type: string, EN: bigint, SRST: bigint) =>
      outputOf(oneCell(type, { CLK: 1, EN: 1, SRST: 1, D: 4 }, 'Q', 4, polarities), { EN, SRST, D: 9n }, 'Q', 1, 'CLK');
    expect([after('$sdffce', 0n, 1n), after('$sdffce', 1n, 1n), after('$sdffce', 1n, 0n)]).toEqual([0n, 5n, 9n]);
    expect([after('$sdffe', 0n, 1n), after('$sdffe', 1n, 1n), after('$sdffe', 0n, 0n)]).toEqual([5n, 5n, 0n]);
  });
});
