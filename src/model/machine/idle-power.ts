// Leakage and the clock: what a chip takes whether it works or not, told beside the energy of what it does and in no
// objective. A technology whose `staticEnergy` is above 0 has its own figure, and there it counts.

import type { Cycles, Megahertz, Picojoules, SquareMillimetres } from '../../base/units.js';
import { picojoules } from '../../base/units.js';
import type { Cited } from './technology.js';

/** Of the placed area. */
export const idlePower: { readonly leakage: Cited; readonly clock: Cited } = {
  leakage: {
    value: 12.4,
    source:
      'mW per mm2; a register of 40 nm leaks 74 nW on 5.98 um2 (tables of Aladdin, ISCA 2014; its multiplier has 12.3), ' +
      'assumed the same for a mm2 at 16 nm, logic and memories alike',
  },
  clock: {
    value: 15_000,
    source:
      'fJ per cycle and mm2, assumed: 1.3 fJ for each register that is not gated (7.94 fJ of 40 nm in the tables of ' +
      'Aladdin, scaled as what a write takes), which are 1.5 % of the area',
  },
};

/** mW at a clock. */
export const idleMilliwatts = (area: SquareMillimetres, clock: Megahertz): number =>
  // fJ a cycle x 10^6 cycles a second = 10^-9 W.
  area * (idlePower.leakage.value + idlePower.clock.value * clock * 1e-6);

/** Of so many cycles; undefined where the technology counts its own, `staticEnergy` a cycle, in all energies. */
export function idleEnergy(
  staticEnergy: Picojoules,
  area: SquareMillimetres,
  clock: Megahertz,
  cycles: Cycles | number,
): Picojoules | undefined {
  if (staticEnergy > 0) return undefined;
  // mW x cycles / MHz = nJ.
  return picojoules((1000 * idleMilliwatts(area, clock) * cycles) / clock);
}
