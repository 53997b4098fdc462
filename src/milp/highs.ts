// HiGHS (MIT), compiled to WebAssembly: the backend for larger programs.

import type { Highs } from 'highs';
import type { Backend, Milp, Outcome, SolveOptions } from '../program/milp.js';
import { modelOf } from './highs-model.js';
import { contradictsPoint, holds } from './points.js';

let loading: Promise<Highs> | undefined;

/** One WebAssembly instance per thread, loaded at first use. */
export function loadHighs(): Promise<Highs> {
  loading ??= import('highs').then(({ default: create }) => (create as unknown as () => Promise<Highs>)());
  return loading;
}

/** An instance that was aborted is not used again. */
export const lostHighs = (): void => void (loading = undefined);

/**
 * HiGHS in WebAssembly, for larger programs; what contradicts itself is asked again without presolve. An instance for each
 * thread, made at first use.
 */
export const highs: Backend = {
  name: 'highs',
  async solve(milp, options) {
    // HiGHS does not take a program without columns, as a layer of one multiplication makes.
    if (milp.columns.length === 0)
      return holds(milp, new Float64Array())
        ? { status: 'optimal', point: new Float64Array(), objective: milp.offset, bound: milp.offset, nodes: 0 }
        : { status: 'infeasible' };
    const solver = await loadHighs();
    // From a point that breaks a row HiGHS has called a feasible program infeasible: such a start is left out.
    const start = options.start && holds(milp, options.start) ? options.start : undefined;
    const begin = performance.now();
    const first = run(solver, milp, { ...options, start }, 'choose');
    // HiGHS has reported bounds above a feasible point; such an answer is worth nothing, so solve it another
    // way. It has also called feasible programs infeasible, which their presolve made so: that is believed
    // only where it is said without.
    if (first.status !== 'unknown' && !contradicts(first, milp, start)) return first;
    const timeLimit = options.timeLimit - (performance.now() - begin) / 1000;
    // What it has proven until its time ran out stands; what contradicts itself, or was never confirmed, is nothing.
    if (timeLimit <= 0)
      return first.status === 'unknown'
        ? first
        : {
            status: 'unknown',
            bound: -Infinity,
            reason: { kind: 'time-limit', said: 'the time ran out before HiGHS could be asked again' },
          };
    return run(solver, milp, { ...options, start: undefined, timeLimit }, 'off');
  },
};

const contradicts = (o: Outcome, milp: Milp, start: Float64Array | undefined): boolean => {
  if (o.status === 'infeasible') return true;
  if (o.status === 'unknown') return false;
  if (contradictsPoint(o, milp, start)) return true;
  return o.bound > o.objective + 1e-6 * Math.abs(o.objective) + 1e-9;
};

function run(solver: Highs, milp: Milp, options: SolveOptions, presolve: 'choose' | 'off'): Outcome {
  const integral = !options.relax && milp.columns.some((c) => c.integer);
  const model = modelOf(solver, milp, integral);
  try {
    // A failed run throws; that is an answer too: nothing is known. An aborted instance is not used again.
    return solveModel();
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) lostHighs();
    return { status: 'unknown', bound: -Infinity, reason: { kind: 'failed', message: (error as Error).message } };
  } finally {
    if (loading) model.dispose();
  }

  function solveModel(): Outcome {
    model.options.set({
      output_flag: false,
      presolve,
      time_limit: Math.max(0.05, options.timeLimit),
      mip_rel_gap: options.gap,
      mip_abs_gap: 0,
      mip_feasibility_tolerance: 1e-9,
      primal_feasibility_tolerance: 1e-9,
      dual_feasibility_tolerance: 1e-9,
      // A good point comes with the program: sub-MIPs and restarts only cost time here (measured).
      mip_heuristic_effort: 0,
      mip_heuristic_run_rens: false,
      mip_heuristic_run_rins: false,
      mip_allow_restart: false,
      mip_pool_soft_limit: 20,
      random_seed: 0,
      ...(integral && options.cutoff !== undefined && { objective_bound: options.cutoff }),
    });
    if (options.start && integral) model.setSolution({ colValue: options.start });
    model.run();
    return answer(solver, model, integral);
  }
}

function answer(solver: Highs, model: ReturnType<Highs['createModel']>, integral: boolean): Outcome {
  const status = model.getModelStatus();
  const { modelStatus } = solver.constants;
  if (status === modelStatus.infeasible) return { status: 'infeasible' };
  const objective = model.getObjectiveValue();
  const bound = integral
    ? Number(model.info.get('mip_dual_bound'))
    : status === modelStatus.optimal
      ? objective
      : -Infinity;
  const nodes = integral ? Number(model.info.get('mip_node_count')) : 0;
  const feasible = Number(model.info.get('primal_solution_status')) === 2;
  if (!feasible)
    return {
      status: 'unknown',
      bound: Number.isFinite(bound) ? bound : -Infinity,
      reason:
        status === modelStatus.timeLimit
          ? { kind: 'time-limit', said: 'HiGHS found no solution in time' }
          : { kind: 'failed', message: `HiGHS stopped with status ${String(status)}` },
    };
  const solution = model.getSolution();
  const point = Float64Array.from(solution.colValue);
  const duals = !integral && status === modelStatus.optimal ? { duals: Float64Array.from(solution.rowDual) } : {};
  // The node count has been seen as garbage.
  return {
    status: status === modelStatus.optimal ? 'optimal' : 'feasible',
    point,
    objective,
    bound,
    nodes: nodes >= 0 && nodes < 1e9 ? nodes : 0,
    ...duals,
  };
}
