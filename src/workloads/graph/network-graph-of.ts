// ONNX to the graph of steps: every operator becomes a step, part of one, placement, nothing, or work of the host.

import { got, nth } from '../../base/invariant.js';
import type { Parsed } from '../../base/diagnostics.js';
import { parsed } from '../../base/diagnostics.js';
import type { CountedLayer, Network } from '../../model/workload/network.js';
import type { GraphTensor, NetworkGraph } from '../../model/workload/network-graph.js';
import type { BindOptions } from '../onnx/bind.js';
import { bindInputs } from '../onnx/bind.js';
import { biasesOf } from '../onnx/bias.js';
import { decodeOnnx } from '../onnx/decode-model.js';
import type { Graph, GraphNode } from '../onnx/graph.js';
import { isStandard, operatorName, readsOf } from '../onnx/graph.js';
import { infer } from '../onnx/infer.js';
import { listOf } from '../onnx/network-of.js';
import { findingOf } from '../onnx/onnx-layers.js';
import { isSmall } from '../onnx/value.js';
import type { Step } from '../onnx/walk.js';
import { elementwiseHandlers } from './elementwise-operators.js';
import { foldHandlers, foreignHandler } from './fold-operators.js';
import { GraphBuilder } from './graph-builder.js';
import { hostWork } from './host-operators.js';
import { withoutFunctions } from './inline.js';
import { layerStep } from './layer-operators.js';
import { dependencyOrder } from './order.js';
import { placeHandlers } from './place-operators.js';
import { poolHandlers } from './pool-operators.js';

/** A file's graph; refused where sizes of its layers are not known, or contradict one another. */
export function importGraph(bytes: Uint8Array, name: string, options: BindOptions = {}): Parsed<NetworkGraph> {
  const graph = decodeOnnx(bytes, name);
  return graph.ok ? networkGraphOf(graph.value, name, options) : graph;
}

export function networkGraphOf(file: Graph, name: string, options: BindOptions = {}): Parsed<NetworkGraph> {
  const network = listOf(file, name, options);
  if (!network.ok) return network;
  const graph = withoutFunctions(file);
  const binding = bindInputs(graph, options);
  if (!binding.ok) return binding;
  const { steps } = infer(graph, binding.value);
  const hasBiases = biasesOf(steps);
  if (graph === file) return parsed(built(graph, steps, network.value, hasBiases));
  // Of a layer inside a function the list of layers sees less, and what it says holds.
  const before = infer(file, binding.value).steps;
  const asListed = biasesOf(before);
  const listed = new Map(before.map((step) => [step.op.node.name, asListed(step)]));
  const has = (step: Step) => listed.get(step.op.node.name) ?? hasBiases(step);
  return parsed(built(graph, steps, network.value, has));
}

function built(
  graph: Graph,
  steps: readonly Step[],
  { name, source }: Network,
  hasBiases: (step: Step) => boolean,
): NetworkGraph {
  const b = new GraphBuilder(graph);
  const byNode = new Map<GraphNode, Step[]>();
  for (const step of steps) {
    const known = byNode.get(step.top);
    if (known) known.push(step);
    else byNode.set(step.top, [step]);
  }
  for (const node of inOrder(graph)) take(b, byNode.get(node) ?? [], hasBiases);
  return finished(b, graph, name, source);
}

/** That of the file, unless it has an operator before what it reads. */
function inOrder({ nodes }: Graph): readonly GraphNode[] {
  const producer = new Map(nodes.flatMap(({ outputs }, i) => outputs.map((name) => [name, i] as const)));
  const needs = (i: number) => [...readsOf(nth(nodes, i))].flatMap((name) => producer.get(name) ?? []);
  return dependencyOrder(nodes.length, needs).map((i) => nth(nodes, i));
}

const handlers = { ...foldHandlers, ...placeHandlers, ...poolHandlers, ...elementwiseHandlers };

