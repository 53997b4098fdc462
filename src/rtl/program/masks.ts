// Which loops are irrelevant to what: the masks of the three nests.

import type { Collector } from '../../model/machine/template-names.js';
import { levelNames } from '../../model/machine/template-names.js';
import type { Tensor } from '../../model/workload/layer.js';
import { isRelevant } from '../../model/workload/layer.js';
import type { NestLoop, Nests } from './nests.js';

/** Loops of the nests that belong to a flag. */
export type LoopSet = ReadonlySet<NestLoop>;

const reused = (tensor: Tensor) => (l: NestLoop) => !isRelevant(tensor, l.dim);

/** Innermost loops up to the first that touches the tensor. */
function run(loops: readonly NestLoop[], tensor: Tensor): readonly NestLoop[] {
  const end = loops.findIndex((l) => isRelevant(tensor, l.dim));
  return end < 0 ? loops : loops.slice(0, end);
}

/** Loops inside a deep collector: its own, and those of collectors that cut the nest further in. */
function inside(n: Nests, levels: readonly string[], collector: Collector): readonly NestLoop[] {
  const at = levels.indexOf(collector);
  return n.pe.filter((l) => levels.indexOf(l.level) >= at);
}

export interface Masks {
  readonly begin: LoopSet;
  readonly first: LoopSet;
  readonly missInput: LoopSet;
  readonly missWeight: LoopSet;
  readonly loadInput: LoopSet;
  readonly loadWeight: LoopSet;
  readonly fill: LoopSet;
}

/** `levels`: names of the mapping's levels, outermost first; a collector of depth 1 has no loops of its own. */
export function masksOf(n: Nests, levels: readonly string[]): Masks {
  const all = [...n.pe, ...n.inner, ...n.outer];
  const collected = (tensor: Tensor, collector: Collector): LoopSet => {
    const own = inside(n, levels, collector);
    return new Set([...own.filter(reused(tensor)), ...run(all.slice(own.length), tensor)]);
  };
  const absorbed = collected('Outputs', levelNames.accumCollector);
  const tiles = [...n.inner, ...n.outer];
  return {
    begin: absorbed,
    first: new Set(all.filter((l) => reused('Outputs')(l) && !absorbed.has(l))),
    missInput: collected('Inputs', levelNames.inputCollector),
    missWeight: collected('Weights', levelNames.weightCollector),
    loadInput: new Set(run(tiles, 'Inputs')),
    loadWeight: new Set(run(tiles, 'Weights')),
    fill: new Set(run(n.outer, 'Inputs')),
  };
}

/** Entry of a collector: a dense number over the loops inside it that touch the tensor; 0 for all others. */
export function entryStrides(
  n: Nests,
  levels: readonly string[],
  collector: Collector,
  tensor: Tensor,
): ReadonlyMap<NestLoop, number> {
  let next = 1;
  const strides = new Map<NestLoop, number>();
  for (const l of inside(n, levels, collector)) {
    if (!isRelevant(tensor, l.dim)) continue;
    strides.set(l, next);
    next *= l.bound;
  }
  return strides;
}
