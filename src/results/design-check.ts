// What a design must hold: mappings that its machine can run, figures that agree; and what its figures have become since.

import { defined, nth } from '../base/invariant.js';
import type { Diagnostic, Parsed } from '../base/diagnostics.js';
import { parsed, refuse, refused } from '../base/diagnostics.js';
import { cycles, picojoules } from '../base/units.js';
import type { Architecture } from '../model/machine/architecture.js';
import type { Conventions } from '../model/cost/conventions.js';
import type { Design, DesignLayer, DesignTotals, MappedLayer } from '../model/space/design.js';
import { arrangementFor, arrangementsOf } from '../model/space/design.js';
import { evaluate } from '../model/cost/evaluate.js';
import { measure } from '../model/cost/goal.js';
import { networkTotals, objectiveOfLayers } from '../model/cost/network-goal.js';
import type { Layer } from '../model/workload/layer.js';
import { dimensions, macs, maxMacs } from '../model/workload/layer.js';
import { breaches } from '../model/mapping/legality.js';
import type { Mapping } from '../model/mapping/mapping.js';
import { mappedBounds } from '../model/mapping/mapping.js';
import { partOf, whole } from '../model/workload/layer-parts.js';
import type { Machinery } from '../model/machine/presets.js';
import type { Technology } from '../model/machine/technology.js';
import type { LayerFile, TotalsFile } from './design-schema.js';
import { parseMapping } from '../interchange/mapping-file.js';

/** Figures of one cost model agree to the last digits; those of Node versions may differ there. */
const tolerance = 1e-9;
const agree = (x: number, y: number) => Math.abs(x - y) <= tolerance * Math.max(Math.abs(x), Math.abs(y));

/** Padding rounds up by a quarter at most: a mapping that covers twice the bound was made for another layer. */
const maxPadding = 2;

export function checkedLayer(
  file: LayerFile,
  machine: Machinery,
  technology: Technology,
  conventions: Conventions,
  at: Diagnostic['path'],
): Parsed<DesignLayer> {
  const layer: Layer = { name: file.name, ...file.layer };
  const { count, status, objective, bound, gap, energy, cycles: time } = file;
  if (macs(layer) > maxMacs)
    return refuse(
      'too-large',
      [...at, 'layer'],
      `${layer.name} has ${macs(layer).toExponential(2)} MACs; counts are exact up to 2^50 (1.1e15), so split the layer`,
    );
  if (status === 'infeasible' || status === 'unknown') {
    const figures = Object.entries({ objective, gap, energy, cycles: time, mapping: file.mapping }).flatMap(
      ([key, value]) => (value === null ? [] : [key]),
    );
    if (figures.length > 0)
      return refuse(
        'contradiction',
        [...at, 'status'],
        `${layer.name} is ${status}, yet it has ${figures.join(', ')}; make them null, or correct the status`,
      );
    return parsed({
      layer,
      count,
      status,
      objective: null,
      bound,
      gap: null,
      energy: null,
      cycles: null,
      mapping: null,
    });
  }
  const mapping = checkedMapping(
    file.mapping,
    layer,
    arrangementsOf(machine, technology),
    conventions,
    [...at, 'mapping'],
    status,
  );
  if (objective === null || bound === null || gap === null || energy === null || time === null) {
    const missing = Object.entries({ objective, bound, gap, energy, cycles: time }).flatMap(([key, value]) =>
      value === null ? [key] : [],
    );
    const fault: Diagnostic = {
      code: 'missing',
      path: at,
      message: `${layer.name} is ${status}, yet its ${missing.join(', ')} ${missing.length > 1 ? 'are' : 'is'} null; map the layer again`,
    };
    return refused([...(mapping.ok ? [] : mapping.diagnostics), fault]);
  }
  if (bound > objective * (1 + tolerance)) {
    const fault: Diagnostic = {
      code: 'contradiction',
      path: [...at, 'bound'],
      message: `the bound ${bound} of ${layer.name} is above its objective ${objective}; one of them was changed, so map the layer again`,
    };
    return refused([...(mapping.ok ? [] : mapping.diagnostics), fault]);
  }
  return mapping.ok
    ? parsed({
        layer,
        count,
        status,
        objective,
        bound,
        gap,
        energy: picojoules(energy),
        cycles: cycles(time),
        mapping: mapping.value,
      })
    : mapping;
}

