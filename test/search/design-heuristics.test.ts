// The heuristics over machines, on objectives whose least value is known: seeds reproduce, answers are what was
// evaluated, budgets hold, easy optima are reached.

import { describe, expect, test } from 'vitest';
import { seeded } from '../../src/base/random.js';
import type { DesignPoint, DesignSpace, Parameter } from '../../src/model/space/design-space.js';
import { countMachines, parameters, templateAt } from '../../src/model/space/design-space.js';
import { designHeuristics } from '../../src/search/design/design-heuristics.js';
import { bayesianDesign } from '../../src/search/design/bayesian-design.js';
import { designMoves } from '../../src/search/design/design-point.js';
import type { DesignAnswer, DesignTask } from '../../src/search/design/design-strategy.js';
import { randomDesign } from '../../src/search/design/random-design.js';
import type { Budget } from '../../src/search/strategy.js';

/** Every parameter pinned, but for those whose menus are given. */
function spaceOf(open: Partial<Record<Parameter, readonly number[]>>, maxPes = 1000): DesignSpace {
  const pinned: Record<Parameter, readonly number[]> = {
    vectorSize: [8],
    numLanes: [8],
    rows: [4],
    columns: [4],
    weightPrecision: [8],
    inputPrecision: [8],
    accumPrecision: [24],
    globalBanks: [4],
    biasLines: [16],
    clock: [1000],
    weightChannel: [64],
    inputChannel: [64],
    outputChannel: [64],
    dramBandwidth: [100],
    dramLatency: [1],
    globalReadPort: [64],
    globalWritePort: [64],
    residency: [0],
    packedWeights: [1],
    splitMultipliers: [0],
    weightBuffer: [65536],
    inputBuffer: [16384],
    accumBuffer: [8192],
    globalBuffer: [524288],
    weightCollector: [1],
    inputCollector: [1],
    accumCollector: [1],
  };
  return { name: 'small', source: 'test', menus: { ...pinned, ...open }, maxPes, overflowFree: false };
}

const five = [1, 2, 3, 4, 5];
const buffers = [16384, 32768, 65536, 131072, 262144];
/** 19 arrays (not 3x5, 5x3, 4x4, 4x5, 5x4, 5x5) x 5^3 sizes: 2375 machines. */
const small = spaceOf(
  { rows: five, columns: five, weightBuffer: buffers, inputBuffer: buffers, weightCollector: five },
  12,
);

const keyOf = (point: DesignPoint) => parameters.map((p) => point[p]).join();
const at = (space: DesignSpace, point: DesignPoint, p: Parameter) => space.menus[p].indexOf(point[p]);
const isOnMenus = (space: DesignSpace, point: DesignPoint) => parameters.every((p) => at(space, point, p) >= 0);

/** 100 x a power of 1.5 of weighted squares of the distances to places (2, 1, 3, 1, 2): convex in places, least 100. */
const target: Partial<Record<Parameter, number>> = {
  rows: 2,
  columns: 1,
  weightBuffer: 3,
  inputBuffer: 1,
  weightCollector: 2,
};
const smooth = (space: DesignSpace) => (point: DesignPoint) =>
  100 *
  1.5 **
    Object.entries(target).reduce(
      (sum, [p, to], i) => sum + (1 + i / 4) * (at(space, point, p as Parameter) - to) ** 2,
      0,
    );

/** Large weight and input buffers do not fit together; the target, at 3 + 1, is at the border. */
const fits = (space: DesignSpace, point: DesignPoint) =>
  at(space, point, 'weightBuffer') + at(space, point, 'inputBuffer') <= 4;

/** A task that writes down what it was asked. */
function recorded(
  space: DesignSpace,
  value: (point: DesignPoint) => number,
): DesignTask & { readonly asked: { point: DesignPoint; value: number }[] } {
  const asked: { point: DesignPoint; value: number }[] = [];
  return {
    space,
    asked,
    value: (point) => {
      asked.push({ point, value: templateAt(space, point) ? value(point) : Infinity });
      return Promise.resolve(asked.at(-1)!.value);
    },
  };
}

