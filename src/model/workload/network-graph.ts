// A network as a graph: tensors, the steps that compute them in a fixed order, and what is only a matter of addresses.

import type { HostFunction } from './host-function.js';
import { movesWords } from './host-function.js';
import type { CountedLayer } from './network.js';

/** In rows and columns of the image, at its four sides. Negative where an exporter crops. */
export interface Padding {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

/** A value of the file that no input of the network has a part in: weights, by its name there. */
export interface Weights {
  readonly kind: 'weights';
  readonly value: string;
  readonly shape: readonly number[];
}

export type Operand = { readonly kind: 'tensor'; readonly name: string } | Weights;

/** An operator of the file, as whose part it is done: each stands in one place of the graph. */
export interface Operator {
  readonly name: string;
  readonly operator: string;
}

/** Done to what a step has computed, before it is rounded; `value` is a number, or weights with one for each channel. */
export type Affine =
  | {
      readonly kind: 'batch-norm';
      readonly scale: Weights;
      readonly shift: Weights;
      readonly mean: Weights;
      readonly variance: Weights;
      readonly epsilon: number;
    }
  | { readonly kind: 'multiply' | 'divide' | 'add' | 'subtract' | 'subtract-from'; readonly value: Weights | number };

/** What a step does to its results on their way out, in this order. */
export interface Epilogue {
  /** For each output channel, added to the sums. */
  readonly bias?: Weights | undefined;
  /** In this order; of a layer they are folded into weights and bias, which are then derived values. */
  readonly affine?: readonly Affine[] | undefined;
  /** A tensor of the shape of the result; `negative` where the sums are subtracted from it, or it from the sums. */
  readonly residual?: { readonly tensor: string; readonly negative?: 'sums' | 'residual' | undefined } | undefined;
  /** Null where there is no such limit. */
  readonly clip?: { readonly low: number | null; readonly high: number | null } | undefined;
  /** Windows of a max-pool that do not overlap, in outputs along P and Q. */
  readonly pool?: { readonly P: number; readonly Q: number } | undefined;
}

/** How a layer is run. */
export type LayerRun =
  /** Of `inputs[0]`: [batch, channels, height, width], or without height. */
  | { readonly kind: 'convolution'; readonly padding: Padding; readonly weights: Operand }
  /** [..., M, C] by [..., C, N], batch axes stretched as they must be. */
  | {
      readonly kind: 'product';
      readonly left: Operand;
      readonly right: Operand;
      /** The last two axes of an operand change places before. */
      readonly transposed: { readonly left: boolean; readonly right: boolean };
      /**
       * Its inputs are a flattened feature map of these sizes: in memory channels are innermost, so that the rows of
       * its weights change places.
       */
      readonly flattened?: { readonly channels: number; readonly height: number; readonly width: number } | undefined;
    }
  /** It has products, which are counted, but no step of the machine does them as the operator wants. */
  | { readonly kind: 'costed'; readonly why: string };

/** Height first. */
export interface PoolWindow {
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly dilation: readonly [number, number];
  readonly padding: Padding;
}

interface StepBase {
  readonly name: string;
  /** The first is the step itself; behind it what is fused and folded into it. */
  readonly operators: readonly Operator[];
  /** Tensors that it reads, a residual last. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly epilogue: Epilogue;
}

export interface LayerStep extends StepBase {
  readonly kind: 'layer';
  /** As the list of layers has them, without the pool of the epilogue. One, once, unless it is only costed. */
  readonly layers: readonly CountedLayer[];
  readonly run: LayerRun;
  /** Products beside those of the layers; null where nobody knows. */
  readonly counted: number | null;
}

export interface PoolStep extends StepBase {
  readonly kind: 'pool';
  readonly mode: 'max' | 'average';
  readonly window: PoolWindow;
  /** Of an average: whether padding counts in the divisor. */
  readonly countPadding: boolean;
  readonly global: boolean;
}

export interface AdditionStep extends StepBase {
  readonly kind: 'addition';
  readonly operands: readonly [Operand, Operand];
  readonly signs: readonly [1 | -1, 1 | -1];
}

export interface MultiplicationStep extends StepBase {
  readonly kind: 'multiplication';
  /** The second may have one number for each channel of each image. */
  readonly operands: readonly [Operand, Operand];
  readonly perChannel: boolean;
}

/** Each pixel becomes a block of equal ones. */
export interface UpsamplingStep extends StepBase {
  readonly kind: 'upsampling';
  readonly factor: readonly [number, number];
}

/** Scale and shift by weights, and limits, of a tensor that no step before could do that to. */
export interface ScaleStep extends StepBase {
  readonly kind: 'scale';
  /** Along which its weights have numbers; null where they have one for all. */
  readonly axis: number | null;
}

/** An operand of the host: numbers that are few are part of the step. */
export type HostOperand =
  Operand | { readonly kind: 'numbers'; readonly shape: readonly number[]; readonly values: readonly number[] };

/** What the host computes, of what, in the order of the operator. */
export interface HostWork {
  readonly function: HostFunction;
  readonly operands: readonly HostOperand[];
}

/** Not done by the machine. */
export interface HostStep extends StepBase {
  readonly kind: 'host';
  readonly operator: string;
  /** Absent where magnet's host does not know the operator, or not in this form. */
  readonly work?: HostWork | undefined;
  /** Multiply-accumulates; null where nobody knows. */
  readonly counted: number | null;
  /** A value of which it reads only what it picks, as much as it writes. */
  readonly picks?: string | undefined;
}

/** What runs in one go, of a closed set of kinds: all but `host` are runs of the machine. */
export type GraphStep =
  LayerStep | PoolStep | AdditionStep | MultiplicationStep | UpsamplingStep | ScaleStep | HostStep;
export const stepKinds = ['layer', 'pool', 'addition', 'multiplication', 'upsampling', 'scale', 'host'] as const;
export type StepKind = (typeof stepKinds)[number];

/** Addresses: where the words of tensors lie, and no step. */
export type Placement = Operator & {
  readonly inputs: readonly Operand[];
  readonly outputs: readonly string[];
} & PlacementKind;

export type PlacementKind =
  /** Where along the axis each part begins. */
  | { readonly kind: 'concat' | 'split'; readonly axis: number; readonly offsets: readonly number[] }
  /** For each axis. */
  | { readonly kind: 'slice'; readonly starts: readonly number[]; readonly steps: readonly number[] }
  | { readonly kind: 'reshape' }
  /** Axis i of the output is `order[i]` of the input. */
  | { readonly kind: 'transpose'; readonly order: readonly number[] };

export const foldReasons = ['constant', 'identity', 'quantiser', 'padding'] as const;
/** An operator of which nothing is left: of constants, without effect, only rounding, or part of a layer's padding. */
export interface Fold extends Operator {
  readonly reason: (typeof foldReasons)[number];
}

/** A tensor between steps: its shape, what makes it and what reads it. */
export interface GraphTensor {
  readonly name: string;
  /** As ONNX has it: batch, channels, height, width of an image. Null where it is not known before run time. */
  readonly shape: readonly number[] | null;
  /** By its place in `steps` or `placements` of the graph. */
  readonly producer:
    | { readonly kind: 'input' }
    | { readonly kind: 'step'; readonly step: number }
    | { readonly kind: 'placement'; readonly placement: number };
  /** Steps that read it by its name. */
  readonly consumers: readonly number[];
  /** Placements that read it. */
  readonly placements: readonly number[];
}

/**
 * A network with its order: tensors by name, steps that compute them, and operators that are only addresses or of which nothing
 * is left.
 */
export interface NetworkGraph {
  readonly name: string;
  readonly source: string;
  /** Names of tensors, in the order of the file. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly tensors: readonly GraphTensor[];
  /** A step reads what steps before it wrote. */
  readonly steps: readonly GraphStep[];
  readonly placements: readonly Placement[];
  readonly folds: readonly Fold[];
}

/** Its layers in the order of its steps. */
export const layersOf = ({ steps }: Pick<NetworkGraph, 'steps'>): readonly CountedLayer[] =>
  steps.flatMap((s) => (s.kind === 'layer' ? s.layers : []));

/** Every operator of the file, in the place where it ended. */
export const operatorsIn = ({ steps, placements, folds }: NetworkGraph): readonly Operator[] => [
  ...steps.flatMap((s) => s.operators),
  ...placements,
  ...folds,
];

export const operandsOf = (step: GraphStep): readonly Operand[] => {
  switch (step.kind) {
    case 'layer':
      return step.run.kind === 'convolution'
        ? [step.run.weights]
        : step.run.kind === 'product'
          ? [step.run.left, step.run.right]
          : [];
    case 'addition':
    case 'multiplication':
      return step.operands;
    default:
      return [];
  }
};

/** What a layer multiplies its input by, which lies in the memory of weights; all that other steps take lies with the activations. */
export const multiplierOf = (step: GraphStep): Operand | undefined =>
  step.kind === 'layer' ? operandsOf(step).at(-1) : undefined;

/**
 * Inputs of the network that are places in a table, and how many it has: whole numbers that the host alone reads, to pick by
 * them and perhaps to compute with them too.
 */
export function indexInputs({ inputs, outputs, steps, tensors }: NetworkGraph): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const name of inputs) {
    const of = tensors.find((t) => t.name === name);
    if (!of || of.placements.length > 0 || outputs.includes(name)) continue;
    const sizes = of.consumers.map((i) => {
      const step = steps[i];
      return step ? tableSize(step, name, tensors) : 0;
    });
    const least = Math.min(...sizes);
    if (least > 0 && least < Infinity) found.set(name, least);
  }
  return found;
}

