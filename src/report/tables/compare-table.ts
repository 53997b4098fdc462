// A comparison as people read it: how strategies stand on every layer and over the network, what they are
// held against, and what that means.

import { defined } from '../../base/invariant.js';
import { table } from '../../base/text.js';
import type { Standing } from '../../model/standing.js';
import { durationText, magnitude, percent } from './quantities.js';

export interface ArenaView {
  readonly name: string;
  readonly count: number;
  /** 0 where none is proven, +Infinity where it is proven that nothing fits. */
  readonly bound: number;
  /** Who proved it. */
  readonly by: string;
  /** Whether the best is within the gap of it. */
  readonly proved: boolean;
  /** (best - bound) / best; 1 where nothing is found or nothing proven. */
  readonly gap: number;
  readonly finished: boolean;
  readonly standings: readonly Standing[];
}

export interface CompareView {
  readonly subject: 'mappings' | 'machines';
  /** `resnet50 on simba`. */
  readonly title: string;
  readonly objective: string;
  readonly unit: string;
  /** Seconds of every run. */
  readonly time: number;
  readonly repeat: number;
  readonly workers: number;
  /** That counts as proven. */
  readonly gap: number;
  readonly arenas: readonly ArenaView[];
  readonly sum:
    | {
        readonly arenas: number;
        readonly bound: number;
        readonly proved: boolean;
        readonly standings: readonly Standing[];
      }
    | undefined;
  /** Of the whole request. */
  readonly total: number;
}

export function compareText(v: CompareView): string {
  const whole = v.sum !== undefined && v.subject === 'mappings' && v.total > 1;
  return [
    heading(v),
    v.arenas.length === 0 ? 'Nothing was compared.' : arenaTable(v),
    ...(whole ? [`${sumTitle(v)}\n${standingTable(v, defined(v.sum).standings)}`] : []),
    notes(v).join('\n'),
  ].join('\n\n');
}

function heading({ subject, title, objective, unit, time, repeat, workers }: CompareView): string {
  const alone = workers === 1 ? 'one at a time' : `${workers} at a time, so that times are not fair`;
  return (
    `${subject} of ${title}: ${objective} (${unit}); ${seconds(time)} s for every ` +
    `run, ${repeat} ${repeat === 1 ? 'run' : 'runs'} each, ${alone}`
  );
}

const headings = ['strategy', 'median', 'least', 'most', 'distance', 'eval/s', 'to 5 %', 'to 1 %', 'proof', 'wins'];
const right = [false, true, true, true, true, true, true, true, true, true];

const standingTable = (v: CompareView, standings: readonly Standing[]): string =>
  table(
    headings,
    standings.map((s) => cells(v, s)),
    right,
  );

/** A line each; the bound stands below the name. */
function arenaTable(v: CompareView): string {
  const rows = v.arenas.flatMap((a) => {
    const names = [a.count > 1 ? `${a.name} x ${a.count}` : a.name, boundCell(a)];
    const lines = a.standings.map((s) => cells(v, s));
    return Array.from({ length: Math.max(names.length, lines.length) }, (_, i) => [
      names[i] ?? '',
      ...(lines[i] ?? []),
    ]);
  });
  const named = [`${v.subject === 'mappings' ? 'layer' : 'space'}, its bound`, ...headings];
  return table(
    named,
    rows.map((row) => named.map((_, i) => row[i] ?? '')),
    [false, ...right],
  );
}

const boundCell = ({ bound, proved }: ArenaView): string =>
  bound === Infinity
    ? '  nothing fits'
    : bound > 0 || proved
      ? `  ${magnitude(bound)}${proved ? '' : ' (open)'}`
      : '  none proven';

function cells(v: CompareView, s: Standing): string[] {
  const cost = (x: number) => (Number.isFinite(x) ? magnitude(x) : '-');
  return [
    s.strategy,
    cost(s.median),
    cost(s.least),
    cost(s.most),
    distanceCell(s, v.gap),
    rateText(s.rate),
    ...[s.to5, s.to1, s.proof].map((t) => (Number.isFinite(t) ? `${seconds(t)} s` : '-')),
    `${s.wins}/${s.contests}`,
  ];
}

/**
 * Within the gap of a proof nobody can tell how far from the optimum it is. Gaps are shares of what was
 * found, distances of the bound.
 */
