// Elasticities against differences of the relaxation that they are read from: its minimum with a limit moved a little.

import { describe, expect, test } from 'vitest';
import type { Oracle } from '../../src/milp/converge.js';
import { converge } from '../../src/milp/converge.js';
import { glpk } from '../../src/milp/glpk.js';
import { highs } from '../../src/milp/highs.js';
import { highsOracle } from '../../src/milp/linear-highs.js';
import {
  areaElasticity,
  areaRelaxation,
  mappingElasticities,
  mappingRelaxation,
} from '../../src/milp/joint/joint-elasticities.js';
import type { JointRequest } from '../../src/milp/joint/joint-program.js';
import type { JointBest } from '../../src/milp/joint/ledger.js';
import { solveJoint } from '../../src/milp/joint/joint-solve.js';
import { magnetConventions } from '../../src/model/cost/conventions.js';
import type { DesignSpace, Parameter } from '../../src/model/space/design-space.js';
import { parameters } from '../../src/model/space/design-space.js';
import { makeLayer } from '../../src/model/workload/layer.js';
import { simba } from '../../src/model/machine/presets.js';
import { technology16nm } from '../../src/model/machine/technology.js';
import type { Backend } from '../../src/program/milp.js';
import { constant, variable, zero } from '../../src/program/linear.js';
import { ProgramBuilder } from '../../src/program/program.js';
import { annealing } from '../../src/search/mapping/heuristics.js';

const machine: Readonly<Record<Parameter, number>> = {
  ...simba,
  vectorSize: 2,
  numLanes: 2,
  rows: 1,
  columns: 2,
  globalBanks: 4,
  biasLines: 64,
  inputBuffer: 64 * 16 * 2,
};
const menus = {
  ...(Object.fromEntries(parameters.map((p) => [p, [machine[p]]])) as unknown as DesignSpace['menus']),
  weightBuffer: [8, 128, 512].map((n) => 2 * 32 * n),
  accumBuffer: [8, 64].map((n) => 48 * n),
  globalBuffer: [64, 256, 1024].map((n) => 4 * 16 * n),
};
const base: JointRequest = {
  layers: [
    { layer: makeLayer('a', { K: 32, C: 32, P: 28 }), count: 2 },
    { layer: makeLayer('b', { K: 16, C: 16, P: 16, R: 3 }), count: 1 },
  ],
  space: { name: 'small', source: 'test', menus, maxPes: 16, overflowFree: false },
  technology: technology16nm,
  conventions: magnetConventions,
  objective: 'energy',
  area: 0.0458,
  padding: false,
};
const request = base;
/** A backend as one that is asked again: it begins anew each time. */
const afresh = (backend: Backend): Oracle => ({
  open: (milp) => {
    const rows = [...milp.rows];
    return Promise.resolve({
      add: (more) => void rows.push(...more),
      async solve() {
        const answer = await backend.solve({ ...milp, rows }, { timeLimit: 30, gap: 0, relax: true });
        if (answer.status !== 'optimal') return { status: 'failed', reason: answer.status };
        return { status: 'optimal', value: answer.objective, point: answer.point, duals: answer.duals! };
      },
      close: () => {},
    });
  },
});
const now = () => performance.now();
const clock = () => ({ now, deadline: now() + 30_000 });
/** Elasticities are those of a point: a good one will do. */
async function found(r: JointRequest): Promise<JointBest> {
  const { best } = await solveJoint(r, highs, annealing, { time: 30, evaluations: 400, gap: 0.1, seed: 1, now });
  return best!;
}

describe('tangents converge', () => {
  test('on the minimum of a convex program, with the duals of its rows', async () => {
    // exp x + exp -2x, x <= b: at b = 0 the slope is 1 - 2 = -1; where x is free its minimum is at 3 x = ln 2.
    const min = async (b: number) => {
      const p = new ProgramBuilder();
      const x = p.variable('x', -5, 5, false);
      p.atMost('x', x, b);
      return converge(
        p.build({
          linear: zero,
          exponentials: [
            { coefficient: 1, exponent: x, unless: undefined },
            { coefficient: 1, exponent: variable(0, -2), unless: undefined },
          ],
        }),
        highsOracle,
        2,
        clock(),
      );
    };
    const held = (await min(0))!;
    expect(held.objective).toBeCloseTo(2, 5);
    expect(held.duals[0]).toBeCloseTo(-1, 3);
    const free = (await min(4))!;
    expect(free.objective).toBeCloseTo(2 ** (1 / 3) + 2 ** (-2 / 3), 5);
    expect(free.duals[0]).toBeCloseTo(0, 6);
  });

  test('also where a term is switched off in part', async () => {
    // exp x with 0 <= x <= 1 but for a share off of 1/4, where x is 0: 3/4 exp((x - 0) / (3/4)) at least.
    const p = new ProgramBuilder();
    p.variable('x', 0.6, 1, false);
    const off = p.variable('off', 0.25, 0.25, false);
    const free = (await converge(
      p.build({
        linear: constant(1),
        exponentials: [{ coefficient: 1, exponent: variable(0), unless: { off, max: 0 } }],
      }),
      highsOracle,
      2,
      clock(),
    ))!;
    expect(free.objective).toBeCloseTo(1 + 0.75 * Math.exp(0.6 / 0.75), 5);
  });
});

