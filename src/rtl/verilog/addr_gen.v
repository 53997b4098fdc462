// addr_gen: address of an affine nest without a multiplier: each step adds the delta of the loop that advances,
// its stride less the way that the loops inside it have gone.
`default_nettype none

module addr_gen #(
    parameter        DATA  = 32,
    parameter        LOOPS = 8,
    parameter        WIDTH = 16,
    parameter [11:0] DELTA = 12'd0
) (
    input  wire             clk,
    input  wire [DATA+13:0] cfg,
    input  wire             start,
    input  wire [WIDTH-1:0] base,
    input  wire             advance,
    input  wire [LOOPS-1:0] step,
    output reg  [WIDTH-1:0] addr
);
  wire [LOOPS*WIDTH-1:0] deltas;
  wire [WIDTH-1:0]       move;

  cfg_regs #(
      .DATA  (DATA),
      .COUNT (LOOPS),
      .WIDTH (WIDTH),
      .BASE  (DELTA)
  ) u_deltas (
      .clk    (clk),
      .cfg    (cfg),
      .values (deltas)
  );

  one_hot_mux #(
      .INPUTS (LOOPS),
      .WIDTH  (WIDTH)
  ) u_move (
      .data   (deltas),
      .select (step),
      .out    (move)
  );

  always @(posedge clk) begin
    if (start) addr <= base;
    else if (advance) addr <= addr + move;
  end
endmodule

`default_nettype wire
