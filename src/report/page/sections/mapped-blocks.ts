// Mappings in a report, whichever file they were read from: the machine, where energy and time
// go, what is proven, loop nests.

import { nth } from '../../../base/invariant.js';
import type { Parsed } from '../../../base/diagnostics.js';
import { parsed, printDiagnostic } from '../../../base/diagnostics.js';
import { designDrift } from '../../../results/design-check.js';
import type { Hardware, HardwareFile } from '../../../interchange/hardware-file.js';
import type { MapResultLayer } from '../../../results/map-result.js';
import { printMappingFile } from '../../../interchange/mapping-file.js';
import type { MappedFile, MappedNetwork } from '../../../results/mapped-network.js';
import { parseMappedNetwork } from '../../../results/mapped-network.js';
import type { ResultLayer } from '../../../results/result-layer.js';
import { shapeFile } from '../../../interchange/layer-shape.js';
import type { Architecture } from '../../../model/machine/architecture.js';
import type { Design, DesignLayer } from '../../../model/space/design.js';
import { arrangementFor, arrangementsOf } from '../../../model/space/design.js';
import type { NetworkObjective } from '../../../model/cost/network-goal.js';
import { objectiveOfLayers } from '../../../model/cost/network-goal.js';
import type { Mapping } from '../../../model/mapping/mapping.js';
import { machineryName } from '../../../model/machine/presets.js';
import type { Block } from '../blocks.js';
import { drawing, heading, text } from '../blocks.js';
import { areaFigure } from '../charts.js';
import { machineDrawing } from '../drawings.js';
import { timeFigure } from '../time-charts.js';
import type { EvaluatedLayer } from './cost-sections.js';
import { costBlocks, evaluated } from './cost-sections.js';
import { certificateBlocks, gapBlocks, layerTable, missing, nestBlocks, timesName } from './layer-sections.js';
import { pathSentences } from '../../tables/dram-text.js';
import { technologyBlocks } from './technology-section.js';

export interface MappedBlocks {
  /** Empty where it is not known. */
  readonly layers: readonly EvaluatedLayer[];
  readonly machine: readonly Block[];
  readonly costs: readonly Block[];
  /** What is proven of each, and their loop nests. */
  readonly proofs: readonly Block[];
  readonly sources: readonly Block[];
}

/** As a file may hold it: those from before hardware and shapes were written say less. */
export interface PlainFile extends Omit<MappedFile, 'hardware' | 'conventions'> {
  readonly hardware: HardwareFile | null;
  readonly conventions: string | null;
  readonly layers: readonly (ResultLayer & Partial<Pick<MapResultLayer, 'certificate'>>)[];
}

/** How often each layer counts, where that is not its count. */
export function mappedBlocks(
  { hardware, conventions, ...rest }: PlainFile,
  often?: readonly number[],
): Parsed<MappedBlocks> {
  if (hardware === null || conventions === null) return parsed(plainBlocks(rest));
  const network = parseMappedNetwork({ ...rest, hardware, conventions });
  return network.ok ? parsed(networkBlocks(network.value, rest.layers, often)) : network;
}

export const designBlocks = (design: Design): MappedBlocks => networkBlocks(design, design.layers.map(lineOf));

function networkBlocks(
  network: MappedNetwork & Partial<Pick<Design, 'provenance'>>,
  lines: PlainFile['layers'],
  often?: readonly number[],
): MappedBlocks {
  const layers = evaluated(network, often);
  const shown = lines.map((l, i) => ({
    ...l,
    utilization: layers.find((e) => e.layer === network.layers[i])?.evaluation.utilization ?? null,
  }));
  const { machine, technology } = network;
  return {
    layers,
    machine: [...driftBlocks(network), ...missing(lines), ...machineBlocks(network)],
    costs: layers.length > 0 ? costBlocks(layers) : [],
    proofs: proofBlocks(shown, network.goal.objective, (mapping) => arrangementFor(network, mapping)),
    sources:
      machine.kind === 'template'
        ? technologyBlocks(technology)
        : [text(`Energies are those of the architecture itself: ${machine.architecture.source}.`)],
  };
}

/** What the figures of the file alone can show. */
function plainBlocks({ layers, objective }: Pick<PlainFile, 'layers' | 'objective'>): MappedBlocks {
  const timed = layers.flatMap((l) =>
    l.cycles === null || l.utilization === null
      ? []
      : [{ name: timesName(l.name, l.count), cycles: l.count * l.cycles, utilization: l.utilization }],
  );
  return {
    layers: [],
    machine: [
      ...missing(layers),
      ...(layers.some((l) => l.mapping !== null)
        ? [
            text(
              'This file does not say its machine in full (an older magnet wrote it, or no file can say this ' +
                'machine), so there is no drawing, no energy by component and no roofline. ' +
                'Run the command again to have them.',
            ),
          ]
        : []),
    ],
    costs: timed.length > 0 ? [heading('Where the time goes'), drawing(timeFigure(timed))] : [],
    proofs: proofBlocks(layers, objective, () => undefined),
    sources: [],
  };
}

export function machineBlocks({ machine, technology }: Hardware): readonly Block[] {
  const { area } = nth(arrangementsOf(machine, technology), 0);
  const name = machineryName(machine);
  return [
    heading('The machine'),
    {
      kind: 'once',
      name: `The machine ${name}`,
      blocks: [
        drawing(machineDrawing(machine, technology, name)),
        ...(area.length > 0 ? [drawing(areaFigure(area))] : []),
        ...(machine.kind === 'template' ? [text(pathSentences(machine.template))] : []),
      ],
    },
  ];
}

const proofBlocks = (
  layers: PlainFile['layers'],
  objective: NetworkObjective,
  machine: (mapping: Mapping) => Architecture | undefined,
): readonly Block[] =>
  layers.length === 0
    ? []
    : [
        heading(layers.some((l) => l.bound) ? 'Layers and what is proven of them' : 'Layers'),
        ...gapBlocks(layers),
        layerTable(layers, objectiveOfLayers[objective]),
        ...certificateBlocks(layers),
        ...nestBlocks(layers, machine),
      ];

/** Figures of the file that this cost model does not confirm. */
function driftBlocks(network: Parameters<typeof designDrift>[0]): readonly Block[] {
  const notes = designDrift(network);
  return notes.length === 0
    ? []
    : [
        text(
          `${notes.length} ` +
            (notes.length === 1 ? 'figure of the file is' : 'figures of the file are') +
            ' not what this cost model says, so its totals and the parts below ' +
            `differ: ${printDiagnostic(nth(notes, 0))}.`,
        ),
      ];
}

const lineOf = ({ layer, mapping, ...figures }: DesignLayer): ResultLayer => ({
  ...figures,
  name: layer.name,
  layer: shapeFile(layer),
  parts: null,
  utilization: null,
  mapping: mapping && printMappingFile(mapping),
});
