// step_ctl: three-stage pipeline of steps: while the head loads step s, the middle works on s - 1 and the tail
// empties s - 2. issue starts the engines of a step, shift ends it once none of them is busy.
`default_nettype none

module step_ctl (
    input  wire clk,
    input  wire rst,
    input  wire start,
    input  wire last,       // the head is at its last step
    input  wire engines,    // some engine is busy
    output wire issue,
    output wire shift,
    output reg  head,
    output reg  middle,
    output reg  tail,
    output wire busy
);
  localparam [1:0] IDLE = 2'd0, ISSUE = 2'd1, WAIT = 2'd2;

  reg [1:0] state;

  assign issue = state == ISSUE;
  assign shift = state == WAIT && !engines;
  assign busy  = state != IDLE;

  always @(posedge clk) begin
    if (rst) begin
      state  <= IDLE;
      head   <= 1'b0;
      middle <= 1'b0;
      tail   <= 1'b0;
    end else if (start) begin
      state <= ISSUE;
      head  <= 1'b1;
    end else if (issue) begin
      state <= WAIT;
    end else if (shift) begin
      state  <= head || middle ? ISSUE : IDLE;
      head   <= head && !last;
      middle <= head;
      tail   <= middle;
    end
  end
endmodule

`default_nettype wire
