// A map result in a report: time, proofs and loop nests. It names its machine and has no shapes, so energy is not taken apart.

import type { MapResult } from '../../interchange/map-result.js';
import { objectiveUnits } from '../../model/goal.js';
import { machineryName, presets } from '../../model/presets.js';
import { technology16nm } from '../../model/technology.js';
import { arrangementsOf } from '../../model/design.js';
import type { Block, Section } from '../../report/page/blocks.js';
import { cards, drawing, heading, text } from '../../report/page/blocks.js';
import { timeFigure } from '../../report/page/charts.js';
import { hierarchyDrawing, templateDrawing } from '../../report/page/drawings.js';
import { energyText, grouped, magnitude, percent } from '../../report/quantities.js';
import { certificateBlocks, layerTable, missing, nestBlocks, objectiveNames, statusOf } from './layers.js';

export function mapSection(file: string, r: MapResult): Section {
  const machine = presets.find((m) => machineryName(m) === r.arch);
  const arrangements = machine ? arrangementsOf(machine, technology16nm) : [];
  const timed = r.layers.flatMap((l) => (l.cycles === null || l.utilization === null ? [] : [{ name: `${l.name}${l.count > 1 ? ` (${l.count}x)` : ''}`, cycles: l.count * l.cycles, utilization: l.utilization }]));
  return {
    title: `Mappings of ${r.workload} on ${r.arch}`,
    source: `Mappings, read from ${file}. Minimised: ${objectiveNames[r.goal]} of every layer; ${r.conventions} conventions.`,
    status: statusOf(r.layers),
    blocks: [
      ...totalBlocks(r),
      ...missing(r.layers),
      // The file does not say which technology a template was lowered with, so its drawing has sizes alone.
      ...(machine ? [heading('The machine'), drawing(machine.kind === 'template' ? templateDrawing(machine.template, r.arch, undefined) : hierarchyDrawing(machine.architecture, r.arch))] : []),
      ...(timed.length > 0 ? [heading('Where the time goes'), drawing(timeFigure(timed))] : []),
      heading('Layers and what is proven of them'),
      layerTable(r.layers, r.goal),
      ...certificateBlocks(r.layers),
      ...nestBlocks(r.layers, (mapping) => arrangements.find((a) => a.levels.map((l) => l.name).join() === mapping.levels.map((l) => l.name).join())),
      text('A design file ("magnet map --design FILE") says more: energy by component, a roofline, the technology.'),
    ],
  };
}

function totalBlocks({ objective, bound, energy, cycles, edpOfTotals, goal, layers }: MapResult): readonly Block[] {
  if (objective === null || energy === null || cycles === null) return [];
  const used = layers.reduce((n, l) => n + l.count * (l.cycles ?? 0) * (l.utilization ?? 0), 0);
  return [
    cards(
      { name: 'Energy', value: energyText(energy) },
      { name: 'Time', value: `${grouped(cycles)} cycles` },
      { name: 'Gap to the lower bound', value: bound === null || bound <= 0 ? 'none proven' : percent(Math.max(0, (objective - bound) / objective)), note: `${magnitude(objective)} ${objectiveUnits[goal]}, sum over layers` },
      { name: 'Utilisation', value: percent(used / cycles) },
      edpOfTotals === null ? undefined : { name: 'Energy x time of the whole', value: magnitude(edpOfTotals), note: objectiveUnits.edp },
    ),
  ];
}
