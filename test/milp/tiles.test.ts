// Law: what the rows on tiles say of one mapping is at most its cycles. The rows are made for a mapping that is given: every
// quantity a constant, and only the spans of ratios left to choose. And they are what the table says in numbers, row by row
// what docs/formulation.md derives.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { seeded } from '../../src/base/random.js';
import type { Architecture } from '../../src/model/machine/architecture.js';
import { engines } from '../../src/model/machine/architecture.js';
import { evaluate } from '../../src/model/cost/evaluate.js';
import type { Tensor } from '../../src/model/workload/layer.js';
import type { Layer } from '../../src/model/workload/layer.js';
import { dimensions, isRelevant, relevance, irrelevant, tensors } from '../../src/model/workload/layer.js';
import { breaches } from '../../src/model/mapping/legality.js';
import type { Machine } from '../../src/model/machine/compiled-machine.js';
import { childOf, compile } from '../../src/model/machine/compiled-machine.js';
import type { LevelMapping, Mapping } from '../../src/model/mapping/mapping.js';
import { numbers } from '../../src/model/cost/numbers.js';
import type { TilesEvaluation } from '../../src/model/cost/tile-cycles.js';
import { tilingFor } from '../../src/model/cost/tile-cycles.js';
import type { Reading } from '../../src/model/cost/traffic.js';
import type { Factors } from '../../src/milp/encode/factor-rows.js';
import type { Log } from '../../src/milp/encode/log.js';
import { logOf, over, times } from '../../src/milp/encode/log.js';
import type { Orders } from '../../src/milp/encode/orders.js';
import { encodeTiles } from '../../src/milp/encode/tile-rows.js';
import { highs } from '../../src/milp/highs.js';
import { outerApproximate } from '../../src/milp/outer.js';
import { constant } from '../../src/program/linear.js';
import { ProgramBuilder } from '../../src/program/program.js';
import type { Task } from '../../src/search/strategy.js';
import { space } from '../../src/search/mapping/point.js';
import { casesOf, seedFrom } from '../support/cases.js';
import { tiledTask } from '../support/small.js';
import { rowsOfTiles } from '../support/tile-rows.js';

const seed = seedFrom(20191104);
const cases = casesOf('milp/tiles');

/** Within a level groups stand outside, and what is irrelevant to one tensor together: the order that the program takes. */
const ordered = (mapping: Mapping): Mapping => {
  const rank = (l: LevelMapping) => {
    const last = [...l.temporal].reverse().find((x) => x.dim !== 'G' && x.factor > 1);
    const inner = last && tensors.find((t) => irrelevant[t].includes(last.dim));
    return (d: (typeof dimensions)[number]) => (d === 'G' ? 0 : inner && irrelevant[inner].includes(d) ? 2 : 1);
  };
  return {
    levels: mapping.levels.map((l) => ({
      ...l,
      temporal: l.temporal.filter((x) => x.factor > 1).sort((p, q) => rank(l)(p.dim) - rank(l)(q.dim)),
    })),
  };
};

/** What the program's choices of orders say of a mapping, in numbers. */
function ordersOf(layer: Layer, m: Machine, mapping: Mapping) {
  const groups = tensors.filter((t) => irrelevant[t].some((d) => layer.bounds[d] > 1));
  const nests = mapping.levels.map((l) => l.temporal);
  return {
    grouped: groups.length > 0,
    left(tensor: Tensor, level: number): number {
      const inner = nests.slice(1, level).flat();
      const outer = [...nests[0]!].reverse();
      const run = inner.every((l) => !isRelevant(tensor, l.dim))
        ? outer.findIndex((l) => isRelevant(tensor, l.dim))
        : 0;
      return (run < 0 ? [] : outer.slice(run))
        .filter((l) => !isRelevant(tensor, l.dim))
        .reduce((n, l) => n * l.factor, 1);
    },
    innermost(t: Tensor | 'empty', slot: number): boolean {
      const own = nests[m.slots[slot]!.level]!;
      if (own.length === 0) return t === 'empty';
      return t === (groups.find((g) => irrelevant[g].includes(own.at(-1)!.dim)) ?? groups[0]);
    },
  };
}

/** The minimum cycles that the rows allow for a mapping; `known` makes the shares of its ratios exact. */
async function bounded(
  { layer, conventions }: Task,
  a: Architecture,
  mapping: Mapping,
  known: TilesEvaluation | undefined,
): Promise<number> {
  const m = compile(
    a,
    mapping.levels.map((l) => l.keep),
  );
  const r = numbers(m, layer, conventions, mapping);
  const log = (x: number): Log => logOf(constant(Math.log(x)));
  const reading: Reading<Log> = {
    residual: r.residual,
    weightBits: r.weightBits,
    split: r.split,
    constant: log,
    pool: r.pool,
    product: times,
    quotient: over,
    revisits: () => undefined,
    loops: (ds, region) => log(r.loops(ds, region)),
    refetches: (t, level) => log(r.refetches(t, level)),
    rows: (w, level, tuples) => log(r.rows(w, level, tuples)),
    walk: (w, level, tuples) => log(r.walk(w, level, tuples)),
    offsets: (w, level) => log(r.offsets(w, level)),
  };
  const { grouped, left, innermost } = ordersOf(layer, m, mapping);
  const orders = {
    grouped,
    left: (t: Tensor, level: number) => constant(Math.log(left(t, level))),
    innermost: (t: Tensor | 'empty', slot: number) => constant(innermost(t, slot) ? 1 : 0),
  } as unknown as Orders;
  const f = { max: () => 60 } as unknown as Factors;
  const b = new ProgramBuilder();
  const cycles = b.variable('cycles', 0, 60, false);
  encodeTiles(b, reading, m, tilingFor(a.tiling!, layer), f, orders, cycles, 1, known);
  const result = await outerApproximate(b.build({ linear: cycles, exponentials: [] }), highs, {
    gap: 1e-9,
    known: Infinity,
    attained: false,
    scale: 1,
    decisions: [],
    whole: false,
    relaxes: undefined,
    start: undefined,
    rounds: 40,
    now: () => performance.now(),
    deadline: performance.now() + 20_000,
    judge: () => Infinity,
  });
  return Math.exp(result.bound);
}

