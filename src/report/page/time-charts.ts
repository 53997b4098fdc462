// What takes the time of mapped layers: cycles by cause, and how near each layer is to the roofs of the machine.

import { counted } from '../../base/text.js';
import { nth } from '../../base/invariant.js';
import type { Channel } from '../../model/cost/channels.js';
import type { TimeCause, TimeSplit } from '../../model/cost/time-split.js';
import { timeCauses } from '../../model/cost/time-split.js';
import type { BarFigure, ChartFigure, ChartPoint } from '../figures/figure.js';
import { faintColor } from '../figures/look.js';
import { digits, grouped, percent } from '../tables/quantities.js';
import type { TableBlock } from './blocks.js';
import { tableOf } from './blocks.js';
import { colorOf, stackedFigure } from './charts.js';

export interface TimeBar {
  readonly name: string;
  /** Of all instances. */
  readonly cycles: number;
  readonly utilization: number;
}

/** Cycles of all instances by cause, and what binds the layer most: so long it is busy. */
export interface SplitBar extends TimeBar {
  readonly split: TimeSplit;
  readonly binding: { readonly name: string; readonly share: number };
}

/**
 * A name for legends, one for the head of a column, and a colour: what multiplies is green,
 * what idles warm, what waits cold.
 */
const looks: Readonly<Record<TimeCause, { readonly name: string; readonly column: string; readonly color: number }>> = {
  useful: { name: 'useful work', column: 'useful', color: 2 },
  PEs: { name: 'PEs idle', column: 'PEs idle', color: 10 },
  lanes: { name: 'lanes idle', column: 'lanes idle', color: 5 },
  vector: { name: 'vector idle', column: 'vector idle', color: 8 },
  padding: { name: 'padding', column: 'padding', color: 3 },
  control: { name: 'steps begin and end', column: 'steps', color: 7 },
  load_w: { name: 'wait: weights from DRAM', column: 'load weights', color: 0 },
  load_i: { name: 'wait: inputs from the global buffer', column: 'load inputs', color: 6 },
  drain: { name: 'wait: outputs to the global buffer', column: 'drain', color: 9 },
  fill: { name: 'wait: inputs from DRAM', column: 'fill', color: 4 },
  spill: { name: 'wait: outputs to DRAM', column: 'spill', color: 1 },
  ports: { name: 'wait: ports of memories', column: 'ports', color: 0 },
};

const sum = (xs: readonly number[]) => xs.reduce((n, x) => n + x, 0);

const title = 'Time and utilisation of every layer';

function cyclesFigure(
  bars: readonly TimeBar[],
  series: Parameters<typeof stackedFigure>[3],
  subtitle: string,
  description: string,
): BarFigure {
  const max = Math.max(0, ...bars.map((b) => b.cycles));
  const power = max >= 1e9 ? 9 : max >= 1e6 ? 6 : max >= 1e4 ? 3 : 0;
  const unit = { 0: 'cycles', 3: 'thousand cycles', 6: 'million cycles', 9: 'billion cycles' }[power];
  const whole = sum(bars.map((b) => b.cycles));
  const utilization = sum(bars.map((b) => b.cycles * b.utilization)) / whole;
  return stackedFigure(
    { title, subtitle, unit, size: 10 ** power },
    `${grouped(whole)} cycles in all, at a utilisation of ${percent(utilization)}${description}`,
    bars.map((b) => ({ name: b.name, end: percent(b.utilization) })),
    series,
  );
}

/**
 * The cycles of a layer in two, where a file says no more: those that its MACs would take on
 * all multipliers, and the rest.
 */
export const timeFigure = (bars: readonly TimeBar[]): BarFigure =>
  cyclesFigure(
    bars,
    [
      { name: 'multipliers busy', color: colorOf('MACs', 0), values: bars.map((b) => b.cycles * b.utilization) },
      { name: 'multipliers idle', color: faintColor, values: bars.map((b) => b.cycles * (1 - b.utilization)) },
    ],
    'cycles of all instances, split by utilisation: the share of all multiplications that the machine could have ' +
      'done in that time',
    '',
  );

/** Causes that some layer has. */
const causesOf = (bars: readonly SplitBar[]): readonly TimeCause[] =>
  timeCauses.filter((c) => bars.some((b) => b.split[c] > 0));

export function splitFigure(bars: readonly SplitBar[]): BarFigure {
  const whole = sum(bars.map((b) => b.cycles));
  const shares = causesOf(bars).map((cause) => {
    const { name, color } = looks[cause];
    return { name, color, values: bars.map((b) => b.split[cause]) };
  });
  const largest = [...shares]
    .sort((x, y) => sum(y.values) - sum(x.values))
    .map((s) => `${s.name} ${percent(sum(s.values) / whole)}`);
  return cyclesFigure(
    bars,
    shares,
    'cycles of all instances by cause; at the end of each bar: its utilisation, which is its useful work',
    `: ${largest.join(', ')}`,
  );
}

