// A question about the schedule of LeNet on a machine of the template, and all totals of a residency, each looked at.

import { nth } from '../../src/base/invariant.js';
import type { Keepables } from '../../src/compile/keepable.js';
import { keepables } from '../../src/compile/keepable.js';
import { lowered } from '../../src/compile/lower.js';
import { runsIn } from '../../src/compile/network-program.js';
import { shapesAlone } from '../../src/compile/step-layers.js';
import { statesOf } from '../../src/milp/schedule/residency.js';
import { magnetConventions } from '../../src/model/cost/conventions.js';
import { technology16nm } from '../../src/model/machine/technology.js';
import type { Template } from '../../src/model/machine/template.js';
import { lowerTemplate } from '../../src/model/machine/template.js';
import type { Layer } from '../../src/model/workload/layer.js';
import { shapeKey } from '../../src/model/workload/layer.js';
import { columnsOf } from '../../src/tuner/network/columns-task.js';
import { LayerColumns } from '../../src/tuner/network/layer-columns.js';
import type { ScheduleQuestion } from '../../src/tuner/schedule/schedule-question.js';
import { layerIn } from '../../src/tuner/schedule/schedule-question.js';
import { findGraph } from '../../src/workloads/builtin-graph.js';

export const patience = { left: () => 600, over: () => false };

export function questionOf(template: Template): ScheduleQuestion & { readonly may: Keepables } {
  const graph = findGraph('lenet');
  if (!graph.ok) throw new Error('no graph');
  const made = lowered(graph.value, shapesAlone(graph.value), 8);
  if (!made.ok) throw new Error('not lowered');
  const may = keepables(made.value, template);
  const architectures = lowerTemplate(template, technology16nm);
  const known = new Map<string, LayerColumns>();
  const columns = (layer: Layer): LayerColumns => {
    const own =
      known.get(shapeKey(layer)) ??
      new LayerColumns(
        {
          architectures,
          layer,
          conventions: magnetConventions,
          padding: false,
          goal: { objective: 'edp', limits: {} },
          machine: { template, technology: technology16nm },
        },
        (question) => Promise.resolve(columnsOf(question, () => false)),
      );
    known.set(shapeKey(layer), own);
    return own;
  };
  return {
    may,
    problem: {
      banks: template.globalBanks,
      tensors: may.tensors.map(({ tensor, ...life }) => ({ name: tensor, ...life })),
      operands: may.operands.map((own) => own.map(({ tensor }) => tensor)),
    },
    steps: runsIn(made.value).map(({ layer }, i) => ({ layer, roles: nth(may.operands, i).map(({ role }) => role) })),
    machine: { products: 4 * 4 * 8 * 8, product: 1e-3, weight: () => 1 },
    columns,
  };
}

/** Totals that no other choice of columns undercuts, of all steps under one residency. */
export async function frontOf(
  q: ScheduleQuestion,
  residency: readonly boolean[],
): Promise<readonly (readonly [number, number])[]> {
  let front: readonly (readonly [energy: number, cycles: number])[] = [[0, 0]];
  for (const state of statesOf(q.problem, residency) ?? []) {
    const own = q.columns(layerIn(q, state));
    await own.within({ energy: 1, cycles: 1000, both: 0 }, Infinity, 600);
    const all = front.flatMap(([e, t]) =>
      own.columns.map(({ evaluation: { energy, cycles } }) => [e + energy, t + cycles] as const),
    );
    const sorted = all.toSorted((a, b) => a[1] - b[1] || a[0] - b[0]);
    let least = Infinity;
    front = sorted.filter(([e]) => e < least && ((least = e), true));
  }
  return statesOf(q.problem, residency) ? front : [];
}

/** Every residency of the tensors that may stay. */
export const residenciesOf = ({ may }: { readonly may: Keepables }): readonly (readonly boolean[])[] =>
  Array.from({ length: 2 ** may.tensors.length }, (_u, n) => may.tensors.map((_t, i) => ((n >> i) & 1) === 1));
