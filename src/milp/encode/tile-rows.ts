// Cycles of a machine that works tile by tile, from below: a sum of maxima is at least what each engine needs, with
// what cannot run beside it. Each row is a sum of products over the cycles; docs/formulation.md derives them.

import { invariant } from '../../base/diagnostics.js';
import type { Engine, Tiling } from '../../model/machine/architecture.js';
import type { Tensor } from '../../model/workload/layer.js';
import { dimensions, relevance } from '../../model/workload/layer.js';
import { tagOf } from '../../model/mapping/layer-requirement.js';
import type { Machine } from '../../model/machine/compiled-machine.js';
import { childOf } from '../../model/machine/compiled-machine.js';
import type { TilesEvaluation } from '../../model/cost/tile-cycles.js';
import { workOf } from '../../model/cost/tile-cycles.js';
import type { Reading } from '../../model/cost/traffic.js';
import type { Linear } from '../../program/linear.js';
import { add, combine, constant, zero } from '../../program/linear.js';
import type { Exponential, ProgramBuilder } from '../../program/program.js';
import { excess, lessOnePart } from './excess.js';
import type { Factors } from './factor-rows.js';
import type { Log } from './log.js';
import type { Orders } from './orders.js';

/** The rows that `cycles`, a logarithm, must meet; `leastCycles` is below what it can be. */
export function encodeTiles(
  b: ProgramBuilder,
  r: Reading<Log>,
  m: Machine,
  tiling: Tiling,
  f: Factors,
  orders: Orders,
  cycles: Linear,
  leastCycles: number,
  known: TilesEvaluation | undefined,
): void {
  const { outer, inner, step, latency } = tiling;
  const work = workOf(r, m, tiling);
  const runs = (e: Engine) => work[e].runs.log;
  const part = (coefficient: number, log: Linear, label = 'steps'): Exponential => ({
    coefficient,
    exponent: combine([
      [1, log],
      [-1, cycles],
    ]),
    unless: undefined,
    label,
  });
  /** Products are at most all loops of the layer; where a term is off its logarithm is no larger. */
  const mostLog = f.most(dimensions) - Math.log(leastCycles);
  /** The cycles of an engine, `times` over. */
  const lasts = (e: Engine, times: Linear) => [
    part(1, add(work[e].beats.log, times), e),
    part(latency[e], times, `latency of ${e}`),
  ];

  const outerTiles = r.loops(dimensions, { where: 'temporal outside', level: inner }).log;
  const tiles = runs('compute');
  const innerTiles = combine([
    [1, tiles],
    [-1, outerTiles],
  ]);
  const outerSlot = m.slots.findIndex((s) => s.kind === 'temporal' && s.level === outer);
  /** Outer tiles whose first step brings a tensor in: all, but for a run that comes through the whole inner nest. */
  const firsts = (tensor: Tensor, level: number) =>
    add(
      r.loops(relevance[tensor], { where: 'temporal outside', level: inner }).log,
      orders.left(tensor, level, outerSlot),
    );
  const first = {
    load_i: firsts('Inputs', childOf(m, inner, 'Inputs')),
    load_w: firsts('Weights', childOf(m, outer, 'Weights')),
  };

  // Where a step brings in both, the longer hides the other: what it takes beyond that, per beat of its own.
  invariant(latency.load_i === latency.load_w, 'loads differ in more than their beats');
  const more = excess(
    b,
    'longer',
    combine([
      [1, work.load_w.beats.log],
      [-1, work.load_i.beats.log],
    ]),
    known && known.engines.load_w.beats / known.engines.load_i.beats,
  );
  const beyond = (e: 'load_i' | 'load_w'): Exponential => {
    const { log, off } = e === 'load_w' ? more.above : more.below;
    return {
      ...part(1, add(work[e].beats.log, first[e], log), `${e} beyond the other load`),
      unless: { off, most: mostLog },
    };
  };

  // Steps of the outer nest, of all inner nests, and one inner nest by its multipliers.
  const outerSteps = [part(step, outerTiles), part(2 * step, zero)];
  const innerSteps = [part(step, tiles), part(2 * step, outerTiles)];
  const oneInner = [part(step, innerTiles), part(2 * step, zero), ...lasts('compute', innerTiles)];
  // The first fill and the last spill run beside nothing; sums of the last inner step of an outer tile neither.
  const ends = [...lasts('fill', zero), ...lasts('spill', zero)];
  const finished = runs('spill');
  const least = (name: string, ...parts: readonly (readonly Exponential[])[]) =>
    b.about(tagOf({ kind: 'cycles', of: 'tiles' }), () =>
      b.convexAtMost(`cycles.${name}`, [...outerSteps, ...parts.flat()], 1),
    );
  for (const [e, other] of [
    ['load_i', 'load_w'],
    ['load_w', 'load_i'],
  ] as const) {
    const opening = [...lasts(e, first[e]), beyond(other)];
    least(`compute.${e}`, innerSteps, ends, opening, lasts('compute', tiles), lasts('drain', finished));
    least(`drain.${e}`, innerSteps, ends, opening, lasts('drain', runs('drain')), lasts('compute', finished));
    least(
      e,
      innerSteps,
      ends,
      [beyond(other)],
      lasts(e, runs(e)),
      lasts('compute', first[e]),
      lasts('drain', finished),
    );
  }
  if (orders.grouped) {
    const innerSlot = m.slots.findIndex((slot) => slot.kind === 'temporal' && slot.level === inner);
    const spared = (tensor: Tensor) => orders.innermost(tensor, innerSlot);
    const unless = (off: Linear, parts: readonly Exponential[]) =>
      parts.map((p): Exponential => ({ ...p, unless: { off, most: mostLog } }));
    // Unless the innermost loop of the inner nest spares a tensor, it is brought in (or taken away) in every inner
    // step: then also in the second (or the last but one), where otherwise the multipliers alone are sure to work.
    const never = (tensor: Tensor) => add(spared(tensor), orders.innermost('empty', innerSlot));
    const always = (e: Engine, tensor: Tensor, times: Linear) => unless(never(tensor), lasts(e, times));
    for (const [e, other, tensor, opposite] of [
      ['load_i', 'load_w', 'Inputs', 'Weights'],
      ['load_w', 'load_i', 'Weights', 'Inputs'],
    ] as const) {
      const drained = lasts('drain', finished);
      least(
        `drain.${e}.second`,
        innerSteps,
        ends,
        lasts(e, first[e]),
        [beyond(other)],
        lasts('drain', runs('drain')),
        always(e, tensor, outerTiles),
      );
      least(
        `${e}.drain`,
        innerSteps,
        ends,
        [beyond(other)],
        lasts(e, runs(e)),
        always('drain', 'Outputs', outerTiles),
        drained,
      );
      // Where a tensor is reused from step to step, its loads are long and rare: all other steps are still as long as
      // whatever else runs in them.
      const others = lessOnePart(
        b,
        `reused.${tensor}`,
        combine([
          [1, tiles],
          [-1, runs(e)],
        ]),
        known && known.all / known.engines[e].runs,
      );
      const rest = (parts: readonly Exponential[], off: Linear) =>
        parts.map((p): Exponential => ({
          ...p,
          exponent: add(p.exponent, others.log),
          unless: { off: add(others.off, off), most: mostLog },
        }));
      const loads = lasts(e, runs(e));
      least(
        `${e}.compute`,
        innerSteps,
        ends,
        loads,
        [beyond(other)],
        rest(lasts('compute', tiles), zero),
        lasts('compute', first[e]),
        drained,
      );
      // Where it is reused the innermost loop is one that spares it: the second step brings in the other.
      const notReused = add(
        others.off,
        combine([
          [-1, spared(tensor)],
          [1, constant(1)],
        ]),
      );
      least(
        `${e}.drained`,
        innerSteps,
        ends,
        loads,
        [beyond(other)],
        rest(lasts('drain', tiles), never('Outputs')),
        always('drain', 'Outputs', first[e]),
        unless(notReused, lasts(other, outerTiles)),
      );
      least(
        `${e}.${other}`,
        innerSteps,
        ends,
        loads,
        rest(lasts(other, tiles), never(opposite)),
        always('drain', 'Outputs', outerTiles),
        drained,
      );
    }
  }
  // Beside the inner nest of the last outer tile nothing is filled, beside that of the first nothing is spilled.
  least('fill', lasts('spill', zero), lasts('fill', runs('fill')), oneInner, lasts('drain', zero));
  least('spill', lasts('fill', zero), lasts('spill', runs('spill')), oneInner, lasts('load_w', zero));
}
