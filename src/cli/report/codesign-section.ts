// A co-design in a report: the machine found, what it comes to, how the search came there, what a step would cost.

import type { CodesignResultFile } from '../../interchange/codesign-result.js';
import { meanings, printValue } from '../../interchange/template-fields.js';
import type { DesignPoint } from '../../model/design-space.js';
import { parameters, wholeBuffers } from '../../model/design-space.js';
import type { Objective } from '../../model/goal.js';
import { objectives, objectiveUnits } from '../../model/goal.js';
import { curveFigure } from '../../report/curve-figure.js';
import { partTable } from '../../report/page/account.js';
import type { Block, Section } from '../../report/page/blocks.js';
import { cards, drawing, fold, heading, tableOf, text } from '../../report/page/blocks.js';
import { areaFigure, energyFigure, timeFigure } from '../../report/page/charts.js';
import { templateDrawing } from '../../report/page/drawings.js';
import { amount, changeText, digits, durationText, energyText, grouped, magnitude, percent, timeText } from '../../report/quantities.js';
import { areaText, layerTable, nestBlocks, orNone } from './layers.js';

export const searchStatus = (status: string): NonNullable<Section['status']> =>
  status === 'optimal' ? { text: 'proved optimal', mood: 'good' } : status === 'infeasible' ? { text: 'infeasible', mood: 'bad' } : { text: status === 'feasible' ? 'found, not proved' : status, mood: 'open' };

/** Figures of mappings are held to EDP where the objective is the area, or where networks are limited. */
const layerObjective = ({ goal, limits }: CodesignResultFile): Objective => {
  const own = objectives.find((o) => o === goal);
  return own === undefined || ['energy', 'latency', 'edp'].some((name) => name in limits) ? 'edp' : own;
};
const unit = (goal: string): string => (goal === 'area' ? 'mm2' : objectives.includes(goal as Objective) ? objectiveUnits[goal as Objective] : '');

export function codesignSection(file: string, r: CodesignResultFile): Section {
  const title = `${r.networks.map((n) => n.name).join(', ')} in ${r.space.name}`;
  const timed = r.layers.flatMap((l) => (l.cycles === null || l.utilization === null ? [] : [{ name: `${l.name}${l.count > 1 ? ` (${l.count}x)` : ''}`, cycles: l.count * l.cycles, utilization: l.utilization }]));
  const area = r.area.map(({ part, mm2 }) => ({ part, area: mm2 }));
  return {
    title: `The best machine for ${title}`,
    source: `Co-design, read from ${file}. Minimised: ${r.goal}, over ${grouped(r.space.machines)} machines and all their mappings.`,
    status: searchStatus(r.status),
    blocks: [
      ...summary(r),
      ...(r.reason === '' ? [] : [text(`${r.point === null ? 'No machine' : 'Not proved'}: ${r.reason}.`)]),
      ...(r.point === null ? [] : [heading('The machine'), drawing(templateDrawing({ ...r.point, ...wholeBuffers(r.point) }, `A machine of ${r.space.name}`, undefined)), parameterTable(r.point), ...(area.length > 0 ? [drawing(areaFigure(area))] : [])]),
      ...(r.energy.length > 0
        ? [heading('Where the energy goes'), drawing(energyFigure('Energy by component', 'of all networks, each as often as its weight says', [{ name: 'all layers', parts: r.energy }])), partTable(r.energy)]
        : []),
      ...(timed.length > 0 ? [heading('Where the time goes'), drawing(timeFigure(timed))] : []),
      ...(r.networks.some((n) => n.energy !== null) ? [heading('Networks'), networkTable(r)] : []),
      ...(r.curve.some((c) => c.best !== null || c.bound !== null) ? [heading('The search'), curve(r), text(`${grouped(r.nodes)} nodes in ${grouped(r.shapes)} of ${grouped(r.space.shapes)} shapes, ${durationText(r.seconds)}.`)] : []),
      ...(r.steps || r.elasticities ? [heading('Why this machine'), ...stepBlocks(r), ...elasticityBlocks(r)] : []),
      ...(r.layers.length > 0 ? [heading('Layers'), layerTable(r.layers, layerObjective(r)), ...nestBlocks(r.layers, () => undefined)] : []),
    ],
  };
}

