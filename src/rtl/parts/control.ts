// The pieces of which all control is made: configuration registers, nested counters, address generators, step control.

import type { Hardware } from '../hardware.js';
import { counterBits, registerBits } from '../hardware.js';
import type { VerilogFile } from '../verilog.js';
import { verilogFile } from '../verilog.js';

export const control = (h: Hardware): readonly VerilogFile[] => [
  oneHotMux(h),
  cfgReg(h),
  loopSeq(h),
  addrGen(h),
  nest(h),
  stream(h),
  stepCtl(h),
];

const oneHotMux = (h: Hardware) =>
  verilogFile(
    h,
    'one_hot_mux',
    ['the selected one of several words; zero where none is selected.'],
    `
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
endmodule`,
  );

const cfgReg = (h: Hardware) =>
  verilogFile(
    h,
    'cfg_reg',
    ['one configuration register.'],
    `
module cfg_reg #(
    parameter              WIDTH = 8,
    parameter [${registerBits - 1}:0] BASE  = ${registerBits}'d0
) (
    input  wire             clk,
    input  wire             cfg_we,
    input  wire [${registerBits - 1}:0]      cfg_addr,
    input  wire [WIDTH-1:0] cfg_data,
    output reg  [WIDTH-1:0] value
);
  always @(posedge clk) begin
    if (cfg_we && cfg_addr == BASE) value <= cfg_data;
  end
endmodule`,
  );

const loopSeq = (h: Hardware) =>
  verilogFile(
    h,
    'loop_seq',
    [
      'nested loop counters, loop 0 innermost; bounds are kept minus one.',
      'step is the loop that advances next, none in the last iteration, after which all are at zero again.',
    ],
    `
module loop_seq #(
    parameter              LOOPS = 8,
    parameter              COUNT = ${counterBits},
    parameter [${registerBits - 1}:0] BASE  = ${registerBits}'d0
) (
    input  wire             clk,
    input  wire             rst,
    input  wire             cfg_we,
    input  wire [${registerBits - 1}:0]      cfg_addr,
    input  wire [COUNT-1:0] cfg_data,
    input  wire             advance,
    output wire [LOOPS-1:0] zero,
    output wire [LOOPS-1:0] last,
    output wire [LOOPS-1:0] step,
    output wire             done
);
  wire [LOOPS-1:0] bound_we = {{(LOOPS - 1){1'b0}}, cfg_we} << (cfg_addr - BASE);
  wire [LOOPS-1:0] carry;

  assign done = &last;

  genvar i;
  generate
    for (i = 0; i < LOOPS; i = i + 1) begin : g_loop
      reg [COUNT-1:0] bound;
      reg [COUNT-1:0] count;

      always @(posedge clk) begin
        if (bound_we[i]) bound <= cfg_data;
      end

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
endmodule`,
  );

const addrGen = (h: Hardware) =>
  verilogFile(
    h,
    'addr_gen',
    [
      'address of an affine nest without a multiplier: each step adds the delta of the loop that advances,',
      'its stride less the way that the loops inside it have gone.',
    ],
    `
module addr_gen #(
    parameter              LOOPS = 8,
    parameter              WIDTH = 16,
    parameter [${registerBits - 1}:0] BASE  = ${registerBits}'d0
) (
    input  wire             clk,
    input  wire             cfg_we,
    input  wire [${registerBits - 1}:0]      cfg_addr,
    input  wire [WIDTH-1:0] cfg_data,
    input  wire             start,
    input  wire [WIDTH-1:0] base,
    input  wire             advance,
    input  wire [LOOPS-1:0] step,
    output reg  [WIDTH-1:0] addr
);
  wire [LOOPS-1:0]       delta_we = {{(LOOPS - 1){1'b0}}, cfg_we} << (cfg_addr - BASE);
  wire [LOOPS*WIDTH-1:0] deltas;
  wire [WIDTH-1:0]       move;

  genvar i;
  generate
    for (i = 0; i < LOOPS; i = i + 1) begin : g_loop
      reg [WIDTH-1:0] delta;

      always @(posedge clk) begin
        if (delta_we[i]) delta <= cfg_data;
      end

      assign deltas[i*WIDTH +: WIDTH] = delta;
    end
  endgenerate

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
endmodule`,
  );

