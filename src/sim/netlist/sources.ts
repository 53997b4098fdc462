// Who drives each bit of a flat design: inputs, registers, memory reads and cells, each a whole word of bits.

import { defined, nth } from '../../base/invariant.js';
import type { FlatCell, FlatDesign } from './flatten.js';
import { flag, number, port } from './cell-parameters.js';

export type Source =
  | { readonly kind: 'input'; readonly id: number; readonly bits: readonly number[]; readonly name: string }
  | { readonly kind: 'register'; readonly id: number; readonly bits: readonly number[]; readonly cell: FlatCell }
  /** Read port number `port` of a memory; `clocked` ones hold their word in a register. */
  | {
      readonly kind: 'read';
      readonly id: number;
      readonly bits: readonly number[];
      readonly cell: FlatCell;
      readonly port: number;
      readonly clocked: boolean;
    }
  | { readonly kind: 'cell'; readonly id: number; readonly bits: readonly number[]; readonly cell: FlatCell };

export interface Drivers {
  readonly sources: readonly Source[];
  /** By bit: the source that drives it, or -1. */
  readonly sourceOf: Int32Array;
  /** By bit: which bit of that source it is. */
  readonly indexOf: Int32Array;
  /** A name for a bit, from the nets of the source text where one has it. */
  readonly nameOf: (bit: number) => string;
}

const registers = /^\$(a|s|al)?dff(e|ce)?$/;
const isRegister = (type: string): boolean => registers.test(type);
/** Cells without an effect on two-state simulation. */
const silent = new Set([
  '$scopeinfo',
  '$print',
  '$check',
  '$assert',
  '$assume',
  '$cover',
  '$live',
  '$fair',
  '$specify2',
  '$specify3',
  '$specrule',
]);
/** Cells that no synchronous two-state circuit has, with what is probably meant. */
const refused: Readonly<Record<string, string>> = {
  $dlatch: 'a latch: a combinational always block leaves a variable unassigned',
  $adlatch: 'a latch: a combinational always block leaves a variable unassigned',
  $dlatchsr: 'a latch: a combinational always block leaves a variable unassigned',
  $sr: 'a latch',
  $tribuf: 'a three-state buffer',
  $dffsr: 'a register with set and reset',
  $dffsre: 'a register with set and reset',
  $ff: 'a register without a clock',
};

export function findDrivers(design: FlatDesign, clock: string): Drivers {
  const sources: Source[] = [];
  const sourceOf = new Int32Array(design.bitCount).fill(-1);
  const indexOf = new Int32Array(design.bitCount);
  const nameOf = namer(design);

  const add = (source: Source): void => {
    sources.push(source);
    source.bits.forEach((bit, i) => {
      const other = sources[nth(sourceOf, bit)];
      if (bit < 2) throw new Error(`${describe(source)} drives the constant ${bit}`);
      if (other) throw new Error(`${nameOf(bit)} has two drivers: ${describe(other)} and ${describe(source)}`);
      sourceOf[bit] = source.id;
      indexOf[bit] = i;
    });
  };
  for (const { name, direction, bits } of design.ports) {
    if (direction === 'input' && name !== clock) add({ kind: 'input', id: sources.length, bits, name });
  }
  const clockBits = design.ports.find((p) => p.direction === 'input' && p.name === clock)?.bits ?? [];
  const checkClock = (cell: FlatCell, bit: number | undefined, rising: boolean) => {
    if (clockBits.length !== 1)
      throw new Error(`the top module has no input ${clock} of one bit, but ${cell.path} is clocked`);
    if (bit !== clockBits[0] || !rising)
      throw new Error(
        `${describeCell(cell, nameOf)} is clocked by the ${rising ? 'rising' : 'falling'} edge ` +
          `of ${nameOf(bit ?? 0)}; only the rising edge of ${clock} can be simulated`,
      );
  };
  for (const cell of design.cells) {
    const { type } = cell;
    if (refused[type]) throw new Error(`${describeCell(cell, nameOf)} is ${refused[type]}`);
    if (silent.has(type)) continue;
    if (type === '$mem_v2') addReads(cell);
    else if (type === '$meminit_v2') throw new Error(`${cell.path}: run memory_collect before`);
    else if (isRegister(type)) {
      checkClock(cell, port(cell, 'CLK')[0], flag(cell, 'CLK_POLARITY'));
      add({ kind: 'register', id: sources.length, bits: port(cell, 'Q'), cell });
    } else add({ kind: 'cell', id: sources.length, bits: port(cell, 'Y'), cell });
  }
  const clockBit = clockBits[0];
  if (clockBit !== undefined && sourceOf[clockBit] !== -1)
    throw new Error(`the clock ${clock} is driven inside the design`);
  return { sources, sourceOf, indexOf, nameOf };

  function addReads(cell: FlatCell): void {
    const width = number(cell, 'WIDTH');
    for (let p = 0; p < number(cell, 'RD_PORTS'); p++) {
      const clocked = flag(cell, 'RD_CLK_ENABLE', p);
      if (clocked) checkClock(cell, port(cell, 'RD_CLK')[p], flag(cell, 'RD_CLK_POLARITY', p));
      add({
        kind: 'read',
        id: sources.length,
        bits: port(cell, 'RD_DATA').slice(p * width, (p + 1) * width),
        cell,
        port: p,
        clocked,
      });
    }
    for (let p = 0; p < number(cell, 'WR_PORTS'); p++) {
      if (!flag(cell, 'WR_CLK_ENABLE', p)) throw new Error(`memory ${cell.path} is written without a clock`);
      checkClock(cell, port(cell, 'WR_CLK')[p], flag(cell, 'WR_CLK_POLARITY', p));
    }
  }

  function describe(source: Source): string {
    return source.kind === 'input' ? `input ${source.name}` : `${source.cell.path} (${source.cell.type})`;
  }
}

/** A cell by what it drives, since Yosys's own name for it says little. */
const describeCell = (cell: FlatCell, nameOf: (bit: number) => string) => {
  const out = (cell.ports['Q'] ?? cell.ports['Y'] ?? cell.ports['RD_DATA'] ?? [])[0];
  return out === undefined ? cell.path : nameOf(out);
};

/** Names are looked up for messages only, so the index is built at the first question. */
function namer({ nets }: FlatDesign): (bit: number) => string {
  let names: Map<number, string> | undefined;
  return (bit) => {
    if (bit < 2) return `constant ${bit}`;
    if (!names) {
      names = new Map();
      for (const { path, bits } of nets) {
        bits.forEach((b, i) => {
          if (!defined(names).has(b)) defined(names).set(b, bits.length === 1 ? path : `${path}[${i}]`);
        });
      }
    }
    return names.get(bit) ?? `unnamed bit ${bit}`;
  };
}
