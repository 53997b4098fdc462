// Energy and area of the parts that the template is made of, as constants with their sources.

import { defined, nth } from '../../base/invariant.js';
import { ln, power } from '../../base/powers.js';
import type { Bits, Picojoules, SquareMillimetres } from '../../base/units.js';
import { bits, picojoules, squareMicrometres } from '../../base/units.js';
import type { SramShape } from './sram-shape.js';
import { generatorShape, shapeArea, shapeEnergy } from './sram-shape.js';

/** A constant and where it was read, or the word "assumed". */
export interface Cited {
  readonly value: number;
  readonly source: string;
}

/**
 * Energies and areas of the parts that the template is made of, each with its source, which names the unit (fJ, um2, ratios).
 * docs/cost-model.md has the formulas.
 */
export interface Technology {
  readonly name: string;
  readonly constants: Readonly<Record<ConstantName, Cited>>;
  /** Rows and columns of a macro, and what they cost; without it a memory costs by its size alone. */
  readonly sramShape?: SramShape;
  /** SRAM macros, um2 per bit by size in KB, ascending; interpolated linearly in the logarithm of the size. */
  readonly sramArea: {
    readonly source: string;
    readonly points: readonly { readonly kilobytes: number; readonly um2PerBit: number }[];
  };
}

export const constantNames = [
  'voltage',
  'multiplierEnergy',
  'splitEnergy',
  'pairEnergy',
  'adderEnergy',
  'latchWriteEnergy',
  'latchReadEnergy',
  'sramEnergy',
  'sramExponent',
  'sramFloor',
  'wireEnergy',
  'dramEnergy',
  'staticEnergy',
  'macArea',
  'splitArea',
  'treeArea',
  'accumulateArea',
  'operandArea',
  'latchArea',
  'sramScale',
  'dualPort',
  'flopLimit',
  'placement',
  'loopArea',
  'tileControlArea',
] as const;
export type ConstantName = (typeof constantNames)[number];

/** Ratios that files of older versions do not have, and none needs whose machines are as then. */
export const laterConstants: readonly ConstantName[] = ['splitEnergy', 'pairEnergy', 'splitArea'];

