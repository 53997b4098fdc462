// Loop orders as variables. Only the innermost group of loops of a temporal slot decides what is reused across it:
// the group of dimensions irrelevant to one tensor stands innermost, or the slot is empty and every run passes through.

import { nth } from '../../base/invariant.js';
import { isOpen } from '../../model/machine/keeping.js';
import type { Tensor } from '../../model/workload/layer.js';
import { isRelevant, relevance, irrelevant, tensors, dimensions } from '../../model/workload/layer.js';
import type { Dimension, Layer } from '../../model/workload/layer.js';
import { tagOf } from '../../model/mapping/layer-requirement.js';
import { holdsSums } from '../../model/mapping/rules.js';
import type { Machine } from '../../model/machine/compiled-machine.js';
import type { Loop, Mapping } from '../../model/mapping/mapping.js';
import type { Linear } from '../../program/linear.js';
import { add, combine, constant, scale, valueOf, zero } from '../../program/linear.js';
import type { ProgramBuilder } from '../../program/program.js';
import type { Factors } from './factor-rows.js';
import { slotName } from './factor-rows.js';

export interface Orders {
  /** Logarithm of the temporal factors irrelevant to a tensor outside a level, without the reused run. */
  refetches: (tensor: Tensor, level: number) => Linear;
  /** What one slot adds to that. */
  left: (tensor: Tensor, level: number, slot: number) => Linear;
  /** 1 where the group irrelevant to `tensor` stands innermost in a slot, or the slot is empty. */
  innermost: (tensor: Tensor | 'empty', slot: number) => Linear;
  /** Whether there are such groups: a layer of groups (G) alone has none. */
  readonly grouped: boolean;
  /** The tensor whose group stands innermost in a slot, in a point of the program. */
  read: (slot: number, x: ArrayLike<number>) => Tensor | undefined;
  /** All variables of orders and runs so far, as a mapping of the machine has them: reuse wherever it can be had. */
  of: (mapping: Mapping) => ReadonlyMap<number, number>;
}

