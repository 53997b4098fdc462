// Every legal mapping of a tiny layer on a machine of the template, as energies and cycles: nothing here is shared with
// the enumeration in src/enumerate but the cost model.

import { divisors } from '../../src/base/integers.js';
import type { Architecture } from '../../src/model/machine/architecture.js';
import { magnetConventions } from '../../src/model/cost/conventions.js';
import type { DesignPoint, DesignSpace, Parameter } from '../../src/model/space/design-space.js';
import { parameters, templateAt } from '../../src/model/space/design-space.js';
import type { Dimension, Layer } from '../../src/model/workload/layer.js';
import { dimensions, shapeKey } from '../../src/model/workload/layer.js';
import type { Mapping } from '../../src/model/mapping/mapping.js';
import { choices, partOf, runsOf } from '../../src/model/workload/layer-parts.js';
import { paddedBounds } from '../../src/model/mapping/mapping-space.js';
import { simba } from '../../src/model/machine/presets.js';
import { halfWords } from '../../src/model/machine/split-multipliers.js';
import type { Technology } from '../../src/model/machine/technology.js';
import { lowerTemplate } from '../../src/model/machine/template.js';
import type { Template } from '../../src/model/machine/template.js';
import { areaOf } from '../../src/model/machine/template-parts.js';
import { sum } from '../../src/base/units.js';
import { judge } from '../../src/search/mapping/point.js';

export interface Cost {
  readonly energy: number;
  readonly cycles: number;
}

const permutations = <T>(xs: readonly T[]): T[][] =>
  xs.length === 0 ? [[]] : xs.flatMap((x, i) => permutations(xs.filter((_, j) => j !== i)).map((p) => [x, ...p]));
const product = <T>(lists: readonly (readonly T[])[]): T[][] =>
  lists.reduce<T[][]>((all, xs) => all.flatMap((head) => xs.map((x) => [...head, x])), [[]]);

/** Every mapping, legal or not: bounds, factors, orders; undefined where there are more than `most`. */
export function everyMapping(
  a: Architecture,
  layer: Layer,
  padding: boolean,
  max: number,
): readonly Mapping[] | undefined {
  const slots = a.levels.flatMap((l, level) => [
    { level, axis: undefined as string | undefined, dims: l.temporal, size: Infinity },
    ...l.axes.map((x) => ({ level, axis: x.label, dims: x.dims, size: x.size })),
  ]);
  const split = (n: number, i: number, d: Dimension): number[][] =>
    i === slots.length
      ? n === 1
        ? [[]]
        : []
      : (slots[i]!.dims.includes(d) ? divisors(n).filter((f) => f <= slots[i]!.size) : [1]).flatMap((f) =>
          split(n / f, i + 1, d).map((more) => [f, ...more]),
        );
  const free = dimensions.filter((d) => layer.bounds[d] > 1);
  const each = free.map((d) => paddedBounds(layer.bounds[d], padding).flatMap((o) => split(o, 0, d)));
  if (each.reduce((n, x) => n * x.length, 1) > max) return undefined;
  const found: Mapping[] = [];
  for (const choice of product(each)) {
    if (slots.some((s, i) => choice.reduce((n, f) => n * f[i]!, 1) > s.size)) continue;
    const nests = slots.map((s, i) => {
      const loops = free.flatMap((dim, k) => (choice[k]![i]! > 1 ? [{ dim, factor: choice[k]![i]! }] : []));
      return s.axis === undefined ? permutations(loops) : [loops];
    });
    for (const nest of product(nests)) {
      found.push({
        levels: a.levels.map((l, level) => ({
          name: l.name,
          keep: l.keeps,
          temporal: nest.flatMap((loops, i) =>
            slots[i]!.level === level && slots[i]!.axis === undefined ? loops : [],
          ),
          spatial: nest.flatMap((loops, i) =>
            slots[i]!.level === level && slots[i]!.axis !== undefined
              ? loops.map((x) => ({ ...x, axis: slots[i]!.axis! }))
              : [],
          ),
        })),
      });
      if (found.length > max) return undefined;
    }
  }
  return found;
}

