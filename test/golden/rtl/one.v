// -----------------------------------------------------------------------------
// sram_1rw: synchronous memory with one port; rdata holds its value between reads.
// A macro of the same size takes the place of the body.
//
// Design point one: 1 x 1 PEs, 1 lanes x 1 wide, 8-bit weights, 8-bit activations, 24-bit sums.
// Written by magnet; change the design, not this file.
// -----------------------------------------------------------------------------
`default_nettype none

module sram_1rw #(
    parameter WIDTH = 64,
    parameter DEPTH = 256,
    parameter ADDR  = 8
) (
    input  wire             clk,
    input  wire             en,
    input  wire             we,
    input  wire [ADDR-1:0]  addr,
    input  wire [WIDTH-1:0] wdata,
    output reg  [WIDTH-1:0] rdata
);
  reg [WIDTH-1:0] mem [0:DEPTH-1];

  always @(posedge clk) begin
    if (en && we) mem[addr] <= wdata;
  end

  always @(posedge clk) begin
    if (en && !we) rdata <= mem[addr];
  end
endmodule

`default_nettype wire

// -----------------------------------------------------------------------------
// sram_1r1w: synchronous memory with a read and a write port; never asked to do both at one address in one cycle.
// A macro of the same size takes the place of the body.
//
// Design point one: 1 x 1 PEs, 1 lanes x 1 wide, 8-bit weights, 8-bit activations, 24-bit sums.
// Written by magnet; change the design, not this file.
// -----------------------------------------------------------------------------
`default_nettype none

module sram_1r1w #(
    parameter WIDTH = 64,
    parameter DEPTH = 256,
    parameter ADDR  = 8
) (
    input  wire             clk,
    input  wire             re,
    input  wire [ADDR-1:0]  raddr,
    output reg  [WIDTH-1:0] rdata,
    input  wire             we,
    input  wire [ADDR-1:0]  waddr,
    input  wire [WIDTH-1:0] wdata
);
  reg [WIDTH-1:0] mem [0:DEPTH-1];

  always @(posedge clk) begin
    if (we) mem[waddr] <= wdata;
  end

  always @(posedge clk) begin
    if (re) rdata <= mem[raddr];
  end
endmodule

`default_nettype wire

// -----------------------------------------------------------------------------
// ping_pong: a buffer of two single-port halves; one is written while the other is read.
// read_half holds still until the data of the last read have come, one cycle after re.
//
// Design point one: 1 x 1 PEs, 1 lanes x 1 wide, 8-bit weights, 8-bit activations, 24-bit sums.
// Written by magnet; change the design, not this file.
// -----------------------------------------------------------------------------
`default_nettype none

module ping_pong #(
    parameter WIDTH = 64,
    parameter DEPTH = 256,
    parameter ADDR  = 8
) (
    input  wire             clk,
    input  wire             we,
    input  wire             write_half,
    input  wire [ADDR-1:0]  waddr,
    input  wire [WIDTH-1:0] wdata,
    input  wire             re,
    input  wire             read_half,
    input  wire [ADDR-1:0]  raddr,
    output wire [WIDTH-1:0] rdata
);
  wire [1:0]         writes = {we && write_half, we && !write_half};
  wire [1:0]         reads  = {re && read_half, re && !read_half};
  wire [2*WIDTH-1:0] held;

  genvar h;
  generate
    for (h = 0; h < 2; h = h + 1) begin : g_half
      sram_1rw #(
          .WIDTH (WIDTH),
          .DEPTH (DEPTH),
          .ADDR  (ADDR)
      ) u_sram (
          .clk   (clk),
          .en    (writes[h] || reads[h]),
          .we    (writes[h]),
          .addr  (writes[h] ? waddr : raddr),
          .wdata (wdata),
          .rdata (held[h*WIDTH +: WIDTH])
      );
    end
  endgenerate

  assign rdata = read_half ? held[WIDTH +: WIDTH] : held[0 +: WIDTH];
endmodule

`default_nettype wire

// -----------------------------------------------------------------------------
// one_hot_mux: the selected one of several words; zero where none is selected.
//
// Design point one: 1 x 1 PEs, 1 lanes x 1 wide, 8-bit weights, 8-bit activations, 24-bit sums.
// Written by magnet; change the design, not this file.
// -----------------------------------------------------------------------------
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

// -----------------------------------------------------------------------------
// cfg_next: registers BASE to BASE + COUNT - 1 of the configuration as they are written, register 0 in the lowest bits of
// values. The configuration bus is one port everywhere: {take, write, 12 bits of address, DATA bits of data}.
//
// Design point one: 1 x 1 PEs, 1 lanes x 1 wide, 8-bit weights, 8-bit activations, 24-bit sums.
// Written by magnet; change the design, not this file.
// -----------------------------------------------------------------------------
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

// -----------------------------------------------------------------------------
// cfg_regs: registers BASE to BASE + COUNT - 1 of the configuration as the layer that runs has them: what was written
// until the configuration was last taken over. What is written meanwhile is for the next layer.
//
// Design point one: 1 x 1 PEs, 1 lanes x 1 wide, 8-bit weights, 8-bit activations, 24-bit sums.
// Written by magnet; change the design, not this file.
// -----------------------------------------------------------------------------
`default_nettype none

module cfg_regs #(
    parameter        DATA  = 32,
    parameter        COUNT = 1,
    parameter        WIDTH = 8,
    parameter [11:0] BASE  = 12'd0
) (
    input  wire                   clk,
    input  wire [DATA+13:0]       cfg,
    output wire [COUNT*WIDTH-1:0] values
);
  wire                   take = cfg[DATA+13];
  wire [COUNT*WIDTH-1:0] next;

  cfg_next #(
      .DATA  (DATA),
      .COUNT (COUNT),
      .WIDTH (WIDTH),
      .BASE  (BASE)
  ) u_next (
      .clk    (clk),
      .cfg    (cfg),
      .values (next)
  );

  genvar i;
  generate
    for (i = 0; i < COUNT; i = i + 1) begin : g_register
      reg [WIDTH-1:0] value;

      always @(posedge clk) begin
        if (take) value <= next[i*WIDTH +: WIDTH];
      end

      assign values[i*WIDTH +: WIDTH] = value;
    end
  endgenerate
endmodule

`default_nettype wire

// -----------------------------------------------------------------------------
// loop_seq: nested loop counters, loop 0 innermost; bounds are kept minus one.
// step is the loop that advances next, none in the last iteration, after which all are at zero again.
//
// Design point one: 1 x 1 PEs, 1 lanes x 1 wide, 8-bit weights, 8-bit activations, 24-bit sums.
// Written by magnet; change the design, not this file.
// -----------------------------------------------------------------------------
`default_nettype none

module loop_seq #(
    parameter        DATA  = 32,
    parameter        LOOPS = 8,
    parameter        COUNT = 16,
    parameter [11:0] BOUND = 12'd0
) (
    input  wire             clk,
    input  wire             rst,
    input  wire [DATA+13:0] cfg,
    input  wire             advance,
    output wire [LOOPS-1:0] zero,
    output wire [LOOPS-1:0] last,
    output wire [LOOPS-1:0] step,
    output wire             done
);
  wire [LOOPS*COUNT-1:0] bounds;
  wire [LOOPS-1:0]       carry;

  cfg_regs #(
      .DATA  (DATA),
      .COUNT (LOOPS),
      .WIDTH (COUNT),
      .BASE  (BOUND)
  ) u_bounds (
      .clk    (clk),
      .cfg    (cfg),
      .values (bounds)
  );

  assign done = &last;

  genvar i;
  generate
    for (i = 0; i < LOOPS; i = i + 1) begin : g_loop
      wire [COUNT-1:0] bound = bounds[i*COUNT +: COUNT];
      reg  [COUNT-1:0] count;

      always @(posedge clk) begin
        if (rst) count <= {COUNT{1'b0}};
        else if (advance && carry[i]) count <= last[i] ? {COUNT{1'b0}} : count + {{(COUNT - 1){1'b0}}, 1'b1};
      end

      assign zero[i] = count == {COUNT{1'b0}};
      assign last[i] = count == bound;
      assign step[i] = carry[i] && !last[i];
      if (i == 0) begin : g_carry
        assign carry[i] = 1'b1;
      end else begin : g_carry
        assign carry[i] = &last[i-1:0];
      end
    end
  endgenerate
endmodule

`default_nettype wire

// -----------------------------------------------------------------------------
// addr_gen: address of an affine nest without a multiplier: each step adds the delta of the loop that advances,
// its stride less the way that the loops inside it have gone.
//
// Design point one: 1 x 1 PEs, 1 lanes x 1 wide, 8-bit weights, 8-bit activations, 24-bit sums.
// Written by magnet; change the design, not this file.
// -----------------------------------------------------------------------------
`default_nettype none

module addr_gen #(
    parameter        DATA  = 32,
    parameter        LOOPS = 8,
    parameter        WIDTH = 16,
    parameter [11:0] DELTA = 12'd0
) (
    input  wire             clk,
    input  wire [DATA+13:0] cfg,
    input  wire             start,
    input  wire [WIDTH-1:0] base,
    input  wire             advance,
    input  wire [LOOPS-1:0] step,
    output reg  [WIDTH-1:0] addr
);
  wire [LOOPS*WIDTH-1:0] deltas;
  wire [WIDTH-1:0]       move;

  cfg_regs #(
      .DATA  (DATA),
      .COUNT (LOOPS),
      .WIDTH (WIDTH),
      .BASE  (DELTA)
  ) u_deltas (
      .clk    (clk),
      .cfg    (cfg),
      .values (deltas)
  );

  one_hot_mux #(
      .INPUTS (LOOPS),
      .WIDTH  (WIDTH)
  ) u_move (
      .data   (deltas),
      .select (step),
      .out    (move)
  );

  always @(posedge clk) begin
    if (start) addr <= base;
    else if (advance) addr <= addr + move;
  end
endmodule

`default_nettype wire

// -----------------------------------------------------------------------------
// nest: a loop sequencer with flags: zeros[j] when all loops of mask j are in their first iteration,
// lasts[j] when all loops of mask j (the first LASTS masks) are in their last.
//
// Design point one: 1 x 1 PEs, 1 lanes x 1 wide, 8-bit weights, 8-bit activations, 24-bit sums.
// Written by magnet; change the design, not this file.
// -----------------------------------------------------------------------------
`default_nettype none

module nest #(
    parameter        DATA  = 32,
    parameter        LOOPS = 8,
    parameter        COUNT = 16,
    parameter        ZEROS = 4,
    parameter        LASTS = 2,
    parameter [11:0] BOUND = 12'd0,
    parameter [11:0] MASK  = 12'd0
) (
    input  wire             clk,
    input  wire             rst,
    input  wire [DATA+13:0] cfg,
    input  wire             advance,
    output wire [ZEROS-1:0] zeros,
    output wire [LASTS-1:0] lasts,
    output wire [LOOPS-1:0] step,
    output wire             done
);
  wire [LOOPS-1:0]       zero;
  wire [LOOPS-1:0]       last;
  wire [ZEROS*LOOPS-1:0] masks;

  loop_seq #(
      .DATA  (DATA),
      .LOOPS (LOOPS),
      .COUNT (COUNT),
      .BOUND (BOUND)
  ) u_seq (
      .clk     (clk),
      .rst     (rst),
      .cfg     (cfg),
      .advance (advance),
      .zero    (zero),
      .last    (last),
      .step    (step),
      .done    (done)
  );

  cfg_regs #(
      .DATA  (DATA),
      .COUNT (ZEROS),
      .WIDTH (LOOPS),
      .BASE  (MASK)
  ) u_masks (
      .clk    (clk),
      .cfg    (cfg),
      .values (masks)
  );

  genvar j;
  generate
    for (j = 0; j < ZEROS; j = j + 1) begin : g_flag
      wire [LOOPS-1:0] mask = masks[j*LOOPS +: LOOPS];

      assign zeros[j] = &(zero | ~mask);
      if (j < LASTS) begin : g_last
        assign lasts[j] = &(last | ~mask);
      end
    end
  endgenerate
endmodule

`default_nettype wire

// -----------------------------------------------------------------------------
// stream: one pass of a nest, a beat for every cycle in which the other side is ready.
// run is high while beats are offered, accept when one is taken.
//
// Design point one: 1 x 1 PEs, 1 lanes x 1 wide, 8-bit weights, 8-bit activations, 24-bit sums.
// Written by magnet; change the design, not this file.
// -----------------------------------------------------------------------------
`default_nettype none

module stream #(
    parameter        DATA  = 32,
    parameter        LOOPS = 8,
    parameter        COUNT = 16,
    parameter [11:0] BOUND = 12'd0
) (
    input  wire             clk,
    input  wire             rst,
    input  wire [DATA+13:0] cfg,
    input  wire             start,
    input  wire             ready,
    output reg              run,
    output wire             accept,
    output wire [LOOPS-1:0] zero,
    output wire [LOOPS-1:0] last,
    output wire [LOOPS-1:0] step
);
  wire done;

  assign accept = run && ready;

  loop_seq #(
      .DATA  (DATA),
      .LOOPS (LOOPS),
      .COUNT (COUNT),
      .BOUND (BOUND)
  ) u_seq (
      .clk     (clk),
      .rst     (rst),
      .cfg     (cfg),
      .advance (accept),
      .zero    (zero),
      .last    (last),
      .step    (step),
      .done    (done)
  );

  always @(posedge clk) begin
    if (rst) run <= 1'b0;
    else if (start) run <= 1'b1;
    else if (accept && done) run <= 1'b0;
  end
endmodule

`default_nettype wire

// -----------------------------------------------------------------------------
// collector: a few words beside the multipliers, read in the cycle of the address and written at its end.
//
// Design point one: 1 x 1 PEs, 1 lanes x 1 wide, 8-bit weights, 8-bit activations, 24-bit sums.
// Written by magnet; change the design, not this file.
// -----------------------------------------------------------------------------
`default_nettype none

module collector #(
    parameter WIDTH = 64,
    parameter DEPTH = 2,
    parameter ADDR  = 1
) (
    input  wire             clk,
    input  wire             we,
    input  wire [ADDR-1:0]  addr,
    input  wire [WIDTH-1:0] wdata,
    output wire [WIDTH-1:0] rdata
);
  generate
    if (DEPTH == 1) begin : g_one
      reg  [WIDTH-1:0] entry;
      wire             unused_addr = &{1'b0, addr};

      always @(posedge clk) begin
        if (we) entry <= wdata;
      end

      assign rdata = entry;
    end else begin : g_many
      reg [WIDTH-1:0] entries [0:DEPTH-1];

      always @(posedge clk) begin
        if (we) entries[addr] <= wdata;
      end

      assign rdata = entries[addr];
    end
  endgenerate
endmodule

`default_nettype wire

