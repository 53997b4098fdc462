// Whether the potentials of a line hold: every way to take every step from every state, enumerated from the question alone, and no
// step cheaper than its potential falls. In whole numbers.

import { nth } from '../../base/invariant.js';
import type {
  CertifiedStep,
  ScheduleAsked,
  ScheduleCertificate,
  ScheduleLine,
  StatePoint,
} from './schedule-certificate.js';
import { residentTensors } from '../../model/workload/resident.js';

/** A step from one state to another, beside so many banks that are taken. */
export interface Transition {
  readonly from: number;
  readonly to: number;
  readonly variant: number;
  readonly taken: number;
}

export interface Transitions {
  readonly all: readonly Transition[];
  /** States behind the last step. */
  readonly ends: readonly number[];
  readonly faults: readonly string[];
}

const keyOf = ({ at, within, kept }: StatePoint): string =>
  `${at} ${within ? `${within.stretch}.${within.steps}` : ''} ${kept.join()}`;

/** Steps for which some line knows of a mapping; what they lead to must be a state of the certificate. */
export function transitionsOf({ question, variants, states, lines }: ScheduleCertificate): Transitions {
  const { runs, stretches, end } = question;
  const faults: string[] = [];
  const numbers = new Map(states.map((s, i) => [keyOf(s), i]));
  const kinds = new Map(variants.map(({ layer, resident }, i) => [`${layer} ${resident.join()}`, i]));
  const all: Transition[] = [];
  const places = Array.from({ length: end + 1 }, () => new Set<number>());
  const first = numbers.get(keyOf({ at: 0, kept: [] }));
  if (first !== 0) faults.push('its first state is not where the network begins');
  nth(places, 0).add(0);
  const take = (
    from: number,
    { run, ...step }: CertifiedStep,
    where: Omit<StatePoint, 'kept'>,
    into: Set<number>,
  ): void => {
    const { layer, roles } = nth(runs, run);
    for (const { kept, taken, left } of beside(question, step, nth(states, from).kept)) {
      const resident = residentTensors.filter((t) => roles.some((role, i) => role === t && kept[i]));
      const variant = kinds.get(`${layer} ${resident.join()}`);
      // Of what nothing is said nothing is known to be impossible: it may be had for nothing.
      if (variant === undefined) {
        faults.push(
          `nothing is said of ${nth(question.layers, layer).name} with ${resident.join(' and ') || 'nothing'} there`,
        );
        return;
      }
      if (lines.every((line) => leastOf(line, variant, taken) === undefined)) continue;
      const point = { ...where, kept: left };
      const to = numbers.get(keyOf(point));
      if (to === undefined) {
        faults.push(
          `it lacks the state at ${where.at} with ${left.map((t) => nth(question.tensors, t).name).join(' and ')}`,
        );
        return;
      }
      all.push({ from, to, variant, taken });
      into.add(to);
    }
  };
  for (let at = 0; at < end && faults.length === 0; at++)
    for (const [number, { from, upTo, steps }] of stretches.entries()) {
      if (from !== at) continue;
      let reached = nth(places, at);
      for (const [i, step] of steps.entries()) {
        const isLast = i === steps.length - 1;
        const into = isLast ? nth(places, upTo) : new Set<number>();
        const where = isLast ? { at: upTo } : { at, within: { stretch: number, steps: i + 1 } };
        for (const state of reached) take(state, step, where, into);
        reached = into;
      }
    }
  return { all, ends: [...nth(places, end)], faults };
}

/** Every choice of which tensors that live from a step on stay, beside those that do already. */
function* beside(
  { tensors, machine }: ScheduleAsked,
  { operands, begun, ended, barred = [] }: Omit<CertifiedStep, 'run'>,
  before: readonly number[],
): Iterable<{ readonly kept: readonly boolean[]; readonly taken: number; readonly left: readonly number[] }> {
  if (before.some((t) => barred.includes(t))) return;
  const may = begun.filter((t) => !barred.includes(t));
  for (let choice = 0; choice < 2 ** may.length; choice++) {
    const stay = [...before, ...may.filter((_, i) => Math.floor(choice / 2 ** i) % 2 === 1)];
    const taken = stay.reduce((sum, t) => sum + nth(tensors, t).banks, 0);
    if (taken > machine.globalBanks) continue;
    const left = stay.filter((t) => !ended.includes(t)).toSorted((a, b) => a - b);
    yield { kept: operands.map((t) => stay.includes(t)), taken, left };
  }
}

/** What a variant costs at least beside so many banks that are taken: as with fewer, or more; undefined where it has no mapping. */
export function leastOf({ minima }: ScheduleLine, variant: number, taken: number): number | undefined {
  let least = 0;
  for (const own of nth(minima, variant)) {
    if (own.taken > taken) continue;
    if (own.min === null) return undefined;
    least = Math.max(least, own.min);
  }
  return least;
}

/** The sum of a line, in its units: undefined where no schedule exists at all. What does not hold is told. */
export function sumOfLine(
  line: ScheduleLine,
  { all, ends }: Transitions,
): { readonly sum: bigint | undefined; readonly fault: string | undefined } {
  const potentials = line.potentials.map((p) => (p === null ? undefined : BigInt(p)));
  const fault = (what: string) => ({ sum: 0n, fault: what });
  if (ends.some((end) => potentials[end] !== 0n)) return fault('behind the last step nothing is to come');
  for (const { from, to, variant, taken } of all) {
    const ahead = potentials[to];
    const least = leastOf(line, variant, taken);
    if (least === undefined || ahead === undefined) continue;
    const own = potentials[from];
    if (own === undefined || own > BigInt(least) + ahead)
      return fault(`state ${from} is said to have more ahead of it than a step to state ${to} and what follows`);
  }
  return { sum: potentials[0], fault: undefined };
}
