// The master problem as a mixed-integer linear program: how many instances of a layer take a column, rows for limits on
// totals. Energy x cycles is sliced by cycles: in a slice energy alone bounds the product.

import type { StopReason } from '../../base/stop-reason.js';
import { unsettled } from '../../base/stop-reason.js';
import { nth } from '../../base/invariant.js';
import { Frontier } from '../../base/frontier.js';
import type { Backend, LinearRow, Milp } from '../../program/milp.js';
import type { Master, Picks, Totals } from './master.js';
import { costOf, quantities, totalsOf, valueOf, weighted } from './master.js';

export type Solved =
  /** `bound`: nothing is below, up to the solver's tolerances. */
  | { readonly status: 'found'; readonly picks: Picks; readonly value: number; readonly bound: number }
  | { readonly status: 'none' }
  | { readonly status: 'unknown'; readonly reason: StopReason };

/** Limits that are rows; one on energy x cycles is not. */
type Rows = Readonly<Partial<Record<keyof Totals, { readonly lower?: number; readonly upper?: number }>>>;

/** Rows and costs are in shares of these, so that solvers see numbers near 1. */
function scalesOf({ layers }: Pick<Master, 'layers'>): Totals {
  const max = (q: keyof Totals) =>
    layers.reduce(
      (sum, l) => sum + l.count * Array.from(l.energy, (_, c) => costOf(l, c)[q]).reduce((x, y) => Math.max(x, y), 0),
      0,
    ) || 1;
  return { energy: max('energy'), cycles: max('cycles'), both: max('both') };
}

export function masterProgram({ layers }: Pick<Master, 'layers'>, weights: Totals, limits: Rows): Milp {
  const scales = scalesOf({ layers });
  const scale = weighted(weights, scales) || 1;
  const at = layers.flatMap((layer, l) => Array.from(layer.energy, (_, c) => ({ l, layer, c, of: costOf(layer, c) })));
  const columns = at.map(({ layer, c, of }) => ({
    name: `${layer.name}#${c}`,
    lower: 0,
    upper: layer.count,
    integer: true,
    cost: weighted(weights, of) / scale,
  }));
  const each = layers.map((layer, l): LinearRow => {
    const indices = at.flatMap((x, i) => (x.l === l ? [i] : []));
    return { name: layer.name, indices, values: indices.map(() => 1), lower: layer.count, upper: layer.count };
  });
  const rows = quantities.flatMap((q): LinearRow[] => {
    const { lower = -Infinity, upper = Infinity } = limits[q] ?? {};
    if (lower === -Infinity && upper === Infinity) return [];
    const values = at.map(({ of }) => of[q] / scales[q]);
    return [{ name: q, indices: at.map((_, i) => i), values, lower: lower / scales[q], upper: upper / scales[q] }];
  });
  return { columns, rows: [...each, ...rows], offset: 0 };
}

interface Effort {
  /** Seconds. */
  readonly timeLimit: number;
  /** (found - bound) / found. */
  readonly gap: number;
}

const rowsOf = ({ limits }: Pick<Master, 'limits'>): Rows =>
  Object.fromEntries(
    quantities.flatMap((q) => {
      const upper = limits[q];
      return upper === undefined ? [] : [[q, { upper }]];
    }),
  );

/** The minimum of the objective by a solver of linear programs. */
export async function solveMaster(master: Master, backend: Backend, effort: Effort): Promise<Solved> {
  const { objective, limits } = master;
  if (objective === 'product' || limits.product !== undefined) return bySlices(master, backend, effort);
  return solveSum(master, objective, rowsOf(master), backend, effort);
}

async function solveSum(
  master: Pick<Master, 'layers'>,
  weights: Totals,
  rows: Rows,
  backend: Backend,
  { timeLimit, gap }: Effort,
): Promise<Solved> {
  const program = masterProgram(master, weights, rows);
  const outcome = await backend.solve(program, { timeLimit, gap });
  if (outcome.status === 'infeasible') return { status: 'none' };
  if (outcome.status === 'unknown') return { status: 'unknown', reason: outcome.reason };
  const whole = Array.from(outcome.point, Math.round);
  let i = 0;
  const picks = master.layers.map(({ energy }) => Array.from(energy, () => nth(whole, i++)));
  const value = weighted(weights, totalsOf(master.layers, picks));
  const scale = weighted(weights, scalesOf(master)) || 1;
  return { status: 'found', picks, value, bound: Math.min(value, outcome.bound * scale) };
}

/** Cycles from above `over` up to `upTo`; where all is known of what lies there, no product in it is below `bound`. */
interface Slice {
  readonly over: number;
  readonly upTo: number;
  readonly bound: number;
}

const maxSlices = 2000;

/** Slices of cycles, the lowest bound first: each gives the minimum of its sum; then what is quicker and what is slower. */
async function bySlices(master: Master, backend: Backend, effort: Effort): Promise<Solved> {
  const { layers, objective, limits } = master;
  const weights: Totals = objective === 'product' ? { energy: 1, cycles: 0, both: 0 } : objective;
  const left = new Frontier<Slice>();
  const rows = rowsOf(master);
  const slowest = layers.reduce(
    (sum, l) => sum + l.count * Array.from(l.cycles).reduce((x, y) => Math.max(x, y), 0),
    0,
  );
  left.push({ over: 0, upTo: Math.min(slowest, limits.cycles ?? Infinity), bound: 0 });
  let best: { readonly picks: Picks; readonly value: number } | undefined;
  for (let n = 0; n < maxSlices; n++) {
    const slice = left.pop();
    const enough = best ? best.value * (1 - effort.gap) : Infinity;
    if (!slice || slice.bound >= enough)
      return best
        ? { status: 'found', ...best, bound: Math.min(best.value, slice?.bound ?? Infinity) }
        : { status: 'none' };
    const { over, upTo } = slice;
    const cycles = { lower: Math.floor(over) + 1, upper: upTo };
    if (cycles.lower > cycles.upper) continue;
    const energy = Math.min(limits.energy ?? Infinity, (limits.product ?? Infinity) / cycles.lower);
    const found = await solveSum(
      { layers },
      weights,
      { ...rows, cycles, ...(energy < Infinity && { energy: { upper: energy } }) },
      backend,
      effort,
    );
    if (found.status === 'unknown') return found;
    if (found.status === 'none') continue;
    const totals = totalsOf(layers, found.picks);
    const value = valueOf(objective, totals);
    const fits = totals.energy * totals.cycles <= (limits.product ?? Infinity);
    if (fits && value < (best?.value ?? Infinity)) best = { picks: found.picks, value };
    // Everything in the slice has at least this sum; products, this energy and the slice's cycles.
    const boundFrom = (from: number) => (objective === 'product' ? found.bound * from : found.bound);
    if (objective !== 'product' && fits) continue;
    left.push({ over, upTo: totals.cycles - 1, bound: boundFrom(cycles.lower) });
    left.push({ over: totals.cycles, upTo, bound: boundFrom(totals.cycles + 1) });
    // At just these cycles there is no less energy, where that was asked for; else a limit on the product is one on energy.
    if (objective !== 'product' && cycles.lower < upTo)
      left.push({ over: totals.cycles - 1, upTo: totals.cycles, bound: found.bound });
  }
  return { status: 'unknown', reason: unsettled(`more than ${maxSlices} slices of cycles`) };
}
