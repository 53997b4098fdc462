// A question to Z3 as a task for a worker thread: plain data in and out.

import type { Script, Verdict } from './script.js';
import { solveScript } from './z3.js';

export interface Z3TaskInput {
  readonly script: Script | string;
  readonly seconds: number;
}

export const z3Task = ({ script, seconds }: Z3TaskInput): Promise<Verdict> => solveScript(script, { seconds });
