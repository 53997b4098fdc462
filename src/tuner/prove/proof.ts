// What `prove` answers: a machine with mappings that meet all requirements, or why none can.

import type { StopReason } from '../../base/stop-reason.js';
import { stopText, timeLimit } from '../../base/stop-reason.js';
import type { Machinery } from '../../model/machine/presets.js';
import type { Requirement } from '../../model/cost/requirement.js';
import type { CountedLayer } from '../../model/workload/network.js';
import type { DesignPoint } from '../../model/space/design-space.js';
import type { FoundSchedule } from '../codesign/schedules/found-schedules.js';
import type { Found } from '../../search/strategy.js';

/** A value that something would have to have at least (or, where `bound` of a parameter is 'min', at most). */
export type Needed =
  /** At this value the rest can be met, just below it cannot. */
  | { readonly kind: 'exact'; readonly value: number }
  /**
   * Below `from` the rest cannot be met; at `to` it can (undefined: not known that anything helps). `reason` is why
   * it is not exact, in a few words.
   */
  | { readonly kind: 'between'; readonly from: number; readonly to: number | undefined; readonly reason: string }
  /** No value helps. */
  | { readonly kind: 'never' };

/** Why a value is known from both sides only, where a question about it was left open for a reason. */
export const whyOpen = (late: boolean, reason: StopReason): string =>
  stopText(late || reason.kind === 'time-limit' ? timeLimit : reason);

/** Something that stands in the way of a layer: what it needs and the machine does not have. */
export interface Shortage {
  readonly layer: string;
  /** In words, such as "the smallest tile of Inputs takes 12 lines of InputBuffer, which has room for 8". */
  readonly text: string;
  /** What the machine would have to have, in the units of the text; undefined where that is not a number. */
  readonly needed: Needed | undefined;
}

export interface CoreMember {
  readonly requirement: Requirement;
  /** What it would have to be for the rest of the core to be met, in its own units. */
  readonly needed: Needed;
}

/** Proven: on all machines in question every layer costs at least so much of a quantity, alone. */
export interface LayerMinimum extends CountedLayer {
  readonly quantity: 'energy' | 'latency' | 'edp';
  readonly bound: number;
}

export interface Witness {
  readonly machine: Machinery;
  /** mm2; undefined where it is not known. */
  readonly area: number | undefined;
  /** Every layer of the network, in its order; of a schedule the layers of its steps, with what stays around them. */
  readonly layers: readonly (CountedLayer & { readonly found: Found })[];
  /** Where tensors may stay in the global buffer: the machine in its space, and the schedule, whose steps are numbers of the layers. */
  readonly scheduled?: { readonly point: DesignPoint; readonly schedules: readonly FoundSchedule[] };
  /** The same on the one machine in question: of each run, in order, the number of its layer. */
  readonly runs?: readonly number[];
}

/**
 * What `prove` decided: a witness, a core of requirements that cannot be met together, or neither. Seconds are of the whole
 * question.
 */
export type Proof =
  | { readonly status: 'feasible'; readonly witness: Witness; readonly seconds: number }
  | {
      readonly status: 'infeasible';
      /**
       * Minimal: together they cannot be met, without any one of them the rest can (or, where
       * `minimal` is false, is not known to).
       */
      readonly core: readonly CoreMember[];
      readonly minimal: boolean;
      /** What else cannot be met, without any member of the core: further cores, perhaps not minimal. */
      readonly also: readonly (readonly Requirement[])[];
      /** What stands in the way of layers that fit nowhere, or of the one layer whose limits the core is made of. */
      readonly shortages: readonly Shortage[];
      /** Which layers weigh most in a core of one network limit, the heaviest first. */
      readonly layers: readonly LayerMinimum[];
      readonly seconds: number;
    }
  | {
      readonly status: 'unknown';
      readonly reason: StopReason;
      readonly settled: readonly string[];
      readonly seconds: number;
    };
