// Parts of the search for a machine by what networks cost as a whole, as tasks for worker threads: plain data in and out.

import { nth } from '../../base/invariant.js';
import { shapeCosts } from '../../enumerate/item-costs.js';
import { Late, inTime } from '../../enumerate/box-minima.js';
import type { Totals } from '../../milp/master/master.js';
import { keepsLimits } from '../../milp/master/master.js';
import type { DesignPoint } from '../../model/space/design-space.js';
import { totalsOfChosen } from '../network/network-question.js';
import type { TotalsProblem } from './codesign-problem.js';
import type { FoundMachine } from './found-machine.js';
import { evaluatedOn, tablesOf } from './found-machine.js';
import type { Advance, Advanced } from './advance.js';
import { AreaSearch } from './area-search.js';
import { chosenBy, scheduledMachine } from './schedules/scheduled-machine.js';
import { isScheduled } from './schedules/picked-schedules.js';
import { ScheduleSearch } from './schedules/schedule-search.js';
import type { BoxSearch } from './box-search.js';
import type { BoxNode, PickedMachine } from './totals-search.js';
import { TotalsSearch } from './totals-search.js';

const searches = new Map<string, BoxSearch>();
const maxSearches = 40;
/** As long as the limit is a guess, machines are looked at that may cost this many times the bound of the box that they are of. */
const guessReach = 2;

function searchOf(problem: TotalsProblem, shape: DesignPoint): BoxSearch | undefined {
  const { space, ...rest } = problem;
  const key = JSON.stringify([shape, space.menus, space.maxPes, space.minPes, rest]);
  const known = searches.get(key);
  if (known) return known;
  const costs = shapeCosts(space, shape, problem.technology);
  if (!costs || costs.min.area > problem.area) return undefined;
  const tables = tablesOf(costs);
  const totals = problem.schedules
    ? new ScheduleSearch(costs, problem, problem.schedules, shape, tables)
    : new TotalsSearch(costs, problem, tables);
  const search = problem.isArea ? new AreaSearch(problem, totals) : totals;
  const oldest = searches.size >= maxSearches ? searches.keys().next().value : undefined;
  if (oldest !== undefined) searches.delete(oldest);
  searches.set(key, search);
  return search;
}

/** Quick bounds of shapes; null where none of a shape's machines fits the area or can keep the limits. */
export function floorsOfTotals(problem: TotalsProblem, shapes: readonly DesignPoint[]): readonly (number | null)[] {
  return shapes.map((shape) => {
    const floor = searchOf(problem, shape)?.floor() ?? Infinity;
    return Number.isFinite(floor) ? floor : null;
  });
}

/**
 * Splits boxes of one shape, the most promising first. The answer hangs on the question alone, as long as there is time: whatever
 * this worker has seen of the shape before.
 */
