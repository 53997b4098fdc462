// Synthesis for area: each module once, counted over the chip, memories apart, findings told, parts beside the model.

import { unsaid } from '../../src/model/machine/unsaid.js';
import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { bits, megahertz } from '../../src/base/units.js';
import { technology16nm } from '../../src/model/machine/technology.js';
import type { Template } from '../../src/model/machine/template.js';
import { accelerator } from '../../src/rtl/accelerator.js';
import { compareArea } from '../../src/sim/synth/area-comparison.js';
import { readLibrary } from '../../src/sim/synth/liberty/library.js';
import { magnetLiberty } from '../../src/sim/synth/liberty/own.js';
import type { SynthesisTask } from '../../src/sim/synth/synth.js';
import { elaborate, synthesize } from '../../src/sim/synth/synth.js';
import { memoryBuffers, memoryWrappers } from '../../src/sim/synth/synth-task.js';

const ram = `
module ram #(parameter WIDTH = 8, parameter DEPTH = 16, parameter ADDR = 4) (
    input wire clk, input wire en, input wire we, input wire [ADDR-1:0] addr, input wire [WIDTH-1:0] wdata, output reg [WIDTH-1:0] rdata
);
  reg [WIDTH-1:0] mem [0:DEPTH-1];
  always @(posedge clk) if (en && we) mem[addr] <= wdata;
  always @(posedge clk) if (en && !we) rdata <= mem[addr];
endmodule`;

const ram2 = `
module ram2 (input wire clk, input wire [1:0] raddr, output reg [7:0] rdata, input wire we, input wire [1:0] waddr, input wire [7:0] wdata);
  reg [7:0] mem [0:3];
  always @(posedge clk) if (we) mem[waddr] <= wdata;
  always @(posedge clk) rdata <= mem[raddr];
endmodule`;

const delay = `
module delay #(parameter WIDTH = 1) (input wire clk, input wire [WIDTH-1:0] d, output reg [WIDTH-1:0] q);
  always @(posedge clk) q <= d;
endmodule`;

const chip = `
module pair (input wire clk, input wire [7:0] d, output wire [7:0] q, input wire we, input wire [3:0] addr);
  wire [7:0] word;
  delay #(.WIDTH(8)) u_a (.clk(clk), .d(d), .q(word));
  ram u_ram (.clk(clk), .en(1'b1), .we(we), .addr(addr), .wdata(word), .rdata(q));
endmodule
module chip (input wire clk, input wire [15:0] d, output wire [15:0] q, input wire we, input wire [3:0] addr, output wire both, output wire [7:0] other, output wire [23:0] banks);
  genvar i;
  generate
    for (i = 0; i < 2; i = i + 1) begin : g_pair
      pair u_pair (.clk(clk), .d(d[8*i +: 8]), .q(q[8*i +: 8]), .we(we), .addr(addr));
    end
    for (i = 0; i < 3; i = i + 1) begin : g_bank
      ram #(.DEPTH(4), .ADDR(2)) u_ram (.clk(clk), .en(we), .we(addr[2]), .addr(addr[1:0]), .wdata(d[7:0]), .rdata(banks[8*i +: 8]));
    end
  endgenerate
  ram2 u_two (.clk(clk), .raddr(addr[1:0]), .rdata(other), .we(we), .waddr(addr[3:2]), .wdata(d[7:0]));
  wire late;
  delay u_late (.clk(clk), .d(we), .q(late));
  assign both = late & d[0];
endmodule`;

const task: SynthesisTask = {
  verilog: [ram, ram2, delay, chip].map((text, i) => ({ path: `rtl/${i}.v`, text })),
  top: 'chip',
  blackboxes: ['ram', 'ram2'],
  native: false,
};
const silent = () => {};
const gate = 0.15552;

function library(text: string) {
  const read = readLibrary([{ path: 'cells.lib', text }]);
  if (!('areas' in read)) throw new Error(read.join('\n'));
  return read;
}

