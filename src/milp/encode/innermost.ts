// Which loops stand innermost in each slot in time, as a one-hot: the group irrelevant to one tensor, or the slot is empty.

import { nth } from '../../base/invariant.js';
import type { Machine } from '../../model/machine/compiled-machine.js';
import type { Loop } from '../../model/mapping/mapping.js';
import type { Dimension, Layer, Tensor } from '../../model/workload/layer.js';
import { dimensions, irrelevant, tensors } from '../../model/workload/layer.js';
import type { Linear } from '../../program/linear.js';
import { add, combine, zero } from '../../program/linear.js';
import type { ProgramBuilder } from '../../program/program.js';
import type { Factors } from './factor-rows.js';
import { slotName } from './factor-rows.js';

/** The tensor that a group of loops is irrelevant to, or that there is no loop. */
export type Group = Tensor | 'empty';

export interface Innermost {
  /** The tensors that some loop of the layer is irrelevant to. */
  readonly groups: readonly Tensor[];
  /** Slots in time that may have loops, outermost first. */
  readonly temporal: readonly number[];
  /** Slots whose innermost group is a choice, with what may be chosen. */
  readonly choices: readonly { readonly slot: number; readonly of: readonly Group[] }[];
  /** 1 where a group stands innermost in a slot; zero where that is no choice of it. */
  at: (group: Group, slot: number) => Linear;
}

export function encodeInnermost(b: ProgramBuilder, m: Machine, layer: Layer, f: Factors): Innermost {
  const groups = tensors.filter((t) => irrelevant[t].some((d) => layer.bounds[d] > 1));
  const temporal = temporalSlots(m, layer);
  // Where every loop touches every tensor (groups alone) no order reuses anything.
  const choices = (groups.length > 0 ? temporal : []).map((slot) => ({
    slot,
    of: [...groupsIn(m, groups, slot), 'empty' as const],
  }));
  const chosen = new Map<string, Linear>();
  const at = (group: Group, slot: number) => chosen.get(`${group} ${slot}`) ?? zero;
  for (const { slot, of } of choices) {
    const name = slotName(m, nth(m.slots, slot));
    for (const g of of) chosen.set(`${g} ${slot}`, b.binary(`inner.${name}.${g}`));
    b.equal(`inner.${name}`, add(...of.map((g) => at(g, slot))), 1);
    // An empty slot has no loop at all.
    const max = f.max(dimensions);
    b.atMost(
      `empty.${name}`,
      combine([
        [1, f.product(dimensions, [slot])],
        [max, at('empty', slot)],
      ]),
      max,
    );
  }
  return { groups, temporal, choices, at };
}

/** The one dimension of a slot whose place among the loops of its level is fixed. */
function placedIn(m: Machine, slot: number): Dimension | undefined {
  const { level, dims } = nth(m.slots, slot);
  return (nth(m.architecture.levels, level).innermost ?? []).find((d) => dims[0] === d);
}

function temporalSlots(m: Machine, layer: Layer): readonly number[] {
  const isIdle = (d: Dimension | undefined) => d !== undefined && layer.bounds[d] === 1;
  return m.slots.flatMap((s, i) => (s.kind === 'temporal' && !isIdle(placedIn(m, i)) ? [i] : []));
}

/** Which groups may stand innermost: of a lone loop its own. */
function groupsIn(m: Machine, groups: readonly Tensor[], slot: number): readonly Tensor[] {
  const placed = placedIn(m, slot);
  const own = groups.filter((g) => placed === undefined || irrelevant[g].includes(placed));
  return own.length > 0 ? own : groups.slice(0, 1);
}

/** Loops that touch everything stand outside: the group of some loops is that of the innermost of the others. */
export function groupOf(groups: readonly Tensor[], loops: readonly Loop[]): Group | undefined {
  if (loops.length === 0) return 'empty';
  const last = loops.findLast((l) => groups.some((g) => irrelevant[g].includes(l.dim)));
  return last ? groups.find((g) => irrelevant[g].includes(last.dim)) : groups[0];
}
