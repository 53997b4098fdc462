// The files of a design as a task for a worker thread: golden data of large layers take minutes.

import type { Parsed } from '../base/diagnostics.js';
import type { Design } from '../model/space/design.js';
import type { EmitOptions, EmittedFile } from './emit-files.js';
import { emitDesign } from './emit-files.js';

export interface EmitTaskInput {
  readonly design: Design;
  readonly options: EmitOptions;
}

export const emitTask = ({ design, options }: EmitTaskInput): Parsed<readonly EmittedFile[]> =>
  emitDesign(design, options);
