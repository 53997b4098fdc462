// `codesign --explain`: of the machine found, what one step of every parameter would cost; in a part of the time.

import type { Explainers } from '../../library/explain-codesign.js';
import { explain, searchShare } from '../../library/explain-codesign.js';
import type { CodesignOptions } from '../../options/codesign-table.js';
import type { Explained } from '../../results/codesign-answer.js';
import type { CodesignHooks } from '../../tuner/codesign/codesign-hooks.js';
import type { CodesignRequest, CodesignResult } from '../../tuner/codesign/codesign-request.js';
import { makeCodesignProgress } from './codesign-progress.js';
import type { Work } from './codesign-work.js';

/** What is searched for, in what explaining leaves of the time. */
export const searchedFor = (
  request: CodesignRequest,
  { explain }: Pick<CodesignOptions, 'explain'>,
): CodesignRequest => (explain ? { ...request, timeLimit: request.timeLimit * searchShare } : request);

/** Undefined where nobody asked, there is no machine, or it was interrupted. */
export function explainedBy(
  { io, options, engine, interruption }: Work,
  by: Explainers,
  request: CodesignRequest,
  { best }: CodesignResult,
  deadline: number,
): Promise<Explained | undefined> {
  if (!options.explain || !best || interruption.happened()) return Promise.resolve(undefined);
  if (!options.quiet) io.err('solving one step of every parameter\n');
  const progress = makeCodesignProgress(io, undefined, options.quiet ?? false);
  const hooks: CodesignHooks = {
    now: io.now,
    width: engine.width,
    shapes: engine.shapes,
    progress: () => {},
    doing: progress.doing,
    stopped: interruption.happened,
  };
  const explained = explain(by, request, best, hooks, deadline);
  // What is given up fails later, when its workers are ended under it: that is no news then.
  explained.catch(() => {});
  return Promise.race([explained, interruption.happening.then(() => undefined)]).finally(progress.end);
}
