// The best schedules on one machine of a space, for who moves a parameter of the machine found: within the limits on networks, or
// else without them.

import { defined } from '../../../base/invariant.js';
import { chipArea } from '../../../model/machine/template-parts.js';
import { templateAt } from '../../../model/space/design-space.js';
import type { UniqueLayer } from '../codesign-problem.js';
import type { LeastOn } from '../parameter-steps.js';
import { onlyOn, totalsProblem } from '../totals.js';
import type { ScheduleOverSpace } from './keeping.js';
import type { ScheduledMachines } from './schedule-strategy.js';
import { placing } from './schedule-strategy.js';

/** `schedules`: of each network; `layers`: those of the steps of all. */
export const leastScheduled =
  (schedules: readonly ScheduleOverSpace[], layers: readonly UniqueLayer[], machines: ScheduledMachines): LeastOn =>
  async (point, request, hooks, deadline) => {
    const shapes = placing(hooks.shapes, (...found) => machines.placed(...found), deadline);
    const solve = async (limits: typeof request.limits) => {
      const problem = totalsProblem({ request: { ...request, limits }, layers, schedules });
      return onlyOn(point, problem, { gap: request.gap, deadline, cutoff: Infinity }, { ...hooks, shapes, width: 1 });
    };
    const { area: _, ...onTotals } = request.limits;
    const { best, bound, open } = await solve(onTotals);
    if (best) return { objective: best.value, bound, keeps: true };
    // None is left open: where some keep the limits, their images have no places.
    if (open > 0 || hooks.stopped() || hooks.now() >= deadline || Object.keys(onTotals).length === 0) return undefined;
    if (request.objective === 'area') {
      const area = chipArea(defined(templateAt(request.space, point)), request.technology);
      return { objective: area, bound: area, keeps: false };
    }
    const without = await solve({});
    return without.best && { objective: without.best.value, bound: without.bound, keeps: false };
  };
