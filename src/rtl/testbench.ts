// A testbench for any Verilog simulator: DRAM with optional stalls, a layer's program and data from files, comparison.

import type { Accelerator } from './accelerator.js';
import { axiBench } from './axi-bench.js';
import type { Hardware } from './hardware.js';
import { dramBits, registerBits } from './hardware.js';
import { counters } from '../model/machine/template-names.js';
import type { RegisterMap } from './registers.js';
import { blockOf } from './registers.js';
import type { VerilogFile } from './verilog.js';
import { verilogFile } from './verilog.js';

/** Words that the testbench's memories must hold. */
export interface BenchSizes {
  readonly activations: number;
  readonly weights: number;
  readonly outputs: number;
  readonly writes: number;
}

/** Requests that a channel of DRAM takes before it has answered one. */
export const queue = 256;

/** What depends on how the machine is connected, as text. */
export interface BenchParts {
  /** Signals, and the instance `u_top`. */
  readonly machine: string;
  readonly dram: string;
  /** Among them `show(name, register)`, which prints a counter. */
  readonly tasks: string;
  /** Before the program is written. */
  readonly begin: string;
  /** Writes `settings[i]`. */
  readonly write: string;
  /** After the last write: says so if the machine refused the program. */
  readonly started: string;
  /** Name of a signal that is high while the layer runs. */
  readonly busy: string;
}

export const testbench = (a: Accelerator, sizes: BenchSizes): VerilogFile =>
  a.bus === 'axi'
    ? benchOf(a, sizes, axiBench(a.hardware, a.registers))
    : benchOf(a, sizes, channelBench(a.hardware, a.registers));

