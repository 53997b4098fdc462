// Laws of layers in parts: a part costs what it costs alone; the choice is the best of all that may be; one definition for
// the mapper, for proofs and for co-design.
//
// More cases: MAGNET_SEED=7 MAGNET_CASES=50 npx vitest run test/tuner/parts.test.ts

import { describe, expect, test } from 'vitest';
import { seeded } from '../../src/base/random.js';
import { magnetConventions } from '../../src/model/cost/conventions.js';
import type { Objective } from '../../src/model/cost/goal.js';
import { evaluate } from '../../src/model/cost/evaluate.js';
import { measure } from '../../src/model/cost/goal.js';
import type { Layer } from '../../src/model/workload/layer.js';
import { makeLayer } from '../../src/model/workload/layer.js';
import { breaches } from '../../src/model/mapping/legality.js';
import { choices, partings, partOf, runsOf, whole } from '../../src/model/workload/layer-parts.js';
import { simba } from '../../src/model/machine/presets.js';
import { technology16nm } from '../../src/model/machine/technology.js';
import { lowerTemplate } from '../../src/model/machine/template.js';
import type { Template } from '../../src/model/machine/template.js';
import { exhaustive } from '../../src/search/mapping/exhaustive.js';
import type { Answer, Task } from '../../src/search/strategy.js';
import { certify } from '../../src/tuner/certify.js';
import { mapLayer } from '../../src/tuner/map-layer.js';
import { minimum } from '../../src/tuner/prove/minimum.js';
import { partingsOf, runTask, scaleOf } from '../../src/tuner/in-parts.js';
import { casesOf, seedFrom } from '../support/cases.js';
import { smallMachine } from '../support/rtl.js';

const seed = seedFrom(20191104);
const cases = casesOf('layers in parts');
const now = () => performance.now();
const budget = { time: 60, evaluations: Infinity, gap: 1e-9, seed: 1, now };

const small = (biasLines: number): Template =>
  smallMachine(
    `lines${biasLines}`,
    { weight: 16, input: 16, sum: 8, bank: 16 },
    {
      vectorSize: 2,
      numLanes: 2,
      rows: 1,
      columns: 2,
      weightCollector: 1,
      inputCollector: 1,
      accumCollector: 1,
      globalBanks: 8,
      biasLines,
    },
  );
const taskOn = (t: Template, layer: Layer, objective: Objective = 'edp', padding = true): Task => ({
  architectures: lowerTemplate(t, technology16nm),
  layer,
  conventions: magnetConventions,
  goal: { objective, limits: {} },
  padding,
  machine: { template: t, technology: technology16nm },
});
const layers = (): readonly Layer[] => {
  const chance = seeded(seed);
  return Array.from({ length: cases }, (_, i) =>
    makeLayer(`l${i}`, {
      G: 1 + chance.below(3),
      K: 3 + chance.below(7),
      C: 1 + chance.below(3),
      P: 1 + chance.below(3),
    }),
  );
};

describe('which parts', () => {
  test.each<[string, Parameters<typeof makeLayer>[1], number, number, boolean, string]>([
    ['a layer that fits runs whole', { K: 16 }, 2, 8, true, '1x1'],
    ['the least that fits, and the next three', { K: 17 }, 2, 8, true, '1x2 1x3 1x4 1x5'],
    ['numbers that leave no smaller part are left out', { K: 10 }, 1, 3, true, '1x4 1x5 1x10'],
    ['groups first', { G: 4, K: 4 }, 2, 4, true, '2x1 4x1'],
    ['both where one group is too wide', { G: 2, K: 9 }, 1, 4, true, '2x3 2x5 2x9'],
    ['the vocabulary of GPT-2 on 8 lanes', { K: 50257 }, 8, 1024, true, '1x7 1x8 1x9 1x10'],
    // 50257 / 7 = 7180 takes 5 lanes at most, 1436 lines; 6283 and 5585 are no better; 5026 = 7 x 718.
    ['without padding lanes must divide a part', { K: 50257 }, 8, 1024, false, '1x10 1x12 1x15 1x18'],
  ])('%s', (_, bounds, lanes, lines, padding, expected) => {
    const found = choices(
      makeLayer('l', bounds, { diagonal: false }),
      { lanes, vector: lanes, biasLines: lines },
      padding,
    );
    const text = found.map(({ G, K }) => `${G}x${K}`).join(' ');
    if (padding) expect(text).toBe(expected);
    else expect(text.split(' ')[0]).toBe(expected.split(' ')[0]);
  });

  test('without biases, and on hierarchies, a layer runs whole', () => {
    expect(
      choices(makeLayer('l', { K: 100000 }, { bias: false }), { lanes: 8, vector: 8, biasLines: 4 }, true),
    ).toEqual([whole]);
    const { tiling: _, ...hierarchy } = lowerTemplate(simba, technology16nm)[0]!;
    expect(partings(hierarchy, makeLayer('l', { K: 100000 }), true)).toEqual([whole]);
  });
});

