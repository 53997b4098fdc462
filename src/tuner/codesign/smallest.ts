// The smallest machine that meets the limits: areas between what is known to serve and what is proven not to.

import { defined } from '../../base/invariant.js';
import type { SearchState } from './best-first.js';
import { bestFirst } from './best-first.js';
import type { Incumbent, SearchOutcome, Session } from './session.js';
import { whyEnded } from './session.js';
import { limitsMissed, limitsOf, meets, sharesOf } from './network-limits.js';
import { perSize } from '../../enumerate/columns.js';
import { shapeCosts } from '../../enumerate/item-costs.js';
import { areasAt } from '../../enumerate/item.js';
import type { FoundMachine } from './shape-task.js';
import { meetable } from './totals.js';

export async function smallest(session: Session, { best: guessed }: Incumbent): Promise<SearchOutcome> {
  const { request, layers, hooks, deadline } = session;
  const limits = limitsOf(request);
  const areaOf = (m: FoundMachine): number => {
    const costs = defined(shapeCosts(request.space, m.point, request.technology));
    return areasAt(
      costs,
      perSize((size) => costs.menus[size].indexOf(m.point[size])),
    ).area;
  };
  let best: FoundMachine | undefined;
  let objective = Infinity;
  let bound = 0;
  let nodes = 0;
  let shapes = 0;
  /** A machine that was guessed meanwhile serves too. */
  const consider = (m: FoundMachine | undefined) => {
    if (m && m !== best && areaOf(m) < objective) [best, objective] = [m, areaOf(m)];
  };
  const result = (status: SearchOutcome['status'], reason: SearchOutcome['reason']): SearchOutcome => ({
    best,
    objective,
    bound: Math.min(bound, objective),
    status,
    reason,
    nodes,
    shapes,
  });
  consider(guessed());
  const progress = (state: SearchState) =>
    session.progress({ ...state, best: best && { ...best, value: objective }, bound }, () => []);
  for (let area = best ? objective / 2 : (request.limits.area ?? Infinity); ;) {
    const serves = (m: FoundMachine | undefined): m is FoundMachine =>
      m !== undefined && meets(layers, m.found, limits);
    const found = await bestFirst(
      sharesOf(request, layers, limits, area),
      {
        gap: request.gap,
        deadline,
        known: [],
        bounds: new Map(),
        enough: (m, b) => serves(m) || (limits.length > 0 && b > limits.length),
        progress,
      },
      hooks,
    );
    nodes += found.nodes;
    shapes = found.shapes;
    consider(guessed());
    const byShares = limits.length > 0 && found.bound > limits.length;
    let isRefuted = found.status === 'infeasible' || byShares;
    let served = serves(found.best);
    if (!served && !isRefuted) {
      // Prices leave a gap, and say little of energy x delay of totals: boxes bounded within all limits settle that.
      const met = await meetable(session, area, progress);
      nodes += met.nodes;
      served = met.status === 'met' && serves(met.machine);
      if (served && met.status === 'met') consider(met.machine);
      isRefuted = met.status === 'never';
    } else if (served) consider(found.best);
    if (isRefuted) {
      if (!best) {
        const why =
          found.status === 'infeasible'
            ? whyEnded('infeasible', request, hooks)
            : limitsMissed(request, limits, byShares ? found.bound : undefined);
        return result('infeasible', why);
      }
      bound = area;
    } else if (!served)
      return result(
        'stopped',
        hooks.stopped() || hooks.now() >= deadline ? whyEnded('stopped', request, hooks) : { kind: 'open-area' },
      );
    if (objective - bound <= request.gap * objective) return result('closed', undefined);
    area = bound === 0 ? objective / 2 : (objective + bound) / 2;
  }
}