test('curves that decide nothing are left below', async () => {
  // exp -x, and exp x + exp y <= 1,000 that x <= 1 never comes near: y is anywhere, and its curve is of no interest.
  const p = new ProgramBuilder();
  const x = p.variable('x', -5, 1, false);
  const y = p.variable('y', 0, 5, false);
  const exponentials = [x, y].map((exponent) => ({ coefficient: 1, exponent, unless: undefined }));
  p.convexAtMost('room', exponentials, 1000);
  let added = 0;
  const counting: Oracle = {
    async open(milp) {
      const model = await highsOracle.open(milp);
      return {
        ...model,
        add(rows) {
          added += rows.length;
          model.add(rows);
        },
      };
    },
  };
  const program = p.build({
    linear: variable(1, -1e-6),
    exponentials: [{ coefficient: 1, exponent: variable(0, -1), unless: undefined }],
  });
  const min = (await converge(program, counting, 1, clock()))!;
  expect(min.objective).toBeCloseTo(Math.exp(-1) - 5e-6, 6);
  expect(added).toBeLessThan(6);
});

describe.each(['energy', 'edp'] as const)('of %s', (objective) => {
  test('by each memory are what a little more or less of it changes', { timeout: 60_000 }, async () => {
    const r: JointRequest = { ...request, objective };
    const best = await found(r);
    const all = (await mappingElasticities(r, best, highsOracle, clock()))!;
    expect(all.objective).toBeLessThanOrEqual(best.objective * (1 + 1e-6));
    expect(all.elasticities.some((e) => e.elasticity < -0.1)).toBe(true);
    // What has no loops of its own holds what it must: more of it is of no use.
    for (const name of ['weightCollector', 'inputCollector', 'accumCollector'])
      expect(all.elasticities.find((e) => e.parameter === name)).toMatchObject({ elasticity: 0, layers: [] });

    const levels = [
      ['GlobalBuffer', 'globalBuffer'],
      ['WeightBuffer', 'weightBuffer'],
      ['InputBuffer', 'inputBuffer'],
    ] as const;
    const moved = { GlobalBuffer: [0, 0], WeightBuffer: [0, 0], InputBuffer: [0, 0] };
    for (const [i, { count }] of r.layers.entries()) {
      const { program, capacities } = mappingRelaxation(r, best, i);
      const min = async (level: string, by: number) => {
        const own = capacities.filter((c) => c.level === level).map((c) => c.row);
        const rows = program.rows.map((row, k) => (own.includes(k) ? { ...row, upper: row.upper + by } : row));
        return (await converge({ ...program, rows }, highsOracle, best.layers[i]!.objective, clock()))!.objective;
      };
      for (const [level] of levels)
        for (const [k, by] of [1e-3, -1e-3].entries()) moved[level][k]! += count * (await min(level, by));
    }
    for (const [level, parameter] of levels) {
      const [more, less] = moved[level].map((x) => Math.log(x / all.objective)) as [number, number];
      const { elasticity, layers } = all.elasticities.find((e) => e.parameter === parameter)!;
      // Convex in the logarithm: the slope is between those to either side.
      expect(elasticity).toBeLessThanOrEqual(more / 1e-3 + 5e-3);
      expect(elasticity).toBeGreaterThanOrEqual(less / -1e-3 - 5e-3);
      expect(layers.reduce((n, l) => n + l.share, 0)).toBeCloseTo(elasticity, 12);
    }
  });
});

describe('of the area', () => {
  test('are what a little more or less of it changes', { timeout: 60_000 }, async () => {
    // Between two machines, one with more weights and one with a larger global buffer.
    const request = { ...base, area: 0.0483 };
    const best = await found(request);
    const at = async (area: number) => (await areaElasticity({ ...request, area }, best, highsOracle, clock()))!;
    const [here, more, less] = [await at(request.area), await at(request.area * 1.001), await at(request.area * 0.999)];
    const { elasticity } = here.elasticities[0]!;
    expect(elasticity).toBeLessThan(-1e-4);
    // To either side, so that the curvature cancels.
    expect(Math.log(more.objective / less.objective) / Math.log(1.001 / 0.999)).toBeCloseTo(elasticity, 4);
  });

  test('are zero where it does not bind', { timeout: 60_000 }, async () => {
    const roomy = { ...request, area: 10 };
    const best = await found(roomy);
    expect((await areaElasticity(roomy, best, highsOracle, clock()))!.elasticities).toEqual([
      { parameter: 'area', elasticity: 0, layers: [] },
    ]);
    expect(areaRelaxation(roomy, best).areaRow).toBeDefined();
    const only = { ...request, area: Infinity };
    expect(areaRelaxation(only, best).areaRow).toBeUndefined();
    expect((await areaElasticity(only, best, highsOracle, clock()))!.elasticities[0]!.elasticity).toBe(0);
  });
});

test('both solvers have the same', { timeout: 60_000 }, async () => {
  const best = await found(request);
  const [a, b] = [
    await mappingElasticities(request, best, highsOracle, clock()),
    await mappingElasticities(request, best, afresh(glpk), clock()),
  ];
  expect(b!.objective).toBeCloseTo(a!.objective, -1);
  for (const [k, e] of a!.elasticities.entries()) expect(b!.elasticities[k]!.elasticity).toBeCloseTo(e.elasticity, 3);
});

test('out of time there are none', async () => {
  const best = await found(request);
  expect(await mappingElasticities(request, best, highsOracle, { now, deadline: 0 })).toBeUndefined();
  expect(await areaElasticity(request, best, highsOracle, { now, deadline: 0 })).toBeUndefined();
});
