// nest: a loop sequencer with flags: zeros[j] when all loops of mask j are in their first iteration,
// lasts[j] when all loops of mask j (the first LASTS masks) are in their last.
`default_nettype none

module nest #(
    parameter        DATA  = 32,
    parameter        LOOPS = 8,
    parameter        COUNT = 16,
    parameter        ZEROS = 4,
    parameter        LASTS = 2,
    parameter [11:0] BOUND = 12'd0,
    parameter [11:0] MASK  = 12'd0
) (
    input  wire             clk,
    input  wire             rst,
    input  wire [DATA+13:0] cfg,
    input  wire             advance,
    output wire [ZEROS-1:0] zeros,
    output wire [LASTS-1:0] lasts,
    output wire [LOOPS-1:0] step,
    output wire             done
);
  wire [LOOPS-1:0]       zero;
  wire [LOOPS-1:0]       last;
  wire [ZEROS*LOOPS-1:0] masks;

  loop_seq #(
      .DATA  (DATA),
      .LOOPS (LOOPS),
      .COUNT (COUNT),
      .BOUND (BOUND)
  ) u_seq (
      .clk     (clk),
      .rst     (rst),
      .cfg     (cfg),
      .advance (advance),
      .zero    (zero),
      .last    (last),
      .step    (step),
      .done    (done)
  );

  cfg_regs #(
      .DATA  (DATA),
      .COUNT (ZEROS),
      .WIDTH (LOOPS),
      .BASE  (MASK)
  ) u_masks (
      .clk    (clk),
      .cfg    (cfg),
      .values (masks)
  );

  genvar j;
  generate
    for (j = 0; j < ZEROS; j = j + 1) begin : g_flag
      wire [LOOPS-1:0] mask = masks[j*LOOPS +: LOOPS];

      assign zeros[j] = &(zero | ~mask);
      if (j < LASTS) begin : g_last
        assign lasts[j] = &(last | ~mask);
      end
    end
  endgenerate
endmodule

`default_nettype wire