function summary(r: CodesignResultFile): readonly Block[] {
  const { objective, bound, area, networks } = r;
  if (objective === null) return Object.keys(r.limits).length === 0 ? [] : [text(`Limits: ${limitsText(r)}.`)];
  const one = networks.length === 1 ? networks[0]! : undefined;
  return [
    cards(
      { name: `Objective: ${r.goal}`, value: magnitude(objective), note: unit(r.goal) },
      { name: 'Gap to the lower bound', value: bound === null || bound <= 0 ? 'none proven' : percent(Math.max(0, (objective - bound) / objective)), ...(bound !== null && bound > 0 && { note: `nothing in the space is below ${magnitude(bound)}` }) },
      area.length === 0 ? undefined : { name: 'Area', value: areaText(area.reduce((n, p) => n + p.mm2, 0)) },
      one?.energy == null ? undefined : { name: 'Energy', value: energyText(one.energy), ...(one.fjPerOp !== null && { note: `${digits(one.fjPerOp)} fJ per operation without DRAM` }) },
      one?.time == null ? undefined : { name: 'Time', value: timeText(one.time), note: `${orNone(one.cycles, grouped)} cycles` },
      one?.utilization == null ? undefined : { name: 'Utilisation', value: percent(one.utilization), note: `${orNone(one.tops, digits)} of ${orNone(one.topsPeak, digits)} TOPS` },
    ),
    ...(Object.keys(r.limits).length === 0 ? [] : [text(`Limits: ${limitsText(r)}.`)]),
  ];
}

const limitsText = ({ limits }: CodesignResultFile) => Object.entries(limits).map(([name, limit]) => `${name} at most ${amount(limit)} ${unit(name)}`).join(', ');

const parameterTable = (point: DesignPoint): Block => fold('All parameters of the machine', tableOf('Parameters', ['parameter', '>value', 'meaning'], parameters.map((p) => [p, printValue(p, point[p]), meanings[p]])));

function networkTable({ networks }: CodesignResultFile): Block {
  const rows = networks.map((n) => [n.name, digits(n.weight), orNone(n.energy, energyText), orNone(n.cycles, grouped), orNone(n.time, timeText), orNone(n.edp, magnitude), orNone(n.utilization, percent), orNone(n.fjPerOp, digits), orNone(n.fjPerOpWithDram, digits), orNone(n.tops, digits), orNone(n.topsPerMm2, digits)]);
  return tableOf('One run of each network', ['network', '>weight', '>energy', '>cycles', '>time', '>sum of EDPs', '>utilisation', '>fJ/op without DRAM', '>with', '>TOPS', '>TOPS/mm2'], rows);
}

function curve({ goal, curve: points }: CodesignResultFile): Block {
  const title = 'Best and bound over time';
  const last = points.at(-1);
  return drawing({
    ...curveFigure(title, `${goal} (${unit(goal)})`, points.map((p) => ({ seconds: p.seconds, best: p.best ?? Infinity, bound: p.bound ?? 0 }))),
    description: `After ${digits(last?.seconds ?? 0)} s the best is ${orNone(last?.best, magnitude)} and the bound ${orNone(last?.bound, magnitude)}.`,
  });
}

function stepBlocks({ steps, objective, area }: CodesignResultFile): readonly Block[] {
  if (!steps || objective === null) return [];
  const whole = area.reduce((n, p) => n + p.mm2, 0);
  const rows = steps.flatMap(({ parameter, down, up }) =>
    ([['down', down], ['up', up]] as const).flatMap(([direction, s]) =>
      s === undefined ? [] : [[parameter, direction, printValue(parameter, s.value), orNone(s.objective, (o) => changeText(o / objective - 1)), orNone(s.bound, (b) => changeText(b / objective - 1)), whole > 0 ? changeText(s.area / whole - 1) : '', s.feasible ? '' : 'not within all limits']],
    ),
  );
  return rows.length === 0 ? [] : [tableOf('One step of one parameter, all mappings solved anew', ['parameter', 'step', '>to', '>objective', '>at least', '>area', 'note'], rows)];
}

const elasticityBlocks = ({ elasticities }: CodesignResultFile): readonly Block[] =>
  !elasticities || elasticities.length === 0 ? [] : [tableOf('Per cent of the objective for one per cent of the quantity', ['quantity', '>elasticity', 'note'], elasticities.map((e) => [e.name, orNone(e.elasticity, digits), e.note]))];