const answerOf = (a: Answer) => a.best!;

test('law: n parts cost n runs of the part alone; other parts are no mapping', async () => {
  for (const layer of layers()) {
    const task = taskOn(small(2), layer);
    const { mapping, evaluation, architecture } = answerOf(await mapLayer(task, 'auto', budget));
    const a = task.architectures[architecture]!;
    const parts = mapping.parts ?? whole;
    const alone = evaluate(a, partOf(layer, parts), { levels: mapping.levels }, magnetConventions);
    const runs = runsOf(parts);
    expect(evaluation.cycles).toBe(runs * alone.cycles);
    expect(evaluation.energy).toBeCloseTo(runs * alone.energy, 6);
    expect(evaluation.levels[0]!.dataspaces.Inputs!.reads).toBe(runs * alone.levels[0]!.dataspaces.Inputs!.reads);
    expect(evaluation.compute.macs).toBe(runs * alone.compute.macs);
    expect(breaches(a, layer, mapping, magnetConventions)).toEqual([]);
    if (runs > 1)
      expect(breaches(a, layer, { ...mapping, parts: { G: 1, K: 99 } }, magnetConventions)[0]!.code).toBe('parts');
  }
});

test(
  'law: the optimum over parts is that of looking at every mapping in each; the bound is not above it; more lines are never worse',
  { timeout: 300_000 },
  async () => {
    let parted = 0;
    for (const layer of layers()) {
      for (const objective of ['edp', 'latency'] as const) {
        let before = Infinity;
        for (const lines of [1, 2, 3, 5, 64]) {
          const task = taskOn(small(lines), layer, objective, false);
          const menu = partingsOf(task);
          if (runsOf(menu[0]!) > 1) parted++;
          const looked = await Promise.all(
            menu.map(async (parts) => {
              const all = await exhaustive.find(runTask(task, parts), budget);
              return all.best ? scaleOf(objective, runsOf(parts)) * all.best.objective : Infinity;
            }),
          );
          const truth = Math.min(...looked);
          const answer = await mapLayer(task, 'enumerate', budget);
          expect(answer.best!.objective / truth).toBeCloseTo(1, 9);
          expect(answer.bound).toBeLessThanOrEqual(truth * (1 + 1e-9));
          expect(answer.best!.objective).toBeLessThanOrEqual(before * (1 + 1e-9));
          before = answer.best!.objective;
        }
      }
    }
    expect(parted).toBeGreaterThan(cases);
  },
);

test(
  'every solver, a proof and a certificate agree; a limit that one run just keeps is kept by all',
  { timeout: 300_000 },
  async () => {
    const layer = makeLayer('wide', { K: 10, C: 2, P: 2 });
    const task = taskOn(small(2), layer, 'energy');
    const best = await mapLayer(task, 'enumerate', budget);
    expect(best.status).toBe('optimal');
    const { energy, cycles } = best.best!.evaluation;
    const byProgram = await mapLayer(task, 'highs', { ...budget, gap: 1e-6 });
    expect(byProgram.best!.objective / energy).toBeCloseTo(1, 6);
    const heuristic = await mapLayer(task, 'annealing', { ...budget, time: 2, evaluations: 4000 });
    expect(heuristic.best!.objective).toBeGreaterThanOrEqual(energy * (1 - 1e-9));
    const proven = await minimum(
      {
        task,
        machine: { kind: 'template', template: small(2) },
        technology: technology16nm,
        weights: { both: 0, energy: 1, cycles: 0 },
      },
      { seconds: 60, now },
    );
    expect(proven.value / energy).toBeCloseTo(1, 9);
    expect(measure('energy', proven.found!.evaluation) / energy).toBeCloseTo(1, 9);
    const held = await mapLayer(
      { ...task, goal: { objective: 'latency', limits: { energy: energy * (1 + 1e-9) } } },
      'enumerate',
      budget,
    );
    expect(held.best!.evaluation.cycles).toBeLessThanOrEqual(cycles);
    const none = await mapLayer(
      { ...task, goal: { objective: 'latency', limits: { energy: energy * (1 - 1e-6) } } },
      'enumerate',
      budget,
    );
    expect(none).toMatchObject({ status: 'infeasible', bound: Infinity });
    const certificate = await certify(task, best, { eps: 1e-2, time: 60, now });
    expect(certificate.status).toBe('certified');
  },
);
