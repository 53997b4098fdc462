// The totals of a mapped network, each with its definition.

import type { Objective } from '../model/goal.js';
import { objectiveUnits } from '../model/goal.js';
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

export function printTotals(t: TotalsView): string {
  const ops = opsPerMac * t.macs;
  const peak = (opsPerMac * t.peakMacs * t.clock) / 1e6;
  const achieved = (ops * t.clock) / t.cycles / 1e6;
  const perOp = (pJ: number) => digits((pJ * 1000) / ops);
  const proven = t.bound > 0 ? `${magnitude(t.bound)}, gap ${percent(Math.max(0, (t.objective - t.bound) / t.objective))}` : 'none proven';
  const rows: (readonly [string, string])[] = [
    [`objective: sum of count x ${t.goal}`, `${magnitude(t.objective)} ${objectiveUnits[t.goal]}`],
    ['  its lower bound', proven],
    ['energy', energyText(t.energy)],
    ['cycles', `${grouped(t.cycles)} (${digits(t.cycles / t.clock / 1000)} ms at ${t.clock} MHz)`],
    ['(sum of energy) x (sum of cycles)', `${magnitude(t.edpOfTotals)} ${objectiveUnits.edp}`],
    ['energy per operation', `${perOp(t.energy)} fJ with DRAM, ${perOp(t.energy - t.dramEnergy)} fJ without (1 MAC = 2 operations, padding not counted)`],
    ['throughput', `${digits(achieved)} TOPS of ${digits(peak)} peak (${percent(achieved / peak)})`],
  ];
  if (t.area !== undefined) rows.push(['per area', `${digits(achieved / t.area)} TOPS/mm2 of ${digits(peak / t.area)} peak, on ${digits(t.area)} mm2`]);
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join('\n');
}
