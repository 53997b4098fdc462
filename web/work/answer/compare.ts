// `compare` answered: one run at a time, each in a worker of its own, so that none takes time from another.

import type { CompareEvent, CompareResult } from 'magnet-accelerator';
import { compare, printCompareResult, stamped, version } from 'magnet-accelerator';
import type { AskedCompare } from '../ask/compare.js';
import { machineName } from '../ask/machine-of.js';
import type { Calls, Found, Tell } from './found.js';
import { areaFact } from './found.js';

export async function compared(
  { network, machine, named, objective, options }: AskedCompare,
  { transport }: Calls,
  progress: Tell,
): Promise<Found> {
  const on = machine?.machinery ?? named;
  if (!on) throw new Error('a comparison needs a machine or a space');
  let runs = 0;
  const found = await compare(network, on, {
    ...options,
    ...(transport && { workers: 1, transport }),
    progress: (event) => {
      if (event.kind === 'finished') runs++;
      progress({ kind: 'doing', said: `${runs} runs done${doing(event)}` });
    },
  });
  const { arenas, offenders } = found;
  // Named as it was asked for.
  const result: CompareResult = { ...found.result, objective };
  const sum = found.sum?.bound;
  const infeasible = arenas.some((a) => a.reference.bound === Infinity);
  return {
    title: `strategies for ${network.name} on ${machine ? machineName(machine.machinery) : (named?.name ?? '')}`,
    status: infeasible ? 'infeasible' : arenas.every((a) => a.reference.proved) ? 'optimal' : 'feasible',
    reason: [
      ...[...found.reasons].map(([name, reason]) => `${name} is infeasible: ${reason}`),
      ...offenders.map(({ strategy, arena }) => `${strategy} went below a proven bound of ${arena}: a bug in magnet`),
    ].join('\n'),
    facts: {
      ...(sum !== undefined && { bound: sum }),
      ...(machine && areaFact(machine.machinery, machine.technology)),
    },
    design: undefined,
    result: printCompareResult(stamped(result, version)),
  };
}

const doing = (event: CompareEvent): string => ('turn' in event ? `; ${event.turn.strategy}` : '');
