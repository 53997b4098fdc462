// Post-processing on the way from the reduction tree to the global buffer: max-pool,
// bias, scale, residual, round, limits.

import type { Hardware } from '../hardware.js';
import { registerBits, scaleBits, shiftBits } from '../hardware.js';
import type { VerilogFile } from '../verilog.js';
import { verilogFile } from '../verilog.js';
import { cfgRegs, configurationBits } from './instances.js';
import type { Base } from './register-names.js';
import { oneHot } from './select.js';

/** Bits of what the scale multiplies: a sum, or a residual times 16 bits. */
const factorBits = (h: Hardware) => Math.max(h.sumBits, h.inputBits + 16);

const upper = (bits: number) => `bias | ${bits > 1 ? `{bias_half == 2'b10, ${bits - 1}'d0}` : "(bias_half == 2'b10)"}`;

export function post(h: Hardware, base: Base): VerilogFile {
  const { address: a } = h;
  const width = h.configBits;
  const constant = scaleBits + shiftBits;
  const settings: readonly (readonly [name: string, bits: number])[] = [
    ['post_mode', 4],
    ['post_low', h.inputBits],
    ['post_high', h.inputBits],
    ['residual_scale', scaleBits],
    ['residual_shift', shiftBits],
    ['bias_half', 2],
  ];
  const names = [...settings.map(([name]) => name), 'post_scale', 'bias_line', 'bias_data'];
  return verilogFile(
    h,
    'post',
    [
      'post-processing of a line of outputs, and the constants of all channels: bias, scale and shift.',
      'They are written with the program, lane by lane; those of the next layer while this one runs, if in the other half.',
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
    // beside the sums that complete a window
    input  wire [LANES*OUT-1:0] residual,
    output wire                 busy,
    // the host
    output wire                 bias_read,
    output wire                 bias_used,
    // global buffer
    output reg                  we,
    output reg  [${a.global - 1}:0]          waddr,
    output wire [LANES*OUT-1:0] wdata
);
${base.declare(names)}

${settings.map(([name, bits]) => `  wire [${bits - 1}:0] ${name};`).join('\n')}
  wire [${constant - 1}:0] post_scale;

${settings.map(([name, bits]) => cfgRegs(h, name, bits, base.of(name), name)).join('\n\n')}

${cfgRegs(h, 'post_scale', constant, base.of('post_scale'), 'post_scale', 1, 'cfg_next')}

  // Biases arrive lane by lane, line by line.
  wire       cfg_we = cfg[${width + registerBits}];
  wire [${registerBits - 1}:0] cfg_addr = cfg[${width + registerBits - 1}:${width}];
  wire [${width - 1}:0] cfg_data = cfg[${width - 1}:0];
  wire       unused_data = &{1'b0, cfg_data};
  wire       line_we = cfg_we && cfg_addr == ${base.of('bias_line')};
  wire       data_we = cfg_we && cfg_addr == ${base.of('bias_data')};
  reg  [${a.bias - 1}:0] line;

  // The lines of a layer begin with the upper half where it uses no other.
  wire [${a.bias - 1}:0] bias_place = ${upper(a.bias)};

  assign bias_read = valid && emit;
  assign bias_used = bias_half[line[${a.bias - 1}]];

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
      wire [SUM+${constant - 1}:0] constants;

      sram_1rw #(
          .WIDTH (SUM + ${constant}),
          .DEPTH (${h.biasDepth}),
          .ADDR  (${a.bias})
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
          .SCALE  (${scaleBits}),
          .SHIFT  (${shiftBits}),
          .FACTOR (${factorBits(h)}),
          .WIDE   (${factorBits(h) + scaleBits + 1})
      ) u_post (
          .clk               (clk),
          .valid             (valid),
          .keep              (keep),
          .sum               (sums[l*SUM +: SUM]),
          .residual          (residual[l*OUT +: OUT]),
          .bias              (constants[SUM-1:0]),
          .scale             (constants[SUM +: ${scaleBits}]),
          .shift             (constants[SUM+${scaleBits} +: ${shiftBits}]),
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
endmodule`,
  );
}
