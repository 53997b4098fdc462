// Operators that the host does, in the forms that it knows: with their attributes settled, and of what they are computed.

import { nth } from '../../base/invariant.js';
import type { ElementFunction, HostFunction, JoinFunction, Reduction } from '../../model/workload/host-function.js';
import type { HostOperand, HostWork } from '../../model/workload/network-graph.js';
import { dataTypes } from '../onnx/wire.js';
import { isStandard } from '../onnx/graph.js';
import { allOf, has, listOf, numberOf, numbersOf, textOf } from '../onnx/operation.js';
import { axisIn } from '../onnx/value.js';
import type { Step } from '../onnx/walk.js';
import { wantsMore } from './fold-operators.js';
import type { GraphBuilder } from './graph-builder.js';
import { asOperand, shapeMade, shapeRead } from './graph-builder.js';

/** Undefined where the host does not know the operator, or not in this form. */
export function hostWork(b: GraphBuilder, at: Step): HostWork | undefined {
  const { node } = at.op;
  const forms = isStandard(node.domain) ? standard : node.domain === 'com.microsoft' ? microsoft : {};
  const form = Object.hasOwn(forms, node.operator) ? forms[node.operator] : undefined;
  if (!form || !shapeMade(at) || node.outputs[0] === '' || wantsMore(b, at)) return undefined;
  const found = form(at);
  if (!found) return undefined;
  const operands: HostOperand[] = [];
  for (let i = 0; i < found.operands; i++) {
    const operand = operandOf(b, at, i);
    if (!operand) return undefined;
    operands.push(operand);
  }
  return { function: found.function, operands };
}

interface Form {
  readonly function: HostFunction;
  /** The first so many inputs. */
  readonly operands: number;
}
type FormOf = (at: Step) => Form | undefined;

/** Places, and single numbers, are part of the step; of tensors the shape must be known. */
function operandOf(b: GraphBuilder, at: Step, i: number): HostOperand | undefined {
  const r = b.input(at, i);
  const shape = shapeRead(at, i);
  if (!r || !shape) return undefined;
  const few = allOf(at.op, i);
  if (r.kind === 'weights' && few && (few.length === 1 || at.op.inputs[i]?.whole === true))
    return { kind: 'numbers', shape, values: few };
  return asOperand(r);
}

const element =
  (name: ElementFunction, alpha = 0, beta = 0): FormOf =>
  ({ op }) => ({
    function: {
      kind: 'element',
      function: name,
      alpha: numberOf(op, 'alpha', alpha),
      beta: numberOf(op, name === 'selu' ? 'gamma' : 'beta', beta),
    },
    operands: 1,
  });

/** Before operator set 7 an attribute said how operands are stretched; whole numbers divide into whole ones. */
const join =
  (name: JoinFunction): FormOf =>
  ({ op }) =>
    op.inputs.length < 1 ||
    op.node.attributes.has('broadcast') ||
    (name === 'divide' && op.inputs.every((x) => x?.whole === true))
      ? undefined
      : { function: { kind: 'join', function: name }, operands: op.inputs.length };

/** Up to operator set 12 over all axes from the one that is named. */
const softmax =
  (log: boolean): FormOf =>
  (at) => {
    const rank = shapeRead(at, 0)?.length ?? 0;
    const old = at.op.opset < 13;
    const first = axisIn(numberOf(at.op, 'axis', old ? 1 : -1), rank);
    return first === undefined
      ? undefined
      : { function: { kind: 'softmax', first, last: old ? rank - 1 : first, log }, operands: 1 };
  };

const volume = (sizes: readonly number[]): number => sizes.reduce((n, d) => n * d, 1);

/** By the axes from one on; scale and shift have a number for each place there. */
const overLast =
  (centred: boolean): FormOf =>
  (at) => {
    const x = shapeRead(at, 0);
    const axis = x ? axisIn(numberOf(at.op, 'axis', -1), x.length) : undefined;
    if (!x || axis === undefined) return undefined;
    const each = volume(x.slice(axis));
    const operands = has(at.op, 2) ? 3 : has(at.op, 1) ? 2 : 1;
    for (let i = 1; i < operands; i++) {
      const shape = shapeRead(at, i);
      if (!shape || volume(shape) !== each) return undefined;
    }
    const epsilon = numberOf(at.op, 'epsilon', 1e-5);
    return { function: { kind: 'normalise', each, inner: 1, epsilon, centred }, operands };
  };

