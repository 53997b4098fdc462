// A co-designed machine as people read it: its parameters, what is proven, what networks take on
// it, and where area and energy go.

import { pairs, table } from '../../base/text.js';
import type { EnergyPart } from './energy-parts.js';
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
import type { Figures } from './totals.js';
import { boundText } from './totals.js';

export interface ParameterView {
  readonly name: string;
  /** With their units. */
  readonly value: string;
  readonly menu: readonly string[];
  /** Where in the menu the value stands. */
  readonly index: number;
}

export interface MachineView {
  readonly space: string;
  readonly parameters: readonly ParameterView[];
  readonly pes: number;
  /** Of the space. */
  readonly mostPes: number;
  readonly macs: number;
  readonly clock: number;
  /** mm2 of the chip. */
  readonly area: number;
  /** TOPS. */
  readonly peak: number;
}

export interface SearchView {
  readonly status: string;
  /** What is minimised, in words, and its unit. */
  readonly goal: string;
  readonly unit: string;
  readonly objective: number;
  readonly bound: number;
  /** The gap that was asked for. */
  readonly gap: number;
  readonly limits: readonly LimitView[];
  readonly nodes: number;
  readonly shapes: number;
  readonly machines: number;
  readonly seconds: number;
  readonly reason: string;
}

export interface LimitView {
  readonly name: string;
  readonly unit: string;
  readonly limit: number;
  /** What the machine takes of it. */
  readonly used: number;
}

export interface NetworkView {
  readonly name: string;
  readonly weight: number;
  readonly energy: number;
  readonly cycles: number;
  /** Sum over layers of count x EDP. */
  readonly edp: number;
  readonly figures: Figures;
}

export interface LayerView {
  readonly name: string;
  readonly shape: string;
  /** Per network. */
  readonly counts: readonly number[];
  readonly energy: number;
  readonly cycles: number;
  readonly utilization: number;
  /** Of the objective of all networks. */
  readonly share: number;
}

export interface CodesignView {
  readonly machine: MachineView;
  readonly search: SearchView;
  readonly networks: readonly NetworkView[];
  readonly area: readonly { readonly part: string; readonly area: number }[];
  /** Of all networks, each as often as its weight says. */
  readonly energy: readonly EnergyPart[];
  /** What the shares of the layers are of. */
  readonly shareOf: string;
  readonly layers: readonly LayerView[];
}

export const codesignTable = (v: CodesignView): string =>
  [
    machineTable(v.machine),
    searchTable(v.search),
    networkTable(v.networks, v.machine),
    areaTable(v.area),
    energyTable(v.energy, v.networks),
    layerTable(v),
  ].join('\n\n');

function machineTable(m: MachineView): string {
  const rows = m.parameters.map((p) => [p.name, p.value, menuText(p), standing(p)]);
  return [
    table(['parameter', 'value', 'menu', 'stands at'], rows, [false, true, false, false]),
    '',
    pairs([
      [
        'machine',
        `${grouped(m.macs)} MACs in ${grouped(m.pes)} ${m.pes === 1 ? 'PE' : 'PEs'}` +
          (m.pes === m.mostPes ? ' (the most there may be)' : '') +
          ` at ${m.clock} MHz, a point of ${m.space}`,
      ],
      ['area', `${digits(m.area)} mm2`],
      ['peak', `${digits(m.peak)} TOPS, ${digits(m.peak / m.area)} TOPS/mm2`],
    ]),
  ].join('\n');
}

const menuText = ({ menu }: ParameterView) =>
  menu.length === 1 ? '' : menu.length <= 3 ? menu.join(', ') : `${menu[0]} to ${menu.at(-1)} (${menu.length} values)`;

function standing({ menu, index }: ParameterView): string {
  if (menu.length === 1) return 'only value';
  return index === 0 ? 'smallest' : index === menu.length - 1 ? 'largest' : '';
}

