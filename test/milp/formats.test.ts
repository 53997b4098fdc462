// LP and MPS files say what the program says: read by HiGHS, and number by number by a reader of our own.

import fc from 'fast-check';
import type { Highs } from 'highs';
import loadHighs from 'highs';
import { describe, expect, test } from 'vitest';
import { highs } from '../../src/milp/highs.js';
import { printLp } from '../../src/milp/lp-format.js';
import { printMps } from '../../src/milp/mps-format.js';
import { safeName } from '../../src/milp/portable.js';
import type { Column, LinearRow, Milp } from '../../src/program/milp.js';
import { readMps } from '../support/mps.js';

const column = (name: string, cost: number, lower: number, upper: number, integer: boolean): Column => ({
  name,
  cost,
  lower,
  upper,
  integer,
});
const row = (name: string, entries: Readonly<Record<number, number>>, lower: number, upper: number): LinearRow => ({
  name,
  indices: Object.keys(entries).map(Number),
  values: Object.values(entries),
  lower,
  upper,
});

/** Every kind of bound, row and awkward name. */
const awkward: Milp = {
  offset: 10,
  columns: [
    column('e9', 3, 0, 10, true),
    column('Global Buffer.t', 2, -Infinity, Infinity, false),
    column('free', -1, -Infinity, 4.5, false),
    column('twice', 0, 0, 1, true),
    column('lonely', 0, 2, Infinity, true),
    column('twice', -1e-7, 0, 1, true),
    column('n', 1, -5, -2, true),
  ],
  rows: [
    row('nothing', {}, -1, 5),
    row('range', { 0: 1, 1: 1 }, 2.5, 7),
    row('same', { 1: 1, 3: -4 }, -3, -3),
    row('range', { 0: 1, 3: 1 }, 0.5, Infinity),
    row('void', { 0: 1 }, -Infinity, Infinity),
  ],
};

let solver: Promise<Highs> | undefined;
async function solve(
  format: 'lp' | 'mps',
  data: string,
): Promise<{ readonly status: string; readonly objective: number }> {
  solver ??= (loadHighs as unknown as () => Promise<Highs>)();
  const instance = await solver;
  const model = instance.createModel({ format, data });
  try {
    model.options.set({ output_flag: false, mip_rel_gap: 0, mip_abs_gap: 0 });
    model.run();
    const { modelStatus } = instance.constants;
    const status = model.getModelStatus();
    return {
      status:
        status === modelStatus.optimal ? 'optimal' : status === modelStatus.infeasible ? 'infeasible' : String(status),
      objective: model.getObjectiveValue(),
    };
  } finally {
    model.dispose();
  }
}

describe('text', () => {
  test('of an awkward program in LP format', () => {
    expect(printLp(awkward, ['what it is', '', 'in lines'])).toMatchInlineSnapshot(`
      "\\ what it is
      \\
      \\ in lines
      Minimize
       objective: + 3 _e9 + 2 Global_Buffer.t - 1 _free + 0 lonely - 1e-7 twice_2 + 1 n + 10 offset
      Subject To
       nothing.least: + 0 offset >= -1
       nothing.most: + 0 offset <= 5
       range.least: + 1 _e9 + 1 Global_Buffer.t >= 2.5
       range.most: + 1 _e9 + 1 Global_Buffer.t <= 7
       same: + 1 Global_Buffer.t - 4 twice = -3
       range: + 1 _e9 + 1 twice >= 0.5
      Bounds
       0 <= _e9 <= 10
       Global_Buffer.t free
       -inf <= _free <= 4.5
       lonely >= 2
       -5 <= n <= -2
       offset = 1
      Generals
       _e9 lonely n
      Binaries
       twice twice_2
      End
      "
    `);
  });

  test('of the same in MPS format', () => {
    expect(printMps(awkward, ['what it is'])).toMatchInlineSnapshot(`
      "* what it is
      NAME magnet FREE
      ROWS
       N objective
       G nothing.least
       L nothing.most
       G range.least
       L range.most
       E same
       G range
      COLUMNS
          MARKER1 'MARKER' 'INTORG'
          _e9 objective 3
          _e9 range.least 1
          _e9 range.most 1
          _e9 range 1
          MARKER2 'MARKER' 'INTEND'
          Global_Buffer.t objective 2
          Global_Buffer.t range.least 1
          Global_Buffer.t range.most 1
          Global_Buffer.t same 1
          _free objective -1
          MARKER3 'MARKER' 'INTORG'
          twice same -4
          twice range 1
          lonely objective 0
          twice_2 objective -1e-7
          n objective 1
          MARKER4 'MARKER' 'INTEND'
          offset objective 10
          offset nothing.least 0
          offset nothing.most 0
      RHS
          rhs nothing.least -1
          rhs nothing.most 5
          rhs range.least 2.5
          rhs range.most 7
          rhs same -3
          rhs range 0.5
      BOUNDS
       LO bound _e9 0
       UP bound _e9 10
       FR bound Global_Buffer.t
       MI bound _free
       UP bound _free 4.5
       LO bound twice 0
       UP bound twice 1
       LO bound lonely 2
       PL bound lonely
       LO bound twice_2 0
       UP bound twice_2 1
       LO bound n -5
       UP bound n -2
       FX bound offset 1
      ENDATA
      "
    `);
  });

  test('lines are short and plain, whatever stands in them', () => {
    const wide: Milp = {
      offset: 0,
      columns: Array.from({ length: 90 }, (_, i) => column(`column${i} of ${'long '.repeat(30)}`, i, 0, 3, true)),
      rows: [row('all', Object.fromEntries(Array.from({ length: 90 }, (_, i) => [i, -i / 7])), 0, 1)],
    };
    for (const text of [
      printLp(wide, ['x'.repeat(700), `caf\u00e9\n${'word '.repeat(100)}`]),
      printMps(wide, ['x'.repeat(700)]),
    ]) {
      expect(Math.max(...text.split('\n').map((l) => l.length))).toBeLessThan(255);
      expect(text).toMatch(/^[\x20-\x7e\n]*$/);
    }
  });

  test('names are no numbers, words of the format or operators', () => {
    expect(['K.GlobalBuffer.t.2', 'empty.DRAM.t', 'E1', '2x', '.5', 'a+b', 'end', 'Free', 'x y'].map(safeName)).toEqual(
      ['K.GlobalBuffer.t.2', '_empty.DRAM.t', '_E1', '_2x', '_.5', 'a_b', '_end', '_Free', 'x_y'],
    );
  });
});

