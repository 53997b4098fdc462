// Law: what is noted, and what is decided after it, does not depend on which piece of work is done first.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { seeded } from '../../src/base/random.js';
import { inOrder } from '../../src/base/in-order.js';
import { seedFrom } from '../support/cases.js';

const seed = seedFrom(20261130);

/** Numbers decided on, each from what was noted before it; workers answer in an order of chance. */
async function played(width: number, pieces: number, order: number): Promise<readonly string[]> {
  const chance = seeded(order);
  const log: string[] = [];
  let sum = 1;
  let decided = 0;
  let running = 0;
  await inOrder(
    width,
    () => {
      // Now and then nothing can be decided before more is noted.
      if (decided === pieces || (sum % 5 === 0 && decided > log.length)) return undefined;
      const of = sum + decided++;
      return async () => {
        expect(++running).toBeLessThanOrEqual(width);
        for (let turns = chance.below(4); turns > 0; turns--) await new Promise((resume) => setImmediate(resume));
        running--;
        return () => {
          sum = (31 * sum + of) % 1009;
          log.push(`${of} ${sum}`);
        };
      };
    },
    () => false,
  );
  expect(log).toHaveLength(pieces);
  return log;
}

test('all is noted, the same whoever is first and on one worker or two', async () => {
  for (const [pieces, order] of fc.sample(fc.tuple(fc.nat(12), fc.nat()), { seed, numRuns: 30 })) {
    const alone = await played(1, pieces, order);
    for (const width of [2, 3]) expect(await played(width, pieces, order + width)).toEqual(alone);
    expect(await played(5, pieces, order)).toEqual(await played(5, pieces, order + 1));
  }
});

test('once it is over nothing further is begun, and what was begun is noted', async () => {
  const begun: number[] = [];
  const noted: number[] = [];
  let over = false;
  let i = 0;
  await inOrder(
    2,
    () => {
      const own = i++;
      return async () => {
        begun.push(own);
        await new Promise((resume) => setImmediate(resume));
        over ||= own === 3;
        return () => noted.push(own);
      };
    },
    () => over,
  );
  expect(begun).toContain(3);
  expect(noted).toEqual(begun);
  expect(begun.length).toBeLessThanOrEqual(5);
});
