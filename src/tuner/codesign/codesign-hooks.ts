// What a search over machines needs of who asks for it: a clock, workers, ears, and when to stop.

import type { Remote } from '../../pool/tasks.js';
import type { Checkpoint, CodesignState, CodesignRequest, CodesignResult } from './codesign-request.js';
import type { Learned } from './learned.js';
import type { ShapeTasks } from './shape-task.js';

/** What a search over machines is given by who asks for it; `shapesHere` is its `shapes` in this thread. */
export interface CodesignHooks {
  /** Milliseconds, monotone. */
  readonly now: () => number;
  /** Shapes at a time. */
  readonly width: number;
  /** The tasks of `shape-task.ts`, here or in workers. Rejects where a worker is lost. */
  readonly shapes: Remote<ShapeTasks>;
  readonly progress: (state: CodesignState) => void;
  /** What is done beside the search, and how far it is. */
  readonly doing?: (work: CodesignWork, done: number, total: number) => void;
  /** Lets others have their turn in this thread, where work is long: Ctrl-C is heard then. */
  readonly turn?: () => Promise<void>;
  /** Once true, the search ends with what it has. */
  readonly stopped: () => boolean;
  /** Of searches before in the same space, and where this one leaves what it learns. */
  readonly learned?: Learned | undefined;
  /** What an earlier search told last: this one begins there. */
  readonly resume?: Checkpoint | undefined;
  readonly checkpoint?: (checkpoint: Checkpoint) => void;
}

/** Shapes are costed before the search; steps of parameters are solved, and shapes certified, after it. */
export type CodesignWork = 'costing shapes' | 'solving steps' | 'certifying shapes';

/** `codesign(request, hooks)` in codesign.ts. */
export type Codesign = (request: CodesignRequest, hooks: CodesignHooks) => Promise<CodesignResult>;
