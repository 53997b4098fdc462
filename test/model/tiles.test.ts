// Cycles of tiles in closed form against walking every step with counters and flags; engines by hand.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seeded } from '../../src/base/random.js';
import type { Engine } from '../../src/model/machine/architecture.js';
import { engines } from '../../src/model/machine/architecture.js';
import { evaluate } from '../../src/model/cost/evaluate.js';
import { breaches } from '../../src/model/mapping/legality.js';
import { stepKinds } from '../../src/model/cost/nest-steps.js';
import { space } from '../../src/search/mapping/point.js';
import { casesOf, seedFrom } from '../support/cases.js';
import { tiledTask } from '../support/small.js';
import { loweredFrom } from '../../src/model/machine/template.js';
import { walk } from '../support/steps.js';

const seed = seedFrom(20191104);
const cases = casesOf('model/tiles');

describe('kinds of steps', () => {
  /** Advances of a counter, one after the other. */
  const advances = (bounds: readonly number[]) => {
    const tiles = bounds.reduce((n, b) => n * b, 1);
    return Array.from({ length: tiles - 1 }, (_, j) => {
      let [x, rest] = [0, j + 1];
      while (rest % bounds[x]! === 0) rest /= bounds[x++]!;
      return x;
    });
  };

  test('are those of a counter that runs', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 2, max: 4 }), { maxLength: 4 }), (bounds) => {
        const a = [Infinity, ...advances(bounds), Infinity];
        const n = a.length - 1;
        const tally = new Map<string, number>();
        const add = (parts: readonly unknown[], count: number) =>
          tally.set(parts.join(' '), (tally.get(parts.join(' ')) ?? 0) + count);
        const working = (from: number | undefined, to: number | undefined) =>
          from === undefined ? ['none'] : [from, to];
        for (let j = 0; j <= n + 1; j++)
          add(
            [
              j < n ? a[j] : -1,
              ...(j >= 1 && j <= n ? working(a[j - 1], a[j]) : working(undefined, undefined)),
              j >= 2 ? a[j - 1] : -1,
            ],
            1,
          );
        for (const { enter, work, leave, count } of stepKinds(bounds))
          add([enter, ...working(work?.from, work?.to), leave], -count);
        expect([...tally.values()].every((v) => v === 0)).toBe(true);
      }),
      { seed: 1, numRuns: 300 },
    );
  });
});

describe('cycles', () => {
  test('are those of walking step by step, and engines run as often', { timeout: 120_000 }, () => {
    let compared = 0;
    const seen = new Set<string>();
    for (const [i, task] of fc.sample(tiledTask, { seed, numRuns: cases }).entries()) {
      const chance = seeded(seed + i);
      const from = task.architectures.map((_, k) => space(task, k));
      for (let tries = 0; tries < 40; tries++) {
        const k = chance.below(from.length);
        const [made, mapping] = [task.architectures[k]!, from[k]!.decode(from[k]!.random(chance))];
        const slower = Object.fromEntries(engines.map((x) => [x, chance.pick([0, 0, 5, 30, 200])])) as Record<
          Engine,
          number
        >;
        const latency = Object.fromEntries(engines.map((x) => [x, made.tiling!.latency[x] + slower[x]])) as Record<
          Engine,
          number
        >;
        const a = { ...made, tiling: { ...made.tiling!, latency } };
        if (breaches(a, task.layer, mapping, task.conventions).length > 0) continue;
        const e = evaluate(a, task.layer, mapping, task.conventions);
        const walked = walk(a, task.layer, mapping, slower, loweredFrom(task.architectures)!.template);
        expect(e.cycles, JSON.stringify({ mapping, layer: task.layer })).toBe(walked.cycles);
        for (const engine of engines) expect(e.tiles!.engines[engine].runs, engine).toBe(walked.runs[engine]);
        seen.add(engines.map((x) => Math.sign(walked.runs[x] - 1)).join(''));
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(cases * 3);
    // Nests that reuse weights, inputs or sums, across the outer nest and not.
    expect(seen.size).toBeGreaterThan(8);
  });
});
