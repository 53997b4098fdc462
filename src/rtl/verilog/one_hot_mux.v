// one_hot_mux: the selected one of several words; zero where none is selected.
`default_nettype none

module one_hot_mux #(
    parameter INPUTS = 2,
    parameter WIDTH  = 8
) (
    input  wire [INPUTS*WIDTH-1:0] data,
    input  wire [INPUTS-1:0]       select,
    output reg  [WIDTH-1:0]        out
);
  integer i;

  always @* begin
    out = {WIDTH{1'b0}};
    for (i = 0; i < INPUTS; i = i + 1) out = out | (data[i*WIDTH +: WIDTH] & {WIDTH{select[i]}});
  end
endmodule

`default_nettype wire