const bordered = () => recorded(small, (point) => (fits(small, point) ? smooth(small)(point) : Infinity));
const budget: Budget = { time: Infinity, evaluations: 60, gap: 0, seed: 1, now: () => 0 };
const min = (values: readonly number[]) => values.reduce((x, y) => Math.min(x, y), Infinity);

describe('moves', () => {
  const moves = designMoves(small);
  const differences = (a: DesignPoint, b: DesignPoint) => parameters.filter((p) => a[p] !== b[p]);

  test('stay within the menus and the number of PEs', () => {
    const chance = seeded(1);
    for (let i = 0; i < 300; i++) {
      const [a, b] = [moves.random(chance), moves.random(chance)];
      const [next, child] = [moves.neighbour(a, chance), moves.crossover(a, b, chance)];
      for (const point of [a, next, child]) {
        expect(isOnMenus(small, point)).toBe(true);
        expect(point.rows * point.columns).toBeLessThanOrEqual(12);
      }
      expect([1, 2]).toContain(differences(a, next).length);
      for (const p of parameters) expect([a[p], b[p]]).toContain(child[p]);
    }
  });

  test('reach every machine', () => {
    const chance = seeded(2);
    const tiny = spaceOf({ rows: [1, 2, 3], columns: [1, 2, 3], vectorSize: [4, 8] }, 6);
    const walk = designMoves(tiny);
    const drawn = new Set<string>();
    const walked = new Set<string>();
    let point = walk.random(chance);
    for (let i = 0; i < 2000; i++) {
      drawn.add(keyOf(walk.random(chance)));
      point = walk.neighbour(point, chance);
      walked.add(keyOf(point));
    }
    // 3x3 has too many PEs: 8 arrays x 2.
    expect([countMachines(tiny), drawn.size, walked.size]).toEqual([16, 16, 16]);
  });

  test('give up after some tries where there is no machine', () => {
    const none = spaceOf({ rows: five, columns: five }, 0);
    const point = designMoves(none).random(seeded(3));
    expect([isOnMenus(none, point), templateAt(none, point)]).toEqual([true, undefined]);
  });

  test('of the only point are that point', () => {
    const alone = designMoves(spaceOf({}));
    const point = alone.random(seeded(4));
    expect(alone.neighbour(point, seeded(5))).toEqual(point);
    expect(alone.coordinates(point)).toEqual([]);
  });

  test('have coordinates from 0, the first of a menu, to 1, the last', () => {
    const space = spaceOf({ rows: [1, 2, 8], columns: [1, 2], weightBuffer: buffers });
    const point = { ...designMoves(space).random(seeded(6)), rows: 2, columns: 2, weightBuffer: 32768 };
    // In the order of `parameters`: rows the second of three, columns the last, the buffer the second of five.
    expect(designMoves(space).coordinates(point)).toEqual([1 / 2, 1, 1 / 4]);
  });
});

