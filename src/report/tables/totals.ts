// The totals of a mapped network, each with its definition.

import { defined, nth } from '../../base/invariant.js';
import { squareMillimetres } from '../../base/units.js';
import { pairs } from '../../base/text.js';
import { partOf } from '../../model/cost/energy-parts.js';
import { gapBetween, objectiveUnits } from '../../model/cost/goal.js';
import { networkObjectiveNames } from '../../model/cost/network-goal.js';
import { figuresOf } from '../../model/cost/run-figures.js';
import type { Architecture } from '../../model/machine/architecture.js';
import { areaOfMachine, peakMacs } from '../../model/machine/architecture.js';
import { templateOf } from '../../model/machine/template.js';
import { macs } from '../../model/workload/layer.js';
import { sumsOf } from '../../results/layer-sums.js';
import type { MapResult, MapResultLayer, MapResultNetwork } from '../../results/map-result.js';
import { wholeGap } from '../../results/whole-gap.js';
import { configurationFigure } from './configuration-text.js';
import { pathRows } from './dram-text.js';
import { idleFigure } from './idle-text.js';
import { digits, energyText, grouped, magnitude, percent } from './quantities.js';

/** The bound and how far the objective is from it. */
export const boundText = (objective: number, bound: number): string =>
  gapBetween(objective, bound) < 1
    ? `${magnitude(bound)}, gap ${percent(gapBetween(objective, bound))}`
    : 'none proven';

const networkRows = ({ objective, value, bound }: MapResultNetwork): readonly (readonly [string, string])[] => [
  [`objective: ${networkObjectiveNames[objective]}`, `${magnitude(value ?? 0)} ${objectiveUnits[objective]}`],
  [
    '  its lower bound',
    wholeGap({ value: value ?? 0, bound: bound ?? 0 }) === 0
      ? 'the same, gap 0 %: no choice of a mapping for every layer is below'
      : boundText(value ?? 0, bound ?? 0),
  ],
];

/**
 * Totals of all layers of a result, as `magnet map` prints them; empty where one has no mapping. `architecture` is the machine in
 * its first arrangement.
 */
export function printTotals(
  { goal, layers, network, configuration }: Pick<MapResult, 'goal' | 'layers' | 'network' | 'configuration'>,
  architecture: Architecture,
): string {
  const sums = sumsOf(goal, layers);
  if (sums === null) return '';
  const { clock } = architecture;
  const area = areaOfMachine(architecture);
  // The wires that start at the outermost memory are on the chip.
  const dram = partOf(nth(architecture.levels, 0).name);
  const sum = (of: (l: MapResultLayer) => number) => layers.reduce((n, l) => n + l.count * of(l), 0);
  const f = figuresOf({
    ...sums,
    dramEnergy: sum((l) => l.parts?.[dram] ?? 0),
    macs: sum((l) => (l.layer === null ? 0 : macs({ name: l.name, ...l.layer }))),
    peakMacs: peakMacs(architecture),
    clock,
    area,
  });
  const t = { goal, clock, area, ...sums };
  const rows: (readonly [string, string])[] = [
    ...(network ? networkRows(network) : []),
    ...(network
      ? []
      : ([
          [`objective: ${networkObjectiveNames[t.goal]}`, `${magnitude(t.objective)} ${objectiveUnits[t.goal]}`],
          ['  its lower bound', boundText(t.objective, t.bound)],
        ] as const)),
    ['energy', energyText(t.energy)],
    ['cycles', `${grouped(t.cycles)} (${digits(t.cycles / t.clock / 1000)} ms at ${t.clock} MHz)`],
    ...(t.goal === 'edp'
      ? []
      : [['edp: energy x delay of the network', `${magnitude(t.edp)} ${objectiveUnits.edp}`] as const]),
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
  const template = templateOf(architecture);
  if (template) rows.push(...pathRows(template));
  if (configuration) rows.push(['configuration', configurationFigure(configuration, t.cycles)]);
  const idle = template && area && idleFigure(architecture.staticEnergy, squareMillimetres(area), clock, t.cycles);
  if (idle) rows.push(['leakage and clock', idle]);
  return pairs(rows);
}
