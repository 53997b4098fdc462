// Law: a front whose points begin with what the others have learned is the front of points that begin with nothing, whichever
// worker answers first; and a question asked again ends.
//
// Other seeds or more cases: MAGNET_SEED=7 MAGNET_CASES=200 npx vitest run test/tuner/front-reuse.test.ts

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { defined, nth } from '../../src/base/invariant.js';
import { traceFront } from '../../src/library/trace-front.js';
import { magnetConventions } from '../../src/model/cost/conventions.js';
import { makeLayer } from '../../src/model/workload/layer.js';
import type { Remote } from '../../src/pool/tasks.js';
import type { Front, Metrics } from '../../src/results/front-answer.js';
import { codesign } from '../../src/tuner/codesign/codesign.js';
import type { CodesignRequest } from '../../src/tuner/codesign/codesign-request.js';
import { Learned } from '../../src/tuner/codesign/learned.js';
import type { ShapeTasks } from '../../src/tuner/codesign/shape-task.js';
import { near } from '../support/boxes.js';
import { casesOf, seedFrom } from '../support/cases.js';
import { tinySpace } from '../support/census.js';
import { outOfOrder, shapes } from '../support/shapes.js';

const seed = seedFrom(20261129);
const cases = casesOf('fronts that learn');
const gap = 0.01;

const lines = (width: number) => [1, 4, 64].map((n) => 2 * 16 * n * width);
const spaces = [
  tinySpace({ weightBuffer: lines(1), globalBuffer: lines(2), vectorSize: [1, 2] }),
  tinySpace({ inputBuffer: lines(1), weightBuffer: lines(1), vectorSize: [1, 2], rows: [1, 2] }),
  tinySpace({ globalBuffer: lines(2), accumBuffer: [1, 8].map((n) => 24 * n), rows: [1, 2], numLanes: [1, 2] }),
];
const layers = [
  makeLayer('a', { K: 4, C: 4, P: 2 }),
  makeLayer('b', { P: 5, C: 3, R: 2 }),
  makeLayer('c', { K: 2, P: 4, Q: 2 }),
  makeLayer('e', { K: 3, C: 2 }),
];
const metrics: readonly Metrics[] = [
  ['energy', 'latency'],
  ['latency', 'energy'],
  ['energy', 'area'],
  ['edp', 'latency'],
  ['area', 'latency'],
  ['layer-edp', 'energy'],
];

const question = fc.record({
  space: fc.constantFrom(...spaces),
  counts: fc.constantFrom([2, 1, 0, 0], [1, 0, 3, 2], [0, 3, 1, 1]),
  metrics: fc.constantFrom(...metrics),
  order: fc.integer(),
});

const requestFor = (space: CodesignRequest['space'], counts: readonly number[]): CodesignRequest => ({
  networks: [
    {
      network: {
        name: 'net',
        source: 'made up',
        layers: layers.flatMap((layer, i) => (nth(counts, i) > 0 ? [{ layer, count: nth(counts, i) }] : [])),
        unmapped: [],
      },
      weight: 1,
    },
  ],
  space,
  technology: near,
  conventions: magnetConventions,
  objective: 'energy',
  limits: {},
  padding: false,
  gap,
  timeLimit: 600,
});

const frontOf = (
  request: CodesignRequest,
  asked: Metrics,
  workers: Remote<ShapeTasks>,
  width: number,
  learned?: Learned,
): Promise<Front> =>
  traceFront(
    request,
    asked,
    4,
    (one) =>
      codesign(one, {
        now: () => performance.now(),
        width,
        shapes: workers,
        stopped: () => false,
        progress: () => {},
        ...(learned && { learned }),
      }),
    () => false,
  );

test(
  'a front that learns is proven, and the same within the gap as one that does not',
  { timeout: 600_000 },
  async () => {
    for (const { space, counts, metrics: asked, order } of fc.sample(question, { seed, numRuns: cases })) {
      const request = requestFor(space, counts);
      const about = JSON.stringify({ menus: space.menus, counts, asked, order });
      const cold = await frontOf(request, asked, shapes, 1);
      const learned = new Learned();
      const warm = [
        await frontOf(request, asked, shapes, 1, new Learned()),
        await frontOf(request, asked, outOfOrder(order), 2, learned),
        // All of it again: every question with its own answer known.
        await frontOf(request, asked, outOfOrder(order + 1), 2, learned),
      ];
      for (const front of warm) {
        // Ends of the front may be other machines within the gap, and points between them have other limits then.
        expect(
          front.points.every((p) => p.status === 'optimal'),
          about,
        ).toBe(true);
        for (const { limit, min, bound } of front.points) {
          for (const other of cold.points) {
            // What one proves of a limit, a machine within a tighter one of the other's does not undercut; and the other way round.
            if ((other.limit ?? Infinity) <= (limit ?? Infinity))
              expect(defined(other.min), about).toBeGreaterThanOrEqual(bound * (1 - 1e-9));
            if ((limit ?? Infinity) <= (other.limit ?? Infinity))
              expect(defined(min), about).toBeGreaterThanOrEqual(other.bound * (1 - 1e-9));
          }
        }
      }
    }
  },
);
