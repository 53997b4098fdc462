// GLPK (GPL-3.0, an optional dependency), compiled to WebAssembly: the backend for smaller programs.

import { nth } from '../base/invariant.js';
import type { Glpk } from 'glpk.js/node';
import type { Backend, Column, LinearRow, Milp, Outcome, SolveOptions } from '../program/milp.js';

let loading: Promise<Glpk> | undefined;

/** GLPK counts milliseconds in 32 bits, and aborts on a time limit beyond them. */
const maxSeconds = Math.floor((2 ** 31 - 1) / 1000);

/** Loaded at first use only: magnet works without it. */
function load(): Promise<Glpk> {
  loading ??= import('glpk.js/node').then(({ default: start }) => start());
  return loading;
}

/** Whether the optional dependency is there and loads. */
export const glpkInstalled = (): Promise<boolean> =>
  load().then(
    () => true,
    () => ((loading = undefined), false),
  );

/**
 * GLPK in WebAssembly, for smaller programs. GPL-3.0 and an optional dependency: where it is not installed, answers are `unknown`
 * with the reason.
 */
export const glpk: Backend = {
  name: 'glpk',
  async solve(milp, options) {
    const crossed = [...milp.columns, ...milp.rows].some((x) => x.lower > x.upper);
    const broken = milp.rows.some((r) => r.indices.length === 0 && (r.lower > 1e-9 || r.upper < -1e-9));
    if (crossed || broken) return { status: 'infeasible' };
    // GLPK aborts on a program without columns; what is left of it is its offset.
    if (milp.columns.length === 0)
      return { status: 'optimal', point: new Float64Array(), objective: milp.offset, bound: milp.offset, nodes: 0 };
    const begin = Date.now();
    const seconds = () => (Date.now() - begin) / 1000;
    let answer = await run(milp, options);
    // A search that ends at the allowed gap may call its answer merely feasible; without a gap it has to say optimal.
    if (answer.status === 'feasible' && seconds() < options.timeLimit)
      answer = await run(milp, { ...options, gap: 0, timeLimit: options.timeLimit - seconds() });
    if (options.relax || answer.status === 'optimal' || answer.status === 'infeasible') return answer;
    // Out of time GLPK gives no bound: that of the relaxation is proven, and quick to have.
    const relaxed = await run(milp, { ...options, relax: true, timeLimit: 10 });
    if (relaxed.status === 'infeasible') return relaxed;
    return relaxed.status === 'optimal' ? { ...answer, bound: relaxed.bound } : answer;
  },
};

/** GLPK aborts its instance on trouble with numbers: that is an answer too, and the next call gets a fresh one. */
async function run(milp: Milp, options: SolveOptions): Promise<Outcome> {
  try {
    return runOn(await load(), milp, options);
  } catch (error) {
    loading = undefined;
    return {
      status: 'unknown',
      bound: -Infinity,
      reason: { kind: 'failed', message: `GLPK failed: ${(error as Error).message}` },
    };
  }
}

/** `presolve` off: of a linear program without a solution GLPK's presolver makes "undefined", its simplex does not. */
function runOn(solver: Glpk, milp: Milp, options: SolveOptions, presolve = true): Outcome {
  const bounds = (x: Column | LinearRow) => {
    const lb = Number.isFinite(x.lower) ? x.lower : 0;
    const ub = Number.isFinite(x.upper) ? x.upper : 0;
    if (!Number.isFinite(x.lower)) return { type: Number.isFinite(x.upper) ? solver.GLP_UP : solver.GLP_FR, lb, ub };
    if (!Number.isFinite(x.upper)) return { type: solver.GLP_LO, lb, ub };
    return { type: x.lower === x.upper ? solver.GLP_FX : solver.GLP_DB, lb, ub };
  };
  const name = (i: number) => `x${i}`;
  const { columns, rows } = milp;
  const integers = options.relax ? [] : columns.flatMap((c, i) => (c.integer ? [name(i)] : []));
  const { result } = solver.solve(
    {
      name: 'magnet',
      objective: {
        direction: solver.GLP_MIN,
        name: 'cost',
        vars: columns.flatMap((c, i) => (c.cost === 0 ? [] : [{ name: name(i), coef: c.cost }])),
      },
      // A column that stands in no row is unknown to GLPK: a free row over all of them makes each known.
      subjectTo: [
        ...rows.flatMap((r, i) =>
          r.indices.length === 0
            ? []
            : [
                {
                  name: `r${i}`,
                  vars: r.indices.map((c, k) => ({ name: name(c), coef: nth(r.values, k) })),
                  bnds: bounds(r),
                },
              ],
        ),
        {
          name: 'all',
          vars: columns.map((_, i) => ({ name: name(i), coef: 1 })),
          bnds: { type: solver.GLP_FR, lb: 0, ub: 0 },
        },
      ],
      bounds: columns.map((c, i) => ({ name: name(i), ...bounds(c) })),
      generals: integers,
    },
    {
      msglev: solver.GLP_MSG_OFF,
      presol: presolve,
      mipgap: options.gap,
      tmlim: Math.min(maxSeconds, Math.max(1, Math.ceil(options.timeLimit))),
    },
  );
  if (result.status === solver.GLP_NOFEAS) return { status: 'infeasible' };
  if (result.status === solver.GLP_UNDEF && integers.length === 0 && presolve)
    return runOn(solver, milp, options, false);
  const point = Float64Array.from(columns, (_, i) => result.vars[name(i)] ?? 0);
  const objective = result.z + milp.offset;
  // A row without columns holds whatever its bounds.
  const { dual } = result;
  const duals = dual ? { duals: Float64Array.from(rows, (_, i) => dual[`r${i}`] ?? 0) } : {};
  // GLPK returns no dual bound: only "optimal" carries one, the incumbent less the gap that it was allowed.
  if (result.status === solver.GLP_OPT)
    return {
      status: 'optimal',
      point,
      objective,
      bound: objective - (integers.length > 0 ? options.gap * Math.abs(result.z) : 0),
      nodes: 0,
      ...duals,
    };
  if (result.status === solver.GLP_FEAS) return { status: 'feasible', point, objective, bound: -Infinity, nodes: 0 };
  return {
    status: 'unknown',
    bound: -Infinity,
    reason: { kind: 'failed', message: `GLPK stopped with status ${result.status}` },
  };
}
