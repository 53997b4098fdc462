// The whole problem of a small layer as SMT-LIB: unsat just below the optimum that exhaustive search finds, sat at it.

import { describe, expect, test } from 'vitest';
import { magnetConventions } from '../../src/model/conventions.js';
import type { Objective } from '../../src/model/goal.js';
import { measure } from '../../src/model/goal.js';
import type { Layer } from '../../src/model/layer.js';
import { makeLayer } from '../../src/model/layer.js';
import { array3 } from '../../src/model/presets.js';
import { exhaustive } from '../../src/search/exhaustive.js';
import type { Task } from '../../src/search/strategy.js';
import { printScript } from '../../src/smt/script.js';
import { solveScript } from '../../src/smt/z3.js';
import { wholeLayer } from '../../src/tuner/prove/whole-layer.js';
import { wholeLayerText } from '../../src/cli/prove/smt2-layer.js';
import { askNative, isInstalled, nativeSolvers } from '../support/native-smt.js';

const seconds = 30;
const cases: readonly { readonly layer: Layer; readonly objective: 'energy' | 'latency' | 'edp' }[] = [
  { layer: makeLayer('fc', { K: 3, C: 2 }), objective: 'energy' },
  { layer: makeLayer('fc', { K: 2, C: 2 }), objective: 'edp' },
  { layer: makeLayer('batch', { N: 2, K: 3, C: 2 }), objective: 'latency' },
];

const taskOf = (layer: Layer, limits: Task['goal']['limits'], objective: Objective = 'energy'): Task => ({ architectures: [array3], layer, conventions: magnetConventions, padding: false, goal: { objective, limits } });

async function optimum(layer: Layer, objective: Objective): Promise<number> {
  const { best } = await exhaustive.find(taskOf(layer, {}, objective), { time: 60, evaluations: Infinity, gap: 0, seed: 1, now: () => performance.now() });
  expect(best).toBeDefined();
  return measure(objective, best!.evaluation);
}

describe('the whole problem of a small layer', () => {
  test.each(cases)('$layer.name, $objective: no mapping below the optimum, one at it; other solvers read the same', { timeout: 240_000 }, async ({ layer, objective }) => {
    const least = await optimum(layer, objective);
    for (const { most, status } of [{ most: least * (1 - 1e-4), status: 'unsat' }, { most: least, status: 'sat' }] as const) {
      const whole = await wholeLayer(taskOf(layer, { [objective]: most }), (script, s) => solveScript(script, { seconds: s }), () => seconds);
      expect(whole.status).toBe(status);
      expect(whole.scripts.length).toBe(1);
      const text = wholeLayerText(whole);
      expect(text).toBe(printScript(whole.scripts[0]!, { check: true }));
      for (const solver of nativeSolvers) if (await isInstalled(solver)) expect([solver, await askNative(solver, text, seconds)]).toEqual([solver, { status, errors: [] }]);
    }
  });
});
