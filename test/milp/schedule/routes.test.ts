// Routes: the cheapest way through a network, with detours that have tensors of their own, is the best of all routes and all
// residencies, each looked at; routes are counted as they are listed.

import { describe, expect, it } from 'vitest';
import { nth } from '../../../src/base/invariant.js';
import type { Random } from '../../../src/base/random.js';
import { seeded } from '../../../src/base/random.js';
import type { Residency, ResidencyProblem, StepState } from '../../../src/milp/schedule/residency.js';
import { statesOf } from '../../../src/milp/schedule/residency.js';
import type { Detours, Routes, Stretch } from '../../../src/milp/schedule/routes.js';
import { countRoutes, leastOver, noDetours, problemOf, routesOf } from '../../../src/milp/schedule/routes.js';
import { cheapestRoute } from '../../support/cheapest-route.js';

/** A chain of steps, and stretches of it that have two or three steps for each of theirs, with a tensor between them. */
function drawn(random: Random): { readonly problem: ResidencyProblem; readonly detours: Detours } {
  const banks = 3 + random.below(6);
  const steps = 3 + random.below(3);
  const tensors = Array.from({ length: steps - 1 }, (_, from) => ({
    name: `t${from}`,
    banks: 1 + random.below(4),
    from,
    upTo: from + 1 + random.below(Math.min(2, steps - 1 - from)),
  }));
  const touched = (step: number) => tensors.flatMap((t, i) => (t.from === step || t.upTo === step ? [i] : []));
  const problem = { banks, tensors, operands: Array.from({ length: steps }, (_, step) => touched(step)) };
  const inner: { name: string; banks: number }[] = [];
  let numbers = steps;
  const isClosed = (from: number) => tensors.every((t) => t.from !== from || t.upTo === from + 1);
  const starts = Array.from({ length: steps - 1 }, (_, from) => from).filter(isClosed);
  const stretches = Array.from({ length: 1 + random.below(3) }, (): readonly Stretch[] => {
    if (starts.length === 0) return [];
    const from = random.pick(starts);
    const upTo = from + 2;
    const bands = 1 + random.below(2);
    // What lives longer than the stretch, or from before it, does so through all of its steps.
    const begun = tensors.flatMap((t, i) => (t.from === upTo - 1 ? [i] : []));
    const ended = tensors.flatMap((t, i) => (t.from < from && t.upTo >= from && t.upTo < upTo ? [i] : []));
    const barred = ended.length > 0 && random.below(4) === 0 ? ended.slice(0, 1) : [];
    const list = Array.from({ length: bands }, (_, band) => {
      const part = tensors.length + inner.length;
      inner.push({ name: `p${part}`, banks: 1 + random.below(2) });
      const [isFirst, isLast] = [band === 0, band === bands - 1];
      return [
        { step: numbers++, operands: [...ended, part], begun: [part], ended: isLast ? ended : [], barred },
        { step: numbers++, operands: [part, ...begun], begun: isFirst ? begun : [], ended: [part], barred },
      ];
    });
    return [{ from, upTo, steps: list.flat() }];
  }).flat();
  return { problem, detours: { tensors: inner, stretches } };
}

function everyRoute({ end, stretches }: Routes, at = 0): readonly (readonly Stretch[])[] {
  if (at === end) return [[]];
  return stretches.flatMap((s) =>
    s.from === at ? everyRoute({ end, stretches } as Routes, s.upTo).map((r) => [s, ...r]) : [],
  );
}

const every = (n: number): Residency[] =>
  Array.from({ length: 2 ** n }, (_, bits) => Array.from({ length: n }, (_u, i) => ((bits >> i) & 1) === 1));

/** Some cost of a state, the same whenever it is asked for: less where more stays, more where fewer banks are free. */
const priced =
  (seed: number) =>
  ({ step, kept, free }: StepState): number => {
    const need = kept.filter((k) => !k).length;
    if (free < need) return Infinity;
    const chance = seeded(1000 * seed + 7 * step + kept.reduce((n, k, i) => n + (k ? 2 ** i : 0), 0));
    return (1 + chance.below(40)) / (1 + kept.filter((k) => k).length) + 1 / (1 + free);
  };

/** What a route costs under a residency of all tensors; +Infinity where there is no room for it. */
function along(
  routes: Routes,
  route: readonly Stretch[],
  residency: Residency,
  costOf: (state: StepState) => number,
): number {
  const { problem, tensors } = problemOf(routes, route);
  const steps = route.flatMap((s) => s.steps);
  const states = statesOf(
    problem,
    tensors.map((t) => residency[t] ?? false),
  );
  // What cannot stay there is an operand nevertheless.
  return (states ?? []).reduce(
    (sum, { step: at, free }) => {
      const { step, operands } = nth(steps, at);
      return sum + costOf({ step, kept: operands.map((t) => residency[t] ?? false), free });
    },
    states ? 0 : Infinity,
  );
}

describe('the cheapest route', () => {
  it('is the best of all routes and residencies', () => {
    const seen = { detours: 0, parts: 0, barred: 0 };
    for (let seed = 1; seed <= 150; seed++) {
      const { problem, detours } = drawn(seeded(seed));
      const routes = routesOf(problem, detours);
      const costOf = priced(seed);
      let min = Infinity;
      const all = everyRoute(routes);
      for (const route of all) {
        const { tensors } = problemOf(routes, route);
        for (const own of every(tensors.length)) {
          const staying = new Set(tensors.filter((_, i) => own[i]));
          const residency = routes.tensors.map((_, t) => staying.has(t));
          min = Math.min(min, along(routes, route, residency, costOf));
        }
      }
      const found = cheapestRoute(routes, costOf);
      expect([seed, found?.cost ?? Infinity]).toEqual([seed, expect.closeTo(min, 9)]);
      expect(countRoutes(routes)).toBe(BigInt(all.length));
      const sums = all.map((r) => r.reduce((n, s) => n + s.steps.reduce((m, { step }) => m + (step % 5), 0), 0));
      expect(leastOver(routes, (step) => step % 5)).toBe(Math.min(...sums));
      if (!found) continue;
      expect(along(routes, found.route, found.residency, costOf)).toBeCloseTo(found.cost, 9);
      const plain = cheapestRoute(routesOf(problem, noDetours), costOf)?.cost ?? Infinity;
      expect(found.cost).toBeLessThanOrEqual(plain);
      if (found.route.some((s) => detours.stretches.includes(s))) seen.detours++;
      if (found.residency.slice(problem.tensors.length).includes(true)) seen.parts++;
      if (found.route.some((s) => s.steps.some((x) => (x.barred ?? []).length > 0))) seen.barred++;
    }
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(3);
  });
});
