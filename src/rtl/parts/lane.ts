// A lane: everything in a PE that belongs to one output channel.

import type { Hardware } from '../hardware.js';
import type { VerilogFile } from '../verilog.js';
import { verilogFile } from '../verilog.js';
import { dotBits } from './dot.js';

export const collector = (h: Hardware) =>
  verilogFile(
    h,
    'collector',
    ['a few words beside the multipliers, read in the cycle of the address and written at its end.'],
    `
module collector #(
    parameter WIDTH = 64,
    parameter DEPTH = 2,
    parameter ADDR  = 1
) (
    input  wire             clk,
    input  wire             we,
    input  wire [ADDR-1:0]  addr,
    input  wire [WIDTH-1:0] wdata,
    output wire [WIDTH-1:0] rdata
);
  generate
    if (DEPTH == 1) begin : g_one
      reg  [WIDTH-1:0] entry;
      wire             unused_addr = &{1'b0, addr};

      always @(posedge clk) begin
        if (we) entry <= wdata;
      end

      assign rdata = entry;
    end else begin : g_many
      reg [WIDTH-1:0] entries [0:DEPTH-1];

      always @(posedge clk) begin
        if (we) entries[addr] <= wdata;
      end

      assign rdata = entries[addr];
    end
  endgenerate
endmodule`,
  );

/** Resizes a signed value, by repeating its sign or by dropping upper bits. */
const resized = (name: string, from: number, to: number) =>
  to > from ? `{{${to - from}{${name}[${from - 1}]}}, ${name}}` : to < from ? `${name}[${to - 1}:0]` : name;

