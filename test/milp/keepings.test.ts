// Law: branch and bound over what levels keep finds the minimum of all ways, whatever parts cost, and says what it has not settled.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { KeepingSearch } from '../../src/milp/keepings.js';
import { overKeepings } from '../../src/milp/keepings.js';
import type { OuterResult } from '../../src/milp/outer.js';
import type { Architecture } from '../../src/model/machine/architecture.js';
import { countKeepings, keeping, openKeeps } from '../../src/model/machine/keeping.js';
import type { Tensor } from '../../src/model/workload/layer.js';
import { tensors } from '../../src/model/workload/layer.js';
import { smallTask } from '../support/small.js';

/** Three levels; the inner two leave everything open. */
const [some] = fc.sample(smallTask, { seed: 1, numRuns: 1 });
const level = some!.architectures[0]!.levels[0]!;
const machine: Architecture = {
  ...some!.architectures[0]!,
  levels: [0, 1, 2].map((i) => ({
    ...level,
    name: `L${i}`,
    keeps: [...tensors],
    ...(i > 0 && { open: [...tensors] }),
  })),
};

const keptBy = (a: Architecture, t: Tensor) => a.levels.map((l) => (l.keeps.includes(t) ? 1 : 0)).join('');
const results = { rounds: 1, nodes: 1, columns: 1, rows: 1, reason: undefined };

/** What ways cost: a part for each tensor, and something for pairs that get in each other's way. */
interface Costs {
  readonly parts: readonly number[];
  readonly loose: number;
}
const costs = fc.record<Costs>({
  parts: fc.array(fc.oneof(fc.integer({ min: 1, max: 100 }), fc.constant(Infinity)), { minLength: 12, maxLength: 12 }),
  loose: fc.double({ min: 0.3, max: 1, noNaN: true }),
});
const costOf = ({ parts }: Costs, a: Architecture, t: Tensor): number =>
  parts[4 * tensors.indexOf(t) + parseInt(keptBy(a, t).slice(1), 2)]!;
const clash = (a: Architecture, [one, other]: readonly Tensor[]) =>
  one && other && keptBy(a, one) === keptBy(a, other) ? 30 : 0;
const pairsOf = (only: readonly Tensor[]) => only.flatMap((t, i) => only.slice(i + 1).map((u) => [t, u]));
const whole = (c: Costs, a: Architecture): number =>
  tensors.reduce((n, t) => n + costOf(c, a, t), 0) + pairsOf(tensors).reduce((n, pair) => n + clash(a, pair), 0);

function search(c: Costs, adds: boolean, looks: number): { readonly s: KeepingSearch; settled(): number } {
  const valueOf = (a: Architecture) => (adds ? whole(c, a) : Math.max(...tensors.map((t) => costOf(c, a, t))));
  let [best, settled, left] = [Infinity, 0, looks];
  const s: KeepingSearch = {
    gap: 1e-9,
    adds,
    over: () => left <= 0,
    best: () => best,
    relaxed(a, only) {
      left--;
      const own = only.map((t) => costOf(c, a, t));
      return Promise.resolve(
        c.loose *
          (adds
            ? own.reduce((n, x) => n + x, 0) + pairsOf(only).reduce((n, pair) => n + clash(a, pair), 0)
            : Math.max(...own)),
      );
    },
    settle(a): Promise<OuterResult> {
      expect(openKeeps(a)).toEqual([]);
      settled++;
      left--;
      const value = valueOf(a);
      best = Math.min(best, value);
      return Promise.resolve({
        ...results,
        status: value === Infinity ? 'infeasible' : 'closed',
        best,
        bound: Math.min(best, value),
      });
    },
    progress: () => undefined,
  };
  return { s, settled: () => settled };
}

describe('over all ways to keep', () => {
  const all = Array.from({ length: countKeepings(machine) }, (_, n) => keeping(machine, n));

  test.each([true, false])('the least is found, and few are settled (parts add up: %s)', async (adds) => {
    let [settled, ways] = [0, 0];
    for (const c of fc.sample(costs, { seed: 3, numRuns: 200 })) {
      const min = Math.min(...all.map((a) => (adds ? whole(c, a) : Math.max(...tensors.map((t) => costOf(c, a, t))))));
      const run = search(c, adds, Infinity);
      const found = await overKeepings(machine, run.s);
      expect([found.status, found.best, found.bound]).toEqual(
        min === Infinity ? ['infeasible', Infinity, Infinity] : ['closed', min, expect.closeTo(min, 6)],
      );
      settled += run.settled();
      ways += all.length;
    }
    expect(settled).toBeLessThan(ways / 2);
  });

  test('stopped anywhere, its bound is one', async () => {
    for (const [i, c] of fc.sample(costs, { seed: 4, numRuns: 200 }).entries()) {
      const min = Math.min(...all.map((a) => whole(c, a)));
      const found = await overKeepings(machine, search(c, true, i % 60).s);
      expect(found.bound).toBeLessThanOrEqual(min * (1 + 1e-12));
      if (found.status === 'stopped') expect(found.reason).toEqual({ kind: 'time-limit' });
      if (found.status === 'closed') expect(found.best).toBe(min);
      if (found.status === 'infeasible') expect(min).toBe(Infinity);
    }
  });
});
