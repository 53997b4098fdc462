// A graph with its integers as operations of machine and host, in the order of its steps.

import { CannotLower } from './cannot-lower.js';
import type { Parsed } from '../base/diagnostics.js';
import { parsed, refuse } from '../base/diagnostics.js';
import { nth } from '../base/invariant.js';
import type { GraphStep, HostStep, NetworkGraph } from '../model/workload/network-graph.js';
import type { GraphIntegers } from '../reference/integer-arithmetic.js';
import { lowerAddition, lowerMultiplication, lowerScale, lowerUpsampling } from './lower-elementwise.js';
import { lowerLayer } from './lower-layers.js';
import { lowerPool } from './lower-pools.js';
import type { HostComputation, Lowered } from './lowered.js';
import { Lowering } from './lowering.js';

/** Words have so many bits. Refused where a step is such that no run of the machine does it. */
export function lowered(graph: NetworkGraph, integers: GraphIntegers, bits: number): Parsed<Lowered> {
  const l = new Lowering(graph, integers);
  try {
    for (const name of graph.inputs) if (!l.indices.has(name)) l.homes.place(name);
    for (const [i, step] of graph.steps.entries()) lowerStep(l, step, i, bits);
    for (const name of graph.outputs) l.homes.read(name);
  } catch (error) {
    if (error instanceof CannotLower) return refuse('not-run', [graph.name], error.message);
    throw error;
  }
  return parsed({
    operations: l.operations,
    storages: l.homes.storages,
    tensors: l.homes.views,
    between: l.between,
    constants: l.constants,
    upper: l.upper,
    inputs: graph.inputs.filter((name) => !l.indices.has(name)),
    outputs: graph.outputs,
  });
}

/** The operations of one step. @throws CannotLower where no run of the machine does it. */
export function lowerStep(l: Lowering, step: GraphStep, i: number, bits: number): void {
  switch (step.kind) {
    case 'layer':
      if (step.run.kind === 'costed')
        l.refuse(`step ${step.name} is only costed and runs on no machine: ${step.run.why}`);
      return lowerLayer(l, step, i, bits);
    case 'pool':
      return lowerPool(l, step, i, bits);
    case 'addition':
      return lowerAddition(l, step, i);
    case 'multiplication':
      return lowerMultiplication(l, step, i);
    case 'scale':
      return lowerScale(l, step, i);
    case 'upsampling':
      return lowerUpsampling(l, step, i, bits);
    case 'host':
      return lowerHost(l, step, i);
  }
}

function lowerHost(l: Lowering, step: HostStep, i: number): void {
  const { name, operator } = step;
  const inputs = step.inputs
    .filter((tensor) => !l.indices.has(tensor))
    .map((tensor) => ({ tensor, view: l.homes.read(tensor) }));
  const outputs = step.outputs.map((tensor) => ({ tensor, view: l.homes.place(tensor) }));
  const work = computation(l, step, i);
  l.operations.push({ kind: 'host', name, step: i, operator, inputs, outputs, ...(work && { work }) });
}

function computation(l: Lowering, { work, outputs }: HostStep, i: number): HostComputation | undefined {
  const integers = l.integers.steps.get(i);
  if (!work || !integers?.host) return undefined;
  const { host, low, high } = integers;
  const operands = work.operands.map((x): HostComputation['operands'][number] => {
    switch (x.kind) {
      case 'tensor':
        return { kind: l.indices.has(x.name) ? 'input' : 'tensor', name: x.name };
      case 'weights':
        return { kind: 'numbers', numbers: l.words(x, i) };
      case 'numbers':
        return { kind: 'numbers', numbers: { shape: x.shape, values: Float64Array.from(x.values) } };
    }
  });
  return {
    function: work.function,
    operands,
    scales: host,
    range: { low, high },
    shape: l.homes.shape(nth(outputs, 0)),
  };
}
