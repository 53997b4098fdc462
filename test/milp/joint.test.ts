// The joint program against looking at every machine of a small space with every mapping of small layers.

import { describe, expect, test } from 'vitest';
import type { JointRequest } from '../../src/milp/joint/joint-program.js';
import { held } from '../../src/milp/joint/joint-program.js';
import { casesOf, minArea } from '../../src/milp/joint/cases.js';
import { chords, endsBetween, endsOf } from '../../src/milp/joint/concave.js';
import { encodeSizes } from '../../src/milp/joint/sizes.js';
import type { JointResult } from '../../src/milp/joint/joint-solve.js';
import { solveJoint } from '../../src/milp/joint/joint-solve.js';
import { highs } from '../../src/milp/highs.js';
import { outerApproximate } from '../../src/milp/outer.js';
import { magnetConventions } from '../../src/model/cost/conventions.js';
import type { DesignPoint, DesignSpace, Parameter } from '../../src/model/space/design-space.js';
import { parameters, sizeParameters, templateAt } from '../../src/model/space/design-space.js';
import { makeLayer } from '../../src/model/workload/layer.js';
import { simba } from '../../src/model/machine/presets.js';
import { technology16nm } from '../../src/model/machine/technology.js';
import { lowerTemplate } from '../../src/model/machine/template.js';
import { arrayArea, chipArea } from '../../src/model/machine/template-parts.js';
import type { Linear } from '../../src/program/linear.js';
import { constant, valueOf } from '../../src/program/linear.js';
import { ProgramBuilder } from '../../src/program/program.js';
import { annealing } from '../../src/search/mapping/heuristics.js';
import type { Strategy } from '../../src/search/strategy.js';
import { heuristicAnswer } from '../../src/search/strategy.js';
import { enumerate } from '../support/enumerate.js';

const budget = { time: 60, evaluations: 200, gap: 1e-4, seed: 1, now: () => performance.now() };
/** A chip of two multipliers: memories of a few lines. */
const tiny: Readonly<Record<Parameter, number>> = {
  ...simba,
  vectorSize: 2,
  numLanes: 1,
  rows: 1,
  columns: 1,
  globalBanks: 6,
  biasLines: 16,
  weightBuffer: 2 * 16 * 2,
  inputBuffer: 2 * 16 * 8,
  accumBuffer: 24 * 4,
  globalBuffer: 6 * 16 * 16,
};
const spaceOf = (menus: Partial<Record<Parameter, readonly number[]>>): DesignSpace => ({
  name: 'tiny',
  source: 'test',
  maxPes: 16,
  overflowFree: false,
  menus: {
    ...(Object.fromEntries(parameters.map((p) => [p, [tiny[p]]])) as unknown as DesignSpace['menus']),
    ...menus,
  },
});
/** DRAM little dearer than a small memory, and wires dear: sizes then matter also where tiles are few. */
const near = {
  ...technology16nm,
  constants: {
    ...technology16nm.constants,
    dramEnergy: { value: 60, source: 'test' },
    sramFloor: { value: 0.1, source: 'test' },
    wireEnergy: { value: 400, source: 'test' },
  },
};
/** What is known from elsewhere hides a program that is too tight: it has to find everything itself. */
const nothing: Strategy = { name: 'nothing', find: () => Promise.resolve(heuristicAnswer('nothing', undefined, 0)) };

const layers = [
  { layer: makeLayer('a', { K: 4, C: 4, P: 2 }), count: 2 },
  { layer: makeLayer('b', { P: 5, C: 3, R: 2 }), count: 1 },
];
const weights = {
  weightBuffer: [1, 4, 8, 512].map((n) => 2 * 16 * n),
  globalBuffer: [1, 4, 256].map((n) => 6 * 16 * n),
};
const ask = (more: Partial<JointRequest> = {}): JointRequest => ({
  layers,
  space: spaceOf(weights),
  technology: near,
  conventions: magnetConventions,
  objective: 'energy',
  area: Infinity,
  padding: false,
  ...more,
});
const solve = (request: JointRequest, first = nothing) => solveJoint(request, highs, first, budget);

const pointsOf = (space: DesignSpace): DesignPoint[] =>
  parameters.reduce<DesignPoint[]>(
    (all, p) => all.flatMap((x) => space.menus[p].map((v) => ({ ...x, [p]: v }))),
    [{} as DesignPoint],
  );

/** The optimum by looking at everything; +Infinity where no machine can run the layers. */
function exhaustive({ layers: own, space, technology, conventions, objective, area, padding }: JointRequest): number {
  return Math.min(
    ...pointsOf(space).map((p) => {
      const template = templateAt(space, p);
      if (!template || chipArea(template, technology) > area) return Infinity;
      const architectures = lowerTemplate(template, technology);
      return own.reduce((n, { layer, count }) => {
        const census = enumerate({ architectures, layer, conventions, goal: { objective, limits: {} }, padding }, 4e5);
        if (!census) throw new Error('too many mappings to look at');
        return n + count * (census.best?.objective ?? Infinity);
      }, 0);
    }),
  );
}

