// A proof in a report: mappings that meet all requirements, or the requirements that exclude each other.

import { nth } from '../../../base/invariant.js';
import type { Parsed } from '../../../base/diagnostics.js';
import { faultsOf, invariant, parsed, refused } from '../../../base/diagnostics.js';
import { coverageIn } from '../../../results/coverage-fields.js';
import { parseHardware } from '../../../interchange/hardware-file.js';
import type { ProveResultFile, ProveResultRequirement, ProveResultWitness } from '../../../results/prove-result.js';
import type { ResultLayer } from '../../../results/result-layer.js';
import { arrangementsOf } from '../../../model/space/design.js';
import type { Block, Section } from '../blocks.js';
import { cards, tableOf, text } from '../blocks.js';
import { aboutSchedules, neededText, stayingText } from '../../tables/prove-table.js';
import { chosenText, measuredHow } from '../../tables/precision-table.js';
import { allBeyond, provenLossNote, provenLossRows } from '../../tables/proven-loss-table.js';
import { leftOutBlocks, ofLayersAlone } from '../left-out.js';
import { durationText, energyText, grouped, magnitude, percent, timeText } from '../../tables/quantities.js';
import { boundText, requiredValue, requirementOf } from '../../tables/requirement-text.js';
import { areaText } from './layer-sections.js';
import { machineBlocks, mappedBlocks } from './mapped-blocks.js';
import { scheduleBlocks } from './schedule-section.js';
import { listed } from './summary-text.js';

export function proveSection(file: string, r: ProveResultFile): Parsed<Section> {
  const asked = r.hardware === null ? parsed(undefined) : parseHardware(r.hardware);
  const mapped = r.witness
    ? mappedBlocks({ ...r, objective: 'layer-edp', layers: r.witness.layers.map(witnessed) })
    : parsed(undefined);
  if (!mapped.ok || !asked.ok) return refused(faultsOf(mapped, asked));
  const blocks = mapped.value;
  const clock = asked.value
    ? nth(arrangementsOf(asked.value.machine, asked.value.technology), 0).clock
    : r.witness?.parameters?.clock;
  return parsed({
    title: `Can ${subject(r)} run ${r.network}${r.requirements.length > 0 ? ' within the limits' : ''}?`,
    source:
      `Proof, read from ${file}; technology ${r.technology}, ${r.conventions} conventions. ` +
      `Decided in ${durationText(r.seconds)}.`,
    summary: summaryOf(r, clock),
    status: ofLayersAlone(
      r.status === 'feasible'
        ? { text: 'yes: feasible', mood: 'good' }
        : r.status === 'infeasible'
          ? { text: 'no: infeasible', mood: 'bad' }
          : { text: 'unknown', mood: 'open' },
      coverageIn(r),
    ),
    blocks: [
      ...(r.witness
        ? metBlocks(r, r.witness, clock)
        : r.status === 'infeasible'
          ? excludedBlocks(r, clock)
          : openBlocks(r)),
      ...schedulesBlocks(r),
      ...(r.accuracy ? lossBlocks(r.accuracy) : []),
      ...leftOutBlocks(coverageIn(r)),
      ...(blocks
        ? [...blocks.machine, ...blocks.costs, ...blocks.proofs, ...blocks.sources]
        : asked.value
          ? machineBlocks(asked.value)
          : []),
    ],
  });
}

/** Nothing is proven of how good the mappings are: only that they meet what was asked. */
const witnessed = ({ edp, ...layer }: ProveResultWitness['layers'][number]): ResultLayer => ({
  ...layer,
  status: 'feasible',
  objective: edp,
  bound: null,
  gap: null,
});

const subject = (r: ProveResultFile): string => r.machine ?? `a machine of ${r.space?.name ?? 'a space'}`;

function summaryOf(r: ProveResultFile, clock: number | undefined): string {
  const limits =
    r.requirements.length === 0
      ? ''
      : r.requirements.length === 1
        ? ` within ${nth(r.requirements, 0).text}`
        : ` within its ${r.requirements.length} limits`;
  if (r.status === 'feasible')
    return (
      `Yes: ${r.machine ?? r.witness?.machine ?? subject(r)} runs ${r.network}${limits}, ` +
      'with the mappings below, whose figures the cost model confirms.'
    );
  if (r.status === 'unknown' && r.witness) return `Open: of ${r.network} on ${subject(r)}${limits}, ${r.reason}.`;
  if (r.status === 'unknown')
    return `Open: neither mappings of ${r.network} on ${subject(r)}${limits} nor a proof that there are none.`;
  if (r.accuracy && allBeyond(r.accuracy))
    return `No: every precision of ${r.network} on ${subject(r)} that was measured loses more than ${percent(r.accuracy.limit)}.`;
  const [one] = r.core;
  const on = r.machine ?? `any machine of ${r.space?.name ?? 'the space'}`;
  if (!one) return `No: not every layer of ${r.network} has a mapping on ${on}.`;
  const why =
    r.core.length === 1
      ? `${one.text} cannot be met by any mappings; it must be ${needed(one, clock)}`
      : `${listed(r.core.map((c) => c.text))} exclude each other, whatever the mappings`;
  const kept = r.accuracy ? ', with any precision that may keep the limit on accuracy,' : '';
  return `No: of ${r.network} on ${on}${kept} it is proven that ${why}.`;
}

