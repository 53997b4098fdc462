// The simulator's promises: clocks, stopping, clearing, names, memories, and refusals that name the offender.

import { describe, expect, test } from 'vitest';
import { seeded } from '../../src/base/random.js';
import { elaborate, type YosysJson } from '../../src/sim/netlist/yosys-json.js';
import { buildSimulator, type SimulatorOptions } from '../../src/sim/netlist/simulator.js';
import { traceVcd } from '../../src/sim/netlist/vcd.js';
import { runYosys } from '../../src/sim/yosys.js';

const counter = `
module unit #(parameter W = 4) (input wire clk, input wire rst, input wire en, input wire [W-1:0] step, output reg [W-1:0] count);
  wire [W-1:0] next = count + step;
  always @(posedge clk) if (rst) count <= 0; else if (en) count <= next;
endmodule
module top (input wire clk, input wire rst, input wire en, output wire [3:0] a, output wire [69:0] b, output wire full, output wire [3:0] sum, input wire [3:0] step, output wire [11:0] word);
  wire [3:0] counts [0:1];
  genvar i;
  generate for (i = 0; i < 2; i = i + 1) begin : g_unit
    unit #(.W(4)) u_count (.clk(clk), .rst(rst), .en(en), .step(step), .count(counts[i]));
  end endgenerate
  reg [69:0] shifted;
  always @(posedge clk) shifted <= {shifted[68:0], en};
  assign a = counts[0];
  assign b = shifted;
  assign full = counts[1] == 4'd12;
  assign sum = counts[0] + step;
  reg [11:0] mem [3:7];
  always @(posedge clk) if (en) mem[step] <= {counts[0], 8'hff};
  assign word = mem[step];
endmodule
`;

const build = async (verilog: string, options: SimulatorOptions = {}) =>
  buildSimulator(await elaborate({ 'top.v': verilog }, 'top'), 'top', options);
let counterJson: Promise<YosysJson> | undefined;
const counterSimulator = async (options: SimulatorOptions = {}) =>
  buildSimulator(await (counterJson ??= elaborate({ 'top.v': counter }, 'top')), 'top', options);

