// Macros of memory by rows and columns: what an access and the area of one take beside those of a well-shaped one.

import { power } from '../../base/powers.js';

/** How a generator of memories builds macros, and what rows and columns of them take; energies in pJ of its own node. */
export interface SramShape {
  readonly source: string;
  /** Words of the smallest macro: a shallower memory is one of these. */
  readonly minWords: number;
  /** Columns that a bit has at least and at most (column multiplexing), powers of two. */
  readonly minMux: number;
  readonly maxMux: number;
  /** Rows of a column at most: deeper macros have twice the columns, then several blocks. */
  readonly maxRows: number;
  /** Decoders and sense amplifiers, as if they were so many rows and columns more. */
  readonly rowOverhead: number;
  readonly columnOverhead: number;
  /** Of an access; for each row; for each bit; for each column, times rows to the power of `sramExponent`. */
  readonly accessEnergy: number;
  readonly rowEnergy: number;
  readonly bitEnergy: number;
  readonly columnEnergy: number;
}

/**
 * Fitted to twelve single-port macros by benchmarks/memories/fit.ts, which states the errors; how they are built is in their data
 * sheets too. Rounded to three digits.
 */
export const generatorShape: SramShape = {
  source:
    'SRAM macros of the IHP SG13G2 open PDK, 130 nm, data sheets of 12 single-port macros of 64 to 4,096 words of 8 to 64 ' +
    'bits: typical power and dimensions; only proportions are used',
  minWords: 64,
  minMux: 4,
  maxMux: 16,
  maxRows: 512,
  rowOverhead: 42.3,
  columnOverhead: 18.8,
  accessEnergy: 2.41,
  rowEnergy: 0.0136,
  bitEnergy: 0.621,
  columnEnergy: 0.00995,
};

interface Built {
  readonly rows: number;
  readonly mux: number;
  /** Side by side, for more words than the largest block has. */
  readonly blocks: number;
}

/** As the data sheets have it: as few columns a bit as the rows allow. */
function built({ minWords, minMux, maxMux, maxRows }: SramShape, words: number): Built {
  const all = Math.max(words, minWords);
  let mux = minMux;
  while (mux < maxMux && all > mux * maxRows) mux *= 2;
  const blocks = Math.max(1, all / (mux * maxRows));
  return { rows: all / blocks / mux, mux, blocks };
}

/**
 * `words` and the deepest macros of fewer columns a bit: just above one of those, a macro of narrow words would be smaller. A
 * memory takes at least what each shallower one does.
 */
function noShallower({ minMux, maxMux, maxRows }: SramShape, words: number): readonly number[] {
  const ends: number[] = [words];
  for (let mux = minMux; mux < maxMux; mux *= 2) if (mux * maxRows < words) ends.push(mux * maxRows);
  return ends;
}

/** 8 KB in words of 64 bits, for which technologies give the energy of a bit. */
const reference = { words: 1024, width: 64 };

/** Energy of a bit in an access to a macro of `words` of `width` bits, over that of 8 KB in words of 64 bits. */
export const shapeEnergy = (shape: SramShape, exponent: number, words: number, width: number): number =>
  Math.max(...noShallower(shape, words).map((n) => bitEnergy(shape, exponent, n, width))) /
  bitEnergy(shape, exponent, reference.words, reference.width);

function bitEnergy(shape: SramShape, exponent: number, words: number, width: number): number {
  const { rows, mux, blocks } = built(shape, words);
  const fixed = (shape.accessEnergy + shape.rowEnergy * rows) / width;
  // One block is accessed; words cross the others on wires, as long as their side.
  return (fixed + shape.bitEnergy + shape.columnEnergy * mux * power(rows, exponent)) * Math.sqrt(blocks);
}

/** mm2 or any unit of `cells`, the area of so many bits in a macro of the best shape. */
export const shapeArea = (shape: SramShape, words: number, width: number, cells: (bits: number) => number): number =>
  Math.max(...noShallower(shape, words).map((n) => macroArea(shape, n, width, cells)));

function macroArea(shape: SramShape, words: number, width: number, cells: (bits: number) => number): number {
  const { rows, mux, blocks } = built(shape, words);
  const columns = mux * width;
  const [more, wider] = [shape.rowOverhead, shape.columnOverhead];
  const size = rows * columns * blocks;
  // Of all shapes of a block the best has rows and columns in proportion to what is added to them.
  const best = (1 + Math.sqrt((more * wider) / (rows * columns))) ** 2;
  return cells(size) * (((1 + more / rows) * (1 + wider / columns)) / best);
}
