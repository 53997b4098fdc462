// The cheapest residency: dynamic programming, HiGHS and a look at all residencies agree; placements are side by side, and
// missing only where no way of putting the regions is left.

import { describe, expect, it } from 'vitest';
import { nth } from '../../../src/base/invariant.js';
import type { Random } from '../../../src/base/random.js';
import { seeded } from '../../../src/base/random.js';
import { highs } from '../../../src/milp/highs.js';
import type { HasRoom, Image } from '../../../src/milp/schedule/placement.js';
import { place } from '../../../src/milp/schedule/placement.js';
import type { Residency, ResidencyProblem } from '../../../src/milp/schedule/residency.js';
import { statesOf } from '../../../src/milp/schedule/residency.js';
import { cheapestResidency } from '../../support/cheapest-route.js';
import type { StepChoice } from '../../support/residency-program.js';
import { cheapest, residencyProgram } from '../../support/residency-program.js';

interface Drawn {
  readonly problem: ResidencyProblem;
  readonly choices: readonly (readonly StepChoice[])[];
}

/** A chain of steps with branches; each step can do without the buffer, most with some of their operands in it. */
function drawn(random: Random): Drawn {
  const banks = 2 + random.below(7);
  const steps = 2 + random.below(5);
  const tensors = Array.from({ length: steps - 1 }, (_, from) => ({
    name: `t${from}`,
    banks: 1 + random.below(4),
    from,
    upTo: from + 1 + random.below(Math.min(3, steps - 1 - from)),
  }));
  const operands = Array.from({ length: steps }, (_, step) =>
    tensors.flatMap((t, i) =>
      t.from === step || t.upTo === step || (t.from < step && t.upTo > step && random.below(2)) ? [i] : [],
    ),
  );
  const choices = operands.map((own): StepChoice[] => {
    const all = own.reduce<boolean[][]>(
      (sets, _) =>
        sets.flatMap((s) => [
          [...s, false],
          [...s, true],
        ]),
      [[]],
    );
    return all.flatMap((kept) => {
      if (kept.some((k) => k) && random.below(5) === 0) return [];
      return Array.from({ length: 1 + random.below(3) }, () => ({
        kept,
        banks: kept.every((k) => k) ? random.below(2) : random.below(3),
        cost: 1 + random.below(50) / (1 + kept.filter((k) => k).length),
      }));
    });
  });
  return { problem: { banks, tensors, operands }, choices };
}

const costOf = ({ problem, choices }: Drawn, residency: Residency): number =>
  statesOf(problem, residency)?.reduce((sum, s) => sum + cheapest(nth(choices, s.step), s), 0) ?? Infinity;

const every = (n: number): Residency[] =>
  Array.from({ length: 2 ** n }, (_, bits) => Array.from({ length: n }, (_u, i) => ((bits >> i) & 1) === 1));

describe('the cheapest residency', () => {
  it('is that of all residencies, by dynamic programming and by HiGHS', async () => {
    const random = seeded(18);
    let keeping = 0;
    for (let n = 0; n < 60; n++) {
      const own = drawn(random);
      const min = Math.min(...every(own.problem.tensors.length).map((r) => costOf(own, r)));
      const found = cheapestResidency(own.problem, (s) => cheapest(nth(own.choices, s.step), s));
      expect(found?.cost ?? Infinity).toBeCloseTo(min, 9);
      if (found) expect(costOf(own, found.residency)).toBeCloseTo(min, 9);
      const solved = await highs.solve(residencyProgram(own.problem, own.choices), { timeLimit: 10, gap: 0 });
      if (min === Infinity) expect(solved.status).toBe('infeasible');
      else expect(solved.status === 'optimal' && solved.objective).toBeCloseTo(min, 6);
      if (found?.residency.includes(true)) keeping++;
    }
    expect(keeping).toBeGreaterThan(20);
  });

  it('is no worse with more banks, and without any keeps nothing', () => {
    const random = seeded(19);
    for (let n = 0; n < 100; n++) {
      const own = drawn(random);
      const at = (banks: number) =>
        cheapestResidency({ ...own.problem, banks }, (s) => cheapest(nth(own.choices, s.step), s));
      const costs = Array.from({ length: 12 }, (_, banks) => at(banks)?.cost ?? Infinity);
      for (let banks = 1; banks < costs.length; banks++)
        expect(nth(costs, banks)).toBeLessThanOrEqual(nth(costs, banks - 1));
      expect(at(0)?.residency.includes(true) ?? false).toBe(false);
    }
  });

  it('keeps to what is fixed', () => {
    const random = seeded(20);
    for (let n = 0; n < 60; n++) {
      const own = drawn(random);
      const t = random.below(own.problem.tensors.length);
      const stays = random.below(2) === 1;
      const min = Math.min(
        ...every(own.problem.tensors.length)
          .filter((r) => r[t] === stays)
          .map((r) => costOf(own, r)),
      );
      const found = cheapestResidency(own.problem, (s) => cheapest(nth(own.choices, s.step), s), new Map([[t, stays]]));
      expect(found?.cost ?? Infinity).toBeCloseTo(min, 9);
      if (found) expect(found.residency[t]).toBe(stays);
    }
  });
});