// -----------------------------------------------------------------------------
// pe_pipe: what an iteration of the PE nest tells the PEs, each part of it in the stage where they want it.
// A multicast register, then the stages of the PEs: 0 buffers, 1 multiply, 2 add, 3 accumulate.
//
// Design point one: 1 x 1 PEs, 1 lanes x 1 wide, 8-bit weights, 8-bit activations, 24-bit sums.
// Written by magnet; change the design, not this file.
// -----------------------------------------------------------------------------
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

// -----------------------------------------------------------------------------
// step_ctl: three-stage pipeline of steps: while the head loads step s, the middle works on s - 1 and the tail
// empties s - 2. issue starts the engines of a step, shift ends it once none of them is busy.
//
// Design point one: 1 x 1 PEs, 1 lanes x 1 wide, 8-bit weights, 8-bit activations, 24-bit sums.
// Written by magnet; change the design, not this file.
// -----------------------------------------------------------------------------
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

// -----------------------------------------------------------------------------
// tile_nest: a nest over tiles: one step of the pipeline an iteration, with flags and five addresses of the tile at the head.
//
// Design point one: 1 x 1 PEs, 1 lanes x 1 wide, 8-bit weights, 8-bit activations, 24-bit sums.
// Written by magnet; change the design, not this file.
// -----------------------------------------------------------------------------
`default_nettype none

module tile_nest #(
    parameter        DATA           = 32,
    parameter        LOOPS          = 8,
    parameter        COUNT          = 16,
    parameter        FLAGS          = 6,
    parameter        INPUT          = 32,
    parameter        WEIGHT         = 32,
    parameter        OUTPUT         = 32,
    parameter        BIAS           = 8,
    parameter        RESIDUAL       = 32,
    parameter [11:0] BOUND          = 12'd0,
    parameter [11:0] MASK           = 12'd0,
    parameter [11:0] INPUT_DELTA    = 12'd0,
    parameter [11:0] WEIGHT_DELTA   = 12'd0,
    parameter [11:0] OUTPUT_DELTA   = 12'd0,
    parameter [11:0] BIAS_DELTA     = 12'd0,
    parameter [11:0] RESIDUAL_DELTA = 12'd0
) (
    input  wire                clk,
    input  wire                rst,
    input  wire [DATA+13:0]    cfg,
    input  wire                start,
    input  wire                engines,      // some engine of this nest is busy
    output wire                busy,
    // the pipeline
    output wire                issue,
    output wire                shift,
    output wire                head,
    output wire                middle,
    output wire                tail,
    // the tile at the head
    output wire [FLAGS-1:0]    zeros,
    output wire [1:0]          lasts,
    input  wire [INPUT-1:0]    input_base,
    input  wire [WEIGHT-1:0]   weight_base,
    input  wire [OUTPUT-1:0]   output_base,
    input  wire [BIAS-1:0]     bias_base,
    input  wire [RESIDUAL-1:0] residual_base,
    output wire [INPUT-1:0]    input_addr,
    output wire [WEIGHT-1:0]   weight_addr,
    output wire [OUTPUT-1:0]   output_addr,
    output wire [BIAS-1:0]     bias_addr,
    output wire [RESIDUAL-1:0] residual_addr
);
  wire             done;
  wire             advance = shift && head;
  wire [LOOPS-1:0] step;

  step_ctl u_step (
      .clk     (clk),
      .rst     (rst),
      .start   (start),
      .last    (done),
      .engines (engines),
      .issue   (issue),
      .shift   (shift),
      .head    (head),
      .middle  (middle),
      .tail    (tail),
      .busy    (busy)
  );

  nest #(
      .DATA  (DATA),
      .LOOPS (LOOPS),
      .COUNT (COUNT),
      .ZEROS (FLAGS),
      .LASTS (2),
      .BOUND (BOUND),
      .MASK  (MASK)
  ) u_nest (
      .clk     (clk),
      .rst     (rst),
      .cfg     (cfg),
      .advance (advance),
      .zeros   (zeros),
      .lasts   (lasts),
      .step    (step),
      .done    (done)
  );

  addr_gen #(
      .DATA  (DATA),
      .LOOPS (LOOPS),
      .WIDTH (INPUT),
      .DELTA (INPUT_DELTA)
  ) u_input (
      .clk     (clk),
      .cfg     (cfg),
      .start   (start),
      .base    (input_base),
      .advance (advance),
      .step    (step),
      .addr    (input_addr)
  );

  addr_gen #(
      .DATA  (DATA),
      .LOOPS (LOOPS),
      .WIDTH (WEIGHT),
      .DELTA (WEIGHT_DELTA)
  ) u_weight (
      .clk     (clk),
      .cfg     (cfg),
      .start   (start),
      .base    (weight_base),
      .advance (advance),
      .step    (step),
      .addr    (weight_addr)
  );

  addr_gen #(
      .DATA  (DATA),
      .LOOPS (LOOPS),
      .WIDTH (OUTPUT),
      .DELTA (OUTPUT_DELTA)
  ) u_output (
      .clk     (clk),
      .cfg     (cfg),
      .start   (start),
      .base    (output_base),
      .advance (advance),
      .step    (step),
      .addr    (output_addr)
  );

  addr_gen #(
      .DATA  (DATA),
      .LOOPS (LOOPS),
      .WIDTH (BIAS),
      .DELTA (BIAS_DELTA)
  ) u_bias (
      .clk     (clk),
      .cfg     (cfg),
      .start   (start),
      .base    (bias_base),
      .advance (advance),
      .step    (step),
      .addr    (bias_addr)
  );

  addr_gen #(
      .DATA  (DATA),
      .LOOPS (LOOPS),
      .WIDTH (RESIDUAL),
      .DELTA (RESIDUAL_DELTA)
  ) u_residual (
      .clk     (clk),
      .cfg     (cfg),
      .start   (start),
      .base    (residual_base),
      .advance (advance),
      .step    (step),
      .addr    (residual_addr)
  );
endmodule

`default_nettype wire

// -----------------------------------------------------------------------------
// post_lane: post-processing of one output channel. With x = max(sums) + bias, what is kept of
//   num = x * scale + (residual * second << lift),     or where it multiplies (sat16(x) * residual) * scale,
// is num / 2^shift rounded half to even and kept within low and high, or its floor's low bits where it wraps.
// An unsigned word has its top bit flipped.
//
// Design point one: 1 x 1 PEs, 1 lanes x 1 wide, 8-bit weights, 8-bit activations, 24-bit sums.
// Written by magnet; change the design, not this file.
// -----------------------------------------------------------------------------
`default_nettype none

module post_lane #(
    parameter SUM    = 24,
    parameter OUT    = 8,
    parameter SCALE  = 17,
    parameter SHIFT  = 6,
    parameter FACTOR = 24,    // the wider of a sum and of a residual times 16 bits
    parameter WIDE   = 42
) (
    input  wire             clk,
    input  wire             valid,
    input  wire             keep,
    input  wire [SUM-1:0]   sum,
    input  wire [OUT-1:0]   residual,
    // of the channel, one cycle later
    input  wire [SUM-1:0]   bias,
    input  wire [SCALE-1:0] scale,
    input  wire [SHIFT-1:0] shift,
    // of the layer
    input  wire [SCALE-1:0] second,
    input  wire [SHIFT-1:0] second_shift,
    input  wire [OUT-1:0]   low,
    input  wire [OUT-1:0]   high,
    input  wire             unsigned_out,
    input  wire             unsigned_residual,
    input  wire             multiply,
    input  wire             wrap,
    output wire [OUT-1:0]   out
);
  // Pooling: the sums of a window arrive one after the other.
  reg  [SUM-1:0] most;
  wire           larger = $signed(sum) > $signed(most);

  always @(posedge clk) begin
    if (valid && (!keep || larger)) most <= sum;
  end

  // The number that a residual word stands for.
  reg  [OUT-1:0] beside;
  wire [OUT:0]   number = {!unsigned_residual && beside[OUT-1], beside ^ {unsigned_residual, {(OUT - 1){1'b0}}}};

  always @(posedge clk) begin
    if (valid) beside <= residual;
  end

  wire [SUM-1:0] sum_biased = most + bias;
  wire [15:0]    sum_limited;

  generate
    if (SUM > 16) begin : g_limit
      wire fits_16 = sum_biased[SUM-1:15] == {(SUM - 15){sum_biased[SUM-1]}};
      assign sum_limited = fits_16 ? sum_biased[15:0] : {sum_biased[SUM-1], {15{!sum_biased[SUM-1]}}};
    end else begin : g_extend
      assign sum_limited = {{(17 - SUM){sum_biased[SUM-1]}}, sum_biased[SUM-2:0]};
    end
  endgenerate

  // One multiplier for the residual, one behind it for the scale.
  localparam PRODUCT = OUT + SCALE;
  wire        [SCALE-1:0]   other = multiply ? {{(SCALE - 16){sum_limited[15]}}, sum_limited} : second;
  reg  signed [PRODUCT-1:0] product;
  reg         [SUM-1:0]     biased;
  reg         [SCALE-1:0]   factor;
  reg         [SHIFT-1:0]   lift, shift_1;

  always @(posedge clk) begin
    product <= $signed({{(SCALE - 1){number[OUT]}}, number}) * $signed({{OUT{other[SCALE-1]}}, other});
    biased  <= sum_biased;
    factor  <= scale;
    lift    <= shift - second_shift;
    shift_1 <= shift;
  end

  wire [FACTOR-1:0] x = multiply ? {{(FACTOR - OUT - 15){product[OUT+15]}}, product[OUT+14:0]}
                                 : {{(FACTOR - SUM + 1){biased[SUM-1]}}, biased[SUM-2:0]};
  wire [WIDE-1:0]  added = multiply ? {WIDE{1'b0}} : {{(WIDE - PRODUCT){product[PRODUCT-1]}}, product} << lift;
  reg  [WIDE-1:0]  scaled;
  reg  [SHIFT-1:0] shift_2;

  always @(posedge clk) begin
    scaled  <= $signed({{(WIDE - FACTOR){x[FACTOR-1]}}, x}) * $signed({{(WIDE - SCALE){factor[SCALE-1]}}, factor})
             + $signed(added);
    shift_2 <= shift_1;
  end

  // Halves go to the even one: up where more than half is dropped, or half of an odd quotient.
  wire signed [WIDE:0] doubled  = {scaled, 1'b0};
  wire        [WIDE:0] quotient = doubled >>> shift_2;
  wire                 rest     = |(doubled & ~({(WIDE + 1){1'b1}} << shift_2));
  wire                 up       = quotient[0] && (rest || quotient[1]);

  // No further from zero than limits can be.
  wire                  below  = quotient[WIDE];
  wire                  fits   = quotient[WIDE:OUT+1] == {(WIDE - OUT){below}};
  wire        [OUT:0]   near   = fits ? quotient[OUT+1:1] : {below, {OUT{!below}}};
  wire signed [OUT+1:0] rounded = {near[OUT], near} + {{(OUT + 1){1'b0}}, up};
  wire signed [OUT+1:0] lowest  = {{2{!unsigned_out && low[OUT-1]}}, low};
  wire signed [OUT+1:0] highest = {{2{!unsigned_out && high[OUT-1]}}, high};
  wire        [OUT-1:0] limited = rounded < lowest ? low : rounded > highest ? high : rounded[OUT-1:0];

  assign out = (wrap ? quotient[OUT:1] : limited) ^ {unsigned_out, {(OUT - 1){1'b0}}};
endmodule

`default_nettype wire

// -----------------------------------------------------------------------------
// perf: event counters: one more for every cycle in which an event is high; they restart with a layer and wrap.
//
// Design point one: 1 x 1 PEs, 1 lanes x 1 wide, 8-bit weights, 8-bit activations, 24-bit sums.
// Written by magnet; change the design, not this file.
// -----------------------------------------------------------------------------
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

// -----------------------------------------------------------------------------
// dot: dot product of 1 signed 8-bit inputs and 8-bit weights; two stages: multiply, add.
//
// Design point one: 1 x 1 PEs, 1 lanes x 1 wide, 8-bit weights, 8-bit activations, 24-bit sums.
// Written by magnet; change the design, not this file.
// -----------------------------------------------------------------------------
`default_nettype none

module dot (
    input  wire        clk,
    input  wire [7:0]  inputs,
    input  wire [7:0]  weights,
    output reg  [15:0] sum
);
  wire signed [7:0]  input_0  = inputs[7:0];
  wire signed [7:0]  weight_0 = weights[7:0];
  reg  signed [15:0] product_0;

  always @(posedge clk) begin
    product_0 <= input_0 * weight_0;
  end



  always @(posedge clk) begin
    sum <= product_0;
  end
endmodule

`default_nettype wire

