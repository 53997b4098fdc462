// A certificate of co-design as data: a question in full, a machine that is claimed to be the best of its space within a gap,
// and boxes that leave no machine out, each with why nothing in it is below the bound.

import type { DesignPoint, DesignSpace } from '../model/space/design-space.js';
import type { Limits } from '../model/cost/goal.js';
import type { NetworkLimits } from '../model/cost/network-goal.js';
import type { Layer } from '../model/workload/layer.js';
import type { Technology } from '../model/machine/technology.js';

export const certifiedObjectives = ['edp', 'energy', 'latency', 'layer-edp', 'area'] as const;
export type CertifiedObjective = (typeof certifiedObjectives)[number];

export interface CertifiedLayer {
  readonly layer: Layer;
  /** What one instance may cost at most. */
  readonly limits: Limits;
}

export interface CertifiedNetwork {
  readonly name: string;
  readonly weight: number;
  /** How often it has each of the layers. */
  readonly counts: readonly number[];
}

/** Precisions that lose more than a limit, by so many samples of a file, and are in no machine of the question. */
export interface Measured {
  readonly limit: number;
  readonly file: string;
  readonly samples: number;
  readonly leftOut: readonly string[];
  readonly unmeasured?: readonly string[] | undefined;
}

/** All that the answer depends on. */
export interface Question {
  readonly objective: CertifiedObjective;
  /** mm2 of the chip; what one run of every network may cost. */
  readonly limits: NetworkLimits & { readonly area?: number };
  readonly padding: boolean;
  readonly space: Pick<DesignSpace, 'name' | 'menus' | 'maxPes' | 'minPes' | 'precisions'>;
  /** Where precisions of the space were chosen by what a network loses: nothing of it is proven. */
  readonly measured?: Measured | undefined;
  readonly technology: Technology;
  readonly networks: readonly CertifiedNetwork[];
  /** Of all networks, each shape under the same limits once. */
  readonly layers: readonly CertifiedLayer[];
}

/** pJ, cycles and pJ x cycles of one instance: energy E + cycles T + both E T. */
export interface LineWeights {
  readonly energy: number;
  readonly cycles: number;
  readonly both: number;
}

/** By these weights no mapping of a layer on a machine of the box is below its `min`; 0 of layers that the network lacks. */
export interface Line {
  readonly network: number;
  readonly weights: LineWeights;
  readonly min: readonly number[];
}

export type Reason =
  /** The smallest machine of the box is larger than machines in question are. */
  | { readonly kind: 'area' }
  /** No machine of the box runs this layer within its limits. */
  | { readonly kind: 'layer'; readonly layer: number }
  /** What layers cost at least leaves nothing below the bound. */
  | { readonly kind: 'lines'; readonly lines: readonly Line[] };

/** Machines of a shape whose sizes are of these values, from the lowest to the highest. */
export interface Leaf {
  readonly low: readonly number[];
  readonly high: readonly number[];
  readonly reason: Reason;
}

export interface ShapeLeaves {
  /** Values of the shape's parameters, in their order. */
  readonly shape: readonly number[];
  readonly leaves: readonly Leaf[];
}

export interface Claim {
  /** No machine of the space that meets the limits is below; null: there is none. */
  readonly bound: number | null;
  /** mm2: what lines and layers say is said of machines of no more area; null: of all. */
  readonly within: number | null;
}

export interface Witness {
  readonly point: DesignPoint;
  /** Of each layer, as files hold them. */
  readonly mappings: readonly unknown[];
}

export interface Certificate {
  readonly question: Question;
  readonly claim: Claim;
  readonly witness: Witness | null;
  readonly shapes: readonly ShapeLeaves[];
}
