// cfg_regs: registers BASE to BASE + COUNT - 1 of the configuration as the layer that runs has them: what was written
// until the configuration was last taken over. What is written meanwhile is for the next layer.
`default_nettype none

module cfg_regs #(
    parameter        DATA  = 32,
    parameter        COUNT = 1,
    parameter        WIDTH = 8,
    parameter [11:0] BASE  = 12'd0
) (
    input  wire                   clk,
    input  wire [DATA+13:0]       cfg,
    output wire [COUNT*WIDTH-1:0] values
);
  wire                   take = cfg[DATA+13];
  wire [COUNT*WIDTH-1:0] next;

  cfg_next #(
      .DATA  (DATA),
      .COUNT (COUNT),
      .WIDTH (WIDTH),
      .BASE  (BASE)
  ) u_next (
      .clk    (clk),
      .cfg    (cfg),
      .values (next)
  );

  genvar i;
  generate
    for (i = 0; i < COUNT; i = i + 1) begin : g_register
      reg [WIDTH-1:0] value;

      always @(posedge clk) begin
        if (take) value <= next[i*WIDTH +: WIDTH];
      end

      assign values[i*WIDTH +: WIDTH] = value;
    end
  endgenerate
endmodule

`default_nettype wire
