// The contract of a backend: what the rest of magnet takes for granted of every solver, and nothing else.

import { stopText } from '../../src/base/stop-reason.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { glpk } from '../../src/milp/glpk.js';
import { highs } from '../../src/milp/highs.js';
import type { Column, LinearRow, Milp, SolveOptions } from '../../src/program/milp.js';

const options: SolveOptions = { timeLimit: 20, gap: 0 };
const column = (cost: number, lower = 0, upper = Infinity, integer = true): Column => ({
  name: '',
  lower,
  upper,
  integer,
  cost,
});
const row = (values: readonly number[], lower: number, upper: number): LinearRow => {
  const indices = values.flatMap((v, i) => (v === 0 ? [] : [i]));
  return { name: '', indices, values: indices.map((i) => values[i]!), lower, upper };
};
const milp = (columns: readonly Column[], rows: readonly LinearRow[], offset = 0): Milp => ({ columns, rows, offset });
const valueOf = (m: Milp, x: ArrayLike<number>) => m.columns.reduce((n, c, i) => n + c.cost * x[i]!, m.offset);
const holds = (m: Milp, x: ArrayLike<number>, hair: number) =>
  m.columns.every(
    (c, i) =>
      x[i]! >= c.lower - hair && x[i]! <= c.upper + hair && (!c.integer || Math.abs(x[i]! - Math.round(x[i]!)) <= hair),
  ) &&
  m.rows.every((r) => {
    const activity = r.indices.reduce((n, i, k) => n + r.values[k]! * x[i]!, 0);
    return activity >= r.lower - hair && activity <= r.upper + hair;
  });

// max 5 x + 4 y, 6 x + 4 y <= 24, x + 2 y <= 6: the vertex (3, 3/2) is worth 21; the best whole point is (4, 0), worth 20.
const classic = milp([column(-5), column(-4)], [row([6, 4], -Infinity, 24), row([1, 2], -Infinity, 6)]);

/** Small programs whose every point can be looked at: four whole numbers of 0 .. 3 with mixed rows. */
const small = fc
  .record({
    costs: fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 4, maxLength: 4 }),
    rows: fc.array(
      fc.record({
        values: fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 4, maxLength: 4 }),
        lower: fc.constantFrom(-Infinity, -4, 0, 1),
        width: fc.constantFrom(0, 1, 5, Infinity),
      }),
      { minLength: 1, maxLength: 4 },
    ),
    offset: fc.integer({ min: -50, max: 50 }),
  })
  .map(({ costs, rows, offset }) =>
    milp(
      costs.map((c) => column(c, 0, 3)),
      rows.map((r) => row(r.values, r.lower, r.lower === -Infinity ? r.width : r.lower + r.width)),
      offset,
    ),
  );

function best(m: Milp): number {
  let min = Infinity;
  for (let code = 0; code < 4 ** m.columns.length; code++) {
    const x = m.columns.map((_, i) => Math.floor(code / 4 ** i) % 4);
    if (holds(m, x, 0)) min = Math.min(min, valueOf(m, x));
  }
  return min;
}