/** The same in numbers, and what binds each layer. */
export function splitTable(bars: readonly SplitBar[]): TableBlock {
  const causes = causesOf(bars);
  const rows = bars.map((b) => [
    b.name,
    grouped(b.cycles),
    b.binding.name,
    percent(b.binding.share),
    ...causes.map((c) => (b.split[c] > 0 ? percent(b.split[c] / b.cycles) : '')),
  ]);
  return tableOf(
    'What is busy longest in the cycles of each layer, and these by cause',
    ['layer', '>cycles', 'bound by', '>busy', ...causes.map((c) => `>${looks[c].column}`)],
    rows,
  );
}

export interface RoofPoint {
  readonly name: string;
  /** Of one instance. */
  readonly macs: number;
  readonly cycles: number;
  readonly channels: readonly Channel[];
}

const roofColors: readonly number[] = [0, 4, 1, 6, 9, 5, 8, 3];

/** Every layer under the lowest of its roofs: at its MACs per byte of that channel. */
export function rooflineFigure(peak: number, layers: readonly RoofPoint[]): ChartFigure {
  const nearest = layers.flatMap((l) => {
    const used = l.channels.filter((c) => c.bytes > 0);
    if (used.length === 0) return [];
    const channel = used.reduce((low, c) => (c.busy > low.busy ? c : low));
    return [{ ...l, channel, x: l.macs / channel.bytes, y: l.macs / l.cycles }];
  });
  const channels = [...new Map(layers.flatMap((l) => l.channels.map((c) => [c.name, c] as const))).values()];
  const slopes = [...new Set(channels.map((c) => c.bytesPerCycle))].sort((x, y) => x - y);
  const ridges = slopes.map((s) => peak / s);
  const xs = [...nearest.map((p) => p.x), ...ridges];
  const [low, high] = xs.length === 0 ? [1, 10] : [Math.min(...xs) / 1.3, Math.max(...xs) * 1.5];
  const best = layers.reduce((m, p) => (p.macs / p.cycles > m.macs / m.cycles ? p : m));
  const color = (name: string) => nth(roofColors, channels.findIndex((c) => c.name === name) % roofColors.length);
  // Labels go to the layers with the most work first.
  const spots = (name: string) =>
    nearest
      .filter((p) => p.channel.name === name)
      .sort((a, b) => b.macs - a.macs)
      .map((p): ChartPoint => ({
        x: p.x,
        y: p.y,
        label: p.name,
        note:
          `${p.name}: ${digits(p.y)} MACs per cycle, ${digits(p.x)} MACs per byte ` +
          `of ${name}, ${digits(p.channel.bytesPerCycle)} bytes per cycle`,
      }));
  return {
    kind: 'chart',
    title: 'Roofline',
    subtitle:
      `peak ${grouped(peak)} MACs per cycle; ` +
      (channels.length === 0
        ? 'no channel is limited'
        : 'every layer under its lowest roof, that of the channel which it keeps busy longest'),
    description:
      'Each layer by MACs per byte of the channel that is busy longest, and MACs per cycle. ' +
      `Best is ${best.name} with ${digits(best.macs / best.cycles)} of ${grouped(peak)} MACs per cycle.`,
    x: { label: 'MACs per byte of the channel', scale: 'log' },
    // Room for labels above the roof.
    y: { label: 'MACs per cycle', scale: 'log', to: 1.6 * peak },
    series: [
      ...channels
        .filter((c) => nearest.some((p) => p.channel.name === c.name))
        .map((c) => ({
          name: `under ${c.name}`,
          mark: 'points' as const,
          color: color(c.name),
          points: spots(c.name),
        })),
      {
        name: 'peak: all multipliers in every cycle',
        mark: 'curve',
        color: colorOf('MACs', 0),
        points: [
          { x: ridges.length === 0 ? low : Math.min(...ridges), y: peak },
          { x: high, y: peak },
        ],
      },
      ...slopes.map((slope) => {
        const own = channels.filter((c) => c.bytesPerCycle === slope).map((c) => c.name);
        return {
          name: `${counted(slope, 'byte')} per cycle: ${own.join(', ')}`,
          mark: 'curve' as const,
          color: color(nth(own, 0)),
          points: [
            { x: low, y: low * slope },
            { x: peak / slope, y: peak },
          ],
        };
      }),
    ],
  };
}
