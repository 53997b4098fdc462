// The answer of a schedule as its result holds it.

import { stopText } from '../base/stop-reason.js';
import { nth } from '../base/invariant.js';
import type { Keepables } from '../compile/keepable.js';
import { tileRoom } from '../compile/keepable.js';
import type { MachineRun } from '../compile/lowered.js';
import { hardwareOf as hardwareFile } from '../interchange/hardware-file.js';
import { printShape } from '../model/workload/layer.js';
import { residentTensors } from '../model/workload/resident.js';
import type { ScheduleResult } from '../results/schedule-result.js';
import { scheduleSchema } from '../results/schedule-result.js';
import { wholeGap } from '../results/whole-gap.js';
import { totalsOfChosen } from '../tuner/network/network-question.js';
import type { Places } from '../tuner/schedule/place-schedule.js';
import type { Schedule, ScheduleAnswer } from '../tuner/schedule/schedule-network.js';
import { waysThrough } from '../tuner/schedule/schedule-question.js';
import type { ScheduleAsked } from './schedule-asked.js';
import { configurationOf } from './schedule-configuration.js';
import type { BandsSpace } from './schedule-bands.js';
import { namesOn } from './schedule-bands.js';

const sums = ({ chosen }: Pick<Schedule<unknown>, 'chosen'>) => {
  const { energy, cycles } = totalsOfChosen(chosen);
  return { energy, cycles };
};

/** What the best of a narrower question took. */
interface Beside {
  /** Where nothing stays. */
  readonly alone?: Pick<Schedule<unknown>, 'chosen'> | undefined;
  /** Where tensors stay and no chain is in bands. */
  readonly whole?: Schedule<Places> | undefined;
  /** Where weights are loaded in each band. */
  readonly loading?: Schedule<Places> | undefined;
}

export function scheduleResult(
  given: ScheduleAsked,
  runs: readonly MachineRun[],
  may: Keepables,
  space: BandsSpace,
  answer: ScheduleAnswer<Places>,
  { alone, whole, loading }: Beside,
  seconds: number,
): ScheduleResult {
  const { graph, arch, template, technology, objective, limits, images } = given;
  const isLimited = Object.keys(limits).length > 0;
  const none = { gap: null, energy: null, cycles: null };
  const asked = {
    schema: scheduleSchema,
    hardware: hardwareFile({ kind: 'template', template }, technology),
    network: graph.name,
    arch,
    objective,
    ...(images !== undefined && { images }),
    ...(isLimited && { limits }),
  } as const;
  const others = may.others.map(({ tensor, why }) => ({ name: tensor, why }));
  const written = (schedule: Schedule<Places>) => {
    const configuration = configurationOf(given, space, schedule);
    return configuration && { configuration };
  };
  const candidates = space.detours.stretches.length;
  const beside = {
    ...(alone && { alone: sums(alone) }),
    ...(whole && { whole: { ...sums(whole), ...written(whole) } }),
    ...(loading && { loading: { ...sums(loading), ...written(loading) } }),
    ...(candidates > 0 && {
      space: {
        chains: space.chains,
        candidates,
        ...(space.keeping > 0 && { keeping: space.keeping }),
        routes: `${waysThrough(runs.length, space.detours)}`,
      },
    }),
  };
  const nothing = {
    ...beside,
    banks: template.globalBanks,
    keep: [],
    tensors: may.tensors.map(({ tensor: name, banks, from, upTo }) => ({ name, banks, from, upTo, stays: false })),
    others,
    runs: [],
    seconds,
  };
  switch (answer.status) {
    case 'none': {
      const reason = isLimited ? 'no schedule of these runs keeps the limits' : 'a run has no mapping on this machine';
      return { ...asked, status: 'infeasible', reason, value: null, bound: null, ...none, ...nothing };
    }
    case 'unknown':
      return {
        ...asked,
        status: 'unknown',
        reason: stopText(answer.reason),
        value: null,
        bound: answer.bound,
        ...none,
        ...nothing,
      };
    case 'found': {
      const { schedule: best, bound } = answer;
      const bands = best.route.flatMap((stretch) => space.chainOf(stretch) ?? []);
      const names = namesOn(best.route, runs, space);
      const gap = wholeGap({ value: best.value, bound });
      return {
        ...asked,
        status: gap === 0 ? 'optimal' : 'feasible',
        reason: gap === 0 ? '' : 'not all placements or mappings were looked at',
        value: best.value,
        bound,
        gap,
        ...sums(best),
        ...beside,
        ...written(best),
        banks: template.globalBanks,
        ...(bands.length > 0 && { bands }),
        keep: best.problem.tensors.flatMap(({ name }, i) => {
          const bank = best.places[i];
          return bank === undefined ? [] : [{ tensor: name, bank }];
        }),
        tensors: best.problem.tensors.map(({ name, banks, from, upTo }, i) => {
          const stays = best.residency[i] ?? false;
          return { name, banks, from, upTo, stays, ...(stays && { bank: best.places[i] }) };
        }),
        others,
        runs: best.chosen.map(({ layer, found }, i) => {
          const { inputs, outputs } = tileRoom(template, layer, found.mapping);
          const { energy, cycles } = found.evaluation;
          return {
            name: nth(names, i),
            shape: printShape(layer),
            resident: residentTensors.filter((t) => layer.resident?.[t]),
            taken: layer.resident?.banks ?? 0,
            inputTiles: inputs,
            outputTiles: outputs,
            energy,
            cycles,
          };
        }),
        seconds,
      };
    }
  }
}
