// Control of tiles: the outer and the inner nest, each a three-stage pipeline of steps.

import type { Hardware } from '../hardware.js';
import { counterBits, dramBits, tileLoops } from '../hardware.js';
import { outerFlags, tileFlags } from '../registers.js';
import type { VerilogFile } from '../verilog.js';
import { verilogFile } from '../verilog.js';
import { cfgRegs, configuredPorts, parametricInstance } from './instances.js';
import type { Base } from './register-names.js';

const operands = ['input', 'weight', 'output', 'bias'] as const;
const flag = (name: (typeof outerFlags)[number]) => outerFlags.indexOf(name);

/** A nest and its tile at the head: the wires and the instance. `input` and `output` are bits of addresses. */
function tileNest(
  h: Hardware,
  base: Base,
  p: {
    readonly name: 'outer' | 'inner';
    readonly flags: readonly string[];
    readonly input: number;
    readonly output: number;
    readonly start: string;
    readonly engines: string;
    readonly busy: string;
    readonly from: Readonly<Record<(typeof operands)[number], string>>;
  },
): string {
  const { name } = p;
  const { bias } = h.address;
  const stages = ['issue', 'shift', 'head', 'middle', 'tail'];
  const delta = (operand: (typeof operands)[number]) => base.of(`${name}_${operand}_delta`);
  const instance = parametricInstance(
    'tile_nest',
    `u_${name}`,
    {
      DATA: h.configBits,
      LOOPS: tileLoops,
      COUNT: counterBits,
      FLAGS: p.flags.length,
      INPUT: p.input,
      WEIGHT: dramBits,
      OUTPUT: p.output,
      BIAS: bias,
      BOUND: base.of(`${name}_bound`),
      MASK: base.of(`${name}_mask`),
      INPUT_DELTA: delta('input'),
      WEIGHT_DELTA: delta('weight'),
      OUTPUT_DELTA: delta('output'),
      BIAS_DELTA: delta('bias'),
    },
    {
      start: p.start,
      engines: p.engines,
      busy: p.busy,
      ...Object.fromEntries([...stages, 'zeros', 'lasts'].map((port) => [port, `${name}_${port}`])),
      ...Object.fromEntries(operands.map((o) => [`${o}_base`, p.from[o]])),
      ...Object.fromEntries(operands.map((o) => [`${o}_addr`, `${name}_${o}`])),
    },
  );
  return `  wire       ${stages.map((stage) => `${name}_${stage}`).join(', ')};
  wire [${p.flags.length - 1}:0] ${name}_zeros;
  wire [1:0] ${name}_lasts;
  wire [${p.input - 1}:0] ${name}_input;
  wire [${dramBits - 1}:0] ${name}_weight;
  wire [${p.output - 1}:0] ${name}_output;
  wire [${bias - 1}:0] ${name}_bias;

${instance}`;
}

