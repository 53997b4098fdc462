// The points of a front told one by one: each is a question of its own, with a machine and the schedules on it.

import type { Called, Design } from '../model/space/design.js';
import type { DesignSpace } from '../model/space/design-space.js';
import { codesignDesign } from '../results/codesign-design.js';
import type { Front, Metrics, Traced } from '../results/front-answer.js';
import type { CodesignRequest } from '../tuner/codesign/codesign-request.js';
import type { TellSchedules } from './codesign-schedules.js';
import { questionOf } from './trace-front.js';

/** What a point answers, of the layers of its machine, and its schedules, of each network. */
export type ToldPoint = ReturnType<TellSchedules>;

/** Of each point, in their order. Without `tell` every tensor goes through DRAM. */
export const toldPoints = (
  request: CodesignRequest,
  metrics: Metrics,
  { points }: Front,
  tell?: TellSchedules,
): readonly ToldPoint[] =>
  points.map((point) => {
    const question = questionOf(request, metrics, point);
    const { best, bound, result } = point;
    return tell?.(question, { best, bound, seconds: result.seconds }) ?? { request: question, schedules: [] };
  });

/** Undefined where no machine was found within the limit; `named`: the space as it was named. */
export function designOfPoint(
  { result, best, bound, status }: Traced,
  { request, schedules }: ToldPoint,
  named: DesignSpace,
  called: Called,
): Design | undefined {
  return best && codesignDesign(request, { ...result, best, bound, status, space: named }, called, schedules);
}
