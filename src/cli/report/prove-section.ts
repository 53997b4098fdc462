// A proof in a report: mappings that meet all requirements, or the requirements that exclude each other.

import { invariant } from '../../base/diagnostics.js';
import type { ProveResultFile, ProveResultRequirement, ProveResultWitness } from '../../interchange/prove-result.js';
import type { LimitedParameter, Requirement } from '../../model/requirement.js';
import type { CostQuantity } from '../../model/requirement.js';
import type { Block, Section } from '../../report/page/blocks.js';
import { cards, drawing, heading, tableOf, text } from '../../report/page/blocks.js';
import { timeFigure } from '../../report/page/charts.js';
import { templateDrawing } from '../../report/page/drawings.js';
import { neededText } from '../../report/prove-table.js';
import { durationText, energyIn, energyScale, energyText, grouped, magnitude, percent, timeText } from '../../report/quantities.js';
import { requiredValue } from '../../report/requirement-text.js';
import { areaText, nestBlocks } from './layers.js';

export function proveSection(file: string, r: ProveResultFile): Section {
  const on = r.machine ?? `a machine of ${r.space?.name ?? 'a space'}`;
  const clock = r.witness?.parameters?.clock;
  return {
    title: `Can ${on} run ${r.network}${r.requirements.length > 0 ? ' within the limits' : ''}?`,
    source: `Proof, read from ${file}; technology ${r.technology}, ${r.conventions} conventions. Decided in ${durationText(r.seconds)}.`,
    status: r.status === 'feasible' ? { text: 'yes: feasible', mood: 'good' } : r.status === 'infeasible' ? { text: 'no: infeasible', mood: 'bad' } : { text: 'unknown', mood: 'open' },
    blocks: r.witness ? metBlocks(r, r.witness, clock) : r.status === 'infeasible' ? excludedBlocks(r) : openBlocks(r),
  };
}

/** As the model says it; texts stay as the user wrote them. */
function requirementOf({ text: written, kind, name, layer = '', bound, value }: ProveResultRequirement): Requirement {
  const quantity = name as CostQuantity;
  switch (kind) {
    case 'area':
      return { kind, most: value, text: written };
    case 'network':
      return { kind, quantity, most: value, text: written };
    case 'layer':
      return { kind, layer, quantity, most: value, text: written };
    case 'parameter':
      return { kind, parameter: name as LimitedParameter, bound, value, text: written };
  }
}

function metBlocks({ requirements }: ProveResultFile, w: ProveResultWitness, clock: number | undefined): readonly Block[] {
  invariant(w.reached.length === requirements.length, 'a witness reaches something for every requirement');
  const rows = requirements.map((q, i) => {
    const r = requirementOf(q);
    const slack = (q.bound === 'most' ? q.value - w.reached[i]! : w.reached[i]! - q.value) / q.value;
    return [q.text, `at ${q.bound} ${requiredValue(r, q.value, clock)}`, requiredValue(r, w.reached[i]!, clock), slack < 0 ? '' : percent(slack)];
  });
  const scale = energyScale(w.layers.map((l) => l.energy));
  return [
    cards(
      { name: 'Energy', value: energyText(w.energy) },
      { name: 'Time', value: clock === undefined ? `${grouped(w.cycles)} cycles` : timeText(w.cycles / clock / 1e6), ...(clock !== undefined && { note: `${grouped(w.cycles)} cycles at ${clock} MHz` }) },
      { name: 'Sum of EDPs', value: magnitude(w.edp), note: 'pJ*cycles' },
      w.area === null ? undefined : { name: 'Area', value: areaText(w.area) },
    ),
    ...(rows.length > 0 ? [tableOf('Limits', ['limit', 'required', '>reached', '>slack'], rows)] : []),
    text('A witness: every layer has a legal mapping, and the cost model confirms each figure.'),
    ...(w.parameters ? [heading('The machine'), drawing(templateDrawing(w.parameters, w.machine, undefined))] : []),
    ...(w.layers.length > 0
      ? [
          heading('Layers'),
          drawing(timeFigure(w.layers.map((l) => ({ name: `${l.name}${l.count > 1 ? ` (${l.count}x)` : ''}`, cycles: l.count * l.cycles, utilization: l.utilization })))),
          tableOf('Layers; figures of one instance', ['layer', '>count', `>energy (${scale.unit})`, '>cycles', '>utilisation'], w.layers.map((l) => [l.name, grouped(l.count), energyIn(scale, l.energy), grouped(l.cycles), percent(l.utilization)])),
          ...nestBlocks(w.layers.map((l) => ({ ...l, status: 'feasible', objective: null, bound: null, gap: null })), () => undefined),
        ]
      : []),
  ];
}

function excludedBlocks(r: ProveResultFile): readonly Block[] {
  const single = r.core.length === 1;
  const value = (q: ProveResultRequirement, x: number) => requiredValue(requirementOf(q), x, undefined, 'down');
  const limited = r.core.find((c) => c.kind === 'network');
  const shortages = [...new Set(r.shortages.map((s) => s.layer))];
  return [
    text(r.core.length === 0 ? 'Not every layer has a mapping, whatever is limited.' : single ? 'This limit cannot be met by any mappings.' : `These limits cannot be met together by any mappings.${r.minimal ? ' The set is minimal: without any one of them the rest can be met.' : ''}`),
    ...(r.core.length > 0 ? [tableOf(single ? 'What cannot be met' : 'What excludes each other', ['limit', single ? 'must be' : 'must be, for the rest to be met'], r.core.map((c) => [c.text, neededText(requirementOf(c), c.needed.kind === 'between' ? { ...c.needed, to: c.needed.to ?? undefined } : c.needed, undefined)]))] : []),
    ...(r.also.length > 0 ? [text(`Not met either, by themselves: ${r.also.map((texts) => texts.join(' with ')).join('; ')}.`)] : []),
    ...(shortages.length > 0 ? [tableOf('In the way of layers', ['layer', 'what is short'], r.shortages.map((s) => [s.layer, s.text]))] : []),
    ...(r.layers.length > 0 && limited ? [tableOf('What each layer takes at least, by itself', ['layer', '>count', '>each', '>all', '>share'], r.layers.map((l) => [l.name, grouped(l.count), value(limited, l.bound), value(limited, l.count * l.bound), percent(l.share)]))] : []),
  ];
}

const openBlocks = (r: ProveResultFile): readonly Block[] => [
  text(`Neither mappings nor a proof that there are none: ${r.reason || 'the time ran out'}.`),
  ...(r.settled.length > 0 ? [tableOf('Settled so far', ['fact'], r.settled.map((s) => [s]))] : []),
];
