// Control of tiles: the outer and the inner nest, each a three-stage pipeline of steps.

import type { Hardware } from '../hardware.js';
import { dramBits, imageBits, tileBits } from '../hardware.js';
import type { VerilogFile } from '../verilog.js';
import { verilogFile } from '../verilog.js';
import { cfgRegs, configuredPorts } from './instances.js';
import type { Base } from './register-names.js';
import { innerSteps, outerSteps } from './tile-steps.js';

const registers = [
  'outer_bound',
  'outer_mask',
  'outer_input_delta',
  'outer_weight_delta',
  'outer_output_delta',
  'outer_bias_delta',
  'outer_residual_delta',
  'inner_bound',
  'inner_mask',
  'inner_input_delta',
  'inner_weight_delta',
  'inner_output_delta',
  'inner_bias_delta',
  'inner_residual_delta',
  'input_base',
  'weight_base',
  'output_base',
  'residual_base',
  'input_region',
  'output_region',
] as const;

export const tileCtl = (h: Hardware, base: Base): VerilogFile =>
  verilogFile(
    h,
    'tile_ctl',
    [
      'control of tiles. Outer step s fills the global buffer for tile s, runs the inner nest on tile s - 1 and',
      'spills tile s - 2; inner step j loads PE tile j, computes tile j - 1 and drains tile j - 2.',
    ],
    `
module tile_ctl (
${ports(h)}
);
${base.declare(h.residency ? [...registers, 'resident', 'weights_kept'] : registers)}

  // ---------------------------------------------------------------------------
  // Where things lie
  // ---------------------------------------------------------------------------
${regions(h, base)}

  // ---------------------------------------------------------------------------
  // Outer nest: tiles of the global buffer
  // ---------------------------------------------------------------------------
${outerSteps(h, base)}

  // ---------------------------------------------------------------------------
  // Inner nest: tiles of the PEs
  // ---------------------------------------------------------------------------
${innerSteps(h, base)}
endmodule`,
  );

/** A start and a busy for every engine, and what each needs to know of its tile. */
const ports = (h: Hardware): string => {
  const { address: a } = h;
  return `${configuredPorts(h)}
    input  wire        start,
    output wire        busy,
    // fill
    output wire        fill_start,
    output wire [${dramBits - 1}:0] fill_dram,
    output wire [${a.global - 1}:0] fill_region,
    input  wire        fill_busy,
    // load_i
    output wire        load_i_start,
    output wire [${tileBits(h) - 1}:0] load_i_tile,
    output reg         load_i_half,
    input  wire        load_i_busy,
    // load_w
    output wire        load_w_start,
    output wire [${dramBits - 1}:0] load_w_dram,
    output reg         load_w_half,
    input  wire        load_w_busy,
    // pe_ctl
    output wire        compute_start,
    output reg         compute_begin,
    output reg         compute_first,
    output reg         compute_end,
    output reg         compute_last,
    output reg         compute_miss_input,
    output reg         compute_miss_weight,
    output reg         compute_half_i,
    output reg         compute_half_w,
    output reg         compute_half_o,
    input  wire        compute_busy,
    // drain
    output wire        drain_start,
    output reg         drain_half,
    output reg  [${tileBits(h) - 1}:0] drain_tile,
    output reg  [${a.bias - 1}:0] drain_bias,
    output reg  [${imageBits(h) - 1}:0] drain_residual,
    input  wire        drain_busy,
    // spill
    output wire        spill_start,
    output wire [${a.global - 1}:0] spill_region,
    output reg  [${dramBits - 1}:0] spill_dram,
    input  wire        spill_busy`;
};

const regions = (h: Hardware, base: Base): string => {
  const { global } = h.address;
  const image = imageBits(h);
  const bases =
    image === dramBits
      ? `  wire [${dramBits - 1}:0] input_base, weight_base, output_base, residual_base;`
      : `  wire [${image - 1}:0] input_base, output_base, residual_base;
  wire [${dramBits - 1}:0] weight_base;
  wire [2:0] resident;
  wire       unused_resident = &{1'b0, resident[2]};

  wire [1:0] weights_kept;

${cfgRegs(h, 'resident', 3, base.of('resident'), 'resident')}

${cfgRegs(h, 'weights_kept', 2, base.of('weights_kept'), 'weights_kept')}`;
  return `${bases}
  wire [${global - 1}:0] input_region_0, input_region_1, output_region_0, output_region_1;

${cfgRegs(h, 'input_base', image, base.of('input_base'), 'input_base')}

${cfgRegs(h, 'weight_base', dramBits, base.of('weight_base'), 'weight_base')}

${cfgRegs(h, 'output_base', image, base.of('output_base'), 'output_base')}

${cfgRegs(h, 'residual_base', image, base.of('residual_base'), 'residual_base')}

${cfgRegs(h, 'input_region', global, base.of('input_region'), '{input_region_1, input_region_0}', 2)}

${cfgRegs(h, 'output_region', global, base.of('output_region'), '{output_region_1, output_region_0}', 2)}`;
};