const channelBench = (h: Hardware, registers: RegisterMap): BenchParts => ({
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

const benchOf = ({ hardware: h, registers }: Accelerator, sizes: BenchSizes, parts: BenchParts): VerilogFile =>
  verilogFile(
    h,
    'magnet_tb',
    [
      'runs one layer: +program=F +writes=N +activations=F +weights=F +expected=F +outputs=N [+stalls=percent] ' +
        '[+latency=cycles] [+seed=N] [+vcd=F] [+dump].',
      'Prints a line for every counter, the number of mismatches, and PASS or FAIL.',
    ],
    `
\`timescale 1ns / 1ps

module magnet_tb;
${memories(h, sizes)}

  // ---------------------------------------------------------------------------
  // The machine
  // ---------------------------------------------------------------------------
${parts.machine}

  // ---------------------------------------------------------------------------
  // DRAM: takes a request and answers it in the next cycle. With stalls, each of the two may fail in a cycle; with
  // latency, an answer comes up to so many cycles later, but never before one that was asked for earlier.
  // ---------------------------------------------------------------------------
${flows}

${parts.dram}

  // ---------------------------------------------------------------------------
  // One layer
  // ---------------------------------------------------------------------------
${parts.tasks}

  initial begin
${readFiles(h, sizes)}

${run(registers, parts)}

${comparison(h, parts.busy)}
    $finish;
  end
endmodule`,
  );

/** Clock and reset, what the files hold, and the variables of the bench. */
const memories = (h: Hardware, sizes: BenchSizes): string => `  reg clk = 1'b0;
  reg rst = 1'b1;
  always #0.5 clk = !clk;

  reg  [${registerBits + h.configBits - 1}:0] settings [0:${Math.max(1, sizes.writes - 1)}];
  reg  [${h.inputBits - 1}:0] activations [0:${sizes.activations + Math.max(h.vector, h.lanes) - 1}];
  reg  [${h.weightBits - 1}:0] weights     [0:${sizes.weights + h.vector - 1}];
  reg  [${dramBits + h.inputBits - 1}:0] expected [0:${Math.max(1, sizes.outputs - 1)}];
  reg  [8*1024-1:0] file;

  integer writes, outputs, words, stalls, latency, seed, mismatches, i, k, limit, cycle;`;

/** Whether a channel does not stall in this cycle, and the number of the cycle. */
const flows = `  function flows(input dummy);
    flows = stalls <= 0 ? 1'b1 : $unsigned($random(seed)) % 100 >= stalls;
  endfunction

  initial cycle = 0;
  always @(negedge clk) cycle = cycle + 1;`;

const machine = (h: Hardware): string => `  reg         cfg_we = 1'b0;
  reg  [${registerBits - 1}:0] cfg_addr = ${registerBits}'d0;
  reg  [${h.configBits - 1}:0] cfg_wdata = ${h.configBits}'d0;
  wire [${h.configBits - 1}:0] cfg_rdata;
  wire        busy;
  wire        input_req_valid, weight_req_valid, output_valid;
  reg         input_req_ready = 1'b1, weight_req_ready = 1'b1, output_ready = 1'b1;
  wire [${dramBits - 1}:0] input_req_addr, weight_req_addr, output_addr;
  reg         input_rsp_valid = 1'b0, weight_rsp_valid = 1'b0;
  reg  [${h.vector * h.inputBits - 1}:0] input_rsp_data;
  reg  [${h.vector * h.weightBits - 1}:0] weight_rsp_data;
  wire [${h.lanes - 1}:0] output_mask;
  wire [${h.lanes * h.inputBits - 1}:0] output_data;

  magnet_top u_top (
      .clk              (clk),
      .rst              (rst),
      .cfg_we           (cfg_we),
      .cfg_addr         (cfg_addr),
      .cfg_wdata        (cfg_wdata),
      .cfg_rdata        (cfg_rdata),
      .busy             (busy),
      .input_req_valid  (input_req_valid),
      .input_req_ready  (input_req_ready),
      .input_req_addr   (input_req_addr),
      .input_rsp_valid  (input_rsp_valid),
      .input_rsp_data   (input_rsp_data),
      .weight_req_valid (weight_req_valid),
      .weight_req_ready (weight_req_ready),
      .weight_req_addr  (weight_req_addr),
      .weight_rsp_valid (weight_rsp_valid),
      .weight_rsp_data  (weight_rsp_data),
      .output_valid     (output_valid),
      .output_ready     (output_ready),
      .output_addr      (output_addr),
      .output_mask      (output_mask),
      .output_data      (output_data)
  );`;

const dram = (h: Hardware): string => `${channel('input', 'activations', h.vector)}

${channel('weight', 'weights', h.vector)}

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
  vector: number,
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
      ${name}_rsp_data <= {${words(memory, vector, `${name}_address`)}};
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

const readFiles = (h: Hardware, sizes: BenchSizes): string => `    stalls  = 0;
    latency = 0;
    seed    = 1;
    limit   = 100000000;
    if ($value$plusargs("stalls=%d", stalls)) ;
    if ($value$plusargs("latency=%d", latency)) ;
    if ($value$plusargs("seed=%d", seed)) ;
    if ($value$plusargs("limit=%d", limit)) ;
    if (!$value$plusargs("writes=%d", writes)) writes = 0;
    if (!$value$plusargs("outputs=%d", outputs)) outputs = 0;
    for (i = 0; i < ${sizes.activations + Math.max(h.vector, h.lanes)}; i = i + 1) activations[i] = ${h.inputBits}'d0;
    for (i = 0; i < ${sizes.weights + h.vector}; i = i + 1) weights[i] = ${h.weightBits}'d0;
    if ($value$plusargs("program=%s", file)) $readmemh(file, settings, 0, writes - 1);
    words = ${sizes.activations};
    if ($value$plusargs("activation_words=%d", words)) ;
    if ($value$plusargs("activations=%s", file)) $readmemh(file, activations, 0, words - 1);
    words = ${sizes.weights};
    if ($value$plusargs("weight_words=%d", words)) ;
    if ($value$plusargs("weights=%s", file)) $readmemh(file, weights, 0, words - 1);
    if ($value$plusargs("expected=%s", file)) $readmemh(file, expected, 0, outputs - 1);
    if ($value$plusargs("vcd=%s", file)) begin
      $dumpfile(file);
      $dumpvars(0, u_top);
    end`;

/** Writes the program, waits until the machine is done, and shows its counters. */
function run(registers: RegisterMap, { begin, write, started, busy }: BenchParts): string {
  const reg = (name: string) => `${registerBits}'d${blockOf(registers, name).base}`;
  return `    repeat (4) @(negedge clk);
    rst = 1'b0;
${begin === '' ? '' : `${begin}\n`}    for (i = 0; i < writes; i = i + 1) begin
      ${write}
    end
    ${started}
    while (${busy} && limit > 0) begin
      @(negedge clk);
      limit = limit - 1;
    end
    if (${busy}) $display("TIMEOUT");

${counters.map(([name]) => `    show("${name}", ${reg(`count_${name}`)});`).join('\n')}`;
}

function comparison(h: Hardware, busy: string): string {
  const place = `expected[i][${dramBits + h.inputBits - 1}:${h.inputBits}]`;
  const wanted = `expected[i][${h.inputBits - 1}:0]`;
  const found = `activations[${place}]`;
  return `    mismatches = 0;
    for (i = 0; i < outputs; i = i + 1) begin
      if ($test$plusargs("dump")) $display("WORD %h", ${found});
      if (${found} !== ${wanted}) begin
        if (mismatches < 5) $display("MISMATCH word %0d: %h, expected %h", ${place}, ${found}, ${wanted});
        mismatches = mismatches + 1;
      end
    end
    $display("OUTPUTS %0d MISMATCHES %0d", outputs, mismatches);
    if (mismatches == 0 && outputs > 0 && !${busy}) $display("PASS");
    else $display("FAIL");`;
}
