// The schedule of a network: a row for each run, what of it stays in the global buffer, and the totals beside those without.

import { table } from '../../base/text.js';
import { goalUnit } from '../../model/cost/goal.js';
import type { ScheduleInResult } from '../../results/schedule-result.js';
import { schedulePicture } from './schedule-picture.js';
import { energyIn, energyScale, energyText, grouped, magnitude, percent } from './quantities.js';

/** Headings of numbers begin with `>`. */
export function scheduleRows({ runs }: ScheduleInResult) {
  const scale = energyScale(runs.map((run) => run.energy));
  const tiles = (banks: number) => (banks > 0 ? `2 x ${banks}` : '');
  return {
    headings: [
      '>#',
      'run',
      'shape',
      'stays',
      '>banks taken',
      '>input tiles',
      '>output tiles',
      `>energy (${scale.unit})`,
      '>cycles',
    ],
    rows: runs.map((run, i) => [
      `${i}`,
      run.name,
      run.shape,
      run.resident.join(' '),
      run.taken === 0 ? '' : `${run.taken}`,
      tiles(run.inputTiles),
      tiles(run.outputTiles),
      energyIn(scale, run.energy),
      grouped(run.cycles),
    ]),
  };
}

export function scheduleTable(r: ScheduleInResult): string {
  if (r.runs.length === 0) return totalsText(r).join('\n');
  const { headings, rows } = scheduleRows(r);
  const shown = table(
    headings.map((h) => h.replace(/^>/, '')),
    rows,
    headings.map((h) => h.startsWith('>')),
  );
  return [shown, '', ...schedulePicture(r), ...totalsText(r)].join('\n');
}

/** What stays, in a line. */
export const scheduleText = ({ tensors, others, banks }: ScheduleInResult): string =>
  `${tensors.filter((t) => t.stays).length} of ${tensors.length} tensors that may stay in the ${banks} banks of the global ` +
  `buffer do; ${others.length} may not`;

/** In a cell: how many tensors stay of those that may, of each network. */
export const staysText = (schedules: readonly ScheduleInResult[]): string =>
  schedules.map(({ tensors }) => `${tensors.filter((t) => t.stays).length} of ${tensors.length}`).join(', ') || '-';

/** Of a machine that was found without schedules, though nobody said so. */
export const unscheduledText = (why: string): string => `Without schedules, every tensor going through DRAM: ${why}`;

/** What it comes to, beside what it does without anything that stays, and what is proven. */
export function totalsText(r: ScheduleInResult): readonly string[] {
  const { energy, cycles, value, bound, gap, alone, whole, loading } = r;
  if (energy === null || cycles === null || value === null)
    return bound === null ? [] : [`${r.objective}: nothing found; no schedule is below ${magnitude(bound)}`];
  const share = (x: number, of: number) => percent(x / of);
  const proof =
    gap === null || bound === null
      ? 'not proven'
      : `bound ${magnitude(bound)}, gap ${percent(gap)}: no schedule of these runs in their order ` +
        `${r.limits ? 'within the limits ' : ''}is below`;
  return [
    scheduleText(r),
    ...(r.space
      ? [
          `${r.bands?.length ?? 0} chains in bands, chosen among ${r.space.chains} chains in ${r.space.candidates} ` +
            `ways, ${magnitude(Number(r.space.routes))} choices together` +
            (r.bands
              ? `: ${r.bands.map((b) => `${b.first} to ${b.last} in ${b.bands}${b.of === 'images' ? ' of images' : ''}`).join(', ')}`
              : ''),
          ...(r.space.keeping === undefined
            ? []
            : [
                `${(r.bands ?? []).filter((b) => b.weights).length} of these chains keep their weights in the weight buffers; ` +
                  `they may in ${r.space.keeping} of the ways, each with one layout of the weights of each step`,
              ]),
        ]
      : []),
    `energy ${energyText(energy)}, ${grouped(cycles)} cycles, energy x delay ${magnitude(energy * cycles)} pJ*cycles`,
    ...(r.images === undefined
      ? []
      : [
          `for each of ${r.images} images: energy ${energyText(energy / r.images)}, ${magnitude(cycles / r.images)} cycles`,
        ]),
    ...Object.entries(r.limits ?? {}).flatMap(([name, max]) => {
      const own = { energy, latency: cycles, edp: energy * cycles }[name];
      return max === undefined || own === undefined
        ? []
        : [`limit on ${name} ${magnitude(max)} ${goalUnit(name)}, of which ${share(own, max)} are used`];
    }),
    ...(whole
      ? [
          `without bands: ${energyText(whole.energy)}, ${grouped(whole.cycles)} cycles, ` +
            `${magnitude(whole.energy * whole.cycles)}; with them ${share(energy * cycles, whole.energy * whole.cycles)} of energy x delay`,
        ]
      : []),
    ...(loading
      ? [
          `without weights that stay: ${energyText(loading.energy)}, ${grouped(loading.cycles)} cycles, ` +
            `${magnitude(loading.energy * loading.cycles)}; ` +
            `with them ${share(energy * cycles, loading.energy * loading.cycles)} of energy x delay`,
        ]
      : []),
    ...(r.configuration
      ? [
          `configuration beside all totals: ${grouped(r.configuration.cycles)} cycles, ${energyText(r.configuration.energy)}` +
            (whole?.configuration
              ? `; without bands ${grouped(whole.configuration.cycles)} cycles, ${energyText(whole.configuration.energy)}`
              : ''),
        ]
      : []),
    ...(alone
      ? [
          `without: ${energyText(alone.energy)}, ${grouped(alone.cycles)} cycles, ${magnitude(alone.energy * alone.cycles)}; ` +
            `with it ${share(energy, alone.energy)} of the energy, ${share(cycles, alone.cycles)} of the cycles, ` +
            `${share(energy * cycles, alone.energy * alone.cycles)} of energy x delay`,
        ]
      : []),
    `${r.objective} ${magnitude(value)}: ${proof}`,
  ];
}
