// The smallest machine that meets the limits: areas between what is known to serve and what is proven not to.

import { defined } from '../../base/invariant.js';
import { bestFirst } from './best-first.js';
import type { Incumbent, SearchOutcome, Session } from './session.js';
import { whyEnded } from './session.js';
import { limitsMissed, limitsOf, meets, sharesOf } from './limited.js';
import { perSize } from '../../enumerate/columns.js';
import { shapeCosts } from '../../enumerate/item-costs.js';
import { areasAt } from '../../enumerate/item.js';
import type { FoundMachine } from './shape-task.js';

export async function smallest(session: Session, { best: guessed }: Incumbent): Promise<SearchOutcome> {
  const { request, layers, hooks, deadline, progress } = session;
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
        progress: (state) => progress({ ...state, best: best && { ...best, value: objective }, bound }, () => []),
      },
      hooks,
    );
    nodes += found.nodes;
    shapes = found.shapes;
    consider(guessed());
    if (serves(found.best)) consider(found.best);
    else if (found.status === 'infeasible' || (limits.length > 0 && found.bound > limits.length)) {
      if (!best) {
        const why =
          found.status === 'infeasible'
            ? whyEnded('infeasible', request, hooks)
            : limitsMissed(request, limits, found.bound);
        return result('infeasible', why);
      }
      bound = area;
    } else
      return result(
        'stopped',
        hooks.stopped() || hooks.now() >= deadline ? whyEnded('stopped', request, hooks) : { kind: 'open-area' },
      );
    if (objective - bound <= request.gap * objective) return result('closed', undefined);
    area = bound === 0 ? objective / 2 : (objective + bound) / 2;
  }
}
