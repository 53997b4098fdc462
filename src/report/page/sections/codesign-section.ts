// A co-design in a report: the machine found, what it comes to, how the search came there, what a step would cost.

import { counted } from '../../../base/text.js';
import { nth } from '../../../base/invariant.js';
import type { Parsed } from '../../../base/diagnostics.js';
import { parsed } from '../../../base/diagnostics.js';
import type { CodesignResultFile } from '../../../results/codesign-result.js';
import { meanings, printValue } from '../../../interchange/template-fields.js';
import { coverageIn } from '../../../results/coverage-fields.js';
import type { DesignPoint } from '../../../model/space/design-space.js';
import { saidAt } from '../../../model/space/design-space.js';
import { gapBetween, goalUnit } from '../../../model/cost/goal.js';
import type { NetworkObjective } from '../../../model/cost/network-goal.js';
import { networkQuantities } from '../../../model/cost/network-goal.js';
import { curveFigure } from '../../figures/curve-figure.js';
import { areaOf } from '../../tables/codesign-table.js';
import { stepRows } from '../../tables/explain-steps.js';
import type { Block, Section } from '../blocks.js';
import { cards, drawing, fold, heading, tableOf, text } from '../blocks.js';
import { leftOutBlocks, ofLayersAlone } from '../left-out.js';
import {
  amount,
  digits,
  durationText,
  energyText,
  grouped,
  magnitude,
  percent,
  timeText,
} from '../../tables/quantities.js';
import { machineText } from '../../tables/front-axes.js';
import { scheduleText, unscheduledText } from '../../tables/schedule-table.js';
import { precisionBlocks } from './accuracy-blocks.js';
import { areaText, orNone } from './layer-sections.js';
import { operationCard } from './map-section.js';
import { mappedBlocks } from './mapped-blocks.js';
import { scheduleBlocks } from './schedule-section.js';
import { listed } from './summary-text.js';

export const searchStatus = (status: string): NonNullable<Section['status']> =>
  status === 'optimal'
    ? { text: 'proved optimal', mood: 'good' }
    : status === 'infeasible'
      ? { text: 'infeasible', mood: 'bad' }
      : { text: status === 'feasible' ? 'found, not proved' : status, mood: 'open' };

/** Figures of mappings are held to EDP where the objective is no sum over layers, or where networks are limited. */
const layerObjective = ({ goal, limits }: CodesignResultFile): NetworkObjective =>
  (goal === 'energy' || goal === 'latency') && !networkQuantities.some((name) => name in limits) ? goal : 'layer-edp';

export function codesignSection(file: string, r: CodesignResultFile): Parsed<Section> {
  const mapped = mappedBlocks(
    { ...r, objective: layerObjective(r) },
    r.layers.map((l) => l.counts.reduce((n, count, i) => n + (r.networks[i]?.weight ?? 1) * count, 0)),
  );
  if (!mapped.ok) return mapped;
  const { machine, costs, proofs, sources } = mapped.value;
  return parsed({
    title: `The best machine for ${r.networks.map((n) => n.name).join(', ')} in ${r.space.name}`,
    source:
      `Co-design, read from ${file}. Minimised: ${r.goal}, over ${counted(r.space.machines, 'machine')} and all ` +
      'their mappings.',
    summary: summaryOf(r),
    status: ofLayersAlone(searchStatus(r.status), ...r.networks.map(coverageIn)),
    blocks: [
      ...overview(r),
      ...r.networks.flatMap((n) => leftOutBlocks(coverageIn(n), r.networks.length > 1 ? n.name : undefined)),
      ...(r.reason === '' ? [] : [text(`${r.point === null ? 'No machine' : 'Not proved'}: ${r.reason}.`)]),
      ...(r.point === null ? [] : [...machine, parameterTable(r.point)]),
      ...costs,
      ...(r.accuracy ? precisionBlocks(r.accuracy) : []),
      ...(r.networks.some((n) => n.energy !== null) ? [heading('Networks'), networkTable(r)] : []),
      ...(r.schedules ?? []).flatMap((schedule, _, all) => [
        text(`${all.length > 1 ? `${schedule.network}: ` : ''}${scheduleText(schedule)}.`),
        ...scheduleBlocks(schedule, all.length > 1 ? ` of ${schedule.network}` : ''),
      ]),
      ...(r.unscheduled === undefined ? [] : [text(`${unscheduledText(r.unscheduled)}.`)]),
      ...(r.curve.some((c) => c.best !== null || c.bound !== null)
        ? [
            heading('The search'),
            curve(r),
            text(
              `${counted(r.nodes, 'node')} in ${grouped(r.shapes)} of ${grouped(r.space.shapes)} ` +
                `shapes, ${durationText(r.seconds)}.`,
            ),
          ]
        : []),
      ...(r.steps || r.elasticities ? [heading('Why this machine'), ...stepBlocks(r), ...elasticityBlocks(r)] : []),
      ...proofs,
      ...sources,
    ],
  });
}

