// What may stay in the global buffer of the machines of a space, read off the machines.

import type { Keepables } from '../compile/keepable.js';
import { keepables } from '../compile/keepable.js';
import type { Lowered } from '../compile/lowered.js';
import { runsIn } from '../compile/network-program.js';
import type { ResidentTensor } from '../model/workload/resident.js';
import type { DesignSpace } from '../model/space/design-space.js';
import { shapesOf, templateAt } from '../model/space/design-space.js';
import type { Keeping } from '../tuner/codesign/schedules/keeping.js';
import { keepingKey } from '../tuner/codesign/schedules/keeping.js';

/** By `keepingKey` of every shape. */
export function keepingOver(made: Lowered, space: DesignSpace): Readonly<Record<string, Keeping>> {
  const each: Record<string, Keeping> = {};
  for (const shape of shapesOf(space)) {
    each[keepingKey(shape)] ??= keepingAt(
      runsIn(made).length,
      space.menus.globalBuffer.map((globalBuffer) => {
        const template = templateAt(space, { ...shape, globalBuffer });
        return template?.residency === 1 ? keepables(made, template) : undefined;
      }),
    );
  }
  return each;
}

/** Of what may stay per value of the menu, what may stay with any. */
function keepingAt(runs: number, each: readonly (Keepables | undefined)[]): Keeping {
  const all = each.flatMap((may) => may ?? []);
  const names = [...new Set(all.flatMap(({ tensors }) => tensors.map((t) => t.tensor)))];
  const operands = Array.from({ length: runs }, (_, run) => {
    const roles = new Map<number, ResidentTensor>();
    for (const may of all)
      for (const { tensor, role } of may.operands[run] ?? [])
        roles.set(names.indexOf(may.tensors[tensor]?.tensor ?? ''), role);
    return [...roles].sort(([a], [b]) => a - b);
  });
  return {
    tensors: names.flatMap((name) => {
      const own = each.map((may) => may?.tensors.find(({ tensor }) => tensor === name));
      const [one] = own.flatMap((t) => t ?? []);
      return one ? [{ name, from: one.from, upTo: one.upTo, banks: own.map((t) => t?.banks ?? null) }] : [];
    }),
    operands: operands.map((own) => own.map(([tensor]) => tensor)),
    roles: operands.map((own) => own.map(([, role]) => role)),
  };
}
