// What is asked of a layer: an objective, and upper limits on the quantities that it leaves free. network-goal.ts has what
// is asked of a network.

import type { Evaluation } from './evaluate.js';

/** What may be minimised of one layer; `edp` is its energy x its cycles. */
export const objectives = ['energy', 'latency', 'edp', 'ed2p'] as const;
/** What may be minimised of a layer: pJ, cycles, pJ x cycles, or pJ x cycles^2. */
export type Objective = (typeof objectives)[number];

/** energy^e x cycles^t: pJ, cycles, pJ x cycles, pJ x cycles^2. */
export const exponents: Readonly<Record<Objective, { readonly energy: 0 | 1; readonly cycles: 0 | 1 | 2 }>> = {
  energy: { energy: 1, cycles: 0 },
  latency: { energy: 0, cycles: 1 },
  edp: { energy: 1, cycles: 1 },
  ed2p: { energy: 1, cycles: 2 },
};

/** Of a layer and of a network. */
export const objectiveUnits: Readonly<Record<Objective | 'layer-edp', string>> = {
  energy: 'pJ',
  latency: 'cycles',
  edp: 'pJ*cycles',
  'layer-edp': 'pJ*cycles',
  ed2p: 'pJ*cycles^2',
};

/** Upper limits per layer: pJ, cycles, pJ x cycles. */
export type Limits = Readonly<Partial<Record<'energy' | 'latency' | 'edp', number>>>;

/** What limits on a layer leave to each of so many runs that are alike. */
export const limitsOfRun = ({ energy, latency, edp }: Limits, runs: number): Limits => ({
  ...(energy !== undefined && { energy: energy / runs }),
  ...(latency !== undefined && { latency: latency / runs }),
  ...(edp !== undefined && { edp: edp / runs ** 2 }),
});

/** What is asked of a layer: the least of an objective within limits. */
export interface Goal {
  readonly objective: Objective;
  /** All of them hold for one instance of the layer. */
  readonly limits: Limits;
}

/** An objective of so much energy, pJ, and so many cycles. */
export const valueOf = (objective: Objective, energy: number, cycles: number): number =>
  energy ** exponents[objective].energy * cycles ** exponents[objective].cycles;

/** What an objective is of an evaluation, in the objective's unit. */
export const measure = (objective: Objective, e: Pick<Evaluation, 'energy' | 'cycles'>): number =>
  valueOf(objective, e.energy, e.cycles);

/**
 * Of an objective or a limit by its name, with or without the layer that it is on, the area among
 * them; empty where it has none.
 */
export const goalUnit = (name: string): string =>
  name === 'area' ? 'mm2' : ((objectiveUnits as Readonly<Record<string, string>>)[name.replace(/@.*$/s, '')] ?? '');

/**
 * (found - bound) / found: how much less there could be. 0 where there is nothing less, of costs of 0 too; 1
 * where nothing is found or proven.
 */
export const gapBetween = (found: number, bound: number): number => {
  if (found <= Math.max(bound, 0)) return 0;
  return bound > 0 && Number.isFinite(found) ? (found - bound) / found : 1;
};

/** Whether an evaluation keeps all limits; one that is at its limit does. */
export const withinLimits = (limits: Limits, e: Pick<Evaluation, 'energy' | 'cycles'>): boolean =>
  (Object.entries(limits) as [keyof Limits, number][]).every(([name, limit]) => measure(name, e) <= limit);
