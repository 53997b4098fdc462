// The registers of the three nests: bounds, loop masks, and the steps of their addresses.

import type { Collector } from '../../model/machine/template-names.js';
import { levelNames } from '../../model/machine/template-names.js';
import type { Tensor } from '../../model/workload/layer.js';
import type { Hardware } from '../hardware.js';
import { outerFlags, peFlags, tileFlags } from '../registers.js';
import type { LayerStrides, StrideOf } from './layer-strides.js';
import type { Masks } from './masks.js';
import { entryStrides, masksOf } from './masks.js';
import type { NestLoop, Nests } from './nests.js';
import type { RegisterWrites } from './register-writes.js';

export function writeNests(
  writes: RegisterWrites,
  h: Hardware,
  n: Nests,
  levels: readonly string[],
  { inLines, inWords, ofWeights, pooled, ...at }: LayerStrides,
): void {
  const masks = masksOf(n, levels);

  writeNest(writes, 'outer', n.outer, outerFlags, masks);
  const { input, output } = at.region;
  steps(writes, 'outer_input', n.outer, input ? inLines(input.strides) : inWords(at.dram.input));
  steps(writes, 'outer_weight', n.outer, ofWeights);
  steps(writes, 'outer_output', n.outer, pooled(output?.strides ?? at.dram.output));
  steps(writes, 'outer_bias', n.outer, inLines(at.bias));
  steps(writes, 'outer_residual', n.outer, inLines(at.dram.residual));

  writeNest(writes, 'inner', n.inner, tileFlags, masks);
  steps(writes, 'inner_input', n.inner, inLines(input?.strides ?? at.tileInput.strides));
  steps(writes, 'inner_weight', n.inner, ofWeights);
  steps(writes, 'inner_output', n.inner, pooled(output?.strides ?? at.tileOutput));
  steps(writes, 'inner_bias', n.inner, inLines(at.bias));
  steps(writes, 'inner_residual', n.inner, inLines(at.dram.residual));

  writeNest(writes, 'pe', n.pe, peFlags, masks);
  steps(writes, 'pe_input', n.pe, inLines(at.peInput.strides));
  steps(writes, 'pe_weight', n.pe, inLines(at.peWeight.strides));
  steps(writes, 'pe_sum', n.pe, inLines(at.peSum.strides));
  const entries = (name: string, collector: Collector, tensor: Tensor) => {
    const strides = entryStrides(n, levels, collector, tensor);
    steps(writes, name, n.pe, (l) => strides.get(l) ?? 0);
  };
  if (h.inputCollector > 1) entries('pe_input_entry', levelNames.inputCollector, 'Inputs');
  if (h.weightCollector > 1) entries('pe_weight_entry', levelNames.weightCollector, 'Weights');
  if (h.sumCollector > 1) entries('pe_sum_entry', levelNames.accumCollector, 'Outputs');
}

function writeNest(
  writes: RegisterWrites,
  name: string,
  loops: readonly NestLoop[],
  flags: readonly (keyof Masks)[],
  masks: Masks,
): void {
  writes.bounds(name, loops);
  writes.put(
    `${name}_mask`,
    flags.map((f) => loops.reduce((bits, l, i) => bits + (masks[f].has(l) ? 2 ** i : 0), 0)),
  );
}

const steps = (writes: RegisterWrites, name: string, loops: readonly NestLoop[], stride: StrideOf): void =>
  writes.deltas(
    name,
    loops.map((l) => ({ bound: l.bound, stride: stride(l) })),
  );
