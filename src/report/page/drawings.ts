// Machines as drawings: the template with its chip and one of its PEs, and any hierarchy as its levels.

import { nth } from '../../base/invariant.js';
import type { Architecture, Level } from '../../model/machine/architecture.js';
import { peakMacs } from '../../model/machine/architecture.js';
import { tensors } from '../../model/workload/layer.js';
import type { Template } from '../../model/machine/parameters.js';
import type { Machinery } from '../../model/machine/presets.js';
import type { Technology } from '../../model/machine/technology.js';
import type { TemplateLevel } from '../../model/machine/template-names.js';
import { levelNames } from '../../model/machine/template-names.js';
import { lowerTemplate } from '../../model/machine/template.js';
import { partOf } from '../../model/cost/energy-parts.js';
import type { MachineFigure } from '../figures/figure.js';
import type { MachineRow, Part } from '../figures/machine-drawing.js';
import { keepsText } from '../tables/listings.js';
import { grouped, sizeText } from '../tables/quantities.js';
import { colorOf } from './charts.js';

/** Three digits: a drawing is for the eye, the tables have more. */
const short = (pJ: number) => String(Number(pJ.toPrecision(3)));

/** pJ of one action each; actions of one price are named together. */
function energyLines(level: Level): readonly string[] {
  const one = level.role === 'memory' && level.pools.length === 0 ? 'a word' : 'an access';
  const stored = tensors.flatMap((t) => (level.stores[t] ? [{ t, energy: level.stores[t].energy }] : []));
  const texts = stored.map(({ t, energy: { read, fill, update } }) => {
    const several =
      update === fill || level.role !== 'memory'
        ? `${short(read)} / ${short(update)} pJ`
        : `read ${short(read)}, fill ${short(fill)}, update ${short(update)} pJ`;
    return { t, text: read === fill && read === update ? `${short(read)} pJ ${one}` : several };
  });
  const kinds = [...new Set(texts.map((x) => x.text))];
  return kinds.map((k) =>
    kinds.length === 1
      ? k
      : `${texts
          .filter((x) => x.text === k)
          .map((x) => x.t)
          .join(', ')}: ${k}`,
  );
}

/** A template lowered with its technology, or a hierarchy. */
export const machineDrawing = (machine: Machinery, technology: Technology, title: string): MachineFigure =>
  machine.kind === 'template'
    ? templateDrawing(machine.template, nth(lowerTemplate(machine.template, technology), 0), title)
    : hierarchyDrawing(machine.architecture, title);

