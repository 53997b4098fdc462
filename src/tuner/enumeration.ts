// The minimum of one layer on one machine of the template by enumeration in closed form, every
// candidate judged by the cost model.

import { timeLimit } from '../base/stop-reason.js';
import { defined, nth } from '../base/invariant.js';
import { invariant } from '../base/diagnostics.js';
import { perSize } from '../enumerate/columns.js';
import { depthsOf, shapeCosts } from '../enumerate/item-costs.js';
import type { ShapeCosts } from '../enumerate/item-costs.js';
import { decode } from '../enumerate/decode-item.js';
import type { Item, Weights } from '../enumerate/item.js';
import { costOf } from '../enumerate/item.js';
import { KernelTables } from '../enumerate/kernels.js';
import { LayerSearch } from '../enumerate/layer-search.js';
import { magnetConventions } from '../model/cost/conventions.js';
import type { Conventions } from '../model/cost/conventions.js';
import type { DesignSpace } from '../model/space/design-space.js';
import { parameters, templateAt } from '../model/space/design-space.js';
import type { Objective } from '../model/cost/goal.js';
import type { Template } from '../model/machine/parameters.js';
import type { Architecture } from '../model/machine/architecture.js';
import type { TemplateMachine } from '../model/machine/template.js';
import { lowerTemplate } from '../model/machine/template.js';
import { judge } from '../search/mapping/point.js';
import type { Found, Strategy, Task } from '../search/strategy.js';
import { heuristicAnswer } from '../search/strategy.js';

interface Enumerated {
  readonly found: Found | undefined;
  /** What it costs by the weights; Infinity. */
  readonly value: number;
  /** No legal mapping within the limits costs less, up to the rounding of sums; Infinity where there is none. */
  readonly bound: number;
  /** Mappings that the cost model evaluated. */
  readonly evaluations: number;
  /** Choices of tiles that were split over nests of loops. */
  readonly nodes: number;
  /** Whether the time was over first. */
  readonly stopped: boolean;
}

/** Sums of the same numbers in another order. */
const rounding = 1e-12;

/**
 * Looks for the mapping that costs least within the limits of the task's goal, until `over`;
 * `improved` hears of every better one.
 */
export function enumerated(
  task: Task,
  machine: TemplateMachine,
  weights: Weights,
  over: () => boolean,
  improved: (value: number) => void = () => {},
): Enumerated {
  const {
    layer,
    padding,
    architectures,
    goal: { limits },
  } = task;
  const { costs, kernels } = tablesOf(machine);
  const search = new LayerSearch(layer, costs, padding, weights, kernels, limits);
  const depths = depthsOf(costs);
  const lowest = perSize(() => 0);
  let best: Found | undefined;
  let value = Infinity;
  let evaluations = 0;

  // Mostly the best item is within the limits by the cost model too: it need not see all that led there.
  const box = { low: lowest, high: lowest };
  const first = search.settle(box, Infinity, Infinity, { over });
  const settled = !first.item || accept(first.item) <= first.value * (1 + rounding);
  const { bound, stopped } = settled ? first : search.settle(box, Infinity, value, { accept, over });
  return {
    found: best,
    value,
    bound: Math.min(Math.max(first.bound, bound), value),
    evaluations,
    nodes: search.splits,
    stopped,
  };

  /**
   * What an item costs by the cost model, whose sums may be beyond a limit by the last
   * digits; Infinity where they are.
   */
  function accept(item: Item): number {
    evaluations++;
    const { architecture, mapping } = decode(item, architectures, depths);
    const judged = judge(
      { objective: task.goal.objective, limits },
      task.conventions,
      nth(architectures, architecture),
      architecture,
      layer,
      mapping,
    );
    if (!judged) return Infinity;
    const own = costOf(weights, judged.evaluation.energy, judged.evaluation.cycles);
    if (own < value) {
      [best, value] = [judged, own];
      improved(value);
    }
    return own;
  }
}

