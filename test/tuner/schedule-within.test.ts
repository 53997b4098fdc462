// Law: within limits on energy, cycles and their product the schedule is the best of all residencies x mappings that keep them.

import { expect, test } from 'vitest';
import { bits } from '../../src/base/units.js';
import { seeded } from '../../src/base/random.js';
import { simba } from '../../src/model/machine/presets.js';
import { scheduleObjectives } from '../../src/tuner/schedule/schedule-question.js';
import type { ScheduleLimits } from '../../src/tuner/schedule/schedule-within.js';
import { scheduleWithin } from '../../src/tuner/schedule/schedule-within.js';
import { everySchedule, frontOf, lenet, patience, questionOf } from '../support/schedule-question.js';

const template = { ...simba, residency: 1, rows: 1, columns: 2, globalBanks: 8, globalBuffer: bits(4 * 1024 * 8) };

test('the best of all that keep the limits', { timeout: 240_000 }, async () => {
  const known = questionOf(template, lenet);
  const all: (readonly [energy: number, cycles: number])[] = [];
  for (const { route, residency } of everySchedule(known)) all.push(...(await frontOf(known, route, residency)));
  const [energies, times] = [all.map(([e]) => e), all.map(([, t]) => t)];
  const floor = { energy: Math.min(...energies) / 2, cycles: Math.min(...times) / 2 };
  const chance = seeded(7);
  const between = (values: readonly number[]) => {
    const [min, max] = [Math.min(...values), Math.max(...values)];
    return min * 0.98 + (max - min) * 0.6 * chance.next();
  };
  // What is learnt of the mappings for one question serves the next.
  const q = questionOf(template, lenet);
  let [none, within, unsupported] = [0, 0, 0];
  for (let i = 0; i < 60; i++) {
    const limits: ScheduleLimits = {
      ...(chance.below(3) > 0 && { cycles: Math.round(between(times)) }),
      ...(chance.below(3) === 0 && { energy: between(energies) }),
      ...(chance.below(3) === 0 && { product: between(all.map(([e, t]) => e * t)) }),
    };
    const objective = scheduleObjectives[i % 3]!;
    const { energy = Infinity, cycles = Infinity, product = Infinity } = limits;
    const kept = all.filter(([e, t]) => e <= energy && t <= cycles && e * t <= product);
    const least = Math.min(...kept.map(([e, t]) => ({ energy: e, latency: t, edp: e * t })[objective]));
    const found = await scheduleWithin(q, { objective, limits, floor }, new Map(), patience);
    const where = `${objective} within ${JSON.stringify(limits)}`;
    if (kept.length === 0) {
      none++;
      expect(found, where).toBe('none');
      continue;
    }
    within++;
    if (!found || found === 'none') throw new Error(`${where}: nothing found of ${kept.length}`);
    expect(found.value / least, where).toBeCloseTo(1, 9);
    expect(found.bound / least, where).toBeCloseTo(1, 8);
    expect(found.bound).toBeLessThanOrEqual(found.value);
    const free = Math.min(...all.map(([e, t]) => ({ energy: e, latency: t, edp: e * t })[objective]));
    if (found.value > free * (1 + 1e-9)) unsupported++;
  }
  expect(Math.min(none, within, unsupported)).toBeGreaterThan(5);
});