describe('a simulator', () => {
  test('runs as it ticks', async () => {
    const [one, other] = [await counterSimulator(), await counterSimulator()];
    for (const s of [one, other]) {
      s.set('en', 1);
      s.set('step', 3);
    }
    for (let i = 0; i < 9; i++) one.tick();
    expect(other.run(9)).toBe(9);
    for (const { name } of one.ports.filter((p) => p.direction === 'output'))
      expect(other.get(name), name).toBe(one.get(name));
    // 9 x 3 = 27 = 11 mod 16; nine ones shifted in.
    expect([one.get('a'), one.get('sum'), one.get('b')]).toEqual([11n, 14n, 511n]);
  });

  test('shows outputs for inputs set since the last clock, and for the new state after it', async () => {
    const s = await counterSimulator();
    s.set('step', 5);
    expect(s.get('sum')).toBe(5n);
    s.set('en', 1);
    s.tick();
    expect([s.get('a'), s.get('sum')]).toEqual([5n, 10n]);
    s.set('step', 1);
    expect(s.get('sum')).toBe(6n);
  });

  test('stops after the clock that raises an output, and does one clock at least', async () => {
    const s = await counterSimulator();
    s.set('en', 1);
    s.set('step', 1);
    expect([s.run(100, 'full'), s.get('a')]).toEqual([12, 12n]);
    expect([s.run(100, 'full'), s.run(3, 'full'), s.run(0)]).toEqual([16, 3, 0]);
    expect(() => s.run(1, 'a')).toThrow('run stops at an output of one bit; a is an output of 4');
  });

  test('clears inputs, registers and memories', async () => {
    const s = await counterSimulator();
    s.set('en', 1);
    s.set('step', 3);
    s.run(5);
    expect(s.readMemory('mem', 3)).toBe(0xcffn);
    s.clear();
    expect([s.get('a'), s.get('b'), s.get('sum'), s.readMemory('mem', 3)]).toEqual([0n, 0n, 0n, 0n]);
    s.tick();
    expect(s.get('a')).toBe(0n);
  });

  test('gives ports their places in memory', async () => {
    const s = await counterSimulator();
    const words = new Uint32Array(s.memory.buffer);
    words[s.port('step').offset / 4] = 7;
    words[s.port('en').offset / 4] = 1;
    s.run(33);
    s.settle();
    const b = s.port('b');
    expect([
      b.width,
      b.direction,
      words[b.offset / 4],
      words[b.offset / 4 + 1],
      words[s.port('sum').offset / 4],
    ]).toEqual([70, 'output', 0xffffffff, 1, (33 * 7 + 7) % 16]);
  });

  test('shows ports and registers by hierarchical name, and what is observed', async () => {
    const s = await counterSimulator();
    const paths = s.nets().map((n) => n.path);
    expect(paths).toContain('g_unit[1].u_count.count');
    expect(paths).not.toContain('g_unit[1].u_count.next');
    expect(() => s.peek('g_unit[1].u_count.cont')).toThrow(
      'unknown net: g_unit[1].u_count.cont. Did you mean g_unit[1].u_count.count?',
    );
    for (const observe of [['g_unit[1].u_count.next'], 'all'] as const) {
      const seeing = await counterSimulator({ observe });
      seeing.set('en', 1);
      seeing.set('step', 6);
      seeing.tick();
      expect([
        seeing.peek('g_unit[1].u_count.count'),
        seeing.peek('g_unit[1].u_count.next'),
        seeing.peek('shifted'),
      ]).toEqual([6n, 12n, 1n]);
    }
    await expect(counterSimulator({ observe: ['nobody'] })).rejects.toThrow('no net is called nobody');
  });

  test('reads and writes memories from outside', async () => {
    const s =
      await build(`module top (input wire clk, input wire [2:0] at, output wire [99:0] q, output wire [99:0] now);
      reg [99:0] mem [0:4]; reg [99:0] r; assign q = r; assign now = mem[at];
      always @(posedge clk) r <= mem[at];
    endmodule`);
    expect(s.memories).toEqual([{ path: 'mem', width: 100, size: 5, first: 0 }]);
    const word = 0x9_8765_4321_0fed_cba9_8765_4321n;
    s.writeMemory('mem', 4, word);
    s.set('at', 4);
    s.tick();
    expect([s.get('q'), s.get('now'), s.readMemory('mem', 4)]).toEqual([word, word, word]);
    // Beyond the end, x in Verilog, are zeros.
    for (const at of [5, 7]) {
      s.set('at', at);
      expect(s.get('now')).toBe(0n);
    }
    expect(() => s.readMemory('mem', 5)).toThrow('memory mem has no word 5; its addresses are 0 to 4');
  });

  test('starts and clears to what the Verilog initialises', async () => {
    const s =
      await build(`module top (input wire clk, input wire [39:0] d, input wire we, output reg [39:0] q, output wire [7:0] m);
      reg [7:0] mem [0:3]; integer i; initial begin q = 40'h80_0000_0001; for (i = 0; i < 4; i = i + 1) mem[i] = 8'd10 * i; end
      assign m = mem[d[1:0]];
      always @(posedge clk) begin q <= d; if (we) mem[d[1:0]] <= d[7:0]; end
    endmodule`);
    s.set('d', 3);
    expect([s.get('q'), s.get('m')]).toEqual([0x80_0000_0001n, 30n]);
    s.set('we', 1);
    s.tick();
    expect([s.get('q'), s.get('m')]).toEqual([3n, 3n]);
    s.clear();
    expect([s.get('q'), s.get('m'), s.readMemory('mem', 3)]).toEqual([0x80_0000_0001n, 0n, 30n]);
  });

  test('resets at once where the reset is asynchronous', async () => {
    const s =
      await build(`module top (input wire clk, input wire rst_n, input wire en, input wire [7:0] d, output reg [7:0] q);
      always @(posedge clk or negedge rst_n) if (!rst_n) q <= 8'd42; else if (en) q <= d;
    endmodule`);
    s.set('d', 7);
    s.set('en', 1);
    expect(s.get('q')).toBe(42n);
    s.tick();
    s.set('rst_n', 1);
    expect(s.get('q')).toBe(42n);
    s.tick();
    expect([s.get('q'), s.peek('q')]).toEqual([7n, 7n]);
    s.set('rst_n', 0);
    expect([s.get('q'), s.peek('q')]).toEqual([42n, 42n]);
  });

  test('reads zeros beyond the ends of a vector', async () => {
    const s =
      await build(`module top (input wire [99:0] v, input wire [7:0] i, input wire signed [7:0] j, output wire [15:0] up, output wire [15:0] down);
      assign up = v[i +: 16]; assign down = v[j +: 16];
    endmodule`);
    s.set('v', (1n << 100n) - 1n);
    const at = (i: number) => (s.set('i', i), s.set('j', i), [s.get('up'), s.get('down')]);
    expect([at(0), at(84), at(90), at(100), at(127)]).toEqual([
      [0xffffn, 0xffffn],
      [0xffffn, 0xffffn],
      [0x3ffn, 0x3ffn],
      [0n, 0n],
      [0n, 0n],
    ]);
    expect([at(-3 & 255), at(-16 & 255), at(-128 & 255)]).toEqual([
      [0n, 0xfff8n],
      [0n, 0n],
      [0n, 0n],
    ]);
  });
});

