// A whole co-design as a task for one worker thread: plain data in, plain data out.

import { codesign } from './codesign.js';
import type { CodesignRequest, CodesignResult } from './request.js';
import * as shapeTasks from './shape-task.js';

const tasks = shapeTasks as unknown as Readonly<Record<string, (input: unknown) => unknown>>;

export const codesignTask = (request: CodesignRequest): Promise<CodesignResult> =>
  codesign(request, { now: () => performance.now(), width: 1, run: async (name, input) => tasks[name]!(input), news: () => {}, stopped: () => false });
