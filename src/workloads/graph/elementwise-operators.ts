// Element by element: into the epilogue of the step before where that is the same, a step of its own where it is not.

import { nth } from '../../base/invariant.js';
import { hasBias } from '../../model/workload/layer.js';
import type { Affine, Epilogue, GraphStep, Operand, Weights } from '../../model/workload/network-graph.js';
import { channelAxis } from '../../model/workload/network-graph.js';
import { allOf, numberOf } from '../onnx/operation.js';
import type { Step } from '../onnx/walk.js';
import { wantsMore } from './fold-operators.js';
import type { Draft, GraphBuilder, Reference } from './graph-builder.js';
import { asOperand, shapeMade, shapeRead } from './graph-builder.js';
import { tensorsOf } from './layer-operators.js';
import type { Handler } from './place-operators.js';

const isShape = (a: readonly number[] | null, b: readonly number[] | null): boolean =>
  a !== null && b !== null && a.length === b.length && a.every((d, i) => d === b[i]);

/** Set beside the axes of a result: up to operator set 6 an attribute said where the second operand belongs. */
function aligned(at: Step, i: number, rank: number): readonly number[] | null {
  const shape = shapeRead(at, i);
  if (!shape || shape.length > rank) return null;
  const old = numberOf(at.op, 'broadcast', 0) === 1 && at.op.node.attributes.has('axis');
  const from = old ? numberOf(at.op, 'axis', 0) : rank - shape.length;
  return Array.from({ length: rank }, (_, axis) => shape[axis - from] ?? 1);
}

/** The axis along which a weight has numbers; null for one number, undefined for more. */
function axisOf(shape: readonly number[]): number | null | undefined {
  const axes = shape.flatMap((d, i) => (d === 1 ? [] : [i]));
  return axes.length > 1 ? undefined : (axes[0] ?? null);
}

/** Scale and shift by weights along an axis. */
function affine(b: GraphBuilder, at: Step, x: Reference, change: Affine, axis: number | null): boolean {
  if (x.kind !== 'tensor') return false;
  const rank = shapeMade(at)?.length ?? 0;
  const draft = b.open(x);
  if (draft && takesAffine(draft.step, change, axis, rank)) {
    b.fuse(at, draft, (step) => withAffine(step, change, axis));
    return true;
  }
  b.add(at, (base) => ({ ...base, kind: 'scale', axis, inputs: [x.name], epilogue: { affine: [change] } }));
  return true;
}

const shifts = ({ kind }: Affine): boolean => kind !== 'multiply' && kind !== 'divide';

function takesAffine(step: GraphStep, change: Affine, axis: number | null, rank: number): boolean {
  const { residual, clip, pool } = step.epilogue;
  if (residual || clip || pool) return false;
  if (step.kind === 'scale') return step.axis === null || axis === null || step.axis === axis;
  if (step.kind !== 'layer' || step.run.kind === 'costed') return false;
  if (axis !== null && axis !== channelAxis(step, rank)) return false;
  // A shift is a bias: the same question as the list of layers answers.
  return !shifts(change) || step.layers.every(({ layer }) => hasBias(layer));
}

function withAffine(step: GraphStep, change: Affine, axis: number | null): GraphStep {
  const { bias, affine = [] } = step.epilogue;
  const isBias =
    step.kind === 'layer' && change.kind === 'add' && !bias && affine.length === 0 && typeof change.value === 'object';
  const epilogue: Epilogue = isBias
    ? { ...step.epilogue, bias: change.value }
    : { ...step.epilogue, affine: [...affine, change] };
  return step.kind === 'scale' ? { ...step, axis: step.axis ?? axis, epilogue } : { ...step, epilogue };
}

const batchNormalization: Handler = (b, at) => {
  const weights = (i: number) => {
    const r = b.input(at, i);
    return r?.kind === 'weights' ? asWeights(r) : undefined;
  };
  const [x, scale, shift, mean, variance] = [b.input(at, 0), weights(1), weights(2), weights(3), weights(4)];
  if (!x || !scale || !shift || !mean || !variance) return false;
  if (wantsMore(b, at) || numberOf(at.op, 'training_mode', 0) === 1) return false;
  const epsilon = numberOf(at.op, 'epsilon', 1e-5);
  return affine(b, at, x, { kind: 'batch-norm', scale, shift, mean, variance, epsilon }, 1);
};