// -----------------------------------------------------------------------------
// lane: one output channel of a PE: weight bank, weight collector, dot product, accumulation.
// Stage 1 multiplies, 2 adds and reads the accumulation buffer, 3 accumulates and writes.
//
// Design point one: 1 x 1 PEs, 1 lanes x 1 wide, 8-bit weights, 8-bit activations, 24-bit sums.
// Written by magnet; change the design, not this file.
// -----------------------------------------------------------------------------
`default_nettype none

module lane #(
    parameter VECTOR       = 1,
    parameter WEIGHT       = 8,
    parameter INPUT        = 8,
    parameter SUM          = 24,
    parameter WEIGHT_DEPTH = 8,
    parameter WEIGHT_ADDR  = 3,
    parameter SUM_DEPTH    = 4,
    parameter SUM_ADDR     = 2,
    parameter WCOL_DEPTH   = 1,
    parameter WCOL_ADDR    = 1,
    parameter ACOL_DEPTH   = 1,
    parameter ACOL_ADDR    = 1
) (
    input  wire                     clk,
    // weight load
    input  wire                     load_we,
    input  wire                     load_half,
    input  wire [WEIGHT_ADDR-1:0]   load_addr,
    input  wire [VECTOR*WEIGHT-1:0] load_data,
    // stage 0: weight buffer
    input  wire                     half,
    input  wire                     weight_re,
    input  wire [WEIGHT_ADDR-1:0]   weight_addr,
    // stage 1: operands
    input  wire                     weight_miss,
    input  wire [WCOL_ADDR-1:0]     weight_entry,
    input  wire [VECTOR*INPUT-1:0]  inputs,
    // stage 2: accumulation buffer
    input  wire                     sum_re,
    input  wire [SUM_ADDR-1:0]      sum_raddr,
    // stage 3: accumulate
    input  wire                     valid,
    input  wire                     begins,
    input  wire                     first,
    input  wire                     sum_we,
    input  wire                     out_we,
    input  wire                     out_half,
    input  wire [SUM_ADDR-1:0]      sum_waddr,
    input  wire [ACOL_ADDR-1:0]     sum_entry,
    // drain
    input  wire                     drain_re,
    input  wire                     drain_half,
    input  wire [SUM_ADDR-1:0]      drain_addr,
    output wire [SUM-1:0]           drain_data
);
  wire [VECTOR*WEIGHT-1:0] fetched;
  wire [VECTOR*WEIGHT-1:0] kept;

  ping_pong #(
      .WIDTH (VECTOR * WEIGHT),
      .DEPTH (WEIGHT_DEPTH),
      .ADDR  (WEIGHT_ADDR)
  ) u_weight (
      .clk        (clk),
      .we         (load_we),
      .write_half (load_half),
      .waddr      (load_addr),
      .wdata      (load_data),
      .re         (weight_re),
      .read_half  (half),
      .raddr      (weight_addr),
      .rdata      (fetched)
  );

  // Weight collector: a miss brings a word from the buffer, other iterations use what is there.
  collector #(
      .WIDTH (VECTOR * WEIGHT),
      .DEPTH (WCOL_DEPTH),
      .ADDR  (WCOL_ADDR)
  ) u_weight_collector (
      .clk   (clk),
      .we    (weight_miss),
      .addr  (weight_entry),
      .wdata (fetched),
      .rdata (kept)
  );

  wire [15:0] products;

  dot u_dot (
      .clk     (clk),
      .inputs  (inputs),
      .weights (weight_miss ? fetched : kept),
      .sum     (products)
  );

  // Accumulation: a visit of a sum begins from zero or from the buffer, and ends in the buffer or as an output.
  wire [SUM-1:0] stored;
  wire [SUM-1:0] running;
  wire [SUM-1:0] carried = !begins ? running : first ? {SUM{1'b0}} : stored;
  wire [SUM-1:0] updated = carried + {{8{products[15]}}, products};

  collector #(
      .WIDTH (SUM),
      .DEPTH (ACOL_DEPTH),
      .ADDR  (ACOL_ADDR)
  ) u_sum_collector (
      .clk   (clk),
      .we    (valid),
      .addr  (sum_entry),
      .wdata (updated),
      .rdata (running)
  );

  sram_1r1w #(
      .WIDTH (SUM),
      .DEPTH (SUM_DEPTH),
      .ADDR  (SUM_ADDR)
  ) u_sum (
      .clk   (clk),
      .re    (sum_re),
      .raddr (sum_raddr),
      .rdata (stored),
      .we    (sum_we),
      .waddr (sum_waddr),
      .wdata (updated)
  );

  // Finished sums: filled in one tile, drained in the next.
  ping_pong #(
      .WIDTH (SUM),
      .DEPTH (SUM_DEPTH),
      .ADDR  (SUM_ADDR)
  ) u_out (
      .clk        (clk),
      .we         (out_we),
      .write_half (out_half),
      .waddr      (sum_waddr),
      .wdata      (updated),
      .re         (drain_re),
      .read_half  (drain_half),
      .raddr      (drain_addr),
      .rdata      (drain_data)
  );
endmodule

`default_nettype wire

// -----------------------------------------------------------------------------
// pe: processing element: input buffer and collector shared by its lanes; all control comes from pe_ctl.
//
// Design point one: 1 x 1 PEs, 1 lanes x 1 wide, 8-bit weights, 8-bit activations, 24-bit sums.
// Written by magnet; change the design, not this file.
// -----------------------------------------------------------------------------
`default_nettype none

module pe #(
    parameter VECTOR      = 1,
    parameter LANES       = 1,
    parameter WEIGHT      = 8,
    parameter INPUT       = 8,
    parameter SUM         = 24,
    parameter INPUT_DEPTH = 8,
    parameter INPUT_ADDR  = 3,
    parameter WEIGHT_ADDR = 3,
    parameter SUM_ADDR    = 2,
    parameter ICOL_DEPTH  = 1,
    parameter ICOL_ADDR   = 1,
    parameter WCOL_ADDR   = 1,
    parameter ACOL_ADDR   = 1
) (
    input  wire                     clk,
    input  wire                     used,
    input  wire [LANES-1:0]         lanes_used,
    // loads
    input  wire                     input_we,
    input  wire                     input_half,
    input  wire [INPUT_ADDR-1:0]    input_waddr,
    input  wire [VECTOR*INPUT-1:0]  input_wdata,
    input  wire [LANES-1:0]         weight_we,
    input  wire                     weight_half,
    input  wire [WEIGHT_ADDR-1:0]   weight_waddr,
    input  wire [VECTOR*WEIGHT-1:0] weight_wdata,
    // stage 0
    input  wire                     half_i,
    input  wire                     half_w,
    input  wire                     input_re,
    input  wire [INPUT_ADDR-1:0]    input_raddr,
    input  wire                     weight_re,
    input  wire [WEIGHT_ADDR-1:0]   weight_raddr,
    // stage 1
    input  wire                     input_miss,
    input  wire [ICOL_ADDR-1:0]     input_entry,
    input  wire                     weight_miss,
    input  wire [WCOL_ADDR-1:0]     weight_entry,
    // stage 2
    input  wire                     sum_re,
    input  wire [SUM_ADDR-1:0]      sum_raddr,
    // stage 3
    input  wire                     valid,
    input  wire                     begins,
    input  wire                     first,
    input  wire                     sum_we,
    input  wire                     out_we,
    input  wire                     out_half,
    input  wire [SUM_ADDR-1:0]      sum_waddr,
    input  wire [ACOL_ADDR-1:0]     sum_entry,
    // drain
    input  wire                     drain_re,
    input  wire                     drain_half,
    input  wire [SUM_ADDR-1:0]      drain_addr,
    output wire [LANES*SUM-1:0]     drain_data
);
  wire [VECTOR*INPUT-1:0] fetched;
  wire [VECTOR*INPUT-1:0] kept;

  ping_pong #(
      .WIDTH (VECTOR * INPUT),
      .DEPTH (INPUT_DEPTH),
      .ADDR  (INPUT_ADDR)
  ) u_input (
      .clk        (clk),
      .we         (used && input_we),
      .write_half (input_half),
      .waddr      (input_waddr),
      .wdata      (input_wdata),
      .re         (used && input_re),
      .read_half  (half_i),
      .raddr      (input_raddr),
      .rdata      (fetched)
  );

  // Input collector: a miss brings a word from the buffer, other iterations use what is there.
  collector #(
      .WIDTH (VECTOR * INPUT),
      .DEPTH (ICOL_DEPTH),
      .ADDR  (ICOL_ADDR)
  ) u_input_collector (
      .clk   (clk),
      .we    (used && input_miss),
      .addr  (input_entry),
      .wdata (fetched),
      .rdata (kept)
  );

  wire [VECTOR*INPUT-1:0] operand = input_miss ? fetched : kept;

  genvar l;
  generate
    for (l = 0; l < LANES; l = l + 1) begin : g_lane
      wire active = used && lanes_used[l];

      lane u_lane (
          .clk          (clk),
          .load_we      (active && weight_we[l]),
          .load_half    (weight_half),
          .load_addr    (weight_waddr),
          .load_data    (weight_wdata),
          .half         (half_w),
          .weight_re    (active && weight_re),
          .weight_addr  (weight_raddr),
          .weight_miss  (active && weight_miss),
          .weight_entry (weight_entry),
          .inputs       (operand),
          .sum_re       (active && sum_re),
          .sum_raddr    (sum_raddr),
          .valid        (active && valid),
          .begins       (begins),
          .first        (first),
          .sum_we       (active && sum_we),
          .out_we       (active && out_we),
          .out_half     (out_half),
          .sum_waddr    (sum_waddr),
          .sum_entry    (sum_entry),
          .drain_re     (active && drain_re),
          .drain_half   (drain_half),
          .drain_addr   (drain_addr),
          .drain_data   (drain_data[l*SUM +: SUM])
      );
    end
  endgenerate
endmodule

`default_nettype wire

// -----------------------------------------------------------------------------
// red_tree: sum over 1 row of the PE array for one lane; a row that is not selected comes as zero.
//
// Design point one: 1 x 1 PEs, 1 lanes x 1 wide, 8-bit weights, 8-bit activations, 24-bit sums.
// Written by magnet; change the design, not this file.
// -----------------------------------------------------------------------------
`default_nettype none

module red_tree #(
    parameter ROWS = 1,
    parameter SUM  = 24
) (
    input  wire                clk,
    input  wire [ROWS*SUM-1:0] rows,
    output wire [SUM-1:0]      total
);
  wire unused_clk = &{1'b0, clk};

  wire [SUM-1:0] row_0 = rows[0*SUM +: SUM];


  assign total = row_0;
endmodule

`default_nettype wire

// -----------------------------------------------------------------------------
// pe_array: rows x columns of PEs. Loads are multicast to the rows and columns that listen; a drained line is picked
// from one column and from one row, or summed over the rows.
//
// Design point one: 1 x 1 PEs, 1 lanes x 1 wide, 8-bit weights, 8-bit activations, 24-bit sums.
// Written by magnet; change the design, not this file.
// -----------------------------------------------------------------------------
`default_nettype none

module pe_array #(
    parameter ROWS    = 1,
    parameter COLUMNS = 1,
    parameter LANES   = 1,
    parameter SUM     = 24
) (
    input  wire        clk,
    input  wire [0:0]  rows_used,
    input  wire [0:0]  columns_used,
    input  wire [0:0]  lanes_used,
    input  wire [0:0]  input_row_we,
    input  wire [0:0]  input_column_we,
    input  wire [0:0]  input_half,
    input  wire [2:0]  input_waddr,
    input  wire [7:0]  input_wdata,
    input  wire [0:0]  weight_row_we,
    input  wire [0:0]  weight_column_we,
    input  wire [0:0]  weight_lane_we,
    input  wire [0:0]  weight_half,
    input  wire [2:0]  weight_waddr,
    input  wire [7:0]  weight_wdata,
    input  wire [0:0]  half_i,
    input  wire [0:0]  half_w,
    input  wire [0:0]  input_re,
    input  wire [2:0]  input_raddr,
    input  wire [0:0]  weight_re,
    input  wire [2:0]  weight_raddr,
    input  wire [0:0]  input_miss,
    input  wire [0:0]  input_entry,
    input  wire [0:0]  weight_miss,
    input  wire [0:0]  weight_entry,
    input  wire [0:0]  sum_re,
    input  wire [1:0]  sum_raddr,
    input  wire [0:0]  valid,
    input  wire [0:0]  begins,
    input  wire [0:0]  first,
    input  wire [0:0]  sum_we,
    input  wire [0:0]  out_we,
    input  wire [0:0]  out_half,
    input  wire [1:0]  sum_waddr,
    input  wire [0:0]  sum_entry,
    input  wire [0:0]  drain_row_re,
    input  wire [0:0]  drain_column_re,
    input  wire [0:0]  drain_re,
    input  wire [0:0]  drain_half,
    input  wire [1:0]  drain_raddr,
    input  wire [0:0]  drain_row_sel,
    input  wire [0:0]  drain_column_sel,
    output wire [23:0] total
);
  localparam LINE = LANES * SUM;

  wire [ROWS*LINE-1:0] selected;

  genvar r, c, l;
  generate
    for (r = 0; r < ROWS; r = r + 1) begin : g_row
      wire [COLUMNS*LINE-1:0] drained;
      wire [LINE-1:0]         picked;
      reg  [LINE-1:0]         line;

      for (c = 0; c < COLUMNS; c = c + 1) begin : g_column
        wire used = rows_used[r] && columns_used[c];

        pe u_pe (
            .clk          (clk),
            .used         (used),
            .lanes_used   (lanes_used),
            .input_we     (input_row_we[r] && input_column_we[c]),
            .input_half   (input_half),
            .input_waddr  (input_waddr),
            .input_wdata  (input_wdata),
            .weight_we    (weight_lane_we & {LANES{weight_row_we[r] && weight_column_we[c]}}),
            .weight_half  (weight_half),
            .weight_waddr (weight_waddr),
            .weight_wdata (weight_wdata),
            .half_i       (half_i),
            .half_w       (half_w),
            .input_re     (input_re),
            .input_raddr  (input_raddr),
            .weight_re    (weight_re),
            .weight_raddr (weight_raddr),
            .input_miss   (input_miss),
            .input_entry  (input_entry),
            .weight_miss  (weight_miss),
            .weight_entry (weight_entry),
            .sum_re       (sum_re),
            .sum_raddr    (sum_raddr),
            .valid        (valid),
            .begins       (begins),
            .first        (first),
            .sum_we       (sum_we),
            .out_we       (out_we),
            .out_half     (out_half),
            .sum_waddr    (sum_waddr),
            .sum_entry    (sum_entry),
            .drain_re     (drain_re && drain_row_re[r] && drain_column_re[c]),
            .drain_half   (drain_half),
            .drain_addr   (drain_raddr),
            .drain_data   (drained[c*LINE +: LINE])
        );
      end

      one_hot_mux #(
          .INPUTS (COLUMNS),
          .WIDTH  (LINE)
      ) u_column (
          .data   (drained),
          .select (drain_column_sel & columns_used),
          .out    (picked)
      );

      always @(posedge clk) begin
        line <= picked & {LINE{drain_row_sel[r] && rows_used[r]}};
      end

      assign selected[r*LINE +: LINE] = line;
    end

    for (l = 0; l < LANES; l = l + 1) begin : g_lane
      wire [ROWS*SUM-1:0] rows;

      for (r = 0; r < ROWS; r = r + 1) begin : g_gather
        assign rows[r*SUM +: SUM] = selected[r*LINE+l*SUM +: SUM];
      end

      red_tree u_red_tree (
          .clk   (clk),
          .rows  (rows),
          .total (total[l*SUM +: SUM])
      );
    end
  endgenerate
endmodule

`default_nettype wire

