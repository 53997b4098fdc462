// Memory wrappers: inferred by default, to be replaced by macros.

import type { Hardware } from '../hardware.js';
import type { VerilogFile } from '../verilog.js';
import { verilogFile } from '../verilog.js';

export const srams = (h: Hardware): readonly VerilogFile[] => [
  verilogFile(
    h,
    'sram_1rw',
    [
      'synchronous memory with one port; rdata holds its value between reads.',
      'A macro of the same size takes the place of the body.',
    ],
    `
module sram_1rw #(
    parameter WIDTH = 64,
    parameter DEPTH = 256,
    parameter ADDR  = 8
) (
    input  wire             clk,
    input  wire             en,
    input  wire             we,
    input  wire [ADDR-1:0]  addr,
    input  wire [WIDTH-1:0] wdata,
    output reg  [WIDTH-1:0] rdata
);
  reg [WIDTH-1:0] mem [0:DEPTH-1];

  always @(posedge clk) begin
    if (en && we) mem[addr] <= wdata;
  end

  always @(posedge clk) begin
    if (en && !we) rdata <= mem[addr];
  end
endmodule`,
  ),
  verilogFile(
    h,
    'sram_1r1w',
    [
      'synchronous memory with a read and a write port; never asked to do both at one address in one cycle.',
      'A macro of the same size takes the place of the body.',
    ],
    `
module sram_1r1w #(
    parameter WIDTH = 64,
    parameter DEPTH = 256,
    parameter ADDR  = 8
) (
    input  wire             clk,
    input  wire             re,
    input  wire [ADDR-1:0]  raddr,
    output reg  [WIDTH-1:0] rdata,
    input  wire             we,
    input  wire [ADDR-1:0]  waddr,
    input  wire [WIDTH-1:0] wdata
);
  reg [WIDTH-1:0] mem [0:DEPTH-1];

  always @(posedge clk) begin
    if (we) mem[waddr] <= wdata;
  end

  always @(posedge clk) begin
    if (re) rdata <= mem[raddr];
  end
endmodule`,
  ),
];
