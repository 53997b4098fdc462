// loop_seq: nested loop counters, loop 0 innermost; bounds are kept minus one.
// step is the loop that advances next, none in the last iteration, after which all are at zero again.
`default_nettype none

module loop_seq #(
    parameter        DATA  = 32,
    parameter        LOOPS = 8,
    parameter        COUNT = 16,
    parameter [11:0] BOUND = 12'd0
) (
    input  wire             clk,
    input  wire             rst,
    input  wire [DATA+13:0] cfg,
    input  wire             advance,
    output wire [LOOPS-1:0] zero,
    output wire [LOOPS-1:0] last,
    output wire [LOOPS-1:0] step,
    output wire             done
);
  wire [LOOPS*COUNT-1:0] bounds;
  wire [LOOPS-1:0]       carry;

  cfg_regs #(
      .DATA  (DATA),
      .COUNT (LOOPS),
      .WIDTH (COUNT),
      .BASE  (BOUND)
  ) u_bounds (
      .clk    (clk),
      .cfg    (cfg),
      .values (bounds)
  );

  assign done = &last;

  genvar i;
  generate
    for (i = 0; i < LOOPS; i = i + 1) begin : g_loop
      wire [COUNT-1:0] bound = bounds[i*COUNT +: COUNT];
      reg  [COUNT-1:0] count;

      always @(posedge clk) begin
        if (rst) count <= {COUNT{1'b0}};
        else if (advance && carry[i]) count <= last[i] ? {COUNT{1'b0}} : count + {{(COUNT - 1){1'b0}}, 1'b1};
      end

      assign zero[i] = count == {COUNT{1'b0}};
      assign last[i] = count == bound;
      assign step[i] = carry[i] && !last[i];
      if (i == 0) begin : g_carry
        assign carry[i] = 1'b1;
      end else begin : g_carry
        assign carry[i] = &last[i-1:0];
      end
    end
  endgenerate
endmodule

`default_nettype wire