function distanceCell({ distance }: Standing, gap: number): string {
  if (distance === undefined || !Number.isFinite(distance)) return '-';
  return distance / (1 + distance) <= gap + rounding ? `<= ${percent(gap)}` : percent(distance);
}

const rounding = 1e-9;

/** Three significant digits. */
const seconds = (s: number): string =>
  s >= 100 ? String(Math.round(s)) : s < 0.001 ? '<0.001' : String(Number(s.toPrecision(3)));
const rateText = (rate: number): string =>
  rate >= 100 ? Math.round(rate).toLocaleString('en-US') : String(Number(rate.toPrecision(3)));

function sumTitle({ sum, total }: CompareView): string {
  const { arenas, bound, proved } = defined(sum);
  const which = arenas === total ? `All ${total} layers` : `The ${arenas} of ${total} layers that were finished`;
  return (
    `${which}, the sum of count x objective; ` +
    ((bound > 0 || proved) && Number.isFinite(bound)
      ? `bound ${magnitude(bound)}${proved ? '' : ' (open)'}`
      : bound === Infinity
        ? 'a layer fits nowhere'
        : 'no bound is proven') +
    ':'
  );
}

/** Times the time of a run, from where it is worth saying. */
const lateness = 1.05;

function notes({ arenas, gap, repeat, subject, sum, time, total }: CompareView): string[] {
  const by = [...new Set(arenas.filter((a) => a.bound > 0).map((a) => a.by))];
  const open = arenas.filter((a) => !a.proved);
  const late = [...new Set(arenas.flatMap((a) => a.standings.map((s) => s.strategy)))].flatMap((strategy) => {
    const longest = Math.max(
      ...arenas.flatMap((a) => a.standings.filter((s) => s.strategy === strategy).map((s) => s.longest)),
    );
    return longest > lateness * time ? [`${strategy} (up to ${seconds(longest)} s)`] : [];
  });
  const many =
    arenas.length > 1
      ? ` of ${open.map((a) => `${a.name} (gap ${percent(a.gap)})`).join(', ')}`
      : open.map((a) => ` (gap ${percent(a.gap)})`).join('');
  return [
    'Medians' +
      (repeat % 2 === 0 ? ' (of an even number of runs the mean of the middle two)' : '') +
      ', least and most over runs; "-" where half of them did not come there.',
    ...(by.length > 0
      ? [
          `Distance and times "to" are from the greatest bound that was proven, by ${by.join(', ')}; ` +
            `proofs are good to a gap of ${percent(gap)}.`,
        ]
      : []),
    ...(open.length > 0
      ? [
          `No optimum was proven${many}: distances are from what is proven, and those from the optimum are ` +
            'smaller. More time for the proof (--proof-time) may settle it.',
        ]
      : []),
    ...(late.length > 0 ? [`What came after the time does not count; later than that ended ${late.join(', ')}.`] : []),
    'Wins are runs of a round in which nobody found better; whoever is level wins too.' +
      (subject === 'machines' ? ' Evaluations are machines, those of codesign boxes of machines.' : ''),
    ...(sum !== undefined && total > 1
      ? ['Over the network times are as if all its layers ran side by side, each on a processor of its own.']
      : []),
  ];
}

/** What a comparison takes at most. */
export const planText = (runs: number, perRun: number, workers: number): string =>
  `${runs} ${runs === 1 ? 'run' : 'runs'} of at most ${seconds(perRun)} ` +
  `s${workers > 1 ? `, ${workers} at a time` : ''}: at most ${durationText(Math.ceil(runs / workers) * perRun)}, ` +
  'and the time for proofs';

/** Magnet contradicts itself. */
export const offenderText = (o: {
  readonly arena: string;
  readonly strategy: string;
  readonly seed: number;
  readonly objective: number;
  readonly bound: number;
  readonly by: string;
}): string =>
  `${o.strategy} (seed ${o.seed}) found ${exact(o.objective)} for ${o.arena}, ` +
  (o.bound === Infinity
    ? `where ${o.by} proved that nothing fits`
    : `below ${exact(o.bound)}, which ${o.by} proved to be a bound`) +
  ': one of them is wrong';

/** More digits than costs closer than which count as level. */
const exact = (x: number): string => String(Number(x.toPrecision(12)));
