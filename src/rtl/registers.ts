// The register map: one table for the Verilog, the configuration program and the documentation.

import { defined } from '../base/invariant.js';
import { invariant } from '../base/diagnostics.js';
import { counters } from '../model/machine/template-names.js';
import type { Hardware } from './hardware.js';
import {
  counterBits,
  dramBits,
  imageBits,
  maxLift,
  registerBits,
  scaleBits,
  shiftBits,
  tileBits,
  tileLoops,
} from './hardware.js';

/** A run of equal registers. */
export interface RegisterBlock {
  readonly name: string;
  readonly base: number;
  readonly count: number;
  readonly bits: number;
  readonly access: 'write' | 'read';
  readonly meaning: string;
}

export type RegisterMap = readonly RegisterBlock[];

/** Flags of a nest in the order of their mask registers. `zero` of the first two also have a `last`. */
export const tileFlags = ['begin', 'first', 'missInput', 'missWeight', 'loadInput', 'loadWeight'] as const;
export const outerFlags = [...tileFlags, 'fill'] as const;
export const peFlags = ['begin', 'first', 'missInput', 'missWeight'] as const;

export const engineLoops = {
  /** c r p s q g n column row */
  loadInput: 9,
  /** lane s r c k g column row */
  loadWeight: 8,
  /** lane line column row */
  storeWeight: 4,
  /** c r p s q g n */
  fill: 7,
  /** pool-p pool-q p q k g n column row */
  drain: 9,
  /** p q k g n column row */
  residual: 7,
  /** p q k g n */
  spill: 5,
} as const;

/** Of a fill: two lines from DRAM make one of pairs, so that there is a loop over these, the innermost. */
export const fillLoops = (h: Pick<Hardware, 'split'>): number => engineLoops.fill + (h.split ? 1 : 0);

