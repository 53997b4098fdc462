// Costs from monomials: the cost model's verdict on every point, and what is mended breaks no rule.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seeded } from '../../src/base/random.js';
import { magnetConventions, timeloopConventions } from '../../src/model/cost/conventions.js';
import { dimensions, makeLayer } from '../../src/model/workload/layer.js';
import { breaches } from '../../src/model/mapping/legality.js';
import { mappedBounds } from '../../src/model/mapping/mapping.js';
import { array3, eyeriss, magnet, simba } from '../../src/model/machine/presets.js';
import { paddedBounds } from '../../src/model/mapping/mapping-space.js';
import { technology16nm } from '../../src/model/machine/technology.js';
import { lowerTemplate } from '../../src/model/machine/template.js';
import { missed } from '../../src/search/mapping/quick-cost.js';
import { space } from '../../src/search/mapping/point.js';
import type { Task } from '../../src/search/strategy.js';
import { smallTask } from '../support/small.js';

const layers = [
  makeLayer('3x3', { K: 64, C: 64, P: 56, Q: 56, R: 3, S: 3 }),
  makeLayer('strided', { K: 48, C: 3, P: 28, Q: 27, R: 7, S: 5 }, { stride: [2, 3] }),
  makeLayer('depthwise', { N: 2, G: 32, P: 14, Q: 14, R: 3, S: 3 }),
  makeLayer('dilated and pooled', { K: 16, C: 16, P: 14, Q: 14, R: 3, S: 3 }, { dilation: [2, 1], pool: [2, 2] }),
];
const machines = [
  lowerTemplate(simba, technology16nm),
  lowerTemplate({ ...magnet, weightCollector: 4, inputCollector: 2 }, technology16nm),
  [array3],
  [eyeriss],
];
const large: readonly Task[] = layers.flatMap((layer) =>
  machines.flatMap((architectures) =>
    [magnetConventions, timeloopConventions].map((conventions): Task => ({
      architectures,
      layer,
      conventions,
      goal: { objective: 'edp', limits: {} },
      padding: true,
    })),
  ),
);
const tasks = [...large, ...fc.sample(smallTask, { seed: 9, numRuns: 60 })];

describe('the quick cost of a point', () => {
  test('is what the judge says, of points at random, next to them, mended and crossed', () => {
    const chance = seeded(1);
    let [legal, illegal] = [0, 0];
    for (const task of tasks) {
      task.architectures.forEach((_, arrangement) => {
        const from = space(task, arrangement);
        for (let i = 0; i < 12; i++) {
          const drawn = from.random(chance);
          const mended = from.repaired(drawn, chance) ?? drawn;
          for (const point of [
            drawn,
            mended,
            from.neighbour(mended, chance),
            from.crossover(mended, from.random(chance), chance),
          ]) {
            const judged = from.judge(point)?.objective ?? Infinity;
            const cost = from.cost.of(point);
            if (judged === Infinity) {
              illegal++;
              expect(cost).toBe(Infinity);
            } else {
              legal++;
              expect(Math.abs(cost / judged - 1)).toBeLessThan(1e-12);
            }
          }
        }
      });
    }
    expect(Math.min(legal, illegal)).toBeGreaterThan(1000);
  });

  test('keeps to the limits', () => {
    const [task, chance] = [large[0]!, seeded(2)];
    const free = space(task, 0);
    const point = Array.from({ length: 100 }, () => free.repaired(free.random(chance), chance)).find(
      (p) => p !== undefined,
    )!;
    const { energy, cycles } = free.judge(point)!.evaluation;
    const under = (limits: Task['goal']['limits']) =>
      space({ ...task, goal: { objective: 'energy', limits } }, 0).cost.of(point) < missed;
    expect([
      under({ energy: energy * 1.001 }),
      under({ latency: cycles }),
      under({ edp: energy * cycles * 1.001 }),
    ]).toEqual([true, true, true]);
    expect([
      under({ energy: energy * 0.999 }),
      under({ latency: cycles - 1 }),
      under({ edp: energy * cycles * 0.999 }),
    ]).toEqual([false, false, false]);
    // By what ratio they are missed, all together, says which way to go.
    const far = space(
      { ...task, goal: { objective: 'energy', limits: { energy: energy / 2, latency: cycles / 3 } } },
      0,
    ).cost.of(point);
    expect(far / missed).toBeCloseTo(6, 9);
  });
});

describe('a repair', () => {
  test('makes mappings of the layer that break no rule', () => {
    const chance = seeded(3);
    for (const task of tasks) {
      const from = space(task, 0);
      for (let i = 0; i < 10; i++) {
        const mended = from.repaired(from.random(chance), chance);
        if (!mended) continue;
        const mapping = from.decode(mended);
        expect(breaches(task.architectures[0]!, task.layer, mapping, task.conventions)).toEqual([]);
        for (const d of dimensions)
          expect(paddedBounds(task.layer.bounds[d], task.padding)).toContain(mappedBounds(mapping)[d]);
      }
    }
  });

  test('is possible for nearly all points of a convolution, where few are legal as they are drawn', () => {
    const chance = seeded(4);
    const from = space(large[0]!, 0);
    const points = Array.from({ length: 300 }, () => from.random(chance));
    const share = (holds: (p: (typeof points)[number]) => boolean) => points.filter(holds).length / points.length;
    expect(share((p) => from.cost.of(p) < Infinity)).toBeLessThan(0.2);
    expect(share((p) => from.repaired(p, chance) !== undefined)).toBeGreaterThan(0.95);
  });

  test('leaves a legal point as it is', () => {
    const chance = seeded(5);
    const from = space(large[0]!, 0);
    const mended = from.repaired(from.random(chance), chance)!;
    expect(from.repaired(mended, chance)).toBe(mended);
  });
});
