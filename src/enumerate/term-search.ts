// One term of the sum over layers: a layer in blocks of each size that is tried, each whole or, where its biases do not fit
// the shape, in each number of parts that may do, whichever costs least.

import { limitsOfRun } from '../model/cost/goal.js';
import type { Limits } from '../model/cost/goal.js';
import type { Layer } from '../model/workload/layer.js';
import type { Parts } from '../model/mapping/mapping.js';
import { suitsParts } from '../model/mapping/weight-layout.js';
import { choices, isWhole, partOf, runsOf, whole } from '../model/workload/layer-parts.js';
import type { ShapeCosts } from './item-costs.js';
import type { Box, Item, Weights } from './item.js';
import { overRuns } from './item.js';
import type { KernelTables } from './kernels.js';
import { LayerSearch } from './layer-search.js';

/** A layer and what its energy and cycles count for in the sum. */
export interface Term {
  readonly layer: Layer;
  readonly weights: Weights;
  /** What each of its mappings may cost at most on the machine. */
  readonly limits?: Limits;
}

/** What an item's energy and cycles, those of one run, count for, and what they may be at most. */
export function ofRun(
  { weights, limits = {} }: Term,
  { parts = whole }: Pick<Item, 'parts'>,
): { readonly weights: Weights; readonly limits: Limits } {
  const runs = runsOf(parts);
  return runs === 1 ? { weights, limits } : { weights: overRuns(weights, runs), limits: limitsOfRun(limits, runs) };
}

export class TermSearch {
  private readonly searches: readonly { readonly parts: Parts; readonly search: LayerSearch }[];

  /** On machines of at most so much area. */
  constructor(term: Term, costs: ShapeCosts, padding: boolean, kernels: KernelTables, area: number) {
    // Beside what stays a layer runs at once, and as its weights lie.
    const { resident } = term.layer;
    const able = choices(term.layer, costs, padding).filter(
      (parts) =>
        (!resident || runsOf(parts) === 1) &&
        (!resident?.weights?.layout || suitsParts(resident.weights.layout, parts)),
    );
    this.searches = able.map((parts) => {
      const { weights, limits } = ofRun(term, { parts });
      return {
        parts,
        search: new LayerSearch(partOf(term.layer, parts), costs, padding, weights, kernels, limits, area),
      };
    });
  }

  /** No mapping on any machine of the shape is below. */
  floor(): number {
    return this.searches.reduce((min, { search }) => Math.min(min, search.floor(min)), Infinity);
  }

  /** As `settle` of each, where what was found in some parts cuts off the others. */
  settle(
    box: Box,
    area: number,
    cutoff: number,
    over: () => boolean,
  ): { readonly item: Item | undefined; readonly bound: number; readonly stopped: boolean } {
    let item: Item | undefined;
    let bound = Infinity;
    let stopped = false;
    for (const { parts, search } of this.searches) {
      const found = search.settle(box, area, item?.value ?? cutoff, { over });
      if (found.item) item = isWhole(parts) ? found.item : { ...found.item, parts };
      bound = Math.min(bound, found.bound);
      stopped ||= found.stopped;
    }
    return { item, bound, stopped };
  }

  /** As `columns` of each; those of different parts may undercut each other. */
  columns(
    box: Box,
    area: number,
    limit: number,
    over: () => boolean,
  ): { readonly columns: readonly Item[]; readonly stopped: boolean } {
    const each = this.searches.map(({ parts, search }) => ({ parts, ...search.columns(box, area, limit, over) }));
    return {
      columns: each.flatMap(({ parts, columns }) =>
        isWhole(parts) ? columns : columns.map((item) => ({ ...item, parts })),
      ),
      stopped: each.some(({ stopped }) => stopped),
    };
  }
}
