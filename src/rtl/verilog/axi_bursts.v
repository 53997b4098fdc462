// axi_bursts: beats that lie one behind the other become bursts of at most BURST beats.
// A burst ends where the next beat does not join it, where none waits, and before a multiple of 4,096 bytes.
`default_nettype none

module axi_bursts #(
    parameter ADDR     = 64,
    parameter LOG_BEAT = 4,
    parameter BURST    = 16
) (
    input  wire            clk,
    input  wire            rst,
    // beats, by their first byte
    input  wire            beat_valid,
    output wire            beat_ready,
    input  wire [ADDR-1:0] beat_addr,
    // bursts
    output reg             burst_valid,
    input  wire            burst_ready,
    output reg  [ADDR-1:0] burst_addr,
    output reg  [7:0]      burst_len,   // beats minus one
    output wire            busy
);
  localparam [ADDR-1:0] BEAT = {{(ADDR - 1){1'b0}}, 1'b1} << LOG_BEAT;
  localparam [7:0]      MAX  = BURST[7:0] - 8'd1;

  // The burst that is being made.
  reg            open;
  reg [ADDR-1:0] first, next;
  reg [7:0]      more;

  wire joins = open && beat_addr == next && next[11:0] != 12'd0 && more != MAX;
  wire free  = !burst_valid || burst_ready;
  wire close = open && free && !(beat_valid && joins);

  assign beat_ready = !open || joins || free;
  assign busy       = open || burst_valid;

  always @(posedge clk) begin
    if (rst) open <= 1'b0;
    else if (beat_valid && beat_ready) open <= 1'b1;
    else if (close) open <= 1'b0;
  end

  always @(posedge clk) begin
    if (beat_valid && beat_ready) begin
      if (!joins) first <= beat_addr;
      next <= beat_addr + BEAT;
      more <= joins ? more + 8'd1 : 8'd0;
    end
  end

  always @(posedge clk) begin
    if (rst) burst_valid <= 1'b0;
    else if (close) burst_valid <= 1'b1;
    else if (burst_ready) burst_valid <= 1'b0;
  end

  always @(posedge clk) begin
    if (close) begin
      burst_addr <= first;
      burst_len  <= more;
    end
  end
endmodule

`default_nettype wire
