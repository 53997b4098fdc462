// cfg_next: registers BASE to BASE + COUNT - 1 of the configuration as they are written, register 0 in the lowest bits of
// values. The configuration bus is one port everywhere: {take, write, 12 bits of address, DATA bits of data}.
`default_nettype none

module cfg_next #(
    parameter        DATA  = 32,
    parameter        COUNT = 1,
    parameter        WIDTH = 8,
    parameter [11:0] BASE  = 12'd0
) (
    input  wire                   clk,
    input  wire [DATA+13:0]       cfg,
    output wire [COUNT*WIDTH-1:0] values
);
  wire            we   = cfg[DATA+12];
  wire [11:0]     addr = cfg[DATA+11:DATA];
  wire [DATA-1:0] data = cfg[DATA-1:0];
  wire [COUNT:0]  here = {{COUNT{1'b0}}, we} << (addr - BASE);

  // A register may be narrower than the bus.
  wire unused_cfg = &{1'b0, cfg[DATA+13], data, here[COUNT]};

  genvar i;
  generate
    for (i = 0; i < COUNT; i = i + 1) begin : g_register
      reg [WIDTH-1:0] value;

      always @(posedge clk) begin
        if (here[i]) value <= data[WIDTH-1:0];
      end

      assign values[i*WIDTH +: WIDTH] = value;
    end
  endgenerate
endmodule

`default_nettype wire