function summaryOf({ networks, space, point, status, goal, objective, bound, reason }: CodesignResultFile): string {
  const names = listed(networks.map((n) => n.name));
  const among = `${grouped(space.machines)} machines of ${space.name}`;
  if (point === null || objective === null)
    return status === 'infeasible'
      ? `None of the ${among} runs ${names} within the limits: ${reason}.`
      : `No machine for ${names} was found among the ${among}.`;
  const found =
    `Of the ${among} this is ` +
    (status === 'optimal' ? 'the best' : 'the best found') +
    ` for ${names}: ${machineText(point)}, ${goal} ${magnitude(objective)} ${goalUnit(goal)}.`;
  return bound === null || gapBetween(objective, bound) === 1
    ? `${found} How much better others could be is not proven.`
    : `${found} Proved: no machine with any mappings is better by more than ${percent(gapBetween(objective, bound))}.`;
}

function overview(r: CodesignResultFile): readonly Block[] {
  const { objective, bound, area, networks } = r;
  if (objective === null) return Object.keys(r.limits).length === 0 ? [] : [text(`Limits: ${limitsText(r)}.`)];
  const one = networks.length === 1 ? nth(networks, 0) : undefined;
  return [
    cards(
      { name: `Objective: ${r.goal}`, value: magnitude(objective), note: goalUnit(r.goal) },
      {
        name: 'Gap to the lower bound',
        value:
          bound === null || gapBetween(objective, bound) === 1 ? 'none proven' : percent(gapBetween(objective, bound)),
        ...(bound !== null && bound > 0 && { note: `nothing in the space is below ${magnitude(bound)}` }),
      },
      area.length === 0 ? undefined : { name: 'Area', value: areaText(areaOf({ area })) },
      one?.energy == null ? undefined : { name: 'Energy', value: energyText(one.energy) },
      one?.fjPerOp == null || one.fjPerOpWithDram === null
        ? undefined
        : operationCard({ fjPerOp: one.fjPerOp, fjPerOpWithDram: one.fjPerOpWithDram }),
      one?.time == null
        ? undefined
        : { name: 'Time', value: timeText(one.time), note: `${orNone(one.cycles, grouped)} cycles` },
      one?.utilization == null
        ? undefined
        : {
            name: 'Utilisation',
            value: percent(one.utilization),
            note: `${orNone(one.tops, digits)} of ${orNone(one.topsPeak, digits)} TOPS`,
          },
    ),
    ...(Object.keys(r.limits).length === 0 ? [] : [text(`Limits: ${limitsText(r)}.`)]),
  ];
}

const limitsText = ({ limits }: CodesignResultFile) =>
  Object.entries(limits)
    .map(([name, limit]) => `${name} at most ${amount(limit)} ${goalUnit(name)}`)
    .join(', ');

const parameterTable = (point: DesignPoint): Block =>
  fold(
    'All parameters of the machine',
    tableOf(
      'Parameters',
      ['parameter', '>value', 'meaning'],
      saidAt(point).map((p) => [p, printValue(p, point[p]), meanings[p]]),
    ),
  );

function networkTable({ networks, goal, limits }: CodesignResultFile): Block {
  const bySum = goal === 'layer-edp' || 'layer-edp' in limits;
  const rows = networks.map((n) => [
    n.name,
    digits(n.weight),
    orNone(n.energy, energyText),
    orNone(n.cycles, grouped),
    orNone(n.time, timeText),
    orNone(n.edp, magnitude),
    ...(bySum ? [orNone(n.layerEdp, magnitude)] : []),
    orNone(n.utilization, percent),
    orNone(n.fjPerOp, digits),
    orNone(n.fjPerOpWithDram, digits),
    orNone(n.tops, digits),
    orNone(n.topsPerMm2, digits),
  ]);
  return tableOf(
    'One run of each network',
    [
      'network',
      '>weight',
      '>energy',
      '>cycles',
      '>time',
      '>EDP',
      ...(bySum ? [">layers' EDPs"] : []),
      '>utilisation',
      '>fJ/op without DRAM',
      '>with',
      '>TOPS',
      '>TOPS/mm2',
    ],
    rows,
  );
}

function curve({ goal, curve: points }: CodesignResultFile): Block {
  const title = 'Best and bound over time';
  const last = points.at(-1);
  return drawing({
    ...curveFigure(
      title,
      `${goal} (${goalUnit(goal)})`,
      points.map((p) => ({ seconds: p.seconds, best: p.best ?? Infinity, bound: p.bound ?? 0 })),
    ),
    description:
      `After ${digits(last?.seconds ?? 0)} s the best is ${orNone(last?.best, magnitude)} and the ` +
      `bound ${orNone(last?.bound, magnitude)}.`,
  });
}

/** As the terminal has them. */
function stepBlocks(r: CodesignResultFile): readonly Block[] {
  const { steps, objective, point } = r;
  if (!steps || objective === null || point === null) return [];
  const { headings, rows, right } = stepRows(r, steps, point);
  return rows.length === 0
    ? []
    : [
        tableOf(
          'One step of one parameter, all mappings solved anew',
          headings.map((h, i) => (right[i] ? `>${h}` : h)),
          rows,
        ),
      ];
}

const elasticityBlocks = ({ elasticities }: CodesignResultFile): readonly Block[] =>
  !elasticities || elasticities.length === 0
    ? []
    : [
        tableOf(
          'Per cent of the objective for one per cent of the quantity',
          ['quantity', '>elasticity', 'note'],
          elasticities.map((e) => [e.name, orNone(e.elasticity, digits), e.note]),
        ),
      ];
