// The rows on cycles of tiles (`model/cost/tile-bounds.ts`) read with logarithms: each is a sum of products over the cycles.

import type { Tiling } from '../../model/machine/architecture.js';
import type { Tensor } from '../../model/workload/layer.js';
import { dimensions, relevance } from '../../model/workload/layer.js';
import { tagOf } from '../../model/mapping/layer-requirement.js';
import type { Machine } from '../../model/machine/compiled-machine.js';
import { childOf } from '../../model/machine/compiled-machine.js';
import type { Load, Share, TileReading } from '../../model/cost/tile-bounds.js';
import { tileRows } from '../../model/cost/tile-bounds.js';
import type { Pooled, TilesEvaluation } from '../../model/cost/tile-cycles.js';
import { workOf } from '../../model/cost/tile-cycles.js';
import type { Reading } from '../../model/cost/traffic.js';
import type { Linear } from '../../program/linear.js';
import { add, constant, subtract, zero } from '../../program/linear.js';
import type { Exponential, ProgramBuilder } from '../../program/program.js';
import { excess, lessOnePart } from './excess.js';
import type { Factors } from './factor-rows.js';
import type { Log } from './log.js';
import type { Orders } from './orders.js';

/** The rows that `cycles`, a logarithm, must meet; `minCycles` is below what it can be. */
export function encodeTiles(
  b: ProgramBuilder,
  r: Reading<Log>,
  m: Machine,
  tiling: Tiling & Pooled,
  f: Factors,
  orders: Orders,
  cycles: Linear,
  minCycles: number,
  known: TilesEvaluation | undefined,
): void {
  /** Products are at most all loops of the layer, and beats of lines; where a term is off its logarithm is no larger. */
  const max = f.max(dimensions) + Math.log(Math.max(...Object.values(tiling.beatsPerLine))) - Math.log(minCycles);
  for (const { name, terms } of tileRows(readingOf(b, r, m, tiling, orders, known), tiling)) {
    const parts = terms.map(({ coefficient, product, unless, label }): Exponential => ({
      coefficient,
      exponent: subtract(product, cycles),
      unless: unless.length === 0 ? undefined : { off: add(...unless), max },
      label,
    }));
    b.about(tagOf({ kind: 'cycles', of: 'tiles' }), () => b.convexAtMost(`cycles.${name}`, parts, 1));
  }
}

function readingOf(
  b: ProgramBuilder,
  r: Reading<Log>,
  m: Machine,
  tiling: Tiling & Pooled,
  orders: Orders,
  known: TilesEvaluation | undefined,
): TileReading<Linear, Linear> {
  const { outer: outerLevel, inner: innerLevel } = tiling;
  const logs = workOf(r, m, tiling);
  const work = (e: keyof typeof logs) => ({ beats: logs[e].beats.log, runs: logs[e].runs.log });
  const outer = r.loops(dimensions, { where: 'temporal outside', level: innerLevel }).log;
  const tiles = logs.compute.runs.log;
  const slotOf = (level: number) => m.slots.findIndex((s) => s.kind === 'temporal' && s.level === level);
  const firsts = (tensor: Tensor, level: number) =>
    add(
      r.loops(relevance[tensor], { where: 'temporal outside', level: innerLevel }).log,
      orders.left(tensor, level, slotOf(outerLevel)),
    );
  const first = {
    load_i: firsts('Inputs', childOf(m, innerLevel, 'Inputs')),
    load_w: firsts('Weights', childOf(m, outerLevel, 'Weights')),
  };

  const longer = excess(
    b,
    'longer',
    subtract(logs.load_w.beats.log, logs.load_i.beats.log),
    known && known.engines.load_w.beats / known.engines.load_i.beats,
  );
  const beyond = { load_w: longer.above, load_i: longer.below };
  const others = new Map<Load, Share<Linear, Linear>>();
  const othersOf = (load: Load) => {
    const { log, off } = lessOnePart(
      b,
      `reused.${load === 'load_i' ? 'Inputs' : 'Weights'}`,
      subtract(tiles, logs[load].runs.log),
      known && known.all / known.engines[load].runs,
    );
    return { share: log, off };
  };
  return {
    once: zero,
    outer,
    tiles,
    inner: subtract(tiles, outer),
    work: {
      compute: work('compute'),
      load_i: work('load_i'),
      load_w: work('load_w'),
      drain: work('drain'),
      fill: work('fill'),
      spill: work('spill'),
    },
    first,
    grouped: orders.grouped,
    product: (xs) => add(zero, ...xs),
    beyond: (load) => ({ share: beyond[load].log, off: beyond[load].off }),
    others(load) {
      const made = others.get(load) ?? othersOf(load);
      others.set(load, made);
      return made;
    },
    irrelevant: (tensor) => orders.innermost(tensor, slotOf(innerLevel)),
    not: (flag) => subtract(constant(1), flag),
  };
}
