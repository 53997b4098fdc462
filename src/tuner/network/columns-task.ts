// Columns of one layer on one machine of the template, for a worker thread: plain data in, plain data out.

import { nth } from '../../base/invariant.js';
import { clock } from '../../base/clock.js';
import { perSize } from '../../enumerate/columns.js';
import { decode } from '../../enumerate/decode-item.js';
import { depthsOf } from '../../enumerate/item-costs.js';
import type { Item, Weights } from '../../enumerate/item.js';
import { overRuns, costOf } from '../../enumerate/item.js';
import { LayerSearch } from '../../enumerate/layer-search.js';
import { isWhole, runsOf } from '../../model/workload/layer-parts.js';
import { judge } from '../../search/mapping/point.js';
import type { Found, Task } from '../../search/strategy.js';
import { tablesOf } from '../enumeration.js';
import { inAllRuns, partingsOf, runTask } from '../in-parts.js';

export interface ColumnsQuestion {
  /** On a machine of the template; the limits of its goal count, its objective does not. */
  readonly task: Task & { readonly machine: NonNullable<Task['machine']> };
  readonly weights: Weights;
  /** All columns that cost no more than so much, or the cheapest where it costs less. */
  readonly wanted: { readonly kind: 'all' | 'min'; readonly max: number };
}

export interface ColumnsAnswer {
  /** Evaluated. */
  readonly found: readonly Found[];
  /** Whether all that were asked for are among them, but for those that others undercut. */
  readonly whole: boolean;
}

/** Closed forms and the cost model sum in different orders. */
const slack = 1 + 1e-11;

export function columnsOf({ task, weights, wanted }: ColumnsQuestion, over: () => boolean): ColumnsAnswer {
  const answers = partingsOf(task).map((parts): ColumnsAnswer => {
    const runs = runsOf(parts);
    const own = columnsOfRun({ ...runTask(task, parts), machine: task.machine }, overRuns(weights, runs), wanted, over);
    return isWhole(parts) ? own : { ...own, found: own.found.map((found) => inAllRuns(task, parts, found)) };
  });
  const found = answers.flatMap((a) => a.found);
  return { found: wanted.kind === 'min' ? min(found, weights) : found, whole: answers.every((a) => a.whole) };
}

function columnsOfRun(
  task: ColumnsQuestion['task'],
  weights: Weights,
  { kind, max }: ColumnsQuestion['wanted'],
  over: () => boolean,
): ColumnsAnswer {
  const { layer, padding, architectures, goal, conventions } = task;
  const { costs, kernels } = tablesOf(task.machine);
  const search = new LayerSearch(layer, costs, padding, weights, kernels, goal.limits);
  const low = perSize(() => 0);
  const box = { low, high: low };
  const depths = depthsOf(costs);
  const found = (item: Item): readonly Found[] => {
    const { architecture, mapping } = decode(item, architectures, depths);
    const judged = judge(goal, conventions, nth(architectures, architecture), architecture, layer, mapping);
    return judged ? [judged] : [];
  };
  if (kind === 'all') {
    const { columns, stopped } = search.columns(box, Infinity, max * slack, over);
    return { found: columns.flatMap(found), whole: !stopped };
  }
  const accept = (item: Item): number => {
    const [evaluated] = found(item);
    return evaluated ? costOf(weights, evaluated.evaluation.energy, evaluated.evaluation.cycles) : Infinity;
  };
  // Mostly the best item is within the limits by the cost model too: it need not see all that led there.
  const first = search.settle(box, Infinity, max, { over });
  const settled = !first.item || accept(first.item) <= first.value * slack;
  const { item, stopped } = settled ? first : search.settle(box, Infinity, max, { accept, over });
  return { found: item ? found(item) : [], whole: !stopped };
}

function min(found: readonly Found[], weights: Weights): readonly Found[] {
  const value = ({ evaluation: { energy, cycles } }: Found) => costOf(weights, energy, cycles);
  const best = found.reduce<Found | undefined>((x, y) => (x && value(x) <= value(y) ? x : y), undefined);
  return best ? [best] : [];
}

export interface ColumnsTaskInput {
  readonly question: ColumnsQuestion;
  /** When to stop, by `clock`: a question that waited for a free worker has only what is left of its time. */
  readonly until: number;
}

export const columnsTask = ({ question, until }: ColumnsTaskInput): Promise<ColumnsAnswer> =>
  Promise.resolve(columnsOf(question, () => clock() >= until));
