// A MILP solver of the user's machine as a backend: the program goes out as an MPS file with exact numbers, the solution
// comes back, and the mapping in it is judged by the cost model like any other.

import { failed } from '../../base/stop-reason.js';
import { highs } from '../../milp/highs.js';
import { printMps } from '../../milp/mps-format.js';
import type { Execution } from '../../pool/node/programs.js';
import { execute, inFolder, textIn } from '../../pool/node/programs.js';
import type { Backend, Milp, Outcome, SolveOptions } from '../../program/milp.js';
import type { NativeAnswer, NativeSolver } from './native-solvers.js';
import { modelFile, nativeSolvers, solutionFile } from './native-solvers.js';

/**
 * Objectives are about 1 here. Solvers compare them in absolute steps of 1e-5, and print few decimals: they get a
 * multiple, by a power of two, so that every number stays exact.
 */
const magnified = 2 ** 20;

/** Seconds after its time in which a solver has to come to an end. */
const grace = 30;

/** Integers within this are whole: what solvers take for one. */
const wholeness = 1e-5;

/** The first of those that magnet knows how to ask which is on the path. */
export async function findNativeSolver(): Promise<NativeSolver | undefined> {
  for (const solver of nativeSolvers)
    if ((await execute(solver.name, solver.hello, { timeLimit: 10_000 })).code !== 'missing') return solver;
  return undefined;
}

/** Why there is none, and the way out; undefined where there is one. */
export async function whyNoNativeSolver(): Promise<string | undefined> {
  if (await findNativeSolver()) return undefined;
  const [names, packages] = [nativeSolvers.map((s) => s.name), nativeSolvers.map((s) => s.from)];
  return (
    `no native solver is on the PATH: ${names.join(' or ')} is asked; install one (Debian and Ubuntu: apt-get install ` +
    `${packages.join(' or ')}), or go without: HiGHS comes with magnet`
  );
}

export const nativeBackend = (solver: NativeSolver): Backend => ({
  name: solver.name,
  solve(milp, options) {
    // A relaxation is a matter of milliseconds, and HiGHS says its duals.
    const isRelaxed = options.relax === true || !milp.columns.some((c) => c.integer);
    return isRelaxed ? highs.solve(milp, options) : solveNatively(solver, milp, options);
  },
});

async function solveNatively(solver: NativeSolver, milp: Milp, options: SolveOptions): Promise<Outcome> {
  const text = printMps(
    {
      ...milp,
      columns: milp.columns.map((c) => ({ ...c, cost: c.cost * magnified })),
      offset: milp.offset * magnified,
    },
    [],
  );
  return inFolder({ [modelFile]: text }, async (cwd) => {
    const ran = await execute(solver.name, solver.args(options), {
      cwd,
      timeLimit: (options.timeLimit + grace) * 1000,
    });
    const solution = await textIn(cwd, solutionFile);
    if (ran.code !== 0 || solution === undefined) return failure(solver, ran);
    return outcomeOf(solver.read(solution, ran.stdout), solver, milp, options);
  });
}

export function outcomeOf(answer: NativeAnswer, { name }: NativeSolver, milp: Milp, options: SolveOptions): Outcome {
  if (answer.status === 'infeasible') return answer;
  if (answer.status === 'nothing')
    return { status: 'unknown', bound: -Infinity, reason: failed(`${name} found no solution: ${answer.said}`) };
  const { values } = answer;
  const point = Float64Array.from(milp.columns, ({ integer }, i) => {
    const value = values.get(i) ?? 0;
    return integer && Math.abs(value - Math.round(value)) <= wholeness ? Math.round(value) : value;
  });
  const [objective, bound] = [answer.objective / magnified, answer.bound / magnified];
  const closed = objective - bound <= options.gap * Math.abs(objective) + 1e-9;
  return { status: closed ? 'optimal' : 'feasible', point, objective, bound, nodes: 0 };
}

function failure({ name }: NativeSolver, { code, stdout, stderr }: Execution): Outcome {
  const why =
    code === 'timeout'
      ? 'it did not end within its time limit'
      : (`${stderr}\n${stdout}`.split('\n').find((line) => line.trim() !== '') ?? `it ended with ${String(code)}`);
  return { status: 'unknown', bound: -Infinity, reason: failed(`${name} failed: ${why}`) };
}