/** What stays in the global buffer, and where, or whether that is what is proven. */
function schedulesBlocks(r: ProveResultFile): readonly Block[] {
  const said = r.witness ? (r.residency ? stayingText(r) : '') : r.status === 'infeasible' ? aboutSchedules(r) : '';
  return [...(said === '' ? [] : [text(said)]), ...(r.schedule ? scheduleBlocks(r.schedule) : [])];
}

/** What is measured, beside what is proven. */
function lossBlocks(field: NonNullable<ProveResultFile['accuracy']>): readonly Block[] {
  const { headings, rows } = provenLossRows(field);
  return [
    tableOf('What each precision loses, measured', headings, rows),
    ...[measuredHow(field), ...chosenText(field), provenLossNote].map(text),
  ];
}

const needed = (c: ProveResultFile['core'][number], clock: number | undefined): string =>
  neededText(requirementOf(c), c.needed, clock);

function metBlocks(
  { requirements }: ProveResultFile,
  w: ProveResultWitness,
  clock: number | undefined,
): readonly Block[] {
  invariant(w.reached.length === requirements.length, 'a witness reaches something for every requirement');
  const rows = requirements.map((q, i) => {
    const r = requirementOf(q);
    const slack = (q.bound === 'max' ? q.value - nth(w.reached, i) : nth(w.reached, i) - q.value) / q.value;
    return [
      q.text,
      `${boundText[q.bound]} ${requiredValue(r, q.value, clock)}`,
      requiredValue(r, nth(w.reached, i), clock),
      slack < 0 ? '' : percent(slack),
    ];
  });
  return [
    cards(
      { name: 'Energy', value: energyText(w.energy) },
      {
        name: 'Time',
        value: clock === undefined ? `${grouped(w.cycles)} cycles` : timeText(w.cycles / clock / 1e6),
        ...(clock !== undefined && { note: `${grouped(w.cycles)} cycles at ${clock} MHz` }),
      },
      { name: 'EDP', value: magnitude(w.edp), note: 'pJ*cycles, of the totals' },
      w.area === null ? undefined : { name: 'Area', value: areaText(w.area) },
    ),
    ...(rows.length > 0 ? [tableOf('Limits', ['limit', 'required', '>reached', '>slack'], rows)] : []),
  ];
}

function excludedBlocks(r: ProveResultFile, clock: number | undefined): readonly Block[] {
  const single = r.core.length === 1;
  const value = (q: ProveResultRequirement, x: number) => requiredValue(requirementOf(q), x, clock, 'down');
  const limited = r.core.find((c) => c.kind === 'network');
  const shortages = [...new Set(r.shortages.map((s) => s.layer))];
  return [
    text(
      r.core.length === 0
        ? 'Not every layer has a mapping, whatever is limited.'
        : single
          ? 'This limit cannot be met by any mappings.'
          : 'These limits cannot be met together by any mappings.' +
            (r.minimal ? ' The set is minimal: without any one of them the rest can be met.' : ''),
    ),
    ...(r.core.length > 0
      ? [
          tableOf(
            single ? 'What cannot be met' : 'What excludes each other',
            ['limit', single ? 'must be' : 'must be, for the rest to be met'],
            r.core.map((c) => [c.text, needed(c, clock)]),
          ),
        ]
      : []),
    ...(r.also.length > 0
      ? [text(`Not met either, by themselves: ${r.also.map((texts) => texts.join(' with ')).join('; ')}.`)]
      : []),
    ...(shortages.length > 0
      ? [
          tableOf(
            'In the way of layers',
            ['layer', 'what is short'],
            r.shortages.map((s) => [s.layer, s.text]),
          ),
        ]
      : []),
    ...(r.layers.length > 0 && limited
      ? [
          tableOf(
            'Minimum of each layer by itself',
            ['layer', '>count', '>each', '>all', '>share'],
            r.layers.map((l) => [
              l.name,
              grouped(l.count),
              value(limited, l.bound),
              value(limited, l.count * l.bound),
              percent(l.share),
            ]),
          ),
        ]
      : []),
  ];
}

const openBlocks = (r: ProveResultFile): readonly Block[] => [
  text(`Neither mappings nor a proof that there are none: ${r.reason || 'the time ran out'}.`),
  ...(r.settled.length > 0
    ? [
        tableOf(
          'Settled so far',
          ['fact'],
          r.settled.map((s) => [s]),
        ),
      ]
    : []),
];
