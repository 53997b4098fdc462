// The enumeration as a solver that a user names: ResNet-50 on simba, limits, and where it cannot be used.

import { describe, expect, test } from 'vitest';
import { magnetConventions, timeloopConventions } from '../../src/model/cost/conventions.js';
import type { Goal } from '../../src/model/cost/goal.js';
import { eyeriss, simba } from '../../src/model/machine/presets.js';
import { technology16nm } from '../../src/model/machine/technology.js';
import { lowerTemplate } from '../../src/model/machine/template.js';
import { gapOf } from '../../src/search/strategy.js';
import { whyUnsuited } from '../../src/tuner/map-layer.js';
import type { MapRequest } from '../../src/tuner/map-network.js';
import { mapNetwork, solveHere, totals } from '../../src/tuner/map-network.js';
import { findNetwork } from '../../src/workloads/builtin.js';
import { run } from '../cli/run.js';

const now = () => performance.now();
const resnet50 = (names?: readonly string[]) => {
  const found = findNetwork('resnet50');
  if (!found.ok) throw new Error('no ResNet-50');
  return { ...found.value, layers: found.value.layers.filter(({ layer }) => !names || names.includes(layer.name)) };
};
const mapped = (goal: Goal, names?: readonly string[]) => {
  const request: MapRequest = {
    network: resnet50(names),
    architectures: lowerTemplate(simba, technology16nm),
    machine: { template: simba, technology: technology16nm },
    conventions: magnetConventions,
    goal,
    padding: true,
    gap: 1e-9,
    timeLimit: 60,
    seed: 1,
    solver: 'enumerate',
  };
  return mapNetwork(request, { now, width: 1, solve: solveHere(now), event: () => {}, stopped: () => false });
};

describe('--solver enumerate', () => {
  test('maps ResNet-50 on simba, every layer proven, to the same sums as ever', { timeout: 120_000 }, async () => {
    const results = await mapped({ objective: 'edp', limits: {} });
    const sums = totals('layer-edp', results)!;
    // With memories by size alone it was 7.372125, which the MILP proved too.
    expect(sums.objective / 1e14).toBeCloseTo(8.435557, 6);
    expect(sums.bound / sums.objective).toBeCloseTo(1, 9);
    expect(results.map((r) => r.answer.status)).toEqual(results.map(() => 'optimal'));
    expect(Math.max(...results.map((r) => gapOf(r.answer)))).toBeLessThanOrEqual(1e-9);
    const fast = totals('latency', await mapped({ objective: 'latency', limits: {} }))!;
    expect(fast).toMatchObject({ objective: 7275142, cycles: 7275142 });
  });

  test('keeps limits, and says where nothing can', { timeout: 60_000 }, async () => {
    const some = ['layer1.0.conv1', 'fc'];
    const fast = await mapped({ objective: 'latency', limits: {} }, some);
    for (const { layer, answer } of fast) {
      const { objective } = answer.best!;
      const [held] = await mapped({ objective: 'energy', limits: { latency: objective } }, [layer.name]);
      expect(held!.answer).toMatchObject({ status: 'optimal', solver: 'enumerate' });
      expect(held!.answer.best!.evaluation.cycles).toBe(objective);
      const [none] = await mapped({ objective: 'energy', limits: { latency: objective - 1 } }, [layer.name]);
      expect(none!.answer).toMatchObject({ status: 'infeasible', best: undefined, bound: Infinity });
    }
  });

  test('is refused before any work where it cannot be used', async () => {
    const machine = { template: simba, technology: technology16nm };
    const goal: Goal = { objective: 'edp', limits: {} };
    expect(whyUnsuited('enumerate', { machine, conventions: magnetConventions, goal })).toBeUndefined();
    expect(whyUnsuited('highs', { conventions: timeloopConventions, goal })).toBeUndefined();
    expect(whyUnsuited('enumerate', { conventions: magnetConventions, goal })).toContain('template');
    expect(whyUnsuited('enumerate', { machine, conventions: timeloopConventions, goal })).toContain(
      '--conventions magnet',
    );
    expect(
      whyUnsuited('enumerate', { machine, conventions: magnetConventions, goal: { objective: 'ed2p', limits: {} } }),
    ).toContain('--objective edp');
    expect(
      whyUnsuited('enumerate', {
        machine: {
          ...machine,
          template: { ...simba, inputBuffer: (simba.inputBuffer + 1) as typeof simba.inputBuffer },
        },
        conventions: magnetConventions,
        goal,
      }),
    ).toContain('whole number of lines');
    const { code, err } = await run(['map', 'resnet50', '--arch', eyeriss.name, '--solver', 'enumerate']);
    expect(code).toBe(3);
    expect(err).toContain('leave out --solver enumerate');
  });

  test('is named in the help, and solves on the command line', async () => {
    expect((await run(['map', '--help'])).out).toContain('enumerate');
    const { code, out } = await run([
      'map',
      'resnet50',
      '--arch',
      'simba',
      '--layer',
      'fc',
      '--solver',
      'enumerate',
      '--quiet',
      '--limit',
      'latency=1ms',
    ]);
    expect(code).toBe(0);
    expect(out).toMatch(/fc .*optimal/);
    const none = await run([
      'map',
      'resnet50',
      '--arch',
      'simba',
      '--layer',
      'fc',
      '--solver',
      'enumerate',
      '--quiet',
      '--limit',
      'latency=100',
    ]);
    expect(none.code).toBe(1);
    expect(none.err).toContain('no mapping goes below');
  });
});
