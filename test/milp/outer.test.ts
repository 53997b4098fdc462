// Outer approximation on programs small enough for a pencil: it closes on the optimum, and its bound is never above it.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { glpk } from '../../src/milp/glpk.js';
import { highs } from '../../src/milp/highs.js';
import { outerApproximate } from '../../src/milp/outer.js';
import type { Linear } from '../../src/program/linear.js';
import { add, combine, constant, scale, valueOf, zero } from '../../src/program/linear.js';
import type { Backend } from '../../src/program/milp.js';
import type { Convex, Exponential, Program } from '../../src/program/program.js';
import { ProgramBuilder, convex } from '../../src/program/program.js';

const ln2 = Math.log(2);
/** coefficient x 2^power. */
const power = (coefficient: number, exponent: Linear, unless?: Exponential['unless']): Exponential => ({
  coefficient,
  exponent: scale(ln2, exponent),
  unless,
});

const valueAt = ({ linear, exponentials }: Convex, x: ArrayLike<number>) =>
  exponentials.reduce(
    (n, e) => n + (e.unless && valueOf(e.unless.off, x) > 0.5 ? 0 : e.coefficient * Math.exp(valueOf(e.exponent, x))),
    valueOf(linear, x),
  );

interface Asked {
  readonly gap?: number;
  readonly judge?: (x: Float64Array) => number;
  readonly known?: number;
  readonly whole?: boolean;
  readonly seconds?: number;
}

/** Every integer variable is a decision; a point is worth what the program says at its rounded integers. */
function solve(
  program: Program,
  backend: Backend,
  { gap = 1e-4, judge, known = Infinity, whole = false, seconds = 20 }: Asked = {},
) {
  const decisions = program.variables.flatMap((v, i) => (v.integer ? [i] : []));
  const rounded = (x: Float64Array) => x.map((v, i) => (program.variables[i]?.integer ? Math.round(v) : v));
  const start = performance.now();
  const options = {
    gap,
    known,
    whole,
    decisions,
    relaxes: undefined,
    scale: 10,
    rounds: Infinity,
    start: undefined,
    attained: false,
    now: () => performance.now(),
    deadline: start + seconds * 1000,
    judge: (x: Float64Array) => (judge ?? ((y) => valueAt(program.minimize, y)))(rounded(x)),
  };
  return outerApproximate(program, backend, options);
}

/** 2^n + 40 / 2^n over n = 0 .. 6: 41, 22, 14, 13, 18.5, 33.25, 64.6; the optimum is 13 at n = 3. */
function valley() {
  const b = new ProgramBuilder();
  const n = b.variable('n', 0, 6, true);
  return b.build(convex(zero, [power(1, n), power(40, scale(-1, n))]));
}

