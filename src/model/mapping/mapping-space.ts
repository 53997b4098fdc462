// How many mappings there are: padded bounds, and the size of the space.

import { nth } from '../../base/invariant.js';
import { divisors, isSmooth } from '../../base/integers.js';
import type { Architecture } from '../machine/architecture.js';
import { allows, rangeOf } from './constraints.js';
import { countKeepings } from '../machine/keeping.js';
import type { Dimension, Layer } from '../workload/layer.js';
import { dimensions } from '../workload/layer.js';
import type { Machine, Slot } from '../machine/compiled-machine.js';
import { compile } from '../machine/compiled-machine.js';

/** By the bound: layers, and their folds, have most of them in common. */
const menus = new Map<number, readonly number[]>();

/** Bounds that `bound` may be rounded up to: itself, then 7-smooth numbers up to 1.25 times it, six in all. */
export function paddedBounds(bound: number, padding: boolean): readonly number[] {
  if (!padding) return [bound];
  const known = menus.get(bound);
  if (known) return known;
  const menu = [bound];
  for (let o = bound + 1; o <= 1.25 * bound && menu.length < 6; o++) if (isSmooth(o, 7)) menu.push(o);
  menus.set(bound, menu);
  return menu;
}

/**
 * Base-10 logarithm of the number of mappings: factorisations over the slots that constraints allow and that
 * fan-outs have room for one by one, times loop orders, times ways to keep what is open; legal or not.
 * -Infinity where a bound has no factors.
 */
export function logSpaceSize(a: Architecture, layer: Layer, padding: boolean): number {
  const { m, known } = splitsOf(a);
  const ways = (d: Dimension, bound: number): number => {
    const key = `${d} ${bound}`;
    const found = known.get(key) ?? countSplits(m, d, bound);
    known.set(key, found);
    return found;
  };
  const loops = dimensions.filter((d) => layer.bounds[d] > 1);
  let log = Math.log10(countKeepings(a));
  for (const d of loops)
    log += Math.log10(paddedBounds(layer.bounds[d], padding).reduce((n, bound) => n + ways(d, bound), 0));
  for (const slot of m.slots) {
    const free = slot.kind === 'temporal' ? loops.filter((d) => slot.dims.includes(d)).length : 0;
    for (let i = 2; i <= free; i++) log += Math.log10(i);
  }
  return log;
}

/** Layers of a network have few bounds, so that most are counted once. */
const counted = new WeakMap<Architecture, { readonly m: Machine; readonly known: Map<string, number> }>();

function splitsOf(a: Architecture) {
  const before = counted.get(a);
  if (before) return before;
  const keeps = a.levels.map((l) => l.keeps);
  const made = { m: compile(a, keeps), known: new Map<string, number>() };
  counted.set(a, made);
  return made;
}

/**
 * Ways to make a bound of factors in the slots of a dimension that its rules allow, slot by slot: what is left of it,
 * and what each rule has so far.
 */
export function countSplits(
  m: Machine,
  d: Dimension,
  bound: number,
  where: (slot: Slot) => boolean = () => true,
): number {
  const rules = m.rules.filter((r) => r.rule.dim === d);
  let states = new Map([['', { left: bound, products: rules.map(() => 1), ways: 1 }]]);
  m.slots.forEach((slot, s) => {
    if (!slot.dims.includes(d) || !where(slot)) return;
    const next: typeof states = new Map();
    for (const { left, products, ways } of states.values()) {
      for (const f of divisors(left)) {
        if (slot.kind === 'spatial' && f > slot.axis.size) continue;
        const after = products.map((p, i) => (nth(rules, i).slots.includes(s) ? p * f : p));
        if (!after.every((p, i) => p <= rangeOf(nth(rules, i).rule).max)) continue;
        const key = `${left / f} ${after.join(' ')}`;
        next.set(key, { left: left / f, products: after, ways: ways + (next.get(key)?.ways ?? 0) });
      }
    }
    states = next;
  });
  return [...states.values()].reduce(
    (n, { left, products, ways }) =>
      left === 1 && rules.every(({ rule }, i) => allows(rule, nth(products, i))) ? n + ways : n,
    0,
  );
}
