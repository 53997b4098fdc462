// sram_1rw_parts: synchronous memory with one port, of whose words parts may be written; rdata holds its value between reads.
// A macro of the same size with write enables takes the place of the body.
`default_nettype none

module sram_1rw_parts #(
    parameter PARTS = 2,
    parameter WIDTH = 64,
    parameter DEPTH = 256,
    parameter ADDR  = 8
) (
    input  wire             clk,
    input  wire             en,
    input  wire [PARTS-1:0] we,
    input  wire [ADDR-1:0]  addr,
    input  wire [WIDTH-1:0] wdata,
    output wire [WIDTH-1:0] rdata
);
  localparam PART = WIDTH / PARTS;

  genvar i;
  generate
    for (i = 0; i < PARTS; i = i + 1) begin : g_part
      reg [PART-1:0] mem [0:DEPTH-1];
      reg [PART-1:0] word;

      always @(posedge clk) begin
        if (en && we[i]) mem[addr] <= wdata[i*PART +: PART];
      end

      always @(posedge clk) begin
        if (en && !(|we)) word <= mem[addr];
      end

      assign rdata[i*PART +: PART] = word;
    end
  endgenerate
endmodule

`default_nettype wire
