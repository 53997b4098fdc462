// The parts of the testbench for a machine on its own channels: ports, DRAM that answers beats of words, registers.

import type { BenchParts } from './bench-parts.js';
import { queueOf } from './bench-parts.js';
import type { LinePath } from '../model/machine/line-path.js';
import type { Hardware } from './hardware.js';
import { dramBits, registerBits } from './hardware.js';
import type { RegisterMap } from './registers.js';
import { blockOf } from './registers.js';

/** What `testbench` puts together for a machine on its own channels. */
export const channelBench = (h: Hardware, registers: RegisterMap): BenchParts => ({
  machine: machine(h),
  dram: dram(h),
  tasks: showCounter,
  begin: '',
  write: `@(negedge clk);
      cfg_we = 1'b1;
      {cfg_addr, cfg_wdata} = settings[i];`,
  started: `@(negedge clk);
    cfg_we   = 1'b0;
    cfg_addr = ${registerBits}'d${blockOf(registers, 'status').base};
    #0.1 if (!busy) $display("REFUSED by the machine: the program was made for another one");`,
  busy: 'busy',
});

const machine = (h: Hardware): string => `  reg         cfg_we = 1'b0;
  reg  [${registerBits - 1}:0] cfg_addr = ${registerBits}'d0;
  reg  [${h.configBits - 1}:0] cfg_wdata = ${h.configBits}'d0;
  wire [${h.configBits - 1}:0] cfg_rdata;
  wire        cfg_ready, cfg_refused, busy;
  wire        input_req_valid, weight_req_valid, residual_req_valid, output_valid;
  reg         input_req_ready = 1'b1, weight_req_ready = 1'b1, residual_req_ready = 1'b1, output_ready = 1'b1;
  wire [${dramBits - 1}:0] input_req_addr, weight_req_addr, residual_req_addr, output_addr;
  reg         input_rsp_valid = 1'b0, weight_rsp_valid = 1'b0, residual_rsp_valid = 1'b0;
  reg  [${h.channels.inputs.width - 1}:0] input_rsp_data;
  reg  [${h.channels.weights.width - 1}:0] weight_rsp_data;${h.packed ? '\n  wire        weights_packed;' : ''}
  reg  [${h.channels.residuals.width - 1}:0] residual_rsp_data;
  wire [${h.lanes - 1}:0] output_mask;
  wire [${h.channels.outputs.width - 1}:0] output_data;

  magnet_top u_top (
      .clk                (clk),
      .rst                (rst),
      .cfg_we             (cfg_we),
      .cfg_addr           (cfg_addr),
      .cfg_wdata          (cfg_wdata),
      .cfg_rdata          (cfg_rdata),
      .cfg_ready          (cfg_ready),
      .cfg_refused        (cfg_refused),
      .busy               (busy),
      .input_req_valid    (input_req_valid),
      .input_req_ready    (input_req_ready),
      .input_req_addr     (input_req_addr),
      .input_rsp_valid    (input_rsp_valid),
      .input_rsp_data     (input_rsp_data),
      .weight_req_valid   (weight_req_valid),
      .weight_req_ready   (weight_req_ready),
      .weight_req_addr    (weight_req_addr),
      .weight_rsp_valid   (weight_rsp_valid),
      .weight_rsp_data    (weight_rsp_data),${h.packed ? '\n      .weights_packed     (weights_packed),' : ''}
      .residual_req_valid (residual_req_valid),
      .residual_req_ready (residual_req_ready),
      .residual_req_addr  (residual_req_addr),
      .residual_rsp_valid (residual_rsp_valid),
      .residual_rsp_data  (residual_rsp_data),
      .output_valid       (output_valid),
      .output_ready       (output_ready),
      .output_addr        (output_addr),
      .output_mask        (output_mask),
      .output_data        (output_data)
  );`;

const dram = (h: Hardware): string => `${channel(h, 'input', 'activations', h.vector, h.channels.inputs)}

${channel(h, 'weight', 'weights', h.vector, h.channels.weights, h.packed)}

${channel(h, 'residual', 'activations', h.lanes, h.channels.residuals)}

${outputs(h)}

  always @(negedge clk) output_ready <= flows(1'b0);`;

