// Solvers of the user's machine: what they say is read as it stands in recorded runs (CBC 2.10.8, GLPK 5.0), and no claim
// of theirs is made larger than it was.

import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Milp } from '../../src/program/milp.js';
import {
  findNativeSolver,
  nativeBackend,
  outcomeOf,
  whyNoNativeSolver,
} from '../../src/tuner/native/native-backend.js';
import { nativeSolvers } from '../../src/tuner/native/native-solvers.js';

const [cbc, glpsol] = [nativeSolvers[0]!, nativeSolvers[1]!];

describe('cbc', () => {
  test('optimal', () => {
    const solution = `Optimal - objective value 1.01025551
      3 K.GlobalBuffer.t.5                                              3               1.6126577
**   11 K.InputCollector.lanes.is.8                                     1               2.0815216
`;
    const log = 'Result - Optimal solution found\n\nObjective value:                1.01025551\n';
    expect(cbc.read(solution, log)).toEqual({
      status: 'solved',
      objective: 1.01025551,
      bound: 1.01025551,
      values: new Map([
        [3, 3],
        [11, 1],
      ]),
    });
  });

  test('optimal within the gap has the bound of the log, less the decimals that it does not print', () => {
    const log = `Result - Optimal solution found (within gap tolerance)

Objective value:                588.78651034
Lower bound:                    482.612
Gap:                            0.22
`;
    const read = cbc.read('Optimal (within gap tolerance) - objective value 588.78651034\n', log);
    expect(read).toMatchObject({ status: 'solved', objective: 588.78651034 });
    expect((read as { bound: number }).bound).toBeCloseTo(482.611, 9);
  });

  test('out of time', () => {
    const log = `Result - Stopped on time limit

Objective value:                0.02874246
Lower bound:                    0.000
Gap:                            61.64
`;
    expect(cbc.read('Stopped on time - objective value 0.02874246\n', log)).toMatchObject({
      status: 'solved',
      objective: 0.02874246,
      bound: -0.001,
    });
    expect(
      cbc.read('Stopped on time (no integer solution - continuous used) - objective value 1.00013\n', ''),
    ).toMatchObject({ status: 'nothing' });
    expect(cbc.read('Stopped on time - objective value 2\n', '')).toMatchObject({ bound: -Infinity });
  });

  test.each(['Integer infeasible - objective value 1.33333333', 'Infeasible - objective value 0'])('%s', (head) => {
    expect(cbc.read(`${head}\n      0 x              1.3333333                       0\n`, '')).toEqual({
      status: 'infeasible',
    });
  });
});

describe('glpsol', () => {
  const tree = (last: string) => `Long-step dual simplex will be used
+    55: mip =     not found yet >=              -inf        (1; 0)
+   112: >>>>>   1.110371098e+00 >=   1.009965729e+00   9.0% (11; 0)
${last}
`;

  test('optimal', () => {
    const solution = 'c Status:     INTEGER OPTIMAL\nc\ns mip 268 95 o 1.01025551011529\ni 1 3\nj 1 0\nj 2 4\ne o f\n';
    expect(glpsol.read(solution, tree(''))).toEqual({
      status: 'solved',
      objective: 1.01025551011529,
      bound: 1.01025551011529,
      values: new Map([
        [0, 0],
        [1, 4],
      ]),
    });
  });

  test('stopped at the gap or out of time has the last bound of the log', () => {
    const end = `+  6318: mip =   5.615137488e-04 >=   4.928959256e-04  12.2% (36; 560)
RELATIVE MIP GAP TOLERANCE REACHED; SEARCH TERMINATED`;
    const read = glpsol.read('s mip 1323 631 f 0.0005615137488486\n', tree(end));
    expect(read).toMatchObject({ status: 'solved', objective: 0.0005615137488486 });
    expect((read as { bound: number }).bound).toBeLessThan(4.928959256e-4);
    expect((read as { bound: number }).bound).toBeGreaterThan(4.92895e-4);
    expect(glpsol.read('s mip 1323 631 f 2\n', '+ 1: mip = 2 >= -inf (1; 0)\n')).toMatchObject({ bound: -Infinity });
  });

  test('infeasible, and nothing found', () => {
    expect(glpsol.read('s mip 2 2 n 0\n', 'PROBLEM HAS NO PRIMAL FEASIBLE SOLUTION\n')).toEqual({
      status: 'infeasible',
    });
    expect(glpsol.read('s mip 2 2 u 0\n', 'TIME LIMIT EXCEEDED; SEARCH TERMINATED\n')).toEqual({
      status: 'nothing',
      said: 'TIME LIMIT EXCEEDED; SEARCH TERMINATED',
    });
  });
});

