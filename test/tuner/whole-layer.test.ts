// The whole problem of a small layer as SMT-LIB: unsat just below the optimum that exhaustive search finds, sat at it.

import { describe, expect, test } from 'vitest';
import { magnetConventions } from '../../src/model/cost/conventions.js';
import type { Objective } from '../../src/model/cost/goal.js';
import { measure } from '../../src/model/cost/goal.js';
import type { Layer } from '../../src/model/workload/layer.js';
import { makeLayer } from '../../src/model/workload/layer.js';
import { array3 } from '../../src/model/machine/presets.js';
import { technology16nm } from '../../src/model/machine/technology.js';
import { lowerTemplate } from '../../src/model/machine/template.js';
import { exhaustive } from '../../src/search/mapping/exhaustive.js';
import type { Task } from '../../src/search/strategy.js';
import { printScript } from '../../src/smt/script.js';
import { solveScript } from '../../src/smt/z3.js';
import { wholeLayer } from '../../src/tuner/prove/whole-layer.js';
import { wholeLayerText } from '../../src/cli/prove/smt2-layer.js';
import { smallMachine } from '../support/rtl.js';
import { askNative, isInstalled, nativeSolvers } from '../support/native-smt.js';

const seconds = 30;
const cases: readonly { readonly layer: Layer; readonly objective: 'energy' | 'latency' | 'edp' }[] = [
  { layer: makeLayer('fc', { K: 3, C: 2 }), objective: 'energy' },
  { layer: makeLayer('fc', { K: 2, C: 2 }), objective: 'edp' },
  { layer: makeLayer('batch', { N: 2, K: 3, C: 2 }), objective: 'latency' },
];

const taskOf = (layer: Layer, limits: Task['goal']['limits'], objective: Objective = 'energy'): Task => ({
  architectures: [array3],
  layer,
  conventions: magnetConventions,
  padding: false,
  goal: { objective, limits },
});

async function optimum(layer: Layer, objective: Objective): Promise<number> {
  const { best } = await exhaustive.find(taskOf(layer, {}, objective), {
    time: 60,
    evaluations: Infinity,
    gap: 0,
    seed: 1,
    now: () => performance.now(),
  });
  expect(best).toBeDefined();
  return measure(objective, best!.evaluation);
}

describe('the whole problem of a small layer', () => {
  test.each(cases)(
    '$layer.name, $objective: no mapping below the optimum, one at it; other solvers read the same',
    { timeout: 240_000 },
    async ({ layer, objective }) => {
      const min = await optimum(layer, objective);
      for (const { max, status } of [
        { max: min * (1 - 1e-4), status: 'unsat' },
        { max: min, status: 'sat' },
      ] as const) {
        const whole = await wholeLayer(
          taskOf(layer, { [objective]: max }),
          (script, s) => solveScript(script, { seconds: s }),
          () => seconds,
        );
        expect(whole.status).toBe(status);
        expect(whole.scripts.length).toBe(1);
        const text = wholeLayerText(whole);
        expect(text).toBe(printScript(whole.scripts[0]!, { check: true }));
        for (const solver of nativeSolvers)
          if (await isInstalled(solver))
            expect([solver, await askNative(solver, text, seconds)]).toEqual([solver, { status, errors: [] }]);
      }
    },
  );

  test('of a layer whose biases do not fit: in every number of parts, a script each', { timeout: 60_000 }, async () => {
    const few = smallMachine(
      'few',
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
        biasLines: 2,
      },
    );
    const task: Task = {
      ...taskOf(makeLayer('wide', { K: 10, C: 2 }), {}),
      architectures: lowerTemplate(few, technology16nm),
    };
    const ask: Parameters<typeof wholeLayer>[1] = (script, s) => solveScript(script, { seconds: s });
    const fits = await wholeLayer(task, ask, () => seconds);
    expect(fits.status).toBe('sat');
    expect(wholeLayerText(fits)).toContain('What layer wide in 3 parts requires of few');
    const never = await wholeLayer(
      { ...task, goal: { objective: 'energy', limits: { latency: 1 } } },
      ask,
      () => seconds,
    );
    expect(never.status).toBe('unsat');
    // In 4 parts, of 3 channels each, only one lane would work.
    expect(never.scripts.map((s) => s.title[0])).toEqual(
      [3, 5, 10].map((n) => `What layer wide in ${n} parts requires of few: unsat where no mapping meets it.`),
    );
  });
});
