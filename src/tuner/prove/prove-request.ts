// The question of `prove`: does any machine with some mappings meet all requirements? And what answering it needs.

import type { Conventions } from '../../model/cost/conventions.js';
import type { DesignSpace } from '../../model/space/design-space.js';
import type { Network } from '../../model/workload/network.js';
import type { StopReason } from '../../base/stop-reason.js';
import type { NetworkLimits } from '../../model/cost/network-goal.js';
import type { Template } from '../../model/machine/parameters.js';
import type { Machinery } from '../../model/machine/presets.js';
import type { Requirement } from '../../model/cost/requirement.js';
import type { Technology } from '../../model/machine/technology.js';
import type { Script, Verdict } from '../../smt/script.js';
import type { CodesignHooks } from '../codesign/codesign-hooks.js';
import type { UniqueLayer } from '../codesign/codesign-problem.js';
import type { ScheduleOverSpace } from '../codesign/schedules/keeping.js';
import type { ScheduledMachines } from '../codesign/schedules/schedule-strategy.js';
import type { AskColumns } from '../network/layer-columns.js';
import type { ScheduleObjective } from '../schedule/schedule-question.js';
import type { Minimum, Question } from './minimum.js';
import type { Witness } from './proof.js';

export type Candidates =
  | { readonly kind: 'machine'; readonly machine: Machinery }
  /** With the width of its sums decided (`forNetworks`). */
  | { readonly kind: 'space'; readonly space: DesignSpace };

/** The question of `prove`: whether a machine, or any of a space, meets all requirements with some mappings. */
export interface ProveRequest {
  readonly network: Network;
  readonly candidates: Candidates;
  readonly technology: Technology;
  readonly conventions: Conventions;
  /** Whether bounds of layers may be padded. */
  readonly padding: boolean;
  /** At least one; none twice. */
  readonly requirements: readonly Requirement[];
  /** Whether equal layers share one mapping; otherwise each may have its own. */
  readonly sharedMappings?: boolean;
  /** Seconds for everything. */
  readonly timeLimit: number;
}

/** The network as steps in order, whose tensors may stay in the global buffer of the machines of a space. */
export interface ProveSchedules {
  readonly over: ScheduleOverSpace;
  /** Of the steps. */
  readonly layers: readonly UniqueLayer[];
  readonly placed: ScheduledMachines['placed'];
}

/** What a schedule of a network comes to at least by one quantity, and one that comes to `value`. */
export type LeastSchedule =
  | { readonly status: 'found'; readonly value: number; readonly bound: number; readonly witness: Witness }
  | { readonly status: 'none' }
  | { readonly status: 'unknown'; readonly reason: StopReason };

/** The schedules of the network on the one machine in question, or on it as it is with tensors that may stay. */
export interface SchedulesOfMachine {
  readonly template: Template;
  /** mm2. */
  readonly area: number;
  /** The least within limits on the totals; one that comes to no more than `enough` will do. Seconds for all of it. */
  readonly least: (
    quantity: ScheduleObjective,
    limits: NetworkLimits,
    enough: number,
    seconds: number,
  ) => Promise<LeastSchedule>;
}

export interface ProveHooks extends Pick<CodesignHooks, 'now' | 'width' | 'shapes' | 'stopped' | 'turn'> {
  /** `minimum` of minimum.ts, here or in a worker. */
  readonly minimum: (question: Question, seconds: number) => Promise<Minimum>;
  /** Columns of a layer, here or in a worker. */
  readonly columns: AskColumns;
  /** Z3, in a thread of its own. */
  readonly ask: (script: Script, seconds: number) => Promise<Verdict>;
  /** What is being done, in a few words, for people. */
  readonly progress: (doing: string) => void;
  /** Of a space with `residency` in its menus; undefined where every tensor goes through DRAM. */
  readonly schedules?: ProveSchedules;
  /** The same of one machine. */
  readonly ofMachine?: SchedulesOfMachine;
}
