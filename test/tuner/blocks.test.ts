// Laws of depthwise layers in blocks: the best of all sizes of blocks is found and proven, by every solver and in co-design;
// with blocks nothing costs more than without.
//
// More cases: MAGNET_SEED=7 MAGNET_CASES=50 npx vitest run test/tuner/blocks.test.ts

import { describe, expect, test } from 'vitest';
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
import { blockDiagonal, blockSizes, withGroupsApart } from '../../src/model/workload/block-diagonal.js';
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
const cases = casesOf('layers in blocks');
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
const layers = (): readonly Layer[] => {
  const chance = seeded(seed);
  return Array.from({ length: cases }, (_, i) =>
    makeLayer(`l${i}`, {
      G: 2 + chance.below(7),
      K: 1 + chance.below(2),
      P: 1 + chance.below(3),
      R: chance.pick([1, 3]),
    }),
  );
};
const apart = (layer: Layer): Layer =>
  withGroupsApart({ name: 'n', source: 'test', unmapped: [], layers: [{ layer, count: 1 }] }).layers[0]!.layer;

describe('sizes of blocks', () => {
  test.each([
    ['as many groups as lanes and vector have places', 64, 8, 8, [8, 1]],
    ['the narrower and the wider', 64, 4, 16, [4, 16, 1]],
    ['no more than there are groups', 5, 8, 16, [5, 1]],
    ['of sizes that make as many blocks the smallest', 144, 64, 64, [48, 1]],
    ['nothing to join on one lane of one product', 64, 1, 1, [1]],
  ])('%s', (_, G, lanes, vector, expected) =>
    expect(blockSizes(makeLayer('l', { G }), lanes, vector)).toEqual(expected),
  );

  test('with a whole image in the buffer, also those that fill its lines', () => {
    const layer = { ...makeLayer('l', { G: 96 }), resident: { input: true, banks: 4 } } as const;
    expect(blockSizes(layer, 32, 64)).toEqual([32, 48, 64, 1]);
    expect(blockSizes({ ...layer, resident: { banks: 4 } }, 32, 64)).toEqual([32, 48, 1]);
  });

  test('others than depthwise layers have none, nor those that say so', () => {
    for (const layer of [makeLayer('l', { K: 8 }), makeLayer('l', { G: 8, C: 2 }), apart(makeLayer('l', { G: 8 }))])
      expect(blockSizes(layer, 8, 8)).toEqual([1]);
    const { bounds } = blockDiagonal(makeLayer('l', { G: 10, K: 2 }), 4);
    expect([bounds.G, bounds.K, bounds.C]).toEqual([3, 8, 4]);
  });
});

test(
  'law: the optimum is that of looking at every mapping of every size of block; never more than of single groups',
  { timeout: 600_000 },
  async () => {
    let better = 0;
    for (const layer of layers()) {
      for (const objective of ['latency', 'edp', 'energy'] as const) {
        for (const [lanes, vector, lines] of [
          [2, 2, 64],
          [4, 2, 64],
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
          const single = await mapLayer({ ...task, layer: apart(layer) }, 'enumerate', budget);
          expect(single.best!.mapping.parts?.block).toBeUndefined();
          expect(best!.objective).toBeLessThanOrEqual(single.best!.objective * (1 + 1e-9));
          if (best!.objective < single.best!.objective * 0.999) better++;
        }
      }
    }
    expect(better).toBeGreaterThan(0);
  },
);

test(
  'every solver and a certificate agree; a certificate of single groups does not hold with blocks',
  { timeout: 300_000 },
  async () => {
    const layer = makeLayer('depthwise', { G: 4, P: 3, R: 3 });
    const task = taskOn(machine(2, 2), layer, 'latency');
    const best = await mapLayer(task, 'enumerate', budget);
    expect(best.best!.mapping.parts).toEqual({ G: 1, K: 1, block: 2 });
    const byProgram = await mapLayer(task, 'highs', { ...budget, gap: 1e-6 });
    expect(byProgram.best!.objective).toBe(best.best!.objective);
    expect((await certify(task, best, { eps: 1e-2, time: 60, now })).status).toBe('certified');
    const single = await mapLayer({ ...task, layer: apart(layer) }, 'enumerate', budget);
    expect((await certify(task, single, { eps: 1e-2, time: 60, now })).status).toBe('refuted');
  },
);

test('a block is evaluated as what it feeds, its use as what the layer needs; other blocks are no mapping', async () => {
  const layer = makeLayer('depthwise', { G: 20, P: 8, Q: 8, R: 3, S: 3 });
  const task = taskOn(simba, layer, 'latency');
  const { mapping, evaluation, architecture } = (await mapLayer(task, 'enumerate', budget)).best!;
  const a = task.architectures[architecture]!;
  expect(mapping.parts).toEqual({ G: 1, K: 1, block: 7 });
  const fed = evaluate(a, blockDiagonal(layer, 7), { levels: mapping.levels }, magnetConventions);
  expect([evaluation.energy, evaluation.cycles, evaluation.compute.macs]).toEqual([
    fed.energy,
    fed.cycles,
    fed.compute.macs,
  ]);
  expect(evaluation.utilization).toBeCloseTo(macs(layer) / (evaluation.cycles * peakMacs(a)), 12);
  const split = splitTime(a, layer, mapping, magnetConventions);
  expect(Object.values(split).reduce((n, x) => n + x, 0)).toBeCloseTo(evaluation.cycles, 6);
  expect(split.useful).toBe(macs(layer) / peakMacs(a));
  const other = { ...mapping, parts: { G: 1, K: 1, block: 6 } };
  expect(breaches(a, layer, other, magnetConventions)[0]!.code).toBe('parts');
  expect(breaches(a, apart(layer), mapping, magnetConventions)[0]!.code).toBe('parts');
});

test(
  'law: co-design finds the best machine of all, each with the blocks of its own widths',
  { timeout: 600_000 },
  async () => {
    const space = tinySpace({
      numLanes: [1, 2],
      vectorSize: [1, 2, 4],
      globalBuffer: [4 * 16 * 4, 4 * 16 * 64],
      rows: [1, 2],
    });
    const depthwise = makeLayer('depthwise', { G: 5, P: 2, R: 2 });
    const other = makeLayer('other', { K: 4, C: 3 });
    await expectBestOfSpace(
      space,
      [
        { layer: depthwise, count: 2 },
        { layer: other, count: 1 },
      ],
      async (objective, found, ask) => {
        if (objective === 'latency') expect(found.best!.layers[0]!.found.mapping.parts?.block).toBeGreaterThan(1);
        const single = await ask(withGroupsApart);
        expect(found.best!.objective).toBeLessThanOrEqual(single.best!.objective * (1 + 1e-9));
      },
    );
  },
);
