// A co-designed machine as people read it: its parameters, what is proven, what networks take on
// it, and where area and energy go.

import { defined, nth } from '../../base/invariant.js';
import { squareMillimetres } from '../../base/units.js';
import { counted, pairs, table } from '../../base/text.js';
import { parseHardware } from '../../interchange/hardware-file.js';
import { printValue } from '../../interchange/template-fields.js';
import { goalUnit, valueOf } from '../../model/cost/goal.js';
import { isNetworkObjective, networkObjectiveNames, objectiveOfLayers } from '../../model/cost/network-goal.js';
import { peakMacs } from '../../model/machine/architecture.js';
import { staticEnergy } from '../../model/machine/technology.js';
import type { Template } from '../../model/machine/parameters.js';
import { arrangementsOf } from '../../model/space/design.js';
import type { DesignPoint, DesignSpace, Parameter } from '../../model/space/design-space.js';
import { saidOf } from '../../model/space/design-space.js';
import type { LimitUse } from '../../results/codesign-figures.js';
import type { CodesignResultFile, CodesignResultLayer, CodesignResultNetwork } from '../../results/codesign-result.js';
import { configurationFigure } from './configuration-text.js';
import { pathRows } from './dram-text.js';
import { energyRows } from './energy-rows.js';
import { idleFigure } from './idle-text.js';
import {
  bar,
  digits,
  durationText,
  energyIn,
  energyScale,
  grouped,
  magnitude,
  percent,
  timeText,
} from './quantities.js';
import { shapeText } from './shape-text.js';
import { boundText } from './totals.js';

/** What was asked about, and what the machine found takes of its limits. */
export interface CodesignAbout {
  readonly space: DesignSpace;
  /** The gap that was asked for. */
  readonly gap: number;
  readonly limits: readonly LimitUse[];
}

/** Of a result with a machine. */
export const codesignTable = (r: CodesignResultFile, about: CodesignAbout): string =>
  [
    machineTable(r, about.space),
    searchTable(r, about),
    networkTable(r),
    areaTable(r.area),
    energyTable(r),
    layerTable(r),
  ].join('\n\n');

/** The objective in words. */
export function goalText({ goal, networks }: Pick<CodesignResultFile, 'goal' | 'networks'>): string {
  const name = isNetworkObjective(goal) ? networkObjectiveNames[goal] : undefined;
  if (name === undefined) return 'area of the chip';
  const weighted = networks.length > 1 || networks.some((n) => n.weight !== 1);
  return weighted ? `sum of weight x ${name.replace('the network', 'each network')}` : name;
}

/** mm2 of the chip. */
export const areaOf = ({ area }: Pick<CodesignResultFile, 'area'>): number => area.reduce((n, p) => n + p.mm2, 0);

const peakOf = ({ networks }: CodesignResultFile): number => defined(nth(networks, 0).topsPeak ?? undefined);

function machineTable(r: CodesignResultFile, space: DesignSpace): string {
  const hardware = parseHardware(r.hardware);
  const point = r.point ?? undefined;
  if (!hardware.ok || hardware.value.machine.kind !== 'template' || !point) return '';
  const { machine, technology } = hardware.value;
  const { template } = hardware.value.machine;
  const rows = saidOf(space.menus).map((p) => parameterRow(p, space.menus[p], template, point));
  const pes = template.rows * template.columns;
  const [area, peak] = [areaOf(r), peakOf(r)];
  return [
    table(['parameter', 'value', 'menu', 'stands at'], rows, [false, true, false, false]),
    '',
    pairs([
      [
        'machine',
        `${grouped(peakMacs(nth(arrangementsOf(machine, technology), 0)))} MACs in ${grouped(pes)} ` +
          (pes === 1 ? 'PE' : 'PEs') +
          (pes === space.maxPes ? ' (the maximum)' : '') +
          ` at ${template.clock} MHz, a point of ${space.name}`,
      ],
      ['area', `${digits(area)} mm2`],
      ...pathRows(template),
      ['peak', `${digits(peak)} TOPS, ${digits(peak / area)} TOPS/mm2`],
    ]),
  ].join('\n');
}

