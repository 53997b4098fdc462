// What there is: networks with their layers, machines with their levels and area, design spaces with their values.

import { sizeOfSpace } from '../../results/listing-records.js';
import { areaOfMachine } from '../../model/machine/architecture.js';
import { nth } from '../../base/invariant.js';
import { counted, table } from '../../base/text.js';
import type { Architecture, Level, Pool } from '../../model/machine/architecture.js';
import { peakMacs } from '../../model/machine/architecture.js';
import type { DesignSpace } from '../../model/space/design-space.js';
import { freeParameters, spaceDigest } from '../../model/space/design-space.js';
import { coverageOf } from '../../model/workload/coverage.js';
import { printRule } from '../../model/mapping/constraints.js';
import { isOpen, openKeeps } from '../../model/machine/keeping.js';
import { dimensions, macs, printShape, tensors } from '../../model/workload/layer.js';
import type { Network } from '../../model/workload/network.js';
import type { NetworkGraph } from '../../model/workload/network-graph.js';
import { networkMacs } from '../../model/workload/network.js';
import { freeNote, leftOutText } from './coverage-text.js';
import type { SramShape } from '../../model/machine/sram-shape.js';
import type { Technology } from '../../model/machine/technology.js';
import { constantNames } from '../../model/machine/technology.js';
import { graphTable } from './graph-table.js';
import { digits, grouped, sizeText } from './quantities.js';

const occurrences = ({ layers }: Network) => layers.reduce((n, { count }) => n + count, 0);

export const networksTable = (networks: readonly Network[]): string =>
  table(
    ['network', 'layers', 'unique', 'MACs', 'source'],
    networks.map((n) => [n.name, String(occurrences(n)), String(n.layers.length), grouped(networkMacs(n)), n.source]),
    [false, true, true, true, false],
  );

/** Its layers, and its steps where there are operators between them. */
export function networkTable(n: Network, graph?: NetworkGraph): string {
  const rows = n.layers.map(({ layer, count }) => [
    layer.name,
    printShape(layer),
    String(count),
    grouped(macs(layer)),
    grouped(count * macs(layer)),
  ]);
  const coverage = coverageOf(n);
  return [
    `${n.name}: ${n.source}`,
    '',
    table(['layer', 'shape', 'count', 'MACs each', 'MACs'], rows, [false, false, true, true, true]),
    '',
    `${counted(occurrences(n), 'layer')} of ${counted(n.layers.length, 'shape')}, ${grouped(networkMacs(n))} MACs`,
    ...[leftOutText(coverage), freeNote(coverage)].filter((line) => line !== ''),
    ...(graph ? ['', graphTable(graph)] : []),
  ].join('\n');
}

export interface MachineEntry {
  readonly name: string;
  readonly kind: 'template' | 'hierarchy';
  /** Its first arrangement. */
  readonly architecture: Architecture;
}

export const machinesTable = (machines: readonly MachineEntry[]): string =>
  table(
    ['architecture', 'kind', 'levels', 'MACs', 'clock (MHz)', 'area (mm2)', 'source'],
    machines.map(({ name, kind, architecture: a }) => {
      const area = areaOfMachine(a);
      return [
        name,
        kind,
        String(a.levels.length),
        grouped(peakMacs(a)),
        String(a.clock),
        area === undefined ? '-' : digits(area),
        a.source,
      ];
    }),
    [false, false, true, true, true, true, false],
  );

/** A tensor that mapping may send by stands in brackets. */
export const keepsText = (l: Level): string =>
  tensors
    .filter((t) => l.keeps.includes(t))
    .map((t) => (isOpen(l, t) ? `[${t}]` : t))
    .join(', ');

/**
 * Levels of the machine from the outermost in. Where collectors can be nested in several orders, each has its levels.
 */