function templateDrawing(t: Template, lowered: Architecture, title: string): MachineFigure {
  const energy = (name: string) => {
    const level = lowered.levels.find((l) => l.name === name);
    return level ? energyLines(level) : [];
  };
  const part = (level: TemplateLevel, name: string, ...lines: readonly string[]): Part => ({
    name,
    lines: [...lines, ...energy(level)],
    color: colorOf(partOf(level), 0),
  });
  const pes = t.rows * t.columns;
  const entries = (n: number, of: string) => (n === 1 ? `1 ${of}` : `${n} ${of.replace('entry', 'entries')}`);
  return {
    kind: 'machine',
    title,
    subtitle:
      `${grouped(pes * t.vectorSize * t.numLanes)} MACs at ${t.clock} MHz; weights of ${t.weightPrecision}, ` +
      `inputs and outputs of ${t.inputPrecision}, sums of ${t.accumPrecision} bits; pJ of an access, ` +
      'read / write where they differ',
    description:
      `DRAM feeds a global buffer of ${sizeText(t.globalBuffer)} and ${t.rows} rows x ${t.columns} columns of PEs. ` +
      `Each PE has a weight buffer of ${sizeText(t.weightBuffer)}, an input buffer of ${sizeText(t.inputBuffer)}, ` +
      `an accumulation buffer of ${sizeText(t.accumBuffer)}, and ${t.numLanes} lanes of ${t.vectorSize} ` +
      'multipliers.',
    panels: [
      {
        name: 'Chip',
        outside: part(
          levelNames.dram,
          'DRAM',
          t.vectorSize === t.numLanes
            ? `${t.vectorSize} words of each tensor a cycle`
            : `a cycle: ${t.vectorSize} weights and inputs, ${t.numLanes} outputs`,
        ),
        rows: [
          {
            kind: 'parts',
            parts: [
              part(
                levelNames.globalBuffer,
                'Global buffer',
                `${sizeText(t.globalBuffer)} in two halves, ${t.globalBanks} banks`,
                'inputs and outputs; weights go by',
              ),
            ],
          },
          { kind: 'arrow', text: 'inputs in, sums out' },
          {
            kind: 'grid',
            rows: t.rows,
            columns: t.columns,
            part: {
              name: `${t.rows} x ${t.columns} PEs`,
              lines: [
                `${t.rows} ${t.rows === 1 ? 'row' : 'rows'} over P, C or ` +
                  `G; ${t.columns} ${t.columns === 1 ? 'column' : 'columns'} over K or G`,
              ],
              color: colorOf('MACs', 0),
            },
          },
        ],
      },
      {
        name: pes === 1 ? 'The PE' : 'One of the PEs',
        rows: [
          {
            kind: 'parts',
            parts: [
              part(levelNames.weightBuffer, 'Weight buffer', `${sizeText(t.weightBuffer)} in two halves`),
              part(levelNames.inputBuffer, 'Input buffer', `${sizeText(t.inputBuffer)} in two halves`),
            ],
          },
          {
            kind: 'parts',
            parts: [
              part(levelNames.weightCollector, 'Weight collector', `${entries(t.weightCollector, 'entry')} a lane`),
              part(levelNames.inputCollector, 'Input collector', entries(t.inputCollector, 'entry')),
            ],
          },
          {
            kind: 'grid',
            rows: t.numLanes,
            columns: t.vectorSize,
            part: {
              name: `${t.numLanes} lanes x vectors of ${t.vectorSize}`,
              lines: [`${short(lowered.compute.energy)} pJ a MAC with its adders`],
              color: colorOf('MACs', 0),
            },
          },
          {
            kind: 'parts',
            parts: [
              part(levelNames.accumCollector, 'Accumulation collector', `${entries(t.accumCollector, 'entry')} a lane`),
            ],
          },
          {
            kind: 'parts',
            parts: [
              part(levelNames.accumBuffer, 'Accumulation buffer', sizeText(t.accumBuffer)),
              part(levelNames.outputBuffer, 'Output buffer', `${sizeText(2 * t.accumBuffer)} in two halves`),
            ],
          },
        ],
      },
    ],
  };
}

function hierarchyDrawing(a: Architecture, title: string): MachineFigure {
  const capacity = (l: Level) =>
    l.pools.length === 0 || l.pools.every((p) => p.bits === null)
      ? 'unlimited'
      : l.pools
          .flatMap((p) =>
            p.bits === null ? [] : [`${l.pools.length > 1 ? `${p.tensors.join(', ')}: ` : ''}${sizeText(p.bits)}`],
          )
          .join('; ');
  const rows = a.levels.flatMap((l, i): MachineRow[] => {
    const copies = l.axes.reduce((n, x) => n * x.size, 1);
    const fan = l.axes.map((x) => `${x.label} ${x.size}`).join(' x ');
    return [
      {
        kind: 'parts',
        parts: [
          {
            name: l.name,
            lines: [
              `${capacity(l)}${l.buffers === 2 ? ' in two halves' : ''}`,
              `keeps ${keepsText(l) || 'nothing by itself'}`,
              ...energyLines(l),
            ],
            color: colorOf(partOf(l.name), i),
          },
        ],
      },
      { kind: 'arrow', text: copies > 1 ? `fan-out ${fan}${l.axes.length > 1 ? ` = ${grouped(copies)}` : ''}` : '' },
    ];
  });
  return {
    kind: 'machine',
    title,
    subtitle: `${grouped(peakMacs(a))} MACs at ${a.clock} MHz`,
    description:
      'From the outside in: ' + a.levels.map((l) => `${l.name} (${capacity(l)})`).join(', ') + `, ${a.compute.name}.`,
    panels: [
      {
        name: a.name,
        rows: [
          ...rows,
          {
            kind: 'parts',
            parts: [{ name: a.compute.name, lines: [`${short(a.compute.energy)} pJ each`], color: colorOf('MACs', 0) }],
          },
        ],
      },
    ],
  };
}
