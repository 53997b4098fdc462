// What may stay in the global buffer of the machines of a space, read off the machines.

import { nth } from '../base/invariant.js';
import type { Keepables } from '../compile/keepable.js';
import { keepables } from '../compile/keepable.js';
import { runsIn } from '../compile/network-program.js';
import type { ResidentTensor } from '../model/workload/resident.js';
import type { DesignSpace } from '../model/space/design-space.js';
import { shapesOf, templateAt } from '../model/space/design-space.js';
import type { Keeping } from '../tuner/codesign/schedules/keeping.js';
import { keepingKey } from '../tuner/codesign/schedules/keeping.js';
import type { LoweredNetwork } from './lowered-networks.js';
import { loweredAt } from './lowered-networks.js';

/** By `keepingKey` of every shape. */
export function keepingOver(network: LoweredNetwork, space: DesignSpace): Readonly<Record<string, Keeping>> {
  const each: Record<string, Keeping> = {};
  for (const shape of shapesOf(space)) {
    const made = loweredAt(network, shape);
    each[keepingKey(shape)] ??= keepingAt(
      runsIn(made).length,
      space.menus.globalBuffer.flatMap((globalBuffer) => {
        const template = templateAt(space, { ...shape, globalBuffer });
        return template?.residency === 1 ? [[globalBuffer, keepables(made, template)] as const] : [];
      }),
    );
  }
  return each;
}

/** Of what may stay with each global buffer, what may stay with any. */
function keepingAt(runs: number, each: readonly (readonly [size: number, may: Keepables])[]): Keeping {
  const all = each.map(([, may]) => may);
  const names = [...new Set(all.flatMap(({ tensors }) => tensors.map((t) => t.tensor)))];
  const operands = Array.from({ length: runs }, (_, run) => {
    const roles = new Map<number, ResidentTensor>();
    for (const may of all)
      for (const { tensor, role } of may.operands[run] ?? [])
        roles.set(names.indexOf(may.tensors[tensor]?.tensor ?? ''), role);
    return [...roles].sort(([a], [b]) => a - b);
  });
  return {
    tensors: names.map((name) => {
      const own = each.flatMap(([size, { tensors }]) =>
        tensors.flatMap((t) => (t.tensor === name ? [[size, t] as const] : [])),
      );
      const [, one] = nth(own, 0);
      return {
        name,
        from: one.from,
        upTo: one.upTo,
        banks: Object.fromEntries(own.map(([size, t]) => [size, t.banks])),
      };
    }),
    operands: operands.map((own) => own.map(([tensor]) => tensor)),
    roles: operands.map((own) => own.map(([, role]) => role)),
  };
}
