// The whole accelerator: its ports, and its parts connected.

import { got } from '../../base/invariant.js';
import type { Hardware } from '../hardware.js';
import { dramBits, imageBits, registerBits, tileBits } from '../hardware.js';
import { counters } from '../../model/machine/template-names.js';
import { blockOf } from '../registers.js';
import type { RegisterMap } from '../registers.js';
import type { VerilogFile } from '../verilog.js';
import { verilogFile } from '../verilog.js';
import { broadcast } from './array.js';
import { events } from './events.js';
import type { ReadChannel } from './gears.js';
import { gears, gearWires, linesFrom, linesTo } from './gears.js';
import type { Connections } from './instances.js';
import { configurationBits, instance } from './instances.js';
import { storedBy, storeWires, storing, writePort } from './write-ports.js';

/** `parts` are the modules that it connects, among others. */
export function top(h: Hardware, map: RegisterMap, parts: readonly VerilogFile[]): VerilogFile {
  const byName = new Map(parts.map((file) => [file.module, file]));
  const part = (module: string, to: Connections = {}) => instance(got(byName, module), `u_${module}`, to);
  const counted = events(h);
  return verilogFile(
    h,
    'magnet_top',
    [
      'the accelerator: configuration bus, DRAM channels for inputs, weights, residuals and outputs, and all of the machine.',
      'Addresses of DRAM count words of an input or a weight; a line is VECTOR words, or LANES outputs or residuals.',
    ],
    `
module magnet_top (
${ports(h)}
);
${wires(h, map)}

  // ---------------------------------------------------------------------------
  // Configuration and event counters
  // ---------------------------------------------------------------------------
${part('host')}

${counters.map(([name], i) => `  assign events[${i}]${i < 10 ? ' ' : ''} = ${counted[name]};`).join('\n')}

  // ---------------------------------------------------------------------------
  // Tiles
  // ---------------------------------------------------------------------------
${tiles(h, part)}${gears(h)}

  // ---------------------------------------------------------------------------
  // Computation
  // ---------------------------------------------------------------------------
${computation(part)}

  // ---------------------------------------------------------------------------
  // Outputs
  // ---------------------------------------------------------------------------
${outputs(h, part)}

  assign output_mask = lanes_used;
endmodule`,
  );
}

const ports = (h: Hardware): string => `    input  wire        clk,
    input  wire        rst,
    // configuration
    input  wire        cfg_we,
    input  wire [${registerBits - 1}:0] cfg_addr,
    input  wire [${h.configBits - 1}:0] cfg_wdata,
    output wire [${h.configBits - 1}:0] cfg_rdata,
    output wire        cfg_ready,
    output wire        cfg_refused,
    output wire        busy,
    // inputs
    output wire        input_req_valid,
    input  wire        input_req_ready,
    output wire [${dramBits - 1}:0] input_req_addr,
    input  wire        input_rsp_valid,
    input  wire [${h.channels.inputs.width - 1}:0] input_rsp_data,
    // weights
    output wire        weight_req_valid,
    input  wire        weight_req_ready,
    output wire [${dramBits - 1}:0] weight_req_addr,
    input  wire        weight_rsp_valid,
    input  wire [${h.channels.weights.width - 1}:0] weight_rsp_data,${
      h.packed ? '\n    output wire        weights_packed,   // lines of weights have half the bits' : ''
    }
    // residuals
    output wire        residual_req_valid,
    input  wire        residual_req_ready,
    output wire [${dramBits - 1}:0] residual_req_addr,
    input  wire        residual_rsp_valid,
    input  wire [${h.channels.residuals.width - 1}:0] residual_rsp_data,
    // outputs
    output wire        output_valid,
    input  wire        output_ready,
    output wire [${dramBits - 1}:0] output_addr,
    output wire [${h.lanes - 1}:0] output_mask,
    output wire [${h.channels.outputs.width - 1}:0] output_data`;

/** Wires between the parts, those of a width together. */
function wires(h: Hardware, map: RegisterMap): string {
  const { address: a } = h;
  const groups: readonly (readonly [width: number, names: string])[] = [
    [
      1,
      'running bias_read bias_used start fill_start fill_busy load_i_start load_i_half load_i_busy load_w_start load_w_half load_w_busy',
    ],
    [1, 'compute_start compute_begin compute_first compute_end compute_last'],
    [1, 'compute_miss_input compute_miss_weight compute_busy'],
    [1, 'drain_start drain_half drain_busy post_busy spill_start spill_busy'],
    [1, 'fill_we load_re store_we spill_re drain_re drain_ready'],
    [1, 'sum_valid sum_keep sum_emit reduce'],
    ...placeWires(h),
    [a.global, 'fill_addr load_addr store_addr spill_addr sum_place'],
    [a.bias, 'drain_bias sum_bias'],
    ...inputWires(h),
    [h.vector * h.weightBits, 'weight_wdata'],
    [h.lanes * h.inputBits, 'store_data spill_data residual_line'],
    [h.lanes * h.sumBits, 'sums'],
    [h.rows, 'rows_used input_row_we weight_row_we drain_row_re drain_row_sel'],
    [h.columns, 'columns_used input_column_we weight_column_we drain_column_re drain_column_sel'],
    [h.lanes, 'lanes_used weight_lane_we'],
    [h.vector, 'vector_used'],
    [a.input, 'input_waddr'],
    [a.weight, 'weight_waddr'],
    [a.sum, 'drain_raddr'],
    ...broadcast(h).map(([name, width]): readonly [number, string] => [width, name]),
    ...gearWires(h),
    ...storeWires(h),
    [configurationBits(h), 'cfg'],
    [blockOf(map, 'multicast').bits, 'multicast'],
    [counters.length, 'events'],
  ];
  return groups
    .map(([width, names]) => `  wire ${width > 1 ? `[${width - 1}:0] ` : ''}${names.replaceAll(' ', ', ')};`)
    .join('\n');
}

