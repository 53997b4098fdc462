// A lane: everything in a PE that belongs to one output channel.

import type { Hardware } from '../hardware.js';
import type { VerilogFile } from '../verilog.js';
import { verilogFile } from '../verilog.js';
import { dotBits } from './dot.js';

/** Resizes a signed value, by repeating its sign or by dropping upper bits. */
const resized = (name: string, from: number, to: number) =>
  to > from ? `{{${to - from}{${name}[${from - 1}]}}, ${name}}` : to < from ? `${name}[${to - 1}:0]` : name;

const splitPort = `
    // bit 0 each word has two channels, bit 1 inputs count from 0 on
    input  wire [1:0]               split,`;

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
    input  wire [ACOL_ADDR-1:0]     sum_entry,${h.split ? splitPort : ''}
    // drain
    input  wire                     drain_re,
    input  wire                     drain_half,
    input  wire [SUM_ADDR-1:0]      drain_addr,
    output wire [SUM-1:0]           drain_data
);
  wire [VECTOR*WEIGHT-1:0] fetched;
  wire [VECTOR*WEIGHT-1:0] kept;

  ping_pong #(
      .WIDTH (VECTOR * WEIGHT),
      .DEPTH (WEIGHT_DEPTH),
      .ADDR  (WEIGHT_ADDR)
  ) u_weight (
      .clk        (clk),
      .we         (load_we),
      .write_half (load_half),
      .waddr      (load_addr),
      .wdata      (load_data),
      .re         (weight_re),
      .read_half  (half),
      .raddr      (weight_addr),
      .rdata      (fetched)
  );

  // Weight collector: a miss brings a word from the buffer, other iterations use what is there.
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
      .clk     (clk),${h.split ? '\n      .split   (split),' : ''}
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

  // Finished sums: filled in one tile, drained in the next.
  ping_pong #(
      .WIDTH (SUM),
      .DEPTH (SUM_DEPTH),
      .ADDR  (SUM_ADDR)
  ) u_out (
      .clk        (clk),
      .we         (out_we),
      .write_half (out_half),
      .waddr      (sum_waddr),
      .wdata      (updated),
      .re         (drain_re),
      .read_half  (drain_half),
      .raddr      (drain_addr),
      .rdata      (drain_data)
  );
endmodule`,
  );
}
