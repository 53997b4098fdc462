// axi_fifo: a queue of 2^LOG words in registers; the oldest word stands at its end until it is taken.
// Put only while there is room, take only while there is something.
`default_nettype none

module axi_fifo #(
    parameter WIDTH = 8,
    parameter LOG   = 4
) (
    input  wire             clk,
    input  wire             rst,
    input  wire             put,
    input  wire [WIDTH-1:0] put_data,
    output wire             room,
    input  wire             take,
    output wire [WIDTH-1:0] oldest,
    output wire             some
);
  reg  [WIDTH-1:0] words [0:(1<<LOG)-1];
  reg  [LOG:0]     head, tail;
  wire [LOG:0]     held = head - tail;

  assign room   = !held[LOG];
  assign some   = held != {(LOG + 1){1'b0}};
  assign oldest = words[tail[LOG-1:0]];

  always @(posedge clk) begin
    if (rst) begin
      head <= {(LOG + 1){1'b0}};
      tail <= {(LOG + 1){1'b0}};
    end else begin
      head <= head + {{LOG{1'b0}}, put};
      tail <= tail + {{LOG{1'b0}}, take};
    end
  end

  always @(posedge clk) begin
    if (put) words[head[LOG-1:0]] <= put_data;
  end
endmodule

`default_nettype wire