/** The same as the table says it in numbers; undefined where the rows leave out what one load takes beyond the other, or have no orders. */
function counted(
  { layer, conventions }: Task,
  a: Architecture,
  mapping: Mapping,
  { outer, all, engines: e }: TilesEvaluation,
): number | undefined {
  const m = compile(
    a,
    mapping.levels.map((l) => l.keep),
  );
  const { inner: level, step, latency } = tilingFor(a.tiling!, layer);
  const { grouped, left, innermost } = ordersOf(layer, m, mapping);
  const longer = Math.max(e.load_i.beats / e.load_w.beats, e.load_w.beats / e.load_i.beats);
  if (!grouped || (longer > 1 && longer < 1.5)) return undefined;
  const r = numbers(m, layer, conventions, mapping);
  const first = (tensor: Tensor, of: number) =>
    r.loops(relevance[tensor], { where: 'temporal outside', level }) * left(tensor, childOf(m, of, tensor));
  const slot = m.slots.findIndex((s) => s.kind === 'temporal' && s.level === level);
  const rows = rowsOfTiles(
    { step, latency },
    {
      outer,
      all,
      engines: e,
      first: { load_i: first('Inputs', level), load_w: first('Weights', a.tiling!.outer) },
      grouped,
      irrelevant: (tensor) => innermost(tensor, slot),
    },
  );
  return Math.max(...rows.values());
}

/** Legal mappings of random layers on random machines; each engine is the slowest somewhere. */
function* mappings(
  numRuns: number,
): Generator<{ readonly task: Task; readonly a: Architecture; readonly mapping: Mapping }> {
  for (const [i, task] of fc.sample(tiledTask, { seed, numRuns }).entries()) {
    const chance = seeded(seed + i);
    const made = chance.pick(task.architectures);
    const { latency } = made.tiling!;
    const more = () => chance.pick([0, 0, 10, 100, 1000]);
    const loads = more();
    const slower = {
      compute: more(),
      drain: more(),
      fill: more(),
      spill: more(),
      load_i: loads,
      load_w: loads + more(),
    };
    const a = {
      ...made,
      tiling: {
        ...made.tiling!,
        latency: Object.fromEntries(engines.map((e) => [e, latency[e] + slower[e]])) as typeof latency,
      },
    };
    const from = space({ ...task, architectures: [a] }, 0);
    for (let tries = 0, found = 0; tries < 400 && found < 4; tries++) {
      const mapping = ordered(from.decode(from.random(chance)));
      if (breaches(a, task.layer, mapping, task.conventions).length > 0) continue;
      found++;
      yield { task, a, mapping };
    }
  }
}

test('rows on tiles are below the cycles of every mapping', { timeout: 300_000 }, async () => {
  let [done, exact] = [0, 0];
  for (const { task, a, mapping } of mappings(cases)) {
    const e = evaluate(a, task.layer, mapping, task.conventions);
    const min = await bounded(task, a, mapping, undefined);
    expect(
      min,
      JSON.stringify({
        min,
        cycles: e.cycles,
        layer: task.layer.bounds,
        nests: mapping.levels.map((l) => l.temporal.map((x) => x.dim + x.factor).join(' ')),
        tiles: e.tiles,
      }),
    ).toBeLessThanOrEqual(e.cycles * (1 + 1e-6));
    done++;
    if (min > e.cycles * 0.98) exact++;
  }
  expect(done).toBeGreaterThan(cases);
  expect(exact).toBeGreaterThan(done / 3);
});

test('rows on tiles are those of the table', { timeout: 300_000 }, async () => {
  let done = 0;
  for (const { task, a, mapping } of mappings(cases)) {
    const { tiles } = evaluate(a, task.layer, mapping, task.conventions);
    const own = counted(task, a, mapping, tiles!);
    if (own === undefined) continue;
    const rows = await bounded(task, a, mapping, tiles);
    // Bounds are lowered by 1e-6 of the objective, which is a logarithm here.
    expect(
      rows / own,
      JSON.stringify({
        rows,
        own,
        layer: task.layer.bounds,
        nests: mapping.levels.map((l) => l.temporal.map((x) => x.dim + x.factor).join(' ')),
        tiles,
      }),
    ).toBeCloseTo(1, 4);
    done++;
  }
  expect(done).toBeGreaterThan(cases / 2);
});