const nest = (h: Hardware) =>
  verilogFile(
    h,
    'nest',
    [
      'a loop sequencer with flags: zeros[j] when all loops of mask j are in their first iteration,',
      'lasts[j] when all loops of mask j (the first LASTS masks) are in their last.',
    ],
    `
module nest #(
    parameter              LOOPS = 8,
    parameter              COUNT = ${counterBits},
    parameter              ZEROS = 4,
    parameter              LASTS = 2,
    parameter              DATA  = ${Math.max(counterBits, h.peLoops)},
    parameter [${registerBits - 1}:0] BOUND = ${registerBits}'d0,
    parameter [${registerBits - 1}:0] MASK  = ${registerBits}'d0
) (
    input  wire             clk,
    input  wire             rst,
    input  wire             cfg_we,
    input  wire [${registerBits - 1}:0]      cfg_addr,
    input  wire [DATA-1:0]  cfg_data,
    input  wire             advance,
    output wire [ZEROS-1:0] zeros,
    output wire [LASTS-1:0] lasts,
    output wire [LOOPS-1:0] step,
    output wire             done
);
  wire [LOOPS-1:0] zero;
  wire [LOOPS-1:0] last;
  wire [ZEROS-1:0] mask_we = {{(ZEROS - 1){1'b0}}, cfg_we} << (cfg_addr - MASK);

  loop_seq #(
      .LOOPS (LOOPS),
      .COUNT (COUNT),
      .BASE  (BOUND)
  ) u_seq (
      .clk      (clk),
      .rst      (rst),
      .cfg_we   (cfg_we),
      .cfg_addr (cfg_addr),
      .cfg_data (cfg_data[COUNT-1:0]),
      .advance  (advance),
      .zero     (zero),
      .last     (last),
      .step     (step),
      .done     (done)
  );

  genvar j;
  generate
    for (j = 0; j < ZEROS; j = j + 1) begin : g_flag
      reg [LOOPS-1:0] mask;

      always @(posedge clk) begin
        if (mask_we[j]) mask <= cfg_data[LOOPS-1:0];
      end

      assign zeros[j] = &(zero | ~mask);
      if (j < LASTS) begin : g_last
        assign lasts[j] = &(last | ~mask);
      end
    end
  endgenerate
endmodule`,
  );

const stream = (h: Hardware) =>
  verilogFile(
    h,
    'stream',
    [
      'one pass of a nest, a beat for every cycle in which the other side is ready.',
      'run is high while beats are offered, accept when one is taken.',
    ],
    `
module stream #(
    parameter              LOOPS = 8,
    parameter              COUNT = ${counterBits},
    parameter [${registerBits - 1}:0] BASE  = ${registerBits}'d0
) (
    input  wire             clk,
    input  wire             rst,
    input  wire             cfg_we,
    input  wire [${registerBits - 1}:0]      cfg_addr,
    input  wire [COUNT-1:0] cfg_data,
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
      .LOOPS (LOOPS),
      .COUNT (COUNT),
      .BASE  (BASE)
  ) u_seq (
      .clk      (clk),
      .rst      (rst),
      .cfg_we   (cfg_we),
      .cfg_addr (cfg_addr),
      .cfg_data (cfg_data),
      .advance  (accept),
      .zero     (zero),
      .last     (last),
      .step     (step),
      .done     (done)
  );

  always @(posedge clk) begin
    if (rst) run <= 1'b0;
    else if (start) run <= 1'b1;
    else if (accept && done) run <= 1'b0;
  end
endmodule`,
  );

const stepCtl = (h: Hardware) =>
  verilogFile(
    h,
    'step_ctl',
    [
      'three-stage pipeline of steps: while the head loads step s, the middle works on s - 1 and the tail',
      'empties s - 2. issue starts the engines of a step, shift ends it once none of them is busy.',
    ],
    `
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
endmodule`,
  );
