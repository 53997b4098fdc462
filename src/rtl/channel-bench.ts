// The parts of the testbench for a machine on its own channels: ports, DRAM that answers beats of words, registers.

import type { BenchParts } from './bench-parts.js';
import { queue } from './bench-parts.js';
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
  wire        busy;
  wire        input_req_valid, weight_req_valid, residual_req_valid, output_valid;
  reg         input_req_ready = 1'b1, weight_req_ready = 1'b1, residual_req_ready = 1'b1, output_ready = 1'b1;
  wire [${dramBits - 1}:0] input_req_addr, weight_req_addr, residual_req_addr, output_addr;
  reg         input_rsp_valid = 1'b0, weight_rsp_valid = 1'b0, residual_rsp_valid = 1'b0;
  reg  [${h.vector * h.inputBits - 1}:0] input_rsp_data;
  reg  [${h.vector * h.weightBits - 1}:0] weight_rsp_data;
  reg  [${h.lanes * h.inputBits - 1}:0] residual_rsp_data;
  wire [${h.lanes - 1}:0] output_mask;
  wire [${h.lanes * h.inputBits - 1}:0] output_data;

  magnet_top u_top (
      .clk                (clk),
      .rst                (rst),
      .cfg_we             (cfg_we),
      .cfg_addr           (cfg_addr),
      .cfg_wdata          (cfg_wdata),
      .cfg_rdata          (cfg_rdata),
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
      .weight_rsp_data    (weight_rsp_data),
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

const dram = (h: Hardware): string => `${channel('input', 'activations', h.vector)}

${channel('weight', 'weights', h.vector)}

${channel('residual', 'activations', h.lanes)}

  always @(posedge clk) begin
    if (output_valid && output_ready) begin
      for (k = 0; k < ${h.lanes}; k = k + 1) begin
        if (output_mask[k]) activations[output_addr + k] <= output_data[k*${h.inputBits} +: ${h.inputBits}];
      end
    end
  end

  always @(negedge clk) output_ready <= flows(1'b0);`;

/** A channel of reads: requests wait in a queue until they are due. */
const channel = (
  name: string,
  memory: string,
  count: number,
): string => `  reg  [${dramBits - 1}:0] ${name}_queue [0:${queue - 1}];
  integer ${name}_due [0:${queue - 1}];
  integer ${name}_asked, ${name}_answered;
  reg  [${dramBits - 1}:0] ${name}_address;

  initial begin
    ${name}_asked    = 0;
    ${name}_answered = 0;
  end

  always @(posedge clk) begin
    if (${name}_req_valid && ${name}_req_ready) begin
      ${name}_queue[${name}_asked % ${queue}] = ${name}_req_addr;
      ${name}_due[${name}_asked % ${queue}] = cycle + (latency > 0 ? $unsigned($random(seed)) % (latency + 1) : 0);
      ${name}_asked = ${name}_asked + 1;
    end
    ${name}_rsp_valid <= 1'b0;
    if (${name}_answered != ${name}_asked && ${name}_due[${name}_answered % ${queue}] - cycle <= 0 && flows(1'b0)) begin
      ${name}_address = ${name}_queue[${name}_answered % ${queue}];
      ${name}_answered = ${name}_answered + 1;
      ${name}_rsp_valid <= 1'b1;
      ${name}_rsp_data <= {${words(memory, count, `${name}_address`)}};
    end
  end

  always @(negedge clk) ${name}_req_ready <= ${name}_asked - ${name}_answered < ${queue} && flows(1'b0);`;

/** Neighbouring words of a memory as one, the first in the lowest bits. */
const words = (memory: string, count: number, address: string): string =>
  Array.from({ length: count }, (_, i) => `${memory}[${address} + ${count - 1 - i}]`).join(', ');

/** A counter as a line of the log. */
const showCounter = `  task show(input [8*16-1:0] name, input [${registerBits - 1}:0] register);
    begin
      cfg_addr = register;
      #0.1 $display("COUNT %0s %0d", name, cfg_rdata[31:0]);
    end
  endtask`;
