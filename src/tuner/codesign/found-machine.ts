// A machine with a mapping for every layer, evaluated by the cost model.

import { defined, nth } from '../../base/invariant.js';
import { invariant } from '../../base/diagnostics.js';
import type { Places } from '../../enumerate/columns.js';
import { perSize } from '../../enumerate/columns.js';
import { decode } from '../../enumerate/decode-item.js';
import type { Item } from '../../enumerate/item.js';
import type { ShapeCosts } from '../../enumerate/item-costs.js';
import { depthsOf } from '../../enumerate/item-costs.js';
import { KernelTables } from '../../enumerate/kernels.js';
import type { Term } from '../../enumerate/term-search.js';
import { magnetConventions } from '../../model/cost/conventions.js';
import { limitsOfRun } from '../../model/cost/goal.js';
import { lowerTemplate } from '../../model/machine/template.js';
import type { DesignPoint } from '../../model/space/design-space.js';
import { templateAt } from '../../model/space/design-space.js';
import { partOf, runsOf, whole } from '../../model/workload/layer-parts.js';
import { judge } from '../../search/mapping/point.js';
import type { Found } from '../../search/strategy.js';
import { inAllRuns } from '../in-parts.js';
import type { CodesignProblem } from './codesign-problem.js';
import type { FoundSchedules } from './schedules/found-schedules.js';

/** A machine with the best mapping of every term, evaluated. */
export interface FoundMachine {
  readonly point: DesignPoint;
  /** What its mappings cost by the cost model. */
  readonly value: number;
  readonly found: readonly Found[];
  /** Where tensors may stay: whose mappings these are, and what the steps of each network take of them. */
  readonly schedules?: FoundSchedules;
}

/** Nests are the same for all shapes of a space. */
const tables = new Map<string, KernelTables>();
/** So many menus of depths: a space has one, and each machine looked at alone its own. */
const maxTables = 8;
export function tablesOf(c: ShapeCosts): KernelTables {
  const menus = depthsOf(c);
  const key = JSON.stringify(menus);
  const known = tables.get(key) ?? new KernelTables(menus);
  // The last that was asked for is the last to go.
  tables.delete(key);
  if (tables.size >= maxTables) tables.delete(defined(tables.keys().next().value));
  tables.set(key, known);
  return known;
}

/** Items as mappings, evaluated; undefined where one is beyond a limit of its term by the last digits of a sum. */
export function evaluatedOn(
  costs: ShapeCosts,
  { space, technology }: Pick<CodesignProblem, 'space' | 'technology'>,
  shape: DesignPoint,
  places: Places,
  terms: readonly Pick<Term, 'layer' | 'limits'>[],
  items: readonly Item[],
): Omit<FoundMachine, 'value'> | undefined {
  const point: DesignPoint = { ...shape, ...perSize((size) => nth(costs.menus[size], places[size])) };
  const template = templateAt(space, point);
  invariant(template, 'a machine without lines');
  const architectures = lowerTemplate(template, technology);
  const depths = depthsOf(costs);
  const found = items.map((item, i) => judged(nth(terms, i), item));
  return found.every((f) => f !== undefined) ? { point, found } : undefined;

  function judged(term: Pick<Term, 'layer' | 'limits'>, item: Item): Found | undefined {
    const { parts = whole } = item;
    const { architecture, mapping } = decode(item, architectures, depths);
    const run = judge(
      { objective: 'edp', limits: limitsOfRun(term.limits ?? {}, runsOf(parts)) },
      magnetConventions,
      nth(architectures, architecture),
      architecture,
      partOf(term.layer, parts),
      mapping,
    );
    return (
      run &&
      inAllRuns(
        { architectures, layer: term.layer, conventions: magnetConventions, goal: { objective: 'edp', limits: {} } },
        parts,
        run,
      )
    );
  }
}
