// The mapping of a layer with the minimum energy within a dataflow, on one machine whose multipliers are kept half busy at least.

import { invariant } from '../../src/base/diagnostics.js';
import { perSize } from '../../src/enumerate/columns.js';
import { depthsOf, shapeCosts } from '../../src/enumerate/item-costs.js';
import { Cutoff } from '../../src/enumerate/cutoff.js';
import { decode } from '../../src/enumerate/decode-item.js';
import type { Item } from '../../src/enumerate/item.js';
import { KernelTables } from '../../src/enumerate/kernels.js';
import type { Spatial } from '../../src/enumerate/spatial.js';
import { SpatialChoices } from '../../src/enumerate/spatial.js';
import { TileSearch } from '../../src/enumerate/tile-search.js';
import type { Evaluation, Layer, Technology, Template } from '../../src/index.js';
import { lowerTemplate, magnetConventions } from '../../src/index.js';
import type { DesignPoint, DesignSpace } from '../../src/model/space/design-space.js';
import { templateAt } from '../../src/model/space/design-space.js';
import { judge } from '../../src/search/mapping/point.js';
import type { Dataflow } from './dataflows.js';
import { kernelsOf } from './dataflows.js';

export interface Machine {
  readonly space: DesignSpace;
  readonly point: DesignPoint;
  readonly template: Template;
}

export interface Best {
  readonly item: Item;
  readonly evaluation: Evaluation;
  /** How many times their fewest cycles the multipliers were allowed. */
  readonly slack: number;
}

/** `base` with collectors of these depths. Menus begin at 1, so that a mapping may leave a deep one unused. */
export function machineWith(base: DesignPoint, [weight, input, sum]: readonly [number, number, number]): Machine {
  const point = { ...base, weightCollector: weight, inputCollector: input, accumCollector: sum };
  const one = Object.fromEntries(Object.entries(point).map(([name, v]) => [name, [v]])) as Record<
    keyof DesignPoint,
    number[]
  >;
  const menu = (depth: number) => (depth === 1 ? [1] : [1, depth]);
  const space: DesignSpace = {
    name: 'dataflows',
    source: 'one machine',
    maxPes: point.rows * point.columns,
    overflowFree: false,
    menus: { ...one, weightCollector: menu(weight), inputCollector: menu(input), accumCollector: menu(sum) },
  };
  const template = templateAt(space, point);
  invariant(template, 'a machine without lines');
  return { space, point, template };
}

/**
 * What runs side by side must leave the multipliers at most so many times their fewest cycles; more only where
 * a dataflow has no mapping else.
 */
const slacks = [2, 4, 8, 16, Infinity];

/** Undefined where the dataflow has no mapping of the layer. */
export function bestMapping(
  layer: Layer,
  dataflow: Dataflow,
  { space, point, template }: Machine,
  technology: Technology,
): Best | undefined {
  const costs = shapeCosts(space, point, technology);
  invariant(costs, 'a machine without lines');
  const { menus } = costs;
  const depths = depthsOf(costs);
  const tables = new KernelTables(depths, kernelsOf(dataflow, layer));
  const places = perSize((size) => menus[size].length - 1);
  const wanted = new Cutoff({ both: 0, energy: 1, cycles: 0 }, Infinity);
  const search = new TileSearch({
    layer,
    costs,
    kernels: tables,
    box: { low: places, high: places },
    area: Infinity,
    cutoff: wanted,
  });
  let done = 0;
  for (const slack of slacks) {
    const choices = choicesWithin(slack);
    // A longer list holds the same again.
    for (const s of choices) if (s.cycles > done) search.all(s);
    done = choices.at(-1)!.cycles;
    if (wanted.best) return { item: wanted.best, evaluation: evaluated(wanted.best), slack };
  }
  return undefined;

  function choicesWithin(slack: number): readonly Spatial[] {
    let fewest = Infinity;
    const all = new SpatialChoices(layer, costs!, true);
    const codes: number[] = [];
    all.each({
      max: () => slack * fewest,
      beyond: () => false,
      visit: (s, code) => {
        fewest = Math.min(fewest, s.cycles);
        codes.push(code);
      },
    });
    const found: readonly Spatial[] = codes.map((code) => all.at(code));
    return found.filter((s) => s.cycles <= slack * fewest).sort((x, y) => x.cycles - y.cycles);
  }

  /** By the cost model, which confirms the search's energy. */
  function evaluated(item: Item): Evaluation {
    const architectures = lowerTemplate(template, technology);
    const { architecture, mapping } = decode(item, architectures, depths);
    const min = judge(
      { objective: 'energy', limits: {} },
      magnetConventions,
      architectures[architecture]!,
      architecture,
      layer,
      mapping,
    )?.evaluation;
    invariant(
      min && Math.abs(min.energy - item.energy) <= 1e-9 * item.energy,
      `the cost model has another energy: ${dataflow.name}, ${layer.name}, ${min?.energy} and not ${item.energy}`,
    );
    return min;
  }
}