// -----------------------------------------------------------------------------
// pe_ctl: control of the PE array: one iteration of the PE nest a cycle, issued to all PEs at once.
// Addresses and flags of the iteration go down the pipeline beside the PEs.
//
// Design point one: 1 x 1 PEs, 1 lanes x 1 wide, 8-bit weights, 8-bit activations, 24-bit sums.
// Written by magnet; change the design, not this file.
// -----------------------------------------------------------------------------
`default_nettype none

module pe_ctl (
    input  wire        clk,
    input  wire        rst,
    input  wire [45:0] cfg,
    // one tile: flags of the outer and inner nest hold still while it runs
    input  wire        start,
    input  wire        tile_begin,
    input  wire        tile_first,
    input  wire        tile_end,
    input  wire        tile_last,
    input  wire        tile_miss_input,
    input  wire        tile_miss_weight,
    output wire        busy,
    // stage 0
    output wire        input_re,
    output wire [2:0]  input_raddr,
    output wire        weight_re,
    output wire [2:0]  weight_raddr,
    // stage 1
    output wire        input_miss,
    output wire [0:0]  input_entry,
    output wire        weight_miss,
    output wire [0:0]  weight_entry,
    // stage 2
    output wire        sum_re,
    output wire [1:0]  sum_raddr,
    // stage 3
    output wire        valid,
    output wire        begins,
    output wire        first,
    output wire        sum_we,
    output wire        out_we,
    output wire [1:0]  sum_waddr,
    output wire [0:0]  sum_entry
);
  localparam [11:0] REG_PE_BOUND        = 12'd127;
  localparam [11:0] REG_PE_MASK         = 12'd135;
  localparam [11:0] REG_PE_INPUT_DELTA  = 12'd139;
  localparam [11:0] REG_PE_WEIGHT_DELTA = 12'd147;
  localparam [11:0] REG_PE_SUM_DELTA    = 12'd155;

  reg        run;
  wire       done;
  wire [7:0] step;
  wire [3:0] zeros;
  wire [1:0] lasts;

  nest #(
      .DATA  (32),
      .LOOPS (8),
      .COUNT (16),
      .ZEROS (4),
      .LASTS (2),
      .BOUND (REG_PE_BOUND),
      .MASK  (REG_PE_MASK)
  ) u_nest (
      .clk     (clk),
      .rst     (rst),
      .cfg     (cfg),
      .advance (run),
      .zeros   (zeros),
      .lasts   (lasts),
      .step    (step),
      .done    (done)
  );

  always @(posedge clk) begin
    if (rst) run <= 1'b0;
    else if (start) run <= 1'b1;
    else if (done) run <= 1'b0;
  end

  // Flags of this iteration, over all three nests.
  wire begin_now  = zeros[0] && tile_begin;
  wire first_now  = zeros[1] && tile_first;
  wire end_now    = lasts[0] && tile_end;
  wire last_now   = lasts[1] && tile_last;
  wire input_now  = run && zeros[2] && tile_miss_input;
  wire weight_now = run && zeros[3] && tile_miss_weight;

  wire [2:0] input_addr_now;
  wire [2:0] weight_addr_now;
  wire [1:0] sum_addr_now;
  wire [0:0] input_entry_now;
  wire [0:0] weight_entry_now;
  wire [0:0] sum_entry_now;

  addr_gen #(
      .DATA  (32),
      .LOOPS (8),
      .WIDTH (3),
      .DELTA (REG_PE_INPUT_DELTA)
  ) u_input (
      .clk     (clk),
      .cfg     (cfg),
      .start   (start),
      .base    (3'd0),
      .advance (run),
      .step    (step),
      .addr    (input_addr_now)
  );

  addr_gen #(
      .DATA  (32),
      .LOOPS (8),
      .WIDTH (3),
      .DELTA (REG_PE_WEIGHT_DELTA)
  ) u_weight (
      .clk     (clk),
      .cfg     (cfg),
      .start   (start),
      .base    (3'd0),
      .advance (run),
      .step    (step),
      .addr    (weight_addr_now)
  );

  addr_gen #(
      .DATA  (32),
      .LOOPS (8),
      .WIDTH (2),
      .DELTA (REG_PE_SUM_DELTA)
  ) u_sum (
      .clk     (clk),
      .cfg     (cfg),
      .start   (start),
      .base    (2'd0),
      .advance (run),
      .step    (step),
      .addr    (sum_addr_now)
  );

  assign input_entry_now = 1'd0;  // collector of one entry

  assign weight_entry_now = 1'd0;  // collector of one entry

  assign sum_entry_now = 1'd0;  // collector of one entry

  pe_pipe #(
      .INPUT_ADDR   (3),
      .WEIGHT_ADDR  (3),
      .SUM_ADDR     (2),
      .INPUT_ENTRY  (1),
      .WEIGHT_ENTRY (1),
      .SUM_ENTRY    (1)
  ) u_pipe (
      .clk              (clk),
      .rst              (rst),
      .run              (run),
      .begin_now        (begin_now),
      .first_now        (first_now),
      .end_now          (end_now),
      .last_now         (last_now),
      .input_now        (input_now),
      .weight_now       (weight_now),
      .input_addr_now   (input_addr_now),
      .weight_addr_now  (weight_addr_now),
      .sum_addr_now     (sum_addr_now),
      .input_entry_now  (input_entry_now),
      .weight_entry_now (weight_entry_now),
      .sum_entry_now    (sum_entry_now),
      .busy             (busy),
      .input_re         (input_re),
      .input_raddr      (input_raddr),
      .weight_re        (weight_re),
      .weight_raddr     (weight_raddr),
      .input_miss       (input_miss),
      .input_entry      (input_entry),
      .weight_miss      (weight_miss),
      .weight_entry     (weight_entry),
      .sum_re           (sum_re),
      .sum_raddr        (sum_raddr),
      .valid            (valid),
      .begins           (begins),
      .first            (first),
      .sum_we           (sum_we),
      .out_we           (out_we),
      .sum_waddr        (sum_waddr),
      .sum_entry        (sum_entry)
  );
endmodule

`default_nettype wire

// -----------------------------------------------------------------------------
// fill: one tile of inputs from DRAM into the global buffer, a vector a cycle.
// Positions of a vector that the layer does not use are zeroed here.
//
// Design point one: 1 x 1 PEs, 1 lanes x 1 wide, 8-bit weights, 8-bit activations, 24-bit sums.
// Written by magnet; change the design, not this file.
// -----------------------------------------------------------------------------
`default_nettype none

module fill (
    input  wire        clk,
    input  wire        rst,
    input  wire [45:0] cfg,
    input  wire        start,
    input  wire [31:0] dram_base,
    input  wire [5:0]  region,
    input  wire [0:0]  vector_used,
    output wire        busy,
    // DRAM
    output wire        req_valid,
    input  wire        req_ready,
    output wire [31:0] req_addr,
    input  wire        rsp_valid,
    input  wire [7:0]  rsp_data,
    // global buffer
    output reg         we,
    output reg  [5:0]  waddr,
    output reg  [7:0]  wdata
);
  localparam [11:0] REG_FILL_BOUND = 12'd201;
  localparam [11:0] REG_FILL_DELTA = 12'd208;

  wire       run, accept;
  wire [6:0] step, unused_zero, unused_last;

  stream #(
      .DATA  (32),
      .LOOPS (7),
      .COUNT (16),
      .BOUND (REG_FILL_BOUND)
  ) u_stream (
      .clk    (clk),
      .rst    (rst),
      .cfg    (cfg),
      .start  (start),
      .ready  (req_ready),
      .run    (run),
      .accept (accept),
      .zero   (unused_zero),
      .last   (unused_last),
      .step   (step)
  );

  addr_gen #(
      .DATA  (32),
      .LOOPS (7),
      .WIDTH (32),
      .DELTA (REG_FILL_DELTA)
  ) u_source (
      .clk     (clk),
      .cfg     (cfg),
      .start   (start),
      .base    (dram_base),
      .advance (accept),
      .step    (step),
      .addr    (req_addr)
  );

  assign req_valid = run;

  // Requests that DRAM has not answered yet.
  reg [15:0] pending;

  always @(posedge clk) begin
    if (rst) pending <= 16'd0;
    else if (accept && !rsp_valid) pending <= pending + 16'd1;
    else if (!accept && rsp_valid) pending <= pending - 16'd1;
  end

  always @(posedge clk) begin
    if (rst) we <= 1'b0;
    else we <= rsp_valid;
  end

  // The tile lies in the order in which it arrives.
  reg [5:0] next;

  always @(posedge clk) begin
    if (start) next <= region;
    else if (rsp_valid) next <= next + 6'd1;
    if (rsp_valid) waddr <= next;
  end

  genvar v;
  generate
    for (v = 0; v < 1; v = v + 1) begin : g_position
      always @(posedge clk) begin
        if (rsp_valid) wdata[v*8 +: 8] <= rsp_data[v*8 +: 8] & {8{vector_used[v]}};
      end
    end
  endgenerate

  assign busy = run || pending != 16'd0 || we;
endmodule

`default_nettype wire

// -----------------------------------------------------------------------------
// load_i: tiles of inputs from the global buffer into the input buffers of the PEs, a vector a cycle.
// One tile per row and column that has inputs of its own; others listen in.
//
// Design point one: 1 x 1 PEs, 1 lanes x 1 wide, 8-bit weights, 8-bit activations, 24-bit sums.
// Written by magnet; change the design, not this file.
// -----------------------------------------------------------------------------
`default_nettype none

module load_i (
    input  wire        clk,
    input  wire        rst,
    input  wire [45:0] cfg,
    input  wire        start,
    input  wire [5:0]  tile,
    input  wire        all_rows,
    input  wire        all_columns,
    output wire        busy,
    // global buffer
    output wire        re,
    output wire [5:0]  raddr,
    input  wire [7:0]  rdata,
    // PEs
    output reg  [0:0]  row_we,
    output reg  [0:0]  column_we,
    output reg  [2:0]  waddr,
    output reg  [7:0]  wdata
);
  localparam [11:0] REG_LOAD_INPUT_BOUND = 12'd163;
  localparam [11:0] REG_LOAD_INPUT_DELTA = 12'd172;

  wire       accept;
  wire [8:0] step, unused_zero, unused_last;

  stream #(
      .DATA  (32),
      .LOOPS (9),
      .COUNT (16),
      .BOUND (REG_LOAD_INPUT_BOUND)
  ) u_stream (
      .clk    (clk),
      .rst    (rst),
      .cfg    (cfg),
      .start  (start),
      .ready  (1'b1),
      .run    (re),
      .accept (accept),
      .zero   (unused_zero),
      .last   (unused_last),
      .step   (step)
  );

  addr_gen #(
      .DATA  (32),
      .LOOPS (9),
      .WIDTH (6),
      .DELTA (REG_LOAD_INPUT_DELTA)
  ) u_source (
      .clk     (clk),
      .cfg     (cfg),
      .start   (start),
      .base    (tile),
      .advance (accept),
      .step    (step),
      .addr    (raddr)
  );

  // Every tile lies densely from address 0, in the order of the loops.
  wire       next_tile = step[8] || step[7];
  reg  [2:0] address, address_1;
  reg        valid_1, valid_2;

  wire [0:0] row = 1'b1;

  wire [0:0] column = 1'b1;

  reg [0:0] row_1;
  reg [0:0] column_1;

  always @(posedge clk) begin
    if (start) address <= 3'd0;
    else if (accept) address <= next_tile ? 3'd0 : address + 3'd1;
  end

  always @(posedge clk) begin
    if (rst) begin
      valid_1 <= 1'b0;
      valid_2 <= 1'b0;
    end else begin
      valid_1 <= re;
      valid_2 <= valid_1;
    end
  end

  always @(posedge clk) begin
    address_1 <= address;
    row_1     <= row | {1{all_rows}};
    column_1  <= column | {1{all_columns}};
    waddr     <= address_1;
    wdata     <= rdata;
    row_we    <= row_1 & {1{valid_1}};
    column_we <= column_1;
  end

  assign busy = re || valid_1 || valid_2;
endmodule

`default_nettype wire

