// A whole proof as a task for one worker thread, its Z3 with it: plain data in, plain data out.

import { solveScript } from '../../smt/z3.js';
import { shapesHere } from '../codesign/shapes-here.js';
import { clock } from '../../base/clock.js';
import { columnsTask } from '../network/columns-task.js';
import { minimum } from './minimum.js';
import type { Proof } from './proof.js';
import { prove } from './prove.js';
import type { ProveRequest } from './prove-request.js';

const now = () => performance.now();

export async function proveTask(request: ProveRequest): Promise<Proof> {
  const { proof } = await prove(request, {
    now,
    width: 1,
    shapes: shapesHere,
    minimum: (question, seconds) => minimum(question, { seconds, now }),
    columns: (question, seconds) => columnsTask({ question, until: clock() + seconds * 1000 }),
    ask: (script, seconds) => solveScript(script, { seconds }),
    stopped: () => false,
    progress: () => {},
  });
  return proof;
}