describe('synthesis', () => {
  test('modules once each, counted over the chip; memories by place', async () => {
    const stages: string[] = [];
    const { library, modules, memories, check } = await synthesize(
      task,
      (done, of, module) => void stages.push(`${done}/${of} ${module}`),
    );
    expect({ library, check }).toEqual({ library: 'magnet_16nm', check: [] });
    const [flop, and, nand] = [17 / 3, 4 / 3, 0.15552];
    expect(
      modules.map(({ name, instances, cells, area, gates }) => ({
        name,
        instances,
        cells,
        area: +(area / nand).toFixed(3),
        gates: +gates.toFixed(3),
      })),
    ).toEqual([
      { name: 'delay(WIDTH=8)', instances: 2, cells: 8, area: +(8 * flop).toFixed(3), gates: +(8 * flop).toFixed(3) },
      { name: 'pair', instances: 2, cells: 0, area: 0, gates: 0 },
      { name: 'delay(WIDTH=1)', instances: 1, cells: 1, area: +flop.toFixed(3), gates: +flop.toFixed(3) },
      { name: 'chip', instances: 1, cells: 1, area: +and.toFixed(3), gates: +and.toFixed(3) },
    ]);
    expect(modules[0]!.places).toEqual([{ path: ['chip', 'pair', 'delay'], instances: 2 }]);
    expect(memories).toEqual([
      {
        module: 'ram',
        parameters: { WIDTH: 8, DEPTH: 16, ADDR: 4 },
        instances: 2,
        instance: 'u_ram',
        path: ['chip', 'pair'],
        bits: 128,
        ports: '1rw',
      },
      {
        module: 'ram',
        parameters: { WIDTH: 8, DEPTH: 4, ADDR: 2 },
        instances: 3,
        instance: 'g_bank.u_ram',
        path: ['chip'],
        bits: 32,
        ports: '1rw',
      },
      { module: 'ram2', parameters: {}, instances: 1, instance: 'u_two', path: ['chip'], bits: 32, ports: '1r1w' },
    ]);
    expect(stages).toEqual(['0/3 delay', '1/3 pair', '2/3 chip', '3/3 chip']);
  });

  test("a sum of products ends, in a multiplier's usual size", async () => {
    const text = `
module dot (input wire signed [31:0] a, input wire signed [31:0] b, output wire signed [17:0] y);
  wire signed [7:0] a0 = a[7:0], a1 = a[15:8], a2 = a[23:16], a3 = a[31:24], b0 = b[7:0], b1 = b[15:8], b2 = b[23:16], b3 = b[31:24];
  assign y = a0 * b0 + a1 * b1 + a2 * b2 + a3 * b3;
endmodule`;
    const { modules } = await synthesize(
      { verilog: [{ path: 'dot.v', text }], top: 'dot', blackboxes: [], native: false },
      silent,
    );
    // 8 x 8 bits: 64 ANDs and 56 full adders of some 7 gates are 480 gates.
    expect(modules[0]!.gates / 4).toBeGreaterThan(400);
    expect(modules[0]!.gates / 4).toBeLessThan(800);
  });

  test('findings: a wire without driver, a latch, a wrong width', async () => {
    const text = `
module leaf (input wire [3:0] d, output wire [3:0] q);
  assign q = ~d;
endmodule
module bad (input wire en, input wire d, output reg q, output wire lost, output wire [3:0] z);
  wire nobody;
  always @* if (en) q = d;
  assign lost = nobody ^ d;
  leaf u_leaf (.d({d, d}), .q(z));
endmodule`;
    const { check } = await synthesize(
      { verilog: [{ path: 'bad.v', text }], top: 'bad', blackboxes: [], native: false },
      silent,
    );
    expect(check.join('\n')).toMatch(/Wire bad\.\\nobody is used but has no driver/);
    expect(check.join('\n')).toMatch(/bad: the library has no cell for \$_DLATCH_P_/);
    expect(check.join('\n')).toMatch(/Resizing cell port bad\.u_leaf\.d from 2 bits to 4 bits/);
  });

  test("Verilog that is none, and a top that is not there, are refused with Yosys' words", async () => {
    await expect(
      synthesize({ ...task, verilog: [{ path: 'x.v', text: 'module x; assign = ; endmodule' }] }, silent),
    ).rejects.toThrow(/yosys: .*syntax error/);
    await expect(synthesize({ ...task, top: 'chap' }, silent)).rejects.toThrow(/yosys: .*chap/);
  });

  test('another library: its cells, its areas', async () => {
    const text = magnetLiberty()
      .replace('magnet_16nm', 'twice')
      .replace(/area : ([\d.]+)/g, (_, area: string) => `area : ${2 * Number(area)}`);
    const [own, other] = [
      await synthesize(task, silent),
      await synthesize({ ...task, library: library(text) }, silent),
    ];
    expect(other.library).toBe('twice');
    other.modules.forEach((m, i) =>
      expect(m).toMatchObject({
        cells: own.modules[i]!.cells,
        area: 2 * own.modules[i]!.area,
        gates: own.modules[i]!.gates,
      }),
    );
  });

  test.skipIf(!installed('yosys'))('by the Yosys of this machine: the same structure', async () => {
    const [wasm, native] = [await synthesize(task, silent), await synthesize({ ...task, native: true }, silent)];
    expect({ ...native, seconds: 0 }).toEqual({ ...wasm, seconds: 0 });
  });
});

