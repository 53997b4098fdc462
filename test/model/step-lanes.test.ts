// Law: steps one by one are those that are counted by kind, and take just as long; no engine is at work twice at a time.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Engine } from '../../src/model/machine/architecture.js';
import { engines } from '../../src/model/machine/architecture.js';
import { stepAt, stepKinds, stepsBeyondTiles } from '../../src/model/cost/nest-steps.js';
import { outerStep, stepsOfNests } from '../../src/model/cost/step-lanes.js';
import { cyclesOfSteps } from '../../src/model/cost/tile-cycles.js';
import type { Loop } from '../../src/model/mapping/mapping.js';
import { dimensions } from '../../src/model/workload/layer.js';
import { seedFrom } from '../support/cases.js';

const seed = seedFrom(20261130);
const bounds = fc.array(fc.integer({ min: 2, max: 4 }), { maxLength: 4 });
const nest: fc.Arbitrary<readonly Loop[]> = fc.array(
  fc.record({ dim: fc.constantFrom(...dimensions), factor: fc.integer({ min: 2, max: 3 }) }),
  { maxLength: 3 },
);
const lengths = fc.record(
  Object.fromEntries(engines.map((e) => [e, fc.integer({ min: 0, max: 50 })])) as Record<Engine, fc.Arbitrary<number>>,
);

test('are of the kinds that are counted', () => {
  fc.assert(
    fc.property(bounds, (of) => {
      const tally = (steps: readonly (readonly [object, number])[]) => {
        const counts = new Map<string, number>();
        for (const [kind, n] of steps)
          if (n > 0) counts.set(JSON.stringify(kind, inWords), (counts.get(JSON.stringify(kind, inWords)) ?? 0) + n);
        return [...counts].sort();
      };
      const inWords = (_: string, x: unknown) => (x === Infinity ? 'ends' : x);
      const tiles = of.reduce((n, b) => n * b, 1);
      const each = Array.from({ length: tiles + stepsBeyondTiles }, (_, j) => [stepAt(of, j), 1] as const);
      const counted = stepKinds(of).map(({ count, ...kind }) => [kind, count] as const);
      expect(tally(each)).toEqual(tally(counted));
    }),
    { seed, numRuns: 200 },
  );
});

test('take as long as all of them are said to', () => {
  fc.assert(
    fc.property(nest, nest, lengths, fc.integer({ min: 1, max: 5 }), (outer, inner, cycles, step) => {
      const lasts = (e: Engine) => cycles[e];
      const steps = stepsOfNests(outer, inner);
      const whole = Array.from({ length: steps.outer }, (_, number) =>
        outerStep(outer, inner, lasts, step, { number, from: 0, count: steps.inner }),
      );
      expect(whole.reduce((n, s) => n + s.cycles, 0)).toBe(cyclesOfSteps(outer, inner, lasts, step));
      for (const { lanes, marks, cycles: all } of whole) {
        for (const engine of engines) {
          const own = lanes.filter((l) => l.engine === engine);
          own.slice(1).forEach((l, i) => expect(l.begin).toBeGreaterThanOrEqual(own[i]!.begin + own[i]!.cycles));
        }
        for (const l of lanes) expect(l.begin + l.cycles).toBeLessThanOrEqual(all);
        expect([...marks].sort((x, y) => x - y)).toEqual(marks);
      }
    }),
    { seed, numRuns: 200 },
  );
});

test('a part of the inner steps is told as it stands in all of them', () => {
  fc.assert(
    fc.property(nest, nest, lengths, fc.nat(), fc.nat(), (outer, inner, cycles, n, f) => {
      const lasts = (e: Engine) => cycles[e];
      const steps = stepsOfNests(outer, inner);
      const [number, from] = [n % steps.outer, f % steps.inner];
      const all = outerStep(outer, inner, lasts, 1, { number, from: 0, count: steps.inner });
      const part = outerStep(outer, inner, lasts, 1, { number, from, count: 2 });
      expect(part.cycles).toBe(all.cycles);
      expect(part.marks).toEqual(all.marks.slice(from, from + 3));
      for (const lane of part.lanes) expect(all.lanes).toContainEqual(lane);
    }),
    { seed, numRuns: 200 },
  );
});
