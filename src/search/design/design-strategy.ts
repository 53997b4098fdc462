// What heuristics over machines share: a space of machines and the value of each in; the best machine found out.

import type { DesignPoint, DesignSpace } from '../../model/space/design-space.js';
import type { Strategy } from '../strategy.js';

/** One question: the machine of a space with the least value. */
export interface DesignTask {
  /** Every menu has at least one value: see `forNetworks`. */
  readonly space: DesignSpace;
  /**
   * The objective of the best mappings on the machine, above 0; +Infinity where the point is no machine, a limit is
   * missed or a layer has no mapping. Dear: a run asks once for each point.
   */
  value: (point: DesignPoint) => Promise<number>;
}

/** Something better was found. */
export interface DesignProgress {
  /** Since the run began. */
  readonly seconds: number;
  readonly evaluations: number;
  readonly objective: number;
}

/** What a heuristic over machines found. None proves anything: nothing found does not say that there is nothing. */
export interface DesignAnswer {
  /** Which heuristic answered. */
  readonly solver: string;
  readonly best: { readonly point: DesignPoint; readonly objective: number } | undefined;
  /** Different points whose value was asked for. */
  readonly evaluations: number;
  /** Falling; the last is the best. */
  readonly curve: readonly DesignProgress[];
}

/** A heuristic over machines, by the budget of one over mappings; its evaluations are machines. */
export type DesignStrategy = Strategy<DesignTask, DesignAnswer>;
