// post_lane: post-processing of one output channel: y = sat(relu(((max(sums) + bias) * scale + half) >>> shift)).
`default_nettype none

module post_lane #(
    parameter SUM    = 24,
    parameter OUT    = 8,
    parameter SCALE  = 16,
    parameter SHIFT  = 6,
    parameter WIDE   = 41
) (
    input  wire             clk,
    input  wire             valid,
    input  wire             keep,
    input  wire [SUM-1:0]   sum,
    input  wire [SUM-1:0]   bias,
    input  wire [SCALE-1:0] scale,
    input  wire [SHIFT-1:0] shift,
    input  wire             relu,
    output wire [OUT-1:0]   out
);
  // Pooling: the sums of a window arrive one after the other.
  reg  [SUM-1:0] most;
  wire           larger = $signed(sum) > $signed(most);

  always @(posedge clk) begin
    if (valid && (!keep || larger)) most <= sum;
  end

  reg [SUM-1:0] biased;

  always @(posedge clk) begin
    biased <= most + bias;
  end

  reg signed [WIDE-1:0] scaled;

  always @(posedge clk) begin
    scaled <= $signed({{(WIDE - SUM){biased[SUM-1]}}, biased}) * $signed({{(WIDE - SCALE){1'b0}}, scale});
  end

  // Half a unit of what is shifted out.
  wire        [WIDE-1:0] half    = shift == {SHIFT{1'b0}} ? {WIDE{1'b0}} : {{(WIDE - 1){1'b0}}, 1'b1} << (shift - {{(SHIFT - 1){1'b0}}, 1'b1});
  wire signed [WIDE-1:0] rounded = $signed(scaled + half) >>> shift;
  wire                   below   = rounded[WIDE-1];
  wire                   fits    = rounded[WIDE-1:OUT-1] == {(WIDE - OUT + 1){below}};
  wire        [OUT-1:0]  limited = fits ? rounded[OUT-1:0] : {below, {(OUT - 1){!below}}};

  assign out = relu && below ? {OUT{1'b0}} : limited;
endmodule

`default_nettype wire
