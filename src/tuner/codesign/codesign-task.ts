// A whole co-design as a task for one worker thread: plain data in, plain data out.

import { codesign } from './codesign.js';
import type { CodesignRequest, CodesignResult } from './codesign-request.js';
import { solveScript } from '../../smt/z3.js';
import { shapesHere } from './shapes-here.js';
import { whyNone } from './why-none.js';

/** Its Z3 thinks in the same thread. */
export async function codesignTask(request: CodesignRequest): Promise<CodesignResult> {
  const hooks = {
    now: () => performance.now(),
    width: 1,
    shapes: shapesHere,
    progress: () => {},
    stopped: () => false,
  };
  const result = await codesign(request, hooks);
  if (result.status !== 'infeasible') return result;
  const causes = await whyNone(
    { ...request, timeLimit: request.timeLimit - result.seconds },
    (script, seconds) => solveScript(script, { seconds }),
    hooks,
    result,
  );
  return { ...result, causes };
}
