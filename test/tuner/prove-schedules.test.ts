// Law: `prove` with schedules agrees with the schedules of every machine, each found alone: what it calls feasible is, on its machine
// and by its schedule; its cores cannot be met, and can without any member; a limit moved as far as it says, no less, can be met. What
// can be met where every tensor goes through DRAM can be met so too.

import { expect, test } from 'vitest';
import { defined, nth } from '../../src/base/invariant.js';
import { seeded } from '../../src/base/random.js';
import { scheduleWith } from '../../src/library/schedule.js';
import type { NetworkQuantity } from '../../src/model/cost/network-goal.js';
import type { Requirement } from '../../src/model/cost/requirement.js';
import type { NetworkGraph } from '../../src/model/workload/network-graph.js';
import { isNetwork, limitsOnNetwork } from '../../src/tuner/prove/decider.js';
import { prove } from '../../src/tuner/prove/prove.js';
import { drawn, kilobytes, lenet, spaceOf } from '../support/codesign-schedules.js';
import type { Least } from '../support/codesign-schedules.js';
import { leastIn, machinesThatMeet, proveHooks, provenWithSchedules, requestOf } from '../support/prove-schedules.js';

const space = spaceOf({
  vectorSize: [8],
  columns: [1, 2],
  globalBuffer: kilobytes(2, 8, 16),
  weightBuffer: kilobytes(4, 32),
});

const onNetwork = (quantity: NetworkQuantity, max: number): Requirement => ({
  kind: 'network',
  quantity,
  max,
  text: `${quantity}=${max}`,
});
const oneColumn: Requirement = { kind: 'parameter', parameter: 'columns', bound: 'max', value: 1, text: 'columns<=1' };
const area = (max: number): Requirement => ({ kind: 'area', max, text: `area=${max}mm2` });

const energyOf = (l: Least) => l.energy;
const cyclesOf = (l: Least) => l.cycles;
const areaOf = (l: Least) => [l.area];

/** Limits about where they begin to bind, on some of what can be limited. */
function requirementsFrom(chance: ReturnType<typeof seeded>, all: readonly Least[]): readonly Requirement[] {
  const near = (x: number) => x * (0.97 + 0.3 * chance.next());
  const asked = [
    onNetwork('latency', Math.round(near(leastIn(all, cyclesOf)))),
    onNetwork('energy', near(leastIn(all, energyOf))),
    area(near(leastIn(all, areaOf))),
    oneColumn,
  ];
  const [first, second] = [chance.below(2), chance.below(asked.length)];
  return [...new Set([nth(asked, first), nth(asked, second), ...(chance.below(2) === 0 ? [nth(asked, 2)] : [])])];
}

test.each([
  ['a drawn network', drawn(15), 1, 3],
  ['a second', drawn(27), 2, 3],
  ['lenet', lenet(), 3, 2],
] as const)('agrees with every machine of %s', { timeout: 900_000 }, async (_, graph: NetworkGraph, seed, cases) => {
  const chance = seeded(seed);
  const can = async (requirements: readonly Requirement[]) =>
    (await machinesThatMeet(graph, space, requirements)).length > 0;
  const all = await machinesThatMeet(graph, space, []);
  for (let i = 0; i < cases; i++) {
    const requirements = requirementsFrom(chance, all);
    const where = requirements.map((r) => r.text).join(', ');
    const { proof, schedule } = await provenWithSchedules(graph, space, requirements);
    const without = (await prove(requestOf(graph, space, requirements), proveHooks)).proof.status;
    expect(proof.status, where).toBe((await can(requirements)) ? 'feasible' : 'infeasible');
    // Feasible without, feasible with; infeasible with, infeasible without.
    if (without === 'feasible') expect([proof.status, schedule], where).toEqual(['feasible', undefined]);
    if (proof.status === 'infeasible') {
      expect(without, where).toBe('infeasible');
      expect(proof.minimal, where).toBe(true);
      const core = proof.core.map((c) => c.requirement);
      expect(await can(core), where).toBe(false);
      for (const { requirement, needed } of proof.core) {
        const rest = core.filter((r) => r !== requirement);
        const left = await machinesThatMeet(
          graph,
          space,
          rest,
          requirement.kind === 'network' ? quantityOf(requirement) : 'latency',
        );
        expect(left.length, where).toBeGreaterThan(0);
        if (requirement.kind === 'parameter') continue;
        const of = requirement.kind === 'area' ? areaOf : quantityOf(requirement) === 'energy' ? energyOf : cyclesOf;
        expect(needed.kind, where).toBe('exact');
        expect(needed.kind === 'exact' ? needed.value / leastIn(left, of) : 0, where).toBeCloseTo(1, 6);
      }
    }
    if (proof.status !== 'feasible') continue;
    // The same machine by its own schedule, which is no worse.
    const { machine, scheduled } = proof.witness;
    expect(schedule === undefined, where).toBe(scheduled === undefined);
    if (!schedule || machine.kind !== 'template') continue;
    const { technology, padding } = requestOf(graph, space, requirements);
    const limits = limitsOnNetwork(requirements);
    expect(defined(schedule.cycles ?? undefined), where).toBeLessThanOrEqual(limits.latency ?? Infinity);
    expect(defined(schedule.energy ?? undefined), where).toBeLessThanOrEqual(limits.energy ?? Infinity);
    expect(schedule.bound, where).toBeNull();
    const own = {
      graph,
      arch: 'one',
      template: machine.template,
      technology,
      objective: 'latency' as const,
      limits,
      padding,
      folds: true,
      residency: machine.template.residency === 1,
      bands: false,
      weights: false,
      timeLimit: 600,
    };
    const hooks = { columns: proveHooks.columns, now: () => 0, stopped: () => false };
    const alone = await scheduleWith(own, { magnet: '', node: '', command: '' }, hooks);
    expect(alone.ok && alone.value.result.status, where).toBe('optimal');
    expect(alone.ok && (alone.value.result.value ?? Infinity), where).toBeLessThanOrEqual(
      defined(schedule.cycles ?? undefined),
    );
  }
});

const quantityOf = (r: Requirement): 'latency' | 'energy' =>
  isNetwork(r) && r.quantity === 'energy' ? 'energy' : 'latency';

test('what only tensors that stay can meet is met by them, and less is refuted', { timeout: 600_000 }, async () => {
  const graph = lenet();
  const least = leastIn(await machinesThatMeet(graph, space, [], 'energy'), energyOf);
  const met = await provenWithSchedules(graph, space, [onNetwork('energy', least * (1 + 1e-6))]);
  expect(met.proof.status).toBe('feasible');
  expect(defined(met.schedule).tensors.filter((t) => t.stays).length).toBeGreaterThan(0);
  const through = await prove(requestOf(graph, space, [onNetwork('energy', least * (1 + 1e-6))]), proveHooks);
  expect(through.proof.status).toBe('infeasible');
  const { proof } = await provenWithSchedules(graph, space, [onNetwork('energy', least * (1 - 1e-6))]);
  expect(proof.status).toBe('infeasible');
});

test('however early it is stopped it says nothing that is not so', { timeout: 600_000 }, async () => {
  const graph = lenet();
  const least = leastIn(await machinesThatMeet(graph, space, [], 'energy'), energyOf);
  for (const timeLimit of [0.01, 0.1, 0.5, 1])
    for (const [factor, wrong] of [
      [1 + 1e-6, 'infeasible'],
      [1 - 1e-6, 'feasible'],
    ] as const) {
      const { proof } = await provenWithSchedules(graph, space, [onNetwork('energy', least * factor)], timeLimit);
      expect(proof.status).not.toBe(wrong);
    }
});