describe('a netlist is refused', () => {
  const module = (ports: string, body: string) => `module top (input wire clk, ${ports}); ${body} endmodule`;
  test.each([
    [
      'for a combinational loop',
      module(
        'input wire [3:0] a, output wire [3:0] y',
        'wire [3:0] p, q; assign p = q + a; assign q = p ^ a; assign y = q;',
      ),
      /^combinational loop: (p -> q -> p|q -> p -> q)$/,
    ],
    [
      'for a loop through instances',
      'module inner (input wire i, output wire o); assign o = ~i; ' +
        `endmodule ${module('output wire y', 'wire t; inner u_a (.i(y), .o(t)); inner u_b (.i(t), .o(y));')}`,
      /^combinational loop: (y -> t -> y|t -> y -> t)$/,
    ],
    [
      'for two drivers',
      module(
        'input wire a, input wire b, output wire [1:0] y',
        'assign y[0] = a & b; assign y[1] = a; assign y[0] = a | b;',
      ),
      /^y\[0\] has two drivers: .*\$and.* and .*\$or/,
    ],
    [
      'for a latch',
      module('input wire a, input wire b, output reg y', 'always @* if (a) y = b;'),
      'y is a latch: a combinational always block leaves a variable unassigned',
    ],
    [
      'for another clock',
      module('input wire a, input wire other, output reg y', 'always @(posedge other) y <= a;'),
      'y is clocked by the rising edge of other; only the rising edge of clk can be simulated',
    ],
    [
      'for a falling edge',
      module('input wire a, output reg [1:0] y', 'always @(negedge clk) y <= {a, a};'),
      /^y\[0\] is clocked by the falling edge of clk/,
    ],
    [
      'for wide comparison',
      module('input wire [69:0] a, output wire y', 'assign y = a < ~a;'),
      /\(\$lt\) compares or divides 70 bits; that goes to 64$/,
    ],
    [
      'for a module without a body',
      '(* blackbox *) module ram (input wire a, output wire q); ' +
        `endmodule ${module('input wire a, output wire q', 'ram u_ram (.a(a), .q(q));')}`,
      'u_ram is an instance of ram, of which only the name is known; give its Verilog',
    ],
  ])('%s', async (_, verilog, message) => {
    await expect(build(verilog)).rejects.toThrow(message);
  });

  test('by Yosys, with its first error', async () => {
    await expect(build(module('output wire y', 'assign y = ;'))).rejects.toThrow(
      /^yosys: top\.v:1: ERROR|^yosys: syntax error/,
    );
    await expect(runYosys({}, 'read_verilog nowhere.v')).rejects.toThrow(
      "yosys: File `nowhere.v' not found or is a directory",
    );
  });
});

test('Yosys sees files in folders and gives back what a script writes', async () => {
  const { files } = await runYosys(
    { 'rtl/a.v': 'module a (input x, output y); assign y = x; endmodule' },
    'read_verilog rtl/a.v; rename a b\nwrite_verilog -noattr out.v',
  );
  expect(Object.keys(files)).toEqual(['out.v']);
  expect(files['out.v']).toMatch(/^module b\b/m);
});

test('a dump of a counter', async () => {
  const s = await build(`module inner (input wire clk, input wire en, output reg [1:0] n);
    always @(posedge clk) if (en) n <= n + 2'd1;
  endmodule
  module top (input wire clk, input wire en, output wire odd); wire [1:0] n; inner u_n (.clk(clk), .en(en), .n(n)); assign odd = n[0]; endmodule`);
  const trace = traceVcd(s, { nets: ['en', 'odd', 'u_n.n'] });
  s.set('en', 1);
  trace.sample();
  for (let i = 0; i < 3; i++) {
    s.tick();
    if (i === 1) s.set('en', 0);
    trace.sample();
  }
  expect(trace.text()).toBe(`$timescale 1ns $end
$scope module top $end
$var wire 1 ! clk $end
$var wire 1 " en $end
$var wire 1 # odd $end
$scope module u_n $end
$var wire 2 $ n [1:0] $end
$upscope $end
$upscope $end
$enddefinitions $end
#0
1!
1"
0#
b0 $
#5
0!
#10
1!
1#
b1 $
#15
0!
#20
1!
0"
0#
b10 $
#25
0!
#30
1!
#35
0!
`);
  expect(() => traceVcd(s, { nets: ['nobody'] })).toThrow('net nobody cannot be traced');
});

