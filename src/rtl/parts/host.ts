// What the host sees of the machine: configuration, status, event counters.

import type { Hardware } from '../hardware.js';
import { registerBits } from '../hardware.js';
import type { RegisterMap } from '../registers.js';
import { counters } from '../../model/machine/template-names.js';
import { blockOf, capability } from '../registers.js';
import type { VerilogFile } from '../verilog.js';
import { verilogFile } from '../verilog.js';
import { cfgRegs, configurationBits, parametricInstance } from './instances.js';
import type { Base } from './register-names.js';

/** Registers that more than one part of the machine looks at. */
const shared = (h: Hardware, map: RegisterMap): readonly (readonly [name: string, width: number])[] => [
  ['rows_used', h.rows],
  ['columns_used', h.columns],
  ['lanes_used', h.lanes],
  ['vector_used', h.vector],
  ['multicast', blockOf(map, 'multicast').bits],
  ['reduce', 1],
  ...(h.packed ? [['weights_packed', 1] as const] : []),
  ...(h.split ? [['split', 2] as const] : []),
];

export function host(h: Hardware, map: RegisterMap, base: Base): VerilogFile {
  const registers = shared(h, map);
  const names = ['capability', 'status', ...counters.map(([n]) => `count_${n}`), 'program', 'start', 'bias_data'];
  const word = capability(h, map).toString(16).padStart(8, '0');
  return verilogFile(
    h,
    'host',
    [
      'what the host sees: the configuration, which it may write while the layer before runs, status, event counters.',
      'A program is accepted only if it was made for this machine.',
    ],
    `
module host (
    input  wire        clk,
    input  wire        rst,
    // the host
    input  wire        cfg_we,
    input  wire [${registerBits - 1}:0] cfg_addr,
    input  wire [${h.configBits - 1}:0] cfg_wdata,
    output reg  [${h.configBits - 1}:0] cfg_rdata,
    output wire        cfg_ready,     // a write is taken in this cycle
    output wire        cfg_refused,   // it changes nothing but the status
    output wire        busy,
    // the machine
    input  wire        running,
    input  wire        bias_read,     // the memory of biases is read in this cycle
    input  wire        bias_used,     // the layer that runs has biases in the half of the line that is written next
    input  wire [${counters.length - 1}:0] events,
    output reg         start,
    output wire [${configurationBits(h) - 1}:0] cfg,
${registers.map(([name, width]) => `    output wire [${width - 1}:0] ${name}`).join(',\n')}
);
${base.declare([...names, ...registers.map(([name]) => name)])}

  localparam [31:0] CAPABILITY = 32'h${word};

  // What is written while a layer runs is for the next one, but for what that one still needs.
  reg  accepted, late;
  wire bias       = cfg_addr == ${base.of('bias_data')};
  wire write      = cfg_we && cfg_ready && !cfg_refused;
  wire program_we = write && cfg_addr == ${base.of('program')};
  wire take       = write && cfg_addr == ${base.of('start')} && cfg_wdata[0] && accepted;

  assign busy        = running || start;
  assign cfg_ready   = !(bias && bias_read);
  assign cfg_refused = busy && (cfg_addr == ${base.of('start')} || (bias && bias_used));
  assign cfg         = {take, write, cfg_addr, cfg_wdata};

  // All is taken over in the cycle in which start is written; the layer starts in the next.
  always @(posedge clk) begin
    if (rst) start <= 1'b0;
    else start <= take;
  end

  always @(posedge clk) begin
    if (rst) accepted <= 1'b0;
    else if (program_we) accepted <= cfg_wdata[31:0] == CAPABILITY;
  end

  always @(posedge clk) begin
    if (rst || program_we) late <= 1'b0;
    else if (cfg_we && cfg_ready && cfg_refused) late <= 1'b1;
  end

${registers.map(([name, width]) => cfgRegs(h, name, width, base.of(name), name)).join('\n\n')}

  wire [${counters.length * 32 - 1}:0] counts;

${parametricInstance('perf', 'u_perf', { EVENTS: counters.length, WIDTH: 32 }, { restart: 'start' })}

${answers(h, base)}
endmodule`,
  );
}

/** What each register that can be read answers. */
function answers(h: Hardware, base: Base): string {
  const padded = (width: number, value: string) =>
    width === h.configBits ? value : `{${h.configBits - width}'d0, ${value}}`;
  const values: readonly (readonly [name: string, value: string])[] = [
    ['capability', padded(32, 'CAPABILITY')],
    ['status', padded(3, '{late, accepted, busy}')],
    ...counters.map(([n], i) => [`count_${n}`, padded(32, `counts[${i * 32 + 31}:${i * 32}]`)] as const),
  ];
  return `  always @* begin
    case (cfg_addr)
${values.map(([name, value]) => `      ${base.of(name)}: cfg_rdata = ${value};`).join('\n')}
      default: cfg_rdata = ${h.configBits}'d0;
    endcase
  end`;
}
