// Law: where mappings of single layers are limited, the machine chosen keeps the limits, and is the best that does.
//
// Other seeds or more cases: MAGNET_SEED=7 MAGNET_CASES=200 npx vitest run test/enumerate/limits.test.ts

import { describe, expect, test } from 'vitest';
import { seeded } from '../../src/base/random.js';
import { cycles, picojoules } from '../../src/base/units.js';
import type { LimitedLayer } from '../../src/enumerate/box-minima.js';
import type { Limits } from '../../src/model/cost/goal.js';
import { withinLimits } from '../../src/model/cost/goal.js';
import { makeLayer } from '../../src/model/workload/layer.js';
import type { TotalsProblem } from '../../src/tuner/codesign/codesign-problem.js';
import { bestFirst } from '../../src/tuner/codesign/best-first.js';
import { casesOf, seedFrom } from '../support/cases.js';
import { near } from '../support/boxes.js';
import { everyMachine, tinySpace } from '../support/census.js';
import { shapes } from '../support/shapes.js';

const seed = seedFrom(20191104);
const cases = casesOf('enumerate/limits');

const hooks = { now: () => performance.now(), width: 1, shapes, stopped: () => false };
const layers = [makeLayer('a', { K: 4, C: 4, P: 2 }), makeLayer('b', { P: 5, C: 3, R: 2 })];
const space = tinySpace({
  weightBuffer: [32, 128, 2048],
  globalBuffer: [64, 256, 4096],
  rows: [1, 2],
  accumBuffer: [48, 96],
});

describe('limits on single layers', () => {
  const machines = everyMachine(space, near, layers, false);

  test('are kept by the machine chosen, which is the best that keeps them', { timeout: 300_000 }, async () => {
    const chance = seeded(seed);
    const costs = layers.map((_, i) => machines.flatMap((m) => m.fronts[i]!));
    const tally = { found: 0, none: 0, closed: 0 };
    for (let n = 0; n < cases; n++) {
      const limited = layers.map((layer, i): LimitedLayer => {
        const near = chance.pick(costs[i]!);
        const limits: Limits = chance.pick<Limits>([
          {},
          { energy: near.energy * 1.001 },
          { latency: near.cycles },
          { energy: near.energy * 1.001, latency: near.cycles },
          { edp: near.energy * near.cycles * 0.9 },
          { energy: near.energy * 0.9, latency: near.cycles * 0.9 },
        ]);
        return { layer, limits };
      });
      const about = JSON.stringify(limited.map((l) => l.limits));
      const truth = Math.min(
        Infinity,
        ...machines.map((m) =>
          limited.reduce(
            (sum, t, i) =>
              sum +
              Math.min(
                Infinity,
                ...m.fronts[i]!.filter((c) =>
                  withinLimits(t.limits, { energy: picojoules(c.energy), cycles: cycles(c.cycles) }),
                ).map((c) => c.energy * c.cycles),
              ),
            0,
          ),
        ),
      );
      const problem: TotalsProblem = {
        ...{ space, technology: near, padding: false, area: Infinity, limits: {}, tolerance: 0 },
        ...{ networks: [1], objective: { both: 1, energy: 0, cycles: 0 } },
        layers: limited.map((l) => ({ ...l, counts: [1] })),
      };
      const found = await bestFirst(
        problem,
        { gap: 1e-9, deadline: hooks.now() + 60_000, known: [], bounds: new Map(), progress: () => {} },
        hooks,
      );
      expect(found.bound, about).toBeLessThanOrEqual(truth * (1 + 1e-9));
      if (found.status === 'infeasible') expect(truth, about).toBe(Infinity);
      if (found.status === 'closed') tally.closed++;
      if (truth === Infinity) tally.none++;
      if (!found.best) continue;
      tally.found++;
      found.best.found.forEach((f, i) => expect(withinLimits(limited[i]!.limits, f.evaluation), about).toBe(true));
      expect(found.best.value, about).toBeGreaterThanOrEqual(truth * (1 - 1e-9));
      if (found.status === 'closed') expect(found.best.value / truth, about).toBeCloseTo(1, 8);
    }
    if (process.env['MAGNET_TELL']) console.log(tally);
    expect(tally.found).toBeGreaterThan(cases / 4);
    expect(tally.none).toBeGreaterThan(0);
  });
});
