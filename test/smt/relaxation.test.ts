// Rows in exact arithmetic: every true point stays, what is not true by a count of one goes, tangents lie below curves.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encode } from '../../src/milp/encode/encode.js';
import { padTo } from '../../src/milp/encode/padding.js';
import { beyondAny, minCycles } from '../../src/milp/first-principles.js';
import { highs } from '../../src/milp/highs.js';
import { Relaxation } from '../../src/milp/relaxation.js';
import { combine, variable, zero } from '../../src/program/linear.js';
import { ProgramBuilder, convex } from '../../src/program/program.js';
import { ExactRelaxation, ofUnits, unitBits } from '../../src/smt/exact-rows.js';
import { smallTask, smallTemplateTask } from '../support/small.js';

const none = convex(zero, []);
/** Whether whole numbers meet every row, exactly. */
function meets({ rows }: ExactRelaxation, x: readonly number[]): boolean {
  return rows.every((r) => {
    const value = r.indices.reduce((n, j, k) => n + r.values[k]! * BigInt(x[j]!), 0n);
    return (r.lower === undefined || value >= r.lower) && (r.upper === undefined || value <= r.upper);
  });
}

const primes = [2, 3, 5, 7, 11];
const exponents = fc.tuple(...primes.map(() => fc.nat(4)));
const productOf = (n: readonly number[]) => primes.reduce((p, q, i) => p * q ** n[i]!, 1);
const logOfProduct = () =>
  combine(primes.map((p, i): [number, ReturnType<typeof variable>] => [Math.log(p), variable(i)]));

describe('rows', () => {
  test('that hold with equality in the reals hold', () => {
    fc.assert(
      fc.property(exponents, (n) => {
        const b = new ProgramBuilder();
        primes.forEach((p) => b.variable(`of ${p}`, 0, 4, true));
        b.equal('product', logOfProduct(), Math.log(productOf(n)));
        b.atMost('less', combine([[0.1 + 0.2, logOfProduct()]]), 0.3 * Math.log(productOf(n)));
        expect(meets(new ExactRelaxation(b.build(none), { scale: 1, max: Infinity }), n)).toBe(true);
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  test('tell a count from one more', () => {
    fc.assert(
      fc.property(
        exponents.filter((n) => productOf(n) > 1 && productOf(n) < 1e7),
        (n) => {
          const within = (count: number) => {
            const b = new ProgramBuilder();
            primes.forEach((p) => b.variable(`of ${p}`, 0, 4, true));
            b.atMost('fits', logOfProduct(), Math.log(count + 0.5));
            return meets(new ExactRelaxation(b.build(none), { scale: 1, max: Infinity }), n);
          };
          expect(within(productOf(n))).toBe(true);
          expect(within(productOf(n) - 1)).toBe(false);
        },
      ),
      { seed: 2, numRuns: 300 },
    );
  });

  test('of whole numbers are as they are', () => {
    const b = new ProgramBuilder();
    const [x, y] = [b.variable('x', 0, 9, true), b.variable('y', 0, 9, true)];
    b.equal(
      'sum',
      combine([
        [3, x],
        [-2, y],
      ]),
      4,
    );
    const { rows } = new ExactRelaxation(b.build(none), { scale: 1, max: Infinity });
    expect(rows).toMatchObject([{ name: 'sum', values: [3n << 40n, -2n << 40n], lower: 4n << 40n, upper: 4n << 40n }]);
  });
});

test('tangents lie below the curve whatever their slope, and are void where a term is off', () => {
  const b = new ProgramBuilder();
  const [w, off] = [b.variable('w', -8, 3, false), b.binary('off')];
  const program = b.build(convex(zero, [{ coefficient: 2, exponent: w, unless: { off, max: 3 } }]));
  const relaxation = new ExactRelaxation(program, { scale: 2, max: Infinity });
  fc.assert(
    fc.property(
      fc.double({ min: 1e-4, max: 40, noNaN: true }),
      fc.double({ min: -8, max: 3, noNaN: true }),
      (slope, at) => {
        relaxation.addTangent(0, Math.round(slope * 2 ** unitBits) / 2 ** unitBits);
        for (const isOff of [0, 1]) {
          const x = relaxation.lift([at, isOff]);
          for (const r of relaxation.rows.filter(({ name }) => name.startsWith('tangent'))) {
            expect(r.indices.reduce((n, j, k) => n + ofUnits(r.values[k]!) * x[j]!, 0)).toBeGreaterThanOrEqual(
              ofUnits(r.lower!) - 1e-12,
            );
          }
        }
      },
    ),
    { seed: 3, numRuns: 100 },
  );
  expect(relaxation.tangents.length).toBeGreaterThan(50);
});

test(
  'points that a MILP solver finds are points of the exact rows, within what it takes for whole',
  { timeout: 120_000 },
  async () => {
    const tasks = [
      ...fc.sample(smallTask, { seed: 4, numRuns: 12 }),
      ...fc.sample(smallTemplateTask, { seed: 4, numRuns: 8 }),
    ];
    let points = 0;
    for (const task of tasks) {
      const a = task.architectures[0]!;
      const { program } = encode(a, task.layer, {
        conventions: task.conventions,
        goal: task.goal,
        padding: padTo(task.padding),
        cycles: { min: minCycles(task, a), max: beyondAny(task, a) },
      });
      const milp = new Relaxation(program, 1e4);
      const answer = await highs.solve(milp.build(), { timeLimit: 20, gap: 1e-2, start: undefined });
      if (answer.status !== 'optimal' && answer.status !== 'feasible') continue;
      points++;
      const exact = new ExactRelaxation(program, { scale: 1e4, max: Infinity });
      const x = exact.lift(
        program.variables.map((v, i) => (v.integer ? Math.round(answer.point[i]!) : answer.point[i]!)),
      );
      for (const r of exact.rows) {
        // Terms of sums that the solver saw through tangents only may be above what it took them for.
        if (program.convexRows.some((c) => c.name === r.name)) continue;
        const value = r.indices.reduce((n, j, k) => n + ofUnits(r.values[k]!) * x[j]!, 0);
        const size = r.indices.reduce((n, j, k) => n + Math.abs(ofUnits(r.values[k]!) * x[j]!), 1);
        if (r.lower !== undefined) expect(value, r.name).toBeGreaterThanOrEqual(ofUnits(r.lower) - 1e-6 * size);
        if (r.upper !== undefined) expect(value, r.name).toBeLessThanOrEqual(ofUnits(r.upper) + 1e-6 * size);
      }
      for (const [i, c] of exact.columns.entries()) {
        if (c.name.startsWith('t')) continue;
        expect(x[i], c.name).toBeGreaterThanOrEqual(c.lower - 1e-6);
        expect(x[i], c.name).toBeLessThanOrEqual(c.upper + 1e-6);
      }
    }
    expect(points).toBeGreaterThan(10);
  },
);
