// The memories of a machine for those who place and route it: each size with its ports, how many there are, and what one takes.

import { bits } from '../../base/units.js';
import type { Picojoules, SquareMillimetres } from '../../base/units.js';
import type { Template } from '../../model/machine/template.js';
import { scaleBits, shiftBits } from '../../model/machine/template-parts.js';
import type { Technology } from '../../model/machine/technology.js';
import { dualPortArea, isOfRegisters, memoryArea, sramEnergy } from '../../model/machine/technology.js';
import type { Hardware } from '../hardware.js';
import { addressBits, hardwareOf } from '../hardware.js';

/** The module that stands for the memory in the Verilog. */
export type MemoryModule = 'sram_1rw' | 'sram_1r1w' | 'sram_1rw_parts';

export interface Memory {
  readonly module: MemoryModule;
  /** Bits of a word, words, bits of an address; parts of a word that are written by themselves. */
  readonly width: number;
  readonly depth: number;
  readonly address: number;
  readonly parts: number;
  /** On the chip. */
  readonly count: number;
  readonly places: readonly string[];
  /** Of one, before placement. */
  readonly area: SquareMillimetres;
  /** Of a word read or written. */
  readonly energy: Picojoules;
  /** Registers take less than a macro would: it stays as it is. */
  readonly ofRegisters: boolean;
}

interface Place {
  readonly module: MemoryModule;
  readonly width: number;
  readonly depth: number;
  readonly parts?: number;
  readonly count: number;
  readonly place: string;
}

function placesOf(h: Hardware): readonly Place[] {
  const pes = h.rows * h.columns;
  const lanes = pes * h.lanes;
  const parts = h.residency?.parts ?? 1;
  return [
    {
      module: 'sram_1rw',
      width: h.vector * h.weightBits,
      depth: h.weightDepth,
      count: 2 * lanes,
      place: 'weight buffers',
    },
    { module: 'sram_1rw', width: h.vector * h.inputBits, depth: h.inputDepth, count: 2 * pes, place: 'input buffers' },
    { module: 'sram_1r1w', width: h.sumBits, depth: h.sumDepth, count: lanes, place: 'accumulation buffers' },
    { module: 'sram_1rw', width: h.sumBits, depth: h.sumDepth, count: 2 * lanes, place: 'output buffers' },
    {
      module: parts > 1 ? 'sram_1rw_parts' : 'sram_1rw',
      width: h.globalLine * h.inputBits,
      depth: h.globalBankDepth,
      parts,
      count: h.globalBanks,
      place: 'global buffer',
    },
    {
      module: 'sram_1rw',
      width: h.sumBits + scaleBits + shiftBits,
      depth: h.biasDepth,
      count: h.lanes,
      place: 'constants of post-processing',
    },
  ];
}

/** Each size once, in the order of the parts. Areas and energies are the cost model's. */
export function memoriesOf(template: Template, technology: Technology): readonly Memory[] {
  const found = new Map<string, Memory>();
  for (const { module, width, depth, parts = 1, count, place } of placesOf(hardwareOf(template))) {
    const key = `${module} ${width} ${depth} ${parts}`;
    const size = bits(width * depth);
    const before = found.get(key);
    const area = module === 'sram_1r1w' ? dualPortArea : memoryArea;
    found.set(key, {
      module,
      width,
      depth,
      address: addressBits(depth),
      parts,
      count: count + (before?.count ?? 0),
      places: [...(before?.places ?? []), place],
      area: area(technology, size, width),
      energy: sramEnergy(technology, size, width),
      ofRegisters: isOfRegisters(technology, size, width),
    });
  }
  return [...found.values()];
}

/** `magnet_1rw_64x512`, `magnet_1rw_64x512_by_2` where parts of words are written. */
export const macroName = ({ module, width, depth, parts }: Memory): string =>
  `magnet_${module === 'sram_1r1w' ? '1r1w' : '1rw'}_${width}x${depth}${parts > 1 ? `_by_${parts}` : ''}`;
