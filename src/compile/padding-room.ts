// What mappings write beyond a tensor: room for it behind the tensor where nothing else lies there.

import { defined, nth } from '../base/invariant.js';
import type { Mapping } from '../model/mapping/mapping.js';
import { blockDiagonal } from '../model/workload/block-diagonal.js';
import type { Extents } from '../rtl/program/nests.js';
import { paddedExtents, poolOf } from '../rtl/program/placement.js';
import { walkedInBlocks } from './blocks.js';
import type { Letter, Lowered, MachineRun, Operation, Walked } from './lowered.js';
import { isMoved, letters } from './lowered.js';
import { touchedBy } from './rooms.js';
import type { Factor, Storage } from './storage.js';

type Sizes = Readonly<Record<Letter, number>>;

/** Positions that each letter of an output goes through. */
function outputSizes(all: Extents, pool: { readonly P: number; readonly Q: number }): Sizes {
  return { n: all.N, g: all.G, c: all.K, y: Math.floor(all.Q / pool.Q), x: Math.floor(all.P / pool.P) };
}

/**
 * Whether the padding that a mapping writes finds room, which it then gets, and what fills a last block too. It has none
 * inside of a tensor, where a border must stay as it is, and on an axis that is read across; but so many rows behind its own
 * that other runs write before anybody reads them (`rowsLater`).
 */
export function takeRoom({ layer, output }: MachineRun, mapping: Mapping, later = 0): boolean {
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
  const hasRoom = ([axis, last, end]: (typeof found)[number]): boolean => {
    const { size, after, dense } = nth(output.storage.axes, axis);
    if (axis === output.y?.axis && end - last <= later) return true;
    return last === size - 1 && after === 0 && !dense;
  };
  if (!found.every(hasRoom)) return false;
  for (const [axis, , end] of found) {
    const of = nth(output.storage.axes, axis);
    of.excess = Math.max(of.excess, end - (of.size - 1));
  }
  return true;
}

/** Of each run that writes rows of an image: how many behind them are written by later runs, before anybody reads them. */
export function rowsLater({ operations }: Pick<Lowered, 'operations'>): ReadonlyMap<MachineRun, number> {
  const found = new Map<MachineRun, number>();
  /** The next operation that has to do with a storage. */
  const next = new Map<Storage, Operation>();
  for (const o of operations.toReversed()) {
    if (o.kind === 'run') {
      const behind = next.get(o.output.storage);
      if (behind?.kind === 'run' && goesOn(o.output, behind)) {
        const rows = defined(behind.output.y).size;
        found.set(o, rows + (found.get(behind) ?? 0));
      }
    }
    for (const storage of touchedBy(o)) next.set(storage, o);
  }
  return found;
}

/** Whether a run does nothing to a storage but write the rows behind those of a walk. */
function goesOn({ storage, at, y, ...walk }: Walked, { input, output, residual, weights }: MachineRun): boolean {
  const reads = [input.storage, residual?.storage, isMoved(weights) ? weights.from.storage : undefined];
  if (output.storage !== storage || reads.includes(storage) || y?.step !== 1 || output.y?.step !== 1) return false;
  const isSame = (a: Factor | undefined, b: Factor | undefined) =>
    a?.axis === b?.axis && a?.size === b?.size && a?.step === b?.step;
  return (
    output.y.axis === y.axis &&
    (['n', 'g', 'c', 'x'] as const).every((letter) => isSame(walk[letter], output[letter])) &&
    at.every((p, axis) => nth(output.at, axis) === p + (axis === y.axis ? y.size : 0))
  );
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
