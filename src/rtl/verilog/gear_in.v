// gear_in: beats of a channel into lines, the lowest bits first. A line is there together with its last beat.
// What the last beat has beyond the line is left out.
`default_nettype none

module gear_in #(
    parameter LINE  = 64,
    parameter WIDTH = 24
) (
    input  wire             clk,
    input  wire             rst,
    input  wire             in_valid,
    output wire             in_ready,
    input  wire [WIDTH-1:0] in_data,
    output wire             out_valid,
    input  wire             out_ready,
    output wire [LINE-1:0]  out_data
);
  localparam BEATS = (LINE + WIDTH - 1) / WIDTH;
  localparam COUNT = BEATS > 2 ? $clog2(BEATS) : 1;
  localparam LAST  = BEATS - 1;

  reg  [COUNT-1:0]           count;
  reg  [(BEATS-1)*WIDTH-1:0] held;
  wire                       last   = count == LAST[COUNT-1:0];
  wire [BEATS*WIDTH-1:0]     whole  = {in_data, held};
  wire                       unused = &{1'b0, whole};

  assign out_valid = in_valid && last;
  assign in_ready  = !last || out_ready;
  assign out_data  = whole[LINE-1:0];

  always @(posedge clk) begin
    if (rst) count <= {COUNT{1'b0}};
    else if (in_valid && in_ready) count <= last ? {COUNT{1'b0}} : count + {{(COUNT - 1){1'b0}}, 1'b1};
  end

  genvar b;
  generate
    for (b = 0; b < BEATS - 1; b = b + 1) begin : g_beat
      always @(posedge clk) begin
        if (in_valid && count == b[COUNT-1:0]) held[b*WIDTH +: WIDTH] <= in_data;
      end
    end
  endgenerate
endmodule

`default_nettype wire