describe.each([highs, glpk])('$name', (backend) => {
  test('finds the optimum at a whole point that satisfies every row', async () => {
    const answer = await backend.solve(classic, options);
    if (answer.status !== 'optimal') throw new Error(answer.status);
    expect(answer.objective).toBeCloseTo(-20, 6);
    expect([...answer.point].map((v) => v.toFixed(6).replace('-0.0', '0.0'))).toEqual(['4.000000', '0.000000']);
    expect(holds(classic, answer.point, 1e-6)).toBe(true);
    expect(answer.bound).toBeLessThanOrEqual(-20 + 1e-6);
    expect(answer.bound).toBeGreaterThan(-20.01);
  });

  test('takes a time limit of any length', async () => {
    for (const timeLimit of [2 ** 31 / 1000, 1e12])
      expect(await backend.solve(classic, { timeLimit, gap: 0 })).toMatchObject({ status: 'optimal' });
  });

  test('drops integrality where asked', async () => {
    const answer = await backend.solve(classic, { ...options, relax: true });
    if (answer.status !== 'optimal') throw new Error(answer.status);
    expect(answer.objective).toBeCloseTo(-21, 6);
    expect(answer.bound).toBeCloseTo(-21, 6);
    expect([...answer.point].map((v) => v.toFixed(6))).toEqual(['3.000000', '1.500000']);
  });

  test('gives the duals of an optimal relaxation: what the objective grows by per unit of a row', async () => {
    const empty = row([0, 0], -1, 1);
    const m = { ...classic, rows: [empty, ...classic.rows] };
    const moved = { ...m, rows: m.rows.map((r, i) => (i === 1 ? { ...r, upper: r.upper + 0.5 } : r)) };
    const [at, beyond] = [
      await backend.solve(m, { ...options, relax: true }),
      await backend.solve(moved, { ...options, relax: true }),
    ];
    if (at.status !== 'optimal' || beyond.status !== 'optimal') throw new Error(at.status);
    expect(at.duals).toHaveLength(m.rows.length);
    expect(at.duals![0]).toBeCloseTo(0, 9);
    expect(at.duals![1]).toBeLessThan(0);
    expect(beyond.objective - at.objective).toBeCloseTo(0.5 * at.duals![1]!, 6);
    const whole = await backend.solve(m, options);
    expect(whole).not.toHaveProperty('duals');
  });

  test('leaves continuous columns continuous beside whole ones', async () => {
    // min x + y, x + y >= 2.5, x whole and at most 1: any split costs 2.5; y makes up the half.
    const answer = await backend.solve(
      milp([column(1, 0, 1), column(1.5, 0, Infinity, false)], [row([1, 1], 2.5, Infinity)]),
      options,
    );
    if (answer.status !== 'optimal') throw new Error(answer.status);
    // x = 1, y = 1.5: 1 + 2.25 = 3.25
    expect(answer.objective).toBeCloseTo(3.25, 6);
  });

  test('adds the offset to objective and bound', async () => {
    const answer = await backend.solve({ ...classic, offset: 100 }, options);
    if (answer.status !== 'optimal') throw new Error(answer.status);
    expect(answer.objective).toBeCloseTo(80, 6);
    expect(answer.bound).toBeCloseTo(80, 2);
    expect(answer.bound).toBeLessThanOrEqual(80 + 1e-6);
  });

  test('takes columns that stand in no row, negative ranges, and equalities', async () => {
    // x in -3 .. 3 with cost 2: -6. y free with y + z = 7/2 and z whole in 0 .. 3, cost of y 1: z = 3, y = 1/2.
    const m = milp(
      [column(2, -3, 3), column(1, -Infinity, Infinity, false), column(0, 0, 3)],
      [row([0, 1, 1], 3.5, 3.5)],
    );
    const answer = await backend.solve(m, options);
    if (answer.status !== 'optimal') throw new Error(answer.status);
    expect(answer.objective).toBeCloseTo(-5.5, 6);
    expect(answer.point).toHaveLength(3);
    expect(answer.point[0]).toBeCloseTo(-3, 6);
    expect(holds(m, answer.point, 1e-6)).toBe(true);
  });

  test('takes a program without rows or columns, and a row without columns that holds', async () => {
    expect(await backend.solve(milp([], [row([], -1, 1)], 7), options)).toMatchObject({
      status: 'optimal',
      objective: 7,
    });
    expect(await backend.solve(milp([], [row([], 1, 2)], 7), options)).toEqual({ status: 'infeasible' });
    const free = await backend.solve(milp([column(1, 2, 5)], []), options);
    expect(free).toMatchObject({ status: 'optimal', objective: 2 });
    const idle = await backend.solve(milp([column(1, 2, 5)], [row([0], -1, 1)]), options);
    expect(idle).toMatchObject({ status: 'optimal', objective: 2 });
  });

  describe('says infeasible as a value', () => {
    test.each([
      ['bounds of a row that cross', milp([column(1, 0, 9)], [row([1], 5, 4)])],
      ['bounds of a column that cross', milp([column(1, 3, 2)], [row([1], 0, 9)])],
      [
        'rows against each other',
        milp([column(1, 0, 9), column(1, 0, 9)], [row([1, 1], 7, Infinity), row([1, 1], -Infinity, 6)]),
      ],
      ['no whole point between fractions', milp([column(1, 0, 9)], [row([3], 4, 5)])],
      ['parity', milp([column(1, 0, 9), column(0, 0, 9)], [row([2, 4], 7, 7)])],
      ['a row without columns that cannot hold', milp([column(1, 0, 9)], [row([0], 1, 2)])],
    ])('%s', async (_, m) => {
      expect(await backend.solve(m, options)).toEqual({ status: 'infeasible' });
    });

    test('also without integrality', async () => {
      expect(
        await backend.solve(milp([column(1, 0, 9, false)], [row([1], 10, 12)]), { ...options, relax: true }),
      ).toEqual({ status: 'infeasible' });
      expect(
        await backend.solve(
          milp([column(1, 0, 9), column(1, 0, 9)], [row([1, 1], 7, Infinity), row([1, 1], -Infinity, 6)]),
          { ...options, relax: true },
        ),
      ).toEqual({ status: 'infeasible' });
    });
  });

  test('claims no bound and no optimum where the objective has none', async () => {
    for (const integer of [true, false]) {
      const answer = await backend.solve(
        milp([column(-1, 0, Infinity, integer), column(0, 0, 1)], [row([1, 1], 1, Infinity)]),
        options,
      );
      expect(answer.status).not.toBe('optimal');
      expect(answer.status).not.toBe('infeasible');
      if (answer.status !== 'infeasible') expect(answer.bound).toBe(-Infinity);
    }
  });

  test('takes a start, good or bad, and the answer is the same', async () => {
    for (const start of [
      [4, 0],
      [0, 3],
      [0, 0],
      [9, 9],
    ]) {
      const answer = await backend.solve(classic, { ...options, start: Float64Array.from(start) });
      if (answer.status !== 'optimal') throw new Error(answer.status);
      expect(answer.objective).toBeCloseTo(-20, 6);
      expect(answer.bound).toBeLessThanOrEqual(-20 + 1e-6);
    }
  });

  test('gives the same answer twice', async () => {
    expect(await backend.solve(classic, options)).toEqual(await backend.solve(classic, options));
  });

  test('a gap widens the answer, never the bound beyond the truth', async () => {
    const answer = await backend.solve(knapsack(18), { ...options, gap: 0.05 });
    const exact = await backend.solve(knapsack(18), options);
    if (answer.status === 'infeasible' || answer.status === 'unknown' || exact.status !== 'optimal')
      throw new Error(answer.status);
    expect(answer.objective).toBeGreaterThanOrEqual(exact.objective - 1e-6);
    expect(answer.bound).toBeLessThanOrEqual(exact.objective + 1e-6 * Math.abs(exact.objective));
    // GLPK calls a search that it ended at the gap `feasible`, and brings the bound of the relaxation.
    if (answer.status === 'optimal')
      expect(answer.objective - answer.bound).toBeLessThanOrEqual(0.05 * Math.abs(answer.objective) + 1e-6);
    else expect(backend.name).toBe('glpk');
  });

  test('out of time it says so, and its bound is below what can be had', { timeout: 60_000 }, async () => {
    const hard = marketSplit(5, 40);
    const answer = await backend.solve(hard, { timeLimit: 1, gap: 0 });
    // The slacks of a point that is easy to have: nothing chosen.
    const easy = hard.rows.reduce((n, r) => n + r.lower, 0);
    if (answer.status === 'infeasible') throw new Error('it is feasible');
    expect(answer.bound).toBeLessThanOrEqual(easy);
    if (answer.status === 'unknown') expect(stopText(answer.reason)).not.toBe('');
    else {
      expect(holds(hard, answer.point, 1e-5)).toBe(true);
      expect(answer.bound).toBeLessThanOrEqual(answer.objective + 1e-6);
      expect(answer.objective).toBeCloseTo(valueOf(hard, answer.point), 4);
    }
  });

  test('agrees with looking at every point', { timeout: 60_000 }, async () => {
    for (const m of fc.sample(small, { seed: 20191104, numRuns: 150 })) {
      const want = best(m);
      const answer = await backend.solve(m, options);
      const about = JSON.stringify(m);
      if (want === Infinity) {
        expect(answer, about).toEqual({ status: 'infeasible' });
        continue;
      }
      if (answer.status !== 'optimal') throw new Error(`${answer.status}: ${about}`);
      expect(answer.objective, about).toBeCloseTo(want, 5);
      expect(answer.bound, about).toBeLessThanOrEqual(want + 1e-6);
      expect(holds(m, answer.point, 1e-5), about).toBe(true);
      const relaxed = await backend.solve(m, { ...options, relax: true });
      if (relaxed.status !== 'optimal') throw new Error(`${relaxed.status}: ${about}`);
      expect(relaxed.bound, about).toBeLessThanOrEqual(want + 1e-6);
    }
  });
});

