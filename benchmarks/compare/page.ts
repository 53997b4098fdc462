// A comparison as a page: how strategies stand over the network, and how far each is from the optimum of every layer.

import type { CompareResult, CompareResultStanding } from '../../src/results/compare-result.js';

export interface Provenance {
  readonly command: string;
  readonly seconds: number;
  readonly machine: string;
}

const or = (x: number | null, show: (x: number) => string): string => (x === null ? '-' : show(x));
const percent = (share: number) => `${(100 * share).toFixed(share < 0.001 ? 3 : 1)} %`;
const seconds = (s: number) => `${Number(s.toPrecision(3))} s`;
const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;

const standingRow = (s: CompareResultStanding) =>
  row([
    s.strategy,
    or(s.median, (x) => x.toExponential(4)),
    or(s.min, (x) => x.toExponential(4)),
    or(s.max, (x) => x.toExponential(4)),
    or(s.distance, percent),
    Math.round(s.evaluationsPerSecond).toLocaleString('en-US'),
    or(s.secondsTo5Percent, seconds),
    or(s.secondsTo1Percent, seconds),
    or(s.secondsToProof, seconds),
    `${s.wins}/${s.contests}`,
  ]);

export function page(
  { workload, arch, objective, unit, time, repeat, strategies, contests, sum }: CompareResult,
  { command, seconds: wall, machine }: Provenance,
): string {
  const distance = (standings: readonly CompareResultStanding[], strategy: string) =>
    or(standings.find((s) => s.strategy === strategy)?.distance ?? null, percent);
  const late = strategies.flatMap((strategy) => {
    const longest = Math.max(
      ...contests.flatMap((c) => c.standings.filter((s) => s.strategy === strategy).map((s) => s.longestSeconds)),
    );
    return longest > 1.05 * time ? [`${strategy} (up to ${seconds(longest)})`] : [];
  });
  const open = contests.filter((c) => !c.proved).map((c) => c.name);
  return [
    '# Heuristics and solvers on the same questions',
    '',
    `\`${command}\`: mappings of ${contests.length} unique layers of ${workload} ` +
      `on ${arch}, ${objective}; ${time} s for every run, ${repeat} ${repeat === 1 ? 'run' : 'runs'} each, ` +
      `one at a time, ${(wall / 60).toFixed(0)} minutes in all. ${machine}.`,
    '',
    'Distances and times are from the greatest proven bound of each layer; ' +
      (open.length === 0 ? 'every optimum is proven' : `open: ${open.join(', ')}`) +
      '. Every run has a thread of its own; what came after its time (but for a last step, ' +
      '5 %) does not count' +
      (late.length === 0 ? '' : `, and later than that ended ${late.join(', ')}`) +
      '. [Curves](compare.svg), [all runs](compare.json).',
    '',
    ...(sum
      ? [
          `## The network: sum of count x ${objective} (${unit}), layers side by side`,
          '',
          row([
            'strategy',
            'median',
            'min',
            'max',
            'above the bound',
            'evaluations/s',
            'to 5 %',
            'to 1 %',
            'to its proof',
            'wins',
          ]),
          row(['---', ...Array.from({ length: 9 }, () => '---:')]),
          ...sum.standings.map(standingRow),
          '',
        ]
      : []),
    '## Above the bound, layer by layer (medians)',
    '',
    row(['layer', 'count', 'bound', 'proven by', ...strategies]),
    row(['---', '---:', '---:', '---', ...strategies.map(() => '---:')]),
    ...contests.map((c) =>
      row([
        c.name,
        String(c.count),
        or(c.bound, (b) => b.toExponential(4)),
        c.provedBy ?? '-',
        ...strategies.map((s) => distance(c.standings, s)),
      ]),
    ),
    '',
  ].join('\n');
}
