// What was found and what is proven, in a line: the first that a reader sees of a result.

import { counted } from '../../../base/text.js';
import { gapBetween } from '../../../model/cost/goal.js';
import type { NetworkObjective } from '../../../model/cost/network-goal.js';
import { objectiveOfLayers } from '../../../model/cost/network-goal.js';
import type { Status } from '../../../results/result-layer.js';
import { energyText, grouped, percent, timeText } from '../../tables/quantities.js';
import type { EvaluatedLayer } from './cost-sections.js';
import { wholeFigures } from './cost-sections.js';
import { objectiveNames } from './layer-sections.js';

/** `a`, `a and b`, `a, b and c`. */
export const listed = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;

/** With a capital letter and an end. */
export const sentence = (words: string): string => `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;

export interface Summarised {
  readonly workload: string;
  readonly arch: string;
  readonly objective: number | null;
  readonly bound: number | null;
  readonly energy: number | null;
  readonly cycles: number | null;
  readonly layers: readonly { readonly count: number; readonly status: Status; readonly gap: number | null }[];
}

/** `proof`: what is proven of the network as a whole, in place of what is proven of its layers. */
export function mappedSummary(
  r: Summarised,
  goal: NetworkObjective,
  layers: readonly EvaluatedLayer[],
  proof?: string,
): string {
  const [all, shapes] = [r.layers.reduce((n, l) => n + l.count, 0), r.layers.length];
  const what = `${counted(all, 'layer')}${shapes < all ? ` of ${counted(shapes, 'shape')}` : ''}`;
  if (r.energy === null || r.cycles === null) return proof ?? `${what} on ${r.arch}: ${listed(countsOf(r.layers))}.`;
  const f = layers.length > 0 ? wholeFigures(layers) : undefined;
  const takes =
    `${energyText(r.energy)} and ` +
    (f ? `${timeText(f.seconds)}, at ${percent(f.utilization)} of the peak` : `${grouped(r.cycles)} cycles`);
  return `The ${what} of ${r.workload} ${all === 1 ? 'takes' : 'take'} ${takes} on ${r.arch}. ${proof ?? proven(r, goal)}`;
}

const countsOf = (layers: Summarised['layers']): string[] =>
  (['optimal', 'feasible', 'infeasible', 'unknown'] as const).flatMap((status) => {
    const n = layers.filter((l) => l.status === status).length;
    const words = {
      optimal: 'proved optimal',
      feasible: 'found and not proved',
      infeasible: 'infeasible',
      unknown: 'without a mapping',
    }[status];
    return n === 0 ? [] : [`${grouped(n)} ${words}`];
  });

/** Smaller gaps are rounding. */
const exact = 1e-12;

function proven({ objective, bound, layers }: Summarised, goal: NetworkObjective): string {
  if (objective === null || bound === null || gapBetween(objective, bound) === 1)
    return 'How much better mappings could be is not proven.';
  const gap = gapBetween(objective, bound);
  const optimal = layers.filter((l) => l.status === 'optimal').length;
  const less = `less ${objectiveNames[objectiveOfLayers[goal]]}`;
  const together = goal === 'edp' ? ' of the network' : ', summed over layers';
  const whole =
    gap <= exact
      ? `no mappings have ${less}${goal === 'edp' ? together : ''}`
      : `no mappings have more than ${percent(gap)} ${less}${together}`;
  return optimal === layers.length
    ? `Proved: ${whole}.`
    : `Proved: ${grouped(optimal)} of ${counted(layers.length, 'mapping')} the best there is, and ${whole}.`;
}
