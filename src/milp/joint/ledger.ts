// Machines that were judged, with the best mapping known of every layer on each; the best of them all.

import { defined, nth } from '../../base/invariant.js';
import type { Architecture } from '../../model/machine/architecture.js';
import type { DesignPoint } from '../../model/space/design-space.js';
import { sizeParameters, shapeParameters, templateAt } from '../../model/space/design-space.js';
import type { Mapping } from '../../model/mapping/mapping.js';
import type { Template } from '../../model/machine/template.js';
import { lowerTemplate } from '../../model/machine/template.js';
import { chipArea } from '../../model/machine/template-parts.js';
import { judge } from '../../search/mapping/point.js';
import type { Found } from '../../search/strategy.js';
import type { JointRequest } from './joint-program.js';

/** The best machine that is known, with its mappings. */
export interface JointBest {
  readonly point: DesignPoint;
  readonly template: Template;
  /** mm2 of the chip. */
  readonly area: number;
  /** One per layer; `architecture` numbers the arrangements that `lowerTemplate` gives. */
  readonly layers: readonly Found[];
  /** The sum of count x objective. */
  readonly objective: number;
}

/** What is attained and proven on one machine. */
export interface Settled {
  readonly value: number;
  readonly bound: number;
}

export interface Ledger {
  best: () => JointBest | undefined;
  /** The best mapping of a layer on a machine, or on any. */
  bestOfLayer: (i: number, point?: DesignPoint) => Found | undefined;
  /** All arrangements of the machine at a point; undefined where it is none, or too large. */
  architecturesAt: (point: DesignPoint) => readonly Architecture[] | undefined;
  /** The verdict on a mapping of one layer; undefined where it is not allowed. */
  offerLayer: (point: DesignPoint, i: number, mapping: Mapping, arrangement: number) => Found | undefined;
  /**
   * What a machine is known to attain with these mappings and all that came before; +Infinity where it cannot run them.
   */
  offer: (
    point: DesignPoint,
    mappings: readonly { readonly mapping: Mapping; readonly arrangement: number }[],
  ) => number;
}

export const keyOfPoint = (p: DesignPoint): string =>
  [...shapeParameters, ...sizeParameters].map((name) => p[name]).join(' ');

export function ledger({ layers, space, technology, conventions, objective, area: limit }: JointRequest): Ledger {
  interface Entry {
    readonly template: Template;
    readonly area: number;
    readonly architectures: readonly Architecture[];
    readonly found: (Found | undefined)[];
  }
  const entries = new Map<string, Entry | undefined>();
  const bestOf: (Found | undefined)[] = layers.map(() => undefined);
  let best: JointBest | undefined;

  function entryAt(point: DesignPoint): Entry | undefined {
    const key = keyOfPoint(point);
    if (entries.has(key)) return entries.get(key);
    const template = templateAt(space, point);
    const area = template ? chipArea(template, technology) : Infinity;
    const entry =
      template && area <= limit
        ? { template, area, architectures: lowerTemplate(template, technology), found: layers.map(() => undefined) }
        : undefined;
    entries.set(key, entry);
    return entry;
  }

  function offerLayer(point: DesignPoint, i: number, mapping: Mapping, arrangement: number): Found | undefined {
    const entry = entryAt(point);
    if (!entry) return undefined;
    const verdict = judge(
      { objective, limits: {} },
      conventions,
      nth(entry.architectures, arrangement),
      arrangement,
      nth(layers, i).layer,
      mapping,
    );
    if (verdict && verdict.objective < (entry.found[i]?.objective ?? Infinity)) entry.found[i] = verdict;
    if (verdict && verdict.objective < (bestOf[i]?.objective ?? Infinity)) bestOf[i] = verdict;
    return verdict;
  }

  return {
    best: () => best,
    bestOfLayer: (i, point) => (point ? entryAt(point)?.found[i] : bestOf[i]),
    architecturesAt: (point) => entryAt(point)?.architectures,
    offerLayer,
    offer(point, mappings) {
      mappings.forEach(({ mapping, arrangement }, i) => offerLayer(point, i, mapping, arrangement));
      const entry = entryAt(point);
      if (!entry) return Infinity;
      const total = entry.found.reduce((n, f, i) => n + nth(layers, i).count * (f?.objective ?? Infinity), 0);
      if (total < (best?.objective ?? Infinity))
        best = {
          point,
          template: entry.template,
          area: entry.area,
          layers: entry.found.map((f) => defined(f)),
          objective: total,
        };
      return total;
    },
  };
}
