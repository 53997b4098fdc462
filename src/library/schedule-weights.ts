// Where the weights of chains in bands may stay in the weight buffers, among what a schedule chooses from: for each chain one layout of
// the weights of each of its steps, and lines for all of them together.

import { groupBy } from '../base/group-by.js';
import { got, nth } from '../base/invariant.js';
import type { BandedRun, BandedRuns } from '../compile/banded-runs.js';
import type { WeightsThatStay } from '../compile/kept-weights.js';
import { placesFor } from '../compile/kept-weights.js';
import { layoutOf } from '../model/mapping/weight-layout.js';
import type { WeightLayout } from '../model/workload/kept-weights.js';
import type { Template } from '../model/machine/template.js';
import type { Layer } from '../model/workload/layer.js';
import { shapeKey } from '../model/workload/layer.js';
import type { LayerColumns } from '../tuner/network/layer-columns.js';
import type { Patience } from '../tuner/network/network-question.js';

/** What energy and cycles count for. */
export type Prices = Parameters<LayerColumns['min']>[0];

export interface LayoutsAsked {
  /** Of mappings without padding, whose weights nothing beside them is in the way of. */
  readonly columns: (layer: Layer) => LayerColumns;
  /** What a schedule asks of the layer of a run. */
  readonly layerOf: (run: { readonly layer: Layer }) => Layer;
  /** At which mappings are compared. */
  readonly prices: Prices;
  readonly template: Template;
  readonly patience: Patience;
}

/**
 * A layout is that of the mapping which costs least of all that hold their weights, of the band that there are most of. Chains are
 * left out of which some step has no such mapping, or whose layouts have no room together.
 */
export async function weightsThatStay(
  chains: readonly BandedRuns[],
  asked: LayoutsAsked,
): Promise<ReadonlyMap<BandedRuns, readonly WeightsThatStay[]>> {
  const each = await Promise.all(
    chains.map(async (chain) => {
      const groups = [...groupBy(chain.runs, (run) => run.weights).values()];
      const layouts = await Promise.all(groups.map((group) => layoutFor(group, asked)));
      const all = layouts.flatMap((layout) => layout ?? []);
      const places = all.length === groups.length ? placesFor(all, asked.template) : undefined;
      if (!places) return [];
      const own = groups.map(([first], i) => ({ run: first!.name, ...nth(places, i), layout: nth(all, i) }));
      return [[chain, own] as const];
    }),
  );
  return new Map(each.flat());
}

async function layoutFor(
  group: readonly BandedRun[],
  { columns, layerOf, prices, patience }: LayoutsAsked,
): Promise<WeightLayout | undefined> {
  const byShape = [...groupBy(group.map(layerOf), shapeKey).values()].toSorted((a, b) => b.length - a.length);
  const own = columns({ ...nth(nth(byShape, 0), 0), resident: { weights: { held: true }, banks: 0 } });
  const min = await own.min(prices, patience.left());
  if (min === undefined || min === Infinity) return undefined;
  const layout = layoutOf(own.bestBy(prices).mapping);
  // Groups that fill up a last block would be written beside what the layer makes.
  return layout && nth(group, 0).layer.bounds.G % (layout.block ?? 1) === 0 ? layout : undefined;
}

/** The layer of each run of a chain with its weights where they stay: the first that has them loads them for all others. */
export function layersWith(
  { runs }: BandedRuns,
  weights: readonly WeightsThatStay[],
  layerOf: LayoutsAsked['layerOf'],
): readonly Layer[] {
  const loading = new Map(
    [...groupBy(runs, (run) => run.weights)].map(([key, [first]]) => {
      const own = weights.find((w) => w.run === first?.name);
      if (!own) throw new Error(`invariant: ${first?.name} has weights that stay nowhere`);
      return [key, { first, layout: own.layout }] as const;
    }),
  );
  return runs.map((run) => {
    const { first, layout } = got(loading, run.weights);
    // Not by name: a max-pool has several runs of one.
    return { ...layerOf(run), resident: { weights: { held: run !== first, layout }, banks: 0 } };
  });
}