export function encodeOrders(b: ProgramBuilder, m: Machine, layer: Layer, f: Factors): Orders {
  const groups = tensors.filter((t) => irrelevant[t].some((d) => layer.bounds[d] > 1));
  /** The one dimension of a slot whose place among the loops of its level is fixed. */
  const placedIn = (slot: number) =>
    (nth(m.architecture.levels, nth(m.slots, slot).level).innermost ?? []).find(
      (d) => nth(m.slots, slot).dims[0] === d,
    );
  const isIdle = (d: Dimension | undefined) => d !== undefined && layer.bounds[d] === 1;
  const temporal = m.slots.flatMap((s, i) => (s.kind === 'temporal' && !isIdle(placedIn(i)) ? [i] : []));
  /** Which groups may stand innermost: of a lone loop its own. */
  const groupsIn = (slot: number) => {
    const placed = placedIn(slot);
    const own = groups.filter((g) => placed === undefined || irrelevant[g].includes(placed));
    return own.length > 0 ? own : groups.slice(0, 1);
  };
  const z = new Map<string, Linear>();
  const at = (t: Tensor | 'empty', slot: number) => z.get(`${t} ${slot}`) ?? zero;
  // Where every loop touches every tensor (groups alone) no order reuses anything.
  for (const s of groups.length > 0 ? temporal : []) {
    const name = slotName(m, nth(m.slots, s));
    const choices = [...groupsIn(s), 'empty' as const].map((g) => {
      const chosen = b.binary(`inner.${name}.${g}`);
      z.set(`${g} ${s}`, chosen);
      return chosen;
    });
    b.equal(`inner.${name}`, add(...choices), 1);
    // An empty slot has no loop at all.
    const max = f.max(dimensions);
    b.atMost(
      `empty.${name}`,
      combine([
        [1, f.product(dimensions, [s])],
        [max, at('empty', s)],
      ]),
      max,
    );
  }

  /** Per tensor and level the slots outside, from inside out, with the binaries of their runs. */
  const reused: {
    readonly tensor: Tensor;
    readonly slots: readonly { readonly slot: number; readonly run: Linear }[];
  }[] = [];
  const cache = new Map<string, Linear>();
  const lefts = new Map<string, Linear>();
  function refetches(tensor: Tensor, level: number): Linear {
    const key = `${tensor} ${level}`;
    const known = cache.get(key);
    if (known) return known;
    const found =
      level === m.architecture.levels.length ? f.product(irrelevantLoops(tensor), temporal) : runs(tensor, level);
    cache.set(key, found);
    return found;
  }

  function runs(tensor: Tensor, level: number): Linear {
    const outside = temporal.filter((s) => nth(m.slots, s).level < level).reverse();
    const others = irrelevantLoops(tensor);
    const maxRefetches = f.max(others);
    if (maxRefetches === 0) return zero;
    const { levels } = m.architecture;
    const held =
      tensor === 'Outputs'
        ? m.chains.Outputs.findLast((l) => holdsSums(m, l) && !isOpen(nth(levels, l), 'Outputs'))
        : undefined;
    // Sums that never leave an inner level leave none of those around it either.
    if (held !== undefined && level < held) return zero;
    const parts: Linear[] = [];
    let inner: { slot: number; run: Linear } | undefined;
    const made: { slot: number; run: Linear }[] = [];
    reused.push({ tensor, slots: made });
    for (const s of outside) {
      const where = `${tensor}.${nth(m.architecture.levels, level).name}.${slotName(m, nth(m.slots, s))}`;
      const loops = f.product(others, [s]);
      const run = b.binary(`run.${where}`);
      b.atMost(
        `run.${where}.inner`,
        combine([
          [1, run],
          [-1, at(tensor, s)],
          [-1, at('empty', s)],
        ]),
        0,
      );
      if (inner) {
        // The run goes on only through inner slots that are in it and have no loop that touches the tensor.
        b.atMost(
          `run.${where}.through`,
          combine([
            [1, run],
            [-1, inner.run],
          ]),
          0,
        );
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
      if (held === level) {
        // Sums must not leave: every reduction loop outside is in the run.
        b.about(tagOf({ kind: 'sums', level: nth(levels, level).name }), () =>
          b.atMost(
            `held.${where}`,
            combine([
              [1, loops],
              [-maxRefetches, run],
            ]),
            0,
          ),
        );
      } else {
        const left = b.variable(`left.${where}`, 0, maxRefetches, false);
        b.row(
          `left.${where}`,
          combine([
            [1, loops],
            [-1, left],
            [-maxRefetches, run],
          ]),
          -Infinity,
          0,
        );
        parts.push(left);
        lefts.set(`${tensor} ${level} ${s}`, left);
      }
      inner = { slot: s, run };
      made.push(inner);
    }
    return add(zero, ...parts);
  }

  return {
    refetches,
    left(tensor, level, slot) {
      refetches(tensor, level);
      return lefts.get(`${tensor} ${level} ${slot}`) ?? zero;
    },
    innermost: at,
    grouped: groups.length > 0,
    read: (slot, x) => groups.find((g) => valueOf(at(g, slot), x) > 0.5),
    of,
  };

  function of(mapping: Mapping): ReadonlyMap<number, number> {
    const values = new Map<number, number>();
    const hold = (binary: Linear, value: boolean) => values.set(nth([...binary.terms.keys()], 0), value ? 1 : 0);
    const loopsIn = (slot: number) =>
      nth(mapping.levels, nth(m.slots, slot).level).temporal.filter(
        (l) => l.factor > 1 && nth(m.slots, slot).dims.includes(l.dim),
      );
    /** Loops that touch everything stand outside: the group is that of the innermost of the others. */
    const groupIn = (loops: readonly Loop[]): Tensor | 'empty' | undefined => {
      if (loops.length === 0) return 'empty';
      const last = loops.findLast((l) => groups.some((g) => irrelevant[g].includes(l.dim)));
      return last ? groups.find((g) => irrelevant[g].includes(last.dim)) : groups[0];
    };
    for (const s of groups.length > 0 ? temporal : []) {
      for (const g of [...groupsIn(s), 'empty' as const]) hold(at(g, s), g === groupIn(loopsIn(s)));
    }
    for (const { tensor, slots } of reused) {
      let [runs, still] = [true, true];
      for (const { slot, run } of slots) {
        const loops = loopsIn(slot);
        const group = groupIn(loops);
        runs &&= still && (group === tensor || group === 'empty');
        still = loops.every((l) => !isRelevant(tensor, l.dim));
        hold(run, runs);
      }
    }
    return values;
  }
}

const irrelevantLoops = (t: Tensor) => dimensions.filter((d) => !isRelevant(t, d));

/**
 * The value v of a product of integers given by its logarithm, as a one-hot over everything it can be; gives
 * ln(v - 1) exactly, and the binary that says v = 1. `v - 1` written as a difference of exponentials is not convex.
 */
export function lessOne(
  b: ProgramBuilder,
  name: string,
  log: Linear,
  values: readonly number[],
): { log: Linear; off: Linear } {
  const chosen = values.map((v) => b.binary(`${name}.is.${v}`));
  b.equal(`${name}.one`, add(...chosen), 1);
  b.equal(
    `${name}.value`,
    combine([[1, log], ...values.map((v, i): [number, Linear] => [-Math.log(v), nth(chosen, i)])]),
    0,
  );
  const off = values.indexOf(1);
  return {
    log: add(constant(0), ...values.flatMap((v, i) => (v > 1 ? [scale(Math.log(v - 1), nth(chosen, i))] : []))),
    off: off < 0 ? zero : nth(chosen, off),
  };
}