/** One operator of the file, with what is inside of it. */
function take(b: GraphBuilder, all: readonly Step[], hasBiases: (step: Step) => boolean): void {
  const at = all.find((step) => !step.nested);
  if (at === undefined) return;
  const layers: CountedLayer[] = [];
  let counted: number | null = 0;
  for (const step of all) {
    const finding = findingOf(step, hasBiases);
    if (finding.kind !== 'layers') continue;
    layers.push(...finding.layers);
    const rest: number | null = finding.rest ? finding.rest.macs : 0;
    counted = counted === null || rest === null ? null : counted + rest;
  }
  if (layers.length > 0) {
    const inside = all.length > 1 ? `inside ${operatorName(at.op.node)}` : undefined;
    layerStep(b, at, layers, counted, inside);
    return;
  }
  if (all.length === 1 && isConstant(at)) {
    b.fold(at, 'constant');
    return;
  }
  const { node } = at.op;
  const handler =
    all.length > 1
      ? undefined
      : isStandard(node.domain)
        ? Object.hasOwn(handlers, node.operator)
          ? handlers[node.operator]
          : undefined
        : foreignHandler(at);
  if (handler?.(b, at)) return;
  const work = all.length > 1 ? undefined : hostWork(b, at);
  const picks = node.operator.startsWith('Gather') ? node.inputs[0] : undefined;
  b.add(at, (base) => ({
    ...base,
    kind: 'host',
    operator: operatorName(node),
    ...(work && { work }),
    counted,
    inputs: b.tensorsRead(at, at.top),
    ...(picks !== undefined && { picks: namedIn(b, picks) }),
  }));
}

const namedIn = (b: GraphBuilder, value: string): string => {
  const r = b.reference(value);
  return r.kind === 'tensor' ? r.name : r.value;
};

/** Its results follow from the file, or from the sizes alone. */
const isConstant = ({ outputs }: Step): boolean =>
  outputs.length > 0 &&
  outputs.every(
    ({ fixed, shape, data }) => fixed === true || (isSmall(shape) && data?.every((x) => x !== undefined) === true),
  );

function finished(b: GraphBuilder, graph: Graph, name: string, source: string): NetworkGraph {
  // Remembered: tensors that are placed again and again meet in many ways.
  const behind = new Map<string, readonly number[]>();
  const stepsBehind = (tensor: string): readonly number[] => {
    const producer = b.producers.get(tensor);
    if (producer === undefined) return [];
    if ('step' in producer) return [producer.index];
    const known = behind.get(tensor);
    if (known) return known;
    const found = [...new Set(producer.inputs.flatMap((x) => (x.kind === 'tensor' ? stepsBehind(x.name) : [])))];
    behind.set(tensor, found);
    return found;
  };
  const order = dependencyOrder(b.drafts.length, (i) => nth(b.drafts, i).step.inputs.flatMap(stepsBehind));
  const place = new Map(order.map((i, at) => [nth(b.drafts, i), at]));
  const steps = order.map((i) => nth(b.drafts, i).step);
  const consumers = readersByTensor(steps.map((s) => s.inputs));
  const placed = readersByTensor(b.placements.map((p) => p.inputs.flatMap((x) => (x.kind === 'tensor' ? x.name : []))));
  const outputs = graph.outputs.flatMap((info) => {
    const r = b.reference(info.name);
    return r.kind === 'tensor' ? [r.name] : [];
  });
  const tensors = [...b.shapes].flatMap(([tensor, shape]): GraphTensor[] => {
    const producer = b.producers.get(tensor);
    const reading = { consumers: consumers.get(tensor) ?? [], placements: placed.get(tensor) ?? [] };
    const unread = reading.consumers.length + reading.placements.length === 0 && !outputs.includes(tensor);
    if (producer === undefined) return unread ? [] : [{ name: tensor, shape, producer: { kind: 'input' }, ...reading }];
    const from =
      'step' in producer
        ? { kind: 'step' as const, step: got(place, producer) }
        : { kind: 'placement' as const, placement: b.placements.indexOf(producer) };
    return [{ name: tensor, shape, producer: from, ...reading }];
  });
  const inputs = tensors.filter((t) => t.producer.kind === 'input').map((t) => t.name);
  return { name, source, inputs, outputs, tensors, steps, placements: b.placements, folds: b.folds };
}

function readersByTensor(lists: readonly (readonly string[])[]): ReadonlyMap<string, readonly number[]> {
  const found = new Map<string, number[]>();
  for (const [i, names] of lists.entries())
    for (const name of new Set(names)) found.set(name, [...(found.get(name) ?? []), i]);
  return found;
}
