// write_port: lines over a port that is narrower, the lowest bits first. A line is held until its beats have gone, and is
// there on the other side together with the last of them. The next one comes no sooner than that.
`default_nettype none

module write_port #(
    parameter LINE  = 64,
    parameter WIDTH = 24,
    parameter ADDR  = 8
) (
    input  wire            clk,
    input  wire            rst,
    input  wire            in_valid,
    input  wire [ADDR-1:0] in_addr,
    input  wire [LINE-1:0] in_data,
    output reg             busy,
    output wire            out_valid,
    output reg  [ADDR-1:0] out_addr,
    output wire [LINE-1:0] out_data
);
  reg  [LINE-WIDTH-1:0] rest;
  wire                  gone, beat_valid, beat_ready;
  wire [WIDTH-1:0]      beat;

  always @(posedge clk) begin
    if (rst) busy <= 1'b0;
    else if (in_valid) busy <= 1'b1;
    else if (gone) busy <= 1'b0;
  end

  always @(posedge clk) begin
    if (in_valid) rest <= in_data[LINE-1:WIDTH];
    if (in_valid) out_addr <= in_addr;
  end

  gear_out #(
      .LINE  (LINE),
      .WIDTH (WIDTH)
  ) u_send (
      .clk       (clk),
      .rst       (rst),
      .in_valid  (in_valid || busy),
      .in_ready  (gone),
      .in_data   ({rest, in_data[WIDTH-1:0]}),
      .out_valid (beat_valid),
      .out_ready (beat_ready),
      .out_data  (beat)
  );

  gear_in #(
      .LINE  (LINE),
      .WIDTH (WIDTH)
  ) u_collect (
      .clk       (clk),
      .rst       (rst),
      .in_valid  (beat_valid),
      .in_ready  (beat_ready),
      .in_data   (beat),
      .out_valid (out_valid),
      .out_ready (1'b1),
      .out_data  (out_data)
  );
endmodule

`default_nettype wire
