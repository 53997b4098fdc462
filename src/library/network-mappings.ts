// A mapping for every run of a lowered network: the design's where it has one, the default mapper's where it has none.

import { nth } from '../base/invariant.js';
import type { Parsed } from '../base/diagnostics.js';
import { parsed, refuse } from '../base/diagnostics.js';
import type { Lowered, MachineRun } from '../compile/lowered.js';
import { runsIn, withoutRoom } from '../compile/network-program.js';
import { magnetConventions } from '../model/cost/conventions.js';
import { breaches } from '../model/mapping/legality.js';
import type { Mapping } from '../model/mapping/mapping.js';
import type { Design } from '../model/space/design.js';
import { arrangementFor, arrangementsOf } from '../model/space/design.js';
import { isChannelwise } from '../model/workload/block-diagonal.js';
import type { Layer } from '../model/workload/layer.js';
import { shapeKey } from '../model/workload/layer.js';
import type { Solve } from '../tuner/map-network.js';
import { loweredFrom } from '../model/machine/template.js';

export interface ChosenMapping {
  readonly mapping: Mapping;
  /** Of the design, or found here. */
  readonly from: 'design' | 'here';
}

/** Seconds for each shape that the design has no mapping of, and the gap at which it is left. */
export const mappingBudget = { time: 20, evaluations: Infinity, gap: 0.05, seed: 1 };

/**
 * In the order of the runs; refused where a run has no mapping on the design's machine. `told` hears of each that is sought.
 * `layers`: of each run the number of its layer in the design, where that says.
 */
export async function mappingsFor(
  design: Design,
  lowered: Lowered,
  solve: Solve,
  told: (name: string) => void,
  layers: readonly number[] = [],
): Promise<Parsed<readonly ChosenMapping[]>> {
  const architectures = arrangementsOf(design.machine, design.technology);
  const known = new Map<string, Mapping | undefined>();
  const found = async (layer: Layer, padding: boolean): Promise<Mapping | undefined> => {
    const key = `${padding} ${shapeKey(layer)}`;
    if (!known.has(key)) {
      told(layer.name);
      const goal = { objective: 'edp' as const, limits: {} };
      const machine = loweredFrom(architectures);
      const task = { architectures, layer, conventions: magnetConventions, goal, padding, machine };
      known.set(key, (await solve(task, layer.resident ? 'enumerate' : 'auto', mappingBudget, () => {})).best?.mapping);
    }
    return known.get(key);
  };
  const missing = ({ name }: MachineRun) =>
    refuse(
      'nothing-fits',
      [name],
      `${name} has no mapping on ${design.name}; its buffers or its parameters leave none`,
    );
  const runs = runsIn(lowered);
  const chosen: ChosenMapping[] = [];
  for (const [i, run] of runs.entries()) {
    const said = layers[i];
    const own =
      (said === undefined ? undefined : designMapping({ ...design, layers: [nth(design.layers, said)] }, run.layer)) ??
      designMapping(design, run.layer);
    const mapping = own ?? (await found(run.layer, true));
    if (!mapping) return missing(run);
    chosen.push({ mapping, from: own ? 'design' : 'here' });
  }
  // What pads has no room beside others' words, and is mapped again without.
  for (const i of withoutRoom(
    lowered,
    chosen.map((c) => c.mapping),
  )) {
    const { layer } = nth(runs, i);
    // A last block may be filled up with channels that lie beside the tensor.
    const mapping = await found(
      isChannelwise(layer) && !layer.resident?.weights ? { ...layer, diagonal: false } : layer,
      false,
    );
    if (!mapping) return missing(nth(runs, i));
    chosen[i] = { mapping, from: 'here' };
  }
  return parsed(chosen);
}

/**
 * That of the layer itself, or of one of which nobody knows the bits of its words, or of the plain layer where the machine can
 * run it with what stands behind too; of a network without folds too.
 */
function designMapping(design: Design, layer: Layer): Mapping | undefined {
  const { fromHost: _, ...unfolded } = layer;
  for (const own of layer.fromHost ? [layer, unfolded] : [layer]) {
    const found = mappingOf(design, own);
    if (found) return found;
  }
  return undefined;
}

function mappingOf(design: Design, layer: Layer): Mapping | undefined {
  const { inputBits: _, ...halfKnown } = layer;
  const { weightBits: __, ...unweighed } = halfKnown;
  const { pool: ___, residual: ____, ...plain } = unweighed;
  for (const like of [layer, halfKnown, unweighed, plain, { ...plain, bias: false as const }]) {
    const mapping = design.layers.find((l) => shapeKey(l.layer) === shapeKey(like))?.mapping;
    const architecture = mapping && arrangementFor(design, mapping);
    if (architecture && breaches(architecture, layer, mapping, magnetConventions).length === 0) return mapping;
  }
  return undefined;
}