function expectProven(found: JointResult, best: number): void {
  expect(found.bound).toBeLessThanOrEqual(best * (1 + 1e-9));
  expect(found.best!.objective).toBeGreaterThanOrEqual(best * (1 - 1e-9));
  expect(found.status).toBe('optimal');
  expect(found.best!.objective).toBeLessThanOrEqual(best * (1 + 2e-4));
}

describe('agrees with looking at every machine and mapping', () => {
  test.each(['energy', 'edp', 'latency'] as const)('for the least %s', { timeout: 60_000 }, async (objective) => {
    const request = ask({ objective });
    const found = await solve(request);
    expectProven(found, exhaustive(request));
    // Neither the smallest machine nor the largest.
    expect(found.best!.point.weightBuffer).toBeLessThan(weights.weightBuffer.at(-1)!);
    expect(found.best!.point.globalBuffer).toBeGreaterThan(weights.globalBuffer[0]!);
  });

  test('with padding, and an area that keeps the best machine out', { timeout: 60_000 }, async () => {
    const request = ask({
      objective: 'edp',
      padding: true,
      layers: [{ layer: makeLayer('odd', { K: 3, C: 4, P: 5 }), count: 1 }],
    });
    const free = await solve(request);
    const less = { ...request, area: free.best!.area * 0.999 };
    const found = await solve(less);
    expect(found.best!.area).toBeLessThanOrEqual(less.area);
    expect(found.best!.objective).toBeGreaterThan(free.best!.objective);
    expectProven(found, exhaustive(less));
  });

  test('for more layers, whose bounds by size are part of the program', { timeout: 60_000 }, async () => {
    const more = [
      { layer: makeLayer('c', { K: 2, P: 4 }), count: 3 },
      { layer: makeLayer('d', { K: 3, C: 2 }), count: 5 },
    ];
    const request = ask({ layers: [...layers, ...more] });
    expectProven(await solve(request), exhaustive(request));
  });

  test('over shapes, and each layer with an order of collectors of its own', { timeout: 60_000 }, async () => {
    const request = ask({
      layers: [
        { layer: makeLayer('deep', { K: 2, C: 4 }), count: 1 },
        { layer: makeLayer('wide', { C: 2, P: 4 }), count: 3 },
      ],
      space: spaceOf({
        vectorSize: [1, 2],
        weightCollector: [1, 2],
        inputCollector: [2],
        globalBuffer: weights.globalBuffer,
      }),
    });
    const found = await solve(request);
    // Two shapes; one collector deep is one order, two deep are two for either layer.
    expect(found.programs).toBe(2 * (1 + 4));
    expectProven(found, exhaustive(request));
  });
});

describe('what is allowed decides', () => {
  test('more area never makes it worse, nor does a longer menu', { timeout: 60_000 }, async () => {
    const smallest = minArea(ask().space, near)!;
    let before = Infinity;
    for (const area of [smallest, smallest * 1.002, smallest * 1.01, Infinity]) {
      const { best } = await solve(ask({ area }));
      expect(best!.objective).toBeLessThanOrEqual(before * (1 + 1e-4));
      expect(best!.area).toBeLessThanOrEqual(area);
      before = best!.objective;
    }
    const longer = await solve(ask({ space: spaceOf({ ...weights, accumBuffer: [2, 4, 16].map((n) => 24 * n) }) }));
    expect(longer.best!.objective).toBeLessThanOrEqual(before * (1 + 1e-4));
  });

  test('an area below every machine is infeasible, and the reason names the least', async () => {
    const found = await solve(ask({ area: 0.001 }));
    expect(found).toMatchObject({ status: 'infeasible', best: undefined, bound: Infinity });
    expect(found.reason).toBe(
      `the smallest machine of the space takes ${minArea(ask().space, near)!.toPrecision(4)} mm2, 0.001 are allowed`,
    );
  });

  test('so is a layer that no machine can run, and a space without machines', { timeout: 60_000 }, async () => {
    const many = [{ layer: makeLayer('many', { K: 64 }), count: 1 }];
    expect(await solve(ask({ layers: many }))).toMatchObject({
      status: 'infeasible',
      reason: 'no machine of the space within the area can run every layer',
    });
    expect(await solve(ask({ space: spaceOf({ weightBuffer: [1] }) }))).toMatchObject({
      status: 'infeasible',
      reason: 'no point of the space is a machine',
    });
  });

  test('out of time what was found stands, with an honest bound', async () => {
    let asked = 0;
    // The clock jumps past the deadline once a machine has been found.
    const found = await solveJoint(ask(), highs, annealing, { ...budget, now: () => (asked++ < 4000 ? 0 : 1e9) });
    const whole = await solve(ask());
    expect(found.bound).toBeLessThanOrEqual(whole.best!.objective);
    expect(found.bound).toBeGreaterThan(0);
  });
});

