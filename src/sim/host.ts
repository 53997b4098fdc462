// What plays the world around a simulated machine: the host that configures it, and DRAM.

import type { Random } from '../base/random.js';
import type { Accelerator } from '../rtl/accelerator.js';
import type { LayerProgram } from '../rtl/program/layer-program.js';
import type { RegisterWrite } from '../rtl/program/register-writes.js';

export interface HostProgram extends Pick<LayerProgram, 'writes' | 'start'> {
  /** How many of the writes, the first ones, may go while the program before runs; none where it is not said. */
  readonly ahead?: number;
}

/** What a host runs: programs one after the other, on the memories as they are before. */
export interface HostJob {
  readonly accelerator: Accelerator;
  readonly programs: readonly HostProgram[];
  /** Writes of the first program that went while the job before ran. */
  readonly written?: number;
  /** The program that follows the last one: what may go ahead of it is written. */
  readonly next?: HostProgram | undefined;
  /** DRAM of inputs and outputs, and DRAM of weights, by word. */
  readonly activations: Int32Array;
  readonly weights: Int32Array;
}

export interface HostOptions {
  /** Probability in each cycle that a channel takes no request, and that it gives no answer. */
  readonly stalls: number;
  /**
   * An answer comes up to so many cycles later than in the next, at random, but never before
   * one that was asked for earlier.
   */
  readonly latency?: number;
  readonly chance: Random;
  /** Is told after every clock, to record waves. */
  readonly sample?: (() => void) | undefined;
}

/** Whether a channel goes on in this cycle, and by how many cycles an answer is late. */
export interface Moods {
  readonly flows: () => boolean;
  readonly late: () => number;
}

export const moodsOf = ({ stalls, latency, chance }: HostOptions): Moods => ({
  flows: () => stalls === 0 || chance.next() >= stalls,
  late: () => (latency ? chance.below(latency + 1) : 0),
});

export interface Host {
  /** Returns the cycles that it takes; while a layer runs, the machine goes on meanwhile. */
  readonly write: (write: RegisterWrite) => number;
  /** The low 32 bits of a register. */
  readonly read: (register: number) => number;
  /** Whether the layer that was started runs. */
  readonly busy: () => boolean;
  /** One clock, in which DRAM does what it is asked for. */
  readonly clock: () => void;
  /** DRAM of inputs and outputs as it is now, by word. */
  readonly activations: () => Int32Array;
}