/** Why a machine's mappings cannot be enumerated, and the way out; undefined where they can. */
export function whyNotEnumerable(machine: TemplateMachine | undefined, conventions: Conventions): string | undefined {
  if (!machine)
    return (
      'only machines of the template have their mappings enumerated, and this one is a hierarchy; ' +
      'leave out --solver enumerate'
    );
  if (conventions.name !== magnetConventions.name)
    return (
      `mappings are enumerated under magnet conventions, not under those of ${conventions.name}; ` +
      'leave out --solver enumerate, or take --conventions magnet'
    );
  if (!inItsSpace(machine.template))
    return `a buffer of ${machine.template.name} is not a whole number of lines; leave out --solver enumerate`;
  return undefined;
}

/** The weights of an objective; undefined for one that is no sum of energy, cycles and their product. */
function weightsOf(objective: Objective): Weights | undefined {
  if (objective === 'ed2p') return undefined;
  return {
    both: objective === 'edp' ? 1 : 0,
    energy: objective === 'energy' ? 1 : 0,
    cycles: objective === 'latency' ? 1 : 0,
  };
}

/** Why the enumeration cannot answer a question, and the way out; undefined where it can. */
export function whyNotEnumerated({
  machine,
  conventions,
  objective,
}: {
  readonly machine: TemplateMachine | undefined;
  readonly conventions: Conventions;
  readonly objective: Objective;
}): string | undefined {
  if (!weightsOf(objective))
    return `the enumeration does not minimise ${objective}; leave out --solver enumerate, or take --objective edp`;
  return whyNotEnumerable(machine, conventions);
}

/** The enumeration of mappings, for machines of the template under magnet conventions. */
export const enumeration: Strategy = {
  name: 'enumerate',
  find(task, budget) {
    const unsuited = whyNotEnumerated({
      machine: task.machine,
      conventions: task.conventions,
      objective: task.goal.objective,
    });
    const weights = weightsOf(task.goal.objective);
    if (unsuited !== undefined || !task.machine || !weights)
      return Promise.resolve({
        ...heuristicAnswer('enumerate', undefined, 0),
        reason: unsuited === undefined ? undefined : { kind: 'unsuited', message: unsuited },
      });
    const end = budget.now() + budget.time * 1000;
    const {
      found: best,
      value,
      bound,
      evaluations,
      nodes,
      stopped,
    } = enumerated(
      task,
      task.machine,
      weights,
      () => budget.now() >= end,
      (value) => budget.progress?.(value, 0),
    );
    const closed = best !== undefined && value - bound <= Math.max(budget.gap, rounding) * value;
    const status = closed ? 'optimal' : best ? 'feasible' : bound === Infinity ? 'infeasible' : 'unknown';
    const reason = stopped ? timeLimit : undefined;
    return Promise.resolve({
      ...heuristicAnswer('enumerate', best, evaluations),
      status,
      bound: Math.min(bound, value),
      nodes,
      reason,
    });
  },
};

const spaceOf = (t: Template): DesignSpace => ({
  name: t.name,
  source: t.source,
  menus: Object.fromEntries(parameters.map((p) => [p, [t[p]]])) as unknown as DesignSpace['menus'],
  maxPes: t.rows * t.columns,
  overflowFree: false,
});

/** Whether the machine is one of the space that has it alone: buffers of whole lines. */
function inItsSpace(t: Template): boolean {
  const same = templateAt(spaceOf(t), t);
  return same !== undefined && parameters.every((p) => same[p] === t[p]);
}

interface Tables {
  readonly architectures: readonly Architecture[];
  readonly costs: ShapeCosts;
  readonly kernels: KernelTables;
}

/** Of the machines last asked about. */
const tables = new Map<string, Tables>();
const maxTables = 8;

export function tablesOf({ template, technology }: TemplateMachine): Tables {
  const key = JSON.stringify([template, technology]);
  const known = tables.get(key);
  if (known) return known;
  const costs = shapeCosts(spaceOf(template), template, technology);
  invariant(costs, 'a machine that is not in its own space');
  const made = {
    architectures: lowerTemplate(template, technology),
    costs,
    kernels: new KernelTables(depthsOf(costs)),
  };
  if (tables.size >= maxTables) tables.delete(defined(tables.keys().next().value));
  tables.set(key, made);
  return made;
}
