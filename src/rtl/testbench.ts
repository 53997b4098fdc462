// A testbench for any Verilog simulator: DRAM with optional stalls, a layer's program and data from files, comparison.

import type { Accelerator } from './accelerator.js';
import { axiBench } from './axi-bench.js';
import type { BenchParts } from './bench-parts.js';
import { channelBench } from './channel-bench.js';
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

export const testbench = (a: Accelerator, sizes: BenchSizes): VerilogFile =>
  a.bus === 'axi'
    ? benchOf(a, sizes, axiBench(a.hardware, a.registers))
    : benchOf(a, sizes, channelBench(a.hardware, a.registers));

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
${clockAndMemories(h, sizes)}
  reg  [${dramBits + h.inputBits - 1}:0] expected [0:${Math.max(1, sizes.outputs - 1)}];
  reg  [8*1024-1:0] file;

  integer writes, outputs, words, stalls, latency, seed, mismatches, i, k, limit, cycle;

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

/** Clock and reset, and what the files hold. */
export const clockAndMemories = (h: Hardware, sizes: Omit<BenchSizes, 'outputs'>): string => `  reg clk = 1'b0;
  reg rst = 1'b1;
  always #0.5 clk = !clk;

  reg  [${registerBits + h.configBits - 1}:0] settings [0:${Math.max(1, sizes.writes - 1)}];
  reg  [${h.inputBits - 1}:0] activations [0:${sizes.activations + Math.max(h.vector, h.lanes) - 1}];
  reg  [${h.weightBits - 1}:0] weights     [0:${sizes.weights + h.vector - 1}];`;

/** Whether a channel does not stall in this cycle, and the number of the cycle. */
export const flows = `  function flows(input dummy);
    flows = stalls <= 0 ? 1'b1 : $unsigned($random(seed)) % 100 >= stalls;
  endfunction

  initial cycle = 0;
  always @(negedge clk) cycle = cycle + 1;`;

/** How DRAM behaves, and zeros in it. */
export const emptyMemories = (
  h: Hardware,
  sizes: Pick<BenchSizes, 'activations' | 'weights'>,
): string => `    stalls  = 0;
    latency = 0;
    seed    = 1;
    if ($value$plusargs("stalls=%d", stalls)) ;
    if ($value$plusargs("latency=%d", latency)) ;
    if ($value$plusargs("seed=%d", seed)) ;
    for (i = 0; i < ${sizes.activations + Math.max(h.vector, h.lanes)}; i = i + 1) activations[i] = ${h.inputBits}'d0;
    for (i = 0; i < ${sizes.weights + h.vector}; i = i + 1) weights[i] = ${h.weightBits}'d0;`;

const readFiles = (h: Hardware, sizes: BenchSizes): string => `${emptyMemories(h, sizes)}
    limit   = 100000000;
    if ($value$plusargs("limit=%d", limit)) ;
    if (!$value$plusargs("writes=%d", writes)) writes = 0;
    if (!$value$plusargs("outputs=%d", outputs)) outputs = 0;
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