/**
 * What no other mapping beats in energy and in cycles, least energy first; empty where nothing is legal, undefined
 * where there is too much to look at.
 */
export function census(
  template: Template,
  technology: Technology,
  layer: Layer,
  padding: boolean,
  max: number,
): readonly Cost[] | undefined {
  const front: Cost[] = [];
  let left = max;
  for (const [i, a] of lowerTemplate(template, technology).entries()) {
    const mappings = everyMapping(a, layer, padding, left);
    if (!mappings) return undefined;
    left -= mappings.length;
    for (const mapping of mappings) {
      const found = judge({ objective: 'edp', limits: {} }, magnetConventions, a, i, layer, mapping);
      if (!found) continue;
      const { energy, cycles } = found.evaluation;
      if (front.some((c) => c.energy <= energy && c.cycles <= cycles)) continue;
      for (let k = front.length - 1; k >= 0; k--)
        if (energy <= front[k]!.energy && cycles <= front[k]!.cycles) front.splice(k, 1);
      front.push({ energy, cycles });
    }
  }
  return front.sort((x, y) => x.energy - y.energy);
}

/** A chip of a few multipliers with memories of a few lines. */
export const tiny: Readonly<Record<Parameter, number>> = {
  ...simba,
  vectorSize: 2,
  numLanes: 1,
  rows: 1,
  columns: 1,
  globalBanks: 4,
  biasLines: 16,
  weightBuffer: 2 * 16 * 4,
  inputBuffer: 2 * 16 * 4,
  accumBuffer: 24 * 4,
  globalBuffer: 4 * 16 * 16,
};

export const tinySpace = (menus: Partial<Record<Parameter, readonly number[]>>): DesignSpace => ({
  name: 'tiny',
  source: 'test',
  maxPes: 16,
  overflowFree: false,
  menus: {
    ...(Object.fromEntries(parameters.map((p) => [p, [tiny[p]]])) as unknown as DesignSpace['menus']),
    ...menus,
  },
});

export interface Censused {
  readonly point: DesignPoint;
  readonly area: number;
  /** Per layer. */
  readonly fronts: readonly (readonly Cost[])[];
}

const widthsOf = (t: Template) => ({
  lanes: t.numLanes,
  vector: t.vectorSize,
  biasLines: t.biasLines,
  split: halfWords(t),
});

/** The same of a layer in blocks of each size, and in each number of parts that may do: so many runs of one part. */
export function everyWay(
  template: Template,
  technology: Technology,
  layer: Layer,
  padding: boolean,
  max: number,
): readonly Cost[] | undefined {
  const fronts = choices(layer, widthsOf(template), padding).map((parts) => {
    const runs = runsOf(parts);
    return census(template, technology, partOf(layer, parts), padding, max)?.map((c) => ({
      energy: runs * c.energy,
      cycles: runs * c.cycles,
    }));
  });
  return fronts.includes(undefined) ? undefined : fronts.flatMap((f) => f!);
}

const known = new Map<string, readonly Cost[]>();

/** Every machine of a space with all that its mappings of some layers may cost. */
export function everyMachine(
  space: DesignSpace,
  technology: Technology,
  layers: readonly Layer[],
  padding: boolean,
  max = 4e5,
): readonly Censused[] {
  const points = parameters.reduce<DesignPoint[]>(
    (all, p) => all.flatMap((x) => space.menus[p].map((v) => ({ ...x, [p]: v }))),
    [{} as DesignPoint],
  );
  return points.flatMap((point) => {
    const template = templateAt(space, point);
    if (!template) return [];
    const fronts = layers.map((layer) => {
      const key = JSON.stringify([template, technology.constants, shapeKey(layer), padding]);
      const front = known.get(key) ?? everyWay(template, technology, layer, padding, max);
      if (!front) throw new Error('too many mappings to look at');
      known.set(key, front);
      return front;
    });
    return [{ point, area: sum(areaOf(template, technology).map((p) => p.area)), fronts }];
  });
}
