// Law: within limits on energy, cycles and their product of every network co-design with schedules finds, within its gap, the best
// of all schedules of all machines that keep them; where there is none, that is proven, and how far the only limit is missed. Its
// bound is not above that, however early it is stopped. A limit that does not bind changes nothing; it is never worse than where
// nothing stays.

import { expect, test } from 'vitest';
import { defined, nth } from '../../src/base/invariant.js';
import { seeded } from '../../src/base/random.js';
import type { NetworkGraph } from '../../src/model/workload/network-graph.js';
import { codesign } from '../../src/tuner/codesign/codesign.js';
import type { CodesignRequest } from '../../src/tuner/codesign/codesign-request.js';
import {
  askedOf,
  drawn,
  found,
  hooks,
  kilobytes,
  leastOfAll,
  lenet,
  onEveryMachine,
  spaceOf,
} from '../support/codesign-schedules.js';
import { inLong } from '../support/cases.js';
import type { Least } from '../support/codesign-schedules.js';

const space = spaceOf({
  vectorSize: [8],
  columns: [1, 2],
  globalBuffer: kilobytes(2, 8, 16),
  weightBuffer: kilobytes(4, 32),
});
const objectives = ['edp', 'energy', 'latency'] as const;

/** Limits between what is least of each quantity and what it is where the other is least, some a little below. */
function limitsFrom(chance: ReturnType<typeof seeded>, quickest: Least, leanest: Least): CodesignRequest['limits'] {
  const at = (of: (l: Least) => readonly number[]) => {
    const worst = (l: Least) => Math.max(...of(l));
    const [a, b] = [worst(quickest), worst(leanest)].sort((x, y) => x - y) as [number, number];
    return a * 0.97 + (b - a * 0.97) * chance.next();
  };
  const which = chance.below(5);
  return {
    ...([0, 1, 3].includes(which) && { latency: Math.round(at((l) => l.cycles)) }),
    ...([2, 3].includes(which) && { energy: at((l) => l.energy) }),
    ...([1, 4].includes(which) && { edp: at((l) => l.energy.map((e, k) => e * nth(l.cycles, k))) }),
  };
}

const best = (all: readonly Least[]): Least => all.reduce((x, y) => (y.value < x.value ? y : x));

test.each([
  ['a drawn network', [drawn(15)], 1, inLong(5, 3)],
  ['a second', [drawn(27)], 2, inLong(5, 2)],
  ['lenet', [lenet()], 3, inLong(2, 1)],
  ['two networks', [drawn(15), drawn(18)], 4, inLong(2, 1)],
] as const)(
  'the best within limits of %s',
  { timeout: 600_000 },
  async (_, graphs: readonly NetworkGraph[], seed, cases) => {
    const chance = seeded(seed);
    const quickest = best(await onEveryMachine(askedOf(graphs, space, 'latency')));
    const leanest = best(await onEveryMachine(askedOf(graphs, space, 'energy')));
    for (let i = 0; i < cases; i++) {
      const limits = limitsFrom(chance, quickest, leanest);
      const objective = nth(objectives, i % objectives.length);
      const asked = askedOf(graphs, space, objective, { limits });
      const where = `${objective} within ${JSON.stringify(limits)}`;
      const least = (await onEveryMachine(asked)).reduce((min, { value }) => Math.min(min, value), Infinity);
      const { result, schedules } = await found(asked);
      expect(result.bound, where).toBeLessThanOrEqual(least * (1 + 1e-9));
      if (least === Infinity) {
        expect([result.status, result.best], where).toEqual(['infeasible', undefined]);
        expect(result.reason?.kind, where).toBe('limits');
        continue;
      }
      expect(result.status, where).toBe('optimal');
      const value = defined(result.best).objective;
      expect(value / least, where).toBeGreaterThanOrEqual(1 - 1e-9);
      expect(value / least, where).toBeLessThanOrEqual(1 + 1e-4);
      for (const { energy, cycles } of schedules) {
        expect(energy, where).toBeLessThanOrEqual(limits.energy ?? Infinity);
        expect(cycles, where).toBeLessThanOrEqual(limits.latency ?? Infinity);
        expect(defined(energy ?? undefined) * defined(cycles ?? undefined), where).toBeLessThanOrEqual(
          limits.edp ?? Infinity,
        );
      }
    }
  },
);

const few = spaceOf({ vectorSize: [8], columns: [1], globalBuffer: kilobytes(8, 16), weightBuffer: kilobytes(4, 32) });

test('the smallest machine that keeps limits, and the smallest of all', { timeout: 600_000 }, async () => {
  const graphs = [drawn(27)];
  const leanest = best(await onEveryMachine(askedOf(graphs, few, 'energy')));
  for (const limits of [{ energy: leanest.value * 1.0001 }, {}]) {
    const asked = askedOf(graphs, few, 'area', { limits });
    const least = await leastOfAll(asked);
    const { result, schedules } = await found(asked);
    expect([result.status, defined(result.best).objective / least]).toEqual(['optimal', 1]);
    expect(nth(schedules, 0).energy).toBeLessThanOrEqual(limits.energy ?? Infinity);
    expect(nth(schedules, 0).bound).toBeNull();
  }
});

test('a limit that does not bind changes nothing, however far it is', { timeout: 600_000 }, async () => {
  const of = async (limits: CodesignRequest['limits']) => {
    const { result } = await found(askedOf([drawn(27)], few, 'edp', { limits, gap: 1e-6 }));
    return defined(result.best).objective;
  };
  const free = await of({});
  for (const limits of [{ latency: 1e9 }, { energy: 1e9, edp: 1e15 }, { latency: Infinity, edp: Infinity }])
    expect((await of(limits)) / free).toBeCloseTo(1, 5);
});

test(
  'never worse than where nothing stays, and no bound above that however early it is stopped',
  { timeout: 600_000 },
  async () => {
    const graphs = [lenet()];
    const free = askedOf(graphs, few, 'energy');
    const alone = defined((await codesign(free.request, hooks())).best);
    const cycles = alone.layers.reduce(
      (n, { found: { evaluation }, counts }) => n + nth(counts, 0) * evaluation.cycles,
      0,
    );
    const asked = askedOf(graphs, few, 'energy', { limits: { latency: cycles } });
    const without = defined((await codesign(asked.request, hooks())).best).objective;
    const staying = defined((await found(asked)).result.best).objective;
    expect(staying).toBeLessThan(without);
    for (const timeLimit of [0.01, 0.1, 0.5, 1]) {
      const { result } = await found({ ...asked, request: { ...asked.request, timeLimit } });
      expect(result.bound).toBeLessThanOrEqual(staying * (1 + 1e-9));
      expect(result.best?.objective ?? Infinity).toBeGreaterThanOrEqual(staying * (1 - 1e-9));
    }
  },
);
