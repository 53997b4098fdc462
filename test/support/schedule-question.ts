// Questions about the schedule of small networks on small machines, and all totals that it can have under one residency on one route.

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
import type { Layer } from '../../src/model/workload/layer.js';
import { shapeKey } from '../../src/model/workload/layer.js';
import { columnsFloor, columnsOf } from '../../src/tuner/network/columns-task.js';
import { LayerColumns } from '../../src/tuner/network/layer-columns.js';
import type { ScheduleQuestion } from '../../src/tuner/schedule/schedule-question.js';
import { layerIn, routesIn } from '../../src/tuner/schedule/schedule-question.js';
import { findGraph } from '../../src/workloads/builtin-graph.js';
import type { NetworkGraph } from '../../src/model/workload/network-graph.js';
import type { BandsSpace } from '../../src/library/schedule-bands.js';
import { weightsThatStay } from '../../src/library/schedule-weights.js';
import { bandedRuns } from '../../src/compile/banded-runs.js';
import { bandsSpace, noBands, withKeptWeights } from '../../src/library/schedule-bands.js';
import type { BandedChain } from '../../src/model/workload/row-bands.js';
import type { Stretch } from '../../src/milp/schedule/routes.js';
import { problemOf } from '../../src/milp/schedule/routes.js';

const found = findGraph('lenet');
if (!found.ok) throw new Error('no graph');
export const lenet = found.value;

export const patience = { left: () => 600, over: () => false };

/** Of mappings without padding. */
export function columnsOn(template: Template): ScheduleQuestion['columns'] {
  const known = new Map<string, LayerColumns>();
  return (layer) => {
    const own =
      known.get(shapeKey(layer)) ??
      new LayerColumns(
        {
          layer,
          conventions: magnetConventions,
          padding: false,
          goal: { objective: 'edp', limits: {} },
          machine: { template, technology: technology16nm },
        },
        (question) => Promise.resolve(columnsOf(question, () => false)),
        columnsFloor,
      );
    known.set(shapeKey(layer), own);
    return own;
  };
}

interface AskedQuestion extends ScheduleQuestion {
  readonly may: Keepables;
}

/** `chains` may be in bands of rows. */
export const questionOf = (
  template: Template,
  graph: NetworkGraph,
  chains: readonly BandedChain[] = [],
): AskedQuestion => questionAmong(template, graph, chains).question;

/** The same, and once more with their weights where they stay; with how many of them do. */
export async function questionKeeping(
  template: Template,
  graph: NetworkGraph,
  chains: readonly BandedChain[],
): Promise<AskedQuestion & { readonly keeping: number }> {
  const { question, again, found } = questionAmong(template, graph, chains);
  const layerOf = ({ layer }: { readonly layer: Layer }) => layer;
  const prices = { both: 0, energy: 1, cycles: 100 };
  const asked = { columns: question.columns, layerOf, prices, template, patience };
  const weights = await weightsThatStay(found, asked);
  return { ...again(weights), keeping: weights.size };
}

function questionAmong(template: Template, graph: NetworkGraph, chains: readonly BandedChain[]) {
  const made = lowered(graph, shapesAlone(graph), 8);
  if (!made.ok) throw new Error('not lowered');
  const may = keepables(made.value, template);
  const columns = columnsOn(template);
  const runs = runsIn(made.value);
  const whole = { graph, template, lowered: made.value, may };
  const found = chains.flatMap((chain) => bandedRuns(whole, chain) ?? []);
  const plain = chains.length > 0 ? bandsSpace(whole, runs.length, ({ layer }) => layer, found) : noBands;
  const over = (space: BandsSpace): AskedQuestion => ({
    may,
    detours: space.detours,
    problem: {
      banks: template.globalBanks,
      tensors: may.tensors.map(({ tensor, ...life }) => ({ name: tensor, ...life })),
      operands: may.operands.map((own) => own.map(({ tensor }) => tensor)),
    },
    steps: [
      ...runs.map(({ layer }, i) => ({ layer, roles: nth(may.operands, i).map(({ role }) => role) })),
      ...space.steps,
    ],
    machine: { products: 4 * 4 * 8 * 8, product: 1e-3, weight: () => 1 },
    columns,
  });
  const again = (weights: Awaited<ReturnType<typeof weightsThatStay>>) =>
    over(withKeptWeights(plain, whole, runs.length, ({ layer }) => layer, weights));
  return { question: over(plain), again, found };
}

/** Totals that no other choice of columns undercuts, of all steps of a route under a residency of its tensors. */
export async function frontOf(
  q: ScheduleQuestion,
  route: readonly Stretch[],
  residency: readonly boolean[],
): Promise<readonly (readonly [number, number])[]> {
  let front: readonly (readonly [energy: number, cycles: number])[] = [[0, 0]];
  const { problem, tensors } = problemOf(routesIn(q), route);
  const steps = route.flatMap((s) => s.steps);
  const states = statesOf(problem, residency);
  for (const { step: at, free } of states ?? []) {
    const { step, operands } = nth(steps, at);
    const kept = operands.map((t) => residency[tensors.indexOf(t)] ?? false);
    const own = q.columns(layerIn(q, { step, kept, free }));
    await own.within({ energy: 1, cycles: 1000, both: 0 }, Infinity, 600);
    const all = front.flatMap(([e, t]) =>
      own.columns.map(({ evaluation: { energy, cycles } }) => [e + energy, t + cycles] as const),
    );
    const sorted = all.toSorted((a, b) => a[1] - b[1] || a[0] - b[0]);
    let least = Infinity;
    front = sorted.filter(([e]) => e < least && ((least = e), true));
  }
  return states ? front : [];
}

/** Every route of a question, with every residency of its tensors. */
export function everySchedule(
  q: ScheduleQuestion,
): readonly { readonly route: readonly Stretch[]; readonly residency: readonly boolean[] }[] {
  const routes = routesIn(q);
  const from = (at: number): readonly (readonly Stretch[])[] =>
    at === routes.end
      ? [[]]
      : routes.stretches.flatMap((s) => (s.from === at ? from(s.upTo).map((rest) => [s, ...rest]) : []));
  return from(0).flatMap((route) => {
    const { tensors } = problemOf(routes, route);
    return Array.from({ length: 2 ** tensors.length }, (_, n) => ({
      route,
      residency: tensors.map((_t, i) => ((n >> i) & 1) === 1),
    }));
  });
}
