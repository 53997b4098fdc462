// sram_1rw: synchronous memory with one port; rdata holds its value between reads.
// A macro of the same size takes the place of the body.
`default_nettype none

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
endmodule

`default_nettype wire
