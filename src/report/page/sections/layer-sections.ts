// Mapped layers as all sections of a report show them: a table, their certificates, their loop nests.

import { counted } from '../../../base/text.js';
import type { MapResultLayer } from '../../../results/map-result.js';
import type { ResultLayer, Status } from '../../../results/result-layer.js';
import type { Architecture } from '../../../model/machine/architecture.js';
import type { Objective } from '../../../model/cost/goal.js';
import { objectiveUnits } from '../../../model/cost/goal.js';
import { shapeText } from '../../tables/shape-text.js';
import type { Mapping } from '../../../model/mapping/mapping.js';
import { printMapping } from '../../../model/mapping/loop-nest.js';
import type { Block, Section } from '../blocks.js';
import { drawing, fold, tableOf, text } from '../blocks.js';
import { gapFigure } from '../charts.js';
import {
  digits,
  energyIn,
  energyScale,
  energyText,
  grouped,
  magnitude,
  percent,
  secondsText,
} from '../../tables/quantities.js';

/** Certificates stand in map results alone. */
type Line = ResultLayer & Partial<Pick<MapResultLayer, 'certificate'>>;

const none = '\u2013';
export const orNone = <T>(value: T | null | undefined, show: (value: T) => string): string =>
  value === null || value === undefined ? none : show(value);

export const objectiveNames: Readonly<Record<Objective, string>> = {
  energy: 'energy',
  latency: 'latency',
  edp: 'energy x delay',
  ed2p: 'energy x delay^2',
};

/** `conv1 (3x)`. */
export const timesName = (name: string, often: number): string =>
  often === 1 ? name : `${name} (${Number(often.toPrecision(3))}x)`;

/** What is known of all layers, in a word or two. */
export function statusOf(layers: readonly Pick<ResultLayer, 'status'>[]): NonNullable<Section['status']> {
  const of = (...kinds: readonly Status[]) => layers.filter((l) => kinds.includes(l.status)).length;
  if (layers.length === 0) return { text: 'no layers', mood: 'open' };
  if (of('infeasible') > 0)
    return { text: `${of('infeasible')} of ${counted(layers.length, 'layer')} infeasible`, mood: 'bad' };
  if (of('unknown') > 0)
    return { text: `${of('unknown')} of ${counted(layers.length, 'layer')} without a mapping`, mood: 'open' };
  return of('optimal') === layers.length
    ? { text: 'proved optimal', mood: 'good' }
    : { text: `${of('optimal')} of ${counted(layers.length, 'layer')} proved`, mood: 'open' };
}

export function layerTable(layers: readonly Line[], objective: Objective): Block {
  const scale = energyScale(layers.flatMap((l) => l.energy ?? []));
  const shaped = layers.some((l) => l.layer !== null);
  // Where all are alike the section says it already.
  const mixed = new Set(layers.map((l) => l.status)).size > 1;
  // Witnesses of limits have no bounds: a bound of 0 is none.
  const bounded = layers.some((l) => l.bound);
  const rows = layers.map((l) => [
    l.name,
    ...(shaped ? [shapeText(l)] : []),
    grouped(l.count),
    orNone(l.energy, (e) => energyIn(scale, e)),
    orNone(l.cycles, grouped),
    orNone(l.utilization, percent),
    orNone(l.objective, magnitude),
    ...(bounded ? [orNone(l.bound, magnitude), orNone(l.gap, percent)] : []),
    ...(mixed ? [l.status] : []),
  ]);
  const headings = [
    'layer',
    ...(shaped ? ['shape'] : []),
    '>count',
    `>energy (${scale.unit})`,
    '>cycles',
    '>utilisation',
    bounded ? '>objective' : `>${objectiveNames[objective]}`,
    ...(bounded ? ['>lower bound', '>gap'] : []),
    ...(mixed ? ['status'] : []),
  ];
  return tableOf(
    'Layers; figures of one ' +
      `instance, ${bounded ? `the objective (${objectiveNames[objective]})` : objectiveNames[objective]} ` +
      `in ${objectiveUnits[objective]}`,
    headings,
    rows,
  );
}

/** Gaps from here on are drawn; smaller ones are no more than what solvers leave. */
const visible = 1e-3;

/** How far each layer is from its lower bound: a figure, or a sentence where there is nothing to see. */
export function gapBlocks(layers: readonly Line[]): readonly Block[] {
  const known = layers.flatMap(({ name, gap, bound }) => (gap === null || !bound ? [] : [{ name, gap }]));
  if (known.length === 0) return [];
  const worst = Math.max(...known.map((k) => k.gap));
  if (worst >= visible) return [drawing(gapFigure(known))];
  return [
    text(
      (known.length === layers.length ? 'Every layer' : `Each of the ${known.length} layers with a bound`) +
        ` is within ${percent(worst).replace('<', 'less than ')} of its lower bound.`,
    ),
  ];
}

export function certificateBlocks(layers: readonly Line[]): readonly Block[] {
  const certified = layers.flatMap((l) => (l.certificate ? [{ name: l.name, certificate: l.certificate }] : []));
  if (certified.length === 0) return [];
  const rows = certified.map(({ name, certificate: c }) => [
    name,
    c.status,
    orNone(c.eps, percent),
    grouped(c.leaves),
    secondsText(c.seconds),
    c.reason,
  ]);
  return [
    tableOf(
      'Certificates: nothing is better by more than this share, in exact arithmetic',
      ['layer', 'status', '>share', '>leaves checked', '>time', 'note'],
      rows,
    ),
  ];
}

/** `machine` gives the arrangement that a mapping is for, where it is known: then idle positions are shown. */
export function nestBlocks(
  layers: readonly Line[],
  machine: (mapping: Mapping) => Architecture | undefined,
): readonly Block[] {
  const nests = layers.flatMap((l) =>
    l.mapping
      ? [fold(nestTitle(l), { kind: 'code', text: printMapping(machine(l.mapping), l.mapping, l.layer ?? {}) })]
      : [],
  );
  return nests.length === 0
    ? []
    : [fold(`Loop nests of ${nests.length === 1 ? 'the mapping' : `${nests.length} mappings`}`, ...nests)];
}

const nestTitle = ({ name, count, energy, cycles }: Line) =>
  `${name}${count > 1 ? `, ${count} times` : ''}` +
  (energy === null || cycles === null ? '' : `: ${energyText(energy)}, ${grouped(cycles)} cycles`);

/** Layers that have no mapping, in a sentence. */
export function missing(layers: readonly Line[]): readonly Block[] {
  const lacking = layers.filter((l) => l.mapping === null);
  return lacking.length === 0
    ? []
    : [
        text(
          'Without a mapping: ' +
            lacking.map((l) => `${l.name} (${l.status})`).join(', ') +
            '. Totals of some layers would be mistaken for those of the network, so there are none.',
        ),
      ];
}

/** mm2. */
export const areaText = (mm2: number): string => `${digits(mm2)} mm2`;
