// Why no machine of a space holds the networks: which layers do not even fit the largest, and what that lacks; whose
// own limits cannot be kept; which limits on networks cannot be kept alone; or the minimum area that holds all.

import { defined } from '../../base/invariant.js';
import type { DesignPoint, DesignSpace } from '../../model/space/design-space.js';
import { parameters, templateAt } from '../../model/space/design-space.js';
import type { Template } from '../../model/machine/parameters.js';
import { lowerTemplate } from '../../model/machine/template.js';
import { fit, shortagesIn } from '../prove/layer-fit.js';
import type { Ask } from '../prove/fit-question.js';
import { networkQuantities } from '../../model/cost/network-goal.js';
import { codesign } from './codesign.js';
import { limitReasons } from './limit-reasons.js';
import { limitsLayers, uniqueLayers } from './codesign-problem.js';
import type { Codesign, CodesignHooks } from './codesign-hooks.js';
import type { CodesignCause, CodesignReason } from './codesign-reason.js';
import type { CodesignRequest } from './codesign-request.js';

/** Seconds in all, and for one layer and Z3: the answer stands without its reasons. */
const patience = { all: 20, one: 10 };
/** (best - bound) / best of the minimum area. */
const areaGap = 0.01;

type Hooks = Pick<CodesignHooks, 'now' | 'width' | 'shapes' | 'stopped'>;

/** What is known already, and how the space was searched. */
export interface Infeasible {
  readonly reason?: CodesignReason | undefined;
  readonly search?: Codesign;
}

/** In what is left of the answer's time; empty where nothing more could be settled. */
export async function whyNone(
  request: CodesignRequest,
  ask: Ask,
  hooks: Hooks,
  { reason, search = codesign }: Infeasible = {},
): Promise<readonly CodesignCause[]> {
  const end = hooks.now() + 1000 * Math.min(patience.all, Math.max(1, request.timeLimit));
  const left = () => (end - hooks.now()) / 1000;
  const { networks, limits, space, technology, conventions, padding } = request;
  const quiet: CodesignHooks = { ...hooks, progress: () => {} };
  const machine = largest(space);
  const causes: CodesignCause[] = [];
  for (const { layer } of machine ? uniqueLayers(networks) : []) {
    if (left() <= 0 || hooks.stopped()) break;
    const task = {
      architectures: lowerTemplate(defined(machine), technology),
      layer,
      conventions,
      padding,
      goal: { objective: 'energy' as const, limits: {} },
    };
    const answer = await fit(task, ask, {
      seconds: Math.min(patience.one, left()),
      now: hooks.now,
      stopped: hooks.stopped,
    });
    if (answer.status === 'never')
      causes.push({ kind: 'too-large', layer: layer.name, shortages: shortagesIn(task, answer) });
  }
  const limited = limitsLayers(request);
  if (causes.length === 0 && limited) causes.push(...(await limitReasons(request, quiet, end)));
  if (causes.length > 0) return causes;
  if (reason?.kind === 'limits') return missedAlone(request, search, quiet, left);
  if (limits.area === undefined || left() <= 0 || hooks.stopped()) return causes;
  const { best, bound, status } = await search(
    { ...request, objective: 'area', limits: {}, gap: areaGap, timeLimit: left() },
    quiet,
  );
  if (!best) return status === 'infeasible' ? [{ kind: 'not-all', limited }] : [];
  return [{ kind: 'min-area', found: best.area, proved: status === 'optimal', bound, max: limits.area, limited }];
}

/** Of limits on several quantities those that no machine within the area keeps even where it keeps nothing else. */
async function missedAlone(
  request: CodesignRequest,
  search: Codesign,
  hooks: CodesignHooks,
  left: () => number,
): Promise<readonly CodesignCause[]> {
  const { area, ...onTotals } = request.limits;
  const limited = networkQuantities.filter((quantity) => onTotals[quantity] !== undefined);
  const causes: CodesignCause[] = [];
  for (const objective of limited.length > 1 ? limited : []) {
    if (left() <= 0 || hooks.stopped()) break;
    const limits = { [objective]: onTotals[objective], ...(area !== undefined && { area }) };
    // Any machine that keeps it will do.
    const { reason } = await search({ ...request, objective, limits, gap: 1, timeLimit: left() }, hooks);
    if (reason?.kind === 'limits') causes.push(reason);
  }
  return causes;
}

/** With the most of everything, and of rows and columns those that make the most PEs. */
function largest(space: DesignSpace): Template | undefined {
  const { menus, maxPes } = space;
  const [rows, columns] = menus.rows
    .flatMap((r) => menus.columns.map((c) => [r, c] as const))
    .filter(([r, c]) => r * c <= maxPes)
    .reduce((x, y) => (y[0] * y[1] > x[0] * x[1] ? y : x), [0, 0]);
  const point = { ...Object.fromEntries(parameters.map((p) => [p, menus[p].at(-1)])), rows, columns } as DesignPoint;
  return templateAt(space, point);
}
