// A processing element: an input buffer and collector shared by lanes.

import type { Hardware } from '../hardware.js';
import type { VerilogFile } from '../verilog.js';
import { verilogFile } from '../verilog.js';

export const pe = (h: Hardware): VerilogFile =>
  verilogFile(
    h,
    'pe',
    ['processing element: input buffer and collector shared by its lanes; all control comes from pe_ctl.'],
    `
module pe #(
    parameter VECTOR      = ${h.vector},
    parameter LANES       = ${h.lanes},
    parameter WEIGHT      = ${h.weightBits},
    parameter INPUT       = ${h.inputBits},
    parameter SUM         = ${h.sumBits},
    parameter INPUT_DEPTH = ${h.inputDepth},
    parameter INPUT_ADDR  = ${h.address.input},
    parameter WEIGHT_ADDR = ${h.address.weight},
    parameter SUM_ADDR    = ${h.address.sum},
    parameter ICOL_DEPTH  = ${h.inputCollector},
    parameter ICOL_ADDR   = ${h.address.inputEntry},
    parameter WCOL_ADDR   = ${h.address.weightEntry},
    parameter ACOL_ADDR   = ${h.address.sumEntry}
) (
    input  wire                     clk,
    input  wire                     used,
    input  wire [LANES-1:0]         lanes_used,
    // loads
    input  wire                     input_we,
    input  wire                     input_half,
    input  wire [INPUT_ADDR-1:0]    input_waddr,
    input  wire [VECTOR*INPUT-1:0]  input_wdata,
    input  wire [LANES-1:0]         weight_we,
    input  wire                     weight_half,
    input  wire [WEIGHT_ADDR-1:0]   weight_waddr,
    input  wire [VECTOR*WEIGHT-1:0] weight_wdata,
    // stage 0
    input  wire                     half_i,
    input  wire                     half_w,
    input  wire                     input_re,
    input  wire [INPUT_ADDR-1:0]    input_raddr,
    input  wire                     weight_re,
    input  wire [WEIGHT_ADDR-1:0]   weight_raddr,
    // stage 1
    input  wire                     input_miss,
    input  wire [ICOL_ADDR-1:0]     input_entry,
    input  wire                     weight_miss,
    input  wire [WCOL_ADDR-1:0]     weight_entry,
    // stage 2
    input  wire                     sum_re,
    input  wire [SUM_ADDR-1:0]      sum_raddr,
    // stage 3
    input  wire                     valid,
    input  wire                     begins,
    input  wire                     first,
    input  wire                     sum_we,
    input  wire                     out_we,
    input  wire                     out_half,
    input  wire [SUM_ADDR-1:0]      sum_waddr,
    input  wire [ACOL_ADDR-1:0]     sum_entry,${h.split ? '\n    input  wire [1:0]               split,' : ''}
    // drain
    input  wire                     drain_re,
    input  wire                     drain_half,
    input  wire [SUM_ADDR-1:0]      drain_addr,
    output wire [LANES*SUM-1:0]     drain_data
);
  wire [VECTOR*INPUT-1:0] fetched;
  wire [VECTOR*INPUT-1:0] kept;

  ping_pong #(
      .WIDTH (VECTOR * INPUT),
      .DEPTH (INPUT_DEPTH),
      .ADDR  (INPUT_ADDR)
  ) u_input (
      .clk        (clk),
      .we         (used && input_we),
      .write_half (input_half),
      .waddr      (input_waddr),
      .wdata      (input_wdata),
      .re         (used && input_re),
      .read_half  (half_i),
      .raddr      (input_raddr),
      .rdata      (fetched)
  );

  // Input collector: a miss brings a word from the buffer, other iterations use what is there.
  collector #(
      .WIDTH (VECTOR * INPUT),
      .DEPTH (ICOL_DEPTH),
      .ADDR  (ICOL_ADDR)
  ) u_input_collector (
      .clk   (clk),
      .we    (used && input_miss),
      .addr  (input_entry),
      .wdata (fetched),
      .rdata (kept)
  );

  wire [VECTOR*INPUT-1:0] operand = input_miss ? fetched : kept;

  genvar l;
  generate
    for (l = 0; l < LANES; l = l + 1) begin : g_lane
      wire active = used && lanes_used[l];

      lane u_lane (
          .clk          (clk),
          .load_we      (active && weight_we[l]),
          .load_half    (weight_half),
          .load_addr    (weight_waddr),
          .load_data    (weight_wdata),
          .half         (half_w),
          .weight_re    (active && weight_re),
          .weight_addr  (weight_raddr),
          .weight_miss  (active && weight_miss),
          .weight_entry (weight_entry),
          .inputs       (operand),
          .sum_re       (active && sum_re),
          .sum_raddr    (sum_raddr),
          .valid        (active && valid),
          .begins       (begins),
          .first        (first),
          .sum_we       (active && sum_we),
          .out_we       (active && out_we),
          .out_half     (out_half),
          .sum_waddr    (sum_waddr),
          .sum_entry    (sum_entry),${h.split ? '\n          .split        (split),' : ''}
          .drain_re     (active && drain_re),
          .drain_half   (drain_half),
          .drain_addr   (drain_addr),
          .drain_data   (drain_data[l*SUM +: SUM])
      );
    end
  endgenerate
endmodule`,
  );
