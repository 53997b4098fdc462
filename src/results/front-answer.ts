// A front as the result file holds it.

import { whyText } from '../tuner/codesign/codesign-reason.js';
import type { CodesignFrontFile, FrontMetric } from './codesign-result.js';
import { codesignFrontSchema } from './codesign-result.js';
import { coverageFile } from './coverage-fields.js';
import { coverageOf } from '../model/workload/coverage.js';
import type { DesignSpace } from '../model/space/design-space.js';
import type { CodesignRequest, CodesignResult } from '../tuner/codesign/codesign-request.js';
import { finite } from './codesign-answer.js';
import type { ScheduleResult } from './schedule-result.js';
import { withinResult } from './schedule-result.js';
import { spaceOf } from './space-named.js';
import { limitsAsGiven } from './codesign-figures.js';

export interface Traced {
  /** Undefined where only the limits of the request hold. */
  readonly limit: number | undefined;
  readonly result: CodesignResult;
  /** The best machine known within the limit, which another search may have found; its objective is `min`. */
  readonly best: NonNullable<CodesignResult['best']> | undefined;
  readonly min: number | undefined;
  readonly limited: number | undefined;
  /** Proven of `min` within the limit. */
  readonly bound: number;
  readonly status: CodesignResult['status'];
}

export type Metrics = readonly [min: FrontMetric, limited: FrontMetric];

export interface Front {
  /** From the tightest limit to none. */
  readonly points: readonly Traced[];
  /** Proven: no machine has less of what is limited. */
  readonly floor: number;
}

/** What is told of a front beside its points. */
export interface ToldOfFront {
  /** Of each point, of each network; of a point none where every tensor goes through DRAM. */
  readonly schedules?: readonly (readonly ScheduleResult[])[];
  readonly unscheduled?: string | undefined;
}

export const frontFile = (
  request: CodesignRequest,
  named: DesignSpace,
  metrics: Metrics,
  { points, floor }: Front,
  { schedules = [], unscheduled }: ToldOfFront = {},
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
  points: points.map((p, i) => ({
    limit: p.limit ?? null,
    status: p.status,
    values: [p.min ?? null, p.limited ?? null],
    bound: p.bound > 0 ? finite(p.bound) : null,
    reason: whyText(p.result),
    seconds: p.result.seconds,
    area: p.best?.area ?? null,
    point: p.best?.point ?? null,
    ...(schedules[i]?.length && { schedules: schedules[i].map(withinResult) }),
  })),
  ...(unscheduled !== undefined && { unscheduled }),
});
