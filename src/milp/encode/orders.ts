// Loop orders as variables. Only the innermost group of loops of a temporal slot decides what is reused across it:
// the group of dimensions irrelevant to one tensor stands innermost, or the slot is empty and every run passes through.

import { nth } from '../../base/invariant.js';
import type { Machine } from '../../model/machine/compiled-machine.js';
import type { Mapping } from '../../model/mapping/mapping.js';
import type { Layer, Tensor } from '../../model/workload/layer.js';
import { isRelevant } from '../../model/workload/layer.js';
import type { Linear } from '../../program/linear.js';
import { valueOf, zero } from '../../program/linear.js';
import type { ProgramBuilder } from '../../program/program.js';
import type { Factors } from './factor-rows.js';
import type { Group, Innermost } from './innermost.js';
import { encodeInnermost, groupOf } from './innermost.js';
import type { Run } from './runs.js';
import { encodeRun, irrelevantLoops, leftBy } from './runs.js';

export interface Orders {
  /** Logarithm of the temporal factors irrelevant to a tensor outside a level, without the reused run. */
  refetches: (tensor: Tensor, level: number) => Linear;
  /** What one slot adds to that. */
  left: (tensor: Tensor, level: number, slot: number) => Linear;
  /** 1 where the group irrelevant to `tensor` stands innermost in a slot, or the slot is empty. */
  innermost: (tensor: Group, slot: number) => Linear;
  /** Whether there are such groups: a layer of groups (G) alone has none. */
  readonly grouped: boolean;
  /** The tensor whose group stands innermost in a slot, in a point of the program. */
  read: (slot: number, x: ArrayLike<number>) => Tensor | undefined;
  /** All variables of orders and runs so far, as a mapping of the machine has them: reuse wherever it can be had. */
  of: (mapping: Mapping) => ReadonlyMap<number, number>;
}

/** Runs are made when they are first asked for. */
export function encodeOrders(b: ProgramBuilder, m: Machine, layer: Layer, f: Factors): Orders {
  const innermost = encodeInnermost(b, m, layer, f);
  const { groups, temporal, at } = innermost;
  const runs = new Map<string, Run | undefined>();
  const runOf = (tensor: Tensor, level: number): Run | undefined => {
    const key = `${tensor} ${level}`;
    if (!runs.has(key)) runs.set(key, encodeRun({ b, m, f, innermost }, tensor, level));
    return runs.get(key);
  };
  return {
    refetches(tensor, level) {
      // The multipliers reuse nothing in time.
      if (level === m.architecture.levels.length) return f.product(irrelevantLoops(tensor), temporal);
      const run = runOf(tensor, level);
      return run ? leftBy(run) : zero;
    },
    left: (tensor, level, slot) => runOf(tensor, level)?.links.find((l) => l.slot === slot)?.left ?? zero,
    innermost: at,
    grouped: groups.length > 0,
    read: (slot, x) => groups.find((g) => valueOf(at(g, slot), x) > 0.5),
    of: (mapping) =>
      ordersIn(
        m,
        innermost,
        [...runs.values()].filter((r) => r !== undefined),
        mapping,
      ),
  };
}

function ordersIn(
  m: Machine,
  { groups, choices, at }: Innermost,
  runs: readonly Run[],
  mapping: Mapping,
): ReadonlyMap<number, number> {
  const values = new Map<number, number>();
  const hold = (binary: Linear, value: boolean) => values.set(nth([...binary.terms.keys()], 0), value ? 1 : 0);
  const loopsIn = (slot: number) =>
    nth(mapping.levels, nth(m.slots, slot).level).temporal.filter(
      (l) => l.factor > 1 && nth(m.slots, slot).dims.includes(l.dim),
    );
  for (const { slot, of } of choices) {
    for (const g of of) hold(at(g, slot), g === groupOf(groups, loopsIn(slot)));
  }
  for (const { tensor, links } of runs) {
    let [running, still] = [true, true];
    for (const { slot, run } of links) {
      const loops = loopsIn(slot);
      const group = groupOf(groups, loops);
      running &&= still && (group === tensor || group === 'empty');
      still = loops.every((l) => !isRelevant(tensor, l.dim));
      hold(run, running);
    }
  }
  return values;
}
