// A design in a report: its machine, where energy and time go, what is proven, its loop nests, and how it came about.

import { printDiagnostic } from '../../base/diagnostics.js';
import { designDrift } from '../../interchange/design-check.js';
import type { Architecture } from '../../model/architecture.js';
import { peakMacs } from '../../model/architecture.js';
import type { Design, MappedLayer } from '../../model/design.js';
import { arrangementFor, arrangementsOf } from '../../model/design.js';
import type { Evaluation } from '../../model/evaluate.js';
import { evaluate } from '../../model/evaluate.js';
import { objectiveUnits } from '../../model/goal.js';
import { macs, printShape, tensors } from '../../model/layer.js';
import { machineryName } from '../../model/presets.js';
import { addParts, energyParts } from '../../report/energy-parts.js';
import { areaOfMachine } from '../../report/listings.js';
import type { Block, Section } from '../../report/page/blocks.js';
import { cards, drawing, fold, heading, tableOf, text } from '../../report/page/blocks.js';
import { accountOf, accountTable, partTable, sumAccounts } from '../../report/page/account.js';
import { areaFigure, energyFigure, rooflineFigure, timeFigure } from '../../report/page/charts.js';
import { hierarchyDrawing, templateDrawing } from '../../report/page/drawings.js';
import { digits, energyText, grouped, magnitude, percent, timeText } from '../../report/quantities.js';
import { figuresOf } from '../../report/totals.js';
import { areaText, layerTable, missing, nestBlocks, objectiveNames, statusOf } from './layers.js';
import { technologyBlocks } from './technology.js';

interface Evaluated {
  readonly layer: MappedLayer;
  readonly machine: Architecture;
  readonly evaluation: Evaluation;
}

export function designSection(file: string, design: Design): Section {
  const { name, machine, technology, layers, conventions, goal, provenance } = design;
  const evaluated = layers.flatMap((layer): Evaluated[] => {
    const a = layer.mapping && arrangementFor(design, layer.mapping);
    return layer.mapping && a ? [{ layer, machine: a, evaluation: evaluate(a, layer.layer, layer.mapping, conventions) }] : [];
  });
  const lines = layers.map((l) => ({ ...l, name: l.layer.name, shape: printShape(l.layer), utilization: evaluated.find((e) => e.layer === l)?.evaluation.utilization ?? null }));
  const drawn = arrangementsOf(machine, technology)[0]!;
  const title = `${provenance.workload} on ${machineryName(machine)}`;
  return {
    title: name === title.replace(' on ', '-') ? title : `${name}: ${title}`,
    source: `Design, read from ${file}. Minimised: ${objectiveNames[goal.objective]} of every layer.`,
    status: statusOf(layers),
    blocks: [
      ...totalsBlocks(design, evaluated, drawn),
      ...driftBlocks(design),
      ...missing(lines),
      heading('The machine'),
      drawing(machine.kind === 'template' ? templateDrawing(machine.template, machineryName(machine), drawn) : hierarchyDrawing(drawn, machineryName(machine))),
      ...(drawn.area.length > 0 ? [drawing(areaFigure(drawn.area))] : []),
      ...(evaluated.length > 0 ? costBlocks(evaluated, design) : []),
      heading('Layers and what is proven of them'),
      layerTable(lines, goal.objective),
      ...nestBlocks(lines, (mapping) => arrangementFor(design, mapping)),
      heading('How it came about'),
      tableOf('Provenance', ['what', 'value'], [
        ['command', provenance.command],
        ['magnet, Node', `${provenance.magnet}, ${provenance.node}`],
        ['solver', provenance.backend],
        ['gap asked for', percent(provenance.gap)],
        ['seed', String(provenance.seed)],
        ['conventions', conventions.name],
        ...Object.entries(goal.limits).map(([limit, value]) => [`limit on ${limit}`, magnitude(value)]),
        ...(design.areaLimit === null ? [] : [['limit on the area', areaText(design.areaLimit)]]),
      ]),
      ...(machine.kind === 'template' ? technologyBlocks(technology) : [text(`Energies are those of the architecture itself: ${machine.architecture.source}.`)]),
    ],
  };
}

