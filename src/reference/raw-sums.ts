// The last layers of a network that leave their sums as they are, before a scale makes words of them.

import type { Diagnostic, Parsed } from '../base/diagnostics.js';
import { parsed, refused } from '../base/diagnostics.js';
import { got, nth } from '../base/invariant.js';
import type { NetworkGraph } from '../model/workload/network-graph.js';
import type { GraphIntegers } from './integer-arithmetic.js';

/** Sums of so many bits; refused where an output is not the sums of a layer, by its name and with what stands in between. */
export function withRawSums(graph: NetworkGraph, integers: GraphIntegers, bits: number): Parsed<GraphIntegers> {
  const steps = new Map(integers.steps);
  const faults: Diagnostic[] = [];
  for (const name of graph.outputs) {
    const found = summing(graph, name);
    if (typeof found === 'string')
      faults.push({
        code: 'no-sums',
        path: [],
        message: `the output ${name} of ${graph.name} has no raw sums: ${found}`,
      });
    else steps.set(found, { ...got(integers.steps, found), raw: bits });
  }
  return faults.length > 0 ? refused(faults) : parsed({ ...integers, steps });
}

/** The step whose sums a tensor is, or why it is none's. */
function summing({ tensors, steps }: NetworkGraph, name: string): number | string {
  const tensor = tensors.find((t) => t.name === name);
  if (tensor?.producer.kind !== 'step') return 'no layer makes it as it is';
  const step = nth(steps, tensor.producer.step);
  if (step.kind !== 'layer') return `step ${step.name} that makes it is no layer`;
  const { residual, clip, pool } = step.epilogue;
  const behind = [
    ...(residual ? ['a residual'] : []),
    ...(clip && (clip.low !== null || clip.high !== null) ? ['limits'] : []),
    ...(pool ? ['a pool'] : []),
  ];
  if (behind.length > 0) return `${behind.join(' and ')} of step ${step.name} would take words`;
  return tensor.consumers.length + tensor.placements.length > 0 ? 'others read it as words' : tensor.producer.step;
}
