// Mapped layers as all sections of a report show them: a table, their certificates, their loop nests.

import type { MapResultCertificate, Status } from '../../interchange/map-result.js';
import type { Architecture } from '../../model/architecture.js';
import type { Objective } from '../../model/goal.js';
import { objectiveUnits } from '../../model/goal.js';
import type { Mapping } from '../../model/mapping.js';
import { printMapping } from '../../model/print.js';
import type { Block, Section } from '../../report/page/blocks.js';
import { fold, tableOf, text } from '../../report/page/blocks.js';
import { digits, energyIn, energyScale, energyText, grouped, magnitude, percent, secondsText } from '../../report/quantities.js';

/** Figures of one instance; null where nothing is known. */
export interface LayerLine {
  readonly name: string;
  readonly shape?: string;
  readonly count: number;
  readonly status: Status;
  readonly objective: number | null;
  readonly bound: number | null;
  readonly gap: number | null;
  readonly energy: number | null;
  readonly cycles: number | null;
  readonly utilization: number | null;
  readonly certificate?: MapResultCertificate | null;
  readonly mapping: Mapping | null;
}

const none = '\u2013';
export const orNone = <T>(value: T | null | undefined, show: (value: T) => string): string => (value === null || value === undefined ? none : show(value));

export const objectiveNames: Readonly<Record<Objective, string>> = { energy: 'energy', latency: 'latency', edp: 'energy x delay', ed2p: 'energy x delay^2' };

/** What is known of all layers, in a word or two. */
export function statusOf(layers: readonly Pick<LayerLine, 'status'>[]): NonNullable<Section['status']> {
  const of = (...kinds: readonly Status[]) => layers.filter((l) => kinds.includes(l.status)).length;
  if (layers.length === 0) return { text: 'no layers', mood: 'open' };
  if (of('infeasible') > 0) return { text: `${of('infeasible')} of ${layers.length} layers infeasible`, mood: 'bad' };
  if (of('unknown') > 0) return { text: `${of('unknown')} of ${layers.length} layers without a mapping`, mood: 'open' };
  return of('optimal') === layers.length ? { text: 'proved optimal', mood: 'good' } : { text: `${of('optimal')} of ${layers.length} layers proved`, mood: 'open' };
}

export function layerTable(layers: readonly LayerLine[], objective: Objective): Block {
  const scale = energyScale(layers.flatMap((l) => l.energy ?? []));
  const shaped = layers.some((l) => l.shape !== undefined);
  // Where all are alike the section says it already.
  const mixed = new Set(layers.map((l) => l.status)).size > 1;
  const rows = layers.map((l) => [
    l.name,
    ...(shaped ? [l.shape ?? ''] : []),
    grouped(l.count),
    orNone(l.energy, (e) => energyIn(scale, e)),
    orNone(l.cycles, grouped),
    orNone(l.utilization, percent),
    orNone(l.objective, magnitude),
    orNone(l.bound, magnitude),
    orNone(l.gap, percent),
    ...(mixed ? [l.status] : []),
  ]);
  return tableOf(`Layers; figures of one instance, the objective in ${objectiveUnits[objective]}`, ['layer', ...(shaped ? ['shape'] : []), '>count', `>energy (${scale.unit})`, '>cycles', '>utilisation', '>objective', '>lower bound', '>gap', ...(mixed ? ['status'] : [])], rows);
}

export function certificateBlocks(layers: readonly LayerLine[]): readonly Block[] {
  const certified = layers.flatMap((l) => (l.certificate ? [{ name: l.name, certificate: l.certificate }] : []));
  if (certified.length === 0) return [];
  const rows = certified.map(({ name, certificate: c }) => [name, c.status, orNone(c.eps, percent), grouped(c.leaves), secondsText(c.seconds), c.reason]);
  return [tableOf('Certificates: nothing is better by more than this share, in exact arithmetic', ['layer', 'status', '>share', '>leaves checked', '>time', 'note'], rows)];
}

/** `machine` gives the arrangement that a mapping is for, where it is known: then idle positions are shown. */
export function nestBlocks(layers: readonly LayerLine[], machine: (mapping: Mapping) => Architecture | undefined): readonly Block[] {
  const nests = layers.flatMap((l) => (l.mapping ? [fold(nestTitle(l), { kind: 'code', text: printMapping(machine(l.mapping), l.mapping) })] : []));
  return nests.length === 0 ? [] : [fold(`Loop nests of ${nests.length === 1 ? 'the mapping' : `${nests.length} mappings`}`, ...nests)];
}

const nestTitle = ({ name, count, energy, cycles }: LayerLine) => `${name}${count > 1 ? `, ${count} times` : ''}${energy === null || cycles === null ? '' : `: ${energyText(energy)}, ${grouped(cycles)} cycles`}`;

/** Layers that have no mapping, in a sentence. */
export function missing(layers: readonly LayerLine[]): readonly Block[] {
  const lacking = layers.filter((l) => l.mapping === null);
  return lacking.length === 0 ? [] : [text(`Without a mapping: ${lacking.map((l) => `${l.name} (${l.status})`).join(', ')}. A part does not pass for the whole, so there are no totals.`)];
}

/** mm2. */
export const areaText = (mm2: number): string => `${digits(mm2)} mm2`;