const asWeights = (r: Extract<Reference, { kind: 'weights' }>): Weights => ({
  kind: 'weights',
  value: r.value,
  shape: r.shape,
});

type Sign = 1 | -1;

/** a + b or a - b. */
const sum =
  (sign: Sign): Handler =>
  (b, at) => {
    if (at.op.inputs.length !== 2) return false;
    const [x, y] = [b.input(at, 0), b.input(at, 1)];
    const made = shapeMade(at);
    if (!x || !y || !made) return false;
    if (x.kind === 'tensor' && y.kind === 'tensor') return addition(b, at, x, y, sign);
    const [tensor, weights, i] = x.kind === 'tensor' ? [x, y, 1] : [y, x, 0];
    if (weights.kind !== 'weights' || !isShape(aligned(at, 1 - i, made.length), made)) return false;
    const axis = axisOf(aligned(at, i, made.length) ?? made);
    const kind = sign === 1 ? 'add' : i === 1 ? 'subtract' : 'subtract-from';
    if (axis !== undefined) return affine(b, at, tensor, { kind, value: asWeights(weights) }, axis);
    if (!aligned(at, i, made.length)) return false;
    return ownAddition(b, at, [asOperand(x), asOperand(y)], sign);
  };

type TensorReference = Extract<Reference, { kind: 'tensor' }>;

/**
 * Into the layer that computes one operand, where nothing else reads its results; the other operand is the residual. Of
 * two such layers the later one takes it, since the other's results are there by then.
 */
function addition(b: GraphBuilder, at: Step, x: TensorReference, y: TensorReference, sign: Sign): boolean {
  const made = shapeMade(at);
  if (!isShape(shapeRead(at, 0), made) || !isShape(shapeRead(at, 1), made)) return false;
  const takers = [
    { draft: b.open(x), residual: y, negative: sign === -1 ? ('residual' as const) : undefined },
    { draft: b.open(y), residual: x, negative: sign === -1 ? ('sums' as const) : undefined },
  ].flatMap(({ draft, ...rest }) => (draft && takesResidual(draft) ? [{ draft, ...rest }] : []));
  const [taker] = takers.sort((p, q) => q.draft.index - p.draft.index);
  if (!taker) return ownAddition(b, at, [asOperand(x), asOperand(y)], sign);
  const { draft, residual, negative } = taker;
  b.fuse(at, draft, (step) => ({
    ...step,
    inputs: [...step.inputs, residual.name],
    epilogue: { ...step.epilogue, residual: { tensor: residual.name, ...(negative && { negative }) } },
  }));
  return true;
}

function takesResidual({ step }: Draft): boolean {
  const { residual, clip, pool } = step.epilogue;
  return step.kind === 'layer' && step.run.kind !== 'costed' && !residual && !clip && !pool;
}

function ownAddition(b: GraphBuilder, at: Step, operands: readonly [Operand, Operand], sign: Sign): boolean {
  b.add(at, (base) => ({ ...base, kind: 'addition', operands, signs: [1, sign], inputs: tensorsOf(operands) }));
  return true;
}

const multiplication: Handler = (b, at) => {
  const [x, y] = [b.input(at, 0), b.input(at, 1)];
  const made = shapeMade(at);
  if (!x || !y || !made || at.op.inputs.length !== 2) return false;
  const shapes = [aligned(at, 0, made.length), aligned(at, 1, made.length)] as const;
  const whole = shapes.map((shape) => isShape(shape, made));
  const weights = x.kind === 'weights' ? x : y.kind === 'weights' ? y : undefined;
  if (weights) {
    const i = weights === x ? 0 : 1;
    const axis = shapes[i] ? axisOf(shapes[i]) : undefined;
    if (axis !== undefined && whole[1 - i] === true)
      return affine(b, at, weights === x ? y : x, { kind: 'multiply', value: asWeights(weights) }, axis);
  }
  const perChannel = (shape: readonly number[] | null) =>
    shape !== null && shape.length >= 3 && shape.every((d, i) => (i < 2 ? d === made[i] : d === 1));
  const first = whole[0] ? 0 : 1;
  const second = nth(shapes, 1 - first);
  if (!whole[first] || !(whole[1 - first] === true || perChannel(second))) return false;
  const both: readonly [Operand, Operand] = first === 0 ? [asOperand(x), asOperand(y)] : [asOperand(y), asOperand(x)];
  const channels = whole[1 - first] !== true;
  b.add(at, (base) => ({
    ...base,
    kind: 'multiplication',
    operands: both,
    perChannel: channels,
    inputs: tensorsOf(both),
  }));
  return true;
};

