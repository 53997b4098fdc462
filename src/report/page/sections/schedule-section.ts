// The schedule of a network in a report: who lies where in the global buffer, what that is worth, and every run.

import type { ScheduleInResult, ScheduleResult } from '../../../results/schedule-result.js';
import { scheduleFigure } from '../../figures/schedule-figure.js';
import { energyText, grouped, magnitude, percent } from '../../tables/quantities.js';
import { scheduleRows, scheduleText, totalsText } from '../../tables/schedule-table.js';
import type { Block, Card, Section } from '../blocks.js';
import { cards, drawing, fold, heading, longFold, note, tableOf, text } from '../blocks.js';

const moods = { optimal: 'good', feasible: 'open', infeasible: 'bad', unknown: 'open' } as const;

export function scheduleSection(file: string, r: ScheduleResult): Section {
  const stays = r.tensors.filter((t) => t.stays);
  const { energy, cycles, alone } = r;
  const found = energy !== null && cycles !== null;
  const beside = (now: number, before: number | undefined, of: string): Pick<Card, 'note'> =>
    before === undefined ? {} : { note: `${percent(now / before)} of ${of} with nothing that stays` };
  const worth =
    found && alone ? `, ${percent((energy * cycles) / (alone.energy * alone.cycles))} of energy x delay without` : '';
  return {
    title: `${r.network} on ${r.arch}: its schedule`,
    source: `Schedule, read from ${file}.`,
    summary: found
      ? `${stays.length} of ${r.tensors.length} tensors that may stay in the global buffer do${worth}.`
      : `No schedule was found: ${r.reason}.`,
    status: { text: r.status, mood: moods[r.status] },
    blocks: [
      ...(found
        ? [
            cards(
              { name: 'Energy', value: energyText(energy), ...beside(energy, alone?.energy, 'that') },
              { name: 'Cycles', value: grouped(cycles), ...beside(cycles, alone?.cycles, 'those') },
              {
                name: 'Energy x delay (pJ x cycles)',
                value: magnitude(energy * cycles),
                ...beside(energy * cycles, alone && alone.energy * alone.cycles, 'that'),
              },
              {
                name: 'Tensors that stay',
                value: `${stays.length}`,
                note: `in ${r.banks} banks, over ${r.runs.length} runs`,
              },
            ),
          ]
        : [note(`${r.status}: ${r.reason}`)]),
      ...totalsText(r)
        .slice(found ? 1 : 0)
        .map((words) => text(`${words}.`)),
      ...scheduleBlocks(r),
    ],
  };
}

/** Who lies where, and every run; `of` names the network where there are several. */
export const scheduleBlocks = (r: ScheduleInResult, of = ''): readonly Block[] => [
  ...(r.tensors.some((t) => t.stays)
    ? [heading(`The global buffer over the runs${of}`), drawing(scheduleFigure(r))]
    : []),
  ...runBlocks(r, of),
  ...tensorBlocks(r),
];

/** The schedules of one machine of many, of each network; `at` says which. */
export const scheduleFolds = (schedules: readonly ScheduleInResult[], at: string): readonly Block[] =>
  schedules.map((schedule) => {
    const of = schedules.length > 1 ? ` of ${schedule.network}` : '';
    return longFold(
      `${at}${of === '' ? '' : `, ${schedule.network}`}: ${scheduleText(schedule)}`,
      ...scheduleBlocks(schedule, of),
    );
  });

function runBlocks(r: ScheduleInResult, of: string): readonly Block[] {
  if (r.runs.length === 0) return [];
  const { headings, rows } = scheduleRows(r);
  return [heading(`Runs${of}`), tableOf('Runs of the machine in their order', headings, rows)];
}

function tensorBlocks(r: ScheduleInResult): readonly Block[] {
  const { tensors, others } = r;
  if (tensors.length + others.length === 0) return [];
  return [
    fold(
      `${tensors.length} tensors that may stay, ${others.length} that may not`,
      tableOf(
        'Tensors: banks as a whole image, from the run that makes them to the last that reads them',
        ['tensor', '>banks', '>from run', '>to run', 'stays'],
        [
          ...tensors.map((t) => [
            t.name,
            `${t.banks}`,
            `${t.from}`,
            `${t.upTo}`,
            !t.stays ? 'no' : t.bank === undefined ? 'yes' : `from bank ${t.bank} on`,
          ]),
          ...others.map((t) => [t.name, '', '', '', t.why]),
        ],
      ),
    ),
  ];
}