// -----------------------------------------------------------------------------
// load_w: tiles of weights from DRAM into the weight buffers, a vector of one lane a cycle.
// One tile per row and column that has weights of its own; others listen in.
//
// Design point one: 1 x 1 PEs, 1 lanes x 1 wide, 8-bit weights, 8-bit activations, 24-bit sums.
// Written by magnet; change the design, not this file.
// -----------------------------------------------------------------------------
`default_nettype none

module load_w (
    input  wire        clk,
    input  wire        rst,
    input  wire [45:0] cfg,
    input  wire        start,
    input  wire [31:0] dram_base,
    input  wire        all_rows,
    input  wire        all_columns,
    output wire        busy,
    // DRAM
    output wire        req_valid,
    input  wire        req_ready,
    output wire [31:0] req_addr,
    input  wire        rsp_valid,
    input  wire [7:0]  rsp_data,
    // PEs
    output reg  [0:0]  row_we,
    output reg  [0:0]  column_we,
    output reg  [0:0]  lane_we,
    output reg  [2:0]  waddr,
    output reg  [7:0]  wdata
);
  localparam [11:0] REG_LOAD_WEIGHT_BOUND  = 12'd181;
  localparam [11:0] REG_LOAD_WEIGHT_DELTA  = 12'd189;
  localparam [11:0] REG_STORE_WEIGHT_BOUND = 12'd197;

  wire       run, accept;
  wire [7:0] step, unused_zero, unused_last;

  stream #(
      .DATA  (32),
      .LOOPS (8),
      .COUNT (16),
      .BOUND (REG_LOAD_WEIGHT_BOUND)
  ) u_stream (
      .clk    (clk),
      .rst    (rst),
      .cfg    (cfg),
      .start  (start),
      .ready  (req_ready),
      .run    (run),
      .accept (accept),
      .zero   (unused_zero),
      .last   (unused_last),
      .step   (step)
  );

  addr_gen #(
      .DATA  (32),
      .LOOPS (8),
      .WIDTH (32),
      .DELTA (REG_LOAD_WEIGHT_DELTA)
  ) u_source (
      .clk     (clk),
      .cfg     (cfg),
      .start   (start),
      .base    (dram_base),
      .advance (accept),
      .step    (step),
      .addr    (req_addr)
  );

  assign req_valid = run;

  // Requests that DRAM has not answered yet.
  reg [15:0] pending;

  always @(posedge clk) begin
    if (rst) pending <= 16'd0;
    else if (accept && !rsp_valid) pending <= pending + 16'd1;
    else if (!accept && rsp_valid) pending <= pending - 16'd1;
  end

  // Answers come in order: lane by lane, line by line, then the next column and row.
  wire [3:0] arrival, unused_arrival_zero, unused_arrival_last;
  wire       unused_done;
  wire       unused_arrival = &{1'b0, arrival};

  loop_seq #(
      .DATA  (32),
      .LOOPS (4),
      .COUNT (16),
      .BOUND (REG_STORE_WEIGHT_BOUND)
  ) u_arrival (
      .clk     (clk),
      .rst     (rst),
      .cfg     (cfg),
      .advance (rsp_valid),
      .zero    (unused_arrival_zero),
      .last    (unused_arrival_last),
      .step    (arrival),
      .done    (unused_done)
  );

  reg [2:0] line;

  wire [0:0] lane = 1'b1;

  wire [0:0] row = 1'b1;

  wire [0:0] column = 1'b1;

  always @(posedge clk) begin
    if (start) line <= 3'd0;
    else if (rsp_valid && !arrival[0]) line <= arrival[1] ? line + 3'd1 : 3'd0;
  end

  reg valid;

  always @(posedge clk) begin
    if (rst) valid <= 1'b0;
    else valid <= rsp_valid;
  end

  always @(posedge clk) begin
    row_we    <= (row | {1{all_rows}}) & {1{rsp_valid}};
    column_we <= column | {1{all_columns}};
    lane_we   <= lane;
    waddr     <= line;
    wdata     <= rsp_data;
  end

  assign busy = run || pending != 16'd0 || valid;
endmodule

`default_nettype wire

// -----------------------------------------------------------------------------
// drain: finished sums from the output buffers on their way through the reduction tree, a line a cycle:
// which PEs, which line, where in the global buffer, which bias; pooling windows are the innermost loops.
//
// Design point one: 1 x 1 PEs, 1 lanes x 1 wide, 8-bit weights, 8-bit activations, 24-bit sums.
// Written by magnet; change the design, not this file.
// -----------------------------------------------------------------------------
`default_nettype none

module drain (
    input  wire        clk,
    input  wire        rst,
    input  wire [45:0] cfg,
    input  wire        start,
    input  wire [5:0]  tile,
    input  wire [2:0]  tile_bias,
    input  wire        reduce,
    input  wire        ready,       // a line may go
    output wire        busy,
    // output buffers
    output wire        re,
    output wire [0:0]  row_re,
    output wire [0:0]  column_re,
    output wire [1:0]  raddr,
    output reg  [0:0]  row_sel,
    output reg  [0:0]  column_sel,
    // sums as they leave the reduction tree
    output wire        sum_valid,
    output wire        sum_keep,    // joins the maximum so far
    output wire        sum_emit,    // completes a window
    output wire [5:0]  sum_place,
    output wire [2:0]  sum_bias
);
  localparam [11:0] REG_DRAIN_BOUND        = 12'd215;
  localparam [11:0] REG_DRAIN_SUM_DELTA    = 12'd224;
  localparam [11:0] REG_DRAIN_GLOBAL_DELTA = 12'd233;
  localparam [11:0] REG_DRAIN_BIAS_DELTA   = 12'd242;

  wire       run, accept;
  wire [8:0] step, zero, last;
  wire       unused_flags = &{1'b0, zero[8:2], last[8:2]};

  stream #(
      .DATA  (32),
      .LOOPS (9),
      .COUNT (16),
      .BOUND (REG_DRAIN_BOUND)
  ) u_stream (
      .clk    (clk),
      .rst    (rst),
      .cfg    (cfg),
      .start  (start),
      .ready  (ready),
      .run    (run),
      .accept (accept),
      .zero   (zero),
      .last   (last),
      .step   (step)
  );

  assign re = accept;

  wire [5:0] place;
  wire [2:0] bias;

  addr_gen #(
      .DATA  (32),
      .LOOPS (9),
      .WIDTH (2),
      .DELTA (REG_DRAIN_SUM_DELTA)
  ) u_source (
      .clk     (clk),
      .cfg     (cfg),
      .start   (start),
      .base    (2'd0),
      .advance (accept),
      .step    (step),
      .addr    (raddr)
  );

  addr_gen #(
      .DATA  (32),
      .LOOPS (9),
      .WIDTH (6),
      .DELTA (REG_DRAIN_GLOBAL_DELTA)
  ) u_place (
      .clk     (clk),
      .cfg     (cfg),
      .start   (start),
      .base    (tile),
      .advance (accept),
      .step    (step),
      .addr    (place)
  );

  addr_gen #(
      .DATA  (32),
      .LOOPS (9),
      .WIDTH (3),
      .DELTA (REG_DRAIN_BIAS_DELTA)
  ) u_bias (
      .clk     (clk),
      .cfg     (cfg),
      .start   (start),
      .base    (tile_bias),
      .advance (accept),
      .step    (step),
      .addr    (bias)
  );

  wire [0:0] row = 1'b1;

  wire [0:0] column = 1'b1;

  assign row_re    = row | {1{reduce}};
  assign column_re = column;

  always @(posedge clk) begin
    row_sel    <= row_re;
    column_sel <= column_re;
  end

  // What belongs to a line travels beside it.
  wire valid = re;
  wire keep  = !(&zero[1:0]);
  wire emit  = &last[1:0];

  reg [0:0] valid_1;
  reg [0:0] valid_2;
  reg [0:0] keep_1;
  reg [0:0] keep_2;
  reg [0:0] emit_1;
  reg [0:0] emit_2;
  reg [5:0] place_1;
  reg [5:0] place_2;
  reg [2:0] bias_1;
  reg [2:0] bias_2;

  always @(posedge clk) begin
    if (rst) begin
      valid_1 <= 1'b0;
      valid_2 <= 1'b0;
    end else begin
      valid_1 <= valid;
      valid_2 <= valid_1;
    end
  end

  always @(posedge clk) begin
    keep_1 <= keep;
    keep_2 <= keep_1;
    emit_1 <= emit;
    emit_2 <= emit_1;
    place_1 <= place;
    place_2 <= place_1;
    bias_1 <= bias;
    bias_2 <= bias_1;
  end

  assign sum_valid = valid_2;
  assign sum_keep  = keep_2;
  assign sum_emit  = emit_2;
  assign sum_place = place_2;
  assign sum_bias  = bias_2;
  assign busy      = run || valid_1 || valid_2;
endmodule

`default_nettype wire

// -----------------------------------------------------------------------------
// residual: the lines of a residual from DRAM, in the order of the drain. Each beat of the drain waits for the answer to its
// own request, and so takes it at once; the line goes along beside its sums. Zeros where the layer has none.
//
// Design point one: 1 x 1 PEs, 1 lanes x 1 wide, 8-bit weights, 8-bit activations, 24-bit sums.
// Written by magnet; change the design, not this file.
// -----------------------------------------------------------------------------
`default_nettype none

module residual (
    input  wire        clk,
    input  wire        rst,
    input  wire [45:0] cfg,
    input  wire        start,
    input  wire [31:0] dram_base,
    // DRAM
    output wire        req_valid,
    input  wire        req_ready,
    output wire [31:0] req_addr,
    input  wire        rsp_valid,
    input  wire [7:0]  rsp_data,
    // drain
    output wire        ready,       // the line of a beat is there, or none is needed
    // post-processing
    output wire [7:0]  line
);
  localparam [11:0] REG_RESIDUAL             = 12'd272;
  localparam [11:0] REG_DRAIN_BOUND          = 12'd215;
  localparam [11:0] REG_DRAIN_RESIDUAL_DELTA = 12'd251;

  wire [0:0] on;
  wire       begins = start && on[0];
  wire       accept;
  wire [6:0] step, unused_zero, unused_last;

  cfg_regs #(
      .DATA  (32),
      .COUNT (1),
      .WIDTH (1),
      .BASE  (REG_RESIDUAL)
  ) u_on (
      .clk    (clk),
      .cfg    (cfg),
      .values (on)
  );

  stream #(
      .DATA  (32),
      .LOOPS (7),
      .COUNT (16),
      .BOUND (REG_DRAIN_BOUND + 12'd2)
  ) u_stream (
      .clk    (clk),
      .rst    (rst),
      .cfg    (cfg),
      .start  (begins),
      .ready  (req_ready),
      .run    (req_valid),
      .accept (accept),
      .zero   (unused_zero),
      .last   (unused_last),
      .step   (step)
  );

  addr_gen #(
      .DATA  (32),
      .LOOPS (7),
      .WIDTH (32),
      .DELTA (REG_DRAIN_RESIDUAL_DELTA)
  ) u_source (
      .clk     (clk),
      .cfg     (cfg),
      .start   (begins),
      .base    (dram_base),
      .advance (accept),
      .step    (step),
      .addr    (req_addr)
  );

  reg       arrived;
  reg [7:0] line_1, line_2, line_3;

  always @(posedge clk) begin
    if (rst) arrived <= 1'b0;
    else arrived <= rsp_valid;
  end

  always @(posedge clk) begin
    line_1 <= rsp_data;
    line_2 <= line_1;
    line_3 <= line_2;
  end

  assign ready = !on[0] || arrived;
  assign line  = line_3 & {8{on[0]}};
endmodule

`default_nettype wire

// -----------------------------------------------------------------------------
// spill: one tile of outputs from the global buffer to DRAM, a line a cycle; waits where DRAM does.
//
// Design point one: 1 x 1 PEs, 1 lanes x 1 wide, 8-bit weights, 8-bit activations, 24-bit sums.
// Written by magnet; change the design, not this file.
// -----------------------------------------------------------------------------
`default_nettype none

module spill (
    input  wire        clk,
    input  wire        rst,
    input  wire [45:0] cfg,
    input  wire        start,
    input  wire [5:0]  region,
    input  wire [31:0] dram_base,
    output wire        busy,
    // global buffer
    output wire        re,
    output reg  [5:0]  raddr,
    input  wire [7:0]  rdata,
    // DRAM
    output reg         valid,
    input  wire        ready,
    output reg  [31:0] addr,
    output reg  [7:0]  data
);
  localparam [11:0] REG_SPILL_BOUND = 12'd258;
  localparam [11:0] REG_SPILL_DELTA = 12'd263;

  wire        run, accept;
  wire [4:0]  step, unused_zero, unused_last;
  wire        stall = valid && !ready;
  wire [31:0] target;

  stream #(
      .DATA  (32),
      .LOOPS (5),
      .COUNT (16),
      .BOUND (REG_SPILL_BOUND)
  ) u_stream (
      .clk    (clk),
      .rst    (rst),
      .cfg    (cfg),
      .start  (start),
      .ready  (!stall),
      .run    (run),
      .accept (accept),
      .zero   (unused_zero),
      .last   (unused_last),
      .step   (step)
  );

  addr_gen #(
      .DATA  (32),
      .LOOPS (5),
      .WIDTH (32),
      .DELTA (REG_SPILL_DELTA)
  ) u_target (
      .clk     (clk),
      .cfg     (cfg),
      .start   (start),
      .base    (dram_base),
      .advance (accept),
      .step    (step),
      .addr    (target)
  );

  assign re = accept;

  // The tile lies in the order of the loops.
  always @(posedge clk) begin
    if (start) raddr <= region;
    else if (accept) raddr <= raddr + 6'd1;
  end

  reg        read;
  reg [31:0] read_addr;

  always @(posedge clk) begin
    if (rst) begin
      read  <= 1'b0;
      valid <= 1'b0;
    end else if (!stall) begin
      read  <= accept;
      valid <= read;
    end
  end

  always @(posedge clk) begin
    if (!stall) begin
      read_addr <= target;
      addr      <= read_addr;
      data      <= rdata;
    end
  end

  assign busy = run || read || valid;
endmodule

`default_nettype wire

// -----------------------------------------------------------------------------
// gbuf: global buffer of single-port banks. The regions of inputs and outputs, ping and pong, are whole banks,
// so the four engines never meet in a bank; read data come in the next cycle.
//
// Design point one: 1 x 1 PEs, 1 lanes x 1 wide, 8-bit weights, 8-bit activations, 24-bit sums.
// Written by magnet; change the design, not this file.
// -----------------------------------------------------------------------------
`default_nettype none

module gbuf #(
    parameter BANKS = 4,
    parameter DEPTH = 16,
    parameter LINE  = 8,
    parameter ADDR  = 4,
    parameter BANK  = 2,
    parameter PLACE = 6
) (
    input  wire             clk,
    input  wire             fill_we,
    input  wire [PLACE-1:0] fill_addr,
    input  wire [7:0]       fill_data,
    input  wire             load_re,
    input  wire [PLACE-1:0] load_addr,
    output wire [7:0]       load_data,
    input  wire             store_we,
    input  wire [PLACE-1:0] store_addr,
    input  wire [7:0]       store_data,
    input  wire             spill_re,
    input  wire [PLACE-1:0] spill_addr,
    output wire [7:0]       spill_data
);
  wire [BANKS*LINE-1:0] rdata;
  reg  [BANKS-1:0]      loading, spilling;
  wire [LINE-1:0]       load_line, spill_line;

  genvar b;
  generate
    for (b = 0; b < BANKS; b = b + 1) begin : g_bank
      localparam [31:0] NUMBER = b;

      wire fill_here  = fill_we && fill_addr[PLACE-1:PLACE-BANK] == NUMBER[BANK-1:0];
      wire load_here  = load_re && load_addr[PLACE-1:PLACE-BANK] == NUMBER[BANK-1:0];
      wire store_here = store_we && store_addr[PLACE-1:PLACE-BANK] == NUMBER[BANK-1:0];
      wire spill_here = spill_re && spill_addr[PLACE-1:PLACE-BANK] == NUMBER[BANK-1:0];

      sram_1rw #(
          .WIDTH (LINE),
          .DEPTH (DEPTH),
          .ADDR  (ADDR)
      ) u_sram (
          .clk   (clk),
          .en    (fill_here || load_here || store_here || spill_here),
          .we    (fill_here || store_here),
          .addr  (fill_here ? fill_addr[ADDR-1:0] : load_here ? load_addr[ADDR-1:0] : store_here ? store_addr[ADDR-1:0] : spill_addr[ADDR-1:0]),
          .wdata (fill_here ? fill_data : store_data),
          .rdata (rdata[b*LINE +: LINE])
      );

      // Whose data are on the way; rdata holds while a reader waits.
      always @(posedge clk) begin
        if (load_re) loading[b] <= load_here;
        if (spill_re) spilling[b] <= spill_here;
      end
    end
  endgenerate

  one_hot_mux #(
      .INPUTS (BANKS),
      .WIDTH  (LINE)
  ) u_load (
      .data   (rdata),
      .select (loading),
      .out    (load_line)
  );

  one_hot_mux #(
      .INPUTS (BANKS),
      .WIDTH  (LINE)
  ) u_spill (
      .data   (rdata),
      .select (spilling),
      .out    (spill_line)
  );



  assign load_data  = load_line[7:0];
  assign spill_data = spill_line[7:0];
endmodule

`default_nettype wire

