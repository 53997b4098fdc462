// What is asked about the schedule of a network on one machine.

import type { NetworkLimits } from '../model/cost/network-goal.js';
import type { Technology } from '../model/machine/technology.js';
import type { Template } from '../model/machine/template.js';
import type { NetworkGraph } from '../model/workload/network-graph.js';
import type { ScheduleObjective } from '../tuner/schedule/schedule-question.js';

export interface ScheduleAsked {
  readonly graph: NetworkGraph;
  /** As it was named; with `residency` 1 where anything is to stay. */
  readonly arch: string;
  readonly template: Template;
  readonly technology: Technology;
  readonly objective: ScheduleObjective;
  /** On the totals of the network. */
  readonly limits: NetworkLimits;
  readonly padding: boolean;
  /** Whether layers that read an input of the network may be folded. */
  readonly folds: boolean;
  /** Whether tensors may stay; without it the question is that of `map`. */
  readonly residency: boolean;
  /** How many of a batch the graph has; absent where there is none. */
  readonly images?: number | undefined;
  /** Whether chains of steps may be in bands of rows, or of images. */
  readonly bands: boolean;
  /** Whether weights of such chains may stay in the weight buffers. */
  readonly weights: boolean;
  /** A schedule that comes to no more will do: among more schedules than hold one nothing is looked for. */
  readonly enough?: number;
  /** Seconds for all of it. */
  readonly timeLimit: number;
  /** Whether a certificate of the answer is made. */
  readonly certificate?: boolean;
}
