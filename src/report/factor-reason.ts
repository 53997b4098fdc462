// Why rules on factors leave a layer no mapping: what cannot lie on an axis side by side, and bounds that do not split so.

import { divisors } from '../base/integers.js';
import type { Architecture } from '../model/architecture.js';
import { allows, printRule, rangeOf } from '../model/constraints.js';
import type { Dimension, Layer } from '../model/layer.js';
import { dimensions } from '../model/layer.js';
import type { Machine } from '../model/machine.js';
import { compile } from '../model/machine.js';
import { paddedBounds } from '../model/space.js';

/** In words; empty where each axis, and each dimension by itself, can have what is required. */
export function whyNoFactors(a: Architecture, layer: Layer, padding: boolean): readonly string[] {
  const m = compile(a, a.levels.map((l) => l.keeps));
  const crowded = a.levels.flatMap((l) =>
    l.axes.flatMap((x) => {
      const own = (l.factors ?? []).filter((r) => r.axes.length === 1 && r.axes[0] === x.label && rangeOf(r).least > 1);
      const side = own.reduce((n, r) => n * rangeOf(r).least, 1);
      return side > x.size ? [`${own.map(printRule).join(' and ')} take ${side} positions, and ${x.name} has ${x.size}`] : [];
    }),
  );
  const whole = dimensions.flatMap((d) => {
    const own = m.rules.filter((r) => r.rule.dim === d);
    const bounds = paddedBounds(layer.bounds[d], padding);
    if (own.length === 0 || bounds.some((bound) => splits(m, d, bound))) return [];
    const helps = !padding && paddedBounds(layer.bounds[d], true).some((bound) => splits(m, d, bound));
    const padded = bounds.length > 1 ? ` (padded: ${bounds.slice(1).join(', ')})` : '';
    return [`the loops over ${d} make up ${layer.bounds[d]}${padded}, which has no factors for ${own.map(({ level, rule }) => `${printRule(rule)} at ${a.levels[level]!.name}`).join(', ')}${helps ? '; padded it has' : ''}`];
  });
  return [...crowded, ...whole];
}

/** Whether a bound has factors for all slots of a dimension that its rules allow. Slot by slot: what is left of it, and what each rule has so far. */
function splits(m: Machine, d: Dimension, bound: number): boolean {
  const rules = m.rules.filter((r) => r.rule.dim === d);
  let states = new Map([['', { left: bound, products: rules.map(() => 1) }]]);
  m.slots.forEach((slot, s) => {
    if (!slot.dims.includes(d)) return;
    const next: typeof states = new Map();
    for (const { left, products } of states.values()) {
      for (const f of divisors(left)) {
        if (slot.kind === 'spatial' && f > slot.axis.size) continue;
        const after = products.map((p, i) => (rules[i]!.slots.includes(s) ? p * f : p));
        if (after.every((p, i) => p <= rangeOf(rules[i]!.rule).most)) next.set(`${left / f} ${after.join(' ')}`, { left: left / f, products: after });
      }
    }
    states = next;
  });
  return [...states.values()].some(({ left, products }) => left === 1 && rules.every(({ rule }, i) => allows(rule, products[i]!)));
}
