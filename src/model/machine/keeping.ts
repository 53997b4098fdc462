// Which tensors the levels of an architecture keep where that is a choice of the mapping.

import { got, nth } from '../../base/invariant.js';
import type { Architecture, Level } from './architecture.js';
import type { Tensor } from '../workload/layer.js';
import type { Mapping } from '../mapping/mapping.js';

/** A tensor that a level may keep or be bypassed by. */
export interface OpenKeep {
  readonly level: number;
  readonly tensor: Tensor;
}

export const isOpen = (level: Level, tensor: Tensor): boolean => level.open?.includes(tensor) ?? false;

export const openKeeps = (a: Architecture): readonly OpenKeep[] =>
  a.levels.flatMap((l, level) => (l.open ?? []).map((tensor) => ({ level, tensor })));

/** The same machine with every choice made: nothing is open any more. */
export const decided = (a: Architecture, keeps: (level: number, tensor: Tensor) => boolean): Architecture =>
  openKeeps(a).length === 0
    ? a
    : {
        ...a,
        levels: a.levels.map((l, i) =>
          closed(
            l,
            l.keeps.filter((t) => !isOpen(l, t) || keeps(i, t)),
          ),
        ),
      };

export const keepingAll = (a: Architecture): Architecture => decided(a, () => true);

/** Every tensor bypasses what it may: what does not fit then never does. */
export const keepingMin = (a: Architecture): Architecture => decided(a, () => false);

/** The tensors that a mapping sends by a level which may keep them. */
export const bypassing = (a: Architecture, mapping: Mapping, level: number): readonly Tensor[] =>
  (nth(a.levels, level).open ?? []).filter((t) => !nth(mapping.levels, level).keep.includes(t));

/** How many ways there are to make all choices. */
export const countKeepings = (a: Architecture): number => 2 ** openKeeps(a).length;

/**
 * The machine with its choices made in every way, number by number: bit k of it says
 * whether the k-th open tensor is kept.
 */
export const keeping = (a: Architecture, number: number): Architecture => {
  const numbers = new Map(openKeeps(a).map(({ level, tensor }, k) => [`${level} ${tensor}`, k]));
  return decided(a, (level, tensor) => Math.floor(number / 2 ** got(numbers, `${level} ${tensor}`)) % 2 === 1);
};

/** The number of a machine's choices as `keeping` counts them. */
export const keepingNumber = (a: Architecture, made: Architecture): number =>
  openKeeps(a).reduce(
    (n, { level, tensor }, k) => n + (nth(made.levels, level).keeps.includes(tensor) ? 2 ** k : 0),
    0,
  );

/** The outermost level that keeps a tensor does so in every mapping: it is where the tensor comes from. */
export function openWithin(levels: readonly Level[]): readonly Level[] {
  const met = new Set<Tensor>();
  return levels.map((l) => {
    const open = (l.open ?? []).filter((t) => l.keeps.includes(t) && met.has(t));
    for (const t of l.keeps) met.add(t);
    const { open: _, ...rest } = l;
    return open.length > 0 ? { ...rest, open } : rest;
  });
}

function closed({ open: _, ...level }: Level, keeps: readonly Tensor[]): Level {
  return { ...level, keeps };
}
