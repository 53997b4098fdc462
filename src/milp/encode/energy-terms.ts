// The energy of a layer as a sum of products: what every count is charged, the multipliers, and every cycle.

import { nth } from '../../base/invariant.js';
import { chargesAt, energyPerAccess, runCharges } from '../../model/cost/charges.js';
import { tensors } from '../../model/workload/layer.js';
import type { Linear } from '../../program/linear.js';
import { add } from '../../program/linear.js';
import type { Exponential } from '../../program/program.js';
import type { Counted } from './counted.js';
import { switchOf } from './counted.js';
import type { Sizing } from './sizing.js';

export function energyTerms(counted: Counted, sizing: Sizing, logCycles: Linear): readonly Exponential[] {
  const { a, options } = counted;
  const share = (options.only ?? tensors).length / tensors.length;
  const { macs, energyPerMac, energyPerCycle } = runCharges(counted.mappings.reading, a);
  const together = [
    { coefficient: energyPerMac, exponent: macs.log, label: a.compute.name },
    { coefficient: energyPerCycle, exponent: add(logCycles, sizing.static), label: 'static energy' },
  ].map((e): Exponential => ({ ...e, coefficient: share * e.coefficient, unless: undefined }));
  return [...accessTerms(counted, sizing), ...together].filter((e) => e.coefficient > 0);
}

function accessTerms(counted: Counted, sizing: Sizing): readonly Exponential[] {
  const { a, counts, options, mappings } = counted;
  const maxCopies = a.levels.reduce((n, l) => l.axes.reduce((k, x) => k + Math.log(x.size + 0.5), n), 0);
  return counts.map((c) => {
    const charge = chargesAt(mappings.reading, mappings.m, options.conventions, c.level)(c.tensor, c.action);
    return {
      coefficient: energyPerAccess(charge),
      exponent: add(c.accesses.log, charge.copies.log, sizing.energy(c.level, c.tensor, c.action)),
      unless: switchOf(counted, c.accesses, c.gone, maxCopies),
      label: `${nth(a.levels, c.level).name} ${c.action} of ${c.tensor}`,
    };
  });
}