// -----------------------------------------------------------------------------
// post: post-processing of a line of outputs, and the constants of all channels: bias, scale and shift.
// They are written with the program, lane by lane; those of the next layer while this one runs, if in the other half.
//
// Design point one: 1 x 1 PEs, 1 lanes x 1 wide, 8-bit weights, 8-bit activations, 24-bit sums.
// Written by magnet; change the design, not this file.
// -----------------------------------------------------------------------------
`default_nettype none

module post #(
    parameter LANES = 1,
    parameter SUM   = 24,
    parameter OUT   = 8
) (
    input  wire                 clk,
    input  wire                 rst,
    input  wire [45:0]          cfg,
    // sums
    input  wire                 valid,
    input  wire                 keep,
    input  wire                 emit,
    input  wire [5:0]           place,
    input  wire [2:0]           bias,
    input  wire [LANES*SUM-1:0] sums,
    // beside the sums that complete a window
    input  wire [LANES*OUT-1:0] residual,
    output wire                 busy,
    // the host
    output wire                 bias_read,
    output wire                 bias_used,
    // global buffer
    output reg                  we,
    output reg  [5:0]           waddr,
    output wire [LANES*OUT-1:0] wdata
);
  localparam [11:0] REG_POST_MODE      = 12'd283;
  localparam [11:0] REG_POST_LOW       = 12'd284;
  localparam [11:0] REG_POST_HIGH      = 12'd285;
  localparam [11:0] REG_RESIDUAL_SCALE = 12'd286;
  localparam [11:0] REG_RESIDUAL_SHIFT = 12'd287;
  localparam [11:0] REG_BIAS_HALF      = 12'd289;
  localparam [11:0] REG_POST_SCALE     = 12'd288;
  localparam [11:0] REG_BIAS_LINE      = 12'd290;
  localparam [11:0] REG_BIAS_DATA      = 12'd291;

  wire [3:0]  post_mode;
  wire [7:0]  post_low;
  wire [7:0]  post_high;
  wire [16:0] residual_scale;
  wire [5:0]  residual_shift;
  wire [1:0]  bias_half;
  wire [22:0] post_scale;

  cfg_regs #(
      .DATA  (32),
      .COUNT (1),
      .WIDTH (4),
      .BASE  (REG_POST_MODE)
  ) u_post_mode (
      .clk    (clk),
      .cfg    (cfg),
      .values (post_mode)
  );

  cfg_regs #(
      .DATA  (32),
      .COUNT (1),
      .WIDTH (8),
      .BASE  (REG_POST_LOW)
  ) u_post_low (
      .clk    (clk),
      .cfg    (cfg),
      .values (post_low)
  );

  cfg_regs #(
      .DATA  (32),
      .COUNT (1),
      .WIDTH (8),
      .BASE  (REG_POST_HIGH)
  ) u_post_high (
      .clk    (clk),
      .cfg    (cfg),
      .values (post_high)
  );

  cfg_regs #(
      .DATA  (32),
      .COUNT (1),
      .WIDTH (17),
      .BASE  (REG_RESIDUAL_SCALE)
  ) u_residual_scale (
      .clk    (clk),
      .cfg    (cfg),
      .values (residual_scale)
  );

  cfg_regs #(
      .DATA  (32),
      .COUNT (1),
      .WIDTH (6),
      .BASE  (REG_RESIDUAL_SHIFT)
  ) u_residual_shift (
      .clk    (clk),
      .cfg    (cfg),
      .values (residual_shift)
  );

  cfg_regs #(
      .DATA  (32),
      .COUNT (1),
      .WIDTH (2),
      .BASE  (REG_BIAS_HALF)
  ) u_bias_half (
      .clk    (clk),
      .cfg    (cfg),
      .values (bias_half)
  );

  cfg_next #(
      .DATA  (32),
      .COUNT (1),
      .WIDTH (23),
      .BASE  (REG_POST_SCALE)
  ) u_post_scale (
      .clk    (clk),
      .cfg    (cfg),
      .values (post_scale)
  );

  // Biases arrive lane by lane, line by line.
  wire        cfg_we = cfg[44];
  wire [11:0] cfg_addr = cfg[43:32];
  wire [31:0] cfg_data = cfg[31:0];
  wire        unused_data = &{1'b0, cfg_data};
  wire        line_we = cfg_we && cfg_addr == REG_BIAS_LINE;
  wire        data_we = cfg_we && cfg_addr == REG_BIAS_DATA;
  reg  [2:0]  line;

  // The lines of a layer begin with the upper half where it uses no other.
  wire [2:0] bias_place = bias | {bias_half == 2'b10, 2'd0};

  assign bias_read = valid && emit;
  assign bias_used = bias_half[line[2]];

  wire [0:0] lane = 1'b1;

  always @(posedge clk) begin
    if (line_we) line <= cfg_data[2:0];
    else if (data_we && lane[0]) line <= line + 3'd1;
  end

  // Stages: maximum, bias, scale; what completes a window goes on.
  reg       emitted, biased;
  reg [5:0] emitted_place, biased_place;

  always @(posedge clk) begin
    if (rst) begin
      emitted <= 1'b0;
      biased  <= 1'b0;
      we      <= 1'b0;
    end else begin
      emitted <= valid && emit;
      biased  <= emitted;
      we      <= biased;
    end
  end

  always @(posedge clk) begin
    emitted_place <= place;
    biased_place  <= emitted_place;
    waddr         <= biased_place;
  end

  genvar l;
  generate
    for (l = 0; l < LANES; l = l + 1) begin : g_lane
      wire            bias_we = data_we && lane[l];
      wire [SUM+22:0] constants;

      sram_1rw #(
          .WIDTH (SUM + 23),
          .DEPTH (8),
          .ADDR  (3)
      ) u_bias (
          .clk   (clk),
          .en    (bias_we || bias_read),
          .we    (bias_we),
          .addr  (bias_we ? line : bias_place),
          .wdata ({post_scale, cfg_data[SUM-1:0]}),
          .rdata (constants)
      );

      post_lane #(
          .SUM    (SUM),
          .OUT    (OUT),
          .SCALE  (17),
          .SHIFT  (6),
          .FACTOR (24),
          .WIDE   (42)
      ) u_post (
          .clk               (clk),
          .valid             (valid),
          .keep              (keep),
          .sum               (sums[l*SUM +: SUM]),
          .residual          (residual[l*OUT +: OUT]),
          .bias              (constants[SUM-1:0]),
          .scale             (constants[SUM +: 17]),
          .shift             (constants[SUM+17 +: 6]),
          .second            (residual_scale),
          .second_shift      (residual_shift),
          .low               (post_low),
          .high              (post_high),
          .unsigned_out      (post_mode[0]),
          .unsigned_residual (post_mode[1]),
          .multiply          (post_mode[2]),
          .wrap              (post_mode[3]),
          .out               (wdata[l*OUT +: OUT])
      );
    end
  endgenerate

  assign busy = emitted || biased || we;
endmodule

`default_nettype wire

