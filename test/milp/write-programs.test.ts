// The last program of outer approximation, and the comments that it is written with.

import { describe, expect, test } from 'vitest';
import { highs } from '../../src/milp/highs.js';
import type { LastProgram } from '../../src/milp/outer.js';
import { outerApproximate } from '../../src/milp/outer.js';
import { writePrograms } from '../../src/milp/write-programs.js';
import { magnetConventions } from '../../src/model/cost/conventions.js';
import { makeLayer } from '../../src/model/workload/layer.js';
import { array3 } from '../../src/model/machine/presets.js';
import { scale, zero } from '../../src/program/linear.js';
import { ProgramBuilder, convex } from '../../src/program/program.js';
import type { Answer, Task } from '../../src/search/strategy.js';

const task: Task = {
  architectures: [array3],
  layer: makeLayer('toy', { K: 8 }),
  conventions: magnetConventions,
  goal: { objective: 'latency', limits: { energy: 70 } },
  padding: false,
};
const answer: Answer = {
  status: 'feasible',
  best: undefined,
  bound: 1,
  solver: 'highs',
  evaluations: 0,
  nodes: 0,
  rounds: 0,
  columns: 0,
  rows: 0,
  reason: undefined,
};

/** 2^x for x of 0 .. 3, judged by `judge`. */
async function lastOf(judge: (x: number) => number): Promise<readonly LastProgram[]> {
  const b = new ProgramBuilder();
  const x = b.variable('K.DRAM.t.2', 0, 3, true);
  const seen: LastProgram[] = [];
  await outerApproximate(
    b.build(convex(zero, [{ coefficient: 1, exponent: scale(Math.LN2, x), unless: undefined, label: 'loops' }])),
    highs,
    {
      gap: 1e-6,
      deadline: performance.now() + 20_000,
      now: () => performance.now(),
      judge: (p) => judge(Math.round(p[0]!)),
      known: Infinity,
      attained: false,
      scale: 8,
      decisions: [0],
      whole: false,
      relaxes: undefined,
      start: undefined,
      rounds: 50,
      last: (program) => seen.push(program),
    },
  );
  return seen;
}

describe('the last program', () => {
  test('comes once, with what its terms stand for', async () => {
    const [last, ...more] = await lastOf((x) => 2 ** x);
    expect(more).toEqual([]);
    expect(last!.excluded).toBe(0);
    expect(last!.terms).toEqual([{ of: 't0', log: 'w0', uses: [{ sum: 'objective', label: 'loops', weight: 1 }] }]);
    const [written] = writePrograms(task, answer, [last!], ['lp']);
    expect(written!.text).not.toContain('rows not*');
    expect(written!.text).toContain('\\ goal:         latency in cycles, energy at most 70 pJ');
    expect(written!.text).toContain('\\   t0 = e^w0: objective: loops');
  });

  test('says how many choices are cut off in it', async () => {
    // The cost model finds 2^0 and 2^1 worse than the program has them.
    const [last] = await lastOf((x) => Math.max(4, 2 ** x));
    expect(last!.excluded).toBe(2);
    const [written] = writePrograms(task, answer, [last!], ['mps']);
    expect(written!.text).toContain('* 2 choices of factors and orders that magnet judged are cut off (rows not*)');
    expect(written!.text).toMatch(/^ G not\d+$/m);
  });
});
