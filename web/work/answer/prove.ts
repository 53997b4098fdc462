// `prove` answered: mappings within all limits, or the limits that exclude each other; and what Z3 was asked, for who doubts it.

import { printProveResult, printScript, prove, stamped, stopText, version } from 'magnet-accelerator';
import type { AskedProve } from '../ask/prove.js';
import { machineName } from '../ask/machine-of.js';
import type { Calls, Found, Tell } from './found.js';
import { areaFact, designText, totalsIn } from './found.js';

export async function proved(
  { network, machine, named, schedules, folds, request, command }: AskedProve,
  calls: Calls,
  progress: Tell,
): Promise<Found> {
  const [graph] = schedules.graphs ?? [];
  const found = await prove(request, {
    ...calls,
    ...(graph && { graph, folds }),
    ...(named && { named }),
    progress: (said) => progress({ kind: 'doing', said }),
  });
  const { proof, design, script, result } = found;
  return {
    title: `${network.name} within limits on ${machine ? machineName(machine.machinery) : (named?.name ?? '')}`,
    status: proof.status,
    reason: proof.status === 'unknown' ? `not settled: ${stopText(proof.reason)}` : '',
    facts: {
      ...totalsIn(design),
      ...(machine
        ? areaFact(machine.machinery, machine.technology)
        : proof.status === 'feasible' && proof.witness.area !== undefined
          ? { area: proof.witness.area }
          : {}),
    },
    design: design && designText(design, command),
    result: printProveResult(stamped(result, version)),
    script: script && printScript(script, { check: true }),
  };
}