/** Where tiles begin, in DRAM and in the global buffer; and what reads a residual there. */
function placeWires(h: Hardware): readonly (readonly [width: number, names: string])[] {
  const { global } = h.address;
  if (!h.residency)
    return [
      [dramBits, 'fill_dram load_w_dram spill_dram drain_residual'],
      [global, 'fill_region load_i_tile drain_tile spill_region'],
    ];
  return [
    [dramBits, 'fill_dram load_w_dram spill_dram'],
    [imageBits(h), 'drain_residual'],
    [global, 'fill_region spill_region residual_addr'],
    [tileBits(h), 'load_i_tile drain_tile'],
    [1, 'residual_re'],
    [h.lanes * h.inputBits, 'residual_data'],
  ];
}

/** A vector of inputs, and what of it goes to the PEs in a cycle. */
function inputWires(h: Hardware): readonly (readonly [width: number, names: string])[] {
  const { line, width, beats } = h.ports.read;
  if (beats === 1) return [[line, 'fill_data load_data input_wdata']];
  return [
    [line, 'fill_data load_data'],
    [width, 'input_wdata'],
  ];
}

type Part = (module: string, to?: Connections) => string;

const tiles = (h: Hardware, part: Part): string =>
  [
    part('tile_ctl', {
      busy: 'running',
      compute_half_i: 'half_i',
      compute_half_w: 'half_w',
      compute_half_o: 'out_half',
      drain_busy: `drain_busy || post_busy${storing(h)}`,
    }),
    part('fill', {
      start: 'fill_start',
      dram_base: 'fill_dram',
      region: 'fill_region',
      busy: 'fill_busy',
      ...dram(h, 'input'),
      ...(h.split && { split: 'split[0]' }),
      we: 'fill_we',
      waddr: 'fill_addr',
      wdata: 'fill_data',
    }),
    part('load_i', {
      start: 'load_i_start',
      tile: 'load_i_tile',
      all_rows: 'multicast[0]',
      all_columns: 'multicast[1]',
      busy: 'load_i_busy',
      re: 'load_re',
      raddr: 'load_addr',
      rdata: 'load_data',
      ...loads('input'),
    }),
    part('load_w', {
      start: 'load_w_start',
      dram_base: 'load_w_dram',
      all_rows: 'multicast[2]',
      all_columns: 'multicast[3]',
      busy: 'load_w_busy',
      ...dram(h, 'weight'),
      ...loads('weight'),
      lane_we: 'weight_lane_we',
    }),
    part('gbuf'),
  ].join('\n\n');

/** A channel of reads from DRAM. */
const dram = (h: Hardware, name: ReadChannel): Connections => ({
  ...Object.fromEntries(
    ['req_valid', 'req_ready', 'req_addr', 'rsp_valid', 'rsp_data'].map((p) => [p, `${name}_${p}`]),
  ),
  ...linesFrom(h, name),
});

/** What a load engine writes into the PEs. */
const loads = (name: string): Connections =>
  Object.fromEntries(['row_we', 'column_we', 'waddr', 'wdata'].map((p) => [p, `${name}_${p}`]));

const computation = (part: Part): string =>
  [
    part('pe_ctl', {
      start: 'compute_start',
      tile_begin: 'compute_begin',
      tile_first: 'compute_first',
      tile_end: 'compute_end',
      tile_last: 'compute_last',
      tile_miss_input: 'compute_miss_input',
      tile_miss_weight: 'compute_miss_weight',
      busy: 'compute_busy',
    }),
    part('pe_array', { input_half: 'load_i_half', weight_half: 'load_w_half', total: 'sums' }),
  ].join('\n\n');

const outputs = (h: Hardware, part: Part): string =>
  [
    part('drain', {
      start: 'drain_start',
      tile: 'drain_tile',
      tile_bias: 'drain_bias',
      ready: 'drain_ready',
      busy: 'drain_busy',
      re: 'drain_re',
      row_re: 'drain_row_re',
      column_re: 'drain_column_re',
      raddr: 'drain_raddr',
      row_sel: 'drain_row_sel',
      column_sel: 'drain_column_sel',
    }),
    part('residual', {
      start: 'drain_start',
      dram_base: 'drain_residual',
      ...dram(h, 'residual'),
      ready: 'drain_ready',
      line: 'residual_line',
      ...(h.residency && { re: 'residual_re', raddr: 'residual_addr', rdata: 'residual_data' }),
    }),
    part('post', {
      valid: 'sum_valid',
      keep: 'sum_keep',
      emit: 'sum_emit',
      place: 'sum_place',
      bias: 'sum_bias',
      residual: 'residual_line',
      busy: 'post_busy',
      ...storedBy(h),
    }),
    ...writePort(h),
    part('spill', {
      start: 'spill_start',
      region: 'spill_region',
      dram_base: 'spill_dram',
      busy: 'spill_busy',
      re: 'spill_re',
      raddr: 'spill_addr',
      rdata: 'spill_data',
      addr: 'output_addr',
      ...linesTo(h),
    }),
  ].join('\n\n');
