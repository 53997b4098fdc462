// Cycles by cause: parts of at least 0 that sum to the evaluation's cycles; small cases by hand.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seeded } from '../../src/base/random.js';
import { megahertz } from '../../src/base/units.js';
import { magnetConventions } from '../../src/model/cost/conventions.js';
import { evaluate } from '../../src/model/cost/evaluate.js';
import { makeLayer } from '../../src/model/workload/layer.js';
import { breaches } from '../../src/model/mapping/legality.js';
import type { Mapping } from '../../src/model/mapping/mapping.js';
import { simba } from '../../src/model/machine/presets.js';
import { technology16nm } from '../../src/model/machine/technology.js';
import { lowerTemplate } from '../../src/model/machine/template.js';
import { bindingOf, channelsOf } from '../../src/model/cost/channels.js';
import { splitTime, timeCauses } from '../../src/model/cost/time-split.js';
import { space } from '../../src/search/mapping/point.js';
import type { Task } from '../../src/search/strategy.js';
import { casesOf, seedFrom } from '../support/cases.js';
import { smallTask, tiledTask } from '../support/small.js';

const seed = seedFrom(20191104);
const cases = casesOf('model/time-split');

function holds(task: Task, tries: number, chance = seeded(seed)): number {
  let compared = 0;
  const from = task.architectures.map((_, k) => space(task, k));
  for (let i = 0; i < tries; i++) {
    const k = chance.below(from.length);
    const [a, mapping] = [task.architectures[k]!, from[k]!.decode(from[k]!.random(chance))];
    if (breaches(a, task.layer, mapping, task.conventions).length > 0) continue;
    const e = evaluate(a, task.layer, mapping, task.conventions);
    // As a run of three, of a layer with up to two groups less than they cover.
    const wider = {
      ...task.layer,
      bounds: { ...task.layer.bounds, G: 3 * task.layer.bounds.G - chance.below(Math.min(3, task.layer.bounds.G)) },
    };
    const inParts = { ...mapping, parts: { G: 3, K: 1 } };
    const thrice = splitTime(a, wider, inParts, task.conventions);
    expect(
      timeCauses.reduce((n, c) => n + thrice[c], 0) / evaluate(a, wider, inParts, task.conventions).cycles,
    ).toBeCloseTo(1, 9);
    for (const cause of timeCauses) expect(thrice[cause], cause).toBeGreaterThanOrEqual(0);
    const { cycles, utilization } = e;
    const split = splitTime(a, task.layer, mapping, task.conventions);
    for (const cause of timeCauses)
      expect(split[cause], `${cause} ${JSON.stringify({ mapping, layer: task.layer })}`).toBeGreaterThanOrEqual(0);
    const sum = timeCauses.reduce((n, c) => n + split[c], 0);
    expect(Math.abs(sum - cycles), JSON.stringify({ split, cycles, layer: task.layer })).toBeLessThanOrEqual(
      1e-9 * cycles,
    );
    expect(split.useful / cycles).toBeCloseTo(utilization, 12);
    const channels = channelsOf(a, e);
    for (const c of channels) expect(c.busy, c.name).toBeLessThanOrEqual(cycles);
    for (const c of channels) expect(c.bytes, c.name).toBeCloseTo(c.busy * c.bytesPerCycle, 6);
    expect(bindingOf(a, e).busy).toBe(Math.max(e.compute.cycles, ...channels.map((c) => c.busy)));
    compared++;
  }
  return compared;
}

describe('time by cause', () => {
  test('sums to the cycles of machines that work tile by tile', { timeout: 120_000 }, () => {
    const compared = fc
      .sample(tiledTask, { seed, numRuns: cases })
      .reduce((n, task, i) => n + holds(task, 20, seeded(seed + i)), 0);
    expect(compared).toBeGreaterThan(cases);
  });

  test('sums to the cycles of any hierarchy', { timeout: 120_000 }, () => {
    const compared = fc
      .sample(smallTask, { seed, numRuns: cases })
      .reduce((n, task, i) => n + holds(task, 20, seeded(seed + i)), 0);
    expect(compared).toBeGreaterThan(cases);
  });

  // One PE of 2 lanes x vectors of 4; a product of P = 4 rows, K = 1 column and depth C = 3, all at once in the PE.
  test('of a layer that uses half of the lanes and three quarters of the vector, by hand', () => {
    const template = { ...simba, rows: 1, columns: 1, numLanes: 2, vectorSize: 4, clock: megahertz(500) };
    const a = lowerTemplate(template, technology16nm)[0]!;
    const layer = makeLayer('fc', { P: 4, C: 3 });
    const mapping: Mapping = {
      levels: a.levels.map((l) => ({
        name: l.name,
        keep: l.keeps,
        temporal: l.role === 'accumulator' ? [{ dim: 'P', factor: 4 }] : [],
        spatial: l.axes.some((x) => x.name.endsWith('vector') || x.label === 'vector')
          ? [{ dim: 'C', factor: 3, axis: l.axes.at(-1)!.label }]
          : [],
      })),
    };
    expect(breaches(a, layer, mapping, magnetConventions)).toEqual([]);
    const { useful, PEs, lanes, vector, padding, control, ...waits } = splitTime(a, layer, mapping, magnetConventions);
    // 12 MACs on 8 multipliers are 1.5 of 4 cycles; half of the lanes take 2, a quarter of the other half 0.5.
    expect({ useful, PEs, lanes, vector, padding }).toEqual({ useful: 1.5, PEs: 0, lanes: 2, vector: 0.5, padding: 0 });
    // Three outer steps and three inner ones of 2 cycles each, 4 in the pipeline of the multipliers.
    expect(control).toBe(6 * 2 + 4);
    // One tile, nothing hides: weights 1 line + 2 and inputs 4 + 2 side by side, then drain 4 + 5, fill 4 + 2, spill 4 + 2.
    expect(waits).toEqual({ load_w: 3 / 2, load_i: 6 - 3 / 2, drain: 9, fill: 6, spill: 6, ports: 0 });
  });
});
