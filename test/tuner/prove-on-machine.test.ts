// Law: `prove` of one machine with schedules calls limits feasible just where the best of `schedule` keeps them: by a schedule that does,
// or by the bound that none is below. What is met where every tensor goes through DRAM is met so too, and a limit moved as far as is
// said can be met, and no less.

import { expect, test } from 'vitest';
import { defined, nth } from '../../src/base/invariant.js';
import { bits } from '../../src/base/units.js';
import { proveOnMachine } from '../../src/library/prove-on-machine.js';
import { schedulableOnMachine } from '../../src/library/schedulable-to-prove.js';
import { scheduleWith } from '../../src/library/schedule.js';
import type { NetworkLimits, NetworkQuantity } from '../../src/model/cost/network-goal.js';
import type { Requirement } from '../../src/model/cost/requirement.js';
import { simba } from '../../src/model/machine/presets.js';
import { technology16nm } from '../../src/model/machine/technology.js';
import type { NetworkGraph } from '../../src/model/workload/network-graph.js';
import { prove } from '../../src/tuner/prove/prove.js';
import type { ProveRequest } from '../../src/tuner/prove/prove-request.js';
import type { ScheduleObjective } from '../../src/tuner/schedule/schedule-question.js';
import { drawn, lenet, spaceOf } from '../support/codesign-schedules.js';
import { invertedOf } from '../support/inverted-residual.js';
import { proveHooks, requestOf } from '../support/prove-schedules.js';

const template = {
  ...simba,
  ...{ rows: 1, columns: 2, numLanes: 4, vectorSize: 8, globalBanks: 8, globalBuffer: bits(4 * 8192) },
};

const limit = (quantity: NetworkQuantity, max: number): Requirement => ({
  kind: 'network',
  quantity,
  max,
  text: `${quantity}=${max}`,
});

function requestOn(graph: NetworkGraph, requirements: readonly Requirement[]): ProveRequest {
  const machine = { kind: 'template', template } as const;
  return { ...requestOf(graph, spaceOf({}), requirements), candidates: { kind: 'machine', machine } };
}

async function proven(graph: NetworkGraph, requirements: readonly Requirement[]) {
  const request = requestOn(graph, requirements);
  const may = schedulableOnMachine(request, graph);
  if (may.kind === 'unscheduled') throw new Error(may.why);
  return proveOnMachine({ graph, folds: true }, request, proveHooks, prove);
}

async function least(graph: NetworkGraph, objective: ScheduleObjective, limits: NetworkLimits = {}) {
  const found = await scheduleWith(
    {
      ...{
        graph,
        arch: 'small',
        template: { ...template, residency: 1 },
        technology: technology16nm,
        objective,
        limits,
      },
      ...{ residency: true, bands: true, weights: true, padding: false, folds: true, timeLimit: 600 },
    },
    { magnet: '', node: '', command: '' },
    proveHooks,
  );
  if (!found.ok) throw new Error('not asked');
  const { value, bound, status, bands = [] } = found.value.result;
  return { status, bands, value: value ?? Infinity, bound: bound ?? Infinity };
}

test.each([
  ['lenet', lenet()],
  ['a drawn network', drawn(15)],
] as const)('one limit on %s is met just where the best schedule keeps it', { timeout: 600_000 }, async (_, graph) => {
  for (const quantity of ['energy', 'latency', 'edp'] as const) {
    const { value, bound } = await least(graph, quantity);
    const met = await proven(graph, [limit(quantity, value)]);
    expect(met.proof.status, quantity).toBe('feasible');
    const { proof } = await proven(graph, [limit(quantity, bound * (1 - 1e-6))]);
    if (proof.status !== 'infeasible') throw new Error(`${quantity} is ${proof.status}`);
    const { needed } = nth(proof.core, 0);
    expect(needed).toEqual({ kind: 'exact', value: expect.closeTo(value, -Math.log10(value) + 8) as number });
    // No tensor that stays is needed for what is met without.
    const through = await prove(requestOn(graph, [limit(quantity, value * 1.05)]), proveHooks);
    if (through.proof.status === 'feasible')
      expect((await proven(graph, [limit(quantity, value * 1.05)])).proof.status).toBe('feasible');
  }
});

test('what only weights that stay from band to band keep is met, by schedule too', { timeout: 600_000 }, async () => {
  const graph = invertedOf(1, 32, 12);
  const { value, bands } = await least(graph, 'energy');
  expect(bands.flatMap((b) => b.weights ?? []).length).toBeGreaterThan(0);
  const energy = value * (1 + 1e-9);
  expect((await least(graph, 'energy', { energy })).value).toBe(value);
  const { proof, schedule } = await proven(graph, [limit('energy', energy)]);
  expect([proof.status, defined(schedule).bands]).toEqual(['feasible', bands]);
});

test('several limits are met just where a schedule keeps them all', { timeout: 600_000 }, async () => {
  const graph = lenet();
  const [energy, latency] = [(await least(graph, 'energy')).value, (await least(graph, 'latency')).value];
  for (const [more, slower] of [
    [1.0001, 1.0001],
    [1.2, 1.0001],
    [1.0001, 1.5],
    [1.1, 1.1],
    [1.02, 1.6],
  ] as const) {
    const limits = { energy: energy * more, latency: Math.round(latency * slower) };
    const within = await least(graph, 'energy', limits);
    const { proof } = await proven(graph, [limit('energy', limits.energy), limit('latency', limits.latency)]);
    const where = JSON.stringify(limits);
    expect(proof.status, where).toBe(within.status === 'infeasible' ? 'infeasible' : 'feasible');
    if (proof.status !== 'infeasible') continue;
    const { needed } = defined(proof.core.find(({ requirement }) => requirement.text.startsWith('energy')));
    const { value } = await least(graph, 'energy', { latency: limits.latency });
    expect(needed, where).toEqual({ kind: 'exact', value: expect.closeTo(value, -Math.log10(value) + 8) as number });
  }
});

test(
  'a machine that other requirements leave without tensors that stay is asked without',
  { timeout: 600_000 },
  async () => {
    const graph = lenet();
    const { value } = await least(graph, 'energy');
    const none: Requirement = {
      kind: 'parameter',
      parameter: 'residency',
      bound: 'max',
      value: 0,
      text: 'residency<=0',
    };
    const { proof } = await proven(graph, [limit('energy', value * (1 + 1e-6)), none]);
    if (proof.status !== 'infeasible') throw new Error(proof.status);
    expect(proof.core.map((c) => c.requirement.text)).toHaveLength(2);
    expect(defined(proof.core.find((c) => c.requirement === none)).needed).toEqual({ kind: 'exact', value: 1 });
  },
);