describe('registers that are left alone while nothing changes', () => {
  const source = `module quiet (
    input wire clk, input wire en, input wire [15:0] d, input wire [3:0] waddr, input wire we,
    output reg [31:0] product, output reg [31:0] sum, output reg [31:0] looked
);
  reg [15:0] kept;
  reg [15:0] words [0:15];
  reg [3:0]  where;
  always @(posedge clk) begin
    if (en) kept <= d;
    if (we) words[waddr] <= d;
    where   <= waddr;
    product <= ~(kept * kept);
    sum     <= product + {kept, kept};
    looked  <= {words[where], words[where] ^ kept};
  end
endmodule
`;
  const fresh = async () => buildSimulator(await elaborate({ 'quiet.v': source }, 'quiet'), 'quiet');

  test('begin with what they are computed from, and follow every change of it', async () => {
    const s = await fresh();
    let [kept, where, product] = [0, 0, 0];
    const words = new Array<number>(16).fill(0);
    const chance = seeded(5);
    for (let cycle = 0; cycle < 400; cycle++) {
      // Long pauses in between.
      const [en, we] = cycle % 40 < 8 ? [chance.below(2), chance.below(2)] : [0, 0];
      const [d, waddr] = [chance.below(65536), cycle % 80 < 40 ? chance.below(16) : 3];
      s.set('en', en);
      s.set('we', we);
      s.set('d', d);
      s.set('waddr', waddr);
      const next = {
        product: ~Math.imul(kept, kept) >>> 0,
        sum: (product + kept * 65537) >>> 0,
        looked: ((words[where]! << 16) | (words[where]! ^ kept)) >>> 0,
      };
      s.tick();
      product = next.product;
      where = waddr;
      if (en) kept = d;
      if (we) words[waddr] = d;
      expect([s.get('product'), s.get('sum'), s.get('looked')].map(Number), `cycle ${cycle}`).toEqual([
        next.product,
        next.sum,
        next.looked,
      ]);
    }
  });

  test('see a word that is written from outside, and begin again where all is cleared', async () => {
    const s = await fresh();
    for (let i = 0; i < 10; i++) s.tick();
    s.writeMemory('words', 0, 0x1234);
    s.tick();
    expect(s.get('looked')).toBe(0x1234_1234n);
    s.clear();
    s.tick();
    expect([s.get('product'), s.get('looked')]).toEqual([0xffff_ffffn, 0n]);
  });
});

describe('products of bytes side by side', () => {
  // Rows that fill vectors, one that does not, one that is too short; a sum of all, one of some, one product alone.
  test.each([16, 8, 12, 40, 3])('%i of them, and their sums, as numbers have them', async (n) => {
    const at = (i: number) => `[${8 * i + 7}:${8 * i}]`;
    const list = Array.from({ length: n }, (_, i) => i);
    const source = `module row (input wire clk, input wire which, input wire [${8 * n - 1}:0] a, input wire [${8 * n - 1}:0] b,
  output reg signed [31:0] all, output reg signed [31:0] some, output wire [15:0] last);
  reg  [${8 * n - 1}:0] x, y, z;
  wire [${8 * n - 1}:0] chosen = which ? x : z;
${list.map((i) => `  reg signed [15:0] p${i};`).join('\n')}
  always @(posedge clk) begin
    x <= a; y <= b; z <= x;
${list.map((i) => `    p${i} <= $signed(chosen${at(i)}) * $signed(y${at(i)});`).join('\n')}
    all  <= ${list.map((i) => `p${i}`).join(' + ')};
    some <= p0 + p${n - 1};
  end
  assign last = p${n - 1};
endmodule
`;
    const s = buildSimulator(await elaborate({ 'row.v': source }, 'row'), 'row');
    const chance = seeded(n);
    const bytes = () => list.map(() => chance.pick([-128, 127, 0, -1, chance.below(256) - 128]));
    const packed = (xs: readonly number[]) =>
      xs.reduce((word, x, i) => word | (BigInt.asUintN(8, BigInt(x)) << BigInt(8 * i)), 0n);
    const none = list.map(() => 0);
    let [x, y, z, products] = [none, none, none, none];
    for (let cycle = 0; cycle < 60; cycle++) {
      const [a, b, which] = [bytes(), bytes(), chance.below(2)];
      s.set('a', packed(a));
      s.set('b', packed(b));
      s.set('which', which);
      const chosen = which ? x : z;
      const [all, some] = [products.reduce((m, p) => m + p, 0), products[0]! + products[n - 1]!];
      products = list.map((i) => Math.imul(chosen[i]!, y[i]!));
      [x, y, z] = [a, b, x];
      s.tick();
      expect([s.get('all'), s.get('some')].map((v) => Number(BigInt.asIntN(32, v)))).toEqual([all, some]);
      expect(Number(BigInt.asIntN(16, s.get('last')))).toBe(products[n - 1]);
      expect(list.map((i) => Number(BigInt.asIntN(16, s.peek(`p${i}`))))).toEqual(products);
    }
  });
});
