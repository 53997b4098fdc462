// What a layer costs at least on any machine of a shape, at once: products alone, no word of padding, each word once
// through DRAM.

import type { Layer } from '../model/workload/layer.js';
import { macs, pooledOf } from '../model/workload/layer.js';
import type { ShapeCosts } from './item-costs.js';
import { weighing } from './item-costs.js';
import { mayBeNarrow, split } from '../model/workload/split.js';
import { perOutput } from './spread.js';

/** In pJ and cycles; in parts no less, however it is rewritten. */
export function leastWork(layer: Layer, costs: ShapeCosts): { readonly energy: number; readonly cycles: number } {
  // Groups in blocks may be split that are not by themselves: of each tensor, and of the products, the least of both counts.
  const ways = [termsOf(layer, costs), ...(mayBeNarrow(layer, costs.split) ? [termsOf(split(layer), costs)] : [])];
  const least = (of: keyof (typeof ways)[number]) => Math.min(...ways.map((way) => way[of]));
  return {
    energy: least('products') + least('weights') + least('inputs') + least('outputs'),
    cycles: least('cycles'),
  };
}

function termsOf(layer: Layer, costs: ShapeCosts) {
  const [{ bounds: b }, c] = [layer, weighing(costs, layer)];
  const outputs = (b.N * b.G * b.K * b.P * b.Q) / pooledOf(layer);
  // Pixels that a kernel of one row and column touches.
  const inputs = b.N * b.G * b.C * b.P * b.Q;
  return {
    products: macs(layer) * c.mac,
    weights: b.G * b.K * b.C * b.R * b.S * c.dram.weight,
    inputs: inputs * c.dram.input,
    outputs: outputs * perOutput(layer, c),
    cycles: macs(layer) / (c.vector * c.lanes * c.rows * c.columns),
  };
}
