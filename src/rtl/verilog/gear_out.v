// gear_out: lines into beats of a channel, the lowest bits first. A line stays until its last beat is taken.
`default_nettype none

module gear_out #(
    parameter LINE  = 64,
    parameter WIDTH = 24
) (
    input  wire             clk,
    input  wire             rst,
    input  wire             in_valid,
    output wire             in_ready,
    input  wire [LINE-1:0]  in_data,
    output wire             out_valid,
    input  wire             out_ready,
    output reg  [WIDTH-1:0] out_data
);
  localparam BEATS = (LINE + WIDTH - 1) / WIDTH;
  localparam COUNT = BEATS > 2 ? $clog2(BEATS) : 1;
  localparam LAST  = BEATS - 1;

  reg  [COUNT-1:0]       count;
  wire                   last = count == LAST[COUNT-1:0];
  wire [BEATS*WIDTH-1:0] whole;

  assign whole[LINE-1:0] = in_data;
  generate
    if (BEATS * WIDTH > LINE) begin : g_beyond
      assign whole[BEATS*WIDTH-1:LINE] = {(BEATS * WIDTH - LINE) {1'b0}};
    end
  endgenerate

  assign out_valid = in_valid;
  assign in_ready  = last && out_ready;

  always @(posedge clk) begin
    if (rst) count <= {COUNT{1'b0}};
    else if (in_valid && out_ready) count <= last ? {COUNT{1'b0}} : count + {{(COUNT - 1){1'b0}}, 1'b1};
  end

  integer b;
  always @* begin
    out_data = {WIDTH{1'b0}};
    for (b = 0; b < BEATS; b = b + 1) begin
      if (count == b[COUNT-1:0]) out_data = whole[b*WIDTH +: WIDTH];
    end
  end
endmodule

`default_nettype wire
