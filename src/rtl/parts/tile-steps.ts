// What the two nests of tiles do at a step: which engines start, which half of a memory each uses, and what goes down the
// pipeline with a tile.

import type { Hardware } from '../hardware.js';
import { dramBits, imageBits, tileBits } from '../hardware.js';
import { outerFlags, tileFlags } from '../registers.js';
import type { Base } from './register-names.js';
import { tileNest } from './tile-nest.js';

const flag = (name: (typeof outerFlags)[number]) => outerFlags.indexOf(name);

/** Tiles of the global buffer: filled at the head, run by the inner nest in the middle, spilled at the tail. */
export const outerSteps = (h: Hardware, base: Base): string =>
  [
    '  wire inner_start, inner_busy;',
    outerNest(h, base),
    outerState(h),
    outerStarts(h),
    outerHalves,
    outerShift(h),
  ].join('\n\n');

const outerNest = (h: Hardware, base: Base) =>
  tileNest(h, base, {
    name: 'outer',
    flags: outerFlags,
    input: imageBits(h),
    output: imageBits(h),
    start: 'start',
    engines: 'fill_busy || inner_busy || spill_busy',
    busy: 'busy',
    from: {
      input: 'input_base',
      weight: 'weight_base',
      output: 'output_base',
      bias: `${h.address.bias}'d0`,
      residual: 'residual_base',
    },
  });

const outerState = (h: Hardware): string => {
  const { address: a } = h;
  const image = imageBits(h);
  const words =
    image === dramBits
      ? `  reg [${dramBits - 1}:0] middle_weight, middle_output, middle_residual;`
      : `  reg [${dramBits - 1}:0] middle_weight;
  reg [${image - 1}:0] middle_input, middle_output, middle_residual;`;
  return `  // What the inner nest (middle) and the spill (tail) know of their tile.
  reg [${tileFlags.length - 1}:0] middle_zeros;
  reg [1:0]  middle_lasts;
${words}
  reg [${a.bias - 1}:0] middle_bias;
  reg        fill_half, middle_input_half, output_half;
  reg        tail_finished, tail_output_half;
  wire       middle_finished = &middle_lasts;`;
};

const outerStarts = (
  h: Hardware,
): string => `  assign fill_start   = outer_issue && outer_head && outer_zeros[${flag('fill')}]${h.residency ? ' && !resident[0]' : ''};
  assign fill_dram    = outer_input${h.residency ? `[${dramBits - 1}:0]` : ''};
  assign fill_region  = fill_half ? input_region_0 : input_region_1;
  assign inner_start  = outer_issue && outer_middle;
  assign spill_start  = outer_issue && outer_tail && tail_finished${h.residency ? ' && !resident[1]' : ''};
  assign spill_region = tail_output_half ? output_region_1 : output_region_0;`;

/** Halves change where a tile is filled, and where one of outputs is finished. */
const outerHalves = `  always @(posedge clk) begin
    if (start) begin
      fill_half   <= 1'b0;
      output_half <= 1'b0;
    end else begin
      if (fill_start) fill_half <= !fill_half;
      if (outer_shift && outer_middle && middle_finished) output_half <= !output_half;
    end
  end`;

const outerShift = (h: Hardware): string => `  always @(posedge clk) begin
    if (outer_shift) begin
      middle_zeros      <= outer_zeros[${tileFlags.length - 1}:0];
      middle_lasts      <= outer_lasts;
${h.residency ? '      middle_input      <= outer_input;\n' : ''}      middle_weight     <= outer_weight;
      middle_output     <= outer_output;
      middle_bias       <= outer_bias;
      middle_residual   <= outer_residual;
      middle_input_half <= fill_half;
      tail_finished     <= middle_finished;
      tail_output_half  <= output_half;
      spill_dram        <= middle_output${h.residency ? `[${dramBits - 1}:0]` : ''};
    end
  end`;

