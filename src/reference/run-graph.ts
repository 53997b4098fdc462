// Runs a graph step by step from its definitions; the arithmetic, real or integer, is handed in.

import { defined, got, nth } from '../base/invariant.js';
import type { Diagnostic, Parsed } from '../base/diagnostics.js';
import { parsed, refused } from '../base/diagnostics.js';
import type {
  AdditionStep,
  GraphStep,
  HostStep,
  LayerStep,
  MultiplicationStep,
  NetworkGraph,
  Operand,
  PoolStep,
  ScaleStep,
  Weights,
} from '../model/workload/network-graph.js';
import { hostWeights, indexInputs, weightsOf } from '../model/workload/network-graph.js';
import { convolutionSums } from './convolution-sums.js';
import type { Numbers } from './numbers.js';
import { placed } from './placing.js';
import { pooled, sideBySide, upsampled } from './pooling.js';
import { productSums } from './product-sums.js';

/** How steps finish what they summed up; `i` is the step's place. */
export interface Arithmetic {
  /** Weights that a step multiplies or adds; undefined where there are none of that name. */
  readonly operand: (weights: Weights, step: GraphStep, i: number) => Numbers | undefined;
  /** Whether the weights are there that `layer` or `scale` takes beside those. */
  readonly has: (weights: Weights) => boolean;
  /** Up to the limits; the pool comes after it. */
  readonly layer: (step: LayerStep, i: number, sums: Numbers, residual: Numbers | undefined) => Numbers;
  readonly addition: (step: AdditionStep, i: number, a: Numbers, b: Numbers) => Numbers;
  /** `b` has been stretched to the shape of `a`. */
  readonly multiplication: (step: MultiplicationStep, i: number, a: Numbers, b: Numbers) => Numbers;
  readonly scale: (step: ScaleStep, i: number, x: Numbers) => Numbers;
  readonly average: (step: PoolStep, i: number) => (sum: number, divisor: number) => number;
  readonly limits: (step: GraphStep, i: number, x: Numbers) => Numbers;
  /** `operands` as the step has them, those of tensors in what the arithmetic computes in. */
  readonly host: (step: HostStep, i: number, operands: readonly Numbers[], shape: readonly number[]) => Numbers;
}

export interface NotRun {
  readonly step: number;
  readonly why: string;
}

/** What a run of a graph computed, and what it could not. */
export interface GraphRun {
  /** Every tensor that steps wrote, or that was given. */
  readonly tensors: ReadonlyMap<string, Numbers>;
  /** Work that the host does not know, layers that are only costed, and all that waits for them. */
  readonly notRun: readonly NotRun[];
}

/**
 * Every tensor of a network, step by step in some arithmetic. `given` are its inputs, and any other tensors that are known.
 * Refused where an input or weights are missing or of a wrong shape.
 */
export function runGraph(
  graph: NetworkGraph,
  given: ReadonlyMap<string, Numbers>,
  arithmetic: Arithmetic,
): Parsed<GraphRun> {
  const { steps, notRun, isThere } = planned(graph, given);
  const faults = [
    ...inputFaults(graph, given),
    ...weightFaults(
      steps.map((i) => nth(graph.steps, i)),
      arithmetic,
    ),
  ];
  if (faults.length > 0) return refused(faults);
  const shapes = new Map(graph.tensors.map(({ name, shape }) => [name, shape ?? []]));
  const producers = new Map(graph.tensors.map((t) => [t.name, t.producer]));
  const tensors = new Map(given);

  const read = (name: string): Numbers => {
    const known = tensors.get(name);
    const producer = got(producers, name);
    if (known || producer.kind !== 'placement') return defined(known);
    const placement = nth(graph.placements, producer.placement);
    const parts = placement.inputs.flatMap((x) => (x.kind === 'tensor' ? [read(x.name)] : []));
    const made = placed(placement, placement.outputs.indexOf(name), parts, got(shapes, name));
    tensors.set(name, made);
    return made;
  };
  for (const i of steps) {
    const step = nth(graph.steps, i);
    const operand = (x: Operand) => (x.kind === 'tensor' ? read(x.name) : defined(arithmetic.operand(x, step, i)));
    const output = nth(step.outputs, 0);
    tensors.set(output, computed(arithmetic, step, i, got(shapes, output), operand, read));
  }
  for (const name of graph.outputs) if (isThere(name)) read(name);
  return parsed({ tensors, notRun });
}

