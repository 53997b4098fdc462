// HiGHS as an oracle of linear programs: one model that keeps its basis while bounds change and rows come.

import type { Highs } from 'highs';
import type { LinearAnswer, LinearModel, LinearOracle } from '../program/linear-oracle.js';
import type { Milp } from '../program/milp.js';
import { loadHighs, lostHighs } from './highs.js';
import { modelOf } from './highs-model.js';

export const highsOracle: LinearOracle = {
  name: 'highs',
  async open(milp) {
    // HiGHS does not take a program without columns.
    return milp.columns.length === 0 ? withoutColumns(milp) : openModel(await loadHighs(), milp);
  },
};

function openModel(solver: Highs, milp: Milp): LinearModel {
  const model = modelOf(solver, milp, false);
  const { modelStatus } = solver.constants;
  // Nothing is presolved: the next solve begins where this one ended, and its multipliers are of the rows as given.
  model.options.set({
    output_flag: false,
    presolve: 'off',
    primal_feasibility_tolerance: 1e-9,
    dual_feasibility_tolerance: 1e-9,
    random_seed: 0,
  });
  return {
    bound: (column, lower, upper) => void model.changeColBounds(column, lower, upper),
    add(rows) {
      for (const r of rows)
        model.addRow(r.lower, r.upper, { indices: Int32Array.from(r.indices), values: Float64Array.from(r.values) });
    },
    solve(afresh): LinearAnswer {
      try {
        if (afresh) model.clearSolver();
        model.run();
        const status = model.getModelStatus();
        if (status === modelStatus.infeasible) return { status: 'infeasible', ray: rayOf() };
        if (status !== modelStatus.optimal)
          return { status: 'failed', reason: `HiGHS stopped with status ${String(status)}` };
        const { colValue, rowDual } = model.getSolution();
        return {
          status: 'optimal',
          value: model.getObjectiveValue(),
          point: Float64Array.from(colValue),
          duals: Float64Array.from(rowDual),
        };
      } catch (error) {
        if (error instanceof WebAssembly.RuntimeError) lostHighs();
        return { status: 'failed', reason: (error as Error).message };
      }
    },
    close: () => model.dispose(),
  };

  function rayOf(): Float64Array | undefined {
    const ray = model.getDualRay();
    return ray && Float64Array.from(ray.values);
  }
}

/** Its rows hold or do not; each that does not is a proof by itself. */
function withoutColumns({ rows: first, offset }: Milp): LinearModel {
  const rows = [...first];
  return {
    bound: () => {},
    add: (more) => void rows.push(...more),
    solve() {
      const broken = rows.findIndex((r) => r.lower > 0 || r.upper < 0);
      if (broken < 0)
        return { status: 'optimal', value: offset, point: new Float64Array(), duals: new Float64Array(rows.length) };
      return {
        status: 'infeasible',
        ray: Float64Array.from(rows, (r, i) => (i === broken ? (r.lower > 0 ? 1 : -1) : 0)),
      };
    },
    close: () => {},
  };
}
