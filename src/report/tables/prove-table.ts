// The answer of a proof as people read it: a machine with mappings that meets all requirements, the requirements that
// exclude each other, or how far it came.

import { pairs, table } from '../../base/text.js';
import type { Requirement } from '../../model/cost/requirement.js';
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
import { requiredValue } from './requirement-text.js';

/** What was asked. */
export interface QuestionView {
  readonly network: string;
  readonly candidates: 'machine' | 'space';
  /** Of the machine or the space. */
  readonly name: string;
  /** MHz; undefined where machines have several. */
  readonly clock: number | undefined;
  readonly seconds: number;
}

export interface MetView extends QuestionView {
  readonly requirements: readonly { readonly requirement: Requirement; readonly reached: number }[];
  /** Where there was a choice. */
  readonly parameters: readonly { readonly name: string; readonly value: string; readonly menu: readonly string[] }[];
  /** mm2, where it is known. */
  readonly area: number | undefined;
  /** Figures of one instance. */
  readonly layers: readonly {
    readonly name: string;
    readonly shape: string;
    readonly count: number;
    readonly energy: number;
    readonly cycles: number;
    readonly utilization: number;
  }[];
  /** Sums over the layers, each as often as it occurs. */
  readonly energy: number;
  readonly cycles: number;
  readonly edp: number;
}

/** What something would have to be at least (or, of a lower limit, at most). */
export type NeededView =
  | { readonly kind: 'exact'; readonly value: number }
  | { readonly kind: 'between'; readonly from: number; readonly to: number | undefined; readonly reason: string }
  | { readonly kind: 'never' };

export interface ExcludedView extends QuestionView {
  readonly core: readonly { readonly requirement: Requirement; readonly needed: NeededView }[];
  /** What else cannot be met, without any of the core: the requirements of each further core, as they were written. */
  readonly also: readonly (readonly string[])[];
  /** Requirements that play no part, as they were written. */
  readonly others: readonly string[];
  readonly minimal: boolean;
  /** What stands in the way of layers, in sentences. */
  readonly shortages: readonly { readonly layer: string; readonly text: string }[];
  /** Of the limit on the network in the core, the heaviest first; `bound` of one instance. */
  readonly layers: readonly {
    readonly name: string;
    readonly shape: string;
    readonly count: number;
    readonly bound: number;
  }[];
}

export interface OpenView extends QuestionView {
  readonly reason: string;
  readonly settled: readonly string[];
}

/** Layers that are listed as the heaviest, and facts of an open question. */
const [mostLayers, mostFacts] = [5, 20];

export function metText(v: MetView): string {
  const scale = energyScale(v.layers.map((l) => l.energy));
  const layers = v.layers.map((l) => [
    l.name,
    l.shape,
    String(l.count),
    energyIn(scale, l.energy),
    grouped(l.cycles),
    percent(l.utilization),
  ]);
  const time = v.clock === undefined ? '' : ` (${timeText(v.cycles / v.clock / 1e6)} at ${v.clock} MHz)`;
  return [
    `feasible: ${v.network} on ${v.candidates === 'machine' ? v.name : `a machine of ${v.name}`}`,
    ...(v.requirements.length > 0 ? [requirementTable(v)] : []),
    ...(v.parameters.length > 0
      ? [
          table(
            ['parameter', 'value', 'menu'],
            v.parameters.map((p) => [p.name, p.value, menuText(p.menu)]),
            [false, true, false],
          ),
        ]
      : []),
    table(['layer', 'shape', 'count', `energy (${scale.unit})`, 'cycles', 'utilisation'], layers, [
      false,
      false,
      true,
      true,
      true,
      true,
    ]),
    pairs([
      ['energy', energyText(v.energy)],
      ['cycles', `${grouped(v.cycles)}${time}`],
      ['sum of EDPs', `${magnitude(v.edp)} pJ*cycles`],
      ...(v.area === undefined ? [] : [['area', `${digits(v.area)} mm2`] as const]),
    ]),
    'Confirmed by the cost model: every layer has a legal mapping' +
      (v.requirements.length > 0 ? ', and together they meet every limit' : '') +
      `. ${took(v)}`,
  ].join('\n\n');
}

const took = ({ seconds }: QuestionView) => `Decided in ${durationText(seconds)}.`;
const menuText = (menu: readonly string[]) =>
  menu.length === 1
    ? 'only value'
    : menu.length <= 3
      ? menu.join(', ')
      : `${menu[0]} to ${menu.at(-1)} (${menu.length} values)`;