/** Buffers hold whole lines: where that is less than the menu says, both are shown. */
function parameterRow(p: Parameter, menu: readonly number[], template: Template, point: DesignPoint): string[] {
  const [chosen, built] = [point[p], template[p]];
  const value = printValue(p, chosen);
  return [
    p,
    built === chosen ? value : `${printValue(p, built)} of ${value}`,
    menuText(menu.map((v) => printValue(p, v))),
    standing(menu, menu.indexOf(chosen)),
  ];
}

const menuText = (menu: readonly string[]) =>
  menu.length === 1 ? '' : menu.length <= 3 ? menu.join(', ') : `${menu[0]} to ${menu.at(-1)} (${menu.length} values)`;

function standing(menu: readonly number[], index: number): string {
  if (menu.length === 1) return 'only value';
  return index === 0 ? 'smallest' : index === menu.length - 1 ? 'largest' : '';
}

function searchTable(s: CodesignResultFile, { gap, limits }: CodesignAbout): string {
  const objective = s.objective ?? Infinity;
  const unit = goalUnit(s.goal);
  return pairs([
    [
      'status',
      s.status === 'optimal'
        ? `optimal: no machine and no mappings are better by more than ${percent(gap)}`
        : s.reason === ''
          ? s.status
          : `${s.status}: ${s.reason}`,
    ],
    [`objective: ${goalText(s)}`, `${magnitude(objective)}${unit === '' ? '' : ` ${unit}`}`],
    ['  its lower bound', boundText(objective, s.bound ?? 0)],
    ...limits.map((l): readonly [string, string] => [
      `limit on ${l.name}`,
      `${magnitude(l.limit)} ${l.unit}, of which ${percent(l.used / l.limit)} are used`,
    ]),
    [
      'search',
      `${counted(s.nodes, 'node')}, ${counted(s.shapes, 'shape')}, ${counted(s.space.machines, 'machine')} in the ` +
        `space, ${durationText(s.seconds)}`,
    ],
  ]);
}

function networkTable(r: CodesignResultFile): string {
  // The sum of the layers' own is of use only where somebody asked about it.
  const bySum = r.goal === 'layer-edp' || 'layer-edp' in r.limits;
  const scale = energyScale(r.networks.map((n) => n.energy ?? 0));
  const or = (x: number | null, show: (x: number) => string) => (x === null ? '-' : show(x));
  const rows = r.networks.map((n: CodesignResultNetwork) => [
    n.name,
    digits(n.weight).replace(/\.?0+$/, ''),
    or(n.energy, (e) => energyIn(scale, e)),
    or(n.cycles, grouped),
    or(n.time, timeText),
    or(n.edp, magnitude),
    ...(bySum ? [or(n.layerEdp, magnitude)] : []),
    or(n.utilization, percent),
    or(n.fjPerOpWithDram, digits),
    or(n.fjPerOp, digits),
    or(n.tops, digits),
    or(n.topsPerMm2, digits),
  ]);
  return [
    table(
      [
        'network',
        'weight',
        `energy (${scale.unit})`,
        'cycles',
        'time',
        'EDP',
        ...(bySum ? ["layers' EDPs"] : []),
        'utilisation',
        'fJ/op with DRAM',
        'without',
        'TOPS',
        'TOPS/mm2',
      ],
      rows,
      [false, ...Array.from({ length: bySum ? 11 : 10 }, () => true)],
    ),
    `Of ${digits(peakOf(r))} TOPS and ${digits(peakOf(r) / areaOf(r))} TOPS/mm2 at the peak. One run each; ` +
      '1 MAC = 2 operations, padding not counted.',
    ...configurationLines(r),
    ...idleLines(r),
  ].join('\n');
}

