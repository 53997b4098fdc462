// What mappings write beyond a tensor: room for it behind the tensor where nothing else lies there.

import { nth } from '../base/invariant.js';
import type { Mapping } from '../model/mapping/mapping.js';
import { blockDiagonal } from '../model/workload/block-diagonal.js';
import type { Extents } from '../rtl/program/nests.js';
import { paddedExtents, poolOf } from '../rtl/program/placement.js';
import { walkedInBlocks } from './blocks.js';
import type { Letter, MachineRun, Walked } from './lowered.js';
import { letters } from './lowered.js';

type Sizes = Readonly<Record<Letter, number>>;

/** Positions that each letter of an output goes through. */
function outputSizes(all: Extents, pool: { readonly P: number; readonly Q: number }): Sizes {
  return { n: all.N, g: all.G, c: all.K, y: Math.floor(all.Q / pool.Q), x: Math.floor(all.P / pool.P) };
}

/**
 * Whether the padding that a mapping writes finds room, which it then gets, and what fills a last block too. It has none
 * inside of a tensor, where a border must stay as it is, and on an axis that is read across.
 */
export function takeRoom({ layer, output }: MachineRun, mapping: Mapping): boolean {
  const block = mapping.parts?.block ?? 1;
  const pool = poolOf(layer);
  const own = outputSizes(layer.bounds, pool);
  const joined = outputSizes(blockDiagonal(layer, block).bounds, pool);
  const written = outputSizes(paddedExtents(layer, mapping), pool);
  const walked = walkedInBlocks(output, block);
  const grown = letters.filter((letter) => written[letter] > joined[letter]);
  if (grown.some((letter) => isInside(walked, letter, joined))) return false;
  const filled: readonly Letter[] = joined.g * block > own.g ? ['g'] : [];
  const axes = new Set([...grown, ...filled].map((letter) => walked[letter]?.axis ?? 0));
  const found = [...axes].map((axis) => [axis, lastOn(output, own, axis), lastOn(walked, written, axis)] as const);
  const hasRoom = ([axis, last]: (typeof found)[number]): boolean => {
    const { size, after, dense } = nth(output.storage.axes, axis);
    return last === size - 1 && after === 0 && !dense;
  };
  if (!found.every(hasRoom)) return false;
  for (const [axis, last, end] of found) {
    const of = nth(output.storage.axes, axis);
    of.excess = Math.max(of.excess, end - last);
  }
  return true;
}

/** Whether behind a letter's last position lies the next of another letter, or there is no axis. */
function isInside(walked: Walked, letter: Letter, sizes: Sizes): boolean {
  const own = walked[letter];
  if (!own) return true;
  return letters.some((other) => {
    const factor = walked[other];
    return factor?.axis === own.axis && sizes[other] > 1 && factor.step > own.step;
  });
}

/** The last position on an axis that some sizes reach. */
const lastOn = (walked: Walked, sizes: Sizes, axis: number): number =>
  letters.reduce(
    (n, letter) => {
      const factor = walked[letter];
      return factor?.axis === axis ? n + (sizes[letter] - 1) * factor.step : n;
    },
    nth(walked.at, axis),
  );
