// What `codesign` and `prove` say alike of questions with schedules: whether they are asked so, and options that stand in the way.

import type { SchedulesAsked } from '../library/codesign-schedules.js';
import type { Unscheduled } from '../library/schedulable.js';
import { unscheduled } from '../library/schedulable.js';

export interface SchedulesWanted<Asked = SchedulesAsked> {
  readonly asked?: Asked;
  /** Why every tensor goes through DRAM, where nobody said that it shall. */
  readonly unscheduled?: string;
}

export const drop = (option: string, why: string): Unscheduled => unscheduled(`${option}: ${why}`, `drop ${option}`);

export const stepsLeftOut = drop('--layers-only', 'tensors pass steps that it leaves out');
export const groupsApart = drop('--no-diagonal', 'schedules have groups joined where that is better');
