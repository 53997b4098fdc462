// Networks lowered to runs of the machines of a space, once for all that is asked of them.

import type { Parsed } from '../base/diagnostics.js';
import { faultsOf, parsed, refuse, refused } from '../base/diagnostics.js';
import { defined, got } from '../base/invariant.js';
import { lowered } from '../compile/lower.js';
import type { Lowered, MachineRun } from '../compile/lowered.js';
import { runsIn } from '../compile/network-program.js';
import { shapesAlone } from '../compile/step-layers.js';
import type { DesignPoint, DesignSpace } from '../model/space/design-space.js';
import { shapeKey } from '../model/workload/layer.js';
import type { NetworkGraph } from '../model/workload/network-graph.js';

export interface LoweredNetwork {
  readonly graph: NetworkGraph;
  /** By the width of a machine's activations, bits. Runs have the same layers, whichever. */
  readonly byWidth: ReadonlyMap<number, Lowered>;
}

export const loweredAt = (
  { byWidth }: LoweredNetwork,
  { inputPrecision }: Pick<DesignPoint, 'inputPrecision'>,
): Lowered => got(byWidth, inputPrecision);

/** Those of any machine, as far as their layers go. */
export const runsOf = ({ byWidth }: LoweredNetwork): readonly MachineRun[] => runsIn(defined([...byWidth.values()][0]));

/** Refused where one does not run, or has other layers with activations of another width of the space. */
export function loweredNetworks(
  graphs: readonly NetworkGraph[],
  { menus }: Pick<DesignSpace, 'menus'>,
): Parsed<readonly LoweredNetwork[]> {
  const each = graphs.map((graph) => loweredOver(graph, menus.inputPrecision));
  const faults = faultsOf(...each);
  return faults.length > 0 ? refused(faults) : parsed(each.flatMap((one) => (one.ok ? [one.value] : [])));
}

/** With activations of each of some widths. */
export function loweredOver(graph: NetworkGraph, widths: readonly number[]): Parsed<LoweredNetwork> {
  const byWidth = new Map<number, Lowered>();
  let first: { readonly bits: number; readonly layers: string } | undefined;
  for (const bits of widths) {
    const made = lowered(graph, shapesAlone(graph, bits), bits);
    if (!made.ok) return made;
    const runs = runsIn(made.value);
    if (runs.length === 0) return refuse('empty', [], `${graph.name} has no step that a run of the machine does`);
    const layers = JSON.stringify(runs.map(({ layer }) => shapeKey(layer)));
    first ??= { bits, layers };
    if (layers !== first.layers)
      return refuse(
        'widths',
        [],
        `${graph.name} has other runs with activations of ${bits} bits than of ${first.bits}`,
      );
    byWidth.set(bits, made.value);
  }
  return parsed({ graph, byWidth });
}
