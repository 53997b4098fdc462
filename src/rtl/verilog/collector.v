// collector: a few words beside the multipliers, read in the cycle of the address and written at its end.
`default_nettype none

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
endmodule

`default_nettype wire
