// tile_nest: a nest over tiles: one step of the pipeline an iteration, with flags and five addresses of the tile at the head.
`default_nettype none

module tile_nest #(
    parameter        DATA           = 32,
    parameter        LOOPS          = 8,
    parameter        COUNT          = 16,
    parameter        FLAGS          = 6,
    parameter        INPUT          = 32,
    parameter        WEIGHT         = 32,
    parameter        OUTPUT         = 32,
    parameter        BIAS           = 8,
    parameter        RESIDUAL       = 32,
    parameter [11:0] BOUND          = 12'd0,
    parameter [11:0] MASK           = 12'd0,
    parameter [11:0] INPUT_DELTA    = 12'd0,
    parameter [11:0] WEIGHT_DELTA   = 12'd0,
    parameter [11:0] OUTPUT_DELTA   = 12'd0,
    parameter [11:0] BIAS_DELTA     = 12'd0,
    parameter [11:0] RESIDUAL_DELTA = 12'd0
) (
    input  wire                clk,
    input  wire                rst,
    input  wire [DATA+13:0]    cfg,
    input  wire                start,
    input  wire                engines,      // some engine of this nest is busy
    output wire                busy,
    // the pipeline
    output wire                issue,
    output wire                shift,
    output wire                head,
    output wire                middle,
    output wire                tail,
    // the tile at the head
    output wire [FLAGS-1:0]    zeros,
    output wire [1:0]          lasts,
    input  wire [INPUT-1:0]    input_base,
    input  wire [WEIGHT-1:0]   weight_base,
    input  wire [OUTPUT-1:0]   output_base,
    input  wire [BIAS-1:0]     bias_base,
    input  wire [RESIDUAL-1:0] residual_base,
    output wire [INPUT-1:0]    input_addr,
    output wire [WEIGHT-1:0]   weight_addr,
    output wire [OUTPUT-1:0]   output_addr,
    output wire [BIAS-1:0]     bias_addr,
    output wire [RESIDUAL-1:0] residual_addr
);
  wire             done;
  wire             advance = shift && head;
  wire [LOOPS-1:0] step;

  step_ctl u_step (
      .clk     (clk),
      .rst     (rst),
      .start   (start),
      .last    (done),
      .engines (engines),
      .issue   (issue),
      .shift   (shift),
      .head    (head),
      .middle  (middle),
      .tail    (tail),
      .busy    (busy)
  );

  nest #(
      .DATA  (DATA),
      .LOOPS (LOOPS),
      .COUNT (COUNT),
      .ZEROS (FLAGS),
      .LASTS (2),
      .BOUND (BOUND),
      .MASK  (MASK)
  ) u_nest (
      .clk     (clk),
      .rst     (rst),
      .cfg     (cfg),
      .advance (advance),
      .zeros   (zeros),
      .lasts   (lasts),
      .step    (step),
      .done    (done)
  );

  addr_gen #(
      .DATA  (DATA),
      .LOOPS (LOOPS),
      .WIDTH (INPUT),
      .DELTA (INPUT_DELTA)
  ) u_input (
      .clk     (clk),
      .cfg     (cfg),
      .start   (start),
      .base    (input_base),
      .advance (advance),
      .step    (step),
      .addr    (input_addr)
  );

  addr_gen #(
      .DATA  (DATA),
      .LOOPS (LOOPS),
      .WIDTH (WEIGHT),
      .DELTA (WEIGHT_DELTA)
  ) u_weight (
      .clk     (clk),
      .cfg     (cfg),
      .start   (start),
      .base    (weight_base),
      .advance (advance),
      .step    (step),
      .addr    (weight_addr)
  );

  addr_gen #(
      .DATA  (DATA),
      .LOOPS (LOOPS),
      .WIDTH (OUTPUT),
      .DELTA (OUTPUT_DELTA)
  ) u_output (
      .clk     (clk),
      .cfg     (cfg),
      .start   (start),
      .base    (output_base),
      .advance (advance),
      .step    (step),
      .addr    (output_addr)
  );

  addr_gen #(
      .DATA  (DATA),
      .LOOPS (LOOPS),
      .WIDTH (BIAS),
      .DELTA (BIAS_DELTA)
  ) u_bias (
      .clk     (clk),
      .cfg     (cfg),
      .start   (start),
      .base    (bias_base),
      .advance (advance),
      .step    (step),
      .addr    (bias_addr)
  );

  addr_gen #(
      .DATA  (DATA),
      .LOOPS (LOOPS),
      .WIDTH (RESIDUAL),
      .DELTA (RESIDUAL_DELTA)
  ) u_residual (
      .clk     (clk),
      .cfg     (cfg),
      .start   (start),
      .base    (residual_base),
      .advance (advance),
      .step    (step),
      .addr    (residual_addr)
  );
endmodule

`default_nettype wire
