// Element by element through several tensors at once: loops that step evenly in each of them.

import { nth } from '../base/invariant.js';
import type { Factor, View } from './storage.js';

/** One loop, and by which factor each tensor goes along; null where a tensor stays: it is stretched. */
export interface CommonLoop {
  readonly size: number;
  /** Of the result. */
  readonly axis: number;
  readonly factors: readonly (Factor | null)[];
}

/**
 * `views[0]` has the shape of the result; others are stretched to it, their axes being its last. Outermost first;
 * undefined where their factors cannot be cut alike.
 */
export function commonLoops(views: readonly View[]): readonly CommonLoop[] | undefined {
  const rank = nth(views, 0).axes.length;
  const loops: CommonLoop[] = [];
  for (let axis = rank - 1; axis >= 0; axis--) {
    const open = views.map(({ axes }) => (axes[axis - rank + axes.length] ?? []).filter((f) => f.size > 1));
    let rest = nth(open, 0).reduce((n, f) => n * f.size, 1);
    const stretched = open.map((factors) => factors.length === 0);
    for (; rest > 1;) {
      const sizes = open.flatMap((factors, i) => (stretched[i] ? [] : [factors.at(-1)?.size ?? 1]));
      const size = Math.min(...sizes);
      if (size < 2 || sizes.some((s) => s % size !== 0)) return undefined;
      const factors = open.map((list, i) => (stretched[i] ? null : cut(list, size)));
      loops.push({ size, axis, factors });
      rest /= size;
    }
  }
  return loops.reverse();
}

/** The innermost `size` positions of the last factor, which keeps the rest. */
function cut(list: Factor[], size: number): Factor {
  const last = list.pop();
  if (!last) throw new Error('invariant: a factor to cut');
  if (last.size > size) list.push({ ...last, size: last.size / size, step: last.step * size });
  return { ...last, size };
}