/** Parts in 16 nm FinFET at 0.8 V, from open sources. Nothing here is a result of the MAGNet paper. */
export const technology16nm: Technology = {
  name: '16nm',
  constants: {
    voltage: { value: 0.8, source: 'assumed: nominal supply of 16FF; energies below are given at it' },
    multiplierEnergy: {
      value: 26,
      source:
        'fJ for 8 x 8 bits, scaled by the product of the widths; 28 fJ derived from 0.2 pJ at 45 nm (Accelergy ' +
        'data citing Sze 2020) with Stillmaker & Baas 2017; 24 fJ for a MAC in NN-Baton, ISCA 2021',
    },
    splitEnergy: {
      value: 1.07,
      source:
        'a multiplication of whole words in a multiplier that splits over one in one that does not; our Verilog at 8 x 8 ' +
        'bits, synthesized with Yosys for area: gates that toggle from one random pair of words to the next, by their ' +
        'area, without glitches',
    },
    pairEnergy: {
      value: 0.76,
      source:
        'two products of half the bits, added, over a multiplication of whole words where multipliers do not split; ' +
        'as splitEnergy. By the product of the widths two 4 x 4-bit products alone would be 0.5',
    },
    adderEnergy: {
      value: 1.0,
      source:
        'fJ per bit; 10 fJ for an 8-bit add at 14 nm, Dally, Turakhia, Han, CACM 63(7) 2020; ' +
        'int32 0.1 pJ at 45 nm (Horowitz, ISSCC 2014) scales to 0.5',
    },
    latchWriteEnergy: { value: 1.5, source: 'fJ per bit; 9 fJ at 40 nm (Accelergy Aladdin tables) scaled to 16 nm' },
    latchReadEnergy: { value: 1.0, source: 'fJ per bit; assumed below the write' },
    sramEnergy: {
      value: 50,
      source: 'fJ per bit of an 8 KB SRAM at 14 nm, CACM 63(7) 2020; taken for 1,024 words of 64 bits',
    },
    sramExponent: {
      value: 0.6,
      source:
        'energy of a column ~ rows^0.6: the fit below; of macros without a shape energy per bit ~ size^0.6 ' +
        '(0.5 by wire length, 0.78 in the Accelergy library after CACTI)',
    },
    sramFloor: { value: 8, source: 'fJ per bit; assumed for the smallest macros' },
    wireEnergy: { value: 40, source: 'fJ per bit and mm; 20-40 at 16 nm (VLSI 2018), 100 in CACM 63(7) 2020' },
    dramEnergy: { value: 8750, source: 'fJ per bit, NN-Baton, ISCA 2021; 20 pJ in Dally' },
    staticEnergy: {
      value: 0,
      source: 'fJ per cycle and mm2: leakage and clock, assumed zero for want of an open figure',
    },
    macArea: {
      value: 95,
      source:
        'um2 of an 8 x 8-bit multiplier, scaled by the product of the widths; our Verilog, ' +
        'synthesized with Yosys for area, without a timing target; with the tree and the accumulator 121 um2 per ' +
        'MAC, where NN-Baton (ISCA 2021) has 135',
    },
    splitArea: {
      value: 1.11,
      source:
        'a multiplier that does two products of half the bits over one that does not; our Verilog at 8 x 8 bits, ' +
        'synthesized with Yosys for area, without a timing target (at 16 x 16 bits less, at 4 x 4 more)',
    },
    treeArea: {
      value: 0.78,
      source:
        'um2 per bit of a product in the adder tree; our Verilog, synthesized with Yosys for area, ' +
        'without a timing target',
    },
    accumulateArea: {
      value: 2.63,
      source:
        'um2 per bit of an adder with a register; our Verilog, synthesized with Yosys for area, ' +
        'without a timing target',
    },
    operandArea: {
      value: 0.8,
      source:
        'um2 per bit of an operand that is chosen from two halves and a collector; our Verilog, ' +
        'synthesized with Yosys for area, without a timing target',
    },
    latchArea: { value: 1.3, source: 'um2 per bit; 5.98 at 40 nm (Accelergy Aladdin tables) scaled to 16 nm' },
    sramScale: { value: 1.1, source: 'macros of 12 nm taken to 16 nm' },
    dualPort: {
      value: 1.6,
      source: 'area of a macro that reads and writes in one cycle over one that does either, assumed; 1.5-1.8 is usual',
    },
    flopLimit: {
      value: 2048,
      source:
        'bits; below it there is no macro: a memory is made of flops, or of the smallest macro where that takes less',
    },
    placement: { value: 0.75, source: 'utilisation of the placed area, assumed; 0.7-0.8 is common' },
    loopArea: {
      value: 116,
      source:
        'um2 per loop of the PE nest, with its addresses; our Verilog, synthesized with Yosys for area, ' +
        'without a timing target',
    },
    tileControlArea: {
      value: 12330,
      source:
        'um2 of the two outer nests, the six engines that move tiles, counters and registers; ' +
        'our Verilog, synthesized with Yosys for area, without a timing target',
    },
  },
  sramShape: generatorShape,
  sramArea: {
    source: '12 nm macros of 4, 32 and 256 KB: 4,684, 29,142 and 183,290 um2 (RecPipe artifact)',
    points: [
      { kilobytes: 4, um2PerBit: 4684 / 32768 },
      { kilobytes: 32, um2PerBit: 29142 / 262144 },
      { kilobytes: 256, um2PerBit: 183290 / 2097152 },
    ],
  },
};

/** The same as it was before macros had a shape: figures of versions up to 0.4 rest on it. */
const bySize = (): Technology => {
  const { sramShape: _shape, ...others } = technology16nm;
  return { ...others, name: `${technology16nm.name}-by-size` };
};

/** What `--technology` and `base` know by name; the first is the default. */
export const builtInTechnologies: readonly Technology[] = [technology16nm, bySize()];

const femto = (fJ: number): Picojoules => picojoules(fJ / 1000);
const value = (t: Technology, name: ConstantName) => t.constants[name].value;
const kilobytesOf = (size: Bits) => size / 8192;

export const multiplyEnergy = (t: Technology, aBits: number, bBits: number) =>
  femto((value(t, 'multiplierEnergy') * aBits * bBits) / 64);
export const addEnergy = (t: Technology, width: number) => femto(value(t, 'adderEnergy') * width);
export const latchEnergy = (t: Technology, action: 'read' | 'write', width: number) =>
  femto(value(t, action === 'read' ? 'latchReadEnergy' : 'latchWriteEnergy') * width);
