// The figures of mapped layers and their machine: where energy goes, how far each is from its bound, what takes area.

import { nth } from '../../base/invariant.js';
import type { EnergyPart } from '../../model/cost/energy-parts.js';
import { partOrder, partRank } from '../../model/cost/energy-parts.js';
import type { BarFigure } from '../figures/figure.js';
import { faintColor } from '../figures/look.js';
import { digits, energyScale, energyText, percent } from '../tables/quantities.js';

const sum = (xs: readonly number[]) => xs.reduce((n, x) => n + x, 0);

/** Parts of the template have one colour in all figures, as `partOrder` has them. */
const partColors: readonly number[] = [0, 1, 10, 3, 4, 5, 6, 2, 7, 9, 8];
/** Levels of other machines have that of their place, from the outside in. */
const levelColors: readonly number[] = [0, 1, 3, 4, 5, 6, 10, 9];
export const colorOf = (part: string, place: number): number =>
  partColors[partOrder.indexOf(part)] ?? nth(levelColors, place % levelColors.length);

/** Of layers, where no component is meant. */
const accent = 9;

/** What a stacked figure is about; values are shown in units of `size`. */
interface Frame {
  readonly title: string;
  readonly subtitle: string;
  readonly unit: string;
  readonly size: number;
}

/** A lying bar for each layer, of parts that add up; what stands at its end is said in the subtitle. */
export const stackedFigure = (
  { title, subtitle, unit, size }: Frame,
  description: string,
  bars: readonly { readonly name: string; readonly end: string }[],
  series: readonly { readonly name: string; readonly color: number; readonly values: readonly number[] }[],
): BarFigure => ({
  kind: 'bars',
  lying: true,
  stacked: true,
  title,
  subtitle,
  description: `${description}.`,
  y: { label: unit, scale: 'linear' },
  groups: bars.map((b) => b.name),
  series: series.map((s) => ({ ...s, values: s.values.map((v) => v / size) })),
  ends: bars.map((b) => b.end),
});

/** Energies and cycles are of all instances of a layer. */
export interface EnergyBar {
  readonly name: string;
  readonly parts: readonly EnergyPart[];
}

export function energyFigure(title: string, subtitle: string, bars: readonly EnergyBar[]): BarFigure {
  const totals = bars.map((b) => sum(b.parts.map((p) => p.energy)));
  const whole = sum(totals);
  const scale = energyScale(totals);
  const found = [...new Set(bars.flatMap((b) => b.parts.map((p) => p.part)))];
  const parts = [...found].sort((x, y) => partRank(x) - partRank(y));
  const of = (b: EnergyBar, part: string) => sum(b.parts.filter((p) => p.part === part).map((p) => p.energy));
  const shares = parts
    .map((p) => ({ part: p, energy: sum(bars.map((b) => of(b, p))) }))
    .sort((x, y) => y.energy - x.energy);
  return stackedFigure(
    { title, subtitle, unit: `energy (${scale.unit})`, size: scale.pJ },
    `${energyText(whole)} in all: ` + shares.map((s) => `${s.part} ${percent(s.energy / whole)}`).join(', '),
    bars.map((b, i) => ({ name: b.name, end: percent(nth(totals, i) / whole) })),
    parts.map((part, i) => ({ name: part, color: colorOf(part, i), values: bars.map((b) => of(b, part)) })),
  );
}

/** The share of each layer's objective that lies above what is proven. */
export function gapFigure(layers: readonly { readonly name: string; readonly gap: number }[]): BarFigure {
  const worst = layers.reduce((m, l) => (l.gap > m.gap ? l : m));
  return {
    kind: 'bars',
    lying: true,
    title: 'Gap of every layer to its lower bound',
    subtitle: 'nothing is better by more than this share of the objective',
    description: `The largest is ${percent(worst.gap)}, of ${worst.name}.`,
    y: { label: 'gap (%)', scale: 'linear' },
    groups: layers.map((l) => l.name),
    series: [{ name: 'gap', color: accent, values: layers.map((l) => 100 * l.gap) }],
    ends: layers.map((l) => percent(l.gap)),
  };
}

/** Parts of an area, the largest first. */
export function areaFigure(parts: readonly { readonly part: string; readonly area: number }[]): BarFigure {
  const sorted = [...parts].filter((p) => p.area > 0).sort((x, y) => y.area - x.area);
  const whole = sum(sorted.map((p) => p.area));
  return {
    kind: 'bars',
    lying: true,
    title: 'Area by part',
    description:
      `${digits(whole)} mm2 in all: ` + sorted.map((p) => `${p.part} ${percent(p.area / whole)}`).join(', ') + '.',
    y: { label: 'area (mm2)', scale: 'linear' },
    groups: sorted.map((p) => p.part),
    series: [{ name: 'area', values: sorted.map((p) => p.area) }],
    colors: sorted.map((p) => (partOrder.includes(p.part) ? colorOf(p.part, 0) : faintColor)),
    ends: sorted.map((p) => percent(p.area / whole)),
  };
}
