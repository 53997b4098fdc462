// What a search over boxes picks as the schedules of networks: mappings, and which of them each step takes.

import type { Residency } from '../../../milp/schedule/residency.js';
import type { PickedMachine } from '../totals-search.js';
import type { Pick } from '../walked-columns.js';

/** What was picked as the schedule of a network. */
export interface PickedSchedule {
  readonly residency: Residency;
  /** Of each step the number of its pick. */
  readonly steps: readonly number[];
}

export interface PickedSchedules extends PickedMachine {
  /** Of each network. */
  readonly schedules: readonly PickedSchedule[];
}

/** A network with its picks, of which its steps are numbers. */
export interface PickedNetwork {
  readonly value: number;
  readonly picks: readonly Pick[];
  readonly schedule: PickedSchedule;
}

export const isScheduled = (picked: PickedMachine): picked is PickedSchedules => 'schedules' in picked;
