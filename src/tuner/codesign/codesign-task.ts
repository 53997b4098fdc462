// A whole co-design as a task for one worker thread: plain data in, plain data out.

import { entry } from '../../base/invariant.js';
import { codesign } from './codesign.js';
import type { CodesignRequest, CodesignResult } from './codesign-request.js';
import { withWhy } from './codesign-request.js';
import { solveScript } from '../../smt/z3.js';
import * as shapeTasks from './shape-task.js';
import { whyNone } from './why-none.js';

const tasks = shapeTasks as unknown as Readonly<Record<string, (input: unknown) => unknown>>;

/** Its Z3 thinks in the same thread. */
export async function codesignTask(request: CodesignRequest): Promise<CodesignResult> {
  const hooks = {
    now: () => performance.now(),
    width: 1,
    run: (name: string, input: unknown) => Promise.resolve(entry(tasks, name)(input)),
    news: () => {},
    stopped: () => false,
  };
  const result = await codesign(request, hooks);
  if (result.status !== 'infeasible') return result;
  const why = await whyNone(
    { ...request, timeLimit: request.timeLimit - result.seconds },
    (script, seconds) => solveScript(script, { seconds }),
    hooks,
  );
  return { ...result, reason: withWhy(result.reason, why) };
}
