// How much room a memory would need for a layer to fit: the least at which it does, proven at both sides.

import { defined, nth } from '../../base/invariant.js';
import type { Architecture } from '../../model/machine/architecture.js';
import type { LayerRequirement } from '../../model/mapping/layer-requirement.js';
import { compile } from '../../model/machine/compiled-machine.js';
import type { Tensor } from '../../model/workload/layer.js';
import type { Mapping } from '../../model/mapping/mapping.js';
import { numbers } from '../../model/cost/numbers.js';
import { holdingOf, poolOf, roomOf, takenBy, withPool } from '../../model/mapping/memory-room.js';
import { tileLines } from '../../model/cost/traffic.js';
import type { Task } from '../../search/strategy.js';
import type { Possible } from './fit-question.js';
import type { Needed } from './proof.js';
import { whyOpen } from './proof.js';

type Capacity = LayerRequirement & { readonly kind: 'capacity' };

/**
 * `on` asks machines with other room, `without` the own machine without this requirement. Bisection between the room
 * there is, which does not do, and what a mapping takes that meets all else.
 */
export async function neededRoom(
  task: Task,
  r: Capacity,
  on: (architectures: readonly Architecture[]) => Promise<Possible>,
  without: () => Promise<Possible>,
): Promise<Needed> {
  const { level, pool } = poolOf(nth(task.architectures, 0), r.level, r.tensors);
  let none = defined(roomOf(level, pool)).amount;
  const free = await without();
  if (free.status === 'never') return { kind: 'never' };
  if (free.status === 'unknown')
    return { kind: 'between', from: none + 1, to: undefined, reason: whyOpen(false, free.reason) };
  let enough = taken(task, r, free.arrangement, free.mapping);
  while (enough > none + 1) {
    const tried = none + Math.floor((enough - none) / 2);
    const answer = await on(task.architectures.map((a) => withRoom(a, r, tried)));
    if (answer.status === 'unknown')
      return { kind: 'between', from: none + 1, to: enough, reason: whyOpen(false, answer.reason) };
    if (answer.status === 'never') none = tried;
    else enough = Math.min(tried, taken(task, r, answer.arrangement, answer.mapping));
  }
  return { kind: 'exact', value: enough };
}

/** The machine with room for `amount`, counted as `roomOf` counts. */
export function withRoom(a: Architecture, r: Capacity, amount: number): Architecture {
  const { level, pool } = poolOf(a, r.level, r.tensors);
  return withPool(a, pool, defined(roomOf(level, pool)).at(amount));
}

/** The room that the tiles of a mapping take, as the cost model counts them. */
function taken(
  { architectures, conventions, layer }: Task,
  r: Capacity,
  arrangement: number,
  mapping: Mapping,
): number {
  const a = nth(architectures, arrangement);
  const { level, pool } = poolOf(a, r.level, r.tensors);
  const m = compile(
    a,
    mapping.levels.map((l) => l.keep),
  );
  const reading = numbers(m, layer, conventions, mapping);
  const holding = defined(holdingOf(level, pool));
  const lines = (t: Tensor) => tileLines(reading, m, t, a.levels.indexOf(level));
  const all = r.tensors.reduce((n, t) => n + takenBy(holding, t, lines(t)), 0);
  return holding.unit === 'bank' ? all : Math.ceil(all / defined(roomOf(level, pool)).unitBits);
}
