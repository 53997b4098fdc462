// Post-processing on the way from the reduction tree to the global buffer: max-pool,
// bias, scale, round, ReLU, saturate.

import type { Hardware } from '../hardware.js';
import { registerBits, scaleBits, shiftBits, shiftOfZero } from '../hardware.js';
import type { VerilogFile } from '../verilog.js';
import { verilogFile } from '../verilog.js';
import { cfgRegs, configurationBits } from './instances.js';
import type { Base } from './register-names.js';
import { oneHot } from './select.js';

/** Bits of a scaled sum with room for the rounding constant. */
const scaledBits = (h: Hardware) => h.sumBits + scaleBits + 1;

/** The shift as the lanes take it: a larger one gives the same zero, but its rounding constant would not fit. */
function limitedShift(h: Hardware): string {
  const zero = shiftOfZero(h);
  if (zero >= 2 ** shiftBits - 1) return `  wire [${shiftBits - 1}:0]  shift = written_shift;`;
  return (
    `  // From ${zero} on every result is zero; the constant of a larger shift would not fit beside the sum.\n  ` +
    `wire [${shiftBits - 1}:0]  shift = written_shift > ${shiftBits}'d${zero} ? ${shiftBits}'d${zero} : ` +
    'written_shift;'
  );
}

export function post(h: Hardware, base: Base): VerilogFile {
  const { address: a } = h;
  const width = h.configBits;
  return verilogFile(
    h,
    'post',
    [
      'post-processing of a line of outputs, and the biases of the whole layer.',
      'Biases are written with the program, lane by lane.',
    ],
    `
module post #(
    parameter LANES = ${h.lanes},
    parameter SUM   = ${h.sumBits},
    parameter OUT   = ${h.inputBits}
) (
    input  wire                 clk,
    input  wire                 rst,
    input  wire [${configurationBits(h) - 1}:0]          cfg,
    // sums
    input  wire                 valid,
    input  wire                 keep,
    input  wire                 emit,
    input  wire [${a.global - 1}:0]          place,
    input  wire [${a.bias - 1}:0]          bias,
    input  wire [LANES*SUM-1:0] sums,
    output wire                 busy,
    // global buffer
    output reg                  we,
    output reg  [${a.global - 1}:0]          waddr,
    output wire [LANES*OUT-1:0] wdata
);
${base.declare(['post_scale', 'post_shift', 'post_relu', 'bias_line', 'bias_data'])}

  wire [${scaleBits - 1}:0] scale;
  wire [${shiftBits - 1}:0]  written_shift;
  wire [0:0]  relu;

${cfgRegs(h, 'scale', scaleBits, base.of('post_scale'), 'scale')}

${cfgRegs(h, 'shift', shiftBits, base.of('post_shift'), 'written_shift')}

${limitedShift(h)}

${cfgRegs(h, 'relu', 1, base.of('post_relu'), 'relu')}

  // Biases arrive lane by lane, line by line.
  wire       cfg_we = cfg[${configurationBits(h) - 1}];
  wire [${registerBits - 1}:0] cfg_addr = cfg[${width + registerBits - 1}:${width}];
  wire [${width - 1}:0] cfg_data = cfg[${width - 1}:0];
  wire       unused_data = &{1'b0, cfg_data};
  wire       line_we = cfg_we && cfg_addr == ${base.of('bias_line')};
  wire       data_we = cfg_we && cfg_addr == ${base.of('bias_data')};
  reg  [${a.bias - 1}:0] line;

${oneHot('lane', h.lanes, { start: `line_we || (data_we && lane[${h.lanes - 1}])`, next: 'data_we' })}

  always @(posedge clk) begin
    if (line_we) line <= cfg_data[${a.bias - 1}:0];
    else if (data_we && lane[${h.lanes - 1}]) line <= line + ${a.bias}'d1;
  end

  // Stages: maximum, bias, scale; what completes a window goes on.
  reg        emitted, biased;
  reg  [${a.global - 1}:0] emitted_place, biased_place;

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
      wire           bias_we = data_we && lane[l];
      wire [SUM-1:0] bias_data;

      sram_1rw #(
          .WIDTH (SUM),
          .DEPTH (${h.biasDepth}),
          .ADDR  (${a.bias})
      ) u_bias (
          .clk   (clk),
          .en    (bias_we || (valid && emit)),
          .we    (bias_we),
          .addr  (bias_we ? line : bias),
          .wdata (cfg_data[SUM-1:0]),
          .rdata (bias_data)
      );

      post_lane #(
          .SUM   (SUM),
          .OUT   (OUT),
          .SCALE (${scaleBits}),
          .SHIFT (${shiftBits}),
          .WIDE  (${scaledBits(h)})
      ) u_post (
          .clk   (clk),
          .valid (valid),
          .keep  (keep),
          .sum   (sums[l*SUM +: SUM]),
          .bias  (bias_data),
          .scale (scale),
          .shift (shift),
          .relu  (relu[0]),
          .out   (wdata[l*OUT +: OUT])
      );
    end
  endgenerate

  assign busy = emitted || biased || we;
endmodule`,
  );
}