/** One row, many near-equal ratios. */
function knapsack(n: number): Milp {
  const weights = Array.from({ length: n }, (_, i) => 31 + ((i * 17) % 23));
  return milp(
    weights.map((w, i) => column(-(w + ((i * 7) % 5)), 0, 1)),
    [row(weights, -Infinity, Math.floor(weights.reduce((a, b) => a + b, 0) / 2))],
  );
}

/** Market split (Cornuejols & Dawande 1998): few equalities over many binaries, out of reach of branch and bound. */
function marketSplit(rows: number, columns: number): Milp {
  let state = 12345;
  const next = () => (state = (state * 1103515245 + 12345) % 2 ** 31) % 100;
  const a = Array.from({ length: rows }, () => Array.from({ length: columns }, next));
  const slacks = Array.from({ length: rows }, (_, i) => [i, i] as const);
  return milp(
    [
      ...Array.from({ length: columns }, () => column(0, 0, 1)),
      ...slacks.flatMap(() => [column(1, 0, Infinity, false), column(1, 0, Infinity, false)]),
    ],
    a.map((r, i) => {
      const half = Math.floor(r.reduce((x, y) => x + y, 0) / 2);
      return row([...r, ...slacks.flatMap((_, k) => (k === i ? [1, -1] : [0, 0]))], half, half);
    }),
  );
}
