// Law: where dimensions have no loop in time, and so no place that is always open, every point that heuristics make still
// covers its bounds, the quick cost refuses what the judge refuses, and heuristics find what there is to find.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseHierarchy } from '../../src/interchange/hierarchy.js';
import { magnetConventions } from '../../src/model/cost/conventions.js';
import type { Dimension } from '../../src/model/workload/layer.js';
import { dimensions, makeLayer } from '../../src/model/workload/layer.js';
import { seeded } from '../../src/base/random.js';
import { paddedBounds } from '../../src/model/mapping/mapping-space.js';
import { keepingAll } from '../../src/model/machine/keeping.js';
import { exhaustive, sizeOfSpace } from '../../src/search/mapping/exhaustive.js';
import { bayesian } from '../../src/search/mapping/bayesian.js';
import { heuristics, randomSampling } from '../../src/search/mapping/heuristics.js';
import { randomPruned } from '../../src/search/mapping/random-pruned.js';
import type { Point } from '../../src/search/mapping/point.js';
import { space } from '../../src/search/mapping/point.js';
import type { Budget, Task } from '../../src/search/strategy.js';
import { mapLayer } from '../../src/tuner/map-layer.js';
import { casesOf, inLong } from '../support/cases.js';
import { smallTask } from '../support/small.js';

/** Small machines where some dimensions loop in space only, or nowhere. */
const untimedTask = fc
  .tuple(smallTask, fc.subarray([...dimensions], { minLength: 1, maxLength: 4 }))
  .map(([task, untimed]): Task => ({
    ...task,
    architectures: task.architectures.map((a) => ({
      ...a,
      levels: a.levels.map((l) => ({ ...l, temporal: l.temporal.filter((d) => !untimed.includes(d)) })),
    })),
  }));
const slotsOf = ({ architectures: [a] }: Task, d: Dimension) =>
  a!.levels.flatMap((l) => [...(l.temporal.includes(d) ? [l] : []), ...l.axes.filter((x) => x.dims.includes(d))])
    .length;
const tasks = fc.sample(untimedTask, { seed: 12, numRuns: 300 });
const budget: Budget = { time: 60, evaluations: 400, gap: 0, seed: 1, now: () => performance.now() };

describe('where dimensions do not loop in time', () => {
  test('points cover their bounds, and the quick cost is what the judge says', () => {
    const chance = seeded(1);
    let [legal, illegal, nowhere] = [0, 0, 0];
    for (const task of tasks) {
      const from = space(task, 0);
      const drawn = () => {
        const point = from.random(chance);
        return from.repaired(point, chance) ?? point;
      };
      const covers = ({ factors }: Point) =>
        dimensions.every(
          (d, i) =>
            slotsOf(task, d) === 0 ||
            (factors[i]!.every((f) => Number.isInteger(f) && f >= 1) &&
              paddedBounds(task.layer.bounds[d], task.padding).includes(factors[i]!.reduce((n, f) => n * f, 1))),
        );
      const placed = dimensions.every((d) => task.layer.bounds[d] === 1 || slotsOf(task, d) > 0);
      if (!placed) nowhere++;
      for (let i = 0; i < 8; i++) {
        const [plain, a, b] = [from.random(chance), drawn(), drawn()];
        const next = [from.neighbour(a, chance), from.crossover(a, b, chance)];
        for (const point of [plain, a, b, ...next, ...next.map((p) => from.repaired(p, chance) ?? p)]) {
          expect(covers(point)).toBe(true);
          const [cost, judged] = [from.cost.of(point), from.judge(point)?.objective ?? Infinity];
          if (judged === Infinity) expect(cost).toBe(Infinity);
          else expect(Math.abs(cost / judged - 1)).toBeLessThan(1e-12);
          if (judged < Infinity) legal++;
          else illegal++;
          if (!placed) expect(judged).toBe(Infinity);
        }
      }
    }
    expect(Math.min(legal, illegal)).toBeGreaterThan(1000);
    expect(nowhere).toBeGreaterThan(20);
  });

  test('every heuristic finds something where there is something, and nothing else', { timeout: 120_000 }, async () => {
    let [some, none] = [0, 0];
    for (const task of tasks.slice(0, casesOf('untimed machines'))) {
      // In larger spaces 400 looks may find nothing.
      if (sizeOfSpace(task, 3e5).mappings > 3e5) continue;
      const known = await exhaustive.find(task, { ...budget, evaluations: Infinity });
      expect(known.status).not.toBe('unknown');
      for (const h of heuristics) {
        const { best } = await h.find(task, budget);
        expect(best !== undefined).toBe(known.best !== undefined);
        if (best) expect(best.objective).toBeGreaterThanOrEqual(known.best!.objective);
      }
      if (known.best) some++;
      else none++;
    }
    expect(some).toBeGreaterThan(casesOf('untimed machines') / 3);
    expect(none).toBeGreaterThan(0);
  });

  test(
    'walks end near the proven optimum of a machine that is full of them, and no draw is wasted',
    { timeout: 120_000 },
    async () => {
      // R and S have the axes to themselves: 4 x 2 lanes for 4 x 2 loops, in one way.
      const each = (energy: number) => ({ read: energy, fill: energy, update: energy });
      const temporal = ['N', 'G', 'K', 'C', 'P', 'Q'];
      const machine = parseHierarchy({
        name: 'rows',
        compute: { energyPerOp: 1 },
        levels: [
          { name: 'DRAM', wordBits: 8, energyPerVectorAccess: each(100), temporal },
          {
            name: 'Buffer',
            wordBits: 8,
            sizeWords: 256,
            energyPerVectorAccess: each(3),
            temporal,
            fanoutX: 4,
            fanoutY: 2,
            dimsX: ['R', 'S', 'K', 'P', 'C'],
            dimsY: ['K', 'R', 'C', 'P'],
          },
          { name: 'Registers', wordBits: 8, sizeWords: 24, energyPerVectorAccess: each(1), temporal },
        ],
      });
      if (!machine.ok) throw new Error(machine.diagnostics[0]!.message);
      const layer = makeLayer('4x2', { K: 12, C: 8, P: 10, Q: 4, R: 4, S: 2 });
      const task: Task = {
        architectures: [keepingAll(machine.value)],
        layer,
        conventions: magnetConventions,
        padding: false,
        goal: { objective: 'edp', limits: {} },
      };
      const proved = await mapLayer(task, 'highs', { ...budget, evaluations: Infinity, gap: 1e-4 });
      expect(proved.status).toBe('optimal');
      for (const h of heuristics) {
        for (const seed of inLong([1, 2, 3], [1])) {
          const ratio =
            (await h.find(task, { ...budget, evaluations: h === bayesian ? 1000 : 6000, seed })).best!.objective /
            proved.best!.objective;
          expect(ratio).toBeGreaterThan(1 - 1e-4);
          expect(ratio).toBeLessThan(h === randomSampling || h === randomPruned ? 1.1 : 1.02);
        }
      }
      const [from, chance] = [space(task, 0), seeded(2)];
      for (let i = 0; i < 300; i++) expect(from.cost.fault(from.random(chance))?.kind).not.toBe('other');
    },
  );
});
