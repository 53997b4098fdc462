// Law: a front where tensors may stay in the global buffer is, within its gap, the one of the schedules of all machines, each found
// alone; no point of it is worse than that of the front where nothing stays, at the same limit.

import { describe, expect, test } from 'vitest';
import { defined, nth } from '../../src/base/invariant.js';
import { schedulable } from '../../src/library/schedulable.js';
import { asCodesign, codesignsSchedules } from '../../src/library/codesign-schedules.js';
import { codesignFront, codesignFrontWithSchedules } from '../../src/library/codesign-front.js';
import { traceFront } from '../../src/library/trace-front.js';
import type { Front, Metrics } from '../../src/results/front-answer.js';
import { codesign } from '../../src/tuner/codesign/codesign.js';
import { Learned } from '../../src/tuner/codesign/learned.js';
import type { Asked } from '../support/codesign-schedules.js';
import {
  askedOf,
  columns,
  drawn,
  hooks,
  kilobytes,
  leastOfAll,
  lenet,
  spaceOf,
} from '../support/codesign-schedules.js';
import { outOfOrder } from '../support/shapes.js';

const gap = 1e-3;
const points = 3;
const space = spaceOf({ globalBuffer: kilobytes(2, 16), vectorSize: [4] });

const cases = [
  ['energy', 'latency', 'lenet', [lenet()]],
  ['latency', 'energy', 'a drawn network', [drawn(15)]],
  ['edp', 'area', 'two networks', [drawn(18), drawn(27)]],
  ['area', 'edp', 'a second', [drawn(27)]],
] as const;

const tracedBy = ({ request }: Asked, metrics: Metrics, codesign: ReturnType<typeof asCodesign>, order?: number) => {
  const learned = new Learned();
  const by = order === undefined ? hooks() : hooks(outOfOrder(order), 2);
  return traceFront(
    request,
    metrics,
    points,
    (one) => codesign(one, { ...by, learned }),
    () => false,
  );
};

const scheduled = (asked: Asked, metrics: Metrics, order?: number): Promise<Front> => {
  const may = schedulable(asked.request, asked.graphs);
  if (may.kind === 'unscheduled') throw new Error(may.why);
  const search = codesignsSchedules({ space: asked.request.space, networks: may.networks, folds: true }, columns);
  return tracedBy(asked, metrics, asCodesign(search), order);
};

/** The least of the first quantity on all machines within a limit on the second. */
async function leastWithin({ graphs, request }: Asked, [min, limited]: Metrics, limit: number) {
  const limits = limit === Infinity ? request.limits : { ...request.limits, [limited]: limit };
  return leastOfAll({ graphs, request: { ...request, objective: min as Asked['request']['objective'], limits } });
}

describe.each(cases)('%s against %s of %s', (min, limited, _, graphs) => {
  const metrics = [min, limited] as const;
  const asked = askedOf(graphs, space, 'edp', { gap });

  test('is the best within each limit, nowhere worse than where nothing stays', { timeout: 300_000 }, async () => {
    const front = await scheduled(asked, metrics, 3);
    const alone = await tracedBy(asked, metrics, codesign);
    expect(front.points.length).toBeGreaterThan(1);
    let isBetter = false;
    for (const { limit = Infinity, min: found, bound, status } of front.points) {
      const least = await leastWithin(asked, metrics, limit);
      const value = defined(found);
      expect(status).toBe('optimal');
      expect(value).toBeGreaterThanOrEqual(least * (1 - 1e-9));
      expect(value).toBeLessThanOrEqual(least * (1 + 2 * gap));
      expect(bound).toBeLessThanOrEqual(least * (1 + 1e-9));
      const within = alone.points.filter((p) => (p.limit ?? Infinity) <= limit).map((p) => defined(p.min));
      for (const other of within) expect(value).toBeLessThanOrEqual(other / (1 - gap));
      isBetter ||= within.some((other) => value < other * (1 - 2 * gap));
    }
    expect(isBetter).toBe(true);
    const floor = await leastWithin(asked, [limited, min], Infinity);
    expect(front.floor).toBeLessThanOrEqual(floor * (1 + 1e-9));
    expect(front.floor).toBeGreaterThanOrEqual(floor * (1 - 2 * gap));
  });
});

test('the call has a design and schedules of each point, which come to its values', { timeout: 300_000 }, async () => {
  const { graphs, request } = askedOf([drawn(15), drawn(27)], space, 'edp', { gap: 0.01 });
  const front = await codesignFrontWithSchedules(graphs, request, ['energy', 'area'], { points });
  expect(front.result.points.map(({ schedules }) => schedules?.map(({ network }) => network))).toEqual(
    front.points.map(() => graphs.map(({ name }) => name)),
  );
  for (const [i, point] of front.points.entries()) {
    const { schedules } = nth(front.result.points, i);
    const sum = defined(schedules).reduce((n, { energy }, k) => n + (k + 1) * (energy ?? Infinity), 0);
    expect(sum / defined(point.min)).toBeCloseTo(1, 12);
    const design = defined(front.designs[i]);
    const runs = defined(schedules).reduce((n, own) => n + own.runs.length, 0);
    expect(design.layers.reduce((n, l) => n + l.count, 0)).toBe(runs);
    expect(design.schedules?.map(({ network }) => network)).toEqual(graphs.map(({ name }) => name));
  }
  expect(front.result.points.some(({ schedules }) => defined(schedules).some(({ keep }) => keep.length > 0))).toBe(
    true,
  );
  const alone = await codesignFront(request, ['energy', 'area'], { points });
  expect(alone.result.points.every(({ schedules }) => schedules === undefined)).toBe(true);
  await expect(codesignFrontWithSchedules(graphs, request, ['layer-edp', 'area'])).rejects.toThrow(
    'schedules are not found for layer-edp',
  );
});
