// The answer of a proof as people read it: a machine with mappings that meets all requirements, the requirements that
// exclude each other, or how far it came.

import { entry, nth } from '../../base/invariant.js';
import { pairs, table } from '../../base/text.js';
import { parseHardware } from '../../interchange/hardware-file.js';
import { printValue } from '../../interchange/template-fields.js';
import type { Template } from '../../model/machine/parameters.js';
import type { DesignSpace } from '../../model/space/design-space.js';
import { chosenOf, saidOf } from '../../model/space/design-space.js';
import type { Network } from '../../model/workload/network.js';
import { printShape } from '../../model/workload/layer.js';
import type { Requirement } from '../../model/cost/requirement.js';
import type { ProveResultFile, ProveResultNeeded, ProveResultWitness } from '../../results/prove-result.js';
import { pathRows } from './dram-text.js';
import { allBeyond, provenLossText } from './proven-loss-table.js';
import {
  digits,
  durationText,
  energyIn,
  energyScale,
  energyText,
  grouped,
  magnitude,
  percent,
  timeText,
} from './quantities.js';
import { boundText, exactEnergy, requiredValue, requirementOf } from './requirement-text.js';
import { scheduleText, unscheduledText } from './schedule-table.js';
import { shapeText } from './shape-text.js';

/** What was asked about, in full. */
export interface ProveAbout {
  readonly network: Network;
  /** Undefined where it was a machine. */
  readonly space: DesignSpace | undefined;
  /** MHz; undefined where machines have several. */
  readonly clock: number | undefined;
}

export function proofText(r: ProveResultFile, about: ProveAbout): string {
  const proof = costsText(r, about);
  return r.accuracy ? `${proof}\n\n${provenLossText(r.accuracy)}` : proof;
}

function costsText(r: ProveResultFile, about: ProveAbout): string {
  if (r.witness) return metText(r, r.witness, about);
  return r.status === 'infeasible' ? excludedText(r, about) : openText(r);
}

const nameOf = (r: ProveResultFile): string => r.machine ?? r.space?.name ?? '';
const took = ({ seconds }: ProveResultFile) => `Decided in ${durationText(seconds)}.`;

/** Layers that are listed as the heaviest, and facts of an open question. */
const [maxLayers, maxFacts] = [5, 20];

function metText(r: ProveResultFile, w: ProveResultWitness, { space, clock: asked }: ProveAbout): string {
  const scale = energyScale(w.layers.map((l) => l.energy));
  const layers = w.layers.map((l) => [
    l.name,
    shapeText(l),
    String(l.count),
    energyIn(scale, l.energy),
    grouped(l.cycles),
    percent(l.utilization),
  ]);
  const clock = w.parameters?.clock ?? asked;
  const time = clock === undefined ? '' : ` (${timeText(w.cycles / clock / 1e6)} at ${clock} MHz)`;
  const template = templateIn(r.hardware);
  const chosen = space ? parameterRows(r, space) : [];
  return [
    `${r.status}: ${r.network} on ${r.machine ?? `a machine of ${nameOf(r)}`}${r.reason === '' ? '' : `: ${r.reason}`}`,
    ...(r.requirements.length > 0 ? [requirementTable(r, w, clock)] : []),
    ...(chosen.length > 0 ? [table(['parameter', 'value', 'menu'], chosen, [false, true, false])] : []),
    table(['layer', 'shape', 'count', `energy (${scale.unit})`, 'cycles', 'utilisation'], layers, [
      false,
      false,
      true,
      true,
      true,
      true,
    ]),
    pairs([
      ['energy', energyText(w.energy)],
      ['cycles', `${grouped(w.cycles)}${time}`],
      ['energy x delay', `${magnitude(w.edp)} pJ*cycles`],
      ...(w.area === null ? [] : [['area', `${digits(w.area)} mm2`] as const]),
      ...(template ? pathRows(template) : []),
    ]),
    ...(r.residency ? [stayingText(r)] : []),
    'Confirmed by the cost model: every layer has a legal mapping' +
      (r.requirements.length > 0 ? `, and together they meet every limit${r.accuracy ? ' on costs' : ''}` : '') +
      `. ${took(r)}`,
  ].join('\n\n');
}