export interface Plan {
  readonly steps: readonly number[];
  readonly notRun: readonly NotRun[];
  /** Whether a tensor is given or computed, also through placement. */
  readonly isThere: (tensor: string) => boolean;
}

/** Steps that neither machine nor host does, whatever is given. */
export function unknownSteps(graph: NetworkGraph): readonly NotRun[] {
  const indices = indexInputs(graph);
  const shapes = new Map(graph.tensors.map(({ name, shape }) => [name, shape]));
  return graph.steps.flatMap((s, step) => {
    const open = s.outputs.find((name) => shapes.get(name) === null);
    const why =
      whyNot(s, indices) ?? (open === undefined ? undefined : `the shape of ${open} is not known before run time`);
    return why === undefined ? [] : [{ step, why }];
  });
}

/** Which steps can be run of what is given, and why the others cannot. */
export function planned(graph: NetworkGraph, given: { readonly has: (tensor: string) => boolean }): Plan {
  const producers = new Map(graph.tensors.map((t) => [t.name, t.producer]));
  /** Tensors that nothing makes, with what stands in the way at the beginning. */
  const late = new Map<string, string>();
  const indices = indexInputs(graph);
  // Steps are taken in order, so what has been seen of a tensor stays.
  const seen = new Map<string, boolean>();
  const isThere = (name: string): boolean => {
    const producer = producers.get(name);
    if (given.has(name) || producer?.kind !== 'placement') return !late.has(name);
    const known = seen.get(name);
    if (known !== undefined) return known;
    const { inputs } = nth(graph.placements, producer.placement);
    const there = inputs.every((x) => x.kind === 'tensor' && isThere(x.name));
    seen.set(name, there);
    return there;
  };
  const causeOf = (name: string): string => {
    const producer = producers.get(name);
    const inputs = producer?.kind === 'placement' ? nth(graph.placements, producer.placement).inputs : [];
    const missing = inputs.find((x) => x.kind === 'tensor' && !isThere(x.name));
    return late.get(name) ?? (missing?.kind === 'tensor' ? causeOf(missing.name) : 'nothing makes it');
  };
  const steps: number[] = [];
  const notRun: NotRun[] = [];
  for (const [i, step] of graph.steps.entries()) {
    if (step.outputs.every((name) => given.has(name))) continue;
    const missing = step.inputs.find((name) => !isThere(name));
    const own = whyNot(step, indices);
    const cause = own ?? (missing === undefined ? undefined : causeOf(missing));
    if (cause === undefined) steps.push(i);
    else {
      notRun.push({ step: i, why: own ?? `waits for ${missing}: ${cause}` });
      for (const name of step.outputs) late.set(name, cause);
    }
  }
  return { steps, notRun, isThere };
}

function whyNot(step: GraphStep, indices: ReadonlyMap<string, number>): string | undefined {
  if (step.kind === 'host') {
    if (!step.work) return `${step.operator} in this form is known to neither machine nor host`;
    const [, by] = step.work.operands;
    return step.work.function.kind === 'gather' && by?.kind !== 'numbers' && !(by && indices.has(nameOf(by)))
      ? `${step.operator} picks by numbers that are neither in the file nor an input of the network for this alone`
      : undefined;
  }
  return step.kind === 'layer' && step.run.kind === 'costed'
    ? `a layer that is only costed: ${step.run.why}`
    : undefined;
}

const nameOf = (x: Operand): string => (x.kind === 'tensor' ? x.name : x.value);

