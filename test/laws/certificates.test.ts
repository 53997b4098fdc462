// Law: what looking at every mapping finds is certified, and a claim that is not true never is.
//
// Runs of other seeds or more cases: MAGNET_SEED=7 MAGNET_CASES=1000 npx vitest run test/laws/certificates.test.ts

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bits, megahertz, picojoules } from '../../src/base/units.js';
import type { Architecture, Level } from '../../src/model/machine/architecture.js';
import { magnetConventions, timeloopConventions } from '../../src/model/cost/conventions.js';
import { makeLayer, printShape } from '../../src/model/workload/layer.js';
import type { Answer, Found, Task } from '../../src/search/strategy.js';
import type { Certification } from '../../src/tuner/certify.js';
import { certify } from '../../src/tuner/certify.js';
import { inAllRuns, partingsOf, runTask } from '../../src/tuner/in-parts.js';
import { mapLayer } from '../../src/tuner/map-layer.js';
import { casesOf, inLong, seedFrom } from '../support/cases.js';
import { enumerate } from '../support/enumerate.js';
import { smallTask, smallTemplateTask } from '../support/small.js';
import { tightTask } from '../support/tight.js';

const seed = seedFrom(20230317);
const cases = casesOf('certificates');
const eps = 1e-3;
/** Some that the program leaves open take all of it. */
const options = { eps, time: inLong(20, 8), now: () => performance.now() };

const claim = (best: Found): Pick<Answer, 'status' | 'best'> => ({ status: 'optimal', best });
const none: Pick<Answer, 'status' | 'best'> = { status: 'infeasible', best: undefined };
/** As if it were worth more than it is. */
const spoiled = (best: Found): Found => ({
  ...best,
  objective: best.objective * 1.005,
  evaluation: { ...best.evaluation },
});

/** Rows of outputs and of the kernel side by side, and nowhere else. */
const storage = (energy: number) => ({
  wordBits: 8,
  blockSize: 1,
  access: [],
  line: [],
  lineWords: 1,
  tuples: false,
  linkEnergy: picojoules(0),
  energy: { read: picojoules(energy), fill: picojoules(energy), update: picojoules(energy) },
});
const overlapping: Architecture = {
  name: 'overlapping',
  source: 'test',
  compute: { name: 'MAC', energy: picojoules(0.5) },
  staticEnergy: picojoules(0),
  clock: megahertz(1000),
  area: [],
  levels: (
    [
      ['DRAM', 480, null, ['Weights', 'Inputs', 'Outputs'], ['K', 'C', 'N', 'Q'], []],
      [
        'Buffer',
        6,
        512,
        ['Weights', 'Outputs'],
        ['K', 'C'],
        [
          { name: 'Y', label: 'Y', size: 4, dims: ['R'] },
          { name: 'X', label: 'X', size: 6, dims: ['P'] },
        ],
      ],
    ] as const
  ).map(([name, energy, room, keeps, temporal, axes]): Level => ({
    name,
    role: 'memory',
    stores: { Weights: storage(energy), Inputs: storage(energy), Outputs: storage(energy) },
    keeps,
    pools: [{ tensors: ['Weights', 'Inputs', 'Outputs'], bits: room === null ? null : bits(room) }],
    buffers: 1,
    bandwidth: { read: null, write: null, total: null },
    temporal,
    axes,
    holdsSums: false,
  })),
};

/**
 * The best of all mappings, of a layer in parts too: where one has too few bias lines it runs in several; undefined
 * where there are more than `most`.
 */
function everyRun(task: Task, max: number): { readonly best: Found | undefined } | undefined {
  let best: Found | undefined;
  for (const parts of partingsOf(task)) {
    const run = enumerate(runTask(task, parts), max);
    if (!run) return undefined;
    const found = run.best && inAllRuns(task, parts, run.best);
    if (found && found.objective < (best?.objective ?? Infinity)) best = found;
  }
  return { best };
}

/** Certificates of the true optimum and of one that is not; of that there is none. */
async function check(task: Task, max: number): Promise<Certification | undefined> {
  const census = everyRun(task, max);
  if (!census) return undefined;
  const about = `${task.conventions.name} ${task.goal.objective} ${printShape(task.layer)} padding ${task.padding}`;
  if (!census.best) {
    const nothing = await certify(task, none, options);
    expect(nothing.status, about).not.toBe('refuted');
    return nothing;
  }
  const { best } = census;
  const told = await certify(task, claim(best), options);
  expect(told.status, `${about}: ${told.reason?.kind}`).not.toBe('refuted');
  if (told.status === 'certified') expect(told.eps, about).toBeLessThanOrEqual(eps);
  else expect(told.reason, about).toBeDefined();
  const wrong = await certify(task, claim(spoiled(best)), options);
  expect(wrong.status, about).not.toBe('certified');
  // What is proven of a false claim is true all the same: nothing is below (1 - eps) times what it says.
  if (wrong.eps !== null)
    expect(best.objective * 1.005 * (1 - wrong.eps), about).toBeLessThanOrEqual(best.objective * (1 + 1e-9));
  const denied = await certify(task, none, options);
  expect(denied.status, about).not.toBe('certified');
  return told;
}