/** Undefined of machines of other kinds, and in files from before the machine was written. */
const templateIn = (hardware: ProveResultFile['hardware']): Template | undefined => {
  if (hardware === null) return undefined;
  const read = parseHardware(hardware);
  return read.ok && read.value.machine.kind === 'template' ? read.value.machine.template : undefined;
};

/** Buffers hold whole lines: where that is less than the menu says, both are shown. */
function parameterRows({ hardware }: ProveResultFile, { menus }: DesignSpace): readonly (readonly string[])[] {
  const template = templateIn(hardware);
  if (!template) return [];
  return saidOf(menus).map((p) => {
    const [built, chosen] = [printValue(p, template[p]), printValue(p, chosenOf(template, p, menus[p]))];
    return [p, built === chosen ? built : `${built} of ${chosen}`, menuText(menus[p].map((v) => printValue(p, v)))];
  });
}

const menuText = (menu: readonly string[]) =>
  menu.length === 1
    ? 'only value'
    : menu.length <= 3
      ? menu.join(', ')
      : `${menu[0]} to ${menu.at(-1)} (${menu.length} values)`;

function requirementTable(r: ProveResultFile, { reached }: ProveResultWitness, clock: number | undefined): string {
  const rows = r.requirements.map((file, i) => {
    const [requirement, { bound, value: limit }, own] = [requirementOf(file), file, nth(reached, i)];
    const slack = (bound === 'max' ? limit - own : own - limit) / limit;
    return [
      file.text,
      `${boundText[bound]} ${requiredValue(requirement, limit, clock)}`,
      requiredValue(requirement, own, clock),
      slack < 0 ? '-' : percent(slack),
    ];
  });
  return table(['limit', 'required', 'reached', 'slack'], rows, [false, false, true, true]);
}

/** What stands in the way, in a few words. */
function exclusion({ accuracy, core }: ProveResultFile): string {
  if (accuracy && allBeyond(accuracy)) return 'every precision that was measured loses too much';
  const on = accuracy ? ', with any precision that may keep the limit on accuracy' : '';
  if (core.length === 0) return `not every layer has a mapping, whatever is limited${on}`;
  return core.length === 1
    ? `this limit cannot be met by any mappings${on}`
    : `these limits cannot be met together by any mappings${on}`;
}

/** Of a machine that was asked for with schedules. */
export const stayingText = ({ schedule }: ProveResultFile): string =>
  schedule
    ? `${scheduleText(schedule)}${schedule.bands ? `, with ${schedule.bands.length} chains in bands` : ''}.`
    : 'Every tensor goes through DRAM between layers: none has to stay in the global buffer for this.';

/** What an infeasible answer is about, and what not: schedules, by which a network may cost less. Empty where none are possible. */
export function aboutSchedules(r: ProveResultFile): string {
  if (r.residency && r.machine !== null)
    return (
      'Proven of all schedules: whichever tensors stay in the global buffer between runs, whichever chains are in bands and keep ' +
      'their weights. What a limit must be is the bound of the best of them.'
    );
  if (r.residency)
    return 'Proven of all schedules of whole tensors, whichever stay in the global buffer between runs; in bands of rows more may stay.';
  if (!r.core.some(({ kind }) => kind === 'network') || !mayKeep(r)) return '';
  if (r.unscheduled !== undefined) return `${unscheduledText(r.unscheduled)}.`;
  return (
    'Proven where every tensor goes through DRAM between layers; with tensors that stay in the global buffer, ' +
    '"magnet prove --residency" answers.'
  );
}

/** On other machines than those of the template no tensor stays. */
const mayKeep = ({ hardware }: ProveResultFile): boolean => hardware === null || templateIn(hardware) !== undefined;

