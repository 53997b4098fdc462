// When the engines of a machine are busy, as stretches of cycles: what a picture over time is drawn from.

import { nth } from '../base/invariant.js';
import type { Simulator } from './netlist/simulator.js';

export const tracedEngines = ['fill', 'load_i', 'load_w', 'compute', 'drain', 'spill'] as const;

/** The nets that say so, in the top of the machine. */
export const tracedNets: readonly string[] = tracedEngines.map((engine) => `${engine}_busy`);

/** First cycle and length of each stretch, one behind the other. */
export type Stretches = readonly number[];

/** Cycles without work that do not end a stretch: those between two steps of a nest. */
const joined = 2;

export class EngineTrace {
  readonly #simulator: Simulator;
  readonly #stretches: readonly number[][] = tracedEngines.map(() => []);
  #cycle = 0;

  /** Of a machine in which `tracedNets` can be seen. */
  constructor(simulator: Simulator) {
    this.#simulator = simulator;
  }

  /** Cycles so far. */
  get cycles(): number {
    return this.#cycle;
  }

  /** To be called after every clock. */
  readonly sample = (): void => {
    const at = this.#cycle++;
    tracedNets.forEach((net, i) => {
      if (this.#simulator.peek(net) === 0n) return;
      const own = nth(this.#stretches, i);
      const from = own[own.length - 2];
      if (from !== undefined && at - from - nth(own, own.length - 1) <= joined) own[own.length - 1] = at + 1 - from;
      else own.push(at, 1);
    });
  };

  /** In the order of `tracedEngines`. */
  get stretches(): readonly Stretches[] {
    return this.#stretches;
  }
}
