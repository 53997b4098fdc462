// The benchmarks themselves: they start, prove what they time, and their cases are the pinned ones.

import { describe, expect, test } from 'vitest';
import { benchmarkCases } from '../../benchmarks/cases.js';
import { mapLayer } from '../../src/tuner/map-layer.js';

describe.each(benchmarkCases().map((c) => [c.name, c] as const))('%s', (_, c) => {
  test('is the whole of ResNet-50', () => expect(c.network.layers).toHaveLength(24));

  test('proves its smallest layer', async () => {
    const layer = c.network.layers.at(-1)!.layer;
    const task = { architectures: c.architectures, layer, conventions: c.conventions, goal: { objective: c.objective, limits: {} }, padding: c.padding };
    const answer = await mapLayer(task, 'auto', { time: 60, evaluations: Infinity, gap: 1e-4, seed: 1, now: () => performance.now() });
    expect(answer.status).toBe('optimal');
    expect(answer.best!.objective - answer.bound).toBeLessThanOrEqual(1e-4 * answer.best!.objective);
  });
});
