// What a layer's program counts: the accesses of the tensors in question, and the switches of those that may vanish.

import type { Architecture } from '../../model/machine/architecture.js';
import { relevance, tensors } from '../../model/workload/layer.js';
import type { Linear } from '../../program/linear.js';
import { add } from '../../program/linear.js';
import type { Switch } from '../../program/program.js';
import type { EncodeOptions } from './encode-options.js';
import type { OpenCount } from './keeping-rows.js';
import type { Log } from './log.js';
import type { Mappings } from './mapping-points.js';

/** A layer's mappings as variables, and all that is charged for them. */
export interface Counted {
  readonly a: Architecture;
  readonly mappings: Mappings;
  readonly options: EncodeOptions;
  readonly counts: readonly OpenCount<Log>[];
}

export function countsOf(a: Architecture, mappings: Mappings, options: EncodeOptions): Counted {
  const { only = tensors, conventions } = options;
  const all = mappings.keeping.traffic(mappings.reading, conventions);
  return { a, mappings, options, counts: all.filter((c) => only.includes(c.tensor)) };
}

/**
 * The switch of a count: only outputs have counts that vanish by themselves, all of them outputs times revisits; others
 * do where a level keeps nothing. `copies` is the largest logarithm of what else a count is multiplied by.
 */
export function switchOf(
  { mappings: { f, keeping } }: Counted,
  { off }: Log,
  gone: Linear | undefined,
  copies: number,
): Switch | undefined {
  if (gone) return { off: off ? add(off, gone) : gone, max: keeping.max };
  return off && { off, max: f.max(relevance.Outputs) + copies };
}