const small: Template = {
  name: 'small',
  source: 'this test',
  vectorSize: 2,
  numLanes: 2,
  rows: 1,
  columns: 2,
  weightPrecision: 4,
  inputPrecision: 4,
  accumPrecision: 12,
  weightBuffer: bits(2 * 2 * 2 * 4 * 512),
  inputBuffer: bits(2 * 2 * 4 * 512),
  accumBuffer: bits(2 * 12 * 256),
  weightCollector: 1,
  inputCollector: 1,
  accumCollector: 4,
  globalBuffer: bits(4 * 2 * 4 * 512),
  globalBanks: 4,
  biasLines: 64,
  clock: megahertz(1000),
  ...unsaid,
};

const { files, top } = accelerator(small);
const verilog = files.map(({ module, text }) => ({ path: `${module}.v`, text }));

test('a whole machine: Yosys has nothing to say of it', async () => {
  const { design, warnings } = await elaborate({ verilog, top });
  expect(warnings).toEqual([]);
  expect(design.modules.map((m) => m.base)).toEqual(expect.arrayContaining(['lane', 'tile_ctl', 'magnet_top']));
});

test('the PEs of a machine: parts beside the model, memories of the very sizes', async () => {
  const task = { verilog, top: 'pe_array', blackboxes: memoryWrappers, buffers: memoryBuffers, native: false };
  const synthesis = await synthesize(task, silent);
  expect(synthesis.check).toEqual([]);
  expect(synthesis.modules.find((m) => m.name === 'lane')).toMatchObject({ instances: 4 });
  const { parts, total } = compareArea(synthesis, small, technology16nm, gate);
  for (const part of ['weight buffers', 'input buffers', 'accumulation buffers', 'output buffers']) {
    const row = parts.find((p) => p.part === part)!;
    expect(row.synthesized, part).toBeCloseTo(row.model, 12);
  }
  for (const part of ['MACs', 'collectors', 'control', 'reduction and multicast'])
    expect(parts.find((p) => p.part === part)!.synthesized, part).toBeGreaterThan(0);
  expect(parts.map((p) => p.part)).not.toContain('other');
  expect(total.synthesized).toBeCloseTo(
    parts.reduce((n, p) => n + p.synthesized!, 0),
    12,
  );
  expect(total.model).toBeCloseTo(
    parts.reduce((n, p) => n + p.model, 0),
    12,
  );
});

test('logic of another node is not added to memories of the technology', () => {
  const modules = [
    { name: 'lane', instances: 1, places: [{ path: ['lane'], instances: 2 }], cells: 1, area: 0.75, gates: 1 },
  ];
  const memories = [
    {
      module: 'sram_1rw',
      parameters: { WIDTH: 64 },
      instances: 1,
      instance: 'u_weight',
      path: ['pe'],
      bits: 8192,
      ports: '1rw',
    },
  ];
  for (const [nand, alike] of [
    [gate, true],
    [gate * 1.4, true],
    [gate / 1.4, true],
    [gate * 24, false],
    [gate / 2, false],
  ] as const) {
    const { parts, total, nand2 } = compareArea({ modules, memories }, small, technology16nm, nand);
    expect(nand2).toEqual({ library: nand, technology: expect.closeTo(gate, 9) });
    // 2 x 0.75 um2 at a placement of 0.75.
    expect(total.logic).toBeCloseTo(2e-6, 12);
    expect(total.memories).toBeGreaterThan(0);
    expect(total.synthesized === null ? null : total.synthesized - total.logic - total.memories).toEqual(
      alike ? expect.closeTo(0, 12) : null,
    );
    for (const p of parts) expect(p.synthesized === null).toBe(!alike);
  }
});

test('a part is that of the nearest module above with a word for it', () => {
  const at = (name: string, ...path: string[]) => ({
    name,
    instances: 1,
    places: [{ path, instances: 3 }],
    cells: 1,
    area: 0.75,
    gates: 1,
  });
  const modules = [
    at('addr_gen', 'magnet_top', 'pe_ctl', 'addr_gen'),
    at('addr_gen', 'magnet_top', 'drain', 'addr_gen'),
    at('x', 'x'),
    at('gear_in', 'magnet_top', 'pe_array', 'gear_in'),
    at('gear_out', 'magnet_top', 'gear_out'),
  ];
  const { parts } = compareArea({ modules, memories: [] }, small, technology16nm, gate);
  // 3 x 0.75 um2 at a placement of 0.75.
  for (const part of ['control', 'tile control', 'other', 'gears to DRAM', 'gears of the global buffer'])
    expect(parts.find((p) => p.part === part)!.synthesized, part).toBeCloseTo(3e-6, 12);
});

function installed(program: string): boolean {
  try {
    execFileSync(program, ['-V'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
