// What no table of two factors says of overlapping windows: a few exact cases of four factors, and what each saves.

import { nth } from '../../base/invariant.js';
import { countOffsets } from '../../model/cost/numbers.js';
import type { Dimension, Layer, Window } from '../../model/workload/layer.js';
import type { Linear } from '../../program/linear.js';
import { add, combine, scale, subtract } from '../../program/linear.js';
import type { ProgramBuilder } from '../../program/program.js';
import type { Factors } from './factor-rows.js';

/** A case that a table does not say: the factors that make it up, and the logarithm of what it saves. */
export interface OverlapCase {
  readonly key: readonly number[];
  readonly gain: number;
}

/** The logarithm of a factor that cases are told by, and the largest that it can be. */
export interface Keyed {
  readonly part: Linear;
  readonly span: number;
}

/**
 * Loops over `d` that slide across a fan-out of `d` whose parts overlap: tile p x r, fan-out g, loop n. The n steps
 * reach height + (n - 1) shift rows instead of n height.
 */
export function bridges(
  layer: Layer,
  f: Factors,
  w: Window,
  d: Dimension,
  rows: (p: number, r: number) => number,
): readonly OverlapCase[] {
  const along = d === w.out ? layer.stride[w.out] : layer.dilation[w.kernel];
  const menu = f.options(d);
  const found: OverlapCase[] = [];
  for (const p of f.values(w.out)) {
    for (const r of f.values(w.kernel)) {
      const tile = d === w.out ? p : r;
      const height = rows(p, r);
      for (const g of f.values(d)) {
        const shift = tile * g * along;
        if (g === 1 || shift >= height) continue;
        for (const n of f.values(d)) {
          if (n === 1 || !menu.some((o) => o % (tile * g * n) === 0)) continue;
          const reached = height + (n - 1) * shift;
          found.push({ key: [p, r, g, n], gain: Math.log((n * height) / reached) });
        }
      }
    }
  }
  return found;
}

/** Fan-outs ps x rs over tiles pt x rt that read fewer than ps rs different offsets, in so many places. */
export function overlaps(layer: Layer, f: Factors, w: Window, places: number): readonly OverlapCase[] {
  const found: OverlapCase[] = [];
  const within = (d: Dimension, n: number) => f.options(d).some((o) => o % n === 0);
  for (const rs of f.values(w.kernel)) {
    for (const rt of f.values(w.kernel)) {
      if (rs === 1 || !within(w.kernel, rs * rt)) continue;
      for (const ps of f.values(w.out)) {
        if (ps === 1 || ps * rs > places) continue;
        for (const pt of f.values(w.out)) {
          const outStep = pt * layer.stride[w.out];
          const kernelStep = rt * layer.dilation[w.kernel];
          if (outStep > kernelStep * (rs - 1) || !within(w.out, ps * pt)) continue;
          const different = countOffsets([
            { step: outStep, count: ps },
            { step: kernelStep, count: rs },
          ]);
          if (different < ps * rs) found.push({ key: [ps, rs, pt, rt], gain: Math.log((ps * rs) / different) });
        }
      }
    }
  }
  return found;
}

/**
 * At most one of some exact cases; each pins the logarithms to those of its key, and earns its gain. A mapping may
 * choose the case that it is and no other, so it costs here what it costs: docs/formulation.md, Slides and Offsets.
 */
export function chooseCase(
  b: ProgramBuilder,
  name: string,
  entries: readonly OverlapCase[],
  keyed: readonly Keyed[],
): { readonly chosen: Linear; readonly gain: Linear } {
  const xs = entries.map((e) => b.binary(`${name}.${e.key.join('.')}`));
  const chosen = add(...xs);
  if (xs.length > 1) b.atMost(`${name}.one`, chosen, 1);
  keyed.forEach(({ part, span }, k) => {
    const pinned = combine(entries.map((e, i) => [Math.log(nth(e.key, k)), nth(xs, i)]));
    // 0 <= part <= span: part = pinned where a case is chosen, free within its range where none is.
    b.atMost(`${name}.upper.${k}`, add(part, scale(-1, pinned), scale(span, chosen)), span);
    b.atMost(`${name}.lower.${k}`, subtract(pinned, part), 0);
  });
  return { chosen, gain: combine(entries.map((e, i) => [e.gain, nth(xs, i)])) };
}
