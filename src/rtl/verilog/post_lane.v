// post_lane: post-processing of one output channel. With x = max(sums) + bias, what is kept of
//   num = x * scale + (residual * second << lift),     or where it multiplies (sat16(x) * residual) * scale,
// is num / 2^shift rounded half to even and kept within low and high, or its floor's low bits where it wraps.
// An unsigned word has its top bit flipped.
`default_nettype none

module post_lane #(
    parameter SUM    = 24,
    parameter OUT    = 8,
    parameter SCALE  = 17,
    parameter SHIFT  = 6,
    parameter FACTOR = 24,    // the wider of a sum and of a residual times 16 bits
    parameter WIDE   = 42
) (
    input  wire             clk,
    input  wire             valid,
    input  wire             keep,
    input  wire [SUM-1:0]   sum,
    input  wire [OUT-1:0]   residual,
    // of the channel, one cycle later
    input  wire [SUM-1:0]   bias,
    input  wire [SCALE-1:0] scale,
    input  wire [SHIFT-1:0] shift,
    // of the layer
    input  wire [SCALE-1:0] second,
    input  wire [SHIFT-1:0] second_shift,
    input  wire [OUT-1:0]   low,
    input  wire [OUT-1:0]   high,
    input  wire             unsigned_out,
    input  wire             unsigned_residual,
    input  wire             multiply,
    input  wire             wrap,
    output wire [OUT-1:0]   out
);
  // Pooling: the sums of a window arrive one after the other.
  reg  [SUM-1:0] most;
  wire           larger = $signed(sum) > $signed(most);

  always @(posedge clk) begin
    if (valid && (!keep || larger)) most <= sum;
  end

  // The number that a residual word stands for.
  reg  [OUT-1:0] beside;
  wire [OUT:0]   number = {!unsigned_residual && beside[OUT-1], beside ^ {unsigned_residual, {(OUT - 1){1'b0}}}};

  always @(posedge clk) begin
    if (valid) beside <= residual;
  end

  wire [SUM-1:0] sum_biased = most + bias;
  wire [15:0]    sum_limited;

  generate
    if (SUM > 16) begin : g_limit
      wire fits_16 = sum_biased[SUM-1:15] == {(SUM - 15){sum_biased[SUM-1]}};
      assign sum_limited = fits_16 ? sum_biased[15:0] : {sum_biased[SUM-1], {15{!sum_biased[SUM-1]}}};
    end else begin : g_extend
      assign sum_limited = {{(17 - SUM){sum_biased[SUM-1]}}, sum_biased[SUM-2:0]};
    end
  endgenerate

  // One multiplier for the residual, one behind it for the scale.
  localparam PRODUCT = OUT + SCALE;
  wire        [SCALE-1:0]   other = multiply ? {{(SCALE - 16){sum_limited[15]}}, sum_limited} : second;
  reg  signed [PRODUCT-1:0] product;
  reg         [SUM-1:0]     biased;
  reg         [SCALE-1:0]   factor;
  reg         [SHIFT-1:0]   lift, shift_1;

  always @(posedge clk) begin
    product <= $signed({{(SCALE - 1){number[OUT]}}, number}) * $signed({{OUT{other[SCALE-1]}}, other});
    biased  <= sum_biased;
    factor  <= scale;
    lift    <= shift - second_shift;
    shift_1 <= shift;
  end

  wire [FACTOR-1:0] x = multiply ? {{(FACTOR - OUT - 15){product[OUT+15]}}, product[OUT+14:0]}
                                 : {{(FACTOR - SUM + 1){biased[SUM-1]}}, biased[SUM-2:0]};
  wire [WIDE-1:0]  added = multiply ? {WIDE{1'b0}} : {{(WIDE - PRODUCT){product[PRODUCT-1]}}, product} << lift;
  reg  [WIDE-1:0]  scaled;
  reg  [SHIFT-1:0] shift_2;

  always @(posedge clk) begin
    scaled  <= $signed({{(WIDE - FACTOR){x[FACTOR-1]}}, x}) * $signed({{(WIDE - SCALE){factor[SCALE-1]}}, factor})
             + $signed(added);
    shift_2 <= shift_1;
  end

  // Halves go to the even one: up where more than half is dropped, or half of an odd quotient.
  wire signed [WIDE:0] doubled  = {scaled, 1'b0};
  wire        [WIDE:0] quotient = doubled >>> shift_2;
  wire                 rest     = |(doubled & ~({(WIDE + 1){1'b1}} << shift_2));
  wire                 up       = quotient[0] && (rest || quotient[1]);

  // No further from zero than limits can be.
  wire                  below  = quotient[WIDE];
  wire                  fits   = quotient[WIDE:OUT+1] == {(WIDE - OUT){below}};
  wire        [OUT:0]   near   = fits ? quotient[OUT+1:1] : {below, {OUT{!below}}};
  wire signed [OUT+1:0] rounded = {near[OUT], near} + {{(OUT + 1){1'b0}}, up};
  wire signed [OUT+1:0] lowest  = {{2{!unsigned_out && low[OUT-1]}}, low};
  wire signed [OUT+1:0] highest = {{2{!unsigned_out && high[OUT-1]}}, high};
  wire        [OUT-1:0] limited = rounded < lowest ? low : rounded > highest ? high : rounded[OUT-1:0];

  assign out = (wrap ? quotient[OUT:1] : limited) ^ {unsigned_out, {(OUT - 1){1'b0}}};
endmodule

`default_nettype wire
