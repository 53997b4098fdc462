// Control of all PEs, which run in lock-step: the PE nest, its addresses and flags, and the pipeline that they travel.

import type { Hardware } from '../hardware.js';
import { counterBits, registerBits } from '../hardware.js';
import { peFlags } from '../registers.js';
import type { VerilogFile } from '../verilog.js';
import { verilogFile } from '../verilog.js';
import { addrGen, nestData } from './instances.js';
import type { Base } from './register-names.js';

export function peCtl(h: Hardware, base: Base): VerilogFile {
  const { address: a } = h;
  const zero = (width: number) => `${width}'d0`;
  const streams = [
    { name: 'input', wire: 's0_input', bits: a.input, deep: true },
    { name: 'weight', wire: 's0_weight', bits: a.weight, deep: true },
    { name: 'sum', wire: 's0_sum', bits: a.sum, deep: true },
    { name: 'input_entry', wire: 's0_input_entry', bits: a.inputEntry, deep: h.inputCollector > 1 },
    { name: 'weight_entry', wire: 's0_weight_entry', bits: a.weightEntry, deep: h.weightCollector > 1 },
    { name: 'sum_entry', wire: 's0_sum_entry', bits: a.sumEntry, deep: h.sumCollector > 1 },
  ];
  const generators = streams.map((s) =>
    s.deep
      ? addrGen(`u_${s.name}`, {
          loops: h.peLoops,
          width: s.bits,
          base: base.of(`pe_${s.name}_delta`),
          start: 'start',
          from: zero(s.bits),
          advance: 'run',
          step: 'step',
          addr: s.wire,
        })
      : `  assign ${s.wire} = ${zero(s.bits)};  // collector of one entry`,
  );
  return verilogFile(
    h,
    'pe_ctl',
    [
      'control of the PE array: one iteration of the PE nest a cycle, issued to all PEs at once.',
      'After the nest a multicast register, then the stages of the PEs: 0 buffers, 1 multiply, 2 add, 3 accumulate.',
    ],
    `
module pe_ctl (
    input  wire        clk,
    input  wire        rst,
    input  wire        cfg_we,
    input  wire [${registerBits - 1}:0] cfg_addr,
    input  wire [${nestData(h) - 1}:0] cfg_data,
    // one tile: flags of the outer and inner nest hold still while it runs
    input  wire        start,
    input  wire        tile_begin,
    input  wire        tile_first,
    input  wire        tile_end,
    input  wire        tile_last,
    input  wire        tile_miss_input,
    input  wire        tile_miss_weight,
    output wire        busy,
    // stage 0
    output reg         input_re,
    output reg  [${a.input - 1}:0]  input_raddr,
    output reg         weight_re,
    output reg  [${a.weight - 1}:0]  weight_raddr,
    // stage 1
    output reg         input_miss,
    output reg  [${a.inputEntry - 1}:0]  input_entry,
    output reg         weight_miss,
    output reg  [${a.weightEntry - 1}:0]  weight_entry,
    // stage 2
    output reg         sum_re,
    output reg  [${a.sum - 1}:0]  sum_raddr,
    // stage 3
    output reg         valid,
    output reg         begins,
    output reg         first,
    output reg         sum_we,
    output reg         out_we,
    output reg  [${a.sum - 1}:0]  sum_waddr,
    output reg  [${a.sumEntry - 1}:0]  sum_entry
);
${base.declare(['pe_bound', 'pe_mask', ...streams.filter((s) => s.deep).map((s) => `pe_${s.name}_delta`)])}

  reg          run;
  wire         done;
  wire [${h.peLoops - 1}:0] step;
  wire [${peFlags.length - 1}:0]  zeros;
  wire [1:0]   lasts;

  nest #(
      .LOOPS (${h.peLoops}),
      .COUNT (${counterBits}),
      .ZEROS (${peFlags.length}),
      .LASTS (2),
      .DATA  (${nestData(h)}),
      .BOUND (${base.of('pe_bound')}),
      .MASK  (${base.of('pe_mask')})
  ) u_nest (
      .clk      (clk),
      .rst      (rst),
      .cfg_we   (cfg_we),
      .cfg_addr (cfg_addr),
      .cfg_data (cfg_data),
      .advance  (run),
      .zeros    (zeros),
      .lasts    (lasts),
      .step     (step),
      .done     (done)
  );

  always @(posedge clk) begin
    if (rst) run <= 1'b0;
    else if (start) run <= 1'b1;
    else if (done) run <= 1'b0;
  end

  // Flags of this iteration, over all three nests.
  wire begin_now  = zeros[0] && tile_begin;
  wire first_now  = zeros[1] && tile_first;
  wire end_now    = lasts[0] && tile_end;
  wire last_now   = lasts[1] && tile_last;
  wire input_now  = run && zeros[2] && tile_miss_input;
  wire weight_now = run && zeros[3] && tile_miss_weight;

${streams.map((s) => `  wire [${s.bits - 1}:0] ${s.wire};`).join('\n')}

${generators.join('\n\n')}

  // Stage 0, behind the multicast register.
  reg        s0_valid, s0_begin, s0_first, s0_end, s0_last;
  reg [${a.inputEntry - 1}:0]  p0_input_entry;
  reg [${a.weightEntry - 1}:0]  p0_weight_entry;
  reg [${a.sumEntry - 1}:0]  p0_sum_entry;
  reg [${a.sum - 1}:0]  p0_sum;
  // Stages 1 and 2.
  reg        s1_valid, s1_begin, s1_first, s1_end, s1_last;
  reg [${a.sumEntry - 1}:0]  s1_sum_entry;
  reg [${a.sum - 1}:0]  s1_sum;
  reg        s2_valid, s2_begin, s2_first, s2_end, s2_last;
  reg [${a.sumEntry - 1}:0]  s2_sum_entry;

  always @(posedge clk) begin
    if (rst) begin
      s0_valid    <= 1'b0;
      s1_valid    <= 1'b0;
      s2_valid    <= 1'b0;
      valid       <= 1'b0;
      input_re    <= 1'b0;
      weight_re   <= 1'b0;
      input_miss  <= 1'b0;
      weight_miss <= 1'b0;
      sum_re      <= 1'b0;
      sum_we      <= 1'b0;
      out_we      <= 1'b0;
    end else begin
      s0_valid    <= run;
      s1_valid    <= s0_valid;
      s2_valid    <= s1_valid;
      valid       <= s2_valid;
      input_re    <= input_now;
      weight_re   <= weight_now;
      input_miss  <= input_re;
      weight_miss <= weight_re;
      sum_re      <= s1_valid && s1_begin && !s1_first;
      sum_we      <= s2_valid && s2_end && !s2_last;
      out_we      <= s2_valid && s2_end && s2_last;
    end
  end

  always @(posedge clk) begin
    input_raddr     <= s0_input;
    weight_raddr    <= s0_weight;
    p0_input_entry  <= s0_input_entry;
    p0_weight_entry <= s0_weight_entry;
    p0_sum_entry    <= s0_sum_entry;
    p0_sum          <= s0_sum;
    s0_begin        <= begin_now;
    s0_first        <= first_now;
    s0_end          <= end_now;
    s0_last         <= last_now;

    input_entry     <= p0_input_entry;
    weight_entry    <= p0_weight_entry;
    s1_sum_entry    <= p0_sum_entry;
    s1_sum          <= p0_sum;
    s1_begin        <= s0_begin;
    s1_first        <= s0_first;
    s1_end          <= s0_end;
    s1_last         <= s0_last;

    s2_sum_entry    <= s1_sum_entry;
    sum_raddr       <= s1_sum;
    s2_begin        <= s1_begin;
    s2_first        <= s1_first;
    s2_end          <= s1_end;
    s2_last         <= s1_last;

    sum_entry       <= s2_sum_entry;
    sum_waddr       <= sum_raddr;
    begins          <= s2_begin;
    first           <= s2_first;
  end

  assign busy = run || s0_valid || s1_valid || s2_valid || valid;
endmodule`,
  );
}