function totalsBlocks({ totals, goal }: Design, evaluated: readonly Evaluated[], machine: Architecture): readonly Block[] {
  if (totals === null) return [];
  const dram = evaluated.reduce((n, { layer, evaluation: e }) => n + layer.count * tensors.reduce((m, t) => m + (e.levels[0]!.dataspaces[t]?.energy ?? 0), 0), 0);
  const work = evaluated.reduce((n, { layer }) => n + layer.count * macs(layer.layer), 0);
  const area = areaOfMachine(machine);
  const f = figuresOf({ energy: totals.energy, dramEnergy: dram, cycles: totals.cycles, macs: work, peakMacs: peakMacs(machine), clock: machine.clock, area });
  return [
    cards(
      { name: 'Energy', value: energyText(totals.energy), note: `${percent(dram / totals.energy)} of it in DRAM` },
      { name: 'Time', value: timeText(f.seconds), note: `${grouped(totals.cycles)} cycles at ${machine.clock} MHz` },
      { name: 'Gap to the lower bound', value: totals.bound > 0 ? percent(Math.max(0, (totals.objective - totals.bound) / totals.objective)) : 'none proven', note: `${magnitude(totals.objective)} ${objectiveUnits[goal.objective]}, sum over layers` },
      { name: 'Utilisation', value: percent(f.utilization), note: `${digits(f.tops)} of ${digits(f.topsPeak)} TOPS` },
      { name: 'Energy per operation', value: `${digits(f.fjPerOp)} fJ`, note: `${digits(f.fjPerOpWithDram)} fJ with DRAM` },
      area === undefined ? undefined : { name: 'Area', value: areaText(area), note: `${digits(f.topsPerMm2!)} TOPS/mm2 reached` },
    ),
  ];
}

/** Figures of the file that this cost model does not confirm. */
const driftBlocks = (design: Design): readonly Block[] => {
  const notes = designDrift(design);
  return notes.length === 0 ? [] : [text(`${notes.length} figures of the file are not what this cost model says, so its totals and the parts below differ: ${printDiagnostic(notes[0]!)}.`)];
};

function costBlocks(evaluated: readonly Evaluated[], design: Design): readonly Block[] {
  const parts = evaluated.map(({ machine, evaluation }) => energyParts(machine, evaluation));
  const weights = evaluated.map(({ layer }) => layer.count);
  const named = evaluated.map(({ layer }) => `${layer.layer.name}${layer.count > 1 ? ` (${layer.count}x)` : ''}`);
  const bars = parts.map((p, i) => ({ name: named[i]!, parts: addParts([p], [weights[i]!]) }));
  const accounts = sumAccounts(evaluated.map(({ layer, machine, evaluation }) => ({ count: layer.count, entries: accountOf(machine, evaluation) })));
  return [
    heading('Where the energy goes'),
    drawing(energyFigure('Energy of every layer by component', 'all instances of a layer together; at the end of each bar: its share of the whole', bars)),
    partTable(addParts(parts, weights)),
    fold('Every action: count x energy', accountTable(accounts)),
    heading('Where the time goes'),
    drawing(timeFigure(evaluated.map(({ layer, evaluation }, i) => ({ name: named[i]!, cycles: layer.count * evaluation.cycles, utilization: evaluation.utilization })))),
    drawing(roofline(evaluated, design)),
  ];
}

function roofline(evaluated: readonly Evaluated[], { machine, technology }: Design) {
  const a = arrangementsOf(machine, technology)[0]!;
  const dram = a.levels[0]!;
  const layers = evaluated.map(({ layer, evaluation: e }) => ({
    name: layer.layer.name,
    macs: macs(layer.layer),
    cycles: e.cycles as number,
    bytes: tensors.reduce((n, t) => {
      const d = e.levels[0]!.dataspaces[t];
      return n + (d ? ((d.reads + d.fills + d.updates) * dram.stores[t]!.wordBits) / 8 : 0);
    }, 0),
  }));
  if (machine.kind === 'template') {
    // A channel each for weights, inputs and outputs, which moves one physical word a cycle.
    const { vectorSize, numLanes, weightPrecision, inputPrecision } = machine.template;
    const bytes = (vectorSize * (weightPrecision + inputPrecision) + numLanes * inputPrecision) / 8;
    return rooflineFigure(peakMacs(a), bytes, `three DRAM channels of together ${grouped(bytes)} bytes per cycle`, layers);
  }
  const { read, write, total } = dram.bandwidth;
  const bits = total ?? (read === null || write === null ? undefined : read + write);
  return rooflineFigure(peakMacs(a), bits === undefined ? undefined : bits / 8, bits === undefined ? '' : `DRAM moves ${digits(bits / 8)} bytes per cycle`, layers);
}
