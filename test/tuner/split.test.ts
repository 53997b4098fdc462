// Laws of split layers: the best of both ways is found and proven, by every solver and in co-design; with multipliers that split
// nothing takes more cycles than without, and no figure of other machines moves.
//
// More cases: MAGNET_SEED=7 MAGNET_CASES=50 npx vitest run test/tuner/split.test.ts

import { expect, test } from 'vitest';
import { seeded } from '../../src/base/random.js';
import { magnetConventions } from '../../src/model/cost/conventions.js';
import { evaluate } from '../../src/model/cost/evaluate.js';
import type { Objective } from '../../src/model/cost/goal.js';
import { splitTime } from '../../src/model/cost/time-split.js';
import { peakMacs } from '../../src/model/machine/architecture.js';
import { simba } from '../../src/model/machine/presets.js';
import { technology16nm } from '../../src/model/machine/technology.js';
import type { Template } from '../../src/model/machine/template.js';
import { lowerTemplate } from '../../src/model/machine/template.js';
import type { Mapping } from '../../src/model/mapping/mapping.js';
import { breaches } from '../../src/model/mapping/legality.js';
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
import { randomLayer, randomTemplate } from '../support/machines.js';
import { randomMapping } from '../support/random-mapping.js';
import { smallMachine } from '../support/rtl.js';

const seed = seedFrom(20191104);
const cases = casesOf('split layers');
const now = () => performance.now();
const budget = { time: 60, evaluations: Infinity, gap: 1e-9, seed: 1, now };

const machine = (numLanes: number, vectorSize: number, more: Partial<Template> = {}): Template =>
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
      biasLines: 64,
      splitMultipliers: 1,
      ...more,
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
const wide = ({ inputBits: _, ...layer }: Layer): Layer => layer;
const halves = { weightBits: 4, inputBits: 4 };

function layers(): readonly Layer[] {
  const chance = seeded(seed);
  const pick = (...xs: readonly number[]) => chance.pick(xs);
  return Array.from({ length: cases }, (_, i) =>
    makeLayer(
      `narrow${i}`,
      { K: pick(1, 2), C: pick(2, 3, 4, 6), G: pick(1, 1, 2), P: pick(1, 2, 3), R: pick(1, 2) },
      { stride: [pick(1, 2), 1], residual: chance.next() < 0.3, fromHost: chance.next() < 0.3, ...halves },
    ),
  );
}

test(
  'law: the optimum is that of looking at every mapping of both ways; never more than of the layer as it is',
  { timeout: 600_000 },
  async () => {
    let better = 0;
    for (const layer of layers()) {
      for (const objective of ['latency', 'edp', 'energy'] as const) {
        for (const t of [machine(2, 2), machine(2, 1, { biasLines: 1 }), machine(1, 4, { inputChannel: 8 })]) {
          const task = taskOn(t, layer, objective);
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
          const plain = await mapLayer({ ...task, layer: wide(layer) }, 'enumerate', budget);
          expect(plain.best!.mapping.parts?.split).toBeUndefined();
          expect(best!.objective).toBeLessThanOrEqual(plain.best!.objective * (1 + 1e-9));
          if (best!.objective < plain.best!.objective * 0.999) better++;
        }
      }
    }
    expect(better).toBeGreaterThan(0);
  },
);

test(
  'every solver and a certificate agree; a certificate of the layer as it is does not hold where it may be split',
  { timeout: 300_000 },
  async () => {
    const layer = makeLayer('narrow', { K: 2, C: 4, P: 3 }, halves);
    const task = taskOn(machine(2, 2), layer, 'latency');
    const best = await mapLayer(task, 'enumerate', budget);
    expect(best.best!.mapping.parts?.split).toBe(true);
    const byProgram = await mapLayer(task, 'highs', { ...budget, gap: 1e-6 });
    expect(byProgram.best!.objective).toBe(best.best!.objective);
    expect((await certify(task, best, { eps: 1e-2, time: 60, now })).status).toBe('certified');
    const plain = await mapLayer({ ...task, layer: wide(layer) }, 'enumerate', budget);
    expect(plain.best!.objective).toBeGreaterThan(best.best!.objective);
    expect((await certify(task, plain, { eps: 1e-2, time: 60, now })).status).toBe('refuted');
  },
);

