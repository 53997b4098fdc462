// sram_1r1w: synchronous memory with a read and a write port; never asked to do both at one address in one cycle.
// A macro of the same size takes the place of the body.
`default_nettype none

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
endmodule

`default_nettype wire
