// The nodes of a graph in the order of its data, and what of it can never run.

import { defined, nth } from '../../base/invariant.js';
import type { Diagnostic } from '../../base/diagnostics.js';
import type { Body, GraphNode } from './graph.js';
import { operatorName, readsOf } from './graph.js';

export const pathOf = (node: GraphNode): readonly (string | number)[] => ['node', node.name || operatorName(node)];

/** `Conv "conv1"`, as messages name a node. */
export const nameOf = (node: GraphNode): string => `${operatorName(node)} "${node.name}"`;

/** The file should be sorted already; where it is not, this sorts it, and says what can never run. */
export function sorted(
  graph: Body,
  isGiven: (name: string) => boolean,
): { readonly order: readonly GraphNode[]; readonly faults: readonly Diagnostic[] } {
  const faults: Diagnostic[] = [];
  const producer = new Map<string, number>();
  for (const [i, node] of graph.nodes.entries()) {
    for (const name of node.outputs) {
      if (name === '') continue;
      const first = producer.get(name);
      if (first === undefined) producer.set(name, i);
      else
        faults.push({
          code: 'malformed',
          path: pathOf(node),
          message: `writes "${name}", which ${nameOf(nth(graph.nodes, first))} writes too; a value has one producer`,
        });
    }
  }
  const readers = new Map<number, number[]>();
  const waiting = graph.nodes.map((node, i) => {
    let count = 0;
    for (const name of readsOf(node)) {
      const from = producer.get(name);
      if (from !== undefined) {
        count++;
        const list = readers.get(from);
        if (list) list.push(i);
        else readers.set(from, [i]);
      } else if (name !== '' && !isGiven(name)) {
        faults.push({
          code: 'malformed',
          path: pathOf(node),
          message:
            `reads "${name}", which nothing produces: neither an input, a tensor of the file nor a node. ` +
            'Export the model again',
        });
      }
    }
    return count;
  });
  const ready = waiting.flatMap((count, i) => (count === 0 ? [i] : []));
  const order: GraphNode[] = [];
  for (let next = 0; next < ready.length; next++) {
    order.push(nth(graph.nodes, ready[next]!));
    for (const reader of readers.get(nth(ready, next)) ?? []) if (--waiting[reader]! === 0) ready.push(reader);
  }
  if (order.length < graph.nodes.length) {
    const stuck = defined(graph.nodes.find((_, i) => nth(waiting, i) > 0));
    faults.push({
      code: 'malformed',
      path: pathOf(stuck),
      message: `${operatorName(stuck)} waits for its own result: the graph has a cycle. Export the model again`,
    });
  }
  return { order, faults };
}