/** The same mapping with half as many turns over the input channels; undefined where no loop in time has an even number of them. */
function halved(mapping: Mapping): Mapping | undefined {
  const level = mapping.levels.findIndex((l) => l.temporal.some(({ dim, factor }) => dim === 'C' && factor % 2 === 0));
  if (level < 0) return undefined;
  const at = mapping.levels[level]!.temporal.findIndex(({ dim, factor }) => dim === 'C' && factor % 2 === 0);
  const levels = mapping.levels.map((l, i) => ({
    ...l,
    temporal:
      i !== level
        ? l.temporal
        : l.temporal.flatMap((loop, k) => {
            if (k !== at) return [loop];
            return loop.factor > 2 ? [{ ...loop, factor: loop.factor / 2 }] : [];
          }),
  }));
  return { levels, parts: { G: 1, K: 1, split: true } };
}

test('law: a mapping with an even number of turns over the channels has half of them split, in no more cycles', () => {
  let seen = 0;
  for (let i = 0; i < 40 * cases; i++) {
    const t = { ...randomTemplate(i), splitMultipliers: 1, residency: 0 };
    const chance = seeded(7000 + i);
    const { bounds, ...drawn } = randomLayer(chance);
    const layer: Layer = { ...drawn, bounds: { ...bounds, C: 8 }, weightBits: 2, inputBits: 2 };
    const mapping = randomMapping(t, wide(layer), chance);
    if (!mapping || mapping.parts) continue;
    const other = halved(mapping);
    if (!other) continue;
    const names = mapping.levels.map((l) => l.name).join();
    const a = lowerTemplate(t, technology16nm).find((x) => x.levels.map((l) => l.name).join() === names)!;
    if (breaches(a, layer, other, magnetConventions).length > 0) continue;
    seen++;
    const [plain, half] = [mapping, other].map((m) => evaluate(a, layer, m, magnetConventions));
    expect(half!.cycles, JSON.stringify({ i, layer, mapping })).toBeLessThanOrEqual(plain!.cycles);
    expect(half!.energy).toBeLessThan(plain!.energy * (1 + 1e-9));
  }
  expect(seen).toBeGreaterThan(cases);
});

test('its use is what it does of what split multipliers can; where words are wider, or unknown, it is no mapping', async () => {
  const layer = makeLayer('narrow', { K: 16, C: 37, P: 12, Q: 12, R: 3, S: 3 }, halves);
  const t = { ...simba, rows: 1, columns: 2, splitMultipliers: 1 };
  const task = taskOn(t, layer, 'latency');
  const { mapping, evaluation, architecture } = (await mapLayer(task, 'enumerate', budget)).best!;
  expect(mapping.parts).toEqual({ G: 1, K: 1, split: true });
  const a = task.architectures[architecture]!;
  // Thirty-seven channels are nineteen pairs, the last of one.
  const time = splitTime(a, layer, mapping, magnetConventions);
  expect(Object.values(time).reduce((n, x) => n + x, 0)).toBeCloseTo(evaluation.cycles, 6);
  expect(time.useful).toBe(macs(layer) / 2 / peakMacs(a));
  expect(evaluation.utilization).toBeCloseTo(macs(layer) / 2 / (evaluation.cycles * peakMacs(a)), 12);
  expect(breaches(a, layer, mapping, magnetConventions)).toEqual([]);
  for (const other of [wide(layer), { ...layer, weightBits: 5 }, { ...layer, inputBits: 5 }]) {
    const [fault] = breaches(a, other, mapping, magnetConventions);
    expect(fault).toMatchObject({ code: 'parts' });
    expect(fault!.message).toContain('with input channels in pairs');
  }
  const plain = lowerTemplate(simba, technology16nm)[0]!;
  expect(breaches(plain, layer, mapping, magnetConventions)[0]).toMatchObject({ code: 'parts' });
});

test('law: co-design finds the best machine of all, each layer as is best on it', { timeout: 600_000 }, async () => {
  const space = tinySpace({
    numLanes: [1, 2],
    vectorSize: [1, 2],
    weightPrecision: [8],
    inputPrecision: [8],
    globalBuffer: [8 * 16 * 4, 8 * 16 * 64],
    splitMultipliers: [0, 1],
  });
  const narrow = makeLayer('narrow', { K: 2, C: 4, P: 2 }, halves);
  const other = makeLayer('other', { K: 4, C: 3 });
  await expectBestOfSpace(
    space,
    [
      { layer: narrow, count: 1 },
      { layer: other, count: 1 },
    ],
    (objective, found) => {
      if (objective === 'latency') expect(found.best!.layers[0]!.found.mapping.parts?.split).toBe(true);
    },
  );
});
