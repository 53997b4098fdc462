// Why rules on factors leave a layer no mapping: what cannot lie on an axis side by side,
// and bounds that do not split so.

import { nth } from '../../base/invariant.js';
import type { Architecture } from '../machine/architecture.js';
import { printRule, rangeOf } from './constraints.js';
import type { Layer } from '../workload/layer.js';
import { calledIn, dimensions } from '../workload/layer.js';
import { compile } from '../machine/compiled-machine.js';
import { countSplits, paddedBounds } from './mapping-space.js';

/** In words; empty where each axis, and each dimension by itself, can have what is required. */
export function whyNoFactors(a: Architecture, layer: Layer, padding: boolean): readonly string[] {
  const m = compile(
    a,
    a.levels.map((l) => l.keeps),
  );
  const crowded = a.levels.flatMap((l) =>
    l.axes.flatMap((x) => {
      const own = (l.factors ?? []).filter((r) => r.axes.length === 1 && r.axes[0] === x.label && rangeOf(r).min > 1);
      const side = own.reduce((n, r) => n * rangeOf(r).min, 1);
      return side > x.size
        ? [`${own.map((r) => printRule(r, layer)).join(' and ')} take ${side} positions, and ${x.name} has ${x.size}`]
        : [];
    }),
  );
  const whole = dimensions.flatMap((d) => {
    const own = m.rules.filter((r) => r.rule.dim === d);
    const bounds = paddedBounds(layer.bounds[d], padding);
    if (own.length === 0 || bounds.some((bound) => countSplits(m, d, bound) > 0)) return [];
    const helps = !padding && paddedBounds(layer.bounds[d], true).some((bound) => countSplits(m, d, bound) > 0);
    const padded = bounds.length > 1 ? ` (padded: ${bounds.slice(1).join(', ')})` : '';
    return [
      `the loops over ${calledIn(layer, d)} make up ${layer.bounds[d]}${padded}, which has no factors for ` +
        own.map(({ level, rule }) => `${printRule(rule, layer)} at ${nth(a.levels, level).name}`).join(', ') +
        (helps ? '; padded it has' : ''),
    ];
  });
  return [...crowded, ...whole];
}