function searchTable(s: SearchView): string {
  const unit = s.unit === '' ? '' : ` ${s.unit}`;
  return pairs([
    [
      'status',
      s.status === 'optimal'
        ? `optimal: no machine and no mappings are better by more than ${percent(s.gap)}`
        : s.reason === ''
          ? s.status
          : `${s.status}: ${s.reason}`,
    ],
    [`objective: ${s.goal}`, `${magnitude(s.objective)}${unit}`],
    ['  its lower bound', boundText(s.objective, s.bound)],
    ...s.limits.map((l): readonly [string, string] => [
      `limit on ${l.name}`,
      `${magnitude(l.limit)} ${l.unit}, of which ${percent(l.used / l.limit)} are used`,
    ]),
    [
      'search',
      `${grouped(s.nodes)} nodes, ${grouped(s.shapes)} shapes, ${grouped(s.machines)} machines in the ` +
        `space, ${durationText(s.seconds)}`,
    ],
  ]);
}

function networkTable(networks: readonly NetworkView[], { peak, area }: MachineView): string {
  const scale = energyScale(networks.map((n) => n.energy));
  const rows = networks.map(({ name, weight, energy, cycles, edp, figures: f }) => [
    name,
    digits(weight).replace(/\.?0+$/, ''),
    energyIn(scale, energy),
    grouped(cycles),
    timeText(f.seconds),
    magnitude(edp),
    percent(f.utilization),
    digits(f.fjPerOpWithDram),
    digits(f.fjPerOp),
    digits(f.tops),
    f.topsPerMm2 === undefined ? '-' : digits(f.topsPerMm2),
  ]);
  return [
    table(
      [
        'network',
        'weight',
        `energy (${scale.unit})`,
        'cycles',
        'time',
        'sum of EDPs',
        'utilisation',
        'fJ/op with DRAM',
        'without',
        'TOPS',
        'TOPS/mm2',
      ],
      rows,
      [false, ...Array.from({ length: 10 }, () => true)],
    ),
    `Of ${digits(peak)} TOPS and ${digits(peak / area)} TOPS/mm2 at the peak. One run each; ` +
      '1 MAC = 2 operations, padding not counted.',
  ].join('\n');
}

function areaTable(parts: CodesignView['area']): string {
  const whole = parts.reduce((n, p) => n + p.area, 0);
  const rows = [...parts]
    .sort((x, y) => y.area - x.area)
    .map((p) => [p.part, digits(p.area), percent(p.area / whole), bar(p.area / whole)]);
  return table(
    ['part', 'area (mm2)', 'share', ''],
    [...rows, ['whole chip', digits(whole), '', '']],
    [false, true, true, false],
  );
}

function energyTable(parts: readonly EnergyPart[], networks: readonly NetworkView[]): string {
  const whole = parts.reduce((n, p) => n + p.energy, 0);
  const scale = energyScale([whole]);
  const rows = [...parts]
    .sort((x, y) => y.energy - x.energy)
    .map((p) => [
      p.part,
      grouped(p.count),
      digits(p.energy / p.count),
      energyIn(scale, p.energy),
      percent(p.energy / whole),
      bar(p.energy / whole),
    ]);
  const of = networks.length > 1 ? `\nSummed over ${networks.length} networks, each as often as its weight says.` : '';
  const heads = ['component', 'accesses', 'pJ each', `energy (${scale.unit})`, 'share', ''];
  const all = ['all', '', '', energyIn(scale, whole), '', ''];
  return table(heads, [...rows, all], [false, true, true, true, true, false]) + of;
}

function layerTable({ layers, networks, shareOf }: CodesignView): string {
  const scale = energyScale(layers.map((l) => l.energy));
  const counts = networks.length === 1 ? ['count'] : networks.map((n) => `in ${n.name}`);
  const rows = layers.map((l) => [
    l.name,
    l.shape,
    ...l.counts.map((n) => (n === 0 ? '' : String(n))),
    energyIn(scale, l.energy),
    grouped(l.cycles),
    percent(l.utilization),
    percent(l.share),
  ]);
  return table(
    ['layer', 'shape', ...counts, `energy (${scale.unit})`, 'cycles', 'utilisation', `share of ${shareOf}`],
    rows,
    [false, false, ...counts.map(() => true), true, true, true, true],
  );
}
