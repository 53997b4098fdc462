// A comparison as people read it: how strategies stand on every layer and over the network, what they are
// held against, and what that means.

import { counted, table } from '../../base/text.js';
import { gapBetween } from '../../model/cost/goal.js';
import type { CompareResult, CompareResultContest, CompareResultStanding } from '../../results/compare-result.js';
import { durationText, magnitude, percent } from './quantities.js';

/** What was asked about. */
export interface CompareAbout {
  /** `resnet50 on simba`: a part must not pass for the whole. */
  readonly title: string;
  /** Contests of the whole request. */
  readonly total: number;
}

export function compareText(r: CompareResult, { title, total }: CompareAbout): string {
  return [
    heading(r, title),
    r.contests.length === 0 ? 'Nothing was compared.' : contestTable(r),
    ...(r.sum !== null && r.subject === 'mappings' && total > 1
      ? [`${sumTitle(r, r.sum, total)}\n${standingTable(r, r.sum.standings)}`]
      : []),
    notes(r, total).join('\n'),
  ].join('\n\n');
}

/** Proven of a contest: 0 where nothing is, +Infinity where it is proven that nothing fits. */
const boundOf = ({ infeasible, bound }: CompareResultContest): number => (infeasible ? Infinity : (bound ?? 0));

/** Of the best that anybody found. */
function gapOf(c: CompareResultContest): number {
  const found = [...c.runs, ...(c.referee ? [c.referee] : [])].map((run) => run.objective ?? Infinity);
  return gapBetween(Math.min(...found), boundOf(c));
}

function heading({ subject, objective, unit, time, repeat, workers }: CompareResult, title: string): string {
  const alone = workers === 1 ? 'one at a time' : `${workers} at a time, so that times are not fair`;
  return (
    `${subject} of ${title}: ${objective} (${unit}); ${seconds(time)} s for every ` +
    `run, ${counted(repeat, 'run')} each, ${alone}`
  );
}

const headings = ['strategy', 'median', 'min', 'max', 'distance', 'eval/s', 'to 5 %', 'to 1 %', 'proof', 'wins'];
const right = [false, true, true, true, true, true, true, true, true, true];

const standingTable = (v: CompareResult, standings: readonly CompareResultStanding[]): string =>
  table(
    headings,
    standings.map((s) => cells(v, s)),
    right,
  );

/** A line each; the bound stands below the name. */
function contestTable(v: CompareResult): string {
  const rows = v.contests.flatMap((a) => {
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

function boundCell(c: CompareResultContest): string {
  const bound = boundOf(c);
  if (bound === Infinity) return '  nothing fits';
  return bound > 0 || c.proved ? `  ${magnitude(bound)}${c.proved ? '' : ' (open)'}` : '  none proven';
}

function cells(v: CompareResult, s: CompareResultStanding): string[] {
  const cost = (x: number | null) => (x === null ? '-' : magnitude(x));
  return [
    s.strategy,
    cost(s.median),
    cost(s.min),
    cost(s.max),
    distanceCell(s, v.gap),
    rateText(s.evaluationsPerSecond),
    ...[s.secondsTo5Percent, s.secondsTo1Percent, s.secondsToProof].map((t) => (t === null ? '-' : `${seconds(t)} s`)),
    `${s.wins}/${s.contests}`,
  ];
}

/**
 * Within the gap of a proof nobody can tell how far from the optimum it is. Gaps are shares of what was
 * found, distances of the bound.
 */
function distanceCell({ distance }: CompareResultStanding, gap: number): string {
  if (distance === null) return '-';
  return distance / (1 + distance) <= gap + rounding ? `<= ${percent(gap)}` : percent(distance);
}

const rounding = 1e-9;

/** Three significant digits. */
const seconds = (s: number): string =>
  s >= 100 ? String(Math.round(s)) : s < 0.001 ? '<0.001' : String(Number(s.toPrecision(3)));
const rateText = (rate: number): string =>
  rate >= 100 ? Math.round(rate).toLocaleString('en-US') : String(Number(rate.toPrecision(3)));

function sumTitle(r: CompareResult, sum: NonNullable<CompareResult['sum']>, total: number): string {
  const { contests, bound, proved } = sum;
  const which = contests === total ? `All ${total} layers` : `The ${contests} of ${total} layers that were finished`;
  const known = r.contests.some((c) => c.finished && c.infeasible)
    ? 'a layer fits nowhere'
    : bound !== null || proved
      ? `bound ${magnitude(bound ?? 0)}${proved ? '' : ' (open)'}`
      : 'no bound is proven';
  return `${which}, the sum of count x objective; ${known}:`;
}

/** Times the time of a run, from where it is worth saying. */
const lateness = 1.05;

function notes({ contests, gap, repeat, subject, sum, time }: CompareResult, total: number): string[] {
  const by = [...new Set(contests.filter((a) => boundOf(a) > 0).map((a) => a.provedBy ?? ''))];
  const open = contests.filter((a) => !a.proved);
  const late = [...new Set(contests.flatMap((a) => a.standings.map((s) => s.strategy)))].flatMap((strategy) => {
    const longest = Math.max(
      ...contests.flatMap((a) => a.standings.filter((s) => s.strategy === strategy).map((s) => s.longestSeconds)),
    );
    return longest > lateness * time ? [`${strategy} (up to ${seconds(longest)} s)`] : [];
  });
  const many =
    contests.length > 1
      ? ` of ${open.map((a) => `${a.name} (gap ${percent(gapOf(a))})`).join(', ')}`
      : open.map((a) => ` (gap ${percent(gapOf(a))})`).join('');
  return [
    'Medians' +
      (repeat % 2 === 0 ? ' (of an even number of runs the mean of the middle two)' : '') +
      ', minimum and maximum over runs; "-" where half of them did not reach it.',
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
    ...(late.length > 0
      ? [`What came after the time limit does not count; these ended later: ${late.join(', ')}.`]
      : []),
    'Wins are runs of a round in which nobody found better; ties are wins for all.' +
      (subject === 'machines' ? ' Evaluations are machines, those of codesign boxes of machines.' : ''),
    ...(sum !== null && total > 1
      ? ['Times over the network are as if all its layers ran side by side, each on a processor of its own.']
      : []),
  ];
}

/** What a comparison takes at most. */
export const planText = (runs: number, perRun: number, workers: number): string =>
  `${counted(runs, 'run')} of at most ${seconds(perRun)} ` +
  `s${workers > 1 ? `, ${workers} at a time` : ''}: at most ${durationText(Math.ceil(runs / workers) * perRun)}, ` +
  'and the time for proofs';