/**
 * One access to a macro of `size` with words of `width` bits, pJ: that of 8 KB in proportion to what rows and columns take,
 * or (KB / 8)^0.6 per bit where shapes are not told apart; not below the floor.
 */
export function sramEnergy(t: Technology, size: Bits, width: number): Picojoules {
  const exponent = value(t, 'sramExponent');
  const share = t.sramShape
    ? shapeEnergy(t.sramShape, exponent, size / width, width)
    : power(kilobytesOf(size) / 8, exponent);
  return femto(width * Math.max(value(t, 'sramFloor'), value(t, 'sramEnergy') * share));
}
export const wireEnergy = (t: Technology, width: number, millimetres: number) =>
  femto(value(t, 'wireEnergy') * width * millimetres);
export const dramEnergy = (t: Technology, width: number) => femto(value(t, 'dramEnergy') * width);
/** Leakage and clock per cycle of an area. */
export const staticEnergy = (t: Technology, area: SquareMillimetres) => femto(value(t, 'staticEnergy') * area);

/** Raw cell areas, before placement. */
export const macArea = (t: Technology, aBits: number, bBits: number, factor = 1) =>
  squareMicrometres((factor * value(t, 'macArea') * aBits * bBits) / 64 + value(t, 'treeArea') * (aBits + bBits));
/** Adders with registers, and selected operands, of some bits in all. */
export const accumulateArea = (t: Technology, width: number) => squareMicrometres(value(t, 'accumulateArea') * width);
export const operandArea = (t: Technology, width: number) => squareMicrometres(value(t, 'operandArea') * width);
export const latchArea = (t: Technology, width: number) => squareMicrometres(value(t, 'latchArea') * width);

/**
 * A memory of `size` bits in words of `width`: a macro, or flops where those take less. Where shapes are not told apart,
 * flops are for memories up to `flopLimit` alone, and the smallest macro has so many bits. Area never falls with size.
 */
export function memoryArea(t: Technology, size: Bits, width: number): SquareMillimetres {
  return isOfRegisters(t, size, width) ? latchArea(t, size) : macroAreaOf(t, size, width);
}

/** Whether registers take no more than a macro: the memory is made of them. */
export function isOfRegisters(t: Technology, size: Bits, width: number): boolean {
  const limit = value(t, 'flopLimit');
  return limit > 0 && (t.sramShape !== undefined || size <= limit) && latchArea(t, size) <= macroAreaOf(t, size, width);
}

const macroAreaOf = (t: Technology, size: Bits, width: number): SquareMillimetres =>
  t.sramShape
    ? (shapeArea(t.sramShape, size / width, width, (n) => macroArea(t, bits(n))) as SquareMillimetres)
    : macroArea(t, bits(Math.max(size, value(t, 'flopLimit'))));

function macroArea(t: Technology, size: Bits): SquareMillimetres {
  const kb = kilobytesOf(size);
  const { points } = t.sramArea;
  // The outer segments are extended downwards; above the last point the density no longer grows.
  const upper = Math.max(
    1,
    points.findIndex((p) => p.kilobytes >= kb),
  );
  const [lo, hi] = [nth(points, upper - 1), nth(points, upper)];
  const share = ln(kb / lo.kilobytes) / ln(hi.kilobytes / lo.kilobytes);
  const last = defined(points.at(-1));
  const density = kb >= last.kilobytes ? last.um2PerBit : lo.um2PerBit + share * (hi.um2PerBit - lo.um2PerBit);
  return squareMicrometres(size * density * value(t, 'sramScale'));
}

/** The same where it reads and writes in one cycle. */
export const dualPortArea = (t: Technology, size: Bits, width: number) =>
  (value(t, 'dualPort') * memoryArea(t, size, width)) as SquareMillimetres;

/** Placed area of some cells. */
export const placed = (t: Technology, area: SquareMillimetres) => (area / value(t, 'placement')) as SquareMillimetres;
/** Control that all PEs share, by the loops of their nest; and that of tiles. */
export const loopArea = (t: Technology, loops: number) => squareMicrometres(value(t, 'loopArea') * loops);
export const tileControlArea = (t: Technology) => squareMicrometres(value(t, 'tileControlArea'));
