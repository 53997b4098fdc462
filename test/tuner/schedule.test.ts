// Law: the schedule of a small network is the best of all residencies x mappings, each looked at.

import { expect, test } from 'vitest';
import { bits } from '../../src/base/units.js';
import { defined } from '../../src/base/invariant.js';
import { simba } from '../../src/model/machine/presets.js';
import { cheapestSchedule } from '../../src/tuner/schedule/cheapest-schedule.js';
import { scheduleNetwork } from '../../src/tuner/schedule/schedule-network.js';
import { frontOf, patience, questionOf, residenciesOf } from '../support/schedule-question.js';

test.each([
  ['a machine with room for most', 16, 16 * 1024],
  ['one with room for some', 8, 4 * 1024],
])('the best of all residencies and mappings, on %s', { timeout: 240_000 }, async (_, globalBanks, bytes) => {
  const template = { ...simba, residency: 1, rows: 1, columns: 2, globalBanks, globalBuffer: bits(bytes * 8) };
  const q = questionOf(template);
  expect(q.may.tensors.length).toBeGreaterThan(2);
  let [product, energy] = [Infinity, Infinity];
  for (const residency of residenciesOf(q)) {
    for (const [e, t] of await frontOf(q, residency)) {
      product = Math.min(product, e * t);
      energy = Math.min(energy, e);
    }
  }
  // New: nothing that was learnt above is known.
  const fresh = questionOf(template);
  const answer = await scheduleNetwork(fresh, 'edp', () => ({ places: undefined }), patience);
  expect(answer.status === 'found' && answer.schedule.value / product).toBeCloseTo(1, 9);
  expect(answer.status === 'found' && answer.bound / product).toBeCloseTo(1, 9);
  const lean = await cheapestSchedule(questionOf(template), { energy: 1, cycles: 0, both: 0 }, patience, new Map());
  expect(lean && lean !== 'none' && lean.sum / energy).toBeCloseTo(1, 9);
  // Never worse than where nothing stays.
  const none = new Map(q.may.tensors.map((_t, i) => [i, false] as const));
  const without = await cheapestSchedule(questionOf(template), { energy: 1, cycles: 0, both: 0 }, patience, none);
  expect(defined(without) !== 'none' && energy).toBeLessThanOrEqual(
    (without as { readonly sum: number }).sum * (1 + 1e-9),
  );
});