/** Below which the numbers of a tensor stay that picks; 0 where the step reads words of it. */
function tableSize(step: GraphStep, name: string, tensors: readonly GraphTensor[]): number {
  if (step.kind !== 'host' || !step.work) return 0;
  const { function: f, operands } = step.work;
  const [first] = operands;
  // What is moved lies in memory, before or behind.
  if (movesWords(f) && first?.kind === 'tensor' && first.name === name) return 0;
  if (f.kind !== 'gather') return Infinity;
  const shape = first?.kind === 'tensor' ? tensors.find((t) => t.name === first.name)?.shape : first?.shape;
  return shape?.[f.axis] ?? 0;
}

/** Along which axis of a layer's results, of so many axes, its output channels lie; null of a product that has one alone. */
export function channelAxis({ run, layers }: Pick<LayerStep, 'run' | 'layers'>, rank: number): number | null {
  if (run.kind === 'convolution') return 1;
  // A product by a vector leaves no axis for it.
  return layers.every(({ layer }) => layer.bounds.K === 1) ? null : rank - 1;
}

/** Weights that the host computes with. */
export const hostWeights = (step: GraphStep): readonly Weights[] =>
  step.kind === 'host' ? (step.work?.operands ?? []).filter((x): x is Weights => x.kind === 'weights') : [];

/** All weights that a step reads, each once. */
export function weightsOf(step: GraphStep): readonly Weights[] {
  const { bias, affine = [] } = step.epilogue;
  const found = [
    ...operandsOf(step),
    ...(bias ? [bias] : []),
    ...affine.flatMap((a) => (a.kind === 'batch-norm' ? [a.scale, a.shift, a.mean, a.variance] : [a.value])),
  ];
  const weights = found.filter((x): x is Weights => typeof x === 'object' && x.kind === 'weights');
  return [...new Map(weights.map((w) => [w.value, w])).values()];
}
