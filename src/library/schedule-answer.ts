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
import type { ScheduleAsked } from './schedule-asked.js';

const sums = ({ chosen }: Pick<Schedule<unknown>, 'chosen'>) => {
  const { energy, cycles } = totalsOfChosen(chosen);
  return { energy, cycles };
};

export function scheduleResult(
  { graph, arch, template, technology, objective, limits }: ScheduleAsked,
  runs: readonly MachineRun[],
  may: Keepables,
  answer: ScheduleAnswer<Places>,
  alone: Pick<Schedule<unknown>, 'chosen'> | undefined,
  seconds: number,
): ScheduleResult {
  const isLimited = Object.keys(limits).length > 0;
  const none = { gap: null, energy: null, cycles: null };
  const asked = {
    schema: scheduleSchema,
    network: graph.name,
    arch,
    hardware: hardwareFile({ kind: 'template', template }, technology),
    objective,
    ...(isLimited && { limits }),
  } as const;
  const others = may.others.map(({ tensor, why }) => ({ name: tensor, why }));
  const nothing = {
    ...(alone && { alone: sums(alone) }),
    banks: template.globalBanks,
    keep: [],
    tensors: may.tensors.map((t) => ({ ...lifeOf(t), stays: false })),
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
      const gap = wholeGap({ value: best.value, bound });
      return {
        ...asked,
        status: gap === 0 ? 'optimal' : 'feasible',
        reason: gap === 0 ? '' : 'not all placements or mappings were looked at',
        value: best.value,
        bound,
        gap,
        ...sums(best),
        ...(alone && { alone: sums(alone) }),
        banks: template.globalBanks,
        keep: may.tensors.flatMap(({ tensor }, i) => {
          const bank = best.places[i];
          return bank === undefined ? [] : [{ tensor, bank }];
        }),
        tensors: may.tensors.map((t, i) => ({
          ...lifeOf(t),
          stays: best.residency[i] ?? false,
          ...(best.residency[i] && { bank: best.places[i] }),
        })),
        others,
        runs: best.chosen.map(({ layer, found }, i) => {
          const { inputs, outputs } = tileRoom(template, layer, found.mapping);
          const { energy, cycles } = found.evaluation;
          return {
            name: nth(runs, i).name,
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

const lifeOf = ({ tensor, banks, from, upTo }: Keepables['tensors'][number]) => ({
  name: tensor,
  banks,
  from,
  upTo,
});
