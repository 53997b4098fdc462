// Steps on some of the images of a batch: which can be, and each as a step of its own.

import type { GraphStep, NetworkGraph, Operand } from './network-graph.js';

/** Images that a step makes; undefined where it makes one alone, or nobody knows. */
export function imagesOf(graph: Pick<NetworkGraph, 'tensors'>, { outputs: [made] }: GraphStep): number | undefined {
  const images = graph.tensors.find((t) => t.name === made)?.shape?.[0];
  return images !== undefined && images > 1 ? images : undefined;
}

/** Why a step cannot make some of so many images alone; undefined where it can. */
export function whyNoImages(graph: NetworkGraph, step: GraphStep, images: number): string | undefined {
  const shapes = [...step.inputs, ...step.outputs].map((name) => graph.tensors.find((t) => t.name === name)?.shape);
  if (!shapes.every((shape) => shape?.[0] === images)) return `reads or makes what has not ${images} images`;
  switch (step.kind) {
    case 'layer': {
      const { run } = step;
      if (run.kind === 'convolution')
        return run.weights.kind === 'weights' ? undefined : 'takes its kernel from a tensor';
      if (run.kind !== 'product') return 'is only costed';
      if (run.left.kind !== 'tensor' || run.right.kind !== 'weights') return 'is no product by weights';
      const areRows = step.layers.every(({ layer: { bounds } }) => bounds.G === 1 && bounds.P % images === 0);
      return areRows && !run.transposed.left ? undefined : 'has images that are no rows';
    }
    case 'pool':
      return undefined;
    case 'addition':
      return step.operands.every((x) => x.kind === 'tensor') ? undefined : 'adds weights';
    default:
      return 'is no layer, pool or addition';
  }
}

/** The step that makes `count` of so many images alone, of inputs that have as many. */
export function withImages(
  step: GraphStep,
  count: number,
  of: number | undefined,
  inputs: readonly string[],
): GraphStep {
  const operand = (x: Operand): Operand =>
    x.kind === 'tensor' ? { kind: 'tensor', name: inputs[step.inputs.indexOf(x.name)] ?? x.name } : x;
  switch (step.kind) {
    case 'layer': {
      const { run, epilogue } = step;
      const [along, left] =
        run.kind === 'product' ? (['P', { ...run, left: operand(run.left) }] as const) : (['N', run] as const);
      const { residual } = epilogue;
      const added = residual && inputs.at(-1);
      return {
        ...step,
        inputs,
        run: left,
        epilogue: { ...epilogue, ...(added !== undefined && { residual: { ...residual, tensor: added } }) },
        layers: step.layers.map(({ layer, count: times }) => {
          const size = (layer.bounds[along] / (of ?? 1)) * count;
          return { layer: { ...layer, bounds: { ...layer.bounds, [along]: size } }, count: times };
        }),
      };
    }
    case 'pool':
      return { ...step, inputs };
    case 'addition': {
      const [a, b] = step.operands;
      return { ...step, inputs, operands: [operand(a), operand(b)] };
    }
    default:
      throw new Error(`invariant: ${step.name} makes no images alone`);
  }
}