describe('sizes', () => {
  const wide = spaceOf({
    weightBuffer: [500, 4000, 70_000],
    inputBuffer: [256, 3000, 40_000],
    accumBuffer: [96, 2400, 90_000],
    globalBuffer: [1024, 30_000, 900_000],
    weightCollector: [2, 5],
    inputCollector: [2, 3],
    accumCollector: [2, 8],
  });
  const [all] = casesOf(wide, technology16nm, Infinity);
  const b = new ProgramBuilder();
  const sizes = encodeSizes(b, wide, technology16nm, all!, Infinity);
  const at = (p: DesignPoint) =>
    Float64Array.from(b.variables, (v) => (sizeParameters.some((s) => v.name === `${s}.${p[s]}`) ? 1 : 0));

  test('add up: the area of the chip is that of its parts, and every energy and capacity hangs on one size', () => {
    let off = 0;
    for (const p of pointsOf(wide)) {
      const template = templateAt(wide, p)!;
      const x = at(p);
      expect(sizes.read(x)).toEqual(p);
      expect(valueOf(sizes.area, x)).toBeCloseTo(chipArea(template, technology16nm), 12);
      lowerTemplate(template, technology16nm).forEach((a, i) => {
        const { machine, sizing } = sizes.arranged[i]!;
        a.levels.forEach((level, l) => {
          for (const t of level.keeps) {
            for (const action of ['read', 'fill', 'update'] as const) {
              const own =
                machine.levels[l]!.stores[t]!.energy[action] * Math.exp(valueOf(sizing.energy(l, t, action), x));
              off = Math.max(off, Math.abs(own / level.stores[t]!.energy[action] - 1));
            }
          }
          level.pools.forEach((pool, k) => {
            const chosen = sizing.sizes(l, k).filter((s) => valueOf(s.chosen, x) > 0.5);
            expect(chosen.map((s) => s.bits)).toEqual([pool.bits]);
          });
        });
      });
    }
    expect(off).toBeLessThan(0.5e-12);
  });

  /** The minimum of a linear expression of a program, with some variables held. */
  async function min(c: ProgramBuilder, linear: Linear, at: ReadonlyMap<number, number> = new Map()): Promise<number> {
    const options = {
      gap: 0,
      deadline: performance.now() + 5000,
      now: () => performance.now(),
      judge: () => Infinity,
      known: Infinity,
      attained: false,
      scale: 1,
      decisions: [],
      whole: false,
      relaxes: undefined,
      start: undefined,
      rounds: 1,
    };
    return (await outerApproximate(held(c.build({ linear, exponentials: [] }), at), highs, options)).bound;
  }

  test(
    'have wires from below: exact where machines are few, and nearly so where they are many',
    { timeout: 60_000 },
    async () => {
      for (const [space, loose] of [
        [wide, 6e-4],
        [spaceOf(weights), 0],
      ] as const) {
        const c = new ProgramBuilder();
        const [own] = casesOf(space, technology16nm, Infinity);
        const { arranged, decisions } = encodeSizes(c, space, technology16nm, own!, Infinity);
        const wire = arranged[0]!.sizing.energy(0, 'Weights', 'transfer');
        const side = (p: DesignPoint) => Math.sqrt(arrayArea(templateAt(space, p)!, technology16nm));
        for (const p of pointsOf(space).filter((_, i) => i % 131 === 0)) {
          const at = new Map(
            decisions.map((i) => [i, sizeParameters.some((s) => c.variables[i]!.name === `${s}.${p[s]}`) ? 1 : 0]),
          );
          const below = Math.log(side(p) / side(own!.largest)) - (await min(c, wire, at));
          expect(below).toBeGreaterThan(-1e-7);
          expect(below).toBeLessThan(loose + 1e-5);
        }
      }
    },
  );

  test('a concave function is bounded by chords: exact at their ends, and little below it between', async () => {
    const root = (ends: readonly number[], x: number) => {
      const c = new ProgramBuilder();
      return min(c, chords(c, 'root', constant(x), ends, Math.sqrt));
    };
    const few = endsOf([1, 4, 4 * (1 + 1e-12), 9]);
    expect(few).toHaveLength(3);
    for (const x of [1, 4, 9]) expect(await root(few, x)).toBeCloseTo(Math.sqrt(x), 5);
    expect(await root(few, 6)).toBeCloseTo(2.4, 5);
    const many = endsBetween(1, 9);
    for (const x of [1, 1.7, 3, 6.6, 9]) {
      const below = Math.sqrt(x) - (await root(many, x));
      expect(below).toBeGreaterThan(-1e-9);
      expect(below).toBeLessThan(1e-3 * Math.sqrt(x) + 1e-5);
    }
  });
});