function checkedMapping(
  data: unknown,
  layer: Layer,
  arrangements: readonly Architecture[],
  conventions: Conventions,
  at: Diagnostic['path'],
  status: string,
): Parsed<Mapping> {
  if (data === null)
    return refuse('missing', at, `${layer.name} is ${status}, yet it has no mapping; map the layer again`);
  const tried = arrangements.map((a) => ({ a, mapping: parseMapping(data, a, at) }));
  const otherMachine = (m: Parsed<Mapping>) => !m.ok && m.diagnostics.some((d) => d.code === 'other-machine');
  const { a, mapping } =
    tried.find((t) => t.mapping.ok) ?? tried.find((t) => !otherMachine(t.mapping)) ?? nth(tried, 0);
  if (!mapping.ok)
    return otherMachine(mapping)
      ? refused(mapping.diagnostics.map((d) => ({ ...d, message: `mapping for another machine: ${d.message}` })))
      : mapping;
  const broken = breaches(a, layer, mapping.value, conventions).map((d): Diagnostic => ({
    code: d.code,
    path: [...at, ...d.path],
    message: `${layer.name} cannot run so: ${d.message}`,
  }));
  const covered = mappedBounds(mapping.value);
  const { bounds } = partOf(layer, mapping.value.parts ?? whole);
  const excess = dimensions.filter((d) => covered[d] >= maxPadding * bounds[d]);
  const foreign = excess.map((d): Diagnostic => ({
    code: 'other-layer',
    path: [...at, d],
    message: `mapping for another layer: its loops over ${d} cover ${covered[d]}, ${layer.name} has ${bounds[d]}`,
  }));
  return broken.length + foreign.length > 0 ? refused([...broken, ...foreign]) : mapping;
}

/** Totals are there exactly when every layer has a mapping. */
export function checkedTotals(
  file: TotalsFile | null,
  goal: Design['goal'],
  layers: readonly DesignLayer[],
): Parsed<DesignTotals | null> {
  const lacking = layers.filter((l) => l.mapping === null).map((l) => l.layer.name);
  if (file === null)
    return lacking.length > 0
      ? parsed(null)
      : refuse('missing', ['totals'], 'is null, yet every layer has a mapping; map again');
  if (lacking.length > 0)
    return refuse(
      'contradiction',
      ['totals'],
      `are given, yet ${lacking.join(', ')} ${lacking.length > 1 ? 'have' : 'has'} no mapping; make them null`,
    );
  const sums = totalsOf(goal, layers);
  const off =
    sums === null ? [] : (Object.keys(sums) as (keyof DesignTotals)[]).filter((key) => !agree(file[key], sums[key]));
  if (off.length > 0)
    return refused(
      off.map((key) => ({
        code: 'contradiction',
        path: ['totals', key],
        message: `is ${file[key]}, but the layers add up to ${defined(sums)[key]}`,
      })),
    );
  return parsed({ ...file, energy: picojoules(file.energy), cycles: cycles(file.cycles) });
}

/** Null where a layer has no mapping. */
export function totalsOf({ objective }: Design['goal'], layers: readonly DesignLayer[]): DesignTotals | null {
  const mapped = layers.filter((l): l is MappedLayer => l.mapping !== null);
  if (mapped.length < layers.length) return null;
  const sums = networkTotals(objective, mapped);
  return { ...sums, energy: picojoules(sums.energy), cycles: cycles(sums.cycles) };
}

/**
 * Figures of a design that this cost model does not confirm. The mappings stand, so this is a note and no refusal; but what was
 * proven was proven of other costs.
 */
export function designDrift(
  design: Pick<Design, 'machine' | 'technology' | 'conventions' | 'goal' | 'layers'> &
    Partial<Pick<Design, 'provenance'>>,
): readonly Diagnostic[] {
  const writer = design.provenance ? ` (magnet ${design.provenance.magnet})` : '';
  return design.layers.flatMap((l, i): readonly Diagnostic[] => {
    const a = l.mapping && arrangementFor(design, l.mapping);
    if (l.mapping === null || !a) return [];
    const now = evaluate(a, l.layer, l.mapping, design.conventions);
    const figures = {
      energy: now.energy,
      cycles: now.cycles,
      objective: measure(objectiveOfLayers[design.goal.objective], now),
    };
    return (Object.keys(figures) as (keyof typeof figures)[]).flatMap((key) =>
      agree(figures[key], l[key])
        ? []
        : [
            {
              code: 'drift',
              path: ['layers', i, key],
              message:
                `${l.layer.name} has ${l[key]}, this cost model says ${figures[key]}: written by another version ` +
                `of the cost model${writer}, or changed by hand; bound and gap no longer hold, ` +
                'so map again',
            },
          ],
    );
  });
}
