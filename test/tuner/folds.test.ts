// Laws of folded layers: the best of all folds is found and proven, by every solver and in co-design; with folds nothing costs
// more than without, and a fold is charged for all that it feeds.
//
// More cases: MAGNET_SEED=7 MAGNET_CASES=50 npx vitest run test/tuner/folds.test.ts

import { expect, test } from 'vitest';
import { seeded } from '../../src/base/random.js';
import { magnetConventions } from '../../src/model/cost/conventions.js';
import { evaluate } from '../../src/model/cost/evaluate.js';
import type { Objective } from '../../src/model/cost/goal.js';
import { splitTime } from '../../src/model/cost/time-split.js';
import { simba } from '../../src/model/machine/presets.js';
import { peakMacs } from '../../src/model/machine/architecture.js';
import { technology16nm } from '../../src/model/machine/technology.js';
import { lowerTemplate } from '../../src/model/machine/template.js';
import type { Template } from '../../src/model/machine/template.js';
import { breaches } from '../../src/model/mapping/legality.js';
import { folded, withoutFolds } from '../../src/model/workload/folds.js';
import type { Layer } from '../../src/model/workload/layer.js';
import { macs, makeLayer } from '../../src/model/workload/layer.js';
import { exhaustive } from '../../src/search/mapping/exhaustive.js';
import type { Task } from '../../src/search/strategy.js';
import { certify } from '../../src/tuner/certify.js';
import { partingsOf, runTask, scaleOf } from '../../src/tuner/in-parts.js';
import { mapLayer } from '../../src/tuner/map-layer.js';
import { expectBestOfSpace } from '../support/best-of-space.js';
import { casesOf, seedFrom } from '../support/cases.js';
import { tinySpace } from '../support/census.js';
import { smallMachine } from '../support/rtl.js';

const seed = seedFrom(20191104);
const cases = casesOf('folded layers');
const now = () => performance.now();
const budget = { time: 60, evaluations: Infinity, gap: 1e-9, seed: 1, now };

const machine = (numLanes: number, vectorSize: number, biasLines = 64): Template =>
  smallMachine(
    `${numLanes}x${vectorSize}`,
    { weight: 16, input: 16, sum: 8, bank: 16 },
    {
      vectorSize,
      numLanes,
      rows: 1,
      columns: 2,
      weightCollector: 1,
      inputCollector: 1,
      accumCollector: 1,
      globalBanks: 8,
      biasLines,
    },
  );
const taskOn = (t: Template, layer: Layer, objective: Objective): Task => ({
  architectures: lowerTemplate(t, technology16nm),
  layer,
  conventions: magnetConventions,
  goal: { objective, limits: {} },
  padding: false,
  machine: { template: t, technology: technology16nm },
});
const unfolded = ({ fromHost: _, ...layer }: Layer): Layer => layer;

function layers(): readonly Layer[] {
  const chance = seeded(seed);
  const pick = (...xs: readonly number[]) => chance.pick(xs);
  return Array.from({ length: cases }, (_, i) =>
    makeLayer(
      `first${i}`,
      { K: pick(1, 2), C: pick(1, 2), G: pick(1, 1, 2), P: pick(2, 3), Q: pick(1, 2), R: pick(2, 3), S: pick(1, 2) },
      { stride: [pick(1, 2), 1], dilation: [pick(1, 1, 2), 1], fromHost: true },
    ),
  );
}

test(
  'law: the optimum is that of looking at every mapping of every fold; never more than of the layer as it is',
  { timeout: 600_000 },
  async () => {
    let better = 0;
    for (const layer of layers()) {
      for (const objective of ['latency', 'edp', 'energy'] as const) {
        for (const [lanes, vector, lines] of [
          [2, 2, 64],
          [2, 4, 2],
        ] as const) {
          const task = taskOn(machine(lanes, vector, lines), layer, objective);
          const looked = await Promise.all(
            partingsOf(task).map(async (parts) => {
              const all = await exhaustive.find(runTask(task, parts), budget);
              return all.best ? scaleOf(objective, parts.G * parts.K) * all.best.objective : Infinity;
            }),
          );
          const truth = Math.min(...looked);
          const { best, bound } = await mapLayer(task, 'enumerate', budget);
          expect(best!.objective / truth).toBeCloseTo(1, 9);
          expect(bound).toBeLessThanOrEqual(truth * (1 + 1e-9));
          const plain = await mapLayer({ ...task, layer: unfolded(layer) }, 'enumerate', budget);
          expect(plain.best!.mapping.parts?.fold).toBeUndefined();
          expect(best!.objective).toBeLessThanOrEqual(plain.best!.objective * (1 + 1e-9));
          if (best!.objective < plain.best!.objective * 0.999) better++;
        }
      }
    }
    expect(better).toBeGreaterThan(0);
  },
);

