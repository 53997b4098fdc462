// split_multiply: a product of whole words, or 2^(WEIGHT/2) times the sum of two of their halves: the upper half of each word times
// the lower of the other. Halves are signed words, those of data from 0 on where they are natural.
`default_nettype none

module split_multiply #(
    parameter WEIGHT = 8,
    parameter INPUT  = 8
) (
    input  wire                    split,
    input  wire                    natural,
    input  wire [WEIGHT-1:0]       weight,
    input  wire [INPUT-1:0]        data,
    output wire [WEIGHT+INPUT-1:0] product
);
  localparam W = WEIGHT / 2;
  localparam I = INPUT / 2;
  localparam P = W + I;

  // The lower half of a whole word has no sign.
  wire signed [W-1:0] weight_high = weight[WEIGHT-1:W];
  wire signed [W:0]   weight_low  = {split & weight[W-1], weight[W-1:0]};
  wire signed [I:0]   data_high   = {data[INPUT-1] & !(split & natural), data[INPUT-1:I]};
  wire signed [I:0]   data_low    = {data[I-1] & split & !natural, data[I-1:0]};

  wire signed [P:0] across = weight_high * data_low;
  wire signed [P:0] along  = weight_low * data_high;

  // Products of halves of one kind rest where words are pairs.
  wire signed [W-1:0] upper = split ? {W{1'b0}} : weight_high;
  wire        [W-1:0] lower = split ? {W{1'b0}} : weight[W-1:0];
  wire signed [P-1:0] high  = upper * data_high;
  wire        [P-1:0] low   = lower * data[I-1:0];

  // Where halves of both are as wide, those across lie in one place.
  wire [2*P-1:0] first  = {{(I-1){across[P]}}, across, {W{1'b0}}};
  wire [2*P-1:0] second = split || W == I ? {{(I-1){along[P]}}, along, {W{1'b0}}} : {{(W-1){along[P]}}, along, {I{1'b0}}};

  assign product = {high, low} + first + second;
endmodule

`default_nettype wire
