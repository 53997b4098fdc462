// What a certificate of a schedule claims and what its checker believed, in a few lines.

import type { ScheduleChecked } from '../certificate/schedule/check-schedule.js';
import type { ScheduleCertificate } from '../certificate/schedule/schedule-certificate.js';
import { digestsOf } from '../certificate/schedule/schedule-file.js';
import { goalUnit } from '../model/cost/goal.js';
import { grouped, percent } from '../report/tables/quantities.js';

export function checkedScheduleText(
  { question, bound, states, lines }: ScheduleCertificate,
  checked: ScheduleChecked,
): string {
  const { network, objective, limits, padding, machine, technology, runs, tensors, end, stretches } = question;
  const digests = digestsOf(question);
  const figure = (x: number) => `${x.toPrecision(10)} ${goalUnit(objective)}`;
  const given = Object.entries(limits).map(([name, limit]) => `${name} at most ${limit} ${goalUnit(name)}`);
  const chains = stretches.filter(({ steps }) => steps.length > 1).length;
  const claimed =
    `no schedule is below ${figure(bound)}` +
    (checked.value === undefined
      ? ''
      : `; one costs ${figure(checked.value)} at most, a gap of ${percent(checked.gap ?? 0)}`);
  return [
    `question  ${[`${objective} of the schedule of ${network}`, ...given, ...(padding ? [] : ['no padding'])].join(', ')}`,
    `machine   ${machine.name}, ${technology.name} (digest ${digests.hardware})`,
    `runs      ${grouped(end)} in their order, ${grouped(chains)} chains in bands with ${grouped(runs.length - end)} more, ` +
      `${grouped(tensors.length)} tensors that may stay (digest ${digests.runs})`,
    `claim     ${claimed}`,
    `checked   ${grouped(states.length)} states and ${grouped(checked.transitions)} steps between them on ` +
      `${grouped(lines.length)} lines, in whole numbers; ${believed(checked)}`,
    checked.holds ? 'holds' : 'DOES NOT HOLD',
  ].join('\n');
}

const believed = ({ trusted, recomputed, looks }: ScheduleChecked): string =>
  trusted > 0
    ? `${grouped(trusted)} bounds of runs are trusted (--full recomputes them)`
    : `${grouped(recomputed)} bounds of runs recomputed from ${grouped(looks)} mappings, none trusted`;
