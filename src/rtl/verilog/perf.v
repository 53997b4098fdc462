// perf: event counters: one more for every cycle in which an event is high; they restart with a layer and wrap.
`default_nettype none

module perf #(
    parameter EVENTS = 13,
    parameter WIDTH  = 32
) (
    input  wire                    clk,
    input  wire                    restart,
    input  wire [EVENTS-1:0]       events,
    output wire [EVENTS*WIDTH-1:0] counts
);
  genvar e;
  generate
    for (e = 0; e < EVENTS; e = e + 1) begin : g_event
      reg [WIDTH-1:0] count;

      always @(posedge clk) begin
        if (restart) count <= {WIDTH{1'b0}};
        else if (events[e]) count <= count + {{(WIDTH - 1){1'b0}}, 1'b1};
      end

      assign counts[e*WIDTH +: WIDTH] = count;
    end
  endgenerate
endmodule

`default_nettype wire
