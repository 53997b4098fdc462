// The optimum of a peer: TCM, the optimal mapper of AccelForge (its own search, its own model), on two memories. Its figures
// were measured beside ours; the machine is test/golden/accelforge/machine.yaml, a small example of theirs in our words.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { defined } from '../../src/base/invariant.js';
import { magnetConventions, map, parseDocument, parseMachinery } from '../../src/index.js';
import { makeLayer } from '../../src/model/workload/layer.js';

const file = parseDocument(readFileSync(new URL('../golden/accelforge/machine.yaml', import.meta.url)), 'yaml');
const machine = parseMachinery(file.ok ? file.value : undefined, 'two-memories');

test.each([
  [128, 76_283_904],
  [512, 4_819_255_296],
])('the product of %i^3 takes %i pJ, and no mapping takes less', { timeout: 120_000 }, async (n, energy) => {
  expect(machine.ok).toBe(true);
  if (!machine.ok) return;
  // A product of M x N x K: M are positions, N output channels.
  const network = {
    name: 'product',
    source: 'AccelForge',
    unmapped: [],
    layers: [{ layer: makeLayer('product', { P: n, K: n, C: n }), count: 1 }],
  };
  const { layers } = await map(network, machine.value, {
    goal: { objective: 'energy', limits: {} },
    conventions: magnetConventions,
  });
  const { best, bound } = defined(layers[0]).answer;
  expect(defined(best).evaluation.energy).toBe(energy);
  expect(bound).toBeLessThanOrEqual(energy);
  expect(bound).toBeGreaterThan(energy * (1 - 2e-6));
});