/** By channels, or by groups of them; scale and shift have a number for each channel. */
const overChannels =
  (groupsOf: (at: Step, channels: number) => number): FormOf =>
  (at) => {
    const x = shapeRead(at, 0);
    if (!x || x.length < 3) return undefined;
    const [channels, inner] = [nth(x, 1), volume(x.slice(2))];
    const groups = groupsOf(at, channels);
    if (groups < 1 || channels % groups !== 0) return undefined;
    // Up to operator set 20 a group norm had numbers for each group.
    if ([1, 2].some((i) => volume(shapeRead(at, i) ?? []) !== channels)) return undefined;
    const epsilon = numberOf(at.op, 'epsilon', 1e-5);
    const each = (channels / groups) * inner;
    return { function: { kind: 'normalise', each, inner, epsilon, centred: true }, operands: 3 };
  };

const neighbours: FormOf = ({ op }) => ({
  function: {
    kind: 'neighbours',
    size: numberOf(op, 'size', 1),
    alpha: numberOf(op, 'alpha', 1e-4),
    beta: numberOf(op, 'beta', 0.75),
    bias: numberOf(op, 'bias', 1),
  },
  operands: 1,
});

const reduce =
  (by: Reduction): FormOf =>
  (at) => {
    const { op } = at;
    const x = shapeRead(at, 0);
    const named = listOf(op, 'axes', 1) ?? [];
    if (!x || (named.length === 0 && (has(op, 1) || numberOf(op, 'noop_with_empty_axes', 0) === 1))) return undefined;
    const axes = named.length === 0 ? x.map((_, i) => i) : named.map((axis) => axisIn(axis, x.length) ?? -1);
    return axes.includes(-1) ? undefined : { function: { kind: 'reduce', by, axes }, operands: 1 };
  };

const place =
  (of: 'max' | 'min'): FormOf =>
  (at) => {
    const axis = axisIn(numberOf(at.op, 'axis', 0), shapeRead(at, 0)?.length ?? 0);
    const last = numberOf(at.op, 'select_last_index', 0) === 1;
    return axis === undefined ? undefined : { function: { kind: 'place', of, axis, last }, operands: 1 };
  };

const cumulate: FormOf = (at) => {
  const [named] = allOf(at.op, 1) ?? [];
  const axis = named === undefined ? undefined : axisIn(named, shapeRead(at, 0)?.length ?? 0);
  const is = (name: string) => numberOf(at.op, name, 0) === 1;
  return axis === undefined
    ? undefined
    : { function: { kind: 'cumulate', axis, exclusive: is('exclusive'), reverse: is('reverse') }, operands: 1 };
};

/** Real numbers to whole ones; the other way round, and between kinds of either, nothing is left of it. */
const cast: FormOf = (at) => element(numberOf(at.op, 'to', 0) === dataTypes.bool ? 'truth' : 'truncate')(at);

const transpose: FormOf = (at) => {
  const shape = shapeRead(at, 0);
  if (!shape) return undefined;
  const order = numbersOf(at.op, 'perm') ?? shape.map((_, i) => shape.length - 1 - i);
  return { function: { kind: 'shuffle', shape, order }, operands: 1 };
};

const depthToSpace: FormOf = (at) => {
  const x = shapeRead(at, 0);
  const b = numberOf(at.op, 'blocksize', 1);
  if (x?.length !== 4) return undefined;
  const [n, c, h, w] = [nth(x, 0), nth(x, 1) / (b * b), nth(x, 2), nth(x, 3)];
  return textOf(at.op, 'mode', 'DCR') === 'CRD'
    ? { function: { kind: 'shuffle', shape: [n, c, b, b, h, w], order: [0, 1, 4, 2, 5, 3] }, operands: 1 }
    : { function: { kind: 'shuffle', shape: [n, b, b, c, h, w], order: [0, 3, 4, 1, 5, 2] }, operands: 1 };
};

