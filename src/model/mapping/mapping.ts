// A mapping: for each level the loops in time and in space, outermost first, and the tensors it keeps.

import type { Fold } from '../workload/folds.js';
import type { Bounds, Dimension, Tensor } from '../workload/layer.js';
import { dimensions } from '../workload/layer.js';

/** A loop over one dimension. */
export interface Loop {
  readonly dim: Dimension;
  /** How often it runs. */
  readonly factor: number;
}
/** Copies side by side along an axis of the fan-out below a level; `factor` is how many of them are used. */
export interface SpatialLoop extends Loop {
  /** Label of the fan-out axis. */
  readonly axis: string;
}

/** What a mapping does at one level. */
export interface LevelMapping {
  /** Of the level. */
  readonly name: string;
  /** Tensors that the level holds; the others go by it. */
  readonly keep: readonly Tensor[];
  /** Outermost first; factors of 1 are left out. */
  readonly temporal: readonly Loop[];
  /** Outermost first; factors of 1 are left out. */
  readonly spatial: readonly SpatialLoop[];
}

/**
 * How a layer becomes runs: it may be folded (`folds.ts`), the groups of what that makes joined into blocks
 * (`block-diagonal.ts`), two narrow input channels put into each word (`split.ts`), and what these make divided into parts
 * over its groups and over its output channels (`layer-parts.ts`).
 */
export interface Parts {
  readonly G: number;
  readonly K: number;
  /** Groups of a block; absent where each is one of its own. */
  readonly block?: number;
  /** Absent where kernel positions stay what they are. */
  readonly fold?: Fold;
  /** Where each multiplication is two of half the bits. */
  readonly split?: true;
}

/** How a layer runs on an architecture: its loops level by level, in time and in space, and what each level keeps. */
export interface Mapping {
  /** Those of the architecture, one to one, outermost first. */
  readonly levels: readonly LevelMapping[];
  /** Absent where the layer runs whole and as it is; otherwise the levels are those of each run. */
  readonly parts?: Parts;
}

/** The padded bounds that a mapping covers in a run: per dimension the product of all its factors. */
export function mappedBounds(mapping: Mapping): Bounds {
  const bounds = Object.fromEntries(dimensions.map((d) => [d, 1])) as Record<Dimension, number>;
  for (const level of mapping.levels) {
    for (const { dim, factor } of [...level.temporal, ...level.spatial]) bounds[dim] *= factor;
  }
  return bounds;
}
