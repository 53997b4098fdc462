// Columns of one layer on one machine of the template, for a worker thread: plain data in, plain data out.

import { got, nth } from '../../base/invariant.js';
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
  /**
   * On a machine of the template, which is lowered where columns are looked for: that takes less than to hand it there. The limits
   * of its goal count, its objective does not.
   */
  readonly task: Omit<Task, 'architectures'> & { readonly machine: NonNullable<Task['machine']> };
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
  const lowered = loweredTask(task);
  const ways = waysOf(lowered, weights);
  const isMin = wanted.kind === 'min';
  // What costs least in some way cuts off the others: first those that promise most.
  const floors = new Map(ways.map((way) => [way, isMin && ways.length > 1 ? way.search.floor() : 0]));
  let found: readonly Found[] = [];
  let whole = true;
  let { max } = wanted;
  for (const { parts, own, search } of ways.toSorted((x, y) => got(floors, x) - got(floors, y))) {
    const answer = columnsOfRun(own, search, overRuns(weights, runsOf(parts)), { ...wanted, max }, over);
    whole &&= answer.whole;
    const all = isWhole(parts) ? answer.found : answer.found.map((f) => inAllRuns(lowered, parts, f));
    found = isMin ? min([...found, ...all], weights) : [...found, ...all];
    if (isMin)
      max = found.reduce((least, { evaluation: e }) => Math.min(least, costOf(weights, e.energy, e.cycles)), max);
  }
  return { found, whole };
}

/** What every column costs at least, at once; +Infinity where there is none. */
export const columnsFloor = ({ task, weights }: Pick<ColumnsQuestion, 'task' | 'weights'>): number =>
  waysOf(loweredTask(task), weights).reduce((least, { search }) => Math.min(least, search.floor(least)), Infinity) /
  slack;

type Lowered = Task & Pick<ColumnsQuestion['task'], 'machine'>;

const loweredTask = (task: ColumnsQuestion['task']): Lowered => ({
  ...task,
  architectures: tablesOf(task.machine).architectures,
});

/** The layer in each way in which it may run, with the search for its mappings. */
const waysOf = (task: Lowered, weights: Weights) => {
  const { costs, kernels } = tablesOf(task.machine);
  return partingsOf(task).map((parts) => {
    const own = { ...runTask(task, parts), machine: task.machine };
    const { layer, padding, goal } = own;
    const search = new LayerSearch(layer, costs, padding, overRuns(weights, runsOf(parts)), kernels, goal.limits);
    return { parts, own, search };
  });
};

function columnsOfRun(
  task: Lowered,
  search: LayerSearch,
  weights: Weights,
  { kind, max }: ColumnsQuestion['wanted'],
  over: () => boolean,
): ColumnsAnswer {
  const { layer, architectures, goal, conventions } = task;
  const low = perSize(() => 0);
  const box = { low, high: low };
  const depths = depthsOf(search.costs);
  // What is asked for last is most often asked for again.
  let last: { readonly item: Item; readonly found: readonly Found[] } | undefined;
  const found = (item: Item): readonly Found[] => {
    if (last?.item === item) return last.found;
    const { architecture, mapping } = decode(item, architectures, depths);
    const judged = judge(goal, conventions, nth(architectures, architecture), architecture, layer, mapping);
    last = { item, found: judged ? [judged] : [] };
    return last.found;
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