// -----------------------------------------------------------------------------
// tile_ctl: control of tiles. Outer step s fills the global buffer for tile s, runs the inner nest on tile s - 1 and
// spills tile s - 2; inner step j loads PE tile j, computes tile j - 1 and drains tile j - 2.
//
// Design point one: 1 x 1 PEs, 1 lanes x 1 wide, 8-bit weights, 8-bit activations, 24-bit sums.
// Written by magnet; change the design, not this file.
// -----------------------------------------------------------------------------
`default_nettype none

module tile_ctl (
    input  wire        clk,
    input  wire        rst,
    input  wire [45:0] cfg,
    input  wire        start,
    output wire        busy,
    // fill
    output wire        fill_start,
    output wire [31:0] fill_dram,
    output wire [5:0]  fill_region,
    input  wire        fill_busy,
    // load_i
    output wire        load_i_start,
    output wire [5:0]  load_i_tile,
    output reg         load_i_half,
    input  wire        load_i_busy,
    // load_w
    output wire        load_w_start,
    output wire [31:0] load_w_dram,
    output reg         load_w_half,
    input  wire        load_w_busy,
    // pe_ctl
    output wire        compute_start,
    output reg         compute_begin,
    output reg         compute_first,
    output reg         compute_end,
    output reg         compute_last,
    output reg         compute_miss_input,
    output reg         compute_miss_weight,
    output reg         compute_half_i,
    output reg         compute_half_w,
    output reg         compute_half_o,
    input  wire        compute_busy,
    // drain
    output wire        drain_start,
    output reg         drain_half,
    output reg  [5:0]  drain_tile,
    output reg  [2:0]  drain_bias,
    output reg  [31:0] drain_residual,
    input  wire        drain_busy,
    // spill
    output wire        spill_start,
    output wire [5:0]  spill_region,
    output reg  [31:0] spill_dram,
    input  wire        spill_busy
);
  localparam [11:0] REG_OUTER_BOUND          = 12'd18;
  localparam [11:0] REG_OUTER_MASK           = 12'd26;
  localparam [11:0] REG_OUTER_INPUT_DELTA    = 12'd33;
  localparam [11:0] REG_OUTER_WEIGHT_DELTA   = 12'd41;
  localparam [11:0] REG_OUTER_OUTPUT_DELTA   = 12'd49;
  localparam [11:0] REG_OUTER_BIAS_DELTA     = 12'd57;
  localparam [11:0] REG_OUTER_RESIDUAL_DELTA = 12'd65;
  localparam [11:0] REG_INNER_BOUND          = 12'd73;
  localparam [11:0] REG_INNER_MASK           = 12'd81;
  localparam [11:0] REG_INNER_INPUT_DELTA    = 12'd87;
  localparam [11:0] REG_INNER_WEIGHT_DELTA   = 12'd95;
  localparam [11:0] REG_INNER_OUTPUT_DELTA   = 12'd103;
  localparam [11:0] REG_INNER_BIAS_DELTA     = 12'd111;
  localparam [11:0] REG_INNER_RESIDUAL_DELTA = 12'd119;
  localparam [11:0] REG_INPUT_BASE           = 12'd268;
  localparam [11:0] REG_WEIGHT_BASE          = 12'd269;
  localparam [11:0] REG_OUTPUT_BASE          = 12'd270;
  localparam [11:0] REG_RESIDUAL_BASE        = 12'd271;
  localparam [11:0] REG_INPUT_REGION         = 12'd273;
  localparam [11:0] REG_OUTPUT_REGION        = 12'd275;

  // ---------------------------------------------------------------------------
  // Where things lie
  // ---------------------------------------------------------------------------
  wire [31:0] input_base, weight_base, output_base, residual_base;
  wire [5:0]  input_region_0, input_region_1, output_region_0, output_region_1;

  cfg_regs #(
      .DATA  (32),
      .COUNT (1),
      .WIDTH (32),
      .BASE  (REG_INPUT_BASE)
  ) u_input_base (
      .clk    (clk),
      .cfg    (cfg),
      .values (input_base)
  );

  cfg_regs #(
      .DATA  (32),
      .COUNT (1),
      .WIDTH (32),
      .BASE  (REG_WEIGHT_BASE)
  ) u_weight_base (
      .clk    (clk),
      .cfg    (cfg),
      .values (weight_base)
  );

  cfg_regs #(
      .DATA  (32),
      .COUNT (1),
      .WIDTH (32),
      .BASE  (REG_OUTPUT_BASE)
  ) u_output_base (
      .clk    (clk),
      .cfg    (cfg),
      .values (output_base)
  );

  cfg_regs #(
      .DATA  (32),
      .COUNT (1),
      .WIDTH (32),
      .BASE  (REG_RESIDUAL_BASE)
  ) u_residual_base (
      .clk    (clk),
      .cfg    (cfg),
      .values (residual_base)
  );

  cfg_regs #(
      .DATA  (32),
      .COUNT (2),
      .WIDTH (6),
      .BASE  (REG_INPUT_REGION)
  ) u_input_region (
      .clk    (clk),
      .cfg    (cfg),
      .values ({input_region_1, input_region_0})
  );

  cfg_regs #(
      .DATA  (32),
      .COUNT (2),
      .WIDTH (6),
      .BASE  (REG_OUTPUT_REGION)
  ) u_output_region (
      .clk    (clk),
      .cfg    (cfg),
      .values ({output_region_1, output_region_0})
  );

  // ---------------------------------------------------------------------------
  // Outer nest: tiles of the global buffer
  // ---------------------------------------------------------------------------
  wire inner_start, inner_busy;

  wire        outer_issue, outer_shift, outer_head, outer_middle, outer_tail;
  wire [6:0]  outer_zeros;
  wire [1:0]  outer_lasts;
  wire [31:0] outer_input;
  wire [31:0] outer_weight;
  wire [31:0] outer_output;
  wire [2:0]  outer_bias;
  wire [31:0] outer_residual;

  tile_nest #(
      .DATA           (32),
      .LOOPS          (8),
      .COUNT          (16),
      .FLAGS          (7),
      .INPUT          (32),
      .WEIGHT         (32),
      .OUTPUT         (32),
      .BIAS           (3),
      .BOUND          (REG_OUTER_BOUND),
      .MASK           (REG_OUTER_MASK),
      .INPUT_DELTA    (REG_OUTER_INPUT_DELTA),
      .WEIGHT_DELTA   (REG_OUTER_WEIGHT_DELTA),
      .OUTPUT_DELTA   (REG_OUTER_OUTPUT_DELTA),
      .BIAS_DELTA     (REG_OUTER_BIAS_DELTA),
      .RESIDUAL       (32),
      .RESIDUAL_DELTA (REG_OUTER_RESIDUAL_DELTA)
  ) u_outer (
      .clk           (clk),
      .rst           (rst),
      .cfg           (cfg),
      .start         (start),
      .engines       (fill_busy || inner_busy || spill_busy),
      .busy          (busy),
      .issue         (outer_issue),
      .shift         (outer_shift),
      .head          (outer_head),
      .middle        (outer_middle),
      .tail          (outer_tail),
      .zeros         (outer_zeros),
      .lasts         (outer_lasts),
      .input_base    (input_base),
      .weight_base   (weight_base),
      .output_base   (output_base),
      .bias_base     (3'd0),
      .residual_base (residual_base),
      .input_addr    (outer_input),
      .weight_addr   (outer_weight),
      .output_addr   (outer_output),
      .bias_addr     (outer_bias),
      .residual_addr (outer_residual)
  );

  // What the inner nest (middle) and the spill (tail) know of their tile.
  reg  [5:0]  middle_zeros;
  reg  [1:0]  middle_lasts;
  reg  [31:0] middle_weight, middle_output, middle_residual;
  reg  [2:0]  middle_bias;
  reg         fill_half, middle_input_half, output_half;
  reg         tail_finished, tail_output_half;
  wire        middle_finished = &middle_lasts;

  assign fill_start   = outer_issue && outer_head && outer_zeros[6];
  assign fill_dram    = outer_input;
  assign fill_region  = fill_half ? input_region_0 : input_region_1;
  assign inner_start  = outer_issue && outer_middle;
  assign spill_start  = outer_issue && outer_tail && tail_finished;
  assign spill_region = tail_output_half ? output_region_1 : output_region_0;

  always @(posedge clk) begin
    if (start) begin
      fill_half   <= 1'b0;
      output_half <= 1'b0;
    end else begin
      if (fill_start) fill_half <= !fill_half;
      if (outer_shift && outer_middle && middle_finished) output_half <= !output_half;
    end
  end

  always @(posedge clk) begin
    if (outer_shift) begin
      middle_zeros      <= outer_zeros[5:0];
      middle_lasts      <= outer_lasts;
      middle_weight     <= outer_weight;
      middle_output     <= outer_output;
      middle_bias       <= outer_bias;
      middle_residual   <= outer_residual;
      middle_input_half <= fill_half;
      tail_finished     <= middle_finished;
      tail_output_half  <= output_half;
      spill_dram        <= middle_output;
    end
  end

  // ---------------------------------------------------------------------------
  // Inner nest: tiles of the PEs
  // ---------------------------------------------------------------------------
  wire        inner_issue, inner_shift, inner_head, inner_middle, inner_tail;
  wire [5:0]  inner_zeros;
  wire [1:0]  inner_lasts;
  wire [5:0]  inner_input;
  wire [31:0] inner_weight;
  wire [5:0]  inner_output;
  wire [2:0]  inner_bias;
  wire [31:0] inner_residual;

  tile_nest #(
      .DATA           (32),
      .LOOPS          (8),
      .COUNT          (16),
      .FLAGS          (6),
      .INPUT          (6),
      .WEIGHT         (32),
      .OUTPUT         (6),
      .BIAS           (3),
      .BOUND          (REG_INNER_BOUND),
      .MASK           (REG_INNER_MASK),
      .INPUT_DELTA    (REG_INNER_INPUT_DELTA),
      .WEIGHT_DELTA   (REG_INNER_WEIGHT_DELTA),
      .OUTPUT_DELTA   (REG_INNER_OUTPUT_DELTA),
      .BIAS_DELTA     (REG_INNER_BIAS_DELTA),
      .RESIDUAL       (32),
      .RESIDUAL_DELTA (REG_INNER_RESIDUAL_DELTA)
  ) u_inner (
      .clk           (clk),
      .rst           (rst),
      .cfg           (cfg),
      .start         (inner_start),
      .engines       (load_i_busy || load_w_busy || compute_busy || drain_busy),
      .busy          (inner_busy),
      .issue         (inner_issue),
      .shift         (inner_shift),
      .head          (inner_head),
      .middle        (inner_middle),
      .tail          (inner_tail),
      .zeros         (inner_zeros),
      .lasts         (inner_lasts),
      .input_base    (middle_input_half ? input_region_1 : input_region_0),
      .weight_base   (middle_weight),
      .output_base   (output_half ? output_region_1 : output_region_0),
      .bias_base     (middle_bias),
      .residual_base (middle_residual),
      .input_addr    (inner_input),
      .weight_addr   (inner_weight),
      .output_addr   (inner_output),
      .bias_addr     (inner_bias),
      .residual_addr (inner_residual)
  );

  // Flags of the tile at the head, over both nests.
  wire [5:0] tile_zeros = inner_zeros & middle_zeros;
  wire [1:0] tile_lasts = inner_lasts & middle_lasts;

  reg  [5:0]  compute_tile;
  reg  [2:0]  compute_bias;
  reg  [31:0] compute_residual;
  reg         drain_finished;
  wire        compute_finished = compute_end && compute_last;

  assign load_i_start  = inner_issue && inner_head && tile_zeros[4];
  assign load_i_tile   = inner_input;
  assign load_w_start  = inner_issue && inner_head && tile_zeros[5];
  assign load_w_dram   = inner_weight;
  assign compute_start = inner_issue && inner_middle;
  assign drain_start   = inner_issue && inner_tail && drain_finished;

  always @(posedge clk) begin
    if (start) begin
      load_i_half    <= 1'b0;
      load_w_half    <= 1'b0;
      compute_half_o <= 1'b0;
    end else begin
      if (load_i_start) load_i_half <= !load_i_half;
      if (load_w_start) load_w_half <= !load_w_half;
      if (inner_shift && inner_middle && compute_finished) compute_half_o <= !compute_half_o;
    end
  end

  always @(posedge clk) begin
    if (inner_shift) begin
      compute_begin       <= tile_zeros[0];
      compute_first       <= tile_zeros[1];
      compute_end         <= tile_lasts[0];
      compute_last        <= tile_lasts[1];
      compute_miss_input  <= tile_zeros[2];
      compute_miss_weight <= tile_zeros[3];
      compute_half_i      <= load_i_half;
      compute_half_w      <= load_w_half;
      compute_tile        <= inner_output;
      compute_bias        <= inner_bias;
      compute_residual    <= inner_residual;
      drain_finished      <= compute_finished;
      drain_half          <= compute_half_o;
      drain_tile          <= compute_tile;
      drain_bias          <= compute_bias;
      drain_residual      <= compute_residual;
    end
  end
endmodule

`default_nettype wire

// -----------------------------------------------------------------------------
// host: what the host sees: the configuration, which it may write while the layer before runs, status, event counters.
// A program is accepted only if it was made for this machine.
//
// Design point one: 1 x 1 PEs, 1 lanes x 1 wide, 8-bit weights, 8-bit activations, 24-bit sums.
// Written by magnet; change the design, not this file.
// -----------------------------------------------------------------------------
`default_nettype none

module host (
    input  wire        clk,
    input  wire        rst,
    // the host
    input  wire        cfg_we,
    input  wire [11:0] cfg_addr,
    input  wire [31:0] cfg_wdata,
    output reg  [31:0] cfg_rdata,
    output wire        cfg_ready,     // a write is taken in this cycle
    output wire        cfg_refused,   // it changes nothing but the status
    output wire        busy,
    // the machine
    input  wire        running,
    input  wire        bias_read,     // the memory of biases is read in this cycle
    input  wire        bias_used,     // the layer that runs has biases in the half of the line that is written next
    input  wire [13:0] events,
    output reg         start,
    output wire [45:0] cfg,
    output wire [0:0]  rows_used,
    output wire [0:0]  columns_used,
    output wire [0:0]  lanes_used,
    output wire [0:0]  vector_used,
    output wire [3:0]  multicast,
    output wire [0:0]  reduce
);
  localparam [11:0] REG_CAPABILITY         = 12'd0;
  localparam [11:0] REG_STATUS             = 12'd1;
  localparam [11:0] REG_COUNT_CYCLES       = 12'd2;
  localparam [11:0] REG_COUNT_MAC          = 12'd3;
  localparam [11:0] REG_COUNT_INPUT_READ   = 12'd4;
  localparam [11:0] REG_COUNT_WEIGHT_READ  = 12'd5;
  localparam [11:0] REG_COUNT_SUM_READ     = 12'd6;
  localparam [11:0] REG_COUNT_SUM_WRITE    = 12'd7;
  localparam [11:0] REG_COUNT_OUTPUT_WRITE = 12'd8;
  localparam [11:0] REG_COUNT_OUTPUT_READ  = 12'd9;
  localparam [11:0] REG_COUNT_INPUT_LOAD   = 12'd10;
  localparam [11:0] REG_COUNT_WEIGHT_LOAD  = 12'd11;
  localparam [11:0] REG_COUNT_FILL         = 12'd12;
  localparam [11:0] REG_COUNT_STORE        = 12'd13;
  localparam [11:0] REG_COUNT_SPILL        = 12'd14;
  localparam [11:0] REG_COUNT_RESIDUAL     = 12'd15;
  localparam [11:0] REG_PROGRAM            = 12'd16;
  localparam [11:0] REG_START              = 12'd17;
  localparam [11:0] REG_BIAS_DATA          = 12'd291;
  localparam [11:0] REG_ROWS_USED          = 12'd277;
  localparam [11:0] REG_COLUMNS_USED       = 12'd278;
  localparam [11:0] REG_LANES_USED         = 12'd279;
  localparam [11:0] REG_VECTOR_USED        = 12'd280;
  localparam [11:0] REG_MULTICAST          = 12'd281;
  localparam [11:0] REG_REDUCE             = 12'd282;

  localparam [31:0] CAPABILITY = 32'he650773b;

  // What is written while a layer runs is for the next one, but for what that one still needs.
  reg  accepted, late;
  wire bias       = cfg_addr == REG_BIAS_DATA;
  wire write      = cfg_we && cfg_ready && !cfg_refused;
  wire program_we = write && cfg_addr == REG_PROGRAM;
  wire take       = write && cfg_addr == REG_START && cfg_wdata[0] && accepted;

  assign busy        = running || start;
  assign cfg_ready   = !(bias && bias_read);
  assign cfg_refused = busy && (cfg_addr == REG_START || (bias && bias_used));
  assign cfg         = {take, write, cfg_addr, cfg_wdata};

  // All is taken over in the cycle in which start is written; the layer starts in the next.
  always @(posedge clk) begin
    if (rst) start <= 1'b0;
    else start <= take;
  end

  always @(posedge clk) begin
    if (rst) accepted <= 1'b0;
    else if (program_we) accepted <= cfg_wdata[31:0] == CAPABILITY;
  end

  always @(posedge clk) begin
    if (rst || program_we) late <= 1'b0;
    else if (cfg_we && cfg_ready && cfg_refused) late <= 1'b1;
  end

  cfg_regs #(
      .DATA  (32),
      .COUNT (1),
      .WIDTH (1),
      .BASE  (REG_ROWS_USED)
  ) u_rows_used (
      .clk    (clk),
      .cfg    (cfg),
      .values (rows_used)
  );

  cfg_regs #(
      .DATA  (32),
      .COUNT (1),
      .WIDTH (1),
      .BASE  (REG_COLUMNS_USED)
  ) u_columns_used (
      .clk    (clk),
      .cfg    (cfg),
      .values (columns_used)
  );

  cfg_regs #(
      .DATA  (32),
      .COUNT (1),
      .WIDTH (1),
      .BASE  (REG_LANES_USED)
  ) u_lanes_used (
      .clk    (clk),
      .cfg    (cfg),
      .values (lanes_used)
  );

  cfg_regs #(
      .DATA  (32),
      .COUNT (1),
      .WIDTH (1),
      .BASE  (REG_VECTOR_USED)
  ) u_vector_used (
      .clk    (clk),
      .cfg    (cfg),
      .values (vector_used)
  );

  cfg_regs #(
      .DATA  (32),
      .COUNT (1),
      .WIDTH (4),
      .BASE  (REG_MULTICAST)
  ) u_multicast (
      .clk    (clk),
      .cfg    (cfg),
      .values (multicast)
  );

  cfg_regs #(
      .DATA  (32),
      .COUNT (1),
      .WIDTH (1),
      .BASE  (REG_REDUCE)
  ) u_reduce (
      .clk    (clk),
      .cfg    (cfg),
      .values (reduce)
  );

  wire [447:0] counts;

  perf #(
      .EVENTS (14),
      .WIDTH  (32)
  ) u_perf (
      .clk     (clk),
      .restart (start),
      .events  (events),
      .counts  (counts)
  );

  always @* begin
    case (cfg_addr)
      REG_CAPABILITY: cfg_rdata = CAPABILITY;
      REG_STATUS: cfg_rdata = {29'd0, {late, accepted, busy}};
      REG_COUNT_CYCLES: cfg_rdata = counts[31:0];
      REG_COUNT_MAC: cfg_rdata = counts[63:32];
      REG_COUNT_INPUT_READ: cfg_rdata = counts[95:64];
      REG_COUNT_WEIGHT_READ: cfg_rdata = counts[127:96];
      REG_COUNT_SUM_READ: cfg_rdata = counts[159:128];
      REG_COUNT_SUM_WRITE: cfg_rdata = counts[191:160];
      REG_COUNT_OUTPUT_WRITE: cfg_rdata = counts[223:192];
      REG_COUNT_OUTPUT_READ: cfg_rdata = counts[255:224];
      REG_COUNT_INPUT_LOAD: cfg_rdata = counts[287:256];
      REG_COUNT_WEIGHT_LOAD: cfg_rdata = counts[319:288];
      REG_COUNT_FILL: cfg_rdata = counts[351:320];
      REG_COUNT_STORE: cfg_rdata = counts[383:352];
      REG_COUNT_SPILL: cfg_rdata = counts[415:384];
      REG_COUNT_RESIDUAL: cfg_rdata = counts[447:416];
      default: cfg_rdata = 32'd0;
    endcase
  end
endmodule

`default_nettype wire

