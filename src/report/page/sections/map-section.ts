// Mappings in a report: what they come to, where energy and time go, proofs and loop nests.

import { defined } from '../../../base/invariant.js';
import type { Parsed } from '../../../base/diagnostics.js';
import { parsed } from '../../../base/diagnostics.js';
import { coverageIn } from '../../../results/coverage-fields.js';
import type { MapResult } from '../../../results/map-result.js';
import type { DesignTotals, MachineProof } from '../../../model/space/design.js';
import type { NetworkObjective } from '../../../model/cost/network-goal.js';
import { networkObjectiveNames, objectiveOfLayers } from '../../../model/cost/network-goal.js';
import { gapBetween, goalUnit, objectiveUnits } from '../../../model/cost/goal.js';
import type { Block, Card, Section } from '../blocks.js';
import { cards } from '../blocks.js';
import { leftOutBlocks, ofLayersAlone } from '../left-out.js';
import { networkProof, networkStatus } from './network-proof.js';
import { digits, energyText, grouped, magnitude, percent, timeText } from '../../tables/quantities.js';
import type { EvaluatedLayer } from './cost-sections.js';
import { wholeFigures } from './cost-sections.js';
import { areaText, objectiveNames, statusOf } from './layer-sections.js';
import { mappedBlocks } from './mapped-blocks.js';
import { mappedSummary } from './summary-text.js';
import type { RunFigures } from '../../../model/cost/run-figures.js';

export function mapSection(file: string, r: MapResult): Parsed<Section> {
  const blocks = mappedBlocks({ ...r, objective: r.goal });
  if (!blocks.ok) return blocks;
  const { layers, machine, costs, proofs, sources } = blocks.value;
  const { network } = r;
  return parsed({
    title: `Mappings of ${r.workload} on ${r.arch}`,
    source:
      `Mappings, read from ${file}. Minimised: ` +
      `${network ? networkObjectiveNames[r.goal] : `${objectiveNames[objectiveOfLayers[r.goal]]} of every layer`}; ` +
      `${r.conventions} conventions.`,
    status: ofLayersAlone(network ? networkStatus(network) : statusOf(r.layers), coverageIn(r)),
    summary: mappedSummary(r, r.goal, layers, network && networkProof(network)),
    blocks: [
      ...(network
        ? totalsBlocks({ ...r, bound: network.gap === 0 ? r.objective : r.bound }, r.goal, layers)
        : totalsBlocks(r, r.goal, layers)),
      ...leftOutBlocks(coverageIn(r)),
      ...machine,
      ...costs,
      ...proofs,
      ...sources,
    ],
  });
}

/** Null where a layer has no mapping. */
export type Totals = { readonly [K in keyof DesignTotals]: number | null };

export function totalsBlocks(
  { objective, bound, energy, cycles, edp }: Totals,
  goal: NetworkObjective,
  layers: readonly EvaluatedLayer[],
  machine?: MachineProof,
): readonly Block[] {
  if (objective === null || energy === null || cycles === null || edp === null) return [];
  const f = layers.length > 0 ? wholeFigures(layers) : undefined;
  return [
    cards(
      { name: 'Energy', value: energyText(energy), ...(f && { note: `${percent(f.dramShare)} of it in DRAM` }) },
      f && operationCard(f),
      {
        name: 'Time',
        value: f ? timeText(f.seconds) : `${grouped(cycles)} cycles`,
        ...(f && { note: `${grouped(cycles)} cycles at ${f.clock} MHz` }),
      },
      f && {
        name: 'Utilisation',
        value: percent(f.utilization),
        note: `${digits(f.tops)} of ${digits(f.topsPeak)} TOPS`,
      },
      ...(machine === undefined ? [] : [machineCard(machine)]),
      {
        name: machine === undefined ? 'Gap to the lower bound' : 'Gap of the mappings',
        value: gapBetween(objective, bound ?? 0) === 1 ? 'none proven' : percent(gapBetween(objective, bound ?? 0)),
        note: `${magnitude(objective)} ${objectiveUnits[goal]}, ${networkObjectiveNames[goal]}`,
      },
      f?.area === undefined
        ? undefined
        : { name: 'Area', value: areaText(f.area), note: `${digits(defined(f.topsPerMm2))} TOPS/mm2 reached` },
      f ? undefined : { name: 'Energy x time of the whole', value: magnitude(edp), note: objectiveUnits.edp },
    ),
  ];
}

/** Beside the energy: both figures of papers, which leave DRAM out or do not. */
export const operationCard = ({ fjPerOp, fjPerOpWithDram }: Pick<RunFigures, 'fjPerOp' | 'fjPerOpWithDram'>): Card => ({
  name: 'Energy per operation',
  value: `${digits(fjPerOpWithDram)} | ${digits(fjPerOp)} fJ`,
  note: 'with DRAM | without; a MAC is 2 operations',
});

const machineCard = ({ goal, bound, gap, space }: MachineProof): Card =>
  bound === 0
    ? { name: 'Gap of the machine', value: 'none proven', note: `in ${space.name}` }
    : {
        name: 'Gap of the machine',
        value: percent(gap),
        note: `no machine of ${space.name} is below ${magnitude(bound)} ${goalUnit(goal)}`,
      };
