// Ways through a network: its steps one after the other, and stretches of it for which other steps may stand, such as a chain in
// bands of rows. A route takes stretches end to end.

import { got, nth } from '../../base/invariant.js';
import type { Keepable, ResidencyProblem } from './residency.js';

/** A step as it stands in a stretch; tensors by number. */
export interface StretchStep {
  /** Its number among all steps. */
  readonly step: number;
  /** Tensors that it reads or makes and that may stay. */
  readonly operands: readonly number[];
  /** Tensors that live from this step on, and up to it. */
  readonly begun: readonly number[];
  readonly ended: readonly number[];
  /** Tensors that cannot stay in this stretch. */
  readonly barred?: readonly number[];
}

export interface Stretch {
  /** Places between the steps of the network: before its first one is 0. */
  readonly from: number;
  readonly upTo: number;
  readonly steps: readonly StretchStep[];
}

export interface Routes {
  readonly banks: number;
  /** Of all stretches. */
  readonly tensors: readonly Pick<Keepable, 'name' | 'banks'>[];
  /** Where routes end. */
  readonly end: number;
  readonly stretches: readonly Stretch[];
}

/** Tensors and stretches beside those of a network itself. */
export interface Detours {
  /** Numbered behind those of the network. */
  readonly tensors: readonly Pick<Keepable, 'name' | 'banks'>[];
  readonly stretches: readonly Stretch[];
}

export const noDetours: Detours = { tensors: [], stretches: [] };

/** A stretch for each step of a network, then those of its detours. */
export function routesOf({ banks, tensors, operands }: ResidencyProblem, detours: Detours): Routes {
  const at = (step: number, end: 'from' | 'upTo') => tensors.flatMap((t, i) => (t[end] === step ? [i] : []));
  const single = operands.map((own, step): Stretch => {
    const only = { step, operands: own, begun: at(step, 'from'), ended: at(step, 'upTo') };
    return { from: step, upTo: step + 1, steps: [only] };
  });
  return {
    banks,
    tensors: [...tensors, ...detours.tensors],
    end: operands.length,
    stretches: [...single, ...detours.stretches],
  };
}

/** The steps of a route as a problem of their own, with the number that each of its tensors has among all. */
export function problemOf(
  { banks, tensors }: Pick<Routes, 'banks' | 'tensors'>,
  route: readonly Stretch[],
): { readonly problem: ResidencyProblem; readonly tensors: readonly number[] } {
  const steps = route.flatMap((s) => s.steps);
  const lives = new Map<number, { from: number; upTo: number }>();
  for (const [at, { begun, ended }] of steps.entries()) {
    for (const t of begun) lives.set(t, { from: at, upTo: at });
    for (const t of ended) lives.set(t, { from: lives.get(t)?.from ?? 0, upTo: at });
  }
  const barred = new Set(steps.flatMap((s) => s.barred ?? []));
  const own = [...lives.keys()].filter((t) => !barred.has(t)).toSorted((a, b) => a - b);
  const places = new Map(own.map((t, i) => [t, i]));
  return {
    problem: {
      banks,
      tensors: own.map((t) => ({ ...nth(tensors, t), ...got(lives, t) })),
      operands: steps.map((s) => s.operands.flatMap((t) => places.get(t) ?? [])),
    },
    tensors: own,
  };
}

/** In how many ways stretches stand end to end. */
export function countRoutes({ end, stretches }: Pick<Routes, 'end' | 'stretches'>): bigint {
  const counts = Array.from({ length: end + 1 }, () => 0n);
  counts[0] = 1n;
  for (let at = 0; at < end; at++)
    for (const { from, upTo } of stretches) if (from === at) counts[upTo] = nth(counts, upTo) + nth(counts, at);
  return nth(counts, end);
}

/** The least sum of something that every step has, over all routes. */
export function leastOver({ end, stretches }: Pick<Routes, 'end' | 'stretches'>, of: (step: number) => number): number {
  const least = Array.from({ length: end + 1 }, () => Infinity);
  least[0] = 0;
  for (let at = 0; at < end; at++)
    for (const { from, upTo, steps } of stretches) {
      if (from !== at) continue;
      const sum = steps.reduce((n, { step }) => n + of(step), nth(least, at));
      least[upTo] = Math.min(nth(least, upTo), sum);
    }
  return nth(least, end);
}
