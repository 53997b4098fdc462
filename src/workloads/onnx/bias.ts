// Whether biases are added to the sums of a layer: as an input of its operator, or by a node behind it that folds into one.

import type { Graph, GraphNode } from './graph.js';
import type { Step } from './infer.js';

/** Where operators take a bias; others that become layers have no such input. */
const biasInput: Readonly<Record<string, number>> = {
  Conv: 2, ConvInteger: Infinity, QLinearConv: 8, FusedConv: 2,
  Gemm: 2, FusedGemm: 2, QGemm: 6,
  MatMul: Infinity, FusedMatMul: Infinity, MatMulInteger: Infinity, QLinearMatMul: Infinity, MatMulIntegerToFloat: 6, DynamicQuantizeMatMul: 4, MatMulNBits: 5,
  Einsum: Infinity,
};
const products: readonly string[] = ['MatMul', 'FusedMatMul', 'Einsum'];

/** What scales, rounds or moves sums on their way to the addition. */
const through: readonly string[] = ['Cast', 'Mul', 'Div', 'DequantizeLinear', 'QuantizeLinear', 'Identity', 'Reshape', 'Transpose', 'Squeeze', 'Unsqueeze', 'Flatten', 'Quant', 'Trunc'];
const additions: readonly string[] = ['Add', 'Sub'];
/** Their shift per channel becomes a bias of what is before. */
const shifting: readonly string[] = ['BatchNormalization', 'BiasAdd', 'BiasGelu', 'FastGelu', 'BiasSoftmax', 'SkipLayerNormalization', 'FusedBatchNormRelu'];

/** Tells of every node of a graph whether its layer has biases. Where that cannot be seen it is taken to have them. */
export function biasesOf(graph: Graph, steps: readonly Step[]): (node: GraphNode) => boolean {
  const producer = new Map(graph.nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  const readers = new Map<string, GraphNode[]>();
  for (const node of graph.nodes) for (const name of new Set(node.inputs)) readers.set(name, [...(readers.get(name) ?? []), node]);
  const fixed = new Map<string, boolean>();
  const shapes = new Map(steps.flatMap(({ op, outputs }) => [
    ...op.node.inputs.map((name, i) => [name, op.inputs[i]?.shape] as const),
    ...op.node.outputs.map((name, i) => [name, outputs[i]?.shape] as const),
  ]));

  return (node) => {
    const place = Object.hasOwn(biasInput, node.operator) ? biasInput[node.operator]! : undefined;
    if (place === undefined || (node.inputs[place] ?? '') !== '') return true;
    // A product of two values that the network computes, as in attention.
    if (products.includes(node.operator) && node.inputs.slice(0, 2).every((name) => !isFixed(name))) return false;
    return node.outputs.some(addedTo);
  };

  function addedTo(name: string): boolean {
    const seen = new Set<string>();
    const open = [name];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      for (const reader of readers.get(next) ?? []) {
        if (shifting.includes(reader.operator)) return true;
        if (additions.includes(reader.operator) && reader.inputs.some(isRow)) return true;
        if (through.includes(reader.operator)) open.push(...reader.outputs);
      }
    }
    return false;
  }

  /** What follows from the file with a number for each channel (of each group), or one for all. */
  function isRow(name: string): boolean {
    if (!isFixed(name)) return false;
    const shape = shapes.get(name);
    return !shape || shape.filter((size) => size !== 1).length <= 1 || shape.at(-2) === 1;
  }

  /** Whether a value follows from tensors of the file alone. */
  function isFixed(name: string): boolean {
    if (name === '' || graph.constants.has(name)) return true;
    const known = fixed.get(name);
    if (known !== undefined) return known;
    fixed.set(name, false);
    const made = producer.get(name);
    const answer = made !== undefined && made.inputs.every(isFixed);
    fixed.set(name, answer);
    return answer;
  }
}
