// Law: the schedule of a small network is the best of all residencies x mappings, each looked at.

import { expect, test } from 'vitest';
import { defined, nth } from '../../src/base/invariant.js';
import type { Keepables } from '../../src/compile/keepable.js';
import { keepables } from '../../src/compile/keepable.js';
import { lowered } from '../../src/compile/lower.js';
import { runsIn } from '../../src/compile/network-program.js';
import { shapesAlone } from '../../src/compile/step-layers.js';
import { statesOf } from '../../src/milp/schedule/residency.js';
import { magnetConventions } from '../../src/model/cost/conventions.js';
import { simba } from '../../src/model/machine/presets.js';
import { technology16nm } from '../../src/model/machine/technology.js';
import type { Template } from '../../src/model/machine/template.js';
import { lowerTemplate } from '../../src/model/machine/template.js';
import { bits } from '../../src/base/units.js';
import type { Layer } from '../../src/model/workload/layer.js';
import { shapeKey } from '../../src/model/workload/layer.js';
import { columnsOf } from '../../src/tuner/network/columns-task.js';
import { LayerColumns } from '../../src/tuner/network/layer-columns.js';
import { cheapestSchedule } from '../../src/tuner/schedule/cheapest-schedule.js';
import { scheduleNetwork } from '../../src/tuner/schedule/schedule-network.js';
import type { ScheduleQuestion } from '../../src/tuner/schedule/schedule-question.js';
import { layerIn } from '../../src/tuner/schedule/schedule-question.js';
import { findGraph } from '../../src/workloads/builtin-graph.js';

const patience = { left: () => 600, over: () => false };

function questionOf(template: Template): ScheduleQuestion & { readonly may: Keepables } {
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
async function frontOf(
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

test.each([
  ['a machine with room for most', 16, 16 * 1024],
  ['one with room for some', 8, 4 * 1024],
])('the best of all residencies and mappings, on %s', { timeout: 240_000 }, async (_, globalBanks, bytes) => {
  const template = { ...simba, residency: 1, rows: 1, columns: 2, globalBanks, globalBuffer: bits(bytes * 8) };
  const q = questionOf(template);
  expect(q.may.tensors.length).toBeGreaterThan(2);
  const every = Array.from({ length: 2 ** q.may.tensors.length }, (_u, n) =>
    q.may.tensors.map((_t, i) => ((n >> i) & 1) === 1),
  );
  let [product, energy] = [Infinity, Infinity];
  for (const residency of every) {
    for (const [e, t] of await frontOf(q, residency)) {
      product = Math.min(product, e * t);
      energy = Math.min(energy, e);
    }
  }
  // New: nothing that was learnt above is known.
  const fresh = questionOf(template);
  const answer = await scheduleNetwork(fresh, 'product', () => ({ places: undefined }), patience);
  expect(answer.status === 'found' && answer.schedule.value / product).toBeCloseTo(1, 9);
  expect(answer.status === 'found' && answer.bound / product).toBeCloseTo(1, 9);
  const lean = await cheapestSchedule(questionOf(template), { energy: 1, cycles: 0, both: 0 }, patience, new Map());
  expect(lean && lean !== 'none' && lean.sum / energy).toBeCloseTo(1, 9);
  // Never worse than where nothing stays.
  const none = new Map(q.may.tensors.map((_t, i) => [i, false] as const));
  const without = await cheapestSchedule(questionOf(template), { energy: 1, cycles: 0, both: 0 }, patience, none);
  expect(defined(without) !== 'none' && energy).toBeLessThanOrEqual(
    (without as { readonly sum: number }).sum * (1 + 1e-9),
  );
});