describe('placements', () => {
  const meet = (a: Image, b: Image) => a.from <= b.upTo && b.from <= a.upTo;
  const steps = 7;
  const freeAt = (banks: number, images: readonly Image[], bases: readonly number[], step: number) =>
    Array.from({ length: banks }, (_, bank) =>
      images.every((r, i) => step < r.from || step > r.upTo || bank < nth(bases, i) || bank >= nth(bases, i) + r.banks),
    );
  const isSound = (banks: number, images: readonly Image[], bases: readonly number[], hasRoom: HasRoom) =>
    images.every(
      (r, i) =>
        nth(bases, i) + r.banks <= banks &&
        images.every(
          (o, j) =>
            i === j ||
            !meet(r, o) ||
            nth(bases, i) + r.banks <= nth(bases, j) ||
            nth(bases, j) + o.banks <= nth(bases, i),
        ),
    ) && Array.from({ length: steps }, (_, step) => hasRoom(step, freeAt(banks, images, bases, step))).every(Boolean);

  it('are side by side with room for tiles, and found wherever there is one', () => {
    const random = seeded(21);
    let [found, none, gaps] = [0, 0, 0];
    for (let n = 0; n < 200; n++) {
      const banks = 3 + random.below(3);
      const images = Array.from({ length: 1 + random.below(4) }, (): Image => {
        const from = random.below(4);
        return { banks: 1 + random.below(2), from, upTo: from + random.below(4) };
      });
      // Tiles that want so many banks side by side.
      const wanted = Array.from({ length: steps }, () => random.below(3));
      const hasRoom: HasRoom = (step, free) =>
        free.some(
          (_, bank) => bank + nth(wanted, step) <= banks && free.slice(bank, bank + nth(wanted, step)).every(Boolean),
        ) || nth(wanted, step) === 0;
      const bases = place(banks, steps, images, hasRoom);
      const all = images.reduce<number[][]>(
        (lists) => lists.flatMap((l) => Array.from({ length: banks }, (_, base) => [...l, base])),
        [[]],
      );
      expect(bases !== undefined).toBe(all.some((list) => isSound(banks, images, list, hasRoom)));
      if (bases === undefined) {
        none++;
        if (all.some((list) => isSound(banks, images, list, () => true))) gaps++;
      } else {
        expect(bases !== 'unknown' && isSound(banks, images, bases, hasRoom)).toBe(true);
        found++;
      }
    }
    expect(found).toBeGreaterThan(40);
    expect(none).toBeGreaterThan(40);
    // Images that fit, without a gap for the tiles.
    expect(gaps).toBeGreaterThan(10);
  });

  it('give up where there is too much to keep in mind', () => {
    const images = Array.from({ length: 6 }, (): Image => ({ banks: 1, from: 0, upTo: 1 }));
    expect(place(12, 2, images, () => true)).toBe('unknown');
  });
});
