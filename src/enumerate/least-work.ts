// What a layer costs at least on any machine of a shape, at once: products alone, no word of padding, each word once
// through DRAM.

import type { Layer } from '../model/workload/layer.js';
import { macs, pooledOf } from '../model/workload/layer.js';
import type { ShapeCosts } from './item-costs.js';
import { weighing } from './item-costs.js';
import { perOutput } from './spread.js';

/** In pJ and cycles; in parts no less. */
export function leastWork(layer: Layer, costs: ShapeCosts): { readonly energy: number; readonly cycles: number } {
  const [{ bounds: b }, c] = [layer, weighing(costs, layer)];
  const outputs = (b.N * b.G * b.K * b.P * b.Q) / pooledOf(layer);
  // Pixels that a kernel of one row and column touches.
  const inputs = b.N * b.G * b.C * b.P * b.Q;
  return {
    energy:
      macs(layer) * c.mac +
      b.G * b.K * b.C * b.R * b.S * c.dram.weight +
      inputs * c.dram.input +
      outputs * perOutput(layer, c),
    cycles: macs(layer) / (c.vector * c.lanes * c.rows * c.columns),
  };
}
