// Where the batch lies in inputs that do not have it in front: recurrent operators want the steps there.

import type { Graph, GraphNode } from './graph.js';

/** Operators whose first output has its axes in the place of the first input's. */
const keepsAxes = [
  'Identity',
  'Cast',
  'Relu',
  'Dropout',
  'Clip',
  'Sigmoid',
  'Tanh',
  'QuantizeLinear',
  'DequantizeLinear',
  'Quant',
];

const numbersOf = (node: GraphNode, name: string): readonly number[] | undefined => {
  const a = node.attributes.get(name);
  return a?.kind === 'numbers' ? a.values : undefined;
};
const numberOf = (node: GraphNode, name: string): number => {
  const a = node.attributes.get(name);
  return a?.kind === 'number' ? a.value : 0;
};

/** Input by input, the axis of the batch where it is known from what reads it not to be the first. */
export function batchAxesOf(graph: Graph): ReadonlyMap<string, number> {
  const producers = new Map(
    graph.nodes.flatMap((node) => node.outputs.slice(0, 1).map((name) => [name, node] as const)),
  );
  const axes = new Map<string, number>();
  for (const node of graph.nodes) {
    if (!['LSTM', 'GRU', 'RNN', 'DynamicQuantizeLSTM'].includes(node.operator) || numberOf(node, 'layout') === 1)
      continue;
    let axis: number | undefined = 1;
    let name = node.inputs[0] ?? '';
    // A damaged file may have a cycle, hence the limit.
    for (
      let from = producers.get(name), left = graph.nodes.length;
      from !== undefined && axis !== undefined && left > 0;
      from = producers.get(name), left--
    ) {
      if (from.operator === 'Transpose') axis = numbersOf(from, 'perm')?.[axis];
      else if (!keepsAxes.includes(from.operator)) axis = undefined;
      name = from.inputs[0] ?? '';
    }
    if (axis !== undefined && axis > 0) axes.set(name, axis);
  }
  return axes;
}
