// Co-design as a question and its answer: networks, a space and limits in; the best
// machine, its mappings and a bound out.

import type { Conventions } from '../../model/cost/conventions.js';
import type { DesignPoint, DesignSpace } from '../../model/space/design-space.js';
import type { Limits } from '../../model/cost/goal.js';
import type { NetworkLimits, NetworkObjective } from '../../model/cost/network-goal.js';
import type { Layer } from '../../model/workload/layer.js';
import type { Network } from '../../model/workload/network.js';
import type { Technology } from '../../model/machine/technology.js';
import type { Template } from '../../model/machine/template.js';
import type { Found } from '../../search/strategy.js';
import type { FoundSchedule } from './schedules/found-schedules.js';
import type { CodesignCause, CodesignReason } from './codesign-reason.js';

/** What co-design may minimise: of each network, summed over networks by weight, or the mm2 of the chip. */
export const codesignObjectives = ['edp', 'energy', 'latency', 'layer-edp', 'area'] as const satisfies readonly (
  NetworkObjective | 'area'
)[];
export type CodesignObjective = (typeof codesignObjectives)[number];

/** Upper limits: mm2 of the chip, and what one run of every network may cost. */
type CodesignLimits = NetworkLimits & { readonly area?: number };

/**
 * Upper limits on one instance of each layer: of every one, and in its place of those with a name, in whatever network.
 */
export interface LayerLimits {
  readonly each: Limits;
  readonly layers: Readonly<Record<string, Limits>>;
}

/** The question of co-design. */
export interface CodesignRequest {
  /**
   * The objective is the sum over networks of weight x what it is of the network (`area`: mm2 of the chip).
   */
  readonly networks: readonly { readonly network: Network; readonly weight: number }[];
  /** With the width of its sums decided (`forNetworks`). */
  readonly space: DesignSpace;
  readonly technology: Technology;
  readonly conventions: Conventions;
  readonly objective: CodesignObjective;
  /** mm2; of one run of every network pJ, cycles, pJ x cycles. */
  readonly limits: CodesignLimits;
  readonly layerLimits?: LayerLimits;
  /** Whether bounds of layers may be padded. */
  readonly padding: boolean;
  /** (best - bound) / best to stop at. */
  readonly gap: number;
  /** Seconds. */
  readonly timeLimit: number;
}

/** One unique layer on the machine found. */
export interface CodesignLayer {
  readonly layer: Layer;
  /** How often each network of the request has it, in the request's order. */
  readonly counts: readonly number[];
  /** `architecture` numbers the arrangements that `lowerTemplate` gives. */
  readonly found: Found;
  /**
   * Proven: no mapping of this layer on this machine, within the layer's own limits, has a smaller objective. For
   * `area`, for `edp` of the network and under limits on networks: of the layer's EDP.
   */
  readonly bound: number;
}

/** The machine found with its mappings. */
export interface CodesignBest {
  readonly point: DesignPoint;
  readonly template: Template;
  readonly layers: readonly CodesignLayer[];
  /** Where tensors may stay in the global buffer, of each network: its schedule, whose steps are numbers of the layers. */
  readonly schedules?: readonly FoundSchedule[];
  /** In the units of the objective: pJ x cycles, pJ, cycles, mm2. */
  readonly objective: number;
  /** mm2 of the chip. */
  readonly area: number;
}

/** How far a search over machines has come; best and bound in the unit of the objective. */
export interface CodesignState {
  readonly seconds: number;
  /** +Infinity where nothing is known. */
  readonly best: number;
  readonly bound: number;
  /** Boxes of machines looked at. */
  readonly nodes: number;
  /** Shapes (all but the sizes of memories) in the space, and those still open. */
  readonly shapes: number;
  readonly open: number;
  /** Shapes of which no bound is known yet; absent on curves. */
  readonly unbounded?: number;
  /** Set where a better machine has been found with this state. */
  readonly point?: DesignPoint;
}

/** What a search over a design space found and proved. */
export interface CodesignResult {
  /** `optimal` to the gap that was asked for; `infeasible` is proven. */
  readonly status: 'optimal' | 'feasible' | 'infeasible' | 'unknown';
  readonly best: CodesignBest | undefined;
  /** Proven: no machine of the space that meets the limits has a smaller objective. */
  readonly bound: number;
  /** Why it stopped, or why nothing fits; undefined where it ended with a proof. */
  readonly reason: CodesignReason | undefined;
  /** Why nothing fits, as far as that was settled. */
  readonly causes: readonly CodesignCause[];
  /** Boxes of machines looked at. */
  readonly nodes: number;
  /** In the space. */
  readonly shapes: number;
  /** Best and bound over time. */
  readonly curve: readonly CodesignState[];
  readonly seconds: number;
}

/** What a later run begins with: plain data, safe to write at any time. */
export interface Checkpoint {
  readonly schema: 'magnet-codesign-checkpoint/2';
  /** Tells whether it belongs to a request: all that its answer depends on, but gap and time. */
  readonly request: string;
  readonly seconds: number;
  readonly best: DesignPoint | undefined;
  /** Shapes that were looked at, with what is proven of each; an infeasible one has null. */
  readonly shapes: readonly { readonly key: string; readonly bound: number | null; readonly closed: boolean }[];
  readonly curve: readonly CodesignState[];
}
