// The run of loops just outside a level through which a tensor's tile stays: a binary for each slot in time, and what is
// left of the loops irrelevant to the tensor outside of the run.

import { nth } from '../../base/invariant.js';
import type { Machine } from '../../model/machine/compiled-machine.js';
import { isOpen } from '../../model/machine/keeping.js';
import { tagOf } from '../../model/mapping/layer-requirement.js';
import { holdsSums } from '../../model/mapping/rules.js';
import type { Dimension, Tensor } from '../../model/workload/layer.js';
import { dimensions, isRelevant, relevance } from '../../model/workload/layer.js';
import type { Linear } from '../../program/linear.js';
import { add, combine, subtract, zero } from '../../program/linear.js';
import type { ProgramBuilder } from '../../program/program.js';
import type { Factors } from './factor-rows.js';
import { slotName } from './factor-rows.js';
import type { Innermost } from './innermost.js';

interface Link {
  readonly slot: number;
  /** 1 where the run passes through all loops of the slot. */
  readonly run: Linear;
  /** Logarithm of the loops that are left; undefined where none may be. */
  readonly left: Linear | undefined;
}

/** A tensor's run outside a level, slot by slot from inside out. */
export interface Run {
  readonly tensor: Tensor;
  readonly links: readonly Link[];
}

export interface RunContext {
  readonly b: ProgramBuilder;
  readonly m: Machine;
  readonly f: Factors;
  readonly innermost: Innermost;
}

export const irrelevantLoops = (t: Tensor): readonly Dimension[] => dimensions.filter((d) => !isRelevant(t, d));

/** Undefined where nothing can be left: no loop is irrelevant to the tensor, or its sums stay further inside. */
export function encodeRun(c: RunContext, tensor: Tensor, level: number): Run | undefined {
  const { m, f, innermost } = c;
  if (f.max(irrelevantLoops(tensor)) === 0) return undefined;
  const held = tensor === 'Outputs' ? holdingLevel(m) : undefined;
  // Sums that never leave an inner level leave none of those around it either.
  if (held !== undefined && level < held) return undefined;
  const links: Link[] = [];
  for (const slot of innermost.temporal.filter((s) => nth(m.slots, s).level < level).reverse())
    links.push(encodeLink(c, tensor, level, slot, links.at(-1), held === level));
  return { tensor, links };
}

/** What a run leaves of the loops outside it. */
export const leftBy = ({ links }: Run): Linear =>
  add(zero, ...links.flatMap(({ left }) => (left === undefined ? [] : [left])));

/** The innermost level that holds sums whatever else is chosen. */
const holdingLevel = (m: Machine): number | undefined =>
  m.chains.Outputs.findLast((l) => holdsSums(m, l) && !isOpen(nth(m.architecture.levels, l), 'Outputs'));

function encodeLink(
  c: RunContext,
  tensor: Tensor,
  level: number,
  slot: number,
  inner: Link | undefined,
  held: boolean,
): Link {
  const { b, m, f, innermost } = c;
  const { name } = nth(m.architecture.levels, level);
  const where = `${tensor}.${name}.${slotName(m, nth(m.slots, slot))}`;
  const others = irrelevantLoops(tensor);
  const loops = f.product(others, [slot]);
  const maxRefetches = f.max(others);
  const run = b.binary(`run.${where}`);
  b.atMost(
    `run.${where}.inner`,
    combine([
      [1, run],
      [-1, innermost.at(tensor, slot)],
      [-1, innermost.at('empty', slot)],
    ]),
    0,
  );
  if (inner) encodePassage(c, tensor, where, run, inner);
  if (held) {
    // Sums must not leave: every reduction loop outside is in the run.
    const inRun = combine([
      [1, loops],
      [-maxRefetches, run],
    ]);
    b.about(tagOf({ kind: 'sums', level: name }), () => b.atMost(`held.${where}`, inRun, 0));
    return { slot, run, left: undefined };
  }
  const left = b.variable(`left.${where}`, 0, maxRefetches, false);
  b.atMost(
    `left.${where}`,
    combine([
      [1, loops],
      [-1, left],
      [-maxRefetches, run],
    ]),
    0,
  );
  return { slot, run, left };
}

/** The run goes on only through inner slots that are in it and have no loop that touches the tensor. */
function encodePassage({ b, f }: RunContext, tensor: Tensor, where: string, run: Linear, inner: Link): void {
  b.atMost(`run.${where}.through`, subtract(run, inner.run), 0);
  const max = f.max(relevance[tensor]);
  b.atMost(
    `run.${where}.still`,
    combine([
      [1, f.product(relevance[tensor], [inner.slot])],
      [max, run],
    ]),
    max,
  );
}
