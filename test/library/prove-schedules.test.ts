// The call `prove` with the steps of a network: of one machine and over a space, with a schedule of what it finds; what has none is
// refused with a sentence.

import { expect, test } from 'vitest';
import type { ProveRequest } from '../../src/index.js';
import { parseDesign, printDesign, prove, schedule, simba, technology16nm } from '../../src/index.js';
import { defined } from '../../src/base/invariant.js';
import { lenet, spaceOf } from '../support/codesign-schedules.js';
import { requestOf } from '../support/prove-schedules.js';

const graph = lenet();
const energy = (max: number) => ({ kind: 'network', quantity: 'energy', max, text: `energy=${max}pJ` }) as const;
const machine = { kind: 'template', template: simba } as const;
const ofMachine = (max: number): ProveRequest => ({
  ...requestOf(graph, spaceOf({}), [energy(max)]),
  ...{ candidates: { kind: 'machine', machine }, technology: technology16nm },
});

test('of a machine: where its best schedule is, and nothing below', { timeout: 240_000 }, async () => {
  const { result: best } = await schedule(graph, simba, { objective: 'energy', padding: false });
  const value = defined(best.value ?? undefined);
  const met = await prove(ofMachine(value * (1 + 1e-9)), { graph });
  expect([met.proof.status, met.result.residency]).toEqual(['feasible', true]);
  expect(defined(met.schedule).keep).toEqual(best.keep);
  const design = parseDesign(printDesign(defined(met.design)), 'd.json');
  expect(design.ok && design.value.schedules?.map(({ keep }) => keep)).toEqual([best.keep]);
  const not = await prove(ofMachine(value * (1 - 1e-6)), { graph });
  expect([not.proof.status, not.schedule, not.design]).toEqual(['infeasible', undefined, undefined]);
  // Folds are the one thing that a call may leave out.
  expect((await prove(ofMachine(value * (1 + 1e-9)), { graph, folds: false })).proof.status).toBe('infeasible');
});

test('over a space: a machine and its schedule', { timeout: 240_000 }, async () => {
  const space = spaceOf({ columns: [1], vectorSize: [8] });
  const request = requestOf(graph, space, [energy(1e9)]);
  const { proof, result } = await prove(request, { graph });
  expect([proof.status, result.residency]).toEqual(['feasible', true]);
  const refused = { ...request, requirements: [{ ...energy(1e9), quantity: 'layer-edp' } as const] };
  await expect(prove(refused, { graph })).rejects.toThrow('no limit on layer-edp is kept by schedules');
  await expect(prove({ ...ofMachine(1e9), sharedMappings: true }, { graph })).rejects.toThrow(
    'each run of a schedule has a mapping of its own',
  );
});
