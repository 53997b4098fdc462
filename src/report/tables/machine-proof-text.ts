// What is proven of a machine among all of its space, in sentences that stand alone.

import { counted } from '../../base/text.js';
import type { MachineProof } from '../../model/space/design.js';
import { magnitude, percent } from './quantities.js';

/** `unit` of the goal and of limits by their names. */
export function machineProofText(p: MachineProof, unit: (name: string) => string): string {
  const weighted = p.networks.length > 1 || p.networks.some((n) => n.weight !== 1);
  const limits = Object.entries(p.limits).map(([name, limit]) => `${name} at most ${magnitude(limit)} ${unit(name)}`);
  const among =
    `${counted(p.space.machines, 'machine')} of ${p.space.name}` +
    (limits.length === 0 ? '' : ` within ${limits.join(', ')}`);
  const proven =
    p.bound === 0
      ? 'how much better others could be is not proven'
      : `proven: no machine with any mappings is below ${magnitude(p.bound)}, gap ${percent(p.gap)}`;
  const found = `${weighted ? 'weighted ' : ''}${p.goal} ${magnitude(p.objective)} ${unit(p.goal)}`;
  return `machine: of ${among} the best found, ${found}; ${proven}${p.reason === '' ? '' : ` (${p.reason})`}`;
}
