// Law: among machines with words of several widths, chosen together or not, co-design with schedules finds, within its gap, the least
// of the schedules of all machines, each found alone; runs of built-in networks are the same whatever the width.

import { expect, test } from 'vitest';
import { defined } from '../../src/base/invariant.js';
import { loweredNetworks } from '../../src/library/lowered-networks.js';
import type { DesignSpace } from '../../src/model/space/design-space.js';
import { atPrecisions } from '../../src/model/space/design-space.js';
import { findGraph } from '../../src/workloads/builtin-graph.js';
import { askedOf, drawn, found, kilobytes, leastOfAll, lenet, spaceOf } from '../support/codesign-schedules.js';
import { leastIn, machinesThatMeet, provenWithSchedules } from '../support/prove-schedules.js';

const few = { globalBuffer: kilobytes(2, 16), vectorSize: [4], columns: [1], weightBuffer: kilobytes(32) };
const together = atPrecisions(spaceOf(few), [
  { weightPrecision: 4, inputPrecision: 8, accumPrecision: 20 },
  { weightPrecision: 8, inputPrecision: 4, accumPrecision: 20 },
  { weightPrecision: 4, inputPrecision: 16, accumPrecision: 24 },
]);

test.each([
  ['edp', 'chosen together, of lenet', together, [lenet()]],
  ['energy', 'chosen together, of two drawn networks', together, [drawn(18), drawn(27)]],
  ['latency', 'of menus', spaceOf({ ...few, inputPrecision: [4, 8], weightPrecision: [4, 8] }), [drawn(15)]],
] as const)('the best %s of widths %s', { timeout: 300_000 }, async (objective, _, space: DesignSpace, graphs) => {
  const asked = askedOf(graphs, space, objective);
  const least = await leastOfAll(asked);
  const { result, schedules } = await found(asked);
  const best = defined(result.best).objective;
  expect(result.status).toBe('optimal');
  expect(result.bound).toBeLessThanOrEqual(least * (1 + 1e-9));
  expect(best).toBeGreaterThanOrEqual(least * (1 - 1e-9));
  expect(best).toBeLessThanOrEqual(least * (1 + 1e-4));
  expect(schedules.some(({ keep }) => keep.length > 0)).toBe(true);
});

test('prove finds what the least energy of all widths is', { timeout: 300_000 }, async () => {
  const least = leastIn(await machinesThatMeet(lenet(), together, [], 'energy'), ({ energy }) => energy);
  const within = (max: number) =>
    provenWithSchedules(lenet(), together, [{ kind: 'network', quantity: 'energy', max, text: 'energy' }]);
  const met = await within(least * (1 + 1e-6));
  expect([met.proof.status, met.schedule && met.schedule.keep.length > 0]).toEqual(['feasible', true]);
  expect((await within(least * (1 - 1e-6))).proof.status).toBe('infeasible');
});

test.each(['resnet50', 'mobilenetv2', 'bert-base'])('the runs of %s are the same whatever the width', (name) => {
  const graph = findGraph(name);
  const { menus } = spaceOf({ inputPrecision: [2, 4, 8, 16] });
  expect(graph.ok && loweredNetworks([graph.value], { menus }).ok).toBe(true);
});