function requirementTable({ requirements, clock }: MetView): string {
  const rows = requirements.map(({ requirement: r, reached }) => {
    const [bound, limit] = r.kind === 'parameter' ? [r.bound, r.value] : (['most', r.most] as const);
    const slack = (bound === 'most' ? limit - reached : reached - limit) / limit;
    return [
      r.text,
      `at ${bound} ${requiredValue(r, limit, clock)}`,
      requiredValue(r, reached, clock),
      slack < 0 ? '-' : percent(slack),
    ];
  });
  return table(['limit', 'required', 'reached', 'slack'], rows, [false, false, true, true]);
}

export function excludedText(v: ExcludedView): string {
  const where = v.candidates === 'machine' ? `on ${v.name}` : `on any machine of ${v.name}`;
  const single = v.core.length === 1;
  const many =
    v.core.length === 0
      ? 'not every layer has a mapping, whatever is limited'
      : single
        ? 'this limit cannot be met by any mappings'
        : 'these limits cannot be met together by any mappings';
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
    ...(v.others.length > 0 && v.core.length > 0 ? [`Not part of it: ${v.others.join(', ')}.`] : []),
    ...(v.core.length > 0 ? ['Values are rounded to the side on which they hold; --json has them in full.'] : []),
    took(v),
  ];
  return [
    `infeasible: ${v.network} ${where}: ${many}`,
    ...(v.core.length > 0
      ? [
          table(
            ['limit', single ? 'must be' : 'must be, for the rest to be met'],
            v.core.map(({ requirement, needed }) => [requirement.text, neededText(requirement, needed, v.clock)]),
            [],
          ),
        ]
      : []),
    ...[...new Set(v.shortages.map((s) => s.layer))].map((layer) =>
      [`In the way of ${layer}:`, ...v.shortages.flatMap((s) => (s.layer === layer ? [`  ${s.text}`] : []))].join('\n'),
    ),
    ...(v.layers.length > 0 ? [heaviestTable(v)] : []),
    notes.join('\n'),
  ].join('\n\n');
}

export function neededText(r: Requirement, needed: NeededView, clock: number | undefined): string {
  // A lower limit is in the way from above.
  const lower = r.kind === 'parameter' && r.bound === 'least';
  const enough = (value: number) => requiredValue(r, value, clock, lower ? 'down' : 'up');
  const side = lower ? 'at most' : 'at least';
  switch (needed.kind) {
    case 'never':
      return 'nothing helps: no value of it lets the rest be met';
    case 'exact':
      return `${side} ${enough(needed.value)}; exact: just ${lower ? 'above' : 'below'} it nothing fits`;
    case 'between': {
      const from = requiredValue(r, needed.from, clock, lower ? 'up' : 'down');
      // Results from before reasons were written have none.
      return (
        `${side} ${from} (${needed.reason || 'not exact'}; ` +
        (needed.to === undefined ? 'what is enough is not known' : `${enough(needed.to)} is enough`) +
        ')'
      );
    }
  }
}

/** What all layers need alone is less than what they need together; shares are of that sum. */
function heaviestTable({ layers, core, clock }: ExcludedView): string {
  const r = core.map((c) => c.requirement).find((q) => q.kind === 'network');
  if (!r) return '';
  const whole = layers.reduce((n, l) => n + l.count * l.bound, 0);
  const value = (x: number) => requiredValue(r, x, clock, 'down');
  const rows = layers
    .slice(0, mostLayers)
    .map((l) => [
      l.name,
      l.shape,
      String(l.count),
      value(l.bound),
      value(l.count * l.bound),
      percent((l.count * l.bound) / whole),
    ]);
  const rest = layers.length > mostLayers ? `, the heaviest ${mostLayers} of ${layers.length}` : '';
  return [
    `Each layer by itself takes at least so much; all of them ${value(whole)}${rest}:`,
    table(['layer', 'shape', 'count', 'each', 'all', 'share'], rows, [false, false, true, true, true, true]),
  ].join('\n');
}

export function openText(v: OpenView): string {
  const { settled } = v;
  const rest = settled.length > mostFacts ? [`and ${settled.length - mostFacts} more, which --json has`] : [];
  return [
    `unknown: ${v.network} on ${v.candidates === 'machine' ? v.name : `the machines of ${v.name}`}: ${v.reason}`,
    settled.length > 0
      ? ['Settled so far:', ...[...settled.slice(0, mostFacts), ...rest].map((s) => `  ${s}`)].join('\n')
      : 'Nothing was settled.',
    `Neither mappings nor a proof that there are none in ${durationText(v.seconds)}.`,
  ].join('\n\n');
}