export function machineTable(arrangements: readonly Architecture[]): string {
  const a = nth(arrangements, 0);
  const levelRows = a.levels.map((l) => [
    l.name,
    keepsText(l),
    Object.keys(l.stores).length === 0
      ? ''
      : l.pools.length === 0 || l.pools.every((p) => p.bits === null)
        ? 'unlimited'
        : l.pools.flatMap((p) => poolText(p, l)).join(', '),
    l.buffers === 2 ? 'yes' : '',
    l.temporal.length === dimensions.length ? 'all' : l.temporal.join(' ') || 'none',
    l.axes
      .map((x) => `${x.label} ${x.size} (${x.dims.length === dimensions.length ? 'all' : x.dims.join(' ')})`)
      .join(', '),
  ]);
  const area = areaOfMachine(a);
  const parts = a.area.map(({ part, area: mm2 }) => [part, digits(mm2)]);
  return [
    `${a.name}: ${a.source}`,
    `${grouped(peakMacs(a))} MACs at ${a.clock} MHz`,
    '',
    table(['level', 'keeps', 'capacity', 'ping-pong', 'loops in time', 'fan-out below'], levelRows, []),
    ...(openKeeps(a).length > 0
      ? ['Mapping chooses whether a tensor in brackets is kept or bypasses the level (--keep-all: kept).']
      : []),
    ...a.levels.flatMap((l) => constraintText(l)),
    ...(arrangements.length > 1
      ? [`One of ${arrangements.length} orders in which the collectors can be nested; mapping tries them all.`]
      : []),
    ...(area === undefined
      ? []
      : ['', table(['part', 'area (mm2)'], [...parts, ['whole chip', digits(area)]], [false, true])]),
  ].join('\n');
}

const constraintText = ({ name, factors = [], innermost = [] }: Level): readonly string[] => {
  const said = [
    ...factors.map((r) => printRule(r)),
    ...(innermost.length > 0 ? [`${innermost.join(', ')} innermost in time, from the inside out`] : []),
  ];
  return said.length > 0 ? [`${name} must have ${said.join('; ')}.`] : [];
};

function poolText(p: Pool, l: Level): string[] {
  const kept = p.tensors.filter((t) => l.stores[t]);
  if (p.bits === null || kept.length === 0) return [];
  return [l.pools.length > 1 ? `${kept.join('+')} ${sizeText(p.bits)}` : sizeText(p.bits)];
}

export const spacesTable = (spaces: readonly DesignSpace[]): string =>
  table(
    ['space', 'shapes', 'machines', 'free parameters', 'source'],
    spaces.map((s) => {
      const { shapes, machines } = sizeOfSpace(s);
      return [s.name, grouped(shapes), grouped(machines), String(freeParameters(s).length), s.source];
    }),
    [false, true, true, true, false],
  );

/** What macros of some rows and columns cost, name by name. */
export const shapeRows = ({ source: _, ...numbers }: SramShape): readonly (readonly string[])[] =>
  Object.entries(numbers).map(([name, x]) => [name, String(x)]);

/** Every constant with its source: what the figures of machines are made of. */
export const technologyTable = ({ name, constants, sramShape, sramArea }: Technology): string =>
  [
    name,
    '',
    table(
      ['constant', 'value', 'unit and source'],
      constantNames.map((c) => [c, String(constants[c].value), constants[c].source]),
      [false, true, false],
    ),
    '',
    ...(sramShape
      ? [
          `Shape of SRAM macros: ${sramShape.source}`,
          '',
          table(['what', 'value'], shapeRows(sramShape), [false, true]),
          '',
        ]
      : []),
    `Area of SRAM macros: ${sramArea.source}`,
    '',
    table(
      ['size (KB)', 'um2 per bit'],
      sramArea.points.map((p) => [String(p.kilobytes), digits(p.um2PerBit)]),
      [true, true],
    ),
  ].join('\n');

/** `rows` are its parameters, each with its values as a file says them. */
export function spaceTable(
  space: DesignSpace,
  rows: readonly { readonly parameter: string; readonly values: string; readonly meaning: string }[],
): string {
  const { shapes, machines, sums } = sizeOfSpace(space);
  const free = freeParameters(space);
  return [
    `${space.name}: ${space.source}`,
    '',
    table(
      ['parameter', 'values', 'meaning'],
      rows.map((r) => [r.parameter, r.values, r.meaning]),
      [],
    ),
    '',
    `${counted(shapes, 'shape')} (all but the sizes of memories), ${counted(machines, 'machine')}; ` +
      `free: ${free.join(', ') || 'nothing'}`,
    ...(space.overflowFree ? [`Counted with sums of ${sums.join(', ')} bits; networks decide how wide they are.`] : []),
    `fingerprint ${spaceDigest(space)}`,
  ].join('\n');
}
