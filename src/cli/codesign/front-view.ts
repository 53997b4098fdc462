// A front as its table, its figure and its file show it.

import { axisOf, machineText } from '../../report/tables/front-axes.js';
import type { CodesignFrontFile } from '../../results/codesign-result.js';
import { codesignFrontSchema } from '../../results/codesign-result.js';
import { coverageFile } from '../../results/coverage-fields.js';
import { coverageOf } from '../../model/workload/coverage.js';
import type { DesignSpace } from '../../model/space/design-space.js';
import { gapBetween, goalUnit } from '../../model/cost/goal.js';
import type { FrontView } from '../../report/tables/front-table.js';
import { digits, percent } from '../../report/tables/quantities.js';
import type { CodesignRequest } from '../../tuner/codesign/codesign-request.js';
import type { Front, Metrics } from './front.js';
import { finite } from './codesign-answer.js';
import { limitsAsGiven } from './limits.js';
import { spaceOf } from './codesign-space.js';

export function frontView(request: CodesignRequest, [least, limited]: Metrics, { points, floor }: Front): FrontView {
  const values = (of: 'least' | 'limited') => points.flatMap((p) => p[of] ?? []);
  const clocks = request.space.menus.clock;
  const setting = { networks: request.networks.length, clock: clocks.length === 1 ? clocks[0] : undefined };
  const axes = { least: axisOf(least, values('least'), setting), limited: axisOf(limited, values('limited'), setting) };
  const limits = Object.entries(limitsAsGiven(request)).map(
    ([name, limit]) => `${name} at most ${digits(limit)} ${goalUnit(name)}`,
  );
  const worst = Math.max(0, ...points.map((p) => gapBetween(p.least ?? Infinity, p.bound)));
  const proven = points.length > 0 && worst < 1 ? [`every point within ${percent(worst)} of its bound`] : [];
  return {
    title: `${axes.least.name.charAt(0).toUpperCase()}${axes.least.name.slice(1)} against ${axes.limited.name}: ${request.networks.map((n) => n.network.name).join(', ')} in ${request.space.name}`,
    subtitle: [...limits, ...proven].join('; '),
    ...axes,
    floor,
    points: points.map((p) => ({
      limit: p.limit,
      status: p.status,
      least: p.least,
      limited: p.limited,
      bound: p.bound,
      area: p.best?.area,
      machine: p.best ? machineText(p.best.point) : '-',
      seconds: p.result.seconds,
    })),
  };
}

export const frontFile = (
  request: CodesignRequest,
  named: DesignSpace,
  metrics: Metrics,
  { points, floor }: Front,
): CodesignFrontFile => ({
  schema: codesignFrontSchema,
  networks: request.networks.map(({ network, weight }) => ({
    name: network.name,
    weight,
    ...coverageFile(coverageOf(network)),
  })),
  space: spaceOf(named, request.space),
  metrics,
  limits: limitsAsGiven(request),
  floor: floor > 0 ? floor : null,
  points: points.map((p) => ({
    limit: p.limit ?? null,
    status: p.status,
    values: [p.least ?? null, p.limited ?? null],
    bound: p.bound > 0 ? finite(p.bound) : null,
    reason: p.result.reason,
    seconds: p.result.seconds,
    area: p.best?.area ?? null,
    point: p.best?.point ?? null,
  })),
});
