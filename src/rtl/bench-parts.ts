// What the testbench asks of the ways in which a machine may be connected.

import type { Hardware } from './hardware.js';

/** Requests that a channel of DRAM takes before it has answered one: enough to hide its latency. */
export const queueOf = ({ dramLatency }: Pick<Hardware, 'dramLatency'>): number => Math.max(256, dramLatency + 8);

/** What depends on how the machine is connected, as text. */
export interface BenchParts {
  /** Signals, and the instance `u_top`. */
  readonly machine: string;
  readonly dram: string;
  /** Among them `show(name, register)`, which prints a counter. */
  readonly tasks: string;
  /** Before the program is written. */
  readonly begin: string;
  /** Writes `settings[i]`. */
  readonly write: string;
  /** After the last write: says so if the machine refused the program. */
  readonly started: string;
  /** Name of a signal that is high while the layer runs. */
  readonly busy: string;
}