/** What has come of a line of outputs; its last beat stores it. */
const outputs = (h: Hardware): string => {
  const { width, beats } = h.channels.outputs;
  const line = beats === 1 ? 'output_data' : 'output_line';
  const store = `for (k = 0; k < ${h.lanes}; k = k + 1) begin
        if (output_mask[k]) activations[output_addr + k] <= ${line}[k*${h.inputBits} +: ${h.inputBits}];
      end`;
  if (beats === 1)
    return `  always @(posedge clk) begin
    if (output_valid && output_ready) begin
      ${store}
    end
  end`;
  return `  reg  [${width * beats - 1}:0] output_line;
  integer output_beat;
  initial output_beat = 0;

  always @(posedge clk) begin
    if (output_valid && output_ready) begin
      output_line[output_beat*${width} +: ${width}] = output_data;
      output_beat = output_beat == ${beats - 1} ? 0 : output_beat + 1;
      if (output_beat == 0) ${store}
    end
  end`;
};

/** A channel of reads: requests wait in a queue until they are due, and are answered a beat in a cycle. */
const channel = (
  h: Hardware,
  name: string,
  memory: string,
  count: number,
  { width, beats }: LinePath,
  packed?: LinePath,
): string => {
  // The machine says whether a line that it asks for is a short one; its words begin where those of a whole one would.
  const last = packed ? `(weights_packed ? ${packed.beats - 1} : ${beats - 1})` : `${beats - 1}`;
  const queue = queueOf(h);
  const late = h.dramLatency > 1 ? ` + ${h.dramLatency - 1}` : '';
  const line = words(memory, count, `${name}_address`);
  const answered = `${name}_answered = ${name}_answered + 1;`;
  return `  reg  [${dramBits - 1}:0] ${name}_queue [0:${queue - 1}];
  integer ${name}_due [0:${queue - 1}];
  integer ${name}_asked, ${name}_answered;
  reg  [${dramBits - 1}:0] ${name}_address;
${
  beats === 1
    ? ''
    : `  reg  [${width * beats - 1}:0] ${name}_line;
  integer ${name}_beat;
  initial ${name}_beat = 0;
`
}
  initial begin
    ${name}_asked    = 0;
    ${name}_answered = 0;
  end

  always @(posedge clk) begin
    if (${name}_req_valid && ${name}_req_ready) begin
      ${name}_queue[${name}_asked % ${queue}] = ${name}_req_addr;
      ${name}_due[${name}_asked % ${queue}] = cycle${late} + (latency > 0 ? $unsigned($random(seed)) % (latency + 1) : 0);
      ${name}_asked = ${name}_asked + 1;
    end
    ${name}_rsp_valid <= 1'b0;
    if (${name}_answered != ${name}_asked && ${name}_due[${name}_answered % ${queue}] - cycle <= 0 && flows(1'b0)) begin
      ${name}_address = ${name}_queue[${name}_answered % ${queue}];
      ${
        beats === 1
          ? answered
          : `${name}_line = {${line}};
      ${name}_rsp_data <= ${name}_line[${name}_beat*${width} +: ${width}];
      ${name}_beat = ${name}_beat == ${last} ? 0 : ${name}_beat + 1;
      if (${name}_beat == 0) ${answered}`
      }
      ${name}_rsp_valid <= 1'b1;${
        beats === 1
          ? `
      ${name}_rsp_data <= {${line}};`
          : ''
      }
    end
  end

  always @(negedge clk) ${name}_req_ready <= ${name}_asked - ${name}_answered < ${queue} && flows(1'b0);`;
};

/** Neighbouring words of a memory as one, the first in the lowest bits. */
const words = (memory: string, count: number, address: string): string =>
  Array.from({ length: count }, (_, i) => `${memory}[${address} + ${count - 1 - i}]`).join(', ');

/** A counter as a line of the log; all of them are shown within half a cycle. */
const showCounter = `  task show(input [8*16-1:0] name, input [${registerBits - 1}:0] register);
    begin
      cfg_addr = register;
      #0.001 $display("COUNT %0s %0d", name, cfg_rdata[31:0]);
    end
  endtask`;
