// Fronts against all machines of small made-up worlds: no point is above what is possible, no bound above what is best.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { traceFront } from '../../src/library/trace-front.js';
import { measureBest } from '../../src/results/codesign-figures.js';
import type { Metrics } from '../../src/results/front-answer.js';
import { cycles, picojoules } from '../../src/base/units.js';
import { magnetConventions } from '../../src/model/cost/conventions.js';
import { makeLayer } from '../../src/model/workload/layer.js';
import { simba } from '../../src/model/machine/presets.js';
import { spaces } from '../../src/model/space/built-in-spaces.js';
import { technology16nm } from '../../src/model/machine/technology.js';
import type { CodesignBest, CodesignRequest, CodesignResult } from '../../src/tuner/codesign/codesign-request.js';

const layer = makeLayer('l', { K: 4 });
const network = { name: 'net', source: 'made up', layers: [{ layer, count: 1 }], unmapped: [] };
const request: CodesignRequest = {
  networks: [{ network, weight: 3 }],
  space: spaces[0]!,
  technology: technology16nm,
  conventions: magnetConventions,
  objective: 'edp',
  limits: {},
  padding: true,
  gap: 0.05,
  timeLimit: 1,
};

/** A machine as far as a front looks at it. */
const machine = (energy: number, time: number, area: number): CodesignBest => {
  const evaluation = {
    levels: [{ name: 'DRAM', instances: 1, cycles: cycles(0), dataspaces: {}, energy: picojoules(0) }],
    compute: { macs: 4, energy: picojoules(0), cycles: cycles(0) },
    staticEnergy: picojoules(0),
    energy: picojoules(energy),
    cycles: cycles(time),
    utilization: 0,
  };
  return {
    point: {} as CodesignBest['point'],
    template: simba,
    layers: [
      {
        layer,
        counts: [1],
        found: { mapping: { levels: [] }, architecture: 0, evaluation, objective: energy * time },
        bound: 0,
      },
    ],
    objective: 0,
    area,
  };
};
const metric = (name: string, b: CodesignBest) =>
  measureBest({ ...request, networks: [{ network, weight: 1 }] }, name as Metrics[0], b);

/** Finds a machine within a limit, not always the best, and proves a bound that is not always tight. */
const searchIn =
  (world: readonly CodesignBest[], sloppy: (n: number) => number) =>
  (r: CodesignRequest): Promise<CodesignResult> => {
    const within = world
      .filter((b) => Object.entries(r.limits).every(([name, limit]) => metric(name, b) <= limit))
      .sort((a, b) => metric(r.objective, a) - metric(r.objective, b));
    const found = within[sloppy(within.length)];
    const min = within[0] && metric(r.objective, within[0]);
    const result = { reason: undefined, causes: [], nodes: 0, shapes: 0, curve: [], seconds: 1 };
    if (!found || min === undefined)
      return Promise.resolve({ ...result, status: 'infeasible', best: undefined, bound: Infinity });
    return Promise.resolve({
      ...result,
      status: 'feasible',
      best: { ...found, objective: metric(r.objective, found) },
      bound: min * (sloppy(100) === 0 ? 1 : 0.7),
    });
  };

const world = fc
  .array(
    fc.tuple(
      fc.integer({ min: 1, max: 1000 }),
      fc.integer({ min: 1, max: 1000 }),
      fc.double({ min: 0.1, max: 10, noNaN: true }),
    ),
    { minLength: 1, maxLength: 30 },
  )
  .map((all) => all.map((m) => machine(...m)));
const metrics = fc.constantFrom<Metrics>(
  ['energy', 'latency'],
  ['energy', 'area'],
  ['latency', 'area'],
  ['area', 'edp'],
);

test('law: with an exact search every point is the best within its limit, and the ends are the ends', async () => {
  await fc.assert(
    fc.asyncProperty(world, metrics, fc.integer({ min: 2, max: 9 }), async (all, [min, limited], points) => {
      const front = await traceFront(
        request,
        [min, limited],
        points,
        searchIn(all, () => 0),
        () => false,
      );
      const best = (limit: number) =>
        Math.min(...all.filter((b) => metric(limited, b) <= limit).map((b) => metric(min, b)));
      for (const p of front.points) {
        expect(p.min).toBe(best(p.limit ?? Infinity));
        expect(p.bound).toBe(p.min);
        expect(p.status).toBe('optimal');
      }
      expect(front.floor).toBe(Math.min(...all.map((b) => metric(limited, b))));
      expect(front.points.length).toBeLessThanOrEqual(points);
      // The tightest limit is met by what has least of it.
      expect(front.points[0]!.limited).toBeCloseTo(front.floor, 6);
    }),
    { numRuns: 150, seed: 1 },
  );
});

test('law: with a sloppy search no bound is above what is possible, and along the front neither best nor bound rises', async () => {
  await fc.assert(
    fc.asyncProperty(world, metrics, fc.infiniteStream(fc.nat(3)), async (all, [min, limited], chance) => {
      const sloppy = (n: number) => Math.min(n - 1, chance.next().value as number);
      const front = await traceFront(request, [min, limited], 6, searchIn(all, sloppy), () => false);
      front.points.forEach((p, i) => {
        for (const b of all)
          if (metric(limited, b) <= (p.limit ?? Infinity))
            expect(p.bound).toBeLessThanOrEqual(metric(min, b) * (1 + 1e-12));
        if (p.min !== undefined) expect(p.bound).toBeLessThanOrEqual(p.min);
        if (i > 0) expect(p.min!).toBeLessThanOrEqual(front.points[i - 1]!.min!);
        if (i > 0) expect(p.bound).toBeLessThanOrEqual(front.points[i - 1]!.bound);
      });
      for (const b of all) expect(front.floor).toBeLessThanOrEqual(metric(limited, b));
    }),
    { numRuns: 150, seed: 1 },
  );
});

test('what was asked in limits holds for every point; the weight of a single network is none', async () => {
  const asked: CodesignRequest[] = [];
  const all = [machine(10, 500, 1), machine(20, 300, 1), machine(40, 100, 5)];
  const front = await traceFront(
    { ...request, limits: { area: 2, latency: 450 } },
    ['energy', 'latency'],
    4,
    (r) => {
      asked.push(r);
      return searchIn(all, () => 0)(r);
    },
    () => false,
  );
  expect(front.points.map((p) => p.min)).toEqual([20]);
  expect(asked.every((r) => r.limits.area === 2 && r.limits.latency! <= 450 && r.networks[0]!.weight === 1)).toBe(true);
});

test('a stop ends it with what there is, and nothing within the limits is an answer', async () => {
  let left = 3;
  const stopped = await traceFront(
    request,
    ['energy', 'latency'],
    9,
    searchIn([machine(1, 100, 1), machine(9, 10, 1)], () => 0),
    () => left-- <= 0,
  );
  expect(stopped.points.length).toBeGreaterThanOrEqual(1);
  expect(stopped.points.length).toBeLessThan(9);
  const none = await traceFront(
    { ...request, limits: { area: 0.5 } },
    ['energy', 'latency'],
    9,
    searchIn([machine(1, 1, 1)], () => 0),
    () => false,
  );
  expect(none.points).toMatchObject([{ status: 'infeasible', min: undefined, bound: Infinity }]);
});