/** What writing the programs of a run of each network takes. */
const configurationLines = ({ networks }: CodesignResultFile): readonly string[] =>
  networks.flatMap(({ name, cycles, configuration }) => {
    const of = networks.length > 1 ? `, ${name}` : '';
    return configuration ? [`Configuration${of}: ${configurationFigure(configuration, cycles ?? 0)}.`] : [];
  });

/** Leakage and clock of a run of each network. */
function idleLines(r: CodesignResultFile): readonly string[] {
  const hardware = parseHardware(r.hardware);
  if (!hardware.ok || hardware.value.machine.kind !== 'template') return [];
  const {
    machine: { template },
    technology,
  } = hardware.value;
  const area = squareMillimetres(areaOf(r));
  return r.networks.flatMap(({ name, cycles }) => {
    const figure = idleFigure(staticEnergy(technology, area), area, template.clock, cycles ?? 0);
    const of = r.networks.length > 1 ? `, ${name}` : '';
    return figure === undefined ? [] : [`Leakage and clock${of}: ${figure}.`];
  });
}

function areaTable(parts: CodesignResultFile['area']): string {
  const whole = areaOf({ area: parts });
  const rows = [...parts]
    .sort((x, y) => y.mm2 - x.mm2)
    .map((p) => [p.part, digits(p.mm2), percent(p.mm2 / whole), bar(p.mm2 / whole)]);
  return table(
    ['part', 'area (mm2)', 'share', ''],
    [...rows, ['whole chip', digits(whole), '', '']],
    [false, true, true, false],
  );
}

function energyTable({ energy: parts, networks }: CodesignResultFile): string {
  const { unit, rows, whole } = energyRows(parts);
  const of = networks.length > 1 ? `\nSummed over ${networks.length} networks, each as often as its weight says.` : '';
  const heads = ['component', 'accesses', 'pJ each', `energy (${unit})`, 'share', ''];
  const lines = rows.map((r) => [r.part, grouped(r.count), r.each, r.energy, r.shareText, bar(r.share)]);
  const all = ['all', '', '', whole, '', ''];
  return table(heads, [...lines, all], [false, true, true, true, true, false]) + of;
}

/**
 * Layers have their shares of the objective; where that is the area, of the EDP. Of energy x delay of totals the share is the
 * mean of those of energy and of time, which is what a little less of the layer takes away.
 */
function layerTable({ layers, networks, goal }: CodesignResultFile): string {
  const scale = energyScale(layers.map((l) => l.energy ?? 0));
  const counts = networks.length === 1 ? ['count'] : networks.map((n) => `in ${n.name}`);
  const objective = goal === 'energy' || goal === 'latency' || goal === 'layer-edp' ? goal : 'edp';
  const cost = ({ energy, cycles, counts: own }: CodesignResultLayer) =>
    own.reduce((n, count, i) => {
      const { weight, energy: allEnergy, cycles: allCycles } = nth(networks, i);
      const one =
        objective === 'edp'
          ? ((energy ?? 0) * (allCycles ?? 0) + (cycles ?? 0) * (allEnergy ?? 0)) / 2
          : valueOf(objectiveOfLayers[objective], energy ?? 0, cycles ?? 0);
      return n + weight * count * one;
    }, 0);
  const whole = layers.reduce((n, l) => n + cost(l), 0);
  const shareOf = objective === 'edp' ? 'EDP' : objective === 'layer-edp' ? 'EDPs' : objective;
  const rows = layers.map((l) => [
    l.name,
    shapeText(l),
    ...l.counts.map((n) => (n === 0 ? '' : String(n))),
    energyIn(scale, l.energy ?? 0),
    grouped(l.cycles ?? 0),
    percent(l.utilization ?? 0),
    percent(cost(l) / whole),
  ]);
  return table(
    ['layer', 'shape', ...counts, `energy (${scale.unit})`, 'cycles', 'utilisation', `share of ${shareOf}`],
    rows,
    [false, false, ...counts.map(() => true), true, true, true, true],
  );
}
