// stream: one pass of a nest, a beat for every cycle in which the other side is ready.
// run is high while beats are offered, accept when one is taken.
`default_nettype none

module stream #(
    parameter        DATA  = 32,
    parameter        LOOPS = 8,
    parameter        COUNT = 16,
    parameter [11:0] BOUND = 12'd0
) (
    input  wire             clk,
    input  wire             rst,
    input  wire [DATA+13:0] cfg,
    input  wire             start,
    input  wire             ready,
    output reg              run,
    output wire             accept,
    output wire [LOOPS-1:0] zero,
    output wire [LOOPS-1:0] last,
    output wire [LOOPS-1:0] step
);
  wire done;

  assign accept = run && ready;

  loop_seq #(
      .DATA  (DATA),
      .LOOPS (LOOPS),
      .COUNT (COUNT),
      .BOUND (BOUND)
  ) u_seq (
      .clk     (clk),
      .rst     (rst),
      .cfg     (cfg),
      .advance (accept),
      .zero    (zero),
      .last    (last),
      .step    (step),
      .done    (done)
  );

  always @(posedge clk) begin
    if (rst) run <= 1'b0;
    else if (start) run <= 1'b1;
    else if (accept && done) run <= 1'b0;
  end
endmodule

`default_nettype wire
