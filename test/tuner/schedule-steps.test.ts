// Law: what a step of a parameter costs with schedules is, within the gap, the least of the schedules of that machine, found alone;
// within the limits where these can be kept there, which is said; its bound is not above.

import { expect, test } from 'vitest';
import { defined, nth } from '../../src/base/invariant.js';
import { machinesWithSchedules } from '../../src/library/codesign-schedules.js';
import { schedulable } from '../../src/library/schedulable.js';
import type { DesignSpace } from '../../src/model/space/design-space.js';
import { parameters } from '../../src/model/space/design-space.js';
import type { CodesignRequest } from '../../src/tuner/codesign/codesign-request.js';
import type { Asked } from '../support/codesign-schedules.js';
import {
  askedOf,
  columns,
  drawn,
  hooks,
  kilobytes,
  lenet,
  onEveryMachine,
  spaceOf,
} from '../support/codesign-schedules.js';

const space = spaceOf({ globalBuffer: kilobytes(2, 8, 16), vectorSize: [4], weightBuffer: kilobytes(4, 32) });

const searchOf = ({ graphs, request }: Asked) => {
  const may = schedulable(request, graphs);
  if (may.kind === 'unscheduled') throw new Error(may.why);
  return machinesWithSchedules({ space: request.space, networks: may.networks, folds: true }, columns);
};

/** Those of one machine. */
const only = (of: DesignSpace, point: Readonly<Record<string, number>>): DesignSpace => ({
  ...of,
  menus: { ...of.menus, ...Object.fromEntries(parameters.map((p) => [p, [defined(point[p])]])) },
});

test.each([
  ['edp', 'no limit', [lenet()], {}],
  ['energy', 'a limit that binds', [drawn(15)], { latency: 1.1 }],
  ['latency', 'two networks', [drawn(18), drawn(27)], {}],
  ['area', 'the smallest', [drawn(27)], { energy: 1.02 }],
] as const)('of %s, %s', { timeout: 300_000 }, async (objective, _, graphs, factors) => {
  // A limit is a factor of what the best machine for that alone takes.
  const free = askedOf(graphs, space, objective);
  const limits: Record<string, number> = {};
  for (const [name, factor] of Object.entries(factors)) {
    const alone = askedOf(graphs, space, name as 'latency' | 'energy');
    const { best } = await searchOf(alone).codesign(alone.request, hooks());
    limits[name] = factor * defined(best).objective;
  }
  const request: CodesignRequest & { objective: typeof objective } = { ...free.request, objective, limits };
  const { codesign, stepCosts } = searchOf({ graphs, request });
  const best = defined((await codesign(request, hooks())).best);
  const steps = await stepCosts(request, best, hooks(), Infinity);
  expect(steps.map(({ parameter }) => parameter)).toContain('residency');
  let told = 0;
  for (const { parameter, down, up } of steps)
    for (const step of [down, up]) {
      if (!step) continue;
      const point = { ...best.point, [parameter]: step.value };
      const machine = only(request.space, point);
      const on = async (own: typeof request.limits) =>
        (await onEveryMachine({ graphs, request: { ...request, space: machine, limits: own } })).filter(
          ({ residency }) => residency === point.residency,
        );
      const kept = await on(limits);
      const all = kept.length > 0 ? kept : await on({});
      expect(step.feasible).toBe(kept.length > 0);
      const { value } = nth(all, 0);
      expect(step.objective).toBeGreaterThanOrEqual(value * (1 - 1e-9));
      expect(step.objective).toBeLessThanOrEqual(value * (1 + 2e-4));
      expect(step.bound).toBeLessThanOrEqual(value * (1 + 1e-9));
      told++;
    }
  expect(told).toBeGreaterThan(2);
});
