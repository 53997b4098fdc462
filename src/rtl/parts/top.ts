// The whole accelerator.

import type { Hardware } from '../hardware.js';
import { dramBits, registerBits } from '../hardware.js';
import type { RegisterMap } from '../registers.js';
import { blockOf, capability, counters } from '../registers.js';
import type { VerilogFile } from '../verilog.js';
import { verilogFile } from '../verilog.js';
import { broadcast } from './array.js';
import { cfgReg, nestData } from './instances.js';
import { events } from './perf.js';
import type { Base } from './register-names.js';

type Connection = readonly [port: string, wire: string];

const instance = (module: string, name: string, connections: readonly Connection[]): string => {
  const width = Math.max(...connections.map(([p]) => p.length));
  return `  ${module} ${name} (\n${connections.map(([p, w]) => `      .${p.padEnd(width)} (${w})`).join(',\n')}\n  );`;
};
const same = (...names: readonly string[]): Connection[] => names.map((n) => [n, n]);

export function top(h: Hardware, map: RegisterMap, base: Base): VerilogFile {
  const { address: a } = h;
  const inputWord = h.vector * h.inputBits;
  const weightWord = h.vector * h.weightBits;
  const outputLine = h.lanes * h.inputBits;
  const clocked = same('clk', 'rst');
  const config = (width: number): Connection[] => [
    ['cfg_we', 'write'],
    ['cfg_addr', 'cfg_addr'],
    ['cfg_data', width === h.configBits ? 'cfg_wdata' : `cfg_wdata[${width - 1}:0]`],
  ];
  const wires: readonly (readonly [width: number, names: string])[] = [
    [1, 'fill_start fill_busy load_i_start load_i_half load_i_busy load_w_start load_w_half load_w_busy'],
    [1, 'compute_start compute_begin compute_first compute_end compute_last'],
    [1, 'compute_miss_input compute_miss_weight compute_busy'],
    [1, 'drain_start drain_half drain_busy post_busy spill_start spill_busy'],
    [1, 'fill_we load_re store_we spill_re drain_re'],
    [1, 'sum_valid sum_keep sum_emit'],
    [dramBits, 'fill_dram load_w_dram spill_dram'],
    [a.global, 'fill_region load_i_tile drain_tile spill_region'],
    [a.global, 'fill_addr load_addr store_addr spill_addr sum_place'],
    [a.bias, 'drain_bias sum_bias'],
    [inputWord, 'fill_data load_data input_wdata'],
    [weightWord, 'weight_wdata'],
    [outputLine, 'store_data spill_data'],
    [h.lanes * h.sumBits, 'sums'],
    [h.rows, 'input_row_we weight_row_we drain_row_re drain_row_sel'],
    [h.columns, 'input_column_we weight_column_we drain_column_re drain_column_sel'],
    [h.lanes, 'weight_lane_we'],
    [a.input, 'input_waddr'],
    [a.weight, 'weight_waddr'],
    [a.sum, 'drain_raddr'],
    ...broadcast(h).map(([name, width]): readonly [number, string] => [width, name]),
  ];
  const status = (name: string, value: string) => `      ${base.of(name)}: cfg_rdata = ${value};`;
  const padded = (width: number, value: string) =>
    width === h.configBits ? value : `{${h.configBits - width}'d0, ${value}}`;
  const capabilityText = `32'h${capability(h, map).toString(16).padStart(8, '0')}`;
  const multicast = blockOf(map, 'multicast').bits;
  const engine = (module: string, width: number, connections: readonly Connection[]) =>
    instance(module, `u_${module}`, [...clocked, ...config(width), ...connections]);
  const data = { bits16: 16 };
  return verilogFile(
    h,
    'magnet_top',
    [
      'the accelerator: configuration bus, DRAM channels for inputs, weights and outputs, and all of the machine.',
      'Addresses of DRAM count words of an input or a weight; a beat is VECTOR words, or LANES outputs.',
    ],
    `
module magnet_top (
    input  wire        clk,
    input  wire        rst,
    // configuration
    input  wire        cfg_we,
    input  wire [${registerBits - 1}:0] cfg_addr,
    input  wire [${h.configBits - 1}:0] cfg_wdata,
    output reg  [${h.configBits - 1}:0] cfg_rdata,
    output wire        busy,
    // inputs
    output wire        input_req_valid,
    input  wire        input_req_ready,
    output wire [${dramBits - 1}:0] input_req_addr,
    input  wire        input_rsp_valid,
    input  wire [${inputWord - 1}:0] input_rsp_data,
    // weights
    output wire        weight_req_valid,
    input  wire        weight_req_ready,
    output wire [${dramBits - 1}:0] weight_req_addr,
    input  wire        weight_rsp_valid,
    input  wire [${weightWord - 1}:0] weight_rsp_data,
    // outputs
    output wire        output_valid,
    input  wire        output_ready,
    output wire [${dramBits - 1}:0] output_addr,
    output wire [${h.lanes - 1}:0] output_mask,
    output wire [${outputLine - 1}:0] output_data
);
${base.declare(['capability', 'status', ...counters.map(([n]) => `count_${n}`), 'program', 'start', 'rows_used', 'columns_used', 'lanes_used', 'vector_used', 'multicast', 'reduce'])}

  localparam [31:0] CAPABILITY = ${capabilityText};

${wires.flatMap(([width, names]) => names.split(' ').map((n) => `  wire [${width - 1}:0] ${n};`)).join('\n')}

  // ---------------------------------------------------------------------------
  // Program: accepted only if it was made for this machine
  // ---------------------------------------------------------------------------
  reg  accepted, late;
  // What is written while a layer runs is refused: nothing changes but the status.
  wire write      = cfg_we && !busy;
  wire program_we = write && cfg_addr == ${base.of('program')};
  wire start      = write && cfg_addr == ${base.of('start')} && cfg_wdata[0] && accepted;

  always @(posedge clk) begin
    if (rst) accepted <= 1'b0;
    else if (program_we) accepted <= cfg_wdata[31:0] == CAPABILITY;
  end

  always @(posedge clk) begin
    if (rst || program_we) late <= 1'b0;
    else if (cfg_we && busy) late <= 1'b1;
  end

  wire [${h.rows - 1}:0] rows_used;
  wire [${h.columns - 1}:0] columns_used;
  wire [${h.lanes - 1}:0] lanes_used;
  wire [${h.vector - 1}:0] vector_used;
  wire [${multicast - 1}:0] multicast;
  wire [0:0] reduce;

${(
  [
    ['rows_used', h.rows],
    ['columns_used', h.columns],
    ['lanes_used', h.lanes],
    ['vector_used', h.vector],
    ['multicast', multicast],
    ['reduce', 1],
  ] as const
)
  .map(([name, width]) => cfgReg(`u_${name}`, width, base.of(name), name, { we: 'write', data: 'cfg_wdata' }))
  .join('\n\n')}

  // ---------------------------------------------------------------------------
  // Tiles
  // ---------------------------------------------------------------------------
${engine('tile_ctl', dramBits, [
  ...same(
    'start',
    'busy',
    'fill_start',
    'fill_dram',
    'fill_region',
    'fill_busy',
    'load_i_start',
    'load_i_tile',
    'load_i_half',
    'load_i_busy',
    'load_w_start',
    'load_w_dram',
    'load_w_half',
    'load_w_busy',
  ),
  ...same(
    'compute_start',
    'compute_begin',
    'compute_first',
    'compute_end',
    'compute_last',
    'compute_miss_input',
    'compute_miss_weight',
  ),
  ['compute_half_i', 'half_i'],
  ['compute_half_w', 'half_w'],
  ['compute_half_o', 'out_half'],
  ...same('compute_busy', 'drain_start', 'drain_half', 'drain_tile', 'drain_bias'),
  ['drain_busy', 'drain_busy || post_busy'],
  ...same('spill_start', 'spill_region', 'spill_dram', 'spill_busy'),
])}

${engine('fill', dramBits, [
  ['start', 'fill_start'],
  ['dram_base', 'fill_dram'],
  ['region', 'fill_region'],
  ['vector_used', 'vector_used'],
  ['busy', 'fill_busy'],
  ['req_valid', 'input_req_valid'],
  ['req_ready', 'input_req_ready'],
  ['req_addr', 'input_req_addr'],
  ['rsp_valid', 'input_rsp_valid'],
  ['rsp_data', 'input_rsp_data'],
  ['we', 'fill_we'],
  ['waddr', 'fill_addr'],
  ['wdata', 'fill_data'],
])}

${engine('load_i', Math.max(data.bits16, a.global), [
  ['start', 'load_i_start'],
  ['tile', 'load_i_tile'],
  ['all_rows', 'multicast[0]'],
  ['all_columns', 'multicast[1]'],
  ['busy', 'load_i_busy'],
  ['re', 'load_re'],
  ['raddr', 'load_addr'],
  ['rdata', 'load_data'],
  ['row_we', 'input_row_we'],
  ['column_we', 'input_column_we'],
  ['waddr', 'input_waddr'],
  ['wdata', 'input_wdata'],
])}

${engine('load_w', dramBits, [
  ['start', 'load_w_start'],
  ['dram_base', 'load_w_dram'],
  ['all_rows', 'multicast[2]'],
  ['all_columns', 'multicast[3]'],
  ['busy', 'load_w_busy'],
  ['req_valid', 'weight_req_valid'],
  ['req_ready', 'weight_req_ready'],
  ['req_addr', 'weight_req_addr'],
  ['rsp_valid', 'weight_rsp_valid'],
  ['rsp_data', 'weight_rsp_data'],
  ['row_we', 'weight_row_we'],
  ['column_we', 'weight_column_we'],
  ['lane_we', 'weight_lane_we'],
  ['waddr', 'weight_waddr'],
  ['wdata', 'weight_wdata'],
])}

${instance('gbuf', 'u_gbuf', [
  ...same(
    'clk',
    'fill_we',
    'fill_addr',
    'fill_data',
    'load_re',
    'load_addr',
    'load_data',
    'store_we',
    'store_addr',
    'store_data',
    'spill_re',
    'spill_addr',
    'spill_data',
  ),
])}

  // ---------------------------------------------------------------------------
  // Computation
  // ---------------------------------------------------------------------------
${engine('pe_ctl', nestData(h), [
  ['start', 'compute_start'],
  ['tile_begin', 'compute_begin'],
  ['tile_first', 'compute_first'],
  ['tile_end', 'compute_end'],
  ['tile_last', 'compute_last'],
  ['tile_miss_input', 'compute_miss_input'],
  ['tile_miss_weight', 'compute_miss_weight'],
  ['busy', 'compute_busy'],
  ...same(
    ...broadcast(h)
      .map(([name]) => name)
      .filter((n) => !['half_i', 'half_w', 'out_half'].includes(n)),
  ),
])}

${instance('pe_array', 'u_array', [
  ...same('clk', 'rows_used', 'columns_used', 'lanes_used', 'input_row_we', 'input_column_we'),
  ['input_half', 'load_i_half'],
  ...same('input_waddr', 'input_wdata', 'weight_row_we', 'weight_column_we', 'weight_lane_we'),
  ['weight_half', 'load_w_half'],
  ...same('weight_waddr', 'weight_wdata'),
  ...same(...broadcast(h).map(([name]) => name)),
  ...same(
    'drain_row_re',
    'drain_column_re',
    'drain_re',
    'drain_half',
    'drain_raddr',
    'drain_row_sel',
    'drain_column_sel',
  ),
  ['total', 'sums'],
])}

  // ---------------------------------------------------------------------------
  // Outputs
  // ---------------------------------------------------------------------------
${engine('drain', Math.max(data.bits16, a.global, a.bias, a.sum), [
  ['start', 'drain_start'],
  ['tile', 'drain_tile'],
  ['tile_bias', 'drain_bias'],
  ['reduce', 'reduce[0]'],
  ['busy', 'drain_busy'],
  ['re', 'drain_re'],
  ['row_re', 'drain_row_re'],
  ['column_re', 'drain_column_re'],
  ['raddr', 'drain_raddr'],
  ['row_sel', 'drain_row_sel'],
  ['column_sel', 'drain_column_sel'],
  ...same('sum_valid', 'sum_keep', 'sum_emit', 'sum_place', 'sum_bias'),
])}

${engine('post', h.configBits, [
  ['valid', 'sum_valid'],
  ['keep', 'sum_keep'],
  ['emit', 'sum_emit'],
  ['place', 'sum_place'],
  ['bias', 'sum_bias'],
  ['sums', 'sums'],
  ['busy', 'post_busy'],
  ['we', 'store_we'],
  ['waddr', 'store_addr'],
  ['wdata', 'store_data'],
])}

${engine('spill', dramBits, [
  ['start', 'spill_start'],
  ['region', 'spill_region'],
  ['dram_base', 'spill_dram'],
  ['busy', 'spill_busy'],
  ['re', 'spill_re'],
  ['raddr', 'spill_addr'],
  ['rdata', 'spill_data'],
  ['valid', 'output_valid'],
  ['ready', 'output_ready'],
  ['addr', 'output_addr'],
  ['data', 'output_data'],
])}

  assign output_mask = lanes_used;

  // ---------------------------------------------------------------------------
  // Event counters
  // ---------------------------------------------------------------------------
  wire [${counters.length - 1}:0] events;
  wire [${counters.length * 32 - 1}:0] counts;

${counters.map(([name], i) => `  assign events[${i}]${i < 10 ? ' ' : ''} = ${events[name]};`).join('\n')}

${instance('perf', 'u_perf', [
  ['clk', 'clk'],
  ['restart', 'start'],
  ['events', 'events'],
  ['counts', 'counts'],
])}

  always @* begin
    case (cfg_addr)
${[status('capability', padded(32, 'CAPABILITY')), status('status', padded(3, '{late, accepted, busy}')), ...counters.map(([n], i) => status(`count_${n}`, padded(32, `counts[${i * 32 + 31}:${i * 32}]`)))].join('\n')}
      default: cfg_rdata = ${h.configBits}'d0;
    endcase
  end
endmodule`,
  );
}