export function lane(h: Hardware): VerilogFile {
  const sum = dotBits(h);
  const dropped = sum > h.sumBits ? `\n  wire unused_upper = &{1'b0, products[${sum - 1}:${h.sumBits}]};` : '';
  return verilogFile(
    h,
    'lane',
    [
      'one output channel of a PE: weight bank, weight collector, dot product, accumulation.',
      'Stage 1 multiplies, 2 adds and reads the accumulation buffer, 3 accumulates and writes.',
    ],
    `
module lane #(
    parameter VECTOR       = ${h.vector},
    parameter WEIGHT       = ${h.weightBits},
    parameter INPUT        = ${h.inputBits},
    parameter SUM          = ${h.sumBits},
    parameter WEIGHT_DEPTH = ${h.weightDepth},
    parameter WEIGHT_ADDR  = ${h.address.weight},
    parameter SUM_DEPTH    = ${h.sumDepth},
    parameter SUM_ADDR     = ${h.address.sum},
    parameter WCOL_DEPTH   = ${h.weightCollector},
    parameter WCOL_ADDR    = ${h.address.weightEntry},
    parameter ACOL_DEPTH   = ${h.sumCollector},
    parameter ACOL_ADDR    = ${h.address.sumEntry}
) (
    input  wire                     clk,
    // weight load
    input  wire                     load_we,
    input  wire                     load_half,
    input  wire [WEIGHT_ADDR-1:0]   load_addr,
    input  wire [VECTOR*WEIGHT-1:0] load_data,
    // stage 0: weight buffer
    input  wire                     half,
    input  wire                     weight_re,
    input  wire [WEIGHT_ADDR-1:0]   weight_addr,
    // stage 1: operands
    input  wire                     weight_miss,
    input  wire [WCOL_ADDR-1:0]     weight_entry,
    input  wire [VECTOR*INPUT-1:0]  inputs,
    // stage 2: accumulation buffer
    input  wire                     sum_re,
    input  wire [SUM_ADDR-1:0]      sum_raddr,
    // stage 3: accumulate
    input  wire                     valid,
    input  wire                     begins,
    input  wire                     first,
    input  wire                     sum_we,
    input  wire                     out_we,
    input  wire                     out_half,
    input  wire [SUM_ADDR-1:0]      sum_waddr,
    input  wire [ACOL_ADDR-1:0]     sum_entry,
    // drain
    input  wire                     drain_re,
    input  wire                     drain_half,
    input  wire [SUM_ADDR-1:0]      drain_addr,
    output wire [SUM-1:0]           drain_data
);
  // Weight buffer: one half is loaded while the other is read.
  wire [VECTOR*WEIGHT-1:0] weight_rdata_0, weight_rdata_1;
  wire                     weight_load_0 = load_we && !load_half;
  wire                     weight_load_1 = load_we && load_half;

  sram_1rw #(
      .WIDTH (VECTOR * WEIGHT),
      .DEPTH (WEIGHT_DEPTH),
      .ADDR  (WEIGHT_ADDR)
  ) u_weight_0 (
      .clk   (clk),
      .en    (weight_load_0 || (weight_re && !half)),
      .we    (weight_load_0),
      .addr  (weight_load_0 ? load_addr : weight_addr),
      .wdata (load_data),
      .rdata (weight_rdata_0)
  );

  sram_1rw #(
      .WIDTH (VECTOR * WEIGHT),
      .DEPTH (WEIGHT_DEPTH),
      .ADDR  (WEIGHT_ADDR)
  ) u_weight_1 (
      .clk   (clk),
      .en    (weight_load_1 || (weight_re && half)),
      .we    (weight_load_1),
      .addr  (weight_load_1 ? load_addr : weight_addr),
      .wdata (load_data),
      .rdata (weight_rdata_1)
  );

  // Weight collector: a miss brings a word from the buffer, other iterations use what is there.
  wire [VECTOR*WEIGHT-1:0] fetched = half ? weight_rdata_1 : weight_rdata_0;
  wire [VECTOR*WEIGHT-1:0] kept;

  collector #(
      .WIDTH (VECTOR * WEIGHT),
      .DEPTH (WCOL_DEPTH),
      .ADDR  (WCOL_ADDR)
  ) u_weight_collector (
      .clk   (clk),
      .we    (weight_miss),
      .addr  (weight_entry),
      .wdata (fetched),
      .rdata (kept)
  );

  wire [${sum - 1}:0] products;

  dot u_dot (
      .clk     (clk),
      .inputs  (inputs),
      .weights (weight_miss ? fetched : kept),
      .sum     (products)
  );

  // Accumulation: a visit of a sum begins from zero or from the buffer, and ends in the buffer or as an output.${dropped}
  wire [SUM-1:0] stored;
  wire [SUM-1:0] running;
  wire [SUM-1:0] carried = !begins ? running : first ? {SUM{1'b0}} : stored;
  wire [SUM-1:0] updated = carried + ${resized('products', sum, h.sumBits)};

  collector #(
      .WIDTH (SUM),
      .DEPTH (ACOL_DEPTH),
      .ADDR  (ACOL_ADDR)
  ) u_sum_collector (
      .clk   (clk),
      .we    (valid),
      .addr  (sum_entry),
      .wdata (updated),
      .rdata (running)
  );

  sram_1r1w #(
      .WIDTH (SUM),
      .DEPTH (SUM_DEPTH),
      .ADDR  (SUM_ADDR)
  ) u_sum (
      .clk   (clk),
      .re    (sum_re),
      .raddr (sum_raddr),
      .rdata (stored),
      .we    (sum_we),
      .waddr (sum_waddr),
      .wdata (updated)
  );

  // Output buffer: one half is filled while the other is drained.
  wire [SUM-1:0] out_rdata_0, out_rdata_1;
  wire           out_we_0 = out_we && !out_half;
  wire           out_we_1 = out_we && out_half;
  reg            drained_half;

  sram_1rw #(
      .WIDTH (SUM),
      .DEPTH (SUM_DEPTH),
      .ADDR  (SUM_ADDR)
  ) u_out_0 (
      .clk   (clk),
      .en    (out_we_0 || (drain_re && !drain_half)),
      .we    (out_we_0),
      .addr  (out_we_0 ? sum_waddr : drain_addr),
      .wdata (updated),
      .rdata (out_rdata_0)
  );

  sram_1rw #(
      .WIDTH (SUM),
      .DEPTH (SUM_DEPTH),
      .ADDR  (SUM_ADDR)
  ) u_out_1 (
      .clk   (clk),
      .en    (out_we_1 || (drain_re && drain_half)),
      .we    (out_we_1),
      .addr  (out_we_1 ? sum_waddr : drain_addr),
      .wdata (updated),
      .rdata (out_rdata_1)
  );

  always @(posedge clk) begin
    drained_half <= drain_half;
  end

  assign drain_data = drained_half ? out_rdata_1 : out_rdata_0;
endmodule`,
  );
}
