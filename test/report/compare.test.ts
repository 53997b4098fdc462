// Comparisons as text and figures: what is not there is a dash, bands lie around their medians, the same bytes every time.

import { expect, test } from 'vitest';
import { compareFigure } from '../../src/report/figures/compare-figure.js';
import { drawFigure } from '../../src/report/figures/figure.js';
import { compareText, planText } from '../../src/report/tables/compare-table.js';
import { offenderText } from '../../src/results/compare-answer.js';
import type { CompareResult, CompareResultRun, CompareResultStanding } from '../../src/results/compare-result.js';

const standing: CompareResultStanding = {
  strategy: 'walk',
  rounds: 2,
  median: 123456,
  min: 120000,
  max: null,
  distance: 0.0288,
  evaluationsPerSecond: 91234.5,
  secondsTo5Percent: 1.23456,
  secondsTo1Percent: null,
  secondsToProof: null,
  longestSeconds: 0.7,
  wins: 1,
  contests: 2,
};
const run: CompareResultRun = {
  strategy: 'walk',
  seed: 1,
  status: 'feasible',
  objective: 120000 / 0.97,
  bound: null,
  evaluations: 10,
  seconds: 0.5,
  reason: '',
  curve: [],
};
const result: CompareResult = {
  schema: 'magnet-compare/2',
  subject: 'machines',
  workload: 'net',
  arch: null,
  space: 'space',
  objective: 'edp',
  unit: 'pJ*cycles',
  conventions: 'magnet',
  padding: true,
  limits: {},
  time: 0.5,
  repeat: 2,
  seed: 1,
  workers: 2,
  gap: 0.01,
  strategies: ['walk'],
  contests: [
    {
      name: 'space',
      count: 1,
      bound: 120000,
      provedBy: 'codesign',
      proved: false,
      infeasible: false,
      finished: true,
      standings: [standing],
      referee: null,
      runs: [run],
    },
  ],
  sum: { contests: 1, bound: 120000, proved: false, standings: [standing] },
  faults: [],
};
const about = { title: 'net on space', total: 1 };

test('one arena, one contestant, several workers', () => {
  const text = compareText(result, about);
  expect(text).toContain(
    'machines of net on space: edp (pJ*cycles); 0.5 s for every run, 2 runs each, 2 at a time, so that times are not fair',
  );
  expect(text).toMatch(/^space +walk +1\.2346e\+5 +1\.2000e\+5 +- +2\.9 % +91,235 +1\.23 s +- +- +1\/2$/m);
  expect(text).toMatch(/^ {2}1\.2000e\+5 \(open\)$/m);
  expect(text).toContain('No optimum was proven (gap 3.0 %)');
  expect(text).toContain('these ended later: walk (up to 0.7 s)');
  expect(text).not.toContain('sum of count');
  expect(compareText({ ...result, contests: [], sum: null }, about)).toContain('Nothing was compared.');
});

test('plans and contradictions in words', () => {
  expect(planText(720, 10, 2)).toBe(
    '720 runs of at most 10 s, 2 at a time: at most 1 h 00 min, and the time for proofs',
  );
  expect(planText(1, 0.5, 1)).toBe('1 run of at most 0.5 s: at most 1 s, and the time for proofs');
  const offender = { arena: 'fc', strategy: 'dice', seed: 3, objective: 9.9, by: 'solver' };
  expect(offenderText({ ...offender, bound: 10 })).toBe(
    'dice (seed 3) found 9.9 for fc, below 10, which solver proved to be a bound: one of them is wrong',
  );
  expect(offenderText({ ...offender, bound: Infinity })).toBe(
    'dice (seed 3) found 9.9 for fc, where solver proved that nothing fits: one of them is wrong',
  );
});

const moments = [
  [0.001, 9, 4, Infinity],
  [0.01, 5, 4, 6],
  [0.1, 5, 4, 6],
  [1, 2, 2, 6],
  [10, 2, 2, 3],
].map(([seconds, median, min, max]) => ({ seconds: seconds!, median: median!, min: min!, max: max! }));
const figure = {
  title: 't',
  subtitle: 's',
  label: 'edp',
  bands: [
    { strategy: 'walk', moments },
    { strategy: 'lost', moments: [] },
  ],
  bound: 1.9,
  proved: true,
  from: 0.001,
  to: 10,
};

test('curves are stairs, bands begin where all have something, who found nothing is left out', () => {
  const chart = compareFigure(figure);
  // The best comes to 5.3 % above the optimum: no need for a line at nothing.
  expect(chart.series.map((s) => s.name)).toEqual(['walk']);
  expect(chart.y.label).toBe('edp: % above the proven optimum');
  expect(chart.subtitle).toBe('s; too little found in time to show: lost');
  const above = (value: number) => 100 * (value / 1.9 - 1);
  expect(chart.series[0]!.points).toEqual(
    [
      [0.001, 9],
      [0.01, 9],
      [0.01, 5],
      [1, 5],
      [1, 2],
      [10, 2],
    ].map(([x, y]) => ({ x, y: above(y!) })),
  );
  expect(chart.series[0]!.band).toEqual(
    [
      [0.01, 4, 6],
      [0.1, 4, 6],
      [1, 2, 6],
      [10, 2, 3],
    ].map(([x, low, high]) => ({ x, low: above(low!), high: above(high!) })),
  );
  // One that is the optimum lies on the line of nothing.
  const met = compareFigure({ ...figure, bound: 2 });
  expect(met.series.map((s) => s.name)).toEqual(['walk', 'within 0.01 % of the proven optimum']);
  expect(met.series[0]!.points.at(-1)).toEqual({ x: 10, y: 0.01 });
  // Without a bound, what it costs.
  expect(compareFigure({ ...figure, bound: 0 }).series[0]!.points[0]).toEqual({ x: 0.001, y: 9 });
  expect(compareFigure({ ...figure, bound: 0 }).y.label).toBe('edp');
  expect(compareFigure({ ...figure, bound: 0 }).series).toHaveLength(1);
  expect(
    compareFigure({
      ...figure,
      bands: [{ strategy: 'once', moments: moments.map((m) => ({ ...m, min: m.median, max: m.median })) }],
    }).series[0]!.band,
  ).toEqual([]);
});

test('a drawn band is shaded below its curve', () => {
  const svg = drawFigure(compareFigure(figure));
  expect(svg).toContain('fill-opacity="0.16"');
  expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  expect(drawFigure(compareFigure({ ...figure, bands: [] }))).not.toContain('0.16');
});
