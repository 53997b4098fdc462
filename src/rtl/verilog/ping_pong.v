// ping_pong: a buffer of two single-port halves; one is written while the other is read.
// read_half holds still until the data of the last read have come, one cycle after re.
`default_nettype none

module ping_pong #(
    parameter WIDTH = 64,
    parameter DEPTH = 256,
    parameter ADDR  = 8
) (
    input  wire             clk,
    input  wire             we,
    input  wire             write_half,
    input  wire [ADDR-1:0]  waddr,
    input  wire [WIDTH-1:0] wdata,
    input  wire             re,
    input  wire             read_half,
    input  wire [ADDR-1:0]  raddr,
    output wire [WIDTH-1:0] rdata
);
  wire [1:0]         writes = {we && write_half, we && !write_half};
  wire [1:0]         reads  = {re && read_half, re && !read_half};
  wire [2*WIDTH-1:0] held;

  genvar h;
  generate
    for (h = 0; h < 2; h = h + 1) begin : g_half
      sram_1rw #(
          .WIDTH (WIDTH),
          .DEPTH (DEPTH),
          .ADDR  (ADDR)
      ) u_sram (
          .clk   (clk),
          .en    (writes[h] || reads[h]),
          .we    (writes[h]),
          .addr  (writes[h] ? waddr : raddr),
          .wdata (wdata),
          .rdata (held[h*WIDTH +: WIDTH])
      );
    end
  endgenerate

  assign rdata = read_half ? held[WIDTH +: WIDTH] : held[0 +: WIDTH];
endmodule

`default_nettype wire