/** What a step puts out, by what it reads. */
export function computed(
  arithmetic: Arithmetic,
  step: GraphStep,
  i: number,
  shape: readonly number[],
  operand: (x: Operand) => Numbers,
  tensor: (name: string) => Numbers,
): Numbers {
  const input = () => tensor(nth(step.inputs, 0));
  switch (step.kind) {
    case 'layer': {
      const { residual, pool } = step.epilogue;
      const sums = layerSums(step, shape, input, operand);
      const made = arithmetic.layer(step, i, sums, residual && tensor(residual.tensor));
      return pool ? sideBySide(made, pool, shape) : made;
    }
    case 'pool':
      return arithmetic.limits(step, i, pooled(step, input(), shape, arithmetic.average(step, i)));
    case 'upsampling':
      return upsampled(input(), step.factor, shape);
    case 'addition': {
      const [a, b] = step.operands;
      return arithmetic.addition(step, i, spread(operand(a), shape), spread(operand(b), shape));
    }
    case 'multiplication': {
      const [a, b] = step.operands;
      return arithmetic.multiplication(step, i, operand(a), spread(operand(b), shape));
    }
    case 'scale':
      return arithmetic.scale(step, i, input());
    case 'host': {
      const operands = defined(step.work).operands.map((x) =>
        x.kind === 'numbers' ? { shape: x.shape, values: Float64Array.from(x.values) } : operand(x),
      );
      return arithmetic.host(step, i, operands, shape);
    }
  }
}

/** As large as a tensor of this shape: one number for each channel of each image, or for more, at every place that it stands for. */
export function spread(x: Numbers, shape: readonly number[]): Numbers {
  const total = shape.reduce((n, d) => n * d, 1);
  if (x.values.length === total) return x;
  const values = new Float64Array(total);
  const each = total / x.values.length;
  // Axes that are stretched lie behind the others, or in front of all.
  const behind = x.shape.at(-1) === 1;
  for (let at = 0; at < total; at++) values[at] = nth(x.values, behind ? Math.floor(at / each) : at % x.values.length);
  return { shape, values };
}

function layerSums(
  { run, layers }: LayerStep,
  shape: readonly number[],
  input: () => Numbers,
  operand: (x: Operand) => Numbers,
): Numbers {
  const { layer } = nth(layers, 0);
  const { N, G, K, P, Q } = layer.bounds;
  switch (run.kind) {
    case 'product':
      return productSums(operand(run.left), operand(run.right), run.transposed, shape);
    case 'convolution': {
      // Before a pool of the epilogue.
      const sums = shape.length === 3 ? [N, G * K, P] : [N, G * K, Q, P];
      return convolutionSums(layer, run.padding, input(), operand(run.weights), sums);
    }
    case 'costed':
      throw new Error(`invariant: ${layer.name} is only costed`);
  }
}

const shapeText = (shape: readonly number[]) => `[${shape.join(', ')}]`;

function inputFaults(graph: NetworkGraph, given: ReadonlyMap<string, Numbers>): readonly Diagnostic[] {
  return graph.tensors.flatMap(({ name, shape, producer }): Diagnostic[] => {
    const x = given.get(name);
    if (!x)
      return producer.kind === 'input'
        ? [
            {
              code: 'missing',
              path: ['inputs', name],
              message: `${name} is missing: an input of ${graph.name}, ${shapeText(shape ?? [])}`,
            },
          ]
        : [];
    return shape === null || x.shape.join() === shape.join()
      ? []
      : [
          {
            code: 'wrong-shape',
            path: ['inputs', name],
            message: `${name} has the shape ${shapeText(x.shape)}; expected ${shapeText(shape)}`,
          },
        ];
  });
}

/** Weights that steps read and that are not there. */
export function weightFaults(steps: readonly GraphStep[], { has }: Arithmetic): readonly Diagnostic[] {
  return steps.flatMap((step) =>
    [...weightsOf(step), ...hostWeights(step)]
      .filter((w) => !has(w))
      .map((w) => ({
        code: 'missing',
        path: ['weights', w.value],
        message: `${w.value} ${shapeText(w.shape)} of step ${step.name} has no numbers`,
      })),
  );
}