const division: Handler = (b, at) => {
  const [x, y] = [b.input(at, 0), b.input(at, 1)];
  const made = shapeMade(at);
  if (x?.kind !== 'tensor' || y?.kind !== 'weights' || !made || !isShape(aligned(at, 0, made.length), made))
    return false;
  const axis = axisOf(aligned(at, 1, made.length) ?? made);
  return axis !== undefined && affine(b, at, x, { kind: 'divide', value: asWeights(y) }, axis);
};

/** Limits; of a step that had some already, the narrower ones. Maxima of windows and limits may change places. */
function clip(b: GraphBuilder, at: Step, low: number | null, high: number | null): boolean {
  const x = b.input(at, 0);
  if (x?.kind !== 'tensor') return false;
  const draft = b.open(x);
  const arithmetic =
    draft && draft.step.kind !== 'host' && draft.step.kind !== 'upsampling' && !isCosted(draft.step)
      ? draft
      : undefined;
  if (!arithmetic) {
    b.add(at, (base) => ({
      ...base,
      kind: 'scale',
      axis: null,
      inputs: [x.name],
      epilogue: { clip: { low, high } },
    }));
    return true;
  }
  const before = arithmetic.step.epilogue.clip ?? { low: null, high: null };
  // What the limits before let through at most is cut by the new ones.
  const cut = (limit: number) => Math.min(high ?? Infinity, Math.max(low ?? -Infinity, limit));
  const limits = {
    low: before.low === null ? low : cut(before.low),
    high: before.high === null ? high : cut(before.high),
  };
  b.fuse(at, arithmetic, (step) => ({ ...step, epilogue: { ...step.epilogue, clip: limits } }));
  return true;
}

const isCosted = (step: GraphStep): boolean => step.kind === 'layer' && step.run.kind === 'costed';

/** Scale, shift and the limits 0 and 1. */
const hardSigmoid: Handler = (b, at) => {
  const x = b.input(at, 0);
  if (x?.kind !== 'tensor') return false;
  const changes: readonly Affine[] = [
    { kind: 'multiply', value: numberOf(at.op, 'alpha', 0.2) },
    { kind: 'add', value: numberOf(at.op, 'beta', 0.5) },
  ];
  const limits = { low: 0, high: 1 };
  const draft = b.open(x);
  const rank = shapeMade(at)?.length ?? 0;
  if (draft && changes.every((change) => takesAffine(draft.step, change, null, rank))) {
    b.fuse(at, draft, (step) => {
      const made = changes.reduce((s, change) => withAffine(s, change, null), step);
      return { ...made, epilogue: { ...made.epilogue, clip: limits } };
    });
    return true;
  }
  const epilogue = { affine: changes, clip: limits };
  b.add(at, (base) => ({ ...base, kind: 'scale', axis: null, inputs: [x.name], epilogue }));
  return true;
};

/** Attributes up to operator set 10, inputs since. */
const clipping: Handler = (b, at) => {
  const limit = (name: string, i: number): number | null | undefined => {
    const value = at.op.inputs[i];
    if (value) return value.data?.[0];
    return at.op.node.attributes.has(name) ? numberOf(at.op, name, 0) : null;
  };
  const [low, high] = [limit('min', 1), limit('max', 2)];
  return low !== undefined && high !== undefined && clip(b, at, low, high);
};

/** A larger or smaller of a tensor and a number. */
const extreme =
  (side: 'low' | 'high'): Handler =>
  (b, at) => {
    const number = at.op.inputs.length === 2 ? allOf(at.op, 1) : undefined;
    const made = shapeMade(at);
    if (number?.length !== 1 || !isShape(shapeRead(at, 0), made)) return false;
    return side === 'low' ? clip(b, at, nth(number, 0), null) : clip(b, at, null, nth(number, 0));
  };

export const elementwiseHandlers: Readonly<Record<string, Handler>> = {
  BatchNormalization: batchNormalization,
  Add: sum(1),
  Sum: sum(1),
  Sub: sum(-1),
  Mul: multiplication,
  Div: division,
  Relu: (b, at) => clip(b, at, 0, null),
  Clip: clipping,
  HardSigmoid: hardSigmoid,
  Max: extreme('low'),
  Min: extreme('high'),
};
