// Law: what Bayesian optimisation does between two looks is measured too: a run ends within its time and one step more.

import { afterEach, describe, expect, test } from 'vitest';
import { magnetConventions } from '../../src/model/cost/conventions.js';
import type { DesignSpace } from '../../src/model/space/design-space.js';
import { makeLayer } from '../../src/model/workload/layer.js';
import { simba } from '../../src/model/machine/presets.js';
import { technology16nm } from '../../src/model/machine/technology.js';
import { lowerTemplate } from '../../src/model/machine/template.js';
import { bayesianDesign } from '../../src/search/design/bayesian-design.js';
import { bayesian } from '../../src/search/mapping/bayesian.js';

/** A clock that goes on by a microsecond with each exponential: one per pair of looks is nearly all that a process costs. */
const exponential = Math.exp;
let spent = 0;
const now = () => spent / 1000;
const counted = (x: number) => (spent++, exponential(x));
afterEach(() => void (Math.exp = exponential));

/** A run with as many seconds; by how many processes of the most looks it exceeded them. */
async function excess(
  time: number,
  maxLooks: number,
  find: (budget: { time: number }) => Promise<unknown>,
): Promise<number> {
  [spent, Math.exp] = [0, counted];
  await find({ time });
  return (spent - time * 1e6) / (maxLooks ** 2 / 2);
}
const budget = { evaluations: Infinity, gap: 0, seed: 1, now };
/** Ends while scales are learned, a process is made and values are predicted. */
const times = [0.002, 0.01, 0.03, 0.05, 0.08, 0.13, 0.5, 1.1, 1.2, 1.3, 1.41];

describe('Bayesian optimisation ends within its time and one process', () => {
  test.each(times)('of mappings: %d s', async (time) => {
    const task = {
      architectures: lowerTemplate(simba, technology16nm),
      layer: makeLayer('3x3', { K: 64, C: 64, P: 56, Q: 56, R: 3, S: 3 }),
      conventions: magnetConventions,
      goal: { objective: 'edp', limits: {} },
      padding: true,
    } as const;
    const over = await excess(time, 120, ({ time }) => bayesian.find(task, { ...budget, time }));
    expect(over).toBeGreaterThanOrEqual(0);
    expect(over).toBeLessThan(1.1);
  });

  test.each(times)('of machines: %d s', async (time) => {
    const menus = {
      vectorSize: [8],
      numLanes: [8],
      rows: [1, 2, 3, 4, 5],
      columns: [1, 2, 3, 4, 5],
      weightPrecision: [8],
      inputPrecision: [8],
      accumPrecision: [24],
      globalBanks: [4],
      biasLines: [16],
      clock: [1000],
      weightChannel: [64],
      inputChannel: [64],
      outputChannel: [64],
      dramBandwidth: [100],
      dramLatency: [1],
      globalReadPort: [64],
      globalWritePort: [64],
      residency: [0],
      packedWeights: [1],
      splitMultipliers: [0],
      weightBuffer: [16384, 32768, 65536],
      inputBuffer: [16384, 32768, 65536],
      accumBuffer: [8192],
      globalBuffer: [524288],
      weightCollector: [1, 2, 3, 4],
      inputCollector: [1, 2, 3, 4],
      accumCollector: [1, 2, 3, 4],
    };
    const space: DesignSpace = { name: 'small', source: 'test', menus, maxPes: 12, overflowFree: false };
    const asked: number[] = [];
    const value = (p: { rows: number; columns: number; weightCollector: number }) => (
      asked.push(spent),
      Promise.resolve(p.rows === 5 ? Infinity : 10 + (p.rows - 2) ** 2 + p.columns + p.weightCollector)
    );
    const over = await excess(time, 200, ({ time }) => bayesianDesign.find({ space, value }, { ...budget, time }));
    expect(over).toBeGreaterThanOrEqual(0);
    // One of values and one of whether there is any.
    expect(over).toBeLessThan(2.1);
    for (const at of asked) expect(at).toBeLessThan(time * 1e6);
  });
});
