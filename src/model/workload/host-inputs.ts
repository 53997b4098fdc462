// Which layers of a network read what the host lays out: inputs of the network that nothing else reads.

import { nth } from '../../base/invariant.js';
import type { Layer } from './layer.js';
import { shapeKey } from './layer.js';
import type { CountedLayer, Network } from './network.js';
import { mergeCounted } from './network.js';
import type { GraphStep, LayerStep, NetworkGraph } from './network-graph.js';
import { layersOf, operandsOf } from './network-graph.js';

/** Placements behind which the host still has the words, and lays them out as their reader wants them. */
const passing: readonly string[] = ['transpose', 'slice'];

/**
 * Whether a step is a convolution of an input of the network that convolutions alone read, through transposes and slices at
 * most: the host has its words, and lays out an image of them for each reader.
 */
export function readsFromHost(graph: NetworkGraph, step: GraphStep): boolean {
  const image = imageOf(step);
  if (image === undefined) return false;
  const tensors = new Map(graph.tensors.map((t) => [t.name, t]));
  const sourceOf = (name: string): string | undefined => {
    const producer = tensors.get(name)?.producer;
    if (producer?.kind !== 'placement') return producer?.kind === 'input' ? name : undefined;
    const { kind, inputs } = nth(graph.placements, producer.placement);
    const [from] = inputs;
    return passing.includes(kind) && from?.kind === 'tensor' ? sourceOf(from.name) : undefined;
  };
  const readByConvolutions = (name: string): boolean => {
    const tensor = tensors.get(name);
    return (
      tensor !== undefined &&
      !graph.outputs.includes(name) &&
      tensor.consumers.every((i) => {
        const reader = nth(graph.steps, i);
        const isWeights = operandsOf(reader).some((x) => x.kind === 'tensor' && x.name === name);
        return imageOf(reader) === name && !isWeights && reader.epilogue.residual?.tensor !== name;
      }) &&
      tensor.placements.every((i) => {
        const { kind, outputs } = nth(graph.placements, i);
        return passing.includes(kind) && outputs.every(readByConvolutions);
      })
    );
  };
  const source = sourceOf(image);
  return source !== undefined && readByConvolutions(source);
}

const imageOf = (step: GraphStep): string | undefined =>
  step.kind === 'layer' && step.run.kind === 'convolution' ? step.inputs[0] : undefined;

/** The layer of a step, which may be folded where the host lays out its input. */
export const layerFrom = (graph: NetworkGraph, step: LayerStep, layer: Layer): Layer =>
  layer.bounds.R * layer.bounds.S > 1 && readsFromHost(graph, step) ? { ...layer, fromHost: true } : layer;

/**
 * The network with its layers marked, by its graph, that read what the host lays out: these may be folded. Unchanged where the
 * graph has other layers.
 */
export function withHostInputs(network: Network, graph: NetworkGraph): Network {
  const layers = graph.steps.flatMap((step): readonly CountedLayer[] =>
    step.kind === 'layer'
      ? step.layers.map(({ layer, count }) => ({ layer: layerFrom(graph, step, layer), count }))
      : [],
  );
  // From a graph that has other layers than the list nothing follows for the list.
  const said = (list: readonly CountedLayer[]) => list.map(({ layer, count }) => `${count} ${shapeKey(layer)}`).join();
  return said(mergeCounted(layersOf(graph))) === said(network.layers)
    ? { ...network, layers: mergeCounted(layers) }
    : network;
}
