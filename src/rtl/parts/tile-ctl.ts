// Control of tiles: the outer and the inner nest, each a three-stage pipeline of steps.

import type { Hardware } from '../hardware.js';
import { counterBits, dramBits, registerBits, tileLoops } from '../hardware.js';
import { outerFlags, tileFlags } from '../registers.js';
import type { VerilogFile } from '../verilog.js';
import { verilogFile } from '../verilog.js';
import { addrGen, cfgReg } from './instances.js';
import type { Base } from './register-names.js';

const flag = (name: (typeof outerFlags)[number]) => outerFlags.indexOf(name);

export function tileCtl(h: Hardware, base: Base): VerilogFile {
  const { address: a } = h;
  const nest = (name: string, flags: number) => `  nest #(
      .LOOPS (${tileLoops}),
      .COUNT (${counterBits}),
      .ZEROS (${flags}),
      .LASTS (2),
      .DATA  (${counterBits}),
      .BOUND (${base.of(`${name}_bound`)}),
      .MASK  (${base.of(`${name}_mask`)})
  ) u_${name} (
      .clk      (clk),
      .rst      (rst),
      .cfg_we   (cfg_we),
      .cfg_addr (cfg_addr),
      .cfg_data (cfg_data[${counterBits - 1}:0]),
      .advance  (${name}_shift && ${name}_head),
      .zeros    (${name}_zeros),
      .lasts    (${name}_lasts),
      .step     (${name}_step),
      .done     (${name}_done)
  );`;
  const step = (name: string, start: string, engines: string, busy: string) => `  step_ctl u_${name}_step (
      .clk     (clk),
      .rst     (rst),
      .start   (${start}),
      .last    (${name}_done),
      .engines (${engines}),
      .issue   (${name}_issue),
      .shift   (${name}_shift),
      .head    (${name}_head),
      .middle  (${name}_middle),
      .tail    (${name}_tail),
      .busy    (${busy})
  );`;
  const generator = (name: string, stream: string, width: number, start: string, from: string) =>
    addrGen(`u_${name}_${stream}`, {
      loops: tileLoops,
      width,
      base: base.of(`${name}_${stream}_delta`),
      start,
      from,
      advance: `${name}_shift && ${name}_head`,
      step: `${name}_step`,
      addr: `${name}_${stream}`,
    });
  return verilogFile(
    h,
    'tile_ctl',
    [
      'control of tiles. Outer step s fills the global buffer for tile s, runs the inner nest on tile s - 1 and',
      'spills tile s - 2; inner step j loads PE tile j, computes tile j - 1 and drains tile j - 2.',
    ],
    `
module tile_ctl (
    input  wire        clk,
    input  wire        rst,
    input  wire        cfg_we,
    input  wire [${registerBits - 1}:0] cfg_addr,
    input  wire [${dramBits - 1}:0] cfg_data,
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

${cfgReg('u_input_base', dramBits, base.of('input_base'), 'input_base')}

${cfgReg('u_weight_base', dramBits, base.of('weight_base'), 'weight_base')}

${cfgReg('u_output_base', dramBits, base.of('output_base'), 'output_base')}

${cfgReg('u_input_region_0', a.global, base.of('input_region'), 'input_region_0')}

${cfgReg('u_input_region_1', a.global, `${base.of('input_region')} + ${registerBits}'d1`, 'input_region_1')}

${cfgReg('u_output_region_0', a.global, base.of('output_region'), 'output_region_0')}

${cfgReg('u_output_region_1', a.global, `${base.of('output_region')} + ${registerBits}'d1`, 'output_region_1')}

  // ---------------------------------------------------------------------------
  // Outer nest: tiles of the global buffer
  // ---------------------------------------------------------------------------
  wire       outer_issue, outer_shift, outer_head, outer_middle, outer_tail, outer_done;
  wire [${outerFlags.length - 1}:0] outer_zeros;
  wire [1:0] outer_lasts;
  wire [${tileLoops - 1}:0] outer_step;
  wire       inner_start, inner_busy;
  wire [${dramBits - 1}:0] outer_input, outer_weight, outer_output;
  wire [${a.bias - 1}:0] outer_bias;

${step('outer', 'start', 'fill_busy || inner_busy || spill_busy', 'busy')}

${nest('outer', outerFlags.length)}

${generator('outer', 'input', dramBits, 'start', 'input_base')}

${generator('outer', 'weight', dramBits, 'start', 'weight_base')}

${generator('outer', 'output', dramBits, 'start', 'output_base')}

${generator('outer', 'bias', a.bias, 'start', `${a.bias}'d0`)}

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
  wire       inner_issue, inner_shift, inner_head, inner_middle, inner_tail, inner_done;
  wire [${tileFlags.length - 1}:0] inner_zeros;
  wire [1:0] inner_lasts;
  wire [${tileLoops - 1}:0] inner_step;
  wire [${a.global - 1}:0] inner_input, inner_output;
  wire [${dramBits - 1}:0] inner_weight;
  wire [${a.bias - 1}:0] inner_bias;

${step('inner', 'inner_start', 'load_i_busy || load_w_busy || compute_busy || drain_busy', 'inner_busy')}

${nest('inner', tileFlags.length)}

${generator('inner', 'input', a.global, 'inner_start', 'middle_input_half ? input_region_1 : input_region_0')}

${generator('inner', 'weight', dramBits, 'inner_start', 'middle_weight')}

${generator('inner', 'output', a.global, 'inner_start', 'output_half ? output_region_1 : output_region_0')}

${generator('inner', 'bias', a.bias, 'inner_start', 'middle_bias')}

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
