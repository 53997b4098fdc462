// Points that heuristics move through: they decode to mappings of the layer, and moves keep them so.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seeded } from '../../src/base/random.js';
import { magnetConventions } from '../../src/model/cost/conventions.js';
import { dimensions, makeLayer } from '../../src/model/workload/layer.js';
import { breaches } from '../../src/model/mapping/legality.js';
import { mappedBounds } from '../../src/model/mapping/mapping.js';
import { array3, simba } from '../../src/model/machine/presets.js';
import { paddedBounds } from '../../src/model/mapping/mapping-space.js';
import { technology16nm } from '../../src/model/machine/technology.js';
import { lowerTemplate } from '../../src/model/machine/template.js';
import { judge, space } from '../../src/search/mapping/point.js';
import type { Task } from '../../src/search/strategy.js';
import { smallTask } from '../support/small.js';

const layer = makeLayer('3x3', { K: 24, C: 13, P: 14, Q: 7, R: 3, S: 3 });
const task: Task = {
  architectures: lowerTemplate(simba, technology16nm),
  layer,
  conventions: magnetConventions,
  goal: { objective: 'edp', limits: {} },
  padding: true,
};

describe('random points', () => {
  test('multiply to a bound of the menu', () => {
    const chance = seeded(3);
    const from = space(task, 0);
    for (let i = 0; i < 500; i++) {
      const bounds = mappedBounds(from.decode(from.random(chance)));
      for (const d of dimensions) expect(paddedBounds(layer.bounds[d], true)).toContain(bounds[d]);
    }
  });

  test('stay unpadded where asked', () => {
    const chance = seeded(3);
    const from = space({ ...task, padding: false }, 0);
    for (let i = 0; i < 200; i++) expect(mappedBounds(from.decode(from.random(chance)))).toEqual(layer.bounds);
  });

  test('reach padded bounds too', () => {
    const chance = seeded(3);
    const from = space(task, 0);
    const seen = new Set(Array.from({ length: 500 }, () => mappedBounds(from.decode(from.random(chance))).C));
    expect([...seen].sort((a, b) => a - b)).toEqual([13, 14, 15, 16]);
  });
});

describe('neighbours', () => {
  test('of points of the layer are points of the layer', () => {
    const chance = seeded(4);
    const from = space(task, 0);
    let point = from.random(chance);
    for (let i = 0; i < 2000; i++) {
      point = from.neighbour(point, chance);
      const bounds = mappedBounds(from.decode(point));
      for (const d of dimensions) expect(paddedBounds(layer.bounds[d], true)).toContain(bounds[d]);
    }
  });

  test('leave the point that they start from as it was', () => {
    const chance = seeded(5);
    const from = space(task, 0);
    const point = from.random(chance);
    const before = JSON.stringify(point);
    for (let i = 0; i < 200; i++) from.neighbour(point, chance);
    expect(JSON.stringify(point)).toBe(before);
  });

  test('of the only point are that point', () => {
    const chance = seeded(6);
    const from = space({ ...task, layer: makeLayer('one', {}) }, 0);
    const point = from.random(chance);
    expect(from.decode(from.neighbour(point, chance))).toEqual(from.decode(point));
    expect(from.judge(point)).toBeDefined();
  });
});

describe('the judge', () => {
  test('lets pass what breaks no rule, and nothing else', () => {
    const chance = seeded(7);
    for (const t of fc.sample(smallTask, { seed: 3, numRuns: 40 })) {
      const from = space(t, 0);
      for (let i = 0; i < 10; i++) {
        const point = from.random(chance);
        const legal = breaches(t.architectures[0]!, t.layer, from.decode(point), t.conventions).length === 0;
        expect(from.judge(point) !== undefined).toBe(legal);
      }
    }
  });

  test('keeps to the limits', () => {
    const chance = seeded(8);
    const from = space({ ...task, architectures: [array3] }, 0);
    let tried = 0;
    while (tried < 20) {
      const mapping = from.decode(from.random(chance));
      const free = judge({ objective: 'energy', limits: {} }, magnetConventions, array3, 0, layer, mapping);
      if (!free) continue;
      tried++;
      const { energy, cycles } = free.evaluation;
      const under = (limits: Parameters<typeof judge>[0]['limits']) =>
        judge({ objective: 'energy', limits }, magnetConventions, array3, 0, layer, mapping) !== undefined;
      expect([under({ energy }), under({ latency: cycles }), under({ edp: energy * cycles })]).toEqual([
        true,
        true,
        true,
      ]);
      expect([
        under({ energy: energy * 0.999 }),
        under({ latency: cycles - 1 }),
        under({ edp: energy * cycles * 0.999 }),
      ]).toEqual([false, false, false]);
      expect(free.objective).toBe(energy);
    }
  });
});