const spaceToDepth: FormOf = (at) => {
  const x = shapeRead(at, 0);
  const b = numberOf(at.op, 'blocksize', 1);
  if (x?.length !== 4) return undefined;
  const shape = [nth(x, 0), nth(x, 1), nth(x, 2) / b, b, nth(x, 3) / b, b];
  return { function: { kind: 'shuffle', shape, order: [0, 3, 5, 1, 2, 4] }, operands: 1 };
};

const gather: FormOf = (at) => {
  const x = shapeRead(at, 0);
  const axis = x ? axisIn(numberOf(at.op, 'axis', 0), x.length) : undefined;
  return axis === undefined ? undefined : { function: { kind: 'gather', axis }, operands: 2 };
};

const modes = { constant: 'zero', edge: 'edge', reflect: 'reflect' } as const;
const pad: FormOf = (at) => {
  const { op } = at;
  const x = shapeRead(at, 0);
  const pads = listOf(op, 'pads', 1);
  const mode = Object.entries(modes).find(([name]) => name === textOf(op, 'mode', 'constant'))?.[1];
  const value = has(op, 2) ? allOf(op, 2)?.[0] : numberOf(op, 'value', 0);
  if (!x || pads?.length !== 2 * x.length || !mode || has(op, 3)) return undefined;
  if (mode === 'zero' && value !== 0) return undefined;
  return { function: { kind: 'pad', mode, before: pads.slice(0, x.length) }, operands: 1 };
};

const standard: Readonly<Record<string, FormOf>> = {
  Abs: element('abs'),
  Ceil: element('ceil'),
  Celu: element('celu', 1),
  Cos: element('cos'),
  Elu: element('elu', 1),
  Erf: element('erf'),
  Exp: element('exp'),
  Floor: element('floor'),
  Gelu: (at) => element(textOf(at.op, 'approximate', 'none') === 'tanh' ? 'gelu-tanh' : 'gelu')(at),
  LeakyRelu: element('leaky-relu', 0.01),
  Log: element('log'),
  Mish: element('mish'),
  Neg: element('negate'),
  Not: element('not'),
  Reciprocal: element('reciprocal'),
  Round: element('round'),
  Selu: element('selu', 1.67326319217681884765625, 1.05070102214813232421875),
  Sigmoid: element('sigmoid'),
  Sign: element('sign'),
  Sin: element('sin'),
  Softplus: element('softplus'),
  Softsign: element('softsign'),
  Sqrt: element('sqrt'),
  Swish: element('swish', 1),
  Tanh: element('tanh'),
  Add: join('add'),
  Sum: join('add'),
  Sub: join('subtract'),
  Mul: join('multiply'),
  Div: join('divide'),
  Pow: join('power'),
  Max: join('max'),
  Min: join('min'),
  PRelu: join('slope'),
  Equal: join('equal'),
  Greater: join('greater'),
  GreaterOrEqual: join('greater-or-equal'),
  Less: join('less'),
  LessOrEqual: join('less-or-equal'),
  And: join('and'),
  Or: join('or'),
  Xor: join('xor'),
  Where: () => ({ function: { kind: 'choose' }, operands: 3 }),
  Cast: cast,
  Softmax: softmax(false),
  LogSoftmax: softmax(true),
  LayerNormalization: overLast(true),
  RMSNormalization: overLast(false),
  InstanceNormalization: overChannels((_, channels) => channels),
  GroupNormalization: overChannels((at) => numberOf(at.op, 'num_groups', 0)),
  LRN: neighbours,
  ReduceSum: reduce('sum'),
  ReduceMean: reduce('mean'),
  ReduceMax: reduce('max'),
  ReduceMin: reduce('min'),
  ReduceProd: reduce('product'),
  ReduceL1: reduce('l1'),
  ReduceL2: reduce('l2'),
  ReduceSumSquare: reduce('sum-of-squares'),
  ReduceLogSum: reduce('log-sum'),
  ReduceLogSumExp: reduce('log-sum-exp'),
  ArgMax: place('max'),
  ArgMin: place('min'),
  CumSum: cumulate,
  Transpose: transpose,
  DepthToSpace: depthToSpace,
  SpaceToDepth: spaceToDepth,
  Gather: gather,
  Pad: pad,
};

const microsoft: Readonly<Record<string, FormOf>> = {
  Gelu: element('gelu'),
  QuickGelu: element('swish', 1.702),
};
