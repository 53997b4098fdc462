// The question of `map` with what goes without saying: EDP without limits, to 0.01 %, a minute a layer, by our conventions.

import { magnetConventions } from '../model/cost/conventions.js';
import type { Architecture } from '../model/machine/architecture.js';
import type { Machinery } from '../model/machine/presets.js';
import type { Technology } from '../model/machine/technology.js';
import type { Network } from '../model/workload/network.js';
import type { MapRequest } from '../tuner/map-network.js';

/** A machine with the arrangements that it was lowered to. */
export interface LoweredMachine {
  readonly machinery: Machinery;
  readonly technology: Technology;
  readonly architectures: readonly Architecture[];
}

export type MapAsked = Partial<Omit<MapRequest, 'network' | 'architectures' | 'machine'>>;

export const mapRequest = (
  network: Network,
  { machinery, technology, architectures }: LoweredMachine,
  asked: MapAsked,
): MapRequest => ({
  network,
  architectures,
  machine: machinery.kind === 'template' ? { template: machinery.template, technology } : undefined,
  conventions: asked.conventions ?? magnetConventions,
  goal: asked.goal ?? { objective: 'edp', limits: {} },
  ...(asked.objective && { objective: asked.objective }),
  layerLimits: asked.layerLimits ?? {},
  padding: asked.padding ?? true,
  gap: asked.gap ?? 1e-4,
  timeLimit: asked.timeLimit ?? 60,
  seed: asked.seed ?? 1,
  solver: asked.solver ?? 'auto',
  ...(asked.certify && { certify: asked.certify }),
  ...(asked.programs && { programs: asked.programs }),
});
