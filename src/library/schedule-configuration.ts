// What writing the programs of a schedule's runs takes, beside the totals that it was chosen by.

import { configurationOfRuns } from '../compile/network-configuration.js';
import type { WrittenConfiguration } from '../compile/network-configuration.js';
import { withWeights } from '../compile/kept-weights.js';
import { lowered } from '../compile/lower.js';
import { scheduledOn } from '../compile/residents.js';
import { shapesAlone } from '../compile/step-layers.js';
import { bandedByNames } from '../model/workload/named-chains.js';
import type { Places } from '../tuner/schedule/place-schedule.js';
import { totalsOfChosen } from '../tuner/network/network-question.js';
import type { Schedule } from '../tuner/schedule/schedule-network.js';
import type { ScheduleAsked } from './schedule-asked.js';
import type { BandsSpace } from './schedule-bands.js';

type Asked = Pick<ScheduleAsked, 'graph' | 'template' | 'technology' | 'objective'>;

/** Of schedules that were asked about. */
const known = new WeakMap<Schedule<Places>, { readonly written: WrittenConfiguration | undefined }>();

/** Undefined where not all of the network runs so. */
export function configurationOf(
  asked: Asked,
  space: BandsSpace,
  schedule: Schedule<Places>,
): WrittenConfiguration | undefined {
  const own = known.get(schedule) ?? { written: configured(asked, space, schedule) };
  known.set(schedule, own);
  return own.written;
}

function configured(
  { graph, template, technology }: Asked,
  space: BandsSpace,
  { problem, route, places, chosen }: Schedule<Places>,
): WrittenConfiguration | undefined {
  const chains = route.flatMap((stretch) => space.chainOf(stretch) ?? []);
  const cut = bandedByNames(graph, chains);
  const bits = template.inputPrecision;
  const made = cut.ok ? lowered(cut.value.graph, shapesAlone(cut.value.graph, bits), bits) : cut;
  if (!cut.ok || !made.ok) return undefined;
  const keep = problem.tensors.flatMap(({ name: tensor }, i) => {
    const bank = places[i];
    return bank === undefined ? [] : [{ tensor, bank }];
  });
  const images = scheduledOn(made.value, template, keep);
  const kept = images.ok ? withWeights(images.value, template, graph, cut.value, chains) : images;
  const on = { machine: { kind: 'template', template }, technology } as const;
  return kept.ok
    ? configurationOfRuns(
        on,
        kept.value,
        chosen.map(({ found }) => found.mapping),
      )
    : undefined;
}

/** The objective of a schedule with its configuration in the totals. */
export function valueConfigured(asked: Asked, space: BandsSpace, schedule: Schedule<Places>): number {
  const written = configurationOf(asked, space, schedule) ?? { energy: 0, cycles: 0 };
  const own = totalsOfChosen(schedule.chosen);
  const [energy, cycles] = [own.energy + written.energy, own.cycles + written.cycles];
  return { energy, latency: cycles, edp: energy * cycles }[asked.objective];
}
