// What steps of a schedule cost at least, recomputed: every minimum of a certificate held against all mappings of its layer beside what
// stays. Beside more banks that are taken a layer has no other mappings, only fewer of them.

import { nth } from '../../base/invariant.js';
import { product, rational, toNumber } from '../../base/rational.js';
import { parameters, shapeParameters } from '../../model/space/design-space.js';
import type { DesignSpace } from '../../model/space/design-space.js';
import type { Template } from '../../model/machine/template.js';
import { besideImages } from '../../model/workload/resident.js';
import type { Claimed, FullCheck } from '../full-check.js';
import { refuted } from '../full-check.js';
import { ShapeMachines } from '../layer-costs.js';
import { shapesIn } from '../space-shape.js';
import type { ScheduleCertificate } from './schedule-certificate.js';
import { minimaOf, nameOfVariant, unitOf } from './schedule-lines.js';

/** The space of one machine. */
const spaceOfOne = (machine: Template): DesignSpace => ({
  name: machine.name,
  source: 'a certificate',
  menus: Object.fromEntries(parameters.map((p) => [p, [machine[p]]])) as unknown as DesignSpace['menus'],
  maxPes: machine.rows * machine.columns,
  overflowFree: false,
});

/** In steps, at which whoever asked may stop. */
export function* fullScheduleSteps(
  certificate: ScheduleCertificate,
  progress: (done: number, total: number) => void,
): Generator<undefined, FullCheck> {
  const { question, variants, lines } = certificate;
  const [shape] = shapesIn(spaceOfOne(question.machine));
  if (!shape || shapeParameters.some((p) => shape.point[p] !== question.machine[p]))
    return { recomputed: 0, looks: 0, faults: ['its machine is none of the template'] };
  const machines = new ShapeMachines(spaceOfOne(question.machine), question.technology, shape);
  const faults: string[] = [];
  let looks = 0;
  for (const [v, { layer, resident }] of variants.entries()) {
    progress(v, variants.length);
    const claims = new Map<number, Claimed[]>();
    for (const [i, line] of lines.entries())
      for (const { taken, min } of nth(line.minima, v)) {
        // What costs nothing at least says nothing; beside all banks there is no room for a tile, and below that it is looked at.
        if (min === 0 || taken > question.machine.globalBanks) continue;
        const own = claims.get(taken) ?? [];
        claims.set(taken, own);
        own.push({
          ...shape.whole,
          weights: min === null ? nothing : { energy: line.energy, cycles: line.cycles, both: 0 },
          min: min === null ? Infinity : toNumber(product(rational(BigInt(min)), unitOf(line))),
          where: `line ${i}, ${nameOfVariant(certificate, v)} beside ${taken} banks that are taken`,
        });
      }
    for (const [taken, own] of claims) {
      const asked = { layer: besideImages(nth(question.layers, layer), resident, taken), limits: {} };
      const found = yield* refuted(machines, asked, question.padding, null, own);
      looks += found.looks;
      faults.push(...found.faults);
    }
  }
  progress(variants.length, variants.length);
  return { recomputed: minimaOf(certificate), looks, faults };
}

const nothing = { energy: 0, cycles: 0, both: 0 };

export function fullSchedule(
  certificate: ScheduleCertificate,
  progress: (done: number, total: number) => void = () => {},
): FullCheck {
  const steps = fullScheduleSteps(certificate, progress);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}
