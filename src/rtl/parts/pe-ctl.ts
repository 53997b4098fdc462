// Control of all PEs, which run in lock-step: the PE nest, its addresses and flags, and the pipeline that they travel.

import type { Hardware } from '../hardware.js';
import { counterBits } from '../hardware.js';
import { peFlags } from '../registers.js';
import type { VerilogFile } from '../verilog.js';
import { verilogFile } from '../verilog.js';
import { addrGen, configuredPorts, parametricInstance, weightLine } from './instances.js';
import type { Base } from './register-names.js';

export function peCtl(h: Hardware, base: Base): VerilogFile {
  const { address: a } = h;
  const zero = (width: number) => `${width}'d0`;
  const streams = [
    { name: 'input', wire: 'input_addr_now', bits: a.input, deep: true },
    { name: 'weight', wire: 'weight_addr_now', bits: a.weight, deep: true },
    { name: 'sum', wire: 'sum_addr_now', bits: a.sum, deep: true },
    { name: 'input_entry', wire: 'input_entry_now', bits: a.inputEntry, deep: h.inputCollector > 1 },
    { name: 'weight_entry', wire: 'weight_entry_now', bits: a.weightEntry, deep: h.weightCollector > 1 },
    { name: 'sum_entry', wire: 'sum_entry_now', bits: a.sumEntry, deep: h.sumCollector > 1 },
  ];
  const generators = streams.map((s) =>
    s.deep
      ? addrGen(h, `u_${s.name}`, {
          loops: h.peLoops,
          width: s.bits,
          delta: base.of(`pe_${s.name}_delta`),
          start: 'start',
          from: h.residency && s.name === 'weight' ? 'weight_line' : zero(s.bits),
          advance: 'run',
          addr: s.wire,
        })
      : `  assign ${s.wire} = ${zero(s.bits)};  // collector of one entry`,
  );
  const deltas = streams.filter((s) => s.deep).map((s) => `pe_${s.name}_delta`);
  const registers = ['pe_bound', 'pe_mask', ...deltas, ...(h.residency ? ['weight_line'] : [])];
  return verilogFile(
    h,
    'pe_ctl',
    [
      'control of the PE array: one iteration of the PE nest a cycle, issued to all PEs at once.',
      'Addresses and flags of the iteration go down the pipeline beside the PEs.',
    ],
    `
module pe_ctl (
${configuredPorts(h)}
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
    output wire [${a.input - 1}:0]  input_raddr,
    output wire        weight_re,
    output wire [${a.weight - 1}:0]  weight_raddr,
    // stage 1
    output wire        input_miss,
    output wire [${a.inputEntry - 1}:0]  input_entry,
    output wire        weight_miss,
    output wire [${a.weightEntry - 1}:0]  weight_entry,
    // stage 2
    output wire        sum_re,
    output wire [${a.sum - 1}:0]  sum_raddr,
    // stage 3
    output wire        valid,
    output wire        begins,
    output wire        first,
    output wire        sum_we,
    output wire        out_we,
    output wire [${a.sum - 1}:0]  sum_waddr,
    output wire [${a.sumEntry - 1}:0]  sum_entry
);
${base.declare(registers)}${weightLine(h, base, 'weight_line')}

  reg          run;
  wire         done;
  wire [${h.peLoops - 1}:0] step;
  wire [${peFlags.length - 1}:0]  zeros;
  wire [1:0]   lasts;

${parametricInstance(
  'nest',
  'u_nest',
  {
    DATA: h.configBits,
    LOOPS: h.peLoops,
    COUNT: counterBits,
    ZEROS: peFlags.length,
    LASTS: 2,
    BOUND: base.of('pe_bound'),
    MASK: base.of('pe_mask'),
  },
  { advance: 'run' },
)}

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

${streams.map((s) => `  wire [${s.bits - 1}:0] ${s.wire};`).join('\n')}

${generators.join('\n\n')}

${parametricInstance(
  'pe_pipe',
  'u_pipe',
  {
    INPUT_ADDR: a.input,
    WEIGHT_ADDR: a.weight,
    SUM_ADDR: a.sum,
    INPUT_ENTRY: a.inputEntry,
    WEIGHT_ENTRY: a.weightEntry,
    SUM_ENTRY: a.sumEntry,
  },
  {},
)}
endmodule`,
  );
}