async function sweep(
  tasks: readonly Task[],
  max: number,
): Promise<{ readonly done: number; readonly certified: number }> {
  const found: Certification[] = [];
  for (const task of tasks) {
    const certification = await check(task, max);
    if (certification) found.push(certification);
  }
  return { done: found.length, certified: found.filter((c) => c.status === 'certified').length };
}

describe('certificates agree with looking at every mapping', () => {
  test('on general machines, both conventions, all objectives', { timeout: 600_000 }, async () => {
    const { done, certified } = await sweep(fc.sample(smallTask, { seed, numRuns: cases * 2 }), 4000);
    expect(done).toBeGreaterThan(cases / 2);
    // Ceilings are not in the program, but one choice at a time is judged by the cost model.
    expect(certified).toBe(done);
  });

  test('on machines with few places for loops', { timeout: 600_000 }, async () => {
    const { done, certified } = await sweep(fc.sample(tightTask, { seed: seed + 4, numRuns: cases * 2 }), 4000);
    expect(done).toBeGreaterThan(cases / 2);
    expect(certified).toBe(done);
  });

  test.each([magnetConventions, timeloopConventions])(
    'where rows and kernel rows have no place but one fan-out: $name',
    async (conventions) => {
      // Whatever the padding, all 3 kernel rows lie side by side: their factor has no variable, and still reads overlapping rows.
      const task: Task = {
        architectures: [overlapping],
        layer: makeLayer('a', { P: 5, R: 3 }, { stride: [2, 1] }),
        conventions,
        padding: true,
        goal: { objective: 'energy', limits: {} },
      };
      expect((await check(task, 4000))?.status).toBe('certified');
      const { best } = enumerate(task, 4000)!;
      const answer = await mapLayer(task, 'highs', {
        time: 20,
        evaluations: Infinity,
        gap: 1e-4,
        seed: 1,
        now: options.now,
      });
      expect(answer).toMatchObject({ status: 'optimal' });
      expect(answer.best!.objective).toBeCloseTo(best!.objective, 6);
    },
  );

  test('on the template, collectors in every order', { timeout: 600_000 }, async () => {
    const { done, certified } = await sweep(fc.sample(smallTemplateTask, { seed: seed + 1, numRuns: cases }), 6000);
    expect(done).toBeGreaterThan(cases / 2);
    // Cycles of tiles are bounded from below only: some stay open, and say so.
    expect(certified).toBeGreaterThan((2 * done) / 3);
  });

  test('with upper limits, met and not', { timeout: 600_000 }, async () => {
    const tasks: Task[] = [];
    for (const task of fc.sample(smallTask, { seed: seed + 2, numRuns: cases * 2 })) {
      const free = enumerate({ ...task, goal: { objective: 'latency', limits: {} } }, 4000)?.best;
      if (!free) continue;
      const slack = tasks.length % 3 === 0 ? 0.99 : 1.3;
      tasks.push({ ...task, goal: { objective: 'energy', limits: { latency: free.evaluation.cycles * slack } } });
    }
    const { done, certified } = await sweep(tasks, 4000);
    expect(done).toBeGreaterThan(cases / 3);
    expect(certified).toBe(done);
  });
});

/** The same machine with `by` more words in one memory. */
const resized = (a: Architecture, level: number, by: number): Architecture => ({
  ...a,
  levels: a.levels.map((l, i) =>
    i === level
      ? { ...l, pools: l.pools.map((p) => ({ ...p, bits: p.bits === null ? null : bits(p.bits + by * 8) })) }
      : l,
  ),
});

test('one word of capacity turns a certificate around', { timeout: 600_000 }, async () => {
  let turned = 0;
  for (const task of fc.sample(smallTask, { seed: seed + 3, numRuns: casesOf('capacities') })) {
    if (turned === inLong(4, 1)) break;
    const small: Task = { ...task, goal: { objective: 'energy', limits: {} } };
    const large: Task = { ...small, architectures: [resized(small.architectures[0]!, 1, 1)] };
    const [min, max] = [enumerate(small, 3000)?.best, enumerate(large, 3000)?.best];
    // Where the best mapping of the larger memory just fits.
    if (!min || !max || max.objective > min.objective * (1 - 2 * eps)) continue;
    turned++;
    expect((await certify(small, claim(min), options)).status).toBe('certified');
    expect(await certify(large, claim(min), options)).toMatchObject({ status: 'refuted' });
  }
  expect(turned).toBeGreaterThan(0);
});
