// Energy by component, the largest first: how often each is used, what one use costs on average, and its share of the whole.

import { digits, energyIn, energyScale, percent } from './quantities.js';

export interface EnergyRow {
  readonly part: string;
  readonly count: number;
  /** pJ of one, on average. */
  readonly each: string;
  readonly energy: string;
  readonly share: number;
  readonly shareText: string;
}

export interface EnergyRows {
  /** Of all energies. */
  readonly unit: string;
  readonly rows: readonly EnergyRow[];
  readonly whole: string;
}

export function energyRows(
  parts: readonly { readonly part: string; readonly count: number; readonly energy: number }[],
): EnergyRows {
  const whole = parts.reduce((n, p) => n + p.energy, 0);
  const scale = energyScale([whole]);
  const rows = [...parts]
    .sort((x, y) => y.energy - x.energy)
    .map(({ part, count, energy }) => ({
      part,
      count,
      each: digits(energy / count),
      energy: energyIn(scale, energy),
      share: energy / whole,
      shareText: percent(energy / whole),
    }));
  return { unit: scale.unit, rows, whole: energyIn(scale, whole) };
}
