// A network mapped on a machine, as `magnet map` does it: every layer with its proof.

import { magnetConventions } from '../model/cost/conventions.js';
import { technology16nm } from '../model/machine/technology.js';
import type { Technology } from '../model/machine/technology.js';
import type { Machinery } from '../model/machine/presets.js';
import type { Template } from '../model/machine/template.js';
import { arrangementsOf } from '../model/space/design.js';
import type { Design } from '../model/space/design.js';
import type { Network } from '../model/workload/network.js';
import type { LayerResult, MapEvent, MapRequest, NetworkTotals } from '../tuner/map-network.js';
import { mapNetwork, totals } from '../tuner/map-network.js';
import { certifyOn, solveOn } from '../tuner/on-workers.js';
import { mapDesign } from '../results/map-design.js';
import { calledBy, callText, machineryOf, nameOf } from './called.js';
import type { CallOptions } from './session.js';
import { inSession } from './session.js';

/** What is left out is as for the command: EDP without limits, to 0.01 %, a minute a layer, 16 nm. */
export interface MapOptions
  extends
    CallOptions,
    Partial<
      Pick<
        MapRequest,
        'goal' | 'layerLimits' | 'padding' | 'gap' | 'timeLimit' | 'seed' | 'solver' | 'certify' | 'conventions'
      >
    > {
  readonly technology?: Technology;
  readonly progress?: (event: MapEvent) => void;
}

export interface MappedNetwork {
  readonly layers: readonly LayerResult[];
  /** Undefined where a layer has no mapping. */
  readonly totals: NetworkTotals | undefined;
  /** The machine with these mappings: `printDesign`, `emitDesign` and `simulateLayer` take it. */
  readonly design: Design;
}

/** `machine` is a template, such as the preset `simba`, or what `parseMachinery` gives. */
export function map(network: Network, machine: Template | Machinery, options: MapOptions = {}): Promise<MappedNetwork> {
  const machinery = machineryOf(machine);
  const { technology = technology16nm, progress = () => {} } = options;
  const request: MapRequest = {
    network,
    architectures: arrangementsOf(machinery, technology),
    ...(machinery.kind === 'template' && { machine: { template: machinery.template, technology } }),
    conventions: options.conventions ?? magnetConventions,
    goal: options.goal ?? { objective: 'edp', limits: {} },
    ...(options.layerLimits && { layerLimits: options.layerLimits }),
    padding: options.padding ?? true,
    gap: options.gap ?? 1e-4,
    timeLimit: options.timeLimit ?? 60,
    seed: options.seed ?? 1,
    solver: options.solver ?? 'auto',
    ...(options.certify && { certify: options.certify }),
  };
  return inSession(options, async ({ runner, now, stopped }) => {
    const layers = await mapNetwork(request, {
      now,
      width: runner.width,
      solve: solveOn(runner),
      certify: certifyOn(runner),
      event: progress,
      stopped,
    });
    const called = calledBy(callText('map', [JSON.stringify(network.name), nameOf(machinery)], options));
    const design = mapDesign({ request, machine: { machinery, technology } }, layers, called);
    return { layers, totals: totals(layers), design };
  });
}