describe.each(designHeuristics)('$name', (strategy) => {
  test('gives the same answer to the same seed, and another way to another', async () => {
    const run = async (seed: number) => {
      const task = bordered();
      return { answer: await strategy.find(task, { ...budget, seed }), asked: task.asked };
    };
    const [a, b, other] = [await run(1), await run(1), await run(2)];
    expect(a).toEqual(b);
    expect(a.asked).not.toEqual(other.asked);
  });

  test('reports the minimum of what it evaluated, each point once, and never one of infinite value', async () => {
    for (const seed of [1, 2, 3]) {
      const task = bordered();
      const { solver, best, evaluations, curve } = await strategy.find(task, { ...budget, seed });
      expect(solver).toBe(strategy.name);
      expect(evaluations).toBe(task.asked.length);
      expect(new Set(task.asked.map(({ point }) => keyOf(point))).size).toBe(evaluations);
      expect(best!.objective).toBe(min(task.asked.map((a) => a.value)));
      expect(best!.objective).toBe(smooth(small)(best!.point));
      expect(fits(small, best!.point)).toBe(true);
      expect(templateAt(small, best!.point)).toBeDefined();
      // The curve is the least so far, wherever it falls.
      let low = Infinity;
      const falls = task.asked.flatMap(({ value }, i) =>
        value < low ? [{ seconds: 0, evaluations: i + 1, objective: (low = value) }] : [],
      );
      expect(curve).toEqual(falls);
    }
  });

  test('goes on the same way with more evaluations', async () => {
    const [few, many] = [bordered(), bordered()];
    await strategy.find(few, { ...budget, evaluations: 25 });
    await strategy.find(many, { ...budget, evaluations: 50 });
    expect(few.asked).toHaveLength(25);
    expect(many.asked).toHaveLength(50);
    expect(many.asked.slice(0, 25)).toEqual(few.asked);
  });

  test('stops when its time is over', async () => {
    // Seconds pass in evaluations only, one each: the eleventh is not begun.
    let clock = 0;
    const slow: DesignTask = {
      space: small,
      value: (point) => ((clock += 1000), Promise.resolve(smooth(small)(point))),
    };
    const { evaluations, curve } = await strategy.find(slow, {
      ...budget,
      time: 10,
      evaluations: Infinity,
      now: () => clock,
    });
    expect(evaluations).toBe(10);
    for (const news of curve) expect(news.seconds).toBe(news.evaluations);
    expect((await strategy.find(slow, { ...budget, time: 0 })).evaluations).toBe(0);
  });

  test('reaches the optimum of an easy function on a small space, next to what is infeasible', async () => {
    // Random sampling sees all; the others a tenth, Bayesian optimisation a fortieth.
    const evaluations = strategy === randomDesign ? Infinity : strategy === bayesianDesign ? 60 : 240;
    for (const seed of [1, 2, 3]) {
      const { best } = await strategy.find(bordered(), { ...budget, evaluations, seed });
      expect(best!.objective).toBe(100);
    }
  });

  test('ends where everything is known', async () => {
    const tiny = spaceOf({ rows: [1, 2, 3], columns: [1, 2, 3], vectorSize: [4, 8] }, 6);
    const task = recorded(tiny, (p) => 1 + (p.rows - 2) ** 2 + p.columns * p.vectorSize);
    const answer = await strategy.find(task, { ...budget, evaluations: Infinity });
    // 16 machines; the least has 2 rows, 1 column, vectors of 4.
    expect(answer).toMatchObject({
      evaluations: 16,
      best: { objective: 5, point: { rows: 2, columns: 1, vectorSize: 4 } },
    });
    const one = await strategy.find(
      recorded(spaceOf({}), () => 7),
      { ...budget, evaluations: Infinity },
    );
    expect(one).toMatchObject({ evaluations: 1, best: { objective: 7 } });
  });

  test('goes on where everything is infeasible, and has no best', async () => {
    const answer = await strategy.find(
      recorded(small, () => Infinity),
      budget,
    );
    expect(answer).toMatchObject({ solver: strategy.name, best: undefined, evaluations: 60, curve: [] });
  });

  test('finds the few that are feasible', async () => {
    // The largest weight buffer with the deepest collector: 1 / 25 of the space.
    const narrow = recorded(small, (p) =>
      p.weightBuffer === 262144 && p.weightCollector === 5 ? smooth(small)(p) : Infinity,
    );
    const { best } = await strategy.find(narrow, { ...budget, evaluations: 80 });
    expect([best!.point.weightBuffer, best!.point.weightCollector]).toEqual([262144, 5]);
  });
});

describe('comparison', () => {
  const median = (values: readonly number[]) => values.toSorted((x, y) => x - y)[Math.floor(values.length / 2)]!;
  /** Evaluations until a value is within a tenth of the least; the budget where it never was. */
  const needed = ({ curve }: DesignAnswer, max: number) =>
    curve.find((news) => news.objective <= 110)?.evaluations ?? max;

  test('Bayesian optimisation needs fewer evaluations of a smooth function than random sampling', async () => {
    const counts = async (strategy: typeof randomDesign, max: number) => {
      const found: number[] = [];
      for (const seed of [1, 2, 3, 4, 5])
        found.push(
          needed(await strategy.find(recorded(small, smooth(small)), { ...budget, evaluations: max, seed }), max),
        );
      return found;
    };
    const [bayesian, random] = [await counts(bayesianDesign, 50), await counts(randomDesign, 2000)];
    expect(median(bayesian) * 4).toBeLessThan(median(random));
  });
});
