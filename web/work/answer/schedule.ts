// `schedule` answered.

import { printScheduleResult, schedule, stamped, version } from 'magnet-accelerator';
import type { AskedSchedule } from '../ask/schedule.js';
import { machineName } from '../ask/machine-of.js';
import type { Calls, Found, Tell } from './found.js';
import { areaFact, designText } from './found.js';

export async function scheduled(
  { graph, template, machine, options, command }: AskedSchedule,
  calls: Calls,
  progress: Tell,
): Promise<Found> {
  progress({
    kind: 'doing',
    said: `choosing what stays in the global buffer, and a mapping for every run of ${graph.name}`,
  });
  const { result, design } = await schedule(graph, template, { ...options, ...calls });
  return {
    title: `schedule of ${graph.name} on ${machineName(machine.machinery)}`,
    status: result.status,
    reason: result.value === null ? result.reason : '',
    facts: {
      ...Object.fromEntries(
        [
          ['objective', result.value] as const,
          ['bound', result.bound] as const,
          ['energy', result.energy] as const,
          ['cycles', result.cycles] as const,
        ].flatMap(([name, value]) => (value === null ? [] : [[name, value] as const])),
      ),
      ...areaFact(machine.machinery, machine.technology),
    },
    design: design && designText(design, command),
    result: printScheduleResult(stamped(result, version)),
  };
}
