// Law: within limits on energy, cycles and their product the schedule is the best of all residencies x mappings that keep them,
// whole or in bands of rows.

import { expect, test } from 'vitest';
import { bits } from '../../src/base/units.js';
import type { Random } from '../../src/base/random.js';
import { seeded } from '../../src/base/random.js';
import { simba } from '../../src/model/machine/presets.js';
import type { ScheduleQuestion } from '../../src/tuner/schedule/schedule-question.js';
import { scheduleObjectives } from '../../src/tuner/schedule/schedule-question.js';
import type { ScheduleLimits } from '../../src/tuner/schedule/schedule-within.js';
import { scheduleWithin } from '../../src/tuner/schedule/schedule-within.js';
import { everySchedule, frontOf, lenet, patience, questionOf } from '../support/schedule-question.js';
import { smallChain } from '../support/small-chains.js';

const machine = (globalBanks: number, bytes: number) => ({
  ...simba,
  residency: 1,
  rows: 1,
  columns: 2,
  globalBanks,
  globalBuffer: bits(bytes * 8),
});

/** Random limits on what a question has, each held against all of it. */
async function held(make: () => ScheduleQuestion, chance: Random, times: number) {
  const known = make();
  const all: (readonly [energy: number, cycles: number, bands: boolean])[] = [];
  for (const { route, residency } of everySchedule(known)) {
    const isBanded = route.some((s) => known.detours?.stretches.includes(s));
    for (const [e, t] of await frontOf(known, route, residency)) all.push([e, t, isBanded]);
  }
  const [energies, cycles] = [all.map(([e]) => e), all.map(([, t]) => t)];
  const floor = { energy: Math.min(...energies) / 2, cycles: Math.min(...cycles) / 2 };
  const between = (values: readonly number[]) => {
    const [min, max] = [Math.min(...values), Math.max(...values)];
    return min * 0.98 + (max - min) * 0.6 * chance.next();
  };
  // What is learnt of the mappings for one question serves the next.
  const q = make();
  const seen = { none: 0, within: 0, unsupported: 0, bands: 0 };
  for (let i = 0; i < times; i++) {
    const limits: ScheduleLimits = {
      ...(chance.below(3) > 0 && { cycles: Math.round(between(cycles)) }),
      ...(chance.below(3) === 0 && { energy: between(energies) }),
      ...(chance.below(3) === 0 && { product: between(all.map(([e, t]) => e * t)) }),
    };
    const objective = scheduleObjectives[i % 3]!;
    const { energy: maxEnergy = Infinity, cycles: maxCycles = Infinity, product = Infinity } = limits;
    const kept = all.filter(([e, t]) => e <= maxEnergy && t <= maxCycles && e * t <= product);
    const value = ([e, t]: (typeof all)[number]) => ({ energy: e, latency: t, edp: e * t })[objective];
    const least = Math.min(...kept.map(value));
    const found = await scheduleWithin(q, { objective, limits, floor }, new Map(), patience);
    const where = `${objective} within ${JSON.stringify(limits)}`;
    if (kept.length === 0) {
      seen.none++;
      expect(found, where).toBe('none');
      continue;
    }
    seen.within++;
    if (!found || found === 'none') throw new Error(`${where}: nothing found of ${kept.length}`);
    expect(found.value / least, where).toBeCloseTo(1, 9);
    expect(found.bound / least, where).toBeCloseTo(1, 8);
    expect(found.bound).toBeLessThanOrEqual(found.value);
    expect(found.chosen).toHaveLength(found.route.reduce((n, s) => n + s.steps.length, 0));
    if (found.value > Math.min(...all.map(value)) * (1 + 1e-9)) seen.unsupported++;
    if (Math.min(...kept.filter(([, , isBanded]) => !isBanded).map(value)) > least * (1 + 1e-9)) {
      seen.bands++;
      expect(found.route.some((s) => q.detours?.stretches.includes(s))).toBe(true);
    }
  }
  return seen;
}

test('the best of all that keep the limits', { timeout: 240_000 }, async () => {
  const { none, within, unsupported } = await held(() => questionOf(machine(8, 4 * 1024), lenet), seeded(7), 60);
  expect(Math.min(none, within, unsupported)).toBeGreaterThan(5);
});

test('the same of all ways to put chains into bands, on random networks', { timeout: 240_000 }, async () => {
  const seen = { none: 0, within: 0, unsupported: 0, bands: 0 };
  for (let seed = 1; seed <= 10; seed++) {
    const random = seeded(seed);
    const { graph, chains } = smallChain(random);
    const template = machine(12, 12 * random.pick([64, 128]));
    const own = await held(() => questionOf(template, graph, chains), random, 20);
    for (const of of ['none', 'within', 'unsupported', 'bands'] as const) seen[of] += own[of];
  }
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(5);
});
