// unpack_weights: the weights of a line as they come, or each of half the bits out of the lower half of the line, with its sign.
`default_nettype none

module unpack_weights #(
    parameter COUNT = 8,
    parameter BITS  = 8
) (
    input  wire                  is_packed,
    input  wire [COUNT*BITS-1:0] line,
    output wire [COUNT*BITS-1:0] weights
);
  localparam HALF = BITS / 2;

  genvar w;
  generate
    for (w = 0; w < COUNT; w = w + 1) begin : g_weight
      wire [HALF-1:0] own = line[w*HALF +: HALF];
      assign weights[w*BITS +: BITS] = is_packed ? {{HALF{own[HALF-1]}}, own} : line[w*BITS +: BITS];
    end
  endgenerate
endmodule

`default_nettype wire
