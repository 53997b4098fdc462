// An evaluation as a table in which every energy is a count times the energy of one action.

import { nth } from '../../base/invariant.js';
import { table } from '../../base/text.js';
import type { Action, Architecture } from '../../model/machine/architecture.js';
import { energyPerMac, priceOf } from '../../model/cost/charges.js';
import type { Evaluation } from '../../model/cost/evaluate.js';
import type { Weighed } from '../../model/workload/layer.js';
import { tensors } from '../../model/workload/layer.js';
import { amount, digits, energyText, grouped, percent } from './quantities.js';

const actions: readonly (readonly [Action, 'reads' | 'fills' | 'updates'])[] = [
  ['read', 'reads'],
  ['fill', 'fills'],
  ['update', 'updates'],
];

/**
 * What a mapping does at every level, as text. Words are elements; accesses are what energy is charged for, over all instances.
 * Rows without accesses are left out.
 */
export function evaluationTable(a: Architecture, layer: Weighed, e: Evaluation): string {
  const rows = e.levels.flatMap((level, i) =>
    tensors.flatMap((t) => {
      const found = level.dataspaces[t];
      const storage = nth(a.levels, i).stores[t];
      if (!found || !storage) return [];
      const each = (action: Action | 'transfer') => {
        const { units, energy } = priceOf(storage, action, layer);
        return units * energy;
      };
      const line = (action: string, words: number, accesses: number, pJ: number) => [
        level.name,
        t,
        action,
        grouped(words),
        grouped(accesses),
        digits(pJ),
        amount(accesses * pJ),
      ];
      return [
        ...actions.flatMap(([action, words]) =>
          found.accesses[action] > 0 ? [line(action, found[words], found.accesses[action], each(action))] : [],
        ),
        ...(found.transfers > 0 ? [line('wire', found.transfers, found.transfers, each('transfer'))] : []),
      ];
    }),
  );
  rows.push([
    a.compute.name,
    '',
    'compute',
    grouped(e.compute.macs),
    grouped(e.compute.macs),
    digits(energyPerMac(a.compute, layer)),
    amount(e.compute.energy),
  ]);
  if (e.staticEnergy > 0)
    rows.push(['static', '', 'cycle', '', grouped(e.cycles), digits(a.staticEnergy), amount(e.staticEnergy)]);
  const right = [false, false, false, true, true, true, true];
  const slowest = e.levels.filter((l) => l.cycles === e.cycles && l.cycles > e.compute.cycles).map((l) => l.name);
  const pace =
    slowest.length > 0
      ? `; the multipliers need ${grouped(e.compute.cycles)}, ${slowest.join(' and ')} sets the pace`
      : '';
  return [
    table(['level', 'tensor', 'action', 'words', 'accesses', 'pJ each', 'pJ'], rows, right),
    '',
    `energy       ${energyText(e.energy)}`,
    `cycles       ${grouped(e.cycles)}${pace}`,
    `utilisation  ${percent(e.utilization)}`,
  ].join('\n');
}
