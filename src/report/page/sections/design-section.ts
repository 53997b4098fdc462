// A design in a report: its mappings, and how it came about.

import type { Design } from '../../../model/space/design.js';
import { goalUnit } from '../../../model/cost/goal.js';
import { objectiveOfLayers } from '../../../model/cost/network-goal.js';
import { machineryName } from '../../../model/machine/presets.js';
import type { Section } from '../blocks.js';
import { heading, tableOf, text } from '../blocks.js';
import { machineProofText } from '../../tables/machine-proof-text.js';
import { leftOutBlocks, ofLayersAlone } from '../left-out.js';
import { magnitude, percent } from '../../tables/quantities.js';
import { searchStatus } from './codesign-section.js';
import { areaText, objectiveNames, statusOf } from './layer-sections.js';
import { totalsBlocks } from './map-section.js';
import { designBlocks } from './mapped-blocks.js';
import { mappedSummary, sentence } from './summary-text.js';

export function designSection(file: string, design: Design): Section {
  const { name, machine, layers, conventions, goal, provenance, totals, machineProof } = design;
  const blocks = designBlocks(design);
  const title = `${provenance.workload} on ${machineryName(machine)}`;
  const sums = totals ?? { objective: null, bound: null, energy: null, cycles: null, edp: null };
  return {
    title: name === title.replace(' on ', '-') ? title : `${name}: ${title}`,
    source:
      `Design, read from ${file}. Minimised: ${objectiveNames[objectiveOfLayers[goal.objective]]} of ` +
      `${goal.objective === 'edp' ? 'the network' : 'every layer'}.`,
    status: ofLayersAlone(machineProof ? searchStatus(machineProof.status) : statusOf(layers), design.coverage),
    summary: mappedSummary(
      { ...sums, workload: provenance.workload, arch: machineryName(machine), layers },
      goal.objective,
      blocks.layers,
    ),
    blocks: [
      ...totalsBlocks(sums, goal.objective, blocks.layers, machineProof),
      ...(machineProof ? [text(sentence(machineProofText(machineProof, goalUnit)))] : []),
      ...leftOutBlocks(design.coverage),
      ...blocks.machine,
      ...blocks.costs,
      ...blocks.proofs,
      heading('How it came about'),
      tableOf(
        'Provenance',
        ['what', 'value'],
        [
          ['command', provenance.command],
          ['magnet, Node', `${provenance.magnet}, ${provenance.node}`],
          ['solver', provenance.backend],
          ['gap asked for', percent(provenance.gap)],
          ['seed', String(provenance.seed)],
          ['conventions', conventions.name],
          ...Object.entries(goal.limits).map(([limit, value]) => [`limit on ${limit}`, magnitude(value)]),
          ...(design.areaLimit === null ? [] : [['limit on the area', areaText(design.areaLimit)]]),
        ],
      ),
      ...blocks.sources,
    ],
  };
}