export function advanceTotals(input: Advance): Advanced {
  const { problem, shape, open, limit, ceiling = limit, until, boxes, seconds, prices, learned } = input;
  const end = performance.now() + seconds * 1000;
  const search = searchOf(problem, shape);
  if (!search) return { bound: Infinity, settled: Infinity, open: [], best: undefined, nodes: 0, prices };
  search.begin(open ?? []);
  let best: FoundMachine | undefined;
  let nodes = 0;
  const wanted = () => Math.min(limit, best?.value ?? Infinity);
  /** What a machine is to be below: the limit may be a guess that none is below. */
  const better = () => Math.min(ceiling, best?.value ?? Infinity);
  const consider = (picked: PickedMachine | undefined) => {
    if (!picked || picked.value >= better()) return;
    const machine = machineOf(search, problem, shape, picked);
    if (machine && machine.value < better()) best = machine;
  };
  const reach = () => Math.max(search.reach, limit < better() ? guessReach : 0);
  const over = () => performance.now() >= end;
  const enough = () => (input.anyWillDo ?? false) && best !== undefined;
  const look = (node: BoxNode | undefined): BoxNode[] => {
    nodes++;
    if (!node) return [];
    const places = search.wanted(node);
    if (!places) return [node];
    const before = best;
    const joined = search.joined(places, node);
    consider(joined);
    // A machine that is good as it is is often better with mappings of its own. What the box is bounded by stays whatever the time.
    if (!joined || best !== before)
      consider(inTime(() => search.machine(places, node, Math.min(better(), reach() * node.bound || Infinity), over)));
    return [node];
  };
  const byBound = (x: BoxNode, y: BoxNode) => y.bound - x.bound;
  let left: BoxNode[] = [...(open ?? [])].sort(byBound);
  let begun = open !== undefined;
  let settled = Infinity;
  let now = prices;
  let known: Advanced['learned'];
  try {
    if (!begun) {
      left = look(search.root(prices, limit, over, { learned }));
      now = left[0]?.asked.map((own) => nth(own, own.length - 1)) ?? prices;
      known = search.rootLearned;
    }
    begun = true;
    for (
      let node = left.at(-1);
      node && node.bound < Math.min(wanted(), until) && nodes < boxes && !enough() && !over();
      node = left.at(-1)
    ) {
      const next = inside(search, node);
      left.pop();
      left = [...left, ...next].sort(byBound);
    }
  } catch (error) {
    // The node that was being split is still there.
    if (!(error instanceof Late)) throw error;
  }
  if (!begun) return { bound: search.floor(), settled, open: undefined, best, nodes, prices: now };
  left = left.filter((n) => n.bound < wanted()).sort(byBound);
  return {
    bound: left.at(-1)?.bound ?? (wanted() >= search.maxValue ? Infinity : wanted()),
    settled,
    open: left,
    best,
    nodes,
    prices: now,
    learned: known,
  };

  /** What is left of a box: its halves; nothing where it is settled. */
  function inside(of: BoxSearch, node: BoxNode): readonly BoxNode[] {
    let box = node;
    if (of.agreed(node)) {
      const exact = of.exact(node, wanted(), over);
      if (exact === 'none') return [];
      if (exact !== 'too-many') {
        box = { ...node, bound: Math.max(node.bound, exact.value), picks: exact.picks };
        if (of.agreed({ ...node, picks: exact.picks })) consider(exact);
      }
      if (of.agreed(box)) {
        consider(of.machine(nth(box.picks, 0).item.places, node, wanted(), over));
        // Too much to walk over is left open by what prices leave of the one machine.
        if (exact !== 'too-many' || of.split(box, wanted()).length === 0) {
          settled = Math.min(settled, box.bound);
          return [];
        }
      }
    }
    return of.split(box, wanted()).flatMap((half) => look(of.child(box, half, wanted(), over)));
  }
}

/** What was picked as mappings, evaluated; undefined where that is beyond a limit. */
function machineOf(
  search: BoxSearch,
  problem: TotalsProblem,
  shape: DesignPoint,
  picked: PickedMachine,
): FoundMachine | undefined {
  // What only bounds a box is no schedule.
  if (problem.schedules) return isScheduled(picked) ? scheduledMachine(search, problem, shape, picked) : undefined;
  const { places, picks } = picked;
  const { layers, networks } = problem;
  // A layer of several networks has one mapping: that of one of them, which each may be.
  for (const preferred of networks.keys()) {
    const items = layers.map((_, layer) => {
      const own = picks.filter((p) => p.layer === layer);
      return (own.find((p) => p.network === preferred) ?? own[0])?.item;
    });
    if (!items.every((item) => item !== undefined)) return undefined;
    const evaluated = evaluatedOn(search.costs, problem, shape, places, layers, items);
    const totals = evaluated && networks.map((_, k) => totalsOfMachine(problem, k, evaluated));
    if (totals?.every((t) => keepsLimits(t, problem.limits)))
      return {
        ...evaluated!,
        value: search.valueOf(places, totals),
      };
  }
  return undefined;
}

/** What a network comes to on a machine. */
export function totalsOfMachine(
  { layers }: Pick<TotalsProblem, 'layers'>,
  network: number,
  machine: Pick<FoundMachine, 'found' | 'schedules'>,
): Totals {
  if (machine.schedules) return totalsOfChosen(chosenBy(machine, network));
  const sum = { energy: 0, cycles: 0, both: 0 };
  layers.forEach(({ counts }, i) => {
    const { energy, cycles } = nth(machine.found, i).evaluation;
    const count = nth(counts, network);
    sum.energy += count * energy;
    sum.cycles += count * cycles;
    sum.both += count * energy * cycles;
  });
  return sum;
}
