// The figures of mapped layers: where energy goes, what takes time, how near each is to the roofs of the machine.

import type { EnergyPart } from '../energy-parts.js';
import { partOrder, partRank } from '../energy-parts.js';
import type { BarFigure, ChartFigure, ChartPoint } from '../figure.js';
import { faintColor } from '../figure/look.js';
import { digits, energyScale, energyText, grouped, percent } from '../quantities.js';

const sum = (xs: readonly number[]) => xs.reduce((n, x) => n + x, 0);

/** Parts of the template have one colour in all figures, as `partOrder` has them. */
const partColors: readonly number[] = [0, 1, 10, 3, 4, 5, 6, 2, 7, 9, 8];
/** Levels of other machines have that of their place, from the outside in. */
const levelColors: readonly number[] = [0, 1, 3, 4, 5, 6, 10, 9];
export const colorOf = (part: string, place: number): number => partColors[partOrder.indexOf(part)] ?? levelColors[place % levelColors.length]!;

/** Of layers, where no component is meant. */
const accent = 9;

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
  const shares = parts.map((p) => ({ part: p, energy: sum(bars.map((b) => of(b, p))) })).sort((x, y) => y.energy - x.energy);
  return {
    kind: 'bars',
    lying: true,
    stacked: true,
    title,
    subtitle,
    description: `${energyText(whole)} in all: ${shares.map((s) => `${s.part} ${percent(s.energy / whole)}`).join(', ')}.`,
    y: { label: `energy (${scale.unit})`, scale: 'linear' },
    groups: bars.map((b) => b.name),
    series: parts.map((part, i) => ({ name: part, color: colorOf(part, i), values: bars.map((b) => of(b, part) / scale.pJ) })),
    ends: totals.map((t) => percent(t / whole)),
  };
}

export interface TimeBar {
  readonly name: string;
  readonly cycles: number;
  readonly utilization: number;
}

/** The cycles of a layer in two: those that its MACs would take on all multipliers, and the rest. */
export function timeFigure(bars: readonly TimeBar[]): BarFigure {
  const most = Math.max(0, ...bars.map((b) => b.cycles));
  const power = most >= 1e9 ? 9 : most >= 1e6 ? 6 : most >= 1e4 ? 3 : 0;
  const unit = { 0: 'cycles', 3: 'thousand cycles', 6: 'million cycles', 9: 'billion cycles' }[power];
  const whole = sum(bars.map((b) => b.cycles));
  return {
    kind: 'bars',
    lying: true,
    stacked: true,
    title: 'Time and utilisation of every layer',
    subtitle: 'cycles of all instances, split by utilisation: the share of all multiplications that the machine could have done in that time',
    description: `${grouped(whole)} cycles in all, at a utilisation of ${percent(sum(bars.map((b) => b.cycles * b.utilization)) / whole)}.`,
    y: { label: unit, scale: 'linear' },
    groups: bars.map((b) => b.name),
    series: [
      { name: 'multipliers busy', color: colorOf('MACs', 0), values: bars.map((b) => (b.cycles * b.utilization) / 10 ** power) },
      { name: 'multipliers idle', color: faintColor, values: bars.map((b) => (b.cycles * (1 - b.utilization)) / 10 ** power) },
    ],
    ends: bars.map((b) => percent(b.utilization)),
  };
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

export interface RoofPoint {
  readonly name: string;
  /** Of one instance. */
  readonly macs: number;
  readonly cycles: number;
  /** To and from DRAM. */
  readonly bytes: number;
}

/** `bytesPerCycle` is undefined where the machine's DRAM is not limited. */
export function rooflineFigure(peak: number, bytesPerCycle: number | undefined, bandwidth: string, layers: readonly RoofPoint[]): ChartFigure {
  const points = layers.map((l) => ({ ...l, x: l.macs / l.bytes, y: l.macs / l.cycles }));
  const ridge = bytesPerCycle === undefined ? undefined : peak / bytesPerCycle;
  const xs = [...points.map((p) => p.x), ...(ridge === undefined ? [] : [ridge])];
  const [low, high] = [Math.min(...xs) / 1.3, Math.max(...xs) * 1.5];
  // Labels go to the layers with the most work first.
  const spots = [...points].sort((a, b) => b.macs - a.macs).map(({ name, x, y }): ChartPoint => ({ x, y, label: name, note: `${name}: ${digits(y)} MACs per cycle, ${digits(x)} MACs per byte of DRAM` }));
  const memory = bytesPerCycle === undefined ? [] : [{ x: low, y: low * bytesPerCycle }, { x: ridge!, y: peak }];
  const best = points.reduce((m, p) => (p.y > m.y ? p : m));
  return {
    kind: 'chart',
    title: 'Roofline',
    subtitle: `peak ${grouped(peak)} MACs per cycle${bytesPerCycle === undefined ? '; DRAM is not limited' : `; ${bandwidth}`}`,
    description: `Each layer by MACs per byte of DRAM traffic and MACs per cycle. Best is ${best.name} with ${digits(best.y)} of ${grouped(peak)} MACs per cycle.`,
    x: { label: 'MACs per byte of DRAM traffic', scale: 'log' },
    // Room for labels above the roof.
    y: { label: 'MACs per cycle', scale: 'log', to: 1.6 * peak },
    series: [
      { name: 'layers', mark: 'points', color: accent, points: spots },
      { name: 'peak: all multipliers in every cycle', mark: 'curve', color: colorOf('MACs', 0), points: [{ x: ridge ?? low, y: peak }, { x: high, y: peak }] },
      ...(memory.length > 0 ? [{ name: 'DRAM bandwidth', mark: 'curve' as const, color: colorOf('DRAM', 0), points: memory }] : []),
    ],
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
    description: `${digits(whole)} mm2 in all: ${sorted.map((p) => `${p.part} ${percent(p.area / whole)}`).join(', ')}.`,
    y: { label: 'area (mm2)', scale: 'linear' },
    groups: sorted.map((p) => p.part),
    series: [{ name: 'area', values: sorted.map((p) => p.area) }],
    colors: sorted.map((p) => (partOrder.includes(p.part) ? colorOf(p.part, 0) : faintColor)),
    ends: sorted.map((p) => percent(p.area / whole)),
  };
}
