// A front of machines between two quantities, as `magnet codesign --pareto` traces it, with a design for every point.

import type { Design } from '../model/space/design.js';
import type { DesignSpace } from '../model/space/design-space.js';
import { turn } from '../pool/turn.js';
import { codesign as search } from '../tuner/codesign/codesign.js';
import type { CodesignState, CodesignRequest } from '../tuner/codesign/codesign-request.js';
import { Learned } from '../tuner/codesign/learned.js';
import { shapesOn } from '../tuner/on-workers.js';
import { codesignDesign } from '../results/codesign-design.js';
import type { CodesignFrontFile } from '../results/codesign-result.js';
import type { Front, Metrics } from '../results/front-answer.js';
import { frontFile } from '../results/front-answer.js';
import { calledBy, callText } from './called.js';
import type { CallOptions } from './session.js';
import { inSession } from './session.js';
import { traceFront } from './trace-front.js';

/** What is left out is as for the command. */
export interface FrontOptions extends CallOptions {
  /** With the ends: 7. */
  readonly points?: number;
  /** The space before networks decided the width of its sums, as results name it: the request's own. */
  readonly named?: DesignSpace;
  /** `title` says which search of the front it is. */
  readonly progress?: (state: CodesignState, title: string) => void;
}

/** What `codesignFront` answers. */
export interface CodesignedFront extends Front {
  /** Of each point, in their order; undefined where it has no machine. */
  readonly designs: readonly (Design | undefined)[];
  /** What `codesign --pareto --json` writes: `printCodesignResult` and `report` take it. */
  readonly result: CodesignFrontFile;
}

/**
 * Machines with the least of the first quantity under limits on the second, a search for each point; the request's objective says
 * nothing here.
 */
export async function codesignFront(
  request: CodesignRequest,
  metrics: Metrics,
  options: FrontOptions = {},
): Promise<CodesignedFront> {
  const { points = 7, named = request.space, progress = () => {} } = options;
  const traced = await inSession(options, ({ runner, now, stopped }) => {
    const learned = new Learned();
    const hooks = { now, width: runner.width, shapes: shapesOn(runner), turn, stopped, learned };
    const least = (asked: CodesignRequest, title: string) =>
      search(asked, { ...hooks, progress: (state) => progress(state, title) });
    return traceFront(request, metrics, points, least, stopped);
  });
  const { networks, space: _, ...asked } = request;
  const names = JSON.stringify(networks.map((n) => n.network.name));
  const called = calledBy(
    callText('codesignFront', [names, JSON.stringify(named.name)], { ...asked, metrics, points }),
  );
  return {
    ...traced,
    designs: traced.points.map(({ best, result, limit, bound, status }) => {
      const limits = limit === undefined ? request.limits : { ...request.limits, [metrics[1]]: limit };
      const of = { ...request, objective: metrics[0], limits };
      return best && codesignDesign(of, { ...result, best, bound, status, space: named }, called);
    }),
    result: frontFile(request, named, metrics, traced),
  };
}
