// What a chip takes whether it works or not, to people: said wherever energies are, so that it is never taken for nothing.

import type { Megahertz, Picojoules, SquareMillimetres } from '../../base/units.js';
import { idleEnergy, idleMilliwatts } from '../../model/machine/idle-power.js';
import type { Technology } from '../../model/machine/technology.js';
import { staticEnergy } from '../../model/machine/technology.js';
import type { Template } from '../../model/machine/template.js';
import { chipArea } from '../../model/machine/template-parts.js';
import { digits, energyText } from './quantities.js';

/** Of one run; undefined where `staticEnergy`, pJ a cycle, counts it in all energies. */
export function idleFigure(
  staticEnergy: Picojoules,
  area: SquareMillimetres,
  clock: Megahertz,
  cycles: number,
): string | undefined {
  const energy = idleEnergy(staticEnergy, area, clock, cycles);
  if (energy === undefined) return undefined;
  return `${energyText(energy)} at ${digits(idleMilliwatts(area, clock))} mW, assumed and in no other figure`;
}

/** A line for a machine and a technology; nothing where it counts. */
export function idleText(technology: Technology, template: Template, cycles: number): readonly string[] {
  const area = chipArea(template, technology);
  const figure = idleFigure(staticEnergy(technology, area), area, template.clock, cycles);
  return figure === undefined
    ? []
    : [`leakage and clock: ${figure} (docs/cost-model.md); with staticEnergy of a technology file they count`];
}
