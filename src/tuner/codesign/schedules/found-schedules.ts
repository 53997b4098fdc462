// The schedules of networks on a machine that was found, as plain data.

import type { Residency } from '../../../milp/schedule/residency.js';
import type { Layer } from '../../../model/workload/layer.js';

/** The schedule of a network on a machine where tensors may stay in the global buffer. */
export interface FoundSchedule {
  readonly residency: Residency;
  /** Of each step the number of its mapping. */
  readonly steps: readonly number[];
  /** First banks of tensors that stay, once that is settled. */
  readonly places?: readonly (number | undefined)[];
}

export interface FoundSchedules {
  /** Of each mapping found the layer, with what stays around it. */
  readonly layers: readonly Layer[];
  readonly networks: readonly FoundSchedule[];
}
