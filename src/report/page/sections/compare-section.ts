// A comparison in a report: best-so-far curves over what is proven, and how the strategies stand.

import { counted } from '../../../base/text.js';
import { defined, nth } from '../../../base/invariant.js';
import { coverageIn } from '../../../results/coverage-fields.js';
import type { CompareResult } from '../../../results/compare-result.js';
import { compareCurves, firstFound } from '../../figures/compare-curves.js';
import { compareFigure } from '../../figures/compare-figure.js';
import type { Block, Section } from '../blocks.js';
import { drawing, fold, tableOf, text } from '../blocks.js';
import { leftOutBlocks, ofLayersAlone } from '../left-out.js';
import { grouped, magnitude, percent, secondsText } from '../../tables/quantities.js';
import { orNone } from './layer-sections.js';

type Contest = CompareResult['contests'][number];
type Standing = Contest['standings'][number];

export function compareSection(file: string, r: CompareResult): Section {
  const done = r.contests.filter((c) => c.finished && !c.infeasible);
  const proved = done.length > 0 && done.every((c) => c.proved);
  const several = r.contests.length > 1;
  return {
    title: `${r.strategies.length} ways to search ${r.subject}: ${r.workload} on ${r.arch ?? r.space ?? 'a machine'}`,
    source:
      `Comparison, read from ${file}. ` +
      (r.repeat === 1 ? 'One run' : `${r.repeat} runs`) +
      ` of ${secondsText(r.time)} each; minimised: ${r.objective}.`,
    summary: summaryOf(r, done, proved),
    status: ofLayersAlone(
      r.faults.length > 0
        ? { text: 'a proven bound is broken', mood: 'bad' }
        : proved
          ? { text: 'optimum proved', mood: 'good' }
          : { text: 'optimum not proved', mood: 'open' },
      coverageIn(r),
    ),
    blocks: [
      ...leftOutBlocks(coverageIn(r)),
      ...r.faults.map((fault) => text(`A bug in magnet: ${fault}.`)),
      ...(done.length === 0
        ? [text('No contest was finished.')]
        : several
          ? [
              ...curveBlocks(r, done, r.sum?.bound ?? null, proved, 'all layers'),
              ...(r.sum
                ? [
                    standingTable(
                      `Sum of count x ${r.objective} over ${counted(done.length, 'layer')}`,
                      r.sum.standings,
                    ),
                  ]
                : []),
            ]
          : []),
      ...(several
        ? [
            fold(
              `Each of the ${r.contests.length} layers`,
              ...r.contests.map((c) => fold(contestTitle(c), ...contestBlocks(r, c))),
            ),
          ]
        : r.contests.flatMap((c) => contestBlocks(r, c))),
    ],
  };
}

/** Who proved what, and how near the others came in their time: by medians, over all that is finished. */
function summaryOf(r: CompareResult, done: readonly Contest[], proved: boolean): string {
  if (done.length === 0) return 'No contest was finished.';
  const standings = r.sum?.standings ?? nth(done, 0).standings;
  const near = [...standings]
    .filter((s) => s.distance !== null)
    .sort((a, b) => defined(a.distance) - defined(b.distance));
  const lost = standings.filter((s) => s.median === null).map((s) => s.strategy);
  const what =
    r.contests.length > 1
      ? (done.length === r.contests.length ? 'All' : `${grouped(done.length)} of`) +
        ` ${grouped(r.contests.length)} layers`
      : nth(r.contests, 0).name;
  const above =
    near.length === 0
      ? 'no bound is proven'
      : `after ${secondsText(r.time)} the medians are above ` +
        (proved ? 'the proven optimum' : 'what is proven') +
        ' by ' +
        near.map((s) => `${percent(defined(s.distance))} (${s.strategy})`).join(', ');
  return `${what}: ${above}${lost.length === 0 ? '' : `; found something in too few runs: ${lost.join(', ')}`}.`;
}

const contestTitle = (c: Contest) =>
  `${c.name}${c.count > 1 ? `, ${grouped(c.count)} times` : ''}${c.infeasible ? ': infeasible' : ''}`;

const contestBlocks = (r: CompareResult, c: Contest): readonly Block[] =>
  c.infeasible
    ? [text('It is proven that nothing fits.')]
    : [...curveBlocks(r, [{ ...c, count: 1 }], c.bound, c.proved, c.name), standingTable(c.name, c.standings)];

function curveBlocks(
  r: CompareResult,
  contests: readonly Contest[],
  bound: number | null,
  proved: boolean,
  of: string,
): readonly Block[] {
  const subtitle = r.repeat > 1 ? `median of ${r.repeat} runs, band from minimum to maximum` : 'one run each';
  const curves = compareCurves(r, { of, subtitle, contests, bound, proved });
  if (!Number.isFinite(firstFound(curves))) return [text(`Nothing was found for ${of}.`)];
  return [
    drawing({
      ...compareFigure(curves),
      description: `Strategies ${r.strategies.join(', ')}; nothing is below ${orNone(bound, magnitude)}.`,
    }),
  ];
}

const standingTable = (name: string, standings: readonly Standing[]): Block =>
  tableOf(
    `${name}: medians over the runs`,
    ['strategy', '>median', '>least', '>most', '>above the bound', '>to 5 %', '>to 1 %', '>to a proof', '>wins'],
    standings.map((s) => [
      s.strategy,
      orNone(s.median, magnitude),
      orNone(s.min, magnitude),
      orNone(s.max, magnitude),
      orNone(s.distance, percent),
      orNone(s.secondsTo5Percent, secondsText),
      orNone(s.secondsTo1Percent, secondsText),
      orNone(s.secondsToProof, secondsText),
      `${s.wins} of ${s.contests}`,
    ]),
  );
