// The schedule that a certificate names: a route of the network, images side by side in their banks, legal mappings, and what it
// costs at most, by the cost model; what lines say of its steps is held against that.

import { nth } from '../../base/invariant.js';
import type { Rational } from '../../base/rational.js';
import { compare, exactly, plus, product, rational } from '../../base/rational.js';
import { lowerTemplate } from '../../model/machine/template.js';
import { besideImages, residentTensors } from '../../model/workload/resident.js';
import type { MappingCost } from '../witness.js';
import { costOfMapping } from '../witness.js';
import { leastOf } from './potentials.js';
import type { ScheduleCertificate, ScheduleWitness } from './schedule-certificate.js';
import { nameOfVariant, unitOf, weightsOf } from './schedule-lines.js';

export interface ScheduleWitnessed {
  /** The objective, rounded up; undefined where something does not hold. */
  readonly value: Rational | undefined;
  readonly faults: readonly string[];
}

export function scheduleWitnessed(certificate: ScheduleCertificate, witness: ScheduleWitness): ScheduleWitnessed {
  const { question, variants, lines } = certificate;
  const { machine, technology, layers, runs, tensors, stretches, end, objective, limits } = question;
  const none = (fault: string): ScheduleWitnessed => ({ value: undefined, faults: [fault] });
  const route = witness.route.map((r) => nth(stretches, r));
  const ends = route.map(({ upTo }) => upTo);
  if (route.some(({ from }, i) => from !== (i === 0 ? 0 : ends[i - 1])) || ends.at(-1) !== end)
    return none('the stretches of the witness do not lead from the beginning of the network to its end');
  const steps = route.flatMap((s) => s.steps);
  if (steps.length !== witness.mappings.length)
    return none(`the witness has ${witness.mappings.length} mappings for ${steps.length} steps`);
  const architectures = lowerTemplate(machine, technology);
  const banks = new Map(witness.stays.map(({ tensor, bank }) => [tensor, bank]));
  const alive = new Set<number>();
  const faults: string[] = [];
  const costs: MappingCost[] = [];
  for (const [i, { run, operands, begun, ended, barred = [] }] of steps.entries()) {
    for (const t of begun) if (banks.has(t)) alive.add(t);
    const { layer, roles } = nth(runs, run);
    if (barred.some((t) => alive.has(t))) faults.push(`a tensor stays where step ${i} of the witness allows none`);
    if (operands.some((t) => banks.has(t) && !alive.has(t)))
      faults.push(`step ${i} of the witness finds a tensor not there`);
    const images = [...alive].map((t) => ({ from: banks.get(t) ?? 0, banks: nth(tensors, t).banks }));
    const meet = images.some(
      (a, k) =>
        a.from + a.banks > machine.globalBanks ||
        images.some((b, n) => n !== k && a.from < b.from + b.banks && b.from < a.from + a.banks),
    );
    if (meet) faults.push(`images do not lie side by side in the global buffer at step ${i} of the witness`);
    const taken = images.reduce((sum, image) => sum + image.banks, 0);
    const resident = residentTensors.filter((t) => roles.some((role, k) => role === t && alive.has(operands[k] ?? -1)));
    const cost = costOfMapping(architectures, besideImages(nth(layers, layer), resident, taken), witness.mappings[i]);
    if (typeof cost === 'string') faults.push(cost);
    else {
      costs.push(cost);
      const variant = variants.findIndex((v) => v.layer === layer && v.resident.join() === resident.join());
      for (const line of lines) {
        const least = variant < 0 ? 0 : leastOf(line, variant, taken);
        const { energy, cycles } = weightsOf(line);
        const own = plus(product(energy, cost.high), product(cycles, cost.cycles));
        if (least === undefined || compare(product(rational(BigInt(least)), unitOf(line)), own) > 0)
          faults.push(
            `${nameOfVariant(certificate, variant)} costs less in the witness than a line says it does at least`,
          );
      }
    }
    for (const t of ended) alive.delete(t);
  }
  if (alive.size > 0) faults.push('a tensor of the witness outlives the network');
  if (faults.length > 0) return { value: undefined, faults };
  const sum = (of: (c: MappingCost) => Rational) => costs.reduce((total, c) => plus(total, of(c)), rational(0n));
  const [low, high, cycles] = [sum((c) => c.low), sum((c) => c.high), sum((c) => c.cycles)];
  const amounts = {
    energy: [low, high],
    latency: [cycles, cycles],
    edp: [product(low, cycles), product(high, cycles)],
  } as const;
  for (const q of ['energy', 'latency', 'edp'] as const) {
    const limit = limits[q];
    if (limit !== undefined && compare(amounts[q][0], exactly(limit)) > 0)
      faults.push(`the witness exceeds the limit on ${q}`);
  }
  return { value: faults.length > 0 ? undefined : amounts[objective][1], faults };
}
