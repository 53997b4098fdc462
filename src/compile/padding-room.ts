// What mappings write beyond a tensor: room for it behind the tensor where nothing else lies there.

import { nth } from '../base/invariant.js';
import type { Mapping } from '../model/mapping/mapping.js';
import type { Extents } from '../rtl/program/nests.js';
import { paddedExtents, poolOf } from '../rtl/program/placement.js';
import type { Letter, MachineRun, Walked } from './lowered.js';
import { letters } from './lowered.js';

/** Positions that each letter of an output goes through. */
function outputSizes(all: Extents, pool: { readonly P: number; readonly Q: number }): Readonly<Record<Letter, number>> {
  return { n: all.N, g: all.G, c: all.K, y: Math.floor(all.Q / pool.Q), x: Math.floor(all.P / pool.P) };
}

/**
 * Whether the padding that a mapping writes finds room, which it then gets. It has none inside of a tensor, where
 * a border must stay as it is, and on an axis that is read across.
 */
export function takeRoom({ layer, output }: MachineRun, mapping: Mapping): boolean {
  const pool = poolOf(layer);
  const real = outputSizes(layer.bounds, pool);
  const written = outputSizes(paddedExtents(layer, mapping), pool);
  const grown = letters.filter((letter) => written[letter] > real[letter]);
  if (grown.some((letter) => output[letter] === undefined)) return false;
  if (grown.includes('c') && real.g > 1) return false;
  const axes = new Map(grown.map((letter) => [output[letter]?.axis ?? 0, excessOn(output, letter, real, written)]));
  if ([...axes.values()].includes(undefined)) return false;
  for (const [axis, excess = 0] of axes) {
    const of = nth(output.storage.axes, axis);
    of.excess = Math.max(of.excess, excess);
  }
  return true;
}

type Sizes = Readonly<Record<Letter, number>>;

/** Positions behind the last of its axis; undefined where there can be none. */
function excessOn(output: Walked, letter: Letter, real: Sizes, written: Sizes): number | undefined {
  const axis = output[letter]?.axis ?? 0;
  const own = letters.flatMap((other) => {
    const factor = output[other];
    return factor?.axis === axis ? [{ step: factor.step, size: real[other], written: written[other] }] : [];
  });
  const last = (of: 'size' | 'written') => own.reduce((n, f) => n + (f[of] - 1) * f.step, nth(output.at, axis));
  const { size, after, dense } = nth(output.storage.axes, axis);
  return last('size') !== size - 1 || after > 0 || dense ? undefined : last('written') - last('size');
}
