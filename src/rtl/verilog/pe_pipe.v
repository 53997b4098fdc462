// pe_pipe: what an iteration of the PE nest tells the PEs, each part of it in the stage where they want it.
// A multicast register, then the stages of the PEs: 0 buffers, 1 multiply, 2 add, 3 accumulate.
`default_nettype none

module pe_pipe #(
    parameter INPUT_ADDR   = 8,
    parameter WEIGHT_ADDR  = 8,
    parameter SUM_ADDR     = 8,
    parameter INPUT_ENTRY  = 1,
    parameter WEIGHT_ENTRY = 1,
    parameter SUM_ENTRY    = 1
) (
    input  wire                    clk,
    input  wire                    rst,
    // this iteration
    input  wire                    run,
    input  wire                    begin_now,
    input  wire                    first_now,
    input  wire                    end_now,
    input  wire                    last_now,
    input  wire                    input_now,
    input  wire                    weight_now,
    input  wire [INPUT_ADDR-1:0]   input_addr_now,
    input  wire [WEIGHT_ADDR-1:0]  weight_addr_now,
    input  wire [SUM_ADDR-1:0]     sum_addr_now,
    input  wire [INPUT_ENTRY-1:0]  input_entry_now,
    input  wire [WEIGHT_ENTRY-1:0] weight_entry_now,
    input  wire [SUM_ENTRY-1:0]    sum_entry_now,
    output wire                    busy,
    // stage 0
    output reg                     input_re,
    output reg  [INPUT_ADDR-1:0]   input_raddr,
    output reg                     weight_re,
    output reg  [WEIGHT_ADDR-1:0]  weight_raddr,
    // stage 1
    output reg                     input_miss,
    output reg  [INPUT_ENTRY-1:0]  input_entry,
    output reg                     weight_miss,
    output reg  [WEIGHT_ENTRY-1:0] weight_entry,
    // stage 2
    output reg                     sum_re,
    output reg  [SUM_ADDR-1:0]     sum_raddr,
    // stage 3
    output reg                     valid,
    output reg                     begins,
    output reg                     first,
    output reg                     sum_we,
    output reg                     out_we,
    output reg  [SUM_ADDR-1:0]     sum_waddr,
    output reg  [SUM_ENTRY-1:0]    sum_entry
);
  reg                    s0_valid, s0_begin, s0_first, s0_end, s0_last;
  reg [INPUT_ENTRY-1:0]  s0_input_entry;
  reg [WEIGHT_ENTRY-1:0] s0_weight_entry;
  reg [SUM_ENTRY-1:0]    s0_sum_entry;
  reg [SUM_ADDR-1:0]     s0_sum_addr;
  reg                    s1_valid, s1_begin, s1_first, s1_end, s1_last;
  reg [SUM_ENTRY-1:0]    s1_sum_entry;
  reg [SUM_ADDR-1:0]     s1_sum_addr;
  reg                    s2_valid, s2_begin, s2_first, s2_end, s2_last;
  reg [SUM_ENTRY-1:0]    s2_sum_entry;

  always @(posedge clk) begin
    if (rst) begin
      s0_valid    <= 1'b0;
      s1_valid    <= 1'b0;
      s2_valid    <= 1'b0;
      valid       <= 1'b0;
      input_re    <= 1'b0;
      weight_re   <= 1'b0;
      input_miss  <= 1'b0;
      weight_miss <= 1'b0;
      sum_re      <= 1'b0;
      sum_we      <= 1'b0;
      out_we      <= 1'b0;
    end else begin
      s0_valid    <= run;
      s1_valid    <= s0_valid;
      s2_valid    <= s1_valid;
      valid       <= s2_valid;
      input_re    <= input_now;
      weight_re   <= weight_now;
      input_miss  <= input_re;
      weight_miss <= weight_re;
      sum_re      <= s1_valid && s1_begin && !s1_first;
      sum_we      <= s2_valid && s2_end && !s2_last;
      out_we      <= s2_valid && s2_end && s2_last;
    end
  end

  always @(posedge clk) begin
    input_raddr     <= input_addr_now;
    weight_raddr    <= weight_addr_now;
    s0_input_entry  <= input_entry_now;
    s0_weight_entry <= weight_entry_now;
    s0_sum_entry    <= sum_entry_now;
    s0_sum_addr     <= sum_addr_now;
    s0_begin        <= begin_now;
    s0_first        <= first_now;
    s0_end          <= end_now;
    s0_last         <= last_now;

    input_entry     <= s0_input_entry;
    weight_entry    <= s0_weight_entry;
    s1_sum_entry    <= s0_sum_entry;
    s1_sum_addr     <= s0_sum_addr;
    s1_begin        <= s0_begin;
    s1_first        <= s0_first;
    s1_end          <= s0_end;
    s1_last         <= s0_last;

    s2_sum_entry    <= s1_sum_entry;
    sum_raddr       <= s1_sum_addr;
    s2_begin        <= s1_begin;
    s2_first        <= s1_first;
    s2_end          <= s1_end;
    s2_last         <= s1_last;

    sum_entry       <= s2_sum_entry;
    sum_waddr       <= sum_raddr;
    begins          <= s2_begin;
    first           <= s2_first;
  end

  assign busy = run || s0_valid || s1_valid || s2_valid || valid;
endmodule

`default_nettype wire
