// Every energy as count x energy of one: the accesses of all levels, the bits on wires,
// the multiplications, the cycles.

import { nth } from '../../base/invariant.js';
import type { Action, Architecture } from '../../model/machine/architecture.js';
import { priceOf } from '../../model/cost/charges.js';
import type { Evaluation } from '../../model/cost/evaluate.js';
import type { Weighed } from '../../model/workload/layer.js';
import { tensors } from '../../model/workload/layer.js';
import { energyRows } from '../tables/energy-rows.js';
import { amount, digits, energyIn, energyScale, grouped, percent } from '../tables/quantities.js';
import type { TableBlock } from './blocks.js';
import { tableOf } from './blocks.js';

export interface Entry {
  readonly place: string;
  readonly what: string;
  readonly count: number;
  /** pJ of one. */
  readonly each: number;
}

export const energyOf = (entries: readonly Entry[]): number => entries.reduce((n, e) => n + e.count * e.each, 0);

/** One instance of a layer. */
export function accountOf(a: Architecture, layer: Weighed, e: Evaluation): readonly Entry[] {
  const levels = a.levels.flatMap((level, i) =>
    tensors.flatMap((t): Entry[] => {
      const [found, storage] = [nth(e.levels, i).dataspaces[t], level.stores[t]];
      if (!found || !storage) return [];
      const line = (action: Action | 'transfer', place: string, what: string, amount: number): Entry => {
        const { units, energy } = priceOf(storage, action, layer);
        return { place, what: `${t} ${what}`, count: amount * units, each: energy };
      };
      return [
        ...(['read', 'fill', 'update'] as const).map((x) => line(x, level.name, x, found.accesses[x])),
        line('transfer', `wires below ${level.name}`, 'bits', found.transfers),
      ];
    }),
  );
  return [
    ...levels,
    {
      place: a.compute.name,
      what: 'multiply-accumulate',
      count: e.compute.macs,
      each: e.compute.energy / e.compute.macs,
    },
    { place: 'chip', what: 'cycles (leakage and clock)', count: e.cycles, each: a.staticEnergy },
  ];
}

/** Accounts of several layers, each as often as it occurs; what costs or counts nothing is left out. */
export function sumAccounts(
  accounts: readonly { readonly count: number; readonly entries: readonly Entry[] }[],
): readonly Entry[] {
  const sums = new Map<string, Entry>();
  for (const { count, entries } of accounts) {
    for (const e of entries) {
      const key = JSON.stringify([e.place, e.what, e.each]);
      sums.set(key, { ...e, count: (sums.get(key)?.count ?? 0) + count * e.count });
    }
  }
  return [...sums.values()].filter((e) => e.count > 0 && e.each > 0);
}

export function accountTable(entries: readonly Entry[]): TableBlock {
  const whole = energyOf(entries);
  const scale = energyScale([whole]);
  const rows = entries.map(({ place, what, count, each }) => [
    place,
    what,
    grouped(Math.round(count)),
    digits(each),
    energyIn(scale, count * each),
    percent((count * each) / whole),
  ]);
  return tableOf(
    'Count x energy of every action, summed over all layers as often as they occur',
    ['place', 'what', '>count', '>pJ each', `>energy (${scale.unit})`, '>share'],
    [...rows, ['all', '', '', '', energyIn(scale, whole), '100 %']],
    { sum: true },
  );
}

/** Energy by part: how often, and what one costs on average. */
export function partTable(
  parts: readonly { readonly part: string; readonly count: number; readonly energy: number }[],
): TableBlock {
  const { unit, rows, whole } = energyRows(parts);
  return tableOf(
    'Energy by component',
    ['component', '>accesses', '>pJ each, on average', `>energy (${unit})`, '>share'],
    [...rows.map((r) => [r.part, amount(r.count), r.each, r.energy, r.shareText]), ['all', '', '', whole, '100 %']],
    { sum: true },
  );
}