describe.each([highs, glpk])('outer approximation on $name', (backend) => {
  test('closes on the optimum of whole variables', async () => {
    const found = await solve(valley(), backend);
    expect(found.status).toBe('closed');
    expect(found.best).toBeCloseTo(13, 9);
    expect(found.bound).toBeLessThanOrEqual(13);
    expect(found.bound).toBeGreaterThan(13 * (1 - 1e-4));
  });

  test('closes on the optimum of a continuous variable', async () => {
    // e^x + 4 e^-x is least where e^x = 2: 2 + 2.
    const b = new ProgramBuilder();
    const x = b.variable('x', -3, 3, false);
    const e = (coefficient: number, exponent: Linear): Exponential => ({ coefficient, exponent, unless: undefined });
    const found = await solve(b.build(convex(zero, [e(1, x), e(4, scale(-1, x))])), backend, {});
    expect(found.status).toBe('closed');
    expect(found.best).toBeCloseTo(4, 3);
    expect(found.bound).toBeLessThanOrEqual(4);
  });

  test('keeps convex rows', async () => {
    // Largest 2^i 2^j with 2^i + 2^j <= 12: 8 x 4 = 32, so 3200 / 32 = 100.
    const b = new ProgramBuilder();
    const [i, j] = [b.variable('i', 0, 5, true), b.variable('j', 0, 5, true)];
    b.convexAtMost('room', [power(1, i), power(1, j)], 12.5);
    const found = await solve(b.build(convex(zero, [power(3200, scale(-1, add(i, j)))])), backend, {
      judge: (x) => (2 ** x[0]! + 2 ** x[1]! <= 12 ? 3200 / 2 ** (x[0]! + x[1]!) : Infinity),
    });
    expect(found.status).toBe('closed');
    expect(found.best).toBeCloseTo(100, 9);
    expect(found.bound).toBeLessThanOrEqual(100);
  });

  test.each([
    // Switching off costs 7, less than 50 x 2 at n = 1.
    [7, 7],
    // It costs 200, more than 100.
    [200, 100],
  ])('a term is zero while its switch is off, at a price of %i', async (price, want) => {
    const b = new ProgramBuilder();
    const n = b.variable('n', 1, 3, true);
    const off = b.binary('off');
    const found = await solve(b.build(convex(scale(price, off), [power(50, n, { off, max: 3 * ln2 })])), backend);
    expect(found.status).toBe('closed');
    expect(found.best).toBeCloseTo(want, 6);
    expect(found.bound).toBeLessThanOrEqual(want);
    expect(found.bound).toBeGreaterThan(want * (1 - 1e-4));
  });

  test('a switch is no way round a term that another one needs', async () => {
    // Off is dear (30) and n is pushed up by 64 / 2^n: 30 + 8 = 38 at n = 3, or 2^n + 64 / 2^n = 16 at n = 3.
    const b = new ProgramBuilder();
    const n = b.variable('n', 0, 3, true);
    const off = b.binary('off');
    const found = await solve(
      b.build(convex(scale(30, off), [power(1, n, { off, max: 3 * ln2 }), power(64, scale(-1, n))])),
      backend,
    );
    expect(found.best).toBeCloseTo(16, 6);
    expect(found.bound).toBeLessThanOrEqual(16);
  });

  test('goes on past points that are not allowed', async () => {
    const asked: number[] = [];
    const found = await solve(valley(), backend, {
      judge(x) {
        asked.push(x[0]!);
        return x[0] === 3 ? Infinity : valueAt(valley().minimize, x);
      },
    });
    // n = 3 is refused; 14 at n = 2 is next.
    expect(found.status).toBe('closed');
    expect(found.best).toBeCloseTo(14, 9);
    expect(found.bound).toBeLessThanOrEqual(14);
    expect(asked).toContain(3);
  });

  test('goes on past points that are worth less than the program has them', async () => {
    // A ceiling lifts n = 3 from 13 to 20, n = 2 from 14 to 15, n = 4 from 18.5 to 19.
    const lifted: Readonly<Record<number, number>> = { 2: 15, 3: 20, 4: 19 };
    const found = await solve(valley(), backend, { judge: (x) => lifted[x[0]!] ?? valueAt(valley().minimize, x) });
    expect(found.status).toBe('closed');
    expect(found.best).toBe(15);
    expect(found.bound).toBeLessThanOrEqual(15);
  });

  test('says infeasible where no point is left, and only then', async () => {
    const b = new ProgramBuilder();
    const n = b.variable('n', 0, 6, true);
    b.row('between', scale(3, n), 4, 5);
    expect((await solve(b.build(convex(zero, [power(1, n)])), backend)).status).toBe('infeasible');

    const judged = new Set<number>();
    const refused = await solve(valley(), backend, {
      judge(x) {
        judged.add(x[0]!);
        return Infinity;
      },
    });
    expect(refused.status).toBe('infeasible');
    expect([...judged].sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  test('a known value that nothing beats stands', async () => {
    const found = await solve(valley(), backend, { known: 12 });
    expect(found.status).toBe('closed');
    expect(found.best).toBe(12);
    expect(found.bound).toBe(12);
  });

  test('a solver that proves nothing in its time leaves nothing proven, of whole objectives too', async () => {
    const idle: Backend = {
      name: 'highs',
      solve: () => Promise.resolve({ status: 'unknown', bound: -Infinity, reason: { kind: 'time-limit' } }),
    };
    for (const whole of [false, true])
      expect(await solve(valley(), idle, { whole, known: 41 })).toMatchObject({
        status: 'stopped',
        best: 41,
        bound: -Infinity,
      });
  });

  test('whole objectives have whole bounds', async () => {
    // 3.1 x 2^n, n >= 2, is 12.4; in whole cycles 13.
    const b = new ProgramBuilder();
    const n = b.variable('n', 2, 6, true);
    const program = b.build(convex(zero, [power(3.1, n)]));
    const judge = (x: Float64Array) => Math.ceil(3.1 * 2 ** x[0]!);
    const whole = await solve(program, backend, { judge, whole: true, gap: 0 });
    expect(whole).toMatchObject({ status: 'closed', best: 13, bound: 13 });
    // A value that is whole already is not lifted by rounding errors.
    const exact = await solve(program, backend, { judge: (x) => 3.1 * 2 ** x[0]!, whole: true, gap: 0.2 });
    expect(exact.bound).toBeLessThanOrEqual(13);
  });

  test('a wide gap stops early and says how far', async () => {
    const found = await solve(valley(), backend, { gap: 0.5 });
    expect(found.status).toBe('closed');
    expect(found.bound).toBeLessThanOrEqual(13);
    expect(found.best).toBeGreaterThanOrEqual(13 - 1e-9);
    expect((found.best - found.bound) / found.best).toBeLessThanOrEqual(0.5);
  });

  test('without time it has nothing, or what was known', async () => {
    expect(await solve(valley(), backend, { seconds: 0 })).toMatchObject({
      status: 'stopped',
      bound: -Infinity,
      best: Infinity,
      rounds: 0,
      reason: { kind: 'time-limit' },
    });
    expect(await solve(valley(), backend, { seconds: 0, known: 14 })).toMatchObject({
      status: 'stopped',
      bound: -Infinity,
      best: 14,
    });
  });

  test('agrees with looking at every point', { timeout: 60_000 }, async () => {
    const side = fc.tuple(
      fc.integer({ min: -2, max: 2 }),
      fc.integer({ min: -2, max: 2 }),
      fc.constantFrom(0.5, 1, 3, 20, 300),
    );
    for (const terms of fc.sample(fc.array(side, { minLength: 2, maxLength: 5 }), { seed: 7, numRuns: 25 })) {
      const b = new ProgramBuilder();
      const [i, j] = [b.variable('i', 0, 3, true), b.variable('j', 0, 3, true)];
      b.row(
        'spread',
        combine([
          [1, i],
          [-1, j],
        ]),
        -2,
        2,
      );
      const program = b.build(
        convex(
          zero,
          terms.map(([p, q, c]) => power(c, add(scale(p, i), scale(q, j)))),
        ),
      );
      let min = Infinity;
      for (let x = 0; x <= 3; x++)
        for (let y = 0; y <= 3; y++) if (Math.abs(x - y) <= 2) min = Math.min(min, valueAt(program.minimize, [x, y]));
      const found = await solve(program, backend, {});
      const about = JSON.stringify(terms);
      expect(found.best, about).toBeLessThanOrEqual(min * (1 + 1e-4));
      expect(found.best, about).toBeGreaterThanOrEqual(min * (1 - 1e-9));
      expect(found.bound, about).toBeLessThanOrEqual(min * (1 + 1e-9));
      expect(found.status, about).toBe('closed');
    }
  });
});

describe('outer approximation on a solver that gives up', () => {
  const unsure = (bound: number, point?: readonly number[]): Backend => ({
    name: 'highs',
    solve: (milp) =>
      Promise.resolve(
        point === undefined
          ? { status: 'unknown', bound, reason: { kind: 'failed', message: 'tired' } }
          : {
              status: 'feasible',
              point: Float64Array.from(milp.columns, (_, i) => point[i] ?? 0),
              objective: 0,
              bound,
              nodes: 3,
            },
      ),
  });

  test('hands on its bound, lowered, and its reason', async () => {
    // In units of the scale, 10: the bound is 12 less a share of it.
    const found = await solve(valley(), unsure(1.2));
    expect(found).toMatchObject({ status: 'stopped', reason: { kind: 'failed', message: 'tired' }, best: Infinity });
    expect(found.bound).toBeLessThan(12);
    expect(found.bound).toBeGreaterThan(11.999);
  });

  test('keeps the point and does not call it proven', async () => {
    // The clock stands still, so that only the solver's coming back to one point ends it.
    const found = await solve(valley(), unsure(-Infinity, [3]));
    expect(found.status).toBe('stopped');
    expect(found.best).toBeCloseTo(13, 9);
    expect(found.bound).toBe(-Infinity);
  });

  test('a constant program needs no tangents', async () => {
    const b = new ProgramBuilder();
    b.variable('n', 0, 1, true);
    expect(await solve(b.build(convex(constant(5), [])), highs)).toMatchObject({ status: 'closed', best: 5 });
  });
});
