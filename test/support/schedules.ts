// A schedule that keeps whatever can stay, one tensor after the other, each in the first banks that are free while it lives.

import type { Lowered } from '../../src/compile/lowered.js';
import type { Schedule } from '../../src/compile/residents.js';
import { scheduled } from '../../src/compile/residents.js';
import { runsIn } from '../../src/compile/network-program.js';
import type { Hardware } from '../../src/rtl/hardware.js';

/** `most`: banks from the first on that may be taken, so that tiles have the rest; `wants` says of each tensor whether it may stay. */
export function greedySchedule(
  made: Lowered,
  h: Hardware,
  most: number,
  wants: (tensor: string) => boolean = () => true,
): Schedule {
  const seen = new Set<object>();
  const kept: { tensor: string; bank: number }[] = [];
  const outputs = new Set(runsIn(made).map((r) => r.output.storage));
  for (const [tensor, { storage }] of [...made.tensors, ...made.between]) {
    if (seen.has(storage) || !outputs.has(storage) || !wants(tensor)) continue;
    seen.add(storage);
    for (let bank = 0; bank < most; bank++) {
      const tried = scheduled(made, { ...h, globalBanks: most }, [...kept, { tensor, bank }]);
      if (!tried.ok) continue;
      kept.push({ tensor, bank });
      break;
    }
  }
  return kept;
}
