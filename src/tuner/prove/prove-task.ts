// A whole proof as a task for one worker thread, its Z3 with it: plain data in, plain data out.

import { entry } from '../../base/invariant.js';
import { solveScript } from '../../smt/z3.js';
import * as shapeTasks from '../codesign/shape-task.js';
import { least } from './least.js';
import type { Proof } from './proof.js';
import { prove } from './prove.js';
import type { ProveRequest } from './prove-request.js';

const tasks = shapeTasks as unknown as Readonly<Record<string, (input: unknown) => unknown>>;
const now = () => performance.now();

export async function proveTask(request: ProveRequest): Promise<Proof> {
  const { proof } = await prove(request, {
    now,
    width: 1,
    shape: (name, input) => Promise.resolve(entry(tasks, name)(input)),
    least: (question, seconds) => least(question, { seconds, now }),
    ask: (script, seconds) => solveScript(script, { seconds }),
    stopped: () => false,
    tell: () => {},
  });
  return proof;
}
