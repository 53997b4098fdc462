// What is proven of a network that was mapped as a whole, for its section.

import type { MapResultNetwork } from '../../../results/map-result.js';
import { percent } from '../../tables/quantities.js';
import { networkObjectiveNames } from '../../../model/cost/network-goal.js';
import type { Section } from '../blocks.js';

export function networkStatus({ status }: MapResultNetwork): NonNullable<Section['status']> {
  switch (status) {
    case 'optimal':
      return { text: 'proved optimal', mood: 'good' };
    case 'feasible':
      return { text: 'within the limits', mood: 'open' };
    case 'infeasible':
      return { text: 'infeasible', mood: 'bad' };
    case 'unknown':
      return { text: 'not settled', mood: 'open' };
  }
}

export function networkProof({ objective, status, gap, reason }: MapResultNetwork): string {
  const what = `the ${networkObjectiveNames[objective]}`;
  if (status === 'infeasible') return 'No mappings keep the limits on the network together.';
  if (status === 'unknown') return `Nothing is settled: ${reason}.`;
  const all = 'over every choice of a mapping for every layer';
  return gap === 0
    ? `Proved: ${what} cannot be less, ${all}.`
    : `Proved: ${what} cannot be less by more than ${percent(gap ?? 1)}, ${all}.`;
}