test(
  'every solver and a certificate agree; a certificate of the layer as it is does not hold with folds',
  { timeout: 300_000 },
  async () => {
    // Three positions of one channel on a vector of two: two folded, two turns instead of three.
    const layer = makeLayer('first', { K: 2, P: 3, R: 3 }, { fromHost: true });
    const task = taskOn(machine(2, 2), layer, 'latency');
    const best = await mapLayer(task, 'enumerate', budget);
    expect(best.best!.mapping.parts?.fold).toBeDefined();
    const byProgram = await mapLayer(task, 'highs', { ...budget, gap: 1e-6 });
    expect(byProgram.best!.objective).toBe(best.best!.objective);
    expect((await certify(task, best, { eps: 1e-2, time: 60, now })).status).toBe('certified');
    const plain = await mapLayer({ ...task, layer: unfolded(layer) }, 'enumerate', budget);
    expect(plain.best!.objective).toBeGreaterThan(best.best!.objective);
    expect((await certify(task, plain, { eps: 1e-2, time: 60, now })).status).toBe('refuted');
  },
);

test('a fold is evaluated as what it feeds, its use as what the layer needs; other folds are no mapping', async () => {
  const layer = makeLayer('first', { K: 16, C: 3, P: 12, Q: 12, R: 5, S: 5 }, { stride: [2, 2], fromHost: true });
  const task = taskOn(simba, layer, 'latency');
  const { mapping, evaluation, architecture } = (await mapLayer(task, 'enumerate', budget)).best!;
  const a = task.architectures[architecture]!;
  const { levels, parts } = mapping;
  const made = folded(layer, parts!.fold);
  const fed = evaluate(a, unfolded(made), { levels }, magnetConventions);
  expect([evaluation.energy, evaluation.cycles, evaluation.compute.macs]).toEqual([
    fed.energy,
    fed.cycles,
    fed.compute.macs,
  ]);
  // No word of the folded image is read less than once: it is larger than the input.
  const image = made.bounds.C * ((made.bounds.P - 1) * made.stride.P + (made.bounds.R - 1) * made.dilation.R + 1);
  const dram = evaluation.levels[0]!.dataspaces.Inputs!;
  expect(dram.accesses.read).toBeGreaterThanOrEqual(image);
  expect(evaluation.utilization).toBeCloseTo(macs(layer) / (evaluation.cycles * peakMacs(a)), 12);
  const split = splitTime(a, layer, mapping, magnetConventions);
  expect(Object.values(split).reduce((n, x) => n + x, 0)).toBeCloseTo(evaluation.cycles, 6);
  expect(split.useful).toBe(macs(layer) / peakMacs(a));
  expect(breaches(a, layer, mapping, magnetConventions)).toEqual([]);
  for (const fold of [
    { R: 6, S: 1 },
    { R: 1, S: 1 },
  ]) {
    const [fault] = breaches(a, layer, { levels, parts: { G: 1, K: 1, fold } }, magnetConventions);
    expect(fault).toMatchObject({ code: 'parts' });
    expect(fault!.message).toContain('in folds of up to 5x5');
  }
  const [inside] = breaches(a, unfolded(layer), mapping, magnetConventions);
  expect(inside).toMatchObject({ code: 'parts' });
  expect(inside!.message).not.toContain('in folds');
});

test(
  'law: co-design finds the best machine of all, each with the folds that are best on it',
  { timeout: 600_000 },
  async () => {
    const space = tinySpace({
      numLanes: [1, 2],
      vectorSize: [1, 2, 4],
      globalBuffer: [4 * 16 * 4, 4 * 16 * 64],
      rows: [1, 2],
    });
    const first = makeLayer('first', { K: 2, P: 2, R: 3 }, { stride: [2, 1], fromHost: true });
    const other = makeLayer('other', { K: 4, C: 3 });
    await expectBestOfSpace(
      space,
      [
        { layer: first, count: 1 },
        { layer: other, count: 1 },
      ],
      async (objective, found, ask) => {
        if (objective === 'latency') expect(found.best!.layers[0]!.found.mapping.parts?.fold).toBeDefined();
        const plain = await ask(withoutFolds);
        expect(found.best!.objective).toBeLessThanOrEqual(plain.best!.objective * (1 + 1e-9));
      },
    );
  },
);
