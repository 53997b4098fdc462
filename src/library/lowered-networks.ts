// Networks lowered to runs of the machines of a space, once for all that is asked of them.

import type { Parsed } from '../base/diagnostics.js';
import { faultsOf, parsed, refuse, refused } from '../base/diagnostics.js';
import { nth } from '../base/invariant.js';
import { lowered } from '../compile/lower.js';
import type { Lowered } from '../compile/lowered.js';
import { runsIn } from '../compile/network-program.js';
import { shapesAlone } from '../compile/step-layers.js';
import type { DesignSpace } from '../model/space/design-space.js';
import type { NetworkGraph } from '../model/workload/network-graph.js';

export interface LoweredNetwork {
  readonly graph: NetworkGraph;
  readonly made: Lowered;
}

/** Refused where one does not run; activations of the space have one width. */
export function loweredNetworks(
  graphs: readonly NetworkGraph[],
  { menus }: DesignSpace,
): Parsed<readonly LoweredNetwork[]> {
  const bits = nth(menus.inputPrecision, 0);
  const each = graphs.map((graph): Parsed<LoweredNetwork> => {
    const made = lowered(graph, shapesAlone(graph, bits), bits);
    if (!made.ok) return made;
    return runsIn(made.value).length === 0
      ? refuse('empty', [], `${graph.name} has no step that a run of the machine does`)
      : parsed({ graph, made: made.value });
  });
  const faults = faultsOf(...each);
  return faults.length > 0 ? refused(faults) : parsed(each.flatMap((one) => (one.ok ? [one.value] : [])));
}
