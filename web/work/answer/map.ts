// `map` answered.

import { map, printMapResult, stamped, stopText, version } from 'magnet-accelerator';
import type { AskedMap } from '../ask/map.js';
import { machineName } from '../ask/machine-of.js';
import type { Answer } from '../question.js';
import type { Calls, Found, Tell } from './found.js';
import { areaFact, designText } from './found.js';

export async function mapped(
  { network, machine, options, command }: AskedMap,
  calls: Calls,
  progress: Tell,
): Promise<Found> {
  let done = 0;
  const of = network.layers.length;
  const nameOf = (index: number) => network.layers[index]?.layer.name ?? '';
  if (options.whole)
    progress({ kind: 'doing', said: `choosing a mapping for every layer of ${network.name} together` });
  const { design, layers, totals, whole, result } = await map(network, machine.machinery, {
    ...options,
    ...calls,
    progress: (event) => {
      if (event.kind === 'finished') done++;
      if (event.kind === 'finished' || event.kind === 'started')
        progress({ kind: 'layers', done, of, doing: nameOf(event.index) });
    },
  });
  const without = layers.flatMap(({ layer, answer: { best, status, reason } }) => {
    const none = status === 'infeasible' ? 'is infeasible' : 'has no mapping yet';
    return best ? [] : [`${layer.name} ${none}: ${stopText(reason) || 'the time ran out'}`];
  });
  const isMapped = layers.length > 0 && without.length === 0;
  return {
    title: `${network.name} on ${machineName(machine.machinery)}`,
    status: whole?.status ?? statusOf(layers.map((l) => l.answer.status)),
    reason: isMapped ? '' : (whole?.reason ?? without.join('\n')),
    facts: {
      ...(totals && { energy: totals.energy, cycles: totals.cycles, objective: totals.objective }),
      ...(totals && { bound: whole?.bound ?? totals.bound }),
      ...areaFact(machine.machinery, machine.technology),
    },
    design: isMapped ? designText(design, command) : undefined,
    result: printMapResult(stamped(result, version)),
  };
}

function statusOf(all: readonly Answer['status'][]): Answer['status'] {
  const worst = (['infeasible', 'unknown', 'feasible'] as const).find((s) => all.includes(s));
  return worst ?? 'optimal';
}