/** Tiles of the PEs: loaded at the head, computed in the middle, drained at the tail. */
export const innerSteps = (h: Hardware, base: Base): string =>
  [innerNest(h, base), tileFlagsNow, innerState(h), innerStarts(h), innerHalves(h), innerShift].join('\n\n');

const innerNest = (h: Hardware, base: Base) =>
  tileNest(h, base, {
    name: 'inner',
    flags: tileFlags,
    input: tileBits(h),
    output: tileBits(h),
    start: 'inner_start',
    engines: 'load_i_busy || load_w_busy || compute_busy || drain_busy',
    busy: 'inner_busy',
    from: {
      input: startOf(h, 0, 'middle_input', 'middle_input_half ? input_region_1 : input_region_0'),
      weight: 'middle_weight',
      output: startOf(h, 1, 'middle_output', 'output_half ? output_region_1 : output_region_0'),
      bias: 'middle_bias',
      residual: 'middle_residual',
    },
  });

/** Where a tile begins in the global buffer: in one of two regions, or in an image that lies there whole. */
const startOf = ({ residency, address }: Hardware, bit: number, image: string, tile: string): string =>
  residency ? `resident[${bit}] ? ${image} : {${residency.bits - address.global}'d0, ${tile}}` : tile;

const tileFlagsNow = `  // Flags of the tile at the head, over both nests.
  wire [${tileFlags.length - 1}:0] tile_zeros = inner_zeros & middle_zeros;
  wire [1:0] tile_lasts = inner_lasts & middle_lasts;`;

const innerState = (h: Hardware) => `  reg [${tileBits(h) - 1}:0] compute_tile;
  reg [${h.address.bias - 1}:0] compute_bias;
  reg [${imageBits(h) - 1}:0] compute_residual;
  reg        drain_finished;
  wire       compute_finished = compute_end && compute_last;`;

const innerStarts = (
  h: Hardware,
): string => `  assign load_i_start  = inner_issue && inner_head && tile_zeros[${flag('loadInput')}];
  assign load_i_tile   = inner_input;
  assign load_w_start  = inner_issue && inner_head && tile_zeros[${flag('loadWeight')}]${h.residency ? ' && !weights_kept[0]' : ''};
  assign load_w_dram   = inner_weight;
  assign compute_start = inner_issue && inner_middle;
  assign drain_start   = inner_issue && inner_tail && drain_finished;`;

/** Halves change where a buffer is loaded, and where a tile of sums is finished. */
const innerHalves = (h: Hardware): string => `  always @(posedge clk) begin
    if (start) begin
      load_i_half    <= 1'b0;
      load_w_half    <= ${h.residency ? 'weights_kept[1]' : "1'b0"};
      compute_half_o <= 1'b0;
    end else begin
      if (load_i_start) load_i_half <= !load_i_half;
      if (load_w_start) load_w_half <= !load_w_half;
      if (inner_shift && inner_middle && compute_finished) compute_half_o <= !compute_half_o;
    end
  end`;

const innerShift = `  always @(posedge clk) begin
    if (inner_shift) begin
      compute_begin       <= tile_zeros[${flag('begin')}];
      compute_first       <= tile_zeros[${flag('first')}];
      compute_end         <= tile_lasts[${flag('begin')}];
      compute_last        <= tile_lasts[${flag('first')}];
      compute_miss_input  <= tile_zeros[${flag('missInput')}];
      compute_miss_weight <= tile_zeros[${flag('missWeight')}];
      compute_half_i      <= load_i_half;
      compute_half_w      <= load_w_half;
      compute_tile        <= inner_output;
      compute_bias        <= inner_bias;
      compute_residual    <= inner_residual;
      drain_finished      <= compute_finished;
      drain_half          <= compute_half_o;
      drain_tile          <= compute_tile;
      drain_bias          <= compute_bias;
      drain_residual      <= compute_residual;
    end
  end`;
