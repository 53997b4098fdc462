// How a co-design scales over machines, as a page and a figure.

import type { ChartFigure } from '../../src/report/figures/figure.js';
import type { ScalingRow } from './scaling-study.js';
import type { MessageCosts } from './virtual-workers.js';

export interface Checked {
  readonly workers: number;
  /** Seconds that threads took, by the clock and of processors; and that were foretold of them. */
  readonly seconds: number;
  readonly cpu: number;
  readonly foretold: number;
}

export interface ScalingCase {
  readonly name: string;
  readonly question: string;
  readonly rows: readonly ScalingRow[];
  readonly checked: readonly Checked[];
}

const figure3 = (x: number) => Number(x.toPrecision(3)).toLocaleString('en-US');
const percent = (share: number) => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;
const seconds = (ms: number) => `${figure3(ms / 1000)} s`;
const off = (foretold: number, measured: number) =>
  `${Math.abs(100 * (foretold / measured - 1)).toFixed(0)} % ${foretold < measured ? 'below' : 'above'} what it was`;
const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;

/** What keeps so many workers from being faster, the larger part of what they lose first. */
export function limitOf(r: ScalingRow, one: ScalingRow): string {
  const all = r.workers * r.wall;
  const parts: readonly (readonly [string, number])[] = [
    ['nothing to do: the tree is too narrow', all - r.busy - r.workers * Math.min(r.lead, r.wall)],
    ['waiting for the one who leads', r.workers * Math.min(r.lead, r.wall) - Math.min(r.lead, r.wall)],
    ['boxes that one worker would not look at', Math.max(0, r.busy - r.tables - (one.busy - one.tables))],
    ['tables that another worker has', Math.max(0, r.tables - one.tables)],
  ];
  const [what, most] = [...parts].sort((x, y) => y[1] - x[1])[0]!;
  return r.workers === 1 ? '' : `${what}, ${percent(most / all)}`;
}

export function scalingTable(rows: readonly ScalingRow[]): readonly string[] {
  const one = rows[0]!;
  return [
    row([
      'workers',
      'time',
      'speed-up',
      'tasks',
      'work',
      'at work',
      'leading',
      'longest task',
      'told sooner, at most',
      'most is lost by',
    ]),
    row(['---:', '---:', '---:', '---:', '---:', '---:', '---:', '---:', '---:', '---']),
    ...rows.map((r) =>
      row([
        r.workers.toLocaleString('en-US'),
        seconds(r.wall),
        figure3(one.wall / r.wall),
        r.tasks.toLocaleString('en-US'),
        seconds(r.busy),
        percent(r.busy / (r.workers * r.wall)),
        percent(r.lead / r.wall),
        seconds(r.longest),
        percent(r.behind / Math.max(1e-9, r.busy)),
        limitOf(r, one),
      ]),
    ),
  ];
}

export function scalingPage(
  cases: readonly ScalingCase[],
  costs: MessageCosts,
  { command, machine, load, commit }: { command: string; machine: string; load: number; commit: string },
): string {
  return [
    '# How a co-design scales over machines',
    '',
    `\`${command}\`, after a build. ${machine}; ${commit}. ` +
      (load > 0.5
        ? `**The machine had other work (load ${load.toFixed(1)})**: times are of processors, not of the clock, and still too long by what caches lose.`
        : `The machine was idle (load ${load.toFixed(1)}).`),
    '',
    'A simulation: the search is led as it always is, by the same code, and each task is done for real, once, in this process; only the ' +
      'workers and their clock are made up. So the order of best-first is that of so many workers, and so are the boxes that are looked ' +
      'at in vain. A worker that has not had a shape before makes its tables first, which is counted by what they took here. Of the queue, ' +
      `a task costs the one who leads ${costs.lead.toFixed(2)} ms and is ${costs.way.toFixed(2)} ms on each way, as measured over a Redis on this machine.`,
    '',
    '[Figure](scaling.svg), [all numbers](scaling.json). *Work*: all workers together. *Leading*: the share of the time in which the one ' +
      'who leads is busy; he has one thread. *Told sooner, at most*: the share of the work that was done after a better machine had been ' +
      'found elsewhere, before its task ended: more than that no broadcast of bests and bounds can save.',
    ...cases.flatMap(({ name, question, rows, checked }) => [
      '',
      `## ${name}`,
      '',
      `\`${question}\`: ${[...new Set(rows.map((r) => r.status))].join(', ')} with every number of workers.`,
      '',
      ...scalingTable(rows),
      '',
      ...checked.map(
        (c) =>
          `- ${c.workers} ${c.workers === 1 ? 'thread' : 'threads'} in fact, without a queue: ${c.seconds.toFixed(1)} s by the clock, ` +
          `${c.cpu.toFixed(1)} s of processors; foretold ${c.foretold.toFixed(1)} s, ${off(c.foretold, c.seconds)} by the clock` +
          // One thread is busy all the time: what else the machine did shows in the clock alone.
          (c.workers === 1 ? `, ${off(c.foretold, c.cpu)} by processors.` : '.'),
      ),
    ]),
    '',
  ].join('\n');
}

export const scalingFigure = (cases: readonly ScalingCase[]): ChartFigure => ({
  kind: 'chart',
  title: 'Co-design over machines: speed-up',
  x: { label: 'workers', scale: 'log' },
  y: { label: 'times as fast as one worker', scale: 'log' },
  series: [
    ...cases.map(({ name, rows }) => ({
      name,
      mark: 'line' as const,
      points: rows.map((r) => ({ x: r.workers, y: rows[0]!.wall / r.wall })),
    })),
    {
      name: 'as many times',
      mark: 'dashes' as const,
      points: (cases[0]?.rows ?? []).map((r) => ({ x: r.workers, y: r.workers })),
    },
  ],
});
