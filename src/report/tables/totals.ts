// The totals of a mapped network, each with its definition.

import { defined } from '../../base/invariant.js';
import { pairs } from '../../base/text.js';
import type { Objective } from '../../model/cost/goal.js';
import { gapBetween, objectiveUnits } from '../../model/cost/goal.js';
import { digits, energyText, grouped, magnitude, percent } from './quantities.js';

/** Count-weighted sums; pJ, cycles, MHz, mm2. */
export interface TotalsView {
  readonly goal: Objective;
  readonly objective: number;
  /** Proven; 0 where nothing is. */
  readonly bound: number;
  readonly energy: number;
  /** The part of it that goes into accesses of the outermost memory. */
  readonly dramEnergy: number;
  readonly cycles: number;
  readonly edpOfTotals: number;
  /** Multiply-accumulates of the unpadded layers. */
  readonly macs: number;
  readonly peakMacs: number;
  readonly clock: number;
  /** Undefined for machines whose area is not known. */
  readonly area: number | undefined;
}

/** 1 MAC is 2 operations; work on padding costs but does not count. */
const opsPerMac = 2;

/** What a run of a network comes to, in the units of papers. */
export interface Figures {
  /** fJ per operation: everything, and all but the accesses of the outermost memory. */
  readonly fjPerOpWithDram: number;
  readonly fjPerOp: number;
  /** 10^12 operations per second. */
  readonly tops: number;
  readonly topsPeak: number;
  /** Share of the peak. */
  readonly utilization: number;
  /** Per mm2 of the whole chip; undefined for machines whose area is not known. */
  readonly topsPerMm2: number | undefined;
  readonly topsPerMm2Peak: number | undefined;
  /** The time that the cycles take. */
  readonly seconds: number;
}

export function figuresOf(
  t: Pick<TotalsView, 'energy' | 'dramEnergy' | 'cycles' | 'macs' | 'peakMacs' | 'clock' | 'area'>,
): Figures {
  const ops = opsPerMac * t.macs;
  const tops = (ops * t.clock) / t.cycles / 1e6;
  const topsPeak = (opsPerMac * t.peakMacs * t.clock) / 1e6;
  return {
    fjPerOpWithDram: (t.energy * 1000) / ops,
    fjPerOp: ((t.energy - t.dramEnergy) * 1000) / ops,
    tops,
    topsPeak,
    utilization: tops / topsPeak,
    topsPerMm2: t.area && tops / t.area,
    topsPerMm2Peak: t.area && topsPeak / t.area,
    seconds: t.cycles / t.clock / 1e6,
  };
}

/** The bound and how far the objective is from it. */
export const boundText = (objective: number, bound: number): string =>
  gapBetween(objective, bound) < 1
    ? `${magnitude(bound)}, gap ${percent(gapBetween(objective, bound))}`
    : 'none proven';

export function printTotals(t: TotalsView): string {
  const f = figuresOf(t);
  const rows: (readonly [string, string])[] = [
    [`objective: sum of count x ${t.goal}`, `${magnitude(t.objective)} ${objectiveUnits[t.goal]}`],
    ['  its lower bound', boundText(t.objective, t.bound)],
    ['energy', energyText(t.energy)],
    ['cycles', `${grouped(t.cycles)} (${digits(t.cycles / t.clock / 1000)} ms at ${t.clock} MHz)`],
    ['(sum of energy) x (sum of cycles)', `${magnitude(t.edpOfTotals)} ${objectiveUnits.edp}`],
    [
      'energy per operation',
      `${digits(f.fjPerOpWithDram)} fJ with DRAM, ${digits(f.fjPerOp)} fJ without (1 MAC = 2 operations, ` +
        'padding not counted)',
    ],
    ['throughput', `${digits(f.tops)} TOPS of ${digits(f.topsPeak)} peak (${percent(f.utilization)})`],
  ];
  if (f.topsPerMm2 !== undefined && f.topsPerMm2Peak !== undefined)
    rows.push([
      'per area',
      `${digits(f.topsPerMm2)} TOPS/mm2 of ${digits(f.topsPerMm2Peak)} peak, on ${digits(defined(t.area))} mm2`,
    ]);
  return pairs(rows);
}
