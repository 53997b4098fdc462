// Store engines: output buffers to global buffer (drain), global buffer to DRAM (spill).

import type { Hardware } from '../hardware.js';
import { addressBits, dramBits, tileBits } from '../hardware.js';
import { engineLoops } from '../registers.js';
import type { VerilogFile } from '../verilog.js';
import { verilogFile } from '../verilog.js';
import { addrGen, configuredPorts, stream } from './instances.js';
import type { Base } from './register-names.js';
import { oneHot } from './select.js';
import { imageRegisters, placeGen } from './images.js';

/** Cycles from a beat of the drain to its sums: output buffer, selection, levels of the tree. */
export const drainStages = (h: Pick<Hardware, 'treeLevels'>): number => 2 + h.treeLevels;

export function drain(h: Hardware, base: Base): VerilogFile {
  const loops = engineLoops.drain;
  const walk = { loops, start: 'start', advance: 'accept' };
  const { address: a } = h;
  const [column, row] = [loops - 2, loops - 1];
  const stages = drainStages(h);
  const delayed = (name: string, width: number) =>
    Array.from({ length: stages }, (_, i) => ({
      name: `${name}_${i + 1}`,
      width,
      from: i === 0 ? name : `${name}_${i}`,
    }));
  const tags = [
    ...delayed('keep', 1),
    ...delayed('emit', 1),
    ...delayed('place', a.global),
    ...delayed('bias', a.bias),
  ];
  const valids = delayed('valid', 1);
  const { beats } = h.ports.write;
  const count = addressBits(beats);
  /** What completes a window goes no sooner than the port has taken what was stored before. */
  const pace =
    beats === 1
      ? ''
      : `  // Cycles for which the port of the global buffer is not done with a line.
  reg  [${count - 1}:0] left;
  wire       completes = &last[1:0];
  wire       free = left == ${count}'d0 || !completes;

  always @(posedge clk) begin
    if (rst) left <= ${count}'d0;
    else if (accept && completes) left <= ${count}'d${beats - 1};
    else if (left != ${count}'d0) left <= left - ${count}'d1;
  end

`;
  return verilogFile(
    h,
    'drain',
    [
      'finished sums from the output buffers on their way through the reduction tree, a line a cycle:',
      'which PEs, which line, where in the global buffer, which bias; pooling windows are the innermost loops.',
    ],
    `
module drain (
${configuredPorts(h)}
    input  wire        start,
    input  wire [${tileBits(h) - 1}:0] tile,
    input  wire [${a.bias - 1}:0] tile_bias,
    input  wire        reduce,
    input  wire        ready,       // a line may go
    output wire        busy,
    // output buffers
    output wire        re,
    output wire [${h.rows - 1}:0] row_re,
    output wire [${h.columns - 1}:0] column_re,
    output wire [${a.sum - 1}:0] raddr,
    output reg  [${h.rows - 1}:0] row_sel,
    output reg  [${h.columns - 1}:0] column_sel,
    // sums as they leave the reduction tree
    output wire        sum_valid,
    output wire        sum_keep,    // joins the maximum so far
    output wire        sum_emit,    // completes a window
    output wire [${a.global - 1}:0] sum_place,
    output wire [${a.bias - 1}:0] sum_bias
);
${base.declare(['drain_bound', 'drain_sum_delta', 'drain_global_delta', 'drain_bias_delta', ...(h.residency ? imageRegisters.output : [])])}

  wire       run, accept;
  wire [${loops - 1}:0] step, zero, last;
  wire       unused_flags = &{1'b0, zero[${loops - 1}:2], last[${loops - 1}:2]};

${pace}${stream(h, { loops, bound: base.of('drain_bound'), ready: beats === 1 ? 'ready' : 'ready && free' })}

  assign re = accept;

  wire [${a.global - 1}:0] place;
  wire [${a.bias - 1}:0] bias;

${addrGen(h, 'u_source', { ...walk, width: a.sum, delta: base.of('drain_sum_delta'), from: `${a.sum}'d0`, addr: 'raddr' })}

${placeGen(h, base, 'u_place', 'output', 'place', { ...walk, width: tileBits(h), delta: base.of('drain_global_delta'), from: 'tile' })}

${addrGen(h, 'u_bias', { ...walk, width: a.bias, delta: base.of('drain_bias_delta'), from: 'tile_bias', addr: 'bias' })}

${oneHot('row', h.rows, { start: 'start', next: `accept && step[${row}]` })}

${oneHot('column', h.columns, { start: `start || (accept && step[${row}])`, next: `accept && step[${column}]` })}

  assign row_re    = row | {${h.rows}{reduce}};
  assign column_re = column;

  always @(posedge clk) begin
    row_sel    <= row_re;
    column_sel <= column_re;
  end

  // What belongs to a line travels beside it.
  wire valid = re;
  wire keep  = !(&zero[1:0]);
  wire emit  = &last[1:0];

${[...valids, ...tags].map((t) => `  reg  [${t.width - 1}:0] ${t.name};`).join('\n')}

  always @(posedge clk) begin
    if (rst) begin
${valids.map((v) => `      ${v.name} <= 1'b0;`).join('\n')}
    end else begin
${valids.map((v) => `      ${v.name} <= ${v.from};`).join('\n')}
    end
  end

  always @(posedge clk) begin
${tags.map((t) => `    ${t.name} <= ${t.from};`).join('\n')}
  end

  assign sum_valid = valid_${stages};
  assign sum_keep  = keep_${stages};
  assign sum_emit  = emit_${stages};
  assign sum_place = place_${stages};
  assign sum_bias  = bias_${stages};
  assign busy      = run || ${valids.map((v) => v.name).join(' || ')};
endmodule`,
  );
}

export function spill(h: Hardware, base: Base): VerilogFile {
  const loops = engineLoops.spill;
  const walk = { loops, start: 'start', advance: 'accept' };
  const word = h.lanes * h.inputBits;
  return verilogFile(
    h,
    'spill',
    ['one tile of outputs from the global buffer to DRAM, a line a cycle; waits where DRAM does.'],
    `
module spill (
${configuredPorts(h)}
    input  wire        start,
    input  wire [${h.address.global - 1}:0] region,
    input  wire [${dramBits - 1}:0] dram_base,
    output wire        busy,
    // global buffer
    output wire        re,
    output reg  [${h.address.global - 1}:0] raddr,
    input  wire [${word - 1}:0] rdata,
    // DRAM
    output reg         valid,
    input  wire        ready,
    output reg  [${dramBits - 1}:0] addr,
    output reg  [${word - 1}:0] data
);
${base.declare(['spill_bound', 'spill_delta'])}

  wire       run, accept;
  wire [${loops - 1}:0] step, unused_zero, unused_last;
  wire       stall = valid && !ready;
  wire [${dramBits - 1}:0] target;

${stream(h, { loops, bound: base.of('spill_bound'), ready: '!stall', to: { zero: 'unused_zero', last: 'unused_last' } })}

${addrGen(h, 'u_target', { ...walk, width: dramBits, delta: base.of('spill_delta'), from: 'dram_base', addr: 'target' })}

  assign re = accept;

  // The tile lies in the order of the loops.
  always @(posedge clk) begin
    if (start) raddr <= region;
    else if (accept) raddr <= raddr + ${h.address.global}'d${h.residency?.parts ?? 1};
  end

  reg        read;
  reg [${dramBits - 1}:0] read_addr;

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
endmodule`,
  );
}
