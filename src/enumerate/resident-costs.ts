// What a machine charges a layer of which some tensors lie in the global buffer as whole images, or weights in the weight buffers:
// nothing of DRAM for them, and fewer banks for tiles. docs/hardware.md has the rules.

import { besideResidents } from '../model/cost/tile-cycles.js';
import { lineFault } from '../model/mapping/rules.js';
import type { Layer } from '../model/workload/layer.js';
import { residentTensors } from '../model/workload/resident.js';
import type { ShapeCosts } from './item-costs.js';

/** The same where nothing stays there. */
export function residentCosts(costs: ShapeCosts, layer: Layer): ShapeCosts {
  const { resident } = layer;
  if (!resident) return costs;
  const { dram, global, weight, allBanks } = costs;
  const { input, output, residual, weights } = resident;
  // A line of outputs is stored; read again where it leaves for DRAM, and read where it is a residual.
  const reads = (output ? -1 : 0) + (residual ? 1 : 0);
  return {
    ...besideResidents(costs, layer),
    dram: {
      ...dram,
      ...(input && { input: 0 }),
      ...(output && { output: 0 }),
      ...(residual && { residual: 0 }),
      ...(weights?.held && { weight: 0 }),
    },
    // Nothing of weights that are there passes wires or is written.
    ...(weights?.held && { weightBits: 0, packed: undefined, weight: { ...weight, fill: weight.fill.map(() => 0) } }),
    global: {
      ...global,
      ...(input && { fill: global.fill.map(() => 0) }),
      out: global.out.map((pj, place) => pj + reads * (global.readOut[place] ?? 0)),
    },
    banks: Math.floor((allBanks - resident.banks) / 2),
  };
}

/** Whether so many neighbouring channels, of so many mapped in a group, lie side by side as the lines of whole images have them. */
export function suitsLines(
  layer: Layer,
  { lanes, vector, residency }: Pick<ShapeCosts, 'lanes' | 'vector' | 'residency'>,
  dimension: 'K' | 'C',
  used: number,
  mapped: number,
): boolean {
  const { resident } = layer;
  if (!resident || !residentTensors.some((t) => resident[t])) return true;
  if (!residency) return false;
  return dimension === 'C'
    ? !resident.input || lineFault(layer, 'Inputs', used, mapped, vector) === undefined
    : (!resident.output && !resident.residual) || lineFault(layer, 'Outputs', used, mapped, lanes) === undefined;
}