export function tileCtl(h: Hardware, base: Base): VerilogFile {
  const { address: a } = h;
  return verilogFile(
    h,
    'tile_ctl',
    [
      'control of tiles. Outer step s fills the global buffer for tile s, runs the inner nest on tile s - 1 and',
      'spills tile s - 2; inner step j loads PE tile j, computes tile j - 1 and drains tile j - 2.',
    ],
    `
module tile_ctl (
${configuredPorts(h)}
    input  wire        start,
    output wire        busy,
    // fill
    output wire        fill_start,
    output wire [${dramBits - 1}:0] fill_dram,
    output wire [${a.global - 1}:0] fill_region,
    input  wire        fill_busy,
    // load_i
    output wire        load_i_start,
    output wire [${a.global - 1}:0] load_i_tile,
    output reg         load_i_half,
    input  wire        load_i_busy,
    // load_w
    output wire        load_w_start,
    output wire [${dramBits - 1}:0] load_w_dram,
    output reg         load_w_half,
    input  wire        load_w_busy,
    // pe_ctl
    output wire        compute_start,
    output reg         compute_begin,
    output reg         compute_first,
    output reg         compute_end,
    output reg         compute_last,
    output reg         compute_miss_input,
    output reg         compute_miss_weight,
    output reg         compute_half_i,
    output reg         compute_half_w,
    output reg         compute_half_o,
    input  wire        compute_busy,
    // drain
    output wire        drain_start,
    output reg         drain_half,
    output reg  [${a.global - 1}:0] drain_tile,
    output reg  [${a.bias - 1}:0] drain_bias,
    input  wire        drain_busy,
    // spill
    output wire        spill_start,
    output wire [${a.global - 1}:0] spill_region,
    output reg  [${dramBits - 1}:0] spill_dram,
    input  wire        spill_busy
);
${base.declare([
  'outer_bound',
  'outer_mask',
  'outer_input_delta',
  'outer_weight_delta',
  'outer_output_delta',
  'outer_bias_delta',
  'inner_bound',
  'inner_mask',
  'inner_input_delta',
  'inner_weight_delta',
  'inner_output_delta',
  'inner_bias_delta',
  'input_base',
  'weight_base',
  'output_base',
  'input_region',
  'output_region',
])}

  // ---------------------------------------------------------------------------
  // Where things lie
  // ---------------------------------------------------------------------------
  wire [${dramBits - 1}:0] input_base, weight_base, output_base;
  wire [${a.global - 1}:0] input_region_0, input_region_1, output_region_0, output_region_1;

${cfgRegs(h, 'input_base', dramBits, base.of('input_base'), 'input_base')}

${cfgRegs(h, 'weight_base', dramBits, base.of('weight_base'), 'weight_base')}

${cfgRegs(h, 'output_base', dramBits, base.of('output_base'), 'output_base')}

${cfgRegs(h, 'input_region', a.global, base.of('input_region'), '{input_region_1, input_region_0}', 2)}

${cfgRegs(h, 'output_region', a.global, base.of('output_region'), '{output_region_1, output_region_0}', 2)}

  // ---------------------------------------------------------------------------
  // Outer nest: tiles of the global buffer
  // ---------------------------------------------------------------------------
  wire inner_start, inner_busy;

${tileNest(h, base, {
  name: 'outer',
  flags: outerFlags,
  input: dramBits,
  output: dramBits,
  start: 'start',
  engines: 'fill_busy || inner_busy || spill_busy',
  busy: 'busy',
  from: { input: 'input_base', weight: 'weight_base', output: 'output_base', bias: `${a.bias}'d0` },
})}

  // What the inner nest (middle) and the spill (tail) know of their tile.
  reg [${tileFlags.length - 1}:0] middle_zeros;
  reg [1:0]  middle_lasts;
  reg [${dramBits - 1}:0] middle_weight, middle_output;
  reg [${a.bias - 1}:0] middle_bias;
  reg        fill_half, middle_input_half, output_half;
  reg        tail_finished, tail_output_half;
  wire       middle_finished = &middle_lasts;

  assign fill_start   = outer_issue && outer_head && outer_zeros[${flag('fill')}];
  assign fill_dram    = outer_input;
  assign fill_region  = fill_half ? input_region_0 : input_region_1;
  assign inner_start  = outer_issue && outer_middle;
  assign spill_start  = outer_issue && outer_tail && tail_finished;
  assign spill_region = tail_output_half ? output_region_1 : output_region_0;

  always @(posedge clk) begin
    if (start) begin
      fill_half   <= 1'b0;
      output_half <= 1'b0;
    end else begin
      if (fill_start) fill_half <= !fill_half;
      if (outer_shift && outer_middle && middle_finished) output_half <= !output_half;
    end
  end

  always @(posedge clk) begin
    if (outer_shift) begin
      middle_zeros      <= outer_zeros[${tileFlags.length - 1}:0];
      middle_lasts      <= outer_lasts;
      middle_weight     <= outer_weight;
      middle_output     <= outer_output;
      middle_bias       <= outer_bias;
      middle_input_half <= fill_half;
      tail_finished     <= middle_finished;
      tail_output_half  <= output_half;
      spill_dram        <= middle_output;
    end
  end

  // ---------------------------------------------------------------------------
  // Inner nest: tiles of the PEs
  // ---------------------------------------------------------------------------
${tileNest(h, base, {
  name: 'inner',
  flags: tileFlags,
  input: a.global,
  output: a.global,
  start: 'inner_start',
  engines: 'load_i_busy || load_w_busy || compute_busy || drain_busy',
  busy: 'inner_busy',
  from: {
    input: 'middle_input_half ? input_region_1 : input_region_0',
    weight: 'middle_weight',
    output: 'output_half ? output_region_1 : output_region_0',
    bias: 'middle_bias',
  },
})}

  // Flags of the tile at the head, over both nests.
  wire [${tileFlags.length - 1}:0] tile_zeros = inner_zeros & middle_zeros;
  wire [1:0] tile_lasts = inner_lasts & middle_lasts;

  reg [${a.global - 1}:0] compute_tile;
  reg [${a.bias - 1}:0] compute_bias;
  reg        drain_finished;
  wire       compute_finished = compute_end && compute_last;

  assign load_i_start  = inner_issue && inner_head && tile_zeros[${flag('loadInput')}];
  assign load_i_tile   = inner_input;
  assign load_w_start  = inner_issue && inner_head && tile_zeros[${flag('loadWeight')}];
  assign load_w_dram   = inner_weight;
  assign compute_start = inner_issue && inner_middle;
  assign drain_start   = inner_issue && inner_tail && drain_finished;

  always @(posedge clk) begin
    if (start) begin
      load_i_half    <= 1'b0;
      load_w_half    <= 1'b0;
      compute_half_o <= 1'b0;
    end else begin
      if (load_i_start) load_i_half <= !load_i_half;
      if (load_w_start) load_w_half <= !load_w_half;
      if (inner_shift && inner_middle && compute_finished) compute_half_o <= !compute_half_o;
    end
  end

  always @(posedge clk) begin
    if (inner_shift) begin
      compute_begin       <= tile_zeros[${flag('begin')}];
      compute_first       <= tile_zeros[${flag('first')}];
      compute_end         <= tile_lasts[${flag('begin')}];
      compute_last        <= tile_lasts[${flag('first')}];
      compute_miss_input  <= tile_zeros[${flag('missInput')}];
      compute_miss_weight <= tile_zeros[${flag('missWeight')}];
      compute_half_i      <= load_i_half;
      compute_half_w      <= load_w_half;
      compute_tile        <= inner_output;
      compute_bias        <= inner_bias;
      drain_finished      <= compute_finished;
      drain_half          <= compute_half_o;
      drain_tile          <= compute_tile;
      drain_bias          <= compute_bias;
    end
  end
endmodule`,
  );
}