// min x + y, 3 x >= 4, y >= x / 2, x whole: 2 + 1, and 0.5 that no choice changes.
const column = (name: string, integer: boolean) => ({ name, lower: 0, upper: 9, integer, cost: 1 });
const milp: Milp = {
  columns: [column('x', true), column('y', false)],
  rows: [
    { name: 'a', indices: [0], values: [3], lower: 4, upper: Infinity },
    { name: 'b', indices: [0, 1], values: [-0.5, 1], lower: 0, upper: Infinity },
  ],
  offset: 0.5,
};
const options = { timeLimit: 20, gap: 1e-4 };

describe('an answer', () => {
  const answer = (bound: number) =>
    outcomeOf(
      { status: 'solved', objective: 3.5 * 2 ** 20, bound, values: new Map([[0, 2.000001]]) },
      cbc,
      milp,
      options,
    );

  test('is optimal only where its own bound says so', () => {
    expect(answer(3.4 * 2 ** 20)).toMatchObject({ status: 'feasible', objective: 3.5, bound: 3.4 });
    expect(answer(3.49999 * 2 ** 20)).toMatchObject({ status: 'optimal' });
    expect(answer(-Infinity)).toMatchObject({ status: 'feasible', bound: -Infinity });
  });

  test('has whole numbers where the program has them', () => {
    expect([...(answer(0) as { point: Float64Array }).point]).toEqual([2, 0]);
  });
});

/** A cbc of this test's own: says what it was given, and what a run of the real one said of this program. */
const script = (body: string) => `#!/bin/sh\n${body}\n`;
const solution = 'Optimal - objective value 3670016.00000000';

describe.skipIf(process.platform === 'win32')('a program on the path', () => {
  afterEach(() => void vi.unstubAllEnvs());
  const path = (files: Readonly<Record<string, string>>) => {
    const folder = mkdtempSync(join(tmpdir(), 'magnet-test-'));
    for (const [name, text] of Object.entries(files)) {
      writeFileSync(join(folder, name), text);
      chmodSync(join(folder, name), 0o755);
    }
    vi.stubEnv('PATH', folder);
  };

  test('is found, in the order of the list; where none is, the way out is said', async () => {
    path({ glpsol: script('exit 0') });
    expect((await findNativeSolver())?.name).toBe('glpsol');
    expect(await whyNoNativeSolver()).toBeUndefined();
    path({});
    expect(await findNativeSolver()).toBeUndefined();
    expect(await whyNoNativeSolver()).toContain('apt-get install coinor-cbc or glpk-utils');
  });

  test('gets the program with exact numbers, and its solution is read', async () => {
    path({
      cbc: script(
        `while read -r line; do case "$line" in "x objective 1048576") seen=1;; esac; done < model.mps
[ "$seen" = 1 ] || exit 8
printf '%s\\n      0 x 2 0\\n      1 y 1 0\\n' '${solution}' > solution.txt`,
      ),
    });
    const found = await nativeBackend(cbc).solve(milp, options);
    expect(found).toMatchObject({ status: 'optimal', objective: 3.5, bound: 3.5 });
    expect([...(found as { point: Float64Array }).point]).toEqual([2, 1]);
  });

  test.each([
    ['echo no licence >&2; exit 3', 'cbc failed: no licence'],
    ['echo done', 'cbc failed: done'],
    ['echo Unbounded > solution.txt', 'cbc found no solution: Unbounded'],
  ])('%s is an unknown with its words', async (body, message) => {
    path({ cbc: script(body) });
    expect(await nativeBackend(cbc).solve(milp, options)).toEqual({
      status: 'unknown',
      bound: -Infinity,
      reason: { kind: 'failed', message },
    });
  });

  test('is not asked for relaxations', async () => {
    path({ cbc: script('exit 1') });
    const relaxed = await nativeBackend(cbc).solve(milp, { ...options, relax: true });
    if (relaxed.status !== 'optimal') throw new Error(relaxed.status);
    expect(relaxed.objective).toBeCloseTo(2.5);
  });
});
