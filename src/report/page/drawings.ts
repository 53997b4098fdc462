// Machines as drawings: the template with its chip and one of its PEs, and any hierarchy as its levels.

import { counted } from '../../base/text.js';
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
import type { MachineRow, Panel, Part } from '../figures/machine-drawing.js';
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

const templateDrawing = (t: Template, lowered: Architecture, title: string): MachineFigure => ({
  kind: 'machine',
  title,
  subtitle:
    `${grouped(t.rows * t.columns * t.vectorSize * t.numLanes)} MACs at ${t.clock} MHz; weights of ` +
    `${t.weightPrecision}, inputs and outputs of ${t.inputPrecision}, sums of ${t.accumPrecision} bits; ` +
    'pJ of an access, read / write where they differ',
  description:
    `DRAM feeds a global buffer of ${sizeText(t.globalBuffer)} and ${t.rows} rows x ${t.columns} columns of PEs. ` +
    `Each PE has a weight buffer of ${sizeText(t.weightBuffer)}, an input buffer of ${sizeText(t.inputBuffer)}, ` +
    `an accumulation buffer of ${sizeText(t.accumBuffer)}, and ${t.numLanes} lanes of ${t.vectorSize} ` +
    'multipliers.',
  panels: [chipPanel(t, lowered), pePanel(t, lowered)],
});

/** A level of the template with the energies of its accesses. */
function levelPart(lowered: Architecture, level: TemplateLevel, name: string, ...lines: readonly string[]): Part {
  const energies = lowered.levels.filter((l) => l.name === level).flatMap(energyLines);
  return { name, lines: [...lines, ...energies], color: colorOf(partOf(level), 0) };
}

const partsRow = (...parts: readonly Part[]): MachineRow => ({ kind: 'parts', parts });

function chipPanel(t: Template, lowered: Architecture): Panel {
  const words =
    t.vectorSize === t.numLanes
      ? `${t.vectorSize} words of each tensor a cycle`
      : `a cycle: ${t.vectorSize} weights and inputs, ${t.numLanes} outputs`;
  const global = levelPart(
    lowered,
    levelNames.globalBuffer,
    'Global buffer',
    `${sizeText(t.globalBuffer)} in two halves, ${t.globalBanks} banks`,
    'inputs and outputs; weights go by',
  );
  const pes: Part = {
    name: `${t.rows} x ${t.columns} PEs`,
    lines: [`${counted(t.rows, 'row')} over P, C or G; ${counted(t.columns, 'column')} over K or G`],
    color: colorOf('MACs', 0),
  };
  return {
    name: 'Chip',
    outside: levelPart(lowered, levelNames.dram, 'DRAM', words),
    rows: [
      partsRow(global),
      { kind: 'arrow', text: 'inputs in, sums out' },
      { kind: 'grid', rows: t.rows, columns: t.columns, part: pes },
    ],
  };
}

function pePanel(t: Template, lowered: Architecture): Panel {
  const part = (level: TemplateLevel, name: string, line: string) => levelPart(lowered, level, name, line);
  const inHalves = (size: number) => `${sizeText(size)} in two halves`;
  const entries = (n: number) => counted(n, 'entry', 'entries');
  const macs: Part = {
    name: `${t.numLanes} lanes x vectors of ${t.vectorSize}`,
    lines: [`${short(lowered.compute.energy)} pJ a MAC with its adders`],
    color: colorOf('MACs', 0),
  };
  return {
    name: t.rows * t.columns === 1 ? 'The PE' : 'One of the PEs',
    rows: [
      partsRow(
        part(levelNames.weightBuffer, 'Weight buffer', inHalves(t.weightBuffer)),
        part(levelNames.inputBuffer, 'Input buffer', inHalves(t.inputBuffer)),
      ),
      partsRow(
        part(levelNames.weightCollector, 'Weight collector', `${entries(t.weightCollector)} a lane`),
        part(levelNames.inputCollector, 'Input collector', entries(t.inputCollector)),
      ),
      { kind: 'grid', rows: t.numLanes, columns: t.vectorSize, part: macs },
      partsRow(part(levelNames.accumCollector, 'Accumulation collector', `${entries(t.accumCollector)} a lane`)),
      partsRow(
        part(levelNames.accumBuffer, 'Accumulation buffer', sizeText(t.accumBuffer)),
        part(levelNames.outputBuffer, 'Output buffer', inHalves(2 * t.accumBuffer)),
      ),
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
