// Walks a graph in the order of its data and works out what is known of every value.

import type { Diagnostic } from '../../base/diagnostics.js';
import type { Binding } from './bind.js';
import type { Graph, GraphNode } from './graph.js';
import { operatorName } from './graph.js';
import type { Operation, Rule } from './operation.js';
import { ruleFor } from './rules.js';
import type { Shape, Value } from './value.js';
import { constantValue, fault, isComplete, isFault, isSize, printSizes, unknownValue } from './value.js';

/** More axes than any tensor has; keeps a hostile file from doubling them node by node. */
const mostAxes = 64;

export interface Step {
  readonly op: Operation;
  readonly outputs: readonly Value[];
}

export const pathOf = (node: GraphNode): readonly (string | number)[] => ['node', node.name || operatorName(node)];

/** `Conv "conv1"`, as messages name a node. */
export const nameOf = (node: GraphNode): string => `${operatorName(node)} "${node.name}"`;

/** Every node with what is known of its inputs and outputs, in the order of the file. */
export function infer(graph: Graph, binding: Binding): { readonly steps: readonly Step[]; readonly faults: readonly Diagnostic[] } {
  const { order, faults } = sorted(graph);
  const values = new Map<string, Value>();
  for (const [name, value] of binding.inputs) values.set(name, bounded(value));
  for (const [name, constant] of graph.constants) values.set(name, bounded(constantValue(constant)));
  const notes = new Map([...graph.outputs, ...graph.notes].map((info) => [info.name, binding.resolve(info)]));
  const found: Diagnostic[] = [...faults];
  const steps = new Map<GraphNode, Step>();
  for (const node of order) {
    const inputs = node.inputs.map((name) => (name === '' ? undefined : values.get(name) ?? unknownValue));
    const op: Operation = { node, inputs, opset: graph.opset, rebatch: binding.rebatch };
    const rule = graph.functions.has(`${node.domain}:${node.operator}`) ? undefined : ruleFor(node);
    const result = checked(rule?.(op));
    if (isFault(result)) {
      const hint = binding.rebatch ? ` (the batch was changed from ${binding.rebatch.from} to ${binding.rebatch.to}; leave it or export the model with a symbolic batch)` : '';
      found.push({ code: 'malformed', path: pathOf(node), message: `${operatorName(node)}: ${result.fault}${hint}. Check the model with onnx.checker or export it again` });
    }
    const outputs = node.outputs.map((name, i) => {
      const value = bounded(isFault(result) ? unknownValue : result?.[i] ?? unknownValue);
      return blamed(completed(value, notes.get(name)), op, rule !== undefined);
    });
    for (const [i, name] of node.outputs.entries()) if (name !== '') values.set(name, outputs[i]!);
    steps.set(node, { op, outputs });
  }
  return { steps: graph.nodes.flatMap((node) => steps.get(node) ?? []), faults: found };
}

/** A rule does sums with what the file says; what comes out must still be sizes. */
function checked(result: ReturnType<Rule>): ReturnType<Rule> {
  if (result === undefined || isFault(result)) return result;
  const bad = result.find(({ shape }) => shape && !shape.every(isSize));
  return bad?.shape ? fault(`its output would have the shape ${printSizes(bad.shape)}; expected whole sizes`) : result;
}

const bounded = (value: Value): Value =>
  value.shape !== undefined && value.shape.length > mostAxes ? { ...unknownValue, blame: `a tensor has ${value.shape.length} axes; at most ${mostAxes} are followed` } : value;

/** Fills gaps from what the file itself notes about the value. */
function completed(value: Value, note: Shape | undefined): Value {
  if (note === undefined || note.length > mostAxes) return value;
  if (value.shape === undefined) return { ...value, shape: note };
  if (note.length !== value.shape.length) return value;
  return { ...value, shape: value.shape.map((d, i) => d ?? note[i]) };
}

/** Names the first cause of a gap: that of an input where one has a gap, else this node. */
function blamed(value: Value, { node, inputs }: Operation, hasRule: boolean): Value {
  if (isComplete(value.shape)) return value;
  const inherited = inputs.find((x) => x?.blame !== undefined)?.blame;
  const own = hasRule
    ? `the size of the output of ${nameOf(node)} depends on data known only at run time; export the model with fixed sizes`
    : `no shape rule is known for ${nameOf(node)}; run ONNX shape inference (onnx.shape_inference.infer_shapes) over the file so that it notes the shapes`;
  return { ...value, blame: value.blame ?? inherited ?? own };
}

/** The file should be sorted already; where it is not, this sorts it, and says what can never run. */
function sorted(graph: Graph): { readonly order: readonly GraphNode[]; readonly faults: readonly Diagnostic[] } {
  const faults: Diagnostic[] = [];
  const producer = new Map<string, number>();
  for (const [i, node] of graph.nodes.entries()) {
    for (const name of node.outputs) {
      if (name === '') continue;
      const first = producer.get(name);
      if (first === undefined) producer.set(name, i);
      else faults.push({ code: 'malformed', path: pathOf(node), message: `writes "${name}", which ${nameOf(graph.nodes[first]!)} writes too; a value has one producer` });
    }
  }
  const given = new Set([...graph.inputs.map(({ name }) => name), ...graph.constants.keys()]);
  const readers = new Map<number, number[]>();
  const waiting = graph.nodes.map((node, i) => {
    let count = 0;
    for (const name of new Set(node.inputs)) {
      const from = producer.get(name);
      if (from !== undefined) {
        count++;
        const list = readers.get(from);
        if (list) list.push(i);
        else readers.set(from, [i]);
      } else if (name !== '' && !given.has(name)) {
        faults.push({ code: 'malformed', path: pathOf(node), message: `reads "${name}", which nothing produces: neither an input, a tensor of the file nor a node. Export the model again` });
      }
    }
    return count;
  });
  const ready = waiting.flatMap((count, i) => (count === 0 ? [i] : []));
  const order: GraphNode[] = [];
  for (let next = 0; next < ready.length; next++) {
    order.push(graph.nodes[ready[next]!]!);
    for (const reader of readers.get(ready[next]!) ?? []) if (--waiting[reader]! === 0) ready.push(reader);
  }
  if (order.length < graph.nodes.length) {
    const stuck = graph.nodes.find((_, i) => waiting[i]! > 0)!;
    faults.push({ code: 'malformed', path: pathOf(stuck), message: `${operatorName(stuck)} waits for its own result: the graph has a cycle. Export the model again` });
  }
  return { order, faults };
}
