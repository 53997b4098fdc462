// Law: the walk in whole numbers and HiGHS find what looking at every combination of columns finds; what the walk rounds
// down refutes, what it rounds up witnesses.
//
// Other seeds or more cases: MAGNET_SEED=7 MAGNET_CASES=2000 npx vitest run test/milp/master.test.ts

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { highs } from '../../src/milp/highs.js';
import type { Master } from '../../src/milp/master/master.js';
import { totalsOf, valueOf } from '../../src/milp/master/master.js';
import { solveMaster } from '../../src/milp/master/master-program.js';
import { walk } from '../../src/milp/master/walk.js';
import { casesOf, seedFrom } from '../support/cases.js';
import { asMaster, minOfAll, randomLayers, randomLimits, randomObjective } from '../support/masters.js';

const seed = seedFrom(20191104);
const numRuns = casesOf('master');

const cases = randomLayers.chain((layers) => fc.tuple(fc.constant(layers), randomObjective, randomLimits(layers)));

const eased = (limits: Master['limits'], factor: number): Master['limits'] =>
  Object.fromEntries(Object.entries(limits).map(([q, max]) => [q, max * factor]));

describe('a master problem', () => {
  test('is walked to what looking at every combination finds', () => {
    fc.assert(
      fc.property(cases, ([layers, objective, limits]) => {
        const truth = minOfAll(layers, objective, limits);
        const down = walk(asMaster(layers, objective, limits), 'down');
        if (truth === Infinity) expect(down.status).toBe('none');
        else {
          expect(down).toMatchObject({ status: 'optimal' });
          if (down.status !== 'optimal') return;
          expect(down.value).toBeLessThanOrEqual(truth);
          expect(down.value / truth).toBeCloseTo(1, 9);
          expect(valueOf(objective, totalsOf(asMaster(layers, objective, {}).layers, down.picks)) / truth).toBeCloseTo(
            1,
            9,
          );
        }
        // Rounded up what is found is within the limits; with a hair of room it finds what there is.
        const up = walk(asMaster(layers, objective, eased(limits, 1 + 1e-8)), 'up');
        expect(up.status).toBe(truth === Infinity ? 'none' : 'optimal');
        if (up.status === 'optimal') expect(up.value / truth).toBeCloseTo(1, 6);
      }),
      { seed, numRuns: 10 * numRuns },
    );
  });

  test('is solved by HiGHS to the same', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ([layers, objective, limits]) => {
        const truth = minOfAll(layers, objective, limits);
        const solved = await solveMaster(asMaster(layers, objective, limits), highs, { timeLimit: 20, gap: 1e-9 });
        if (truth === Infinity) expect(solved.status).toBe('none');
        else {
          expect(solved).toMatchObject({ status: 'found' });
          if (solved.status !== 'found') return;
          expect(solved.value / truth).toBeCloseTo(1, 6);
          expect(solved.bound).toBeLessThanOrEqual(truth * (1 + 1e-6));
        }
      }),
      { seed, numRuns },
    );
  });

  test('cuts leave out what is beyond them, and nothing else', () => {
    const energy = { energy: 1, cycles: 0, both: 0 };
    const layers = [{ name: 'a', count: 2, energy: [10, 0, 8.5], cycles: [0, 10, 4] }];
    const master = { layers, objective: energy, limits: { cycles: 14 } };
    const weights = { energy: 1, cycles: 1, both: 0 };
    expect(walk(master, 'down', [{ weights, max: 22.5 }])).toMatchObject({ status: 'optimal', picks: [[0, 1, 1]] });
    expect(walk(master, 'down', [{ weights, max: 20 }])).toMatchObject({ status: 'optimal', picks: [[1, 1, 0]] });
    expect(walk(master, 'down', [{ weights, max: 19 }])).toEqual({ status: 'none' });
  });

  test('a layer without columns leaves nothing, unless it does not occur', () => {
    const objective = { energy: 1, cycles: 0, both: 0 };
    const empty = { name: 'a', count: 1, energy: [], cycles: [] };
    expect(walk({ layers: [empty], objective, limits: {} }, 'down')).toEqual({ status: 'none' });
  });
});