function excludedText(v: ProveResultFile, { network, clock }: ProveAbout): string {
  const where = v.machine === null ? `on any machine of ${nameOf(v)}` : `on ${v.machine}`;
  const named = [...v.core.map((c) => c.text), ...v.also.flat()];
  // Requirements that play no part.
  const others = v.requirements.flatMap(({ text }) => (named.includes(text) ? [] : [text]));
  const single = v.core.length === 1;
  const many = exclusion(v);
  const notes = [
    ...(single || v.core.length === 0
      ? []
      : [
          v.minimal
            ? 'Minimal: without any one of them the rest can be met.'
            : 'Perhaps not all of them are needed: the time ran out before that was settled.',
        ]),
    ...(v.also.length > 0
      ? [`Not met either, by themselves: ${v.also.map((texts) => texts.join(' with ')).join('; ')}.`]
      : []),
    ...(others.length > 0 && v.core.length > 0 ? [`Not part of it: ${others.join(', ')}.`] : []),
    ...(v.core.length > 0 ? ['Values are rounded to the side on which they hold; --json has them in full.'] : []),
    aboutSchedules(v),
    took(v),
  ].filter((note) => note !== '');
  return [
    `infeasible: ${v.network} ${where}: ${many}`,
    ...(v.core.length > 0
      ? [
          table(
            ['limit', single ? 'must be' : 'must be, for the rest to be met'],
            v.core.map((c) => [c.text, neededText(requirementOf(c), c.needed, clock)]),
            [],
          ),
        ]
      : []),
    ...[...new Set(v.shortages.map((s) => s.layer))].map((layer) =>
      [`In the way of ${layer}:`, ...v.shortages.flatMap((s) => (s.layer === layer ? [`  ${s.text}`] : []))].join('\n'),
    ),
    ...(v.layers.length > 0 ? [heaviestTable(v, network, clock)] : []),
    notes.join('\n'),
  ].join('\n\n');
}

export function neededText(r: Requirement, needed: ProveResultNeeded, clock: number | undefined): string {
  // A lower limit is in the way from above.
  const lower = r.kind === 'parameter' && r.bound === 'min';
  const enough = (value: number) => requiredValue(r, value, clock, lower ? 'down' : 'up');
  const isEnergy = (r.kind === 'network' || r.kind === 'layer') && r.quantity === 'energy';
  const inFull = (value: number) => (isEnergy && value > 0 ? exactEnergy(value) : enough(value));
  const side = lower ? 'at most' : 'at least';
  switch (needed.kind) {
    case 'never':
      return 'nothing helps: no value of it lets the rest be met';
    case 'exact':
      return `${side} ${inFull(needed.value)}; exact: just ${lower ? 'above' : 'below'} it nothing fits`;
    case 'between': {
      const from = requiredValue(r, needed.from, clock, lower ? 'up' : 'down');
      // Results from before reasons were written have none.
      return (
        `${side} ${from} (${needed.reason || 'not exact'}; ` +
        (needed.to === null ? 'what is enough is not known' : `${enough(needed.to)} is enough`) +
        ')'
      );
    }
  }
}

/** What all layers need alone is less than what they need together; shares are of that sum. */
function heaviestTable({ layers, core }: ProveResultFile, network: Network, clock: number | undefined): string {
  const shapes = Object.fromEntries(network.layers.map(({ layer }) => [layer.name, printShape(layer)]));
  const r = core.map(requirementOf).find((q) => q.kind === 'network');
  if (!r) return '';
  const whole = layers.reduce((n, l) => n + l.count * l.bound, 0);
  const value = (x: number) => requiredValue(r, x, clock, 'down');
  const rows = layers
    .slice(0, maxLayers)
    .map((l) => [
      l.name,
      entry(shapes, l.name),
      String(l.count),
      value(l.bound),
      value(l.count * l.bound),
      percent((l.count * l.bound) / whole),
    ]);
  const rest = layers.length > maxLayers ? `, the heaviest ${maxLayers} of ${layers.length}` : '';
  return [
    `Minimum of each layer by itself; all of them ${value(whole)}${rest}:`,
    table(['layer', 'shape', 'count', 'each', 'all', 'share'], rows, [false, false, true, true, true, true]),
  ].join('\n');
}

function openText(v: ProveResultFile): string {
  const { settled } = v;
  const rest = settled.length > maxFacts ? [`and ${settled.length - maxFacts} more, which --json has`] : [];
  return [
    `unknown: ${v.network} on ${v.machine ?? `the machines of ${nameOf(v)}`}: ${v.reason}`,
    settled.length > 0
      ? ['Settled so far:', ...[...settled.slice(0, maxFacts), ...rest].map((s) => `  ${s}`)].join('\n')
      : 'Nothing was settled.',
    `Neither mappings nor a proof that there are none in ${durationText(v.seconds)}.`,
  ].join('\n\n');
}
