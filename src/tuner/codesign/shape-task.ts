// Parts of the search over machines as tasks for worker threads: plain data in, plain data out.

import { defined, nth } from '../../base/invariant.js';
import type { Places } from '../../enumerate/columns.js';
import { perSize, sizes } from '../../enumerate/columns.js';
import { shapeCosts } from '../../enumerate/item-costs.js';
import type { Item } from '../../enumerate/item.js';
import { costOf } from '../../enumerate/item.js';
import type { Node, Term } from '../../enumerate/shape-search.js';
import { Late, ShapeSearch } from '../../enumerate/shape-search.js';
import type { DesignPoint, DesignSpace } from '../../model/space/design-space.js';
import type { Found } from '../../search/strategy.js';
import type { Advance, Advanced } from './advance.js';
import { sketch } from './machine-sketch.js';
import type { CodesignProblem, TotalsProblem } from './codesign-problem.js';
import type { FoundMachine } from './found-machine.js';
import { evaluatedOn, tablesOf } from './found-machine.js';
import type { BoxNode } from './totals-search.js';
import { advanceTotals, floorsOfTotals } from './totals-task.js';

export type { FoundMachine } from './found-machine.js';

/** A machine that was asked for, with what is proven of each term on it. */
export interface Mapped {
  readonly machine: FoundMachine;
  /** No mapping on this machine costs less. */
  readonly bounds: readonly number[];
}

/** A machine made out of a box is looked at as long as it can cost this many times the box's bound. */
const reach = 1.25;

/** Searches of the shapes last worked on: what they have listed and found is of use again. */
const searches = new Map<string, ShapeSearch>();
const maxSearches = 40;

function searchOf(problem: CodesignProblem, shape: DesignPoint): ShapeSearch | undefined {
  const key = JSON.stringify([
    shape,
    problem.space.menus,
    problem.space.maxPes,
    problem.space.minPes,
    problem.technology,
    problem.area,
    problem.padding,
    problem.terms,
  ]);
  const known = searches.get(key);
  if (known) return known;
  const costs = shapeCosts(problem.space, shape, problem.technology);
  if (!costs || costs.min.area > problem.area) return undefined;
  const search = new ShapeSearch(costs, problem.terms, problem.padding, problem.area, tablesOf(costs));
  if (searches.size >= maxSearches) searches.delete(defined(searches.keys().next().value));
  searches.set(key, search);
  return search;
}

/** Quick bounds of shapes; null where none of a shape's machines fits the area, or some layer none of them. */
export function floors({
  problem,
  shapes,
}: {
  readonly problem: CodesignProblem | TotalsProblem;
  readonly shapes: readonly DesignPoint[];
}): readonly (number | null)[] {
  if ('networks' in problem) return floorsOfTotals(problem, shapes);
  return shapes.map((shape) => {
    const floor = searchOf(problem, shape)?.floor() ?? Infinity;
    return Number.isFinite(floor) ? floor : null;
  });
}

/** Splits boxes of one shape, the most promising first. */
export const advance = (input: Advance): Advanced => {
  const { problem } = input;
  return 'networks' in problem
    ? advanceTotals(input as Advance<TotalsProblem, BoxNode>)
    : advanceTerms(input as Advance<CodesignProblem, Node>);
};

