// Why a machine cannot run a layer at all: what even the smallest tile does not fit.

import type { Architecture } from '../machine/architecture.js';
import type { Conventions } from '../cost/conventions.js';
import type { Dimension, Layer } from '../workload/layer.js';
import { calledIn, dimensions } from '../workload/layer.js';
import { whyNoFactors } from './factor-reason.js';
import { keepingMin } from '../machine/keeping.js';
import { breaches } from './legality.js';
import type { Mapping } from './mapping.js';

/** In words, every level that rules the layer out on its own; empty where no single level does. */
export function whyNothingFits(
  machine: Architecture,
  layer: Layer,
  conventions: Conventions,
  padding: boolean,
): readonly string[] {
  const a = keepingMin(machine);
  const stuck = dimensions.flatMap((d) => {
    if (a.levels.some((l) => l.temporal.includes(d))) return [];
    const reach = spread(a, a.levels.length, d);
    return reach >= layer.bounds[d]
      ? []
      : [
          `no level may loop over ${calledIn(layer, d)} in time, and the fan-outs reach ${reach} of its ${layer.bounds[d]}`,
        ];
  });
  const small = a.levels.flatMap((level, i) =>
    breaches(a, layer, smallestTile(a, layer, i), conventions)
      .filter((d) => d.code === 'capacity' && d.path[0] === level.name)
      .map((d) => `even the smallest tile is too large: ${d.message}`),
  );
  return [...stuck, ...whyNoFactors(a, layer, padding), ...small];
}

/**
 * Nothing smaller can lie at a level: each dimension loops outside it where any outer level may, and
 * otherwise only what the outer fan-outs cannot spread stays inside. Fan-outs are lent to every dimension at
 * once, so this errs to the small side.
 */
function smallestTile(a: Architecture, layer: Layer, at: number): Mapping {
  const place = (d: Dimension) => {
    const outer = a.levels.findIndex((l, i) => i < at && l.temporal.includes(d));
    return outer >= 0
      ? { level: outer, factor: layer.bounds[d] }
      : { level: at, factor: Math.ceil(layer.bounds[d] / spread(a, at, d)) };
  };
  const placed = dimensions.map((dim) => ({ dim, ...place(dim) })).filter(({ factor }) => factor > 1);
  return {
    levels: a.levels.map((l, i) => ({
      name: l.name,
      keep: l.keeps,
      temporal: placed.filter(({ level }) => level === i).map(({ dim, factor }) => ({ dim, factor })),
      spatial: [],
    })),
  };
}

/** How far the fan-outs outside a level can unroll a dimension. */
const spread = (a: Architecture, below: number, d: Dimension): number =>
  a.levels.slice(0, below).reduce((n, l) => l.axes.reduce((m, x) => (x.dims.includes(d) ? m * x.size : m), n), 1);