export function registerMap(h: Hardware): RegisterMap {
  const blocks: RegisterBlock[] = [];
  const put = (access: 'write' | 'read', name: string, count: number, bits: number, meaning: string) => {
    const before = blocks.at(-1);
    blocks.push({ name, base: before ? before.base + before.count : 0, count, bits, access, meaning });
  };
  const write = (name: string, count: number, bits: number, meaning: string) =>
    put('write', name, count, bits, meaning);
  const { address: a } = h;
  const nest = (name: string, loops: number, flags: readonly string[], what: string) => {
    write(`${name}_bound`, loops, counterBits, `${what}: bounds minus one, innermost loop first`);
    write(`${name}_mask`, flags.length, loops, `${what}: loop masks of ${flags.join(', ')}`);
  };
  const deltas = (name: string, loops: number, bits: number, what: string) =>
    write(`${name}_delta`, loops, bits, `${what}: address steps, innermost loop first`);

  put('read', 'capability', 1, 32, 'what this machine is; a program for another machine has another word');
  put(
    'read',
    'status',
    1,
    3,
    'bit 0 busy, bit 1 program accepted, bit 2 a write was refused: of `start` while busy, or of a bias to lines that ' +
      'the running layer uses; a write to `program` clears it',
  );
  for (const [name, meaning] of counters) put('read', `count_${name}`, 1, 32, meaning);
  write('program', 1, 32, 'first word of a program: the capability that it was made for');
  write(
    'start',
    1,
    1,
    'a write of 1 takes over all that was written and runs the layer, if the program was accepted; counters restart',
  );
  nest('outer', tileLoops, outerFlags, 'outer nest');
  deltas('outer_input', tileLoops, imageBits(h), 'outer nest, input image in DRAM');
  deltas('outer_weight', tileLoops, dramBits, 'outer nest, weights in DRAM');
  deltas('outer_output', tileLoops, imageBits(h), 'outer nest, output image in DRAM');
  deltas('outer_bias', tileLoops, a.bias, 'outer nest, bias lines');
  deltas('outer_residual', tileLoops, imageBits(h), 'outer nest, residual in DRAM');
  nest('inner', tileLoops, tileFlags, 'inner nest');
  deltas('inner_input', tileLoops, tileBits(h), 'inner nest, inputs in the global buffer');
  deltas('inner_weight', tileLoops, dramBits, 'inner nest, weights in DRAM');
  deltas('inner_output', tileLoops, tileBits(h), 'inner nest, outputs in the global buffer');
  deltas('inner_bias', tileLoops, a.bias, 'inner nest, bias lines');
  deltas('inner_residual', tileLoops, imageBits(h), 'inner nest, residual in DRAM');
  nest('pe', h.peLoops, peFlags, 'PE nest');
  deltas('pe_input', h.peLoops, a.input, 'PE nest, input buffer');
  deltas('pe_weight', h.peLoops, a.weight, 'PE nest, weight buffer');
  deltas('pe_sum', h.peLoops, a.sum, 'PE nest, accumulation and output buffer');
  if (h.inputCollector > 1) deltas('pe_input_entry', h.peLoops, a.inputEntry, 'PE nest, input collector');
  if (h.weightCollector > 1) deltas('pe_weight_entry', h.peLoops, a.weightEntry, 'PE nest, weight collector');
  if (h.sumCollector > 1) deltas('pe_sum_entry', h.peLoops, a.sumEntry, 'PE nest, accumulation collector');
  write('load_input_bound', engineLoops.loadInput, counterBits, 'input load: c r p s q g n column row, minus one');
  deltas('load_input', engineLoops.loadInput, tileBits(h), 'input load, global buffer');
  write('load_weight_bound', engineLoops.loadWeight, counterBits, 'weight load: lane s r c k g column row, minus one');
  deltas('load_weight', engineLoops.loadWeight, dramBits, 'weight load, DRAM');
  write(
    'store_weight_bound',
    engineLoops.storeWeight,
    counterBits,
    'weight load as it arrives: lane line column row, minus one',
  );
  write('fill_bound', fillLoops(h), counterBits, `fill: ${h.split ? 'half ' : ''}c r p s q g n, minus one`);
  deltas('fill', fillLoops(h), dramBits, 'fill, DRAM');
  write('drain_bound', engineLoops.drain, counterBits, 'drain: pool-p pool-q p q k g n column row, minus one');
  deltas('drain_sum', engineLoops.drain, a.sum, 'drain, output buffer');
  deltas('drain_global', engineLoops.drain, tileBits(h), 'drain, global buffer');
  deltas('drain_bias', engineLoops.drain, a.bias, 'drain, bias lines');
  deltas('drain_residual', engineLoops.residual, imageBits(h), 'drain from the loop over p on, residual in DRAM');
  write('spill_bound', engineLoops.spill, counterBits, 'spill: p q k g n, minus one');
  deltas('spill', engineLoops.spill, dramBits, 'spill, DRAM');
  write('input_base', 1, imageBits(h), 'input image in DRAM, word address');
  write('weight_base', 1, dramBits, 'weights in DRAM, word address');
  write('output_base', 1, imageBits(h), 'output image in DRAM, word address of the first output');
  write('residual_base', 1, imageBits(h), 'residual in DRAM, word address');
  write('residual', 1, 1, 'a line of the residual is read for each line that is drained');
  write('input_region', 2, a.global, 'first line of the input ping and pong regions of the global buffer');
  write('output_region', 2, a.global, 'first line of the output ping and pong regions');
  if (h.residency) {
    write('resident', 1, 3, 'in the global buffer as whole images: bit 0 inputs, 1 outputs, 2 the residual');
    write(
      'weights_kept',
      1,
      2,
      'bit 0 weights are in the weight buffers and are not loaded, bit 1 the half that has them, or the one before the first load',
    );
    write('weight_line', 1, a.weight, 'first line of the weights in their half');
    write('image_border', 1, h.inputBits, 'word around inputs in the global buffer');
    const { positionBits, channelBits } = h.residency;
    const end = Math.max(positionBits, channelBits);
    write('input_first', 2, positionBits, 'first column and row of inputs in the global buffer, border before them');
    write('input_end', 3, end, 'parts of channels, and where columns and rows of inputs in the global buffer end');
    write('output_end', 3, end, 'the same of outputs and of a residual');
  }
  write('rows_used', 1, h.rows, 'rows of the PE array in use');
  write('columns_used', 1, h.columns, 'columns of the PE array in use');
  write('lanes_used', 1, h.lanes, 'lanes in use');
  write('vector_used', 1, h.vector, 'positions of an input vector in use; the others are zeroed when it is fetched');
  write(
    'multicast',
    1,
    4,
    'bit 0 inputs to all rows, 1 inputs to all columns, 2 weights to all rows, 3 weights to all columns',
  );
  write('reduce', 1, 1, 'sums of all rows are added when they are drained');
  if (h.packed) write('weights_packed', 1, 1, `weights lie packed in DRAM, in ${h.packed.wordBits} bits each`);
  if (h.split)
    write(
      'split',
      1,
      2,
      `bit 0 each word holds two channels, of ${h.split.weightBits} bits of a weight and ${h.split.inputBits} of an input, ` +
        'bit 1 these inputs count from 0 on',
    );
  write(
    'post_mode',
    1,
    4,
    'post-processing: bit 0 outputs are unsigned, 1 residuals are unsigned, 2 the residual multiplies, ' +
      '3 outputs are the low bits, neither rounded nor limited',
  );
  write('post_low', 1, h.inputBits, 'post-processing: results below this number become it');
  write('post_high', 1, h.inputBits, 'post-processing: results above this number become it');
  write('residual_scale', 1, scaleBits, 'post-processing: factor of the residual, signed; 0 where there is none');
  write(
    'residual_shift',
    1,
    shiftBits,
    `post-processing: the residual is divided by 2 to the power of this, 0 to ${maxLift(h)} less than each shift`,
  );
  write(
    'post_scale',
    1,
    scaleBits + shiftBits,
    `post-processing: signed factor of the biases that are written next (${scaleBits} bits), above it their right ` +
      `shift, 0 to ${2 ** shiftBits - 1}`,
  );
  write(
    'bias_half',
    1,
    2,
    `bit 0 the layer has biases in lines 0 to ${biasHalf(h) - 1}, bit 1 in those above; its first line is 0, ` +
      `with bit 1 alone ${biasHalf(h)}`,
  );
  write('bias_line', 1, a.bias, 'line of the next bias; lane 0');
  write(
    'bias_data',
    1,
    h.sumBits,
    'bias of the current lane, stored with post_scale; moves to the next lane, then to the next line',
  );
  const last = defined(blocks.at(-1));
  invariant(last.base + last.count <= 2 ** registerBits, 'the register map is full');
  return blocks;
}

/** Lines of the lower half of the biases: while a layer uses one half, those of the next may be written to the other. */
export const biasHalf = ({ address }: Pick<Hardware, 'address'>): number => 2 ** (address.bias - 1);

export function blockOf(map: RegisterMap, name: string): RegisterBlock {
  const found = map.find((b) => b.name === name);
  invariant(found, `no register ${name}`);
  return found;
}

/** 32-bit FNV-1a of everything that a program relies on: sizes and register map, but no widths of channels and ports. */
export function capability(h: Hardware, map: RegisterMap): number {
  const widths = { channels: undefined, dramLatency: undefined, ports: undefined, packed: undefined };
  const text = JSON.stringify([{ ...h, name: '', ...widths }, map]);
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
