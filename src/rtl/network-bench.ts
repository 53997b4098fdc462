// A testbench that runs program after program as it is told on its standard input, in one DRAM and without a reset in between.

import { counters } from '../model/machine/template-names.js';
import type { Accelerator } from './accelerator.js';
import { channelBench } from './channel-bench.js';
import { registerBits } from './hardware.js';
import { blockOf } from './registers.js';
import type { BenchSizes } from './testbench.js';
import { clockAndMemories, emptyMemories, flows } from './testbench.js';
import type { VerilogFile } from './verilog.js';
import { verilogFile } from './verilog.js';

/** What a command asks for beside its program, added up. */
export const asked = { activations: 1, weights: 2, memory: 4 } as const;

/** Files of a command: register writes, words of the memories that changed since, and the memory as it is left. */
export const networkFiles = {
  settings: 'settings.hex',
  activations: 'activations.hex',
  weights: 'weights.hex',
  memory: 'memory.hex',
} as const;

/** The line that ends the answer to a command. */
export const answered = 'READY';

/** What it counts itself: cycles from the first write on, those while the machine was busy, writes that went ahead. */
export const ownCounts = ['took', 'ran', 'ahead', 'busy', 'accepted'] as const;

/** Cycles after which a run that goes on says so. */
const sign = 2_000;

const figures: Readonly<Record<(typeof ownCounts)[number], string>> = {
  took: 'ticks',
  ran: 'ticks - ran',
  ahead: 'i - now',
  busy: 'busy',
  accepted: 'accepted',
};

/** For a machine on its own channels. */
export function networkBench(a: Accelerator, sizes: Omit<BenchSizes, 'outputs'>): VerilogFile {
  const { hardware: h, registers } = a;
  const parts = channelBench(h, registers);
  const { settings, activations, weights, memory } = networkFiles;
  const reg = (name: string) => `${registerBits}'d${blockOf(registers, name).base}`;
  return verilogFile(
    h,
    'magnet_network_tb',
    [
      'runs programs as standard input says, a line each: register writes up to the start, writes that go ahead of the next',
      'program while this one runs, what is to be read or written beside (1 activations, 2 weights, 4 the memory that is',
      'left), and cycles at most. Answers with all counters and its own figures, then with ' + answered + '.',
      '[+stalls=percent] [+latency=cycles] [+seed=N]',
    ],
    `
\`timescale 1ns / 1ps

module magnet_network_tb;
${clockAndMemories(h, sizes)}

  integer now, ahead, extras, stalls, latency, seed, i, k, limit, cycle, ticks, ran;
  reg     taken, accepted;

  // ---------------------------------------------------------------------------
  // The machine
  // ---------------------------------------------------------------------------
${parts.machine}

  // ---------------------------------------------------------------------------
  // DRAM
  // ---------------------------------------------------------------------------
${flows}

${parts.dram}

  // ---------------------------------------------------------------------------
  // The host
  // ---------------------------------------------------------------------------
${parts.tasks}

  task tick;
    begin
      @(negedge clk);
      ticks = ticks + 1;
    end
  endtask

  // Waits where the machine cannot take a write in this cycle.
  task put;
    begin
      cfg_we = 1'b1;
      {cfg_addr, cfg_wdata} = settings[i];
      taken = 1'b0;
      while (!taken) begin
        #0.001 taken = cfg_ready;
        tick;
      end
      cfg_we = 1'b0;
      i = i + 1;
    end
  endtask

  initial begin
${emptyMemories(h, sizes)}
    repeat (4) @(negedge clk);
    rst = 1'b0;
    while ($fscanf(32'h8000_0000, "%d %d %d %d", now, ahead, extras, limit) == 4) begin
      $readmemh("${settings}", settings, 0, now + ahead - 1);
      if (extras & ${asked.activations}) $readmemh("${activations}", activations);
      if (extras & ${asked.weights}) $readmemh("${weights}", weights);
      i     = 0;
      ticks = 0;
      while (i < now) put;
      cfg_addr = ${reg('status')};
      #0.001 accepted = cfg_rdata[1];
      ran = ticks;
      while (busy && ticks - ran < limit) begin
        if (i < now + ahead) put;
        else tick;
        if (ticks % ${sign} == 0) begin
          $display("CYCLE %0d", ticks - ran);
          $fflush;
        end
      end
${ownCounts.map((name) => `      $display("COUNT ${name} %0d", ${figures[name]});`).join('\n')}
${counters.map(([name]) => `      show("${name}", ${reg(`count_${name}`)});`).join('\n')}
      if (extras & ${asked.memory}) $writememh("${memory}", activations, 0, ${sizes.activations - 1});
      $display("${answered}");
      $fflush;
    end
    $finish;
  end
endmodule`,
  );
}