describe('reading', () => {
  test('HiGHS finds the optimum in either format, offset included', async () => {
    // y = 4 b - 3; with b = 1 the least whole e is 2: 6 + 2 - 4.5 - 1e-7 - 5 + 10.
    for (const text of [await solve('lp', printLp(awkward, ['c'])), await solve('mps', printMps(awkward, ['c']))]) {
      expect(text.status).toBe('optimal');
      expect(text.objective).toBeCloseTo(8.4999999, 9);
    }
  });

  test('programs without columns, rows or an objective', async () => {
    const empty: Milp = { offset: 3, columns: [], rows: [] };
    const broken: Milp = { offset: 3, columns: [], rows: [row('never', {}, 1, Infinity)] };
    const free: Milp = { offset: 0, columns: [column('x', 0, 0, 1, true)], rows: [row('r', { 0: 1 }, 0.5, Infinity)] };
    for (const [milp, status, objective] of [
      [empty, 'optimal', 3],
      [broken, 'infeasible', undefined],
      [free, 'optimal', 0],
    ] as const) {
      for (const answer of [await solve('lp', printLp(milp, [])), await solve('mps', printMps(milp, []))]) {
        expect(answer.status).toBe(status);
        if (objective !== undefined) expect(answer.objective).toBeCloseTo(objective, 12);
      }
    }
  });

  const number = fc.double({ min: -1e6, max: 1e6, noNaN: true }).filter((x) => x === 0 || Math.abs(x) > 1e-6);
  test('every number reads back as it is', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            cost: number,
            lower: number,
            width: fc.oneof(number, fc.constant(Infinity)),
            integer: fc.boolean(),
            value: number,
          }),
          { minLength: 1, maxLength: 8 },
        ),
        number,
        (parts, right) => {
          const columns = parts.map((p, i) => column(`c${i}`, p.cost, p.lower, p.lower + Math.abs(p.width), p.integer));
          const read = readMps(
            printMps(
              {
                offset: right,
                columns,
                rows: [row('r', Object.fromEntries(parts.map((p, i) => [i, p.value])), right, Infinity)],
              },
              ['a', 'b'],
            ),
          );
          expect(read.rows.get('r')).toEqual({ type: 'G', right: right === 0 ? 0 : right });
          for (const [i, c] of columns.entries()) {
            const own = read.columns.get(`c${i}`)!;
            expect([own.lower + 0, own.upper + 0, own.integer]).toEqual([c.lower + 0, c.upper + 0, c.integer]);
            expect((own.entries.get('objective') ?? 0) + 0).toBe(c.cost + 0);
            if (parts.some((p) => p.value !== 0)) expect((own.entries.get('r') ?? 0) + 0).toBe(parts[i]!.value + 0);
          }
          expect(read.columns.get('offset')).toMatchObject({ lower: 1, upper: 1 });
        },
      ),
      { seed: 5, numRuns: 200 },
    );
  });

  const whole = fc.integer({ min: -9, max: 9 });
  const small = fc
    .record({
      columns: fc.array(
        fc.record({
          cost: whole,
          lower: fc.integer({ min: -4, max: 2 }),
          width: fc.integer({ min: 0, max: 4 }),
          integer: fc.boolean(),
        }),
        { minLength: 3, maxLength: 5 },
      ),
      rows: fc.array(
        fc.record({
          values: fc.array(fc.integer({ min: -4, max: 4 }), { minLength: 3, maxLength: 3 }),
          lower: fc.constantFrom(-Infinity, -6, 0, 2),
          width: fc.constantFrom(0, 3, Infinity),
        }),
        { maxLength: 4 },
      ),
      offset: whole,
    })
    .map(({ columns, rows, offset }): Milp => ({
      offset,
      columns: columns.map((c, i) => column(`x${i}`, c.cost, c.lower, c.lower + c.width, c.integer)),
      rows: rows.map((r, i) =>
        row(
          `r${i}`,
          Object.fromEntries(r.values.flatMap((v, k) => (v === 0 ? [] : [[k, v]]))),
          r.lower,
          r.lower === -Infinity ? r.width : r.lower + r.width,
        ),
      ),
    }));
  test('a file has the optimum that the program has', async () => {
    for (const milp of fc.sample(small, { seed: 11, numRuns: 40 })) {
      const direct = await highs.solve(milp, { timeLimit: 10, gap: 0 });
      for (const answer of [await solve('lp', printLp(milp, [])), await solve('mps', printMps(milp, []))]) {
        expect(answer.status).toBe(direct.status);
        if (direct.status === 'optimal') expect(answer.objective).toBeCloseTo(direct.objective, 6);
      }
    }
  });
});