function advanceTerms({ problem, shape, open, limit, until, seconds }: Advance<CodesignProblem, Node>): Advanced<Node> {
  const end = performance.now() + seconds * 1000;
  const search = searchOf(problem, shape);
  if (!search) return { bound: Infinity, settled: Infinity, open: [], best: undefined, nodes: 0 };
  let best: FoundMachine | undefined;
  let nodes = 0;
  const wanted = () => Math.min(limit, best?.value ?? Infinity);
  const consider = (candidate: { places: Places; items: readonly Item[]; value: number } | undefined) => {
    if (!candidate || candidate.value >= wanted()) return;
    const machine = machineOf(search, problem, shape, candidate.places, candidate.items);
    if (machine && machine.value < wanted()) best = machine;
  };
  const over = () => performance.now() >= end;
  const look = (node: Node | undefined): Node[] => {
    nodes++;
    if (!node) return [];
    const join = search.join(node);
    if (join) consider(join);
    // A machine that all agree on is often better with mappings of its own; one that is too large gives way.
    const places = join ? join.places : search.shrunk(node);
    if (places && (!join || join.value === best?.value))
      consider(search.exactly(places, Math.min(wanted(), node.bound * reach), node, over));
    return [node];
  };
  const byBound = (x: Node, y: Node) => y.bound - x.bound;
  let left: Node[] = [...(open ?? [])].sort(byBound);
  let begun = open !== undefined;
  /** The minimum bound of boxes in which all agree: the value of their machine may be a little above it. */
  let settled = Infinity;
  try {
    if (!begun) left = look(search.node(search.whole, undefined, limit, over));
    begun = true;
    while (left.length > 0 && defined(left.at(-1)).bound < Math.min(wanted(), until) && !over()) {
      const node = defined(left.at(-1));
      const children = search.split(node);
      if (children.length === 0) {
        settled = Math.min(settled, node.bound);
        consider({ places: nth(node.items, 0).places, items: node.items, value: node.bound });
      }
      const next = children.flatMap((box) => look(search.node(box, node.items, wanted(), over)));
      left.pop();
      left.push(...next);
      left.sort(byBound);
    }
  } catch (error) {
    // The node that was being split is still there.
    if (!(error instanceof Late)) throw error;
  }
  if (!begun) return { bound: search.floor(), settled, open: undefined, best, nodes };
  left = left.filter((n) => n.bound < wanted()).sort(byBound);
  return { bound: left.at(-1)?.bound ?? (search.hopeless ? Infinity : wanted()), settled, open: left, best, nodes };
}

/**
 * The best mappings on one machine; undefined where a layer has none, they are not of less cost than
 * `limit`, or the time is over first. They are looked for in the space of that machine alone: tables of nests with
 * collectors of all depths of a large space take longer than all else.
 */
export function machineAt({
  problem,
  point,
  limit,
  seconds = Infinity,
}: {
  readonly problem: CodesignProblem;
  readonly point: DesignPoint;
  readonly limit: number;
  readonly seconds?: number;
}): Mapped | undefined {
  if (sizes.some((size) => !problem.space.menus[size].includes(point[size]))) return undefined;
  const alone = { ...problem, space: onlyAt(problem.space, point) };
  const search = searchOf(alone, point);
  if (!search) return undefined;
  const end = performance.now() + seconds * 1000;
  const places = perSize(() => 0);
  const exact = inTime(() => search.exactly(places, limit, undefined, () => performance.now() >= end));
  const machine = exact && machineOf(search, alone, point, places, exact.items);
  return machine && { machine, bounds: exact.items.map((x) => x.value) };
}

/** The space of machines that have the sizes of this one. */
const onlyAt = (space: DesignSpace, point: DesignPoint): DesignSpace => ({
  ...space,
  menus: { ...space.menus, ...perSize((size) => [point[size]]) },
});

/** Undefined where the time is over first. */
function inTime<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof Late) return undefined;
    throw error;
  }
}

function machineOf(
  search: ShapeSearch,
  problem: CodesignProblem,
  shape: DesignPoint,
  places: Places,
  items: readonly Item[],
): FoundMachine | undefined {
  const evaluated = evaluatedOn(search.costs, problem, shape, places, problem.terms, items);
  return (
    evaluated && {
      ...evaluated,
      value: evaluated.found.reduce((sum, f, i) => sum + costOfAll(nth(problem.terms, i), f), 0),
    }
  );
}

const costOfAll = ({ weights }: Pick<Term, 'weights'>, { evaluation }: Found): number =>
  costOf(weights, evaluation.energy, evaluation.cycles);

export { sketch };

/** The tasks of this file by their names. */
export interface ShapeTasks {
  readonly floors: typeof floors;
  readonly advance: typeof advance;
  readonly machineAt: typeof machineAt;
  readonly sketch: typeof sketch;
}