// -----------------------------------------------------------------------------
// magnet_top: the accelerator: configuration bus, DRAM channels for inputs, weights, residuals and outputs, and all of the machine.
// Addresses of DRAM count words of an input or a weight; a line is VECTOR words, or LANES outputs or residuals.
//
// Design point one: 1 x 1 PEs, 1 lanes x 1 wide, 8-bit weights, 8-bit activations, 24-bit sums.
// Written by magnet; change the design, not this file.
// -----------------------------------------------------------------------------
`default_nettype none

module magnet_top (
    input  wire        clk,
    input  wire        rst,
    // configuration
    input  wire        cfg_we,
    input  wire [11:0] cfg_addr,
    input  wire [31:0] cfg_wdata,
    output wire [31:0] cfg_rdata,
    output wire        cfg_ready,
    output wire        cfg_refused,
    output wire        busy,
    // inputs
    output wire        input_req_valid,
    input  wire        input_req_ready,
    output wire [31:0] input_req_addr,
    input  wire        input_rsp_valid,
    input  wire [7:0]  input_rsp_data,
    // weights
    output wire        weight_req_valid,
    input  wire        weight_req_ready,
    output wire [31:0] weight_req_addr,
    input  wire        weight_rsp_valid,
    input  wire [7:0]  weight_rsp_data,
    // residuals
    output wire        residual_req_valid,
    input  wire        residual_req_ready,
    output wire [31:0] residual_req_addr,
    input  wire        residual_rsp_valid,
    input  wire [7:0]  residual_rsp_data,
    // outputs
    output wire        output_valid,
    input  wire        output_ready,
    output wire [31:0] output_addr,
    output wire [0:0]  output_mask,
    output wire [7:0]  output_data
);
  wire        running, bias_read, bias_used, start, fill_start, fill_busy, load_i_start, load_i_half, load_i_busy, load_w_start, load_w_half, load_w_busy;
  wire        compute_start, compute_begin, compute_first, compute_end, compute_last;
  wire        compute_miss_input, compute_miss_weight, compute_busy;
  wire        drain_start, drain_half, drain_busy, post_busy, spill_start, spill_busy;
  wire        fill_we, load_re, store_we, spill_re, drain_re, drain_ready;
  wire        sum_valid, sum_keep, sum_emit, reduce;
  wire [31:0] fill_dram, load_w_dram, spill_dram, drain_residual;
  wire [5:0]  fill_region, load_i_tile, drain_tile, spill_region;
  wire [5:0]  fill_addr, load_addr, store_addr, spill_addr, sum_place;
  wire [2:0]  drain_bias, sum_bias;
  wire [7:0]  fill_data, load_data, input_wdata;
  wire [7:0]  weight_wdata;
  wire [7:0]  store_data, spill_data, residual_line;
  wire [23:0] sums;
  wire        rows_used, input_row_we, weight_row_we, drain_row_re, drain_row_sel;
  wire        columns_used, input_column_we, weight_column_we, drain_column_re, drain_column_sel;
  wire        lanes_used, weight_lane_we;
  wire        vector_used;
  wire [2:0]  input_waddr;
  wire [2:0]  weight_waddr;
  wire [1:0]  drain_raddr;
  wire        half_i;
  wire        half_w;
  wire        input_re;
  wire [2:0]  input_raddr;
  wire        weight_re;
  wire [2:0]  weight_raddr;
  wire        input_miss;
  wire        input_entry;
  wire        weight_miss;
  wire        weight_entry;
  wire        sum_re;
  wire [1:0]  sum_raddr;
  wire        valid;
  wire        begins;
  wire        first;
  wire        sum_we;
  wire        out_we;
  wire        out_half;
  wire [1:0]  sum_waddr;
  wire        sum_entry;
  wire [45:0] cfg;
  wire [3:0]  multicast;
  wire [13:0] events;

  // ---------------------------------------------------------------------------
  // Configuration and event counters
  // ---------------------------------------------------------------------------
  host u_host (
      .clk          (clk),
      .rst          (rst),
      .cfg_we       (cfg_we),
      .cfg_addr     (cfg_addr),
      .cfg_wdata    (cfg_wdata),
      .cfg_rdata    (cfg_rdata),
      .cfg_ready    (cfg_ready),
      .cfg_refused  (cfg_refused),
      .busy         (busy),
      .running      (running),
      .bias_read    (bias_read),
      .bias_used    (bias_used),
      .events       (events),
      .start        (start),
      .cfg          (cfg),
      .rows_used    (rows_used),
      .columns_used (columns_used),
      .lanes_used   (lanes_used),
      .vector_used  (vector_used),
      .multicast    (multicast),
      .reduce       (reduce)
  );

  assign events[0]  = running;
  assign events[1]  = valid;
  assign events[2]  = input_re;
  assign events[3]  = weight_re;
  assign events[4]  = sum_re;
  assign events[5]  = sum_we;
  assign events[6]  = out_we;
  assign events[7]  = drain_re;
  assign events[8]  = load_re;
  assign events[9]  = weight_rsp_valid;
  assign events[10] = fill_we;
  assign events[11] = store_we;
  assign events[12] = output_valid && output_ready;
  assign events[13] = residual_rsp_valid;

  // ---------------------------------------------------------------------------
  // Tiles
  // ---------------------------------------------------------------------------
  tile_ctl u_tile_ctl (
      .clk                 (clk),
      .rst                 (rst),
      .cfg                 (cfg),
      .start               (start),
      .busy                (running),
      .fill_start          (fill_start),
      .fill_dram           (fill_dram),
      .fill_region         (fill_region),
      .fill_busy           (fill_busy),
      .load_i_start        (load_i_start),
      .load_i_tile         (load_i_tile),
      .load_i_half         (load_i_half),
      .load_i_busy         (load_i_busy),
      .load_w_start        (load_w_start),
      .load_w_dram         (load_w_dram),
      .load_w_half         (load_w_half),
      .load_w_busy         (load_w_busy),
      .compute_start       (compute_start),
      .compute_begin       (compute_begin),
      .compute_first       (compute_first),
      .compute_end         (compute_end),
      .compute_last        (compute_last),
      .compute_miss_input  (compute_miss_input),
      .compute_miss_weight (compute_miss_weight),
      .compute_half_i      (half_i),
      .compute_half_w      (half_w),
      .compute_half_o      (out_half),
      .compute_busy        (compute_busy),
      .drain_start         (drain_start),
      .drain_half          (drain_half),
      .drain_tile          (drain_tile),
      .drain_bias          (drain_bias),
      .drain_residual      (drain_residual),
      .drain_busy          (drain_busy || post_busy),
      .spill_start         (spill_start),
      .spill_region        (spill_region),
      .spill_dram          (spill_dram),
      .spill_busy          (spill_busy)
  );

  fill u_fill (
      .clk         (clk),
      .rst         (rst),
      .cfg         (cfg),
      .start       (fill_start),
      .dram_base   (fill_dram),
      .region      (fill_region),
      .vector_used (vector_used),
      .busy        (fill_busy),
      .req_valid   (input_req_valid),
      .req_ready   (input_req_ready),
      .req_addr    (input_req_addr),
      .rsp_valid   (input_rsp_valid),
      .rsp_data    (input_rsp_data),
      .we          (fill_we),
      .waddr       (fill_addr),
      .wdata       (fill_data)
  );

  load_i u_load_i (
      .clk         (clk),
      .rst         (rst),
      .cfg         (cfg),
      .start       (load_i_start),
      .tile        (load_i_tile),
      .all_rows    (multicast[0]),
      .all_columns (multicast[1]),
      .busy        (load_i_busy),
      .re          (load_re),
      .raddr       (load_addr),
      .rdata       (load_data),
      .row_we      (input_row_we),
      .column_we   (input_column_we),
      .waddr       (input_waddr),
      .wdata       (input_wdata)
  );

  load_w u_load_w (
      .clk         (clk),
      .rst         (rst),
      .cfg         (cfg),
      .start       (load_w_start),
      .dram_base   (load_w_dram),
      .all_rows    (multicast[2]),
      .all_columns (multicast[3]),
      .busy        (load_w_busy),
      .req_valid   (weight_req_valid),
      .req_ready   (weight_req_ready),
      .req_addr    (weight_req_addr),
      .rsp_valid   (weight_rsp_valid),
      .rsp_data    (weight_rsp_data),
      .row_we      (weight_row_we),
      .column_we   (weight_column_we),
      .lane_we     (weight_lane_we),
      .waddr       (weight_waddr),
      .wdata       (weight_wdata)
  );

  gbuf u_gbuf (
      .clk        (clk),
      .fill_we    (fill_we),
      .fill_addr  (fill_addr),
      .fill_data  (fill_data),
      .load_re    (load_re),
      .load_addr  (load_addr),
      .load_data  (load_data),
      .store_we   (store_we),
      .store_addr (store_addr),
      .store_data (store_data),
      .spill_re   (spill_re),
      .spill_addr (spill_addr),
      .spill_data (spill_data)
  );

  // ---------------------------------------------------------------------------
  // Computation
  // ---------------------------------------------------------------------------
  pe_ctl u_pe_ctl (
      .clk              (clk),
      .rst              (rst),
      .cfg              (cfg),
      .start            (compute_start),
      .tile_begin       (compute_begin),
      .tile_first       (compute_first),
      .tile_end         (compute_end),
      .tile_last        (compute_last),
      .tile_miss_input  (compute_miss_input),
      .tile_miss_weight (compute_miss_weight),
      .busy             (compute_busy),
      .input_re         (input_re),
      .input_raddr      (input_raddr),
      .weight_re        (weight_re),
      .weight_raddr     (weight_raddr),
      .input_miss       (input_miss),
      .input_entry      (input_entry),
      .weight_miss      (weight_miss),
      .weight_entry     (weight_entry),
      .sum_re           (sum_re),
      .sum_raddr        (sum_raddr),
      .valid            (valid),
      .begins           (begins),
      .first            (first),
      .sum_we           (sum_we),
      .out_we           (out_we),
      .sum_waddr        (sum_waddr),
      .sum_entry        (sum_entry)
  );

  pe_array u_pe_array (
      .clk              (clk),
      .rows_used        (rows_used),
      .columns_used     (columns_used),
      .lanes_used       (lanes_used),
      .input_row_we     (input_row_we),
      .input_column_we  (input_column_we),
      .input_half       (load_i_half),
      .input_waddr      (input_waddr),
      .input_wdata      (input_wdata),
      .weight_row_we    (weight_row_we),
      .weight_column_we (weight_column_we),
      .weight_lane_we   (weight_lane_we),
      .weight_half      (load_w_half),
      .weight_waddr     (weight_waddr),
      .weight_wdata     (weight_wdata),
      .half_i           (half_i),
      .half_w           (half_w),
      .input_re         (input_re),
      .input_raddr      (input_raddr),
      .weight_re        (weight_re),
      .weight_raddr     (weight_raddr),
      .input_miss       (input_miss),
      .input_entry      (input_entry),
      .weight_miss      (weight_miss),
      .weight_entry     (weight_entry),
      .sum_re           (sum_re),
      .sum_raddr        (sum_raddr),
      .valid            (valid),
      .begins           (begins),
      .first            (first),
      .sum_we           (sum_we),
      .out_we           (out_we),
      .out_half         (out_half),
      .sum_waddr        (sum_waddr),
      .sum_entry        (sum_entry),
      .drain_row_re     (drain_row_re),
      .drain_column_re  (drain_column_re),
      .drain_re         (drain_re),
      .drain_half       (drain_half),
      .drain_raddr      (drain_raddr),
      .drain_row_sel    (drain_row_sel),
      .drain_column_sel (drain_column_sel),
      .total            (sums)
  );

  // ---------------------------------------------------------------------------
  // Outputs
  // ---------------------------------------------------------------------------
  drain u_drain (
      .clk        (clk),
      .rst        (rst),
      .cfg        (cfg),
      .start      (drain_start),
      .tile       (drain_tile),
      .tile_bias  (drain_bias),
      .reduce     (reduce),
      .ready      (drain_ready),
      .busy       (drain_busy),
      .re         (drain_re),
      .row_re     (drain_row_re),
      .column_re  (drain_column_re),
      .raddr      (drain_raddr),
      .row_sel    (drain_row_sel),
      .column_sel (drain_column_sel),
      .sum_valid  (sum_valid),
      .sum_keep   (sum_keep),
      .sum_emit   (sum_emit),
      .sum_place  (sum_place),
      .sum_bias   (sum_bias)
  );

  residual u_residual (
      .clk       (clk),
      .rst       (rst),
      .cfg       (cfg),
      .start     (drain_start),
      .dram_base (drain_residual),
      .req_valid (residual_req_valid),
      .req_ready (residual_req_ready),
      .req_addr  (residual_req_addr),
      .rsp_valid (residual_rsp_valid),
      .rsp_data  (residual_rsp_data),
      .ready     (drain_ready),
      .line      (residual_line)
  );

  post u_post (
      .clk       (clk),
      .rst       (rst),
      .cfg       (cfg),
      .valid     (sum_valid),
      .keep      (sum_keep),
      .emit      (sum_emit),
      .place     (sum_place),
      .bias      (sum_bias),
      .sums      (sums),
      .residual  (residual_line),
      .busy      (post_busy),
      .bias_read (bias_read),
      .bias_used (bias_used),
      .we        (store_we),
      .waddr     (store_addr),
      .wdata     (store_data)
  );

  spill u_spill (
      .clk       (clk),
      .rst       (rst),
      .cfg       (cfg),
      .start     (spill_start),
      .region    (spill_region),
      .dram_base (spill_dram),
      .busy      (spill_busy),
      .re        (spill_re),
      .raddr     (spill_addr),
      .rdata     (spill_data),
      .valid     (output_valid),
      .ready     (output_ready),
      .addr      (output_addr),
      .data      (output_data)
  );

  assign output_mask = lanes_used;
endmodule

`default_nettype wire
