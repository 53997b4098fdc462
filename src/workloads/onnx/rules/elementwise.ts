// Shape rules of operators that work element by element, and the arithmetic on shapes
// that exporters leave in the graph.

import { roundToEven } from '../../../base/integers.js';
import { defined, nth } from '../../../base/invariant.js';
import type { Operation, Rule } from '../operation.js';
import { numberOf, shapeOf } from '../operation.js';
import type { Known, Value } from '../value.js';
import { broadcast, isFault, isSmall, positions, strides, valueOf } from '../value.js';
import { dataTypes } from '../wire.js';

/** The output has the shape of input `at`, the numbers are not followed. */
export const sameAs =
  (at: number): Rule =>
  (op) => [valueOf(shapeOf(op, at))];

/** All outputs have the shape of the first input (Dropout and its mask). */
export const allSame: Rule = (op) => op.node.outputs.map(() => valueOf(shapeOf(op, 0)));

/** Passes shape and numbers on. */
const identity: Rule = (op) =>
  op.node.outputs.map(() => valueOf(shapeOf(op, 0), op.inputs[0]?.data, op.inputs[0]?.whole));

/** The inputs `at` (all by default) broadcast; nothing is computed. */
export const broadcastOf =
  (at?: readonly number[]): Rule =>
  (op) => {
    const shapes = (at ?? op.inputs.map((_, i) => i)).map((i) => shapeOf(op, i));
    if (shapes.some((s) => s === undefined)) return undefined;
    const shape = broadcast(shapes.map((s) => defined(s)));
    return isFault(shape) ? shape : [valueOf(shape)];
  };

/** `compute` sees one number of each input and says the output's. `whole`: a comparison always gives whole numbers. */
const computed =
  (compute: (xs: readonly number[], whole: boolean) => number, gives?: 'whole'): Rule =>
  (op) => {
    // Up to opset 6, `broadcast = 1` with `axis` fits the second operand to the first.
    if (numberOf(op, 'broadcast', 0) === 1) return [valueOf(shapeOf(op, 0))];
    const result = broadcastOf()(op);
    if (result === undefined || isFault(result)) return result;
    const shape = nth(result, 0).shape;
    const whole = op.inputs.every((x) => x?.whole === true);
    return [
      valueOf(
        shape,
        fold(op.inputs, shape, (xs) => compute(xs, whole)),
        gives === 'whole' || whole,
      ),
    ];
  };

function fold(
  inputs: Operation['inputs'],
  shape: Value['shape'],
  compute: (xs: readonly number[]) => number,
): Known[] | undefined {
  if (!isSmall(shape) || inputs.some((x) => x?.data === undefined || !isSmall(x.shape))) return undefined;
  const steps = inputs.map((x) => strides(defined(x).shape as readonly number[], shape.length));
  return [...positions(shape, steps)].map((offsets) => {
    const xs = offsets.map((at, i) => defined(inputs[i]!.data)[at]);
    if (xs.some((x) => x === undefined)) return undefined;
    const y = compute(xs as readonly number[]);
    return Number.isNaN(y) ? undefined : y;
  });
}

/** The condition alone decides which of the two must be known. */
const where: Rule = (op) => {
  const result = broadcastOf()(op);
  if (result === undefined || isFault(result)) return result;
  const shape = nth(result, 0).shape;
  if (!isSmall(shape) || op.inputs.length !== 3 || op.inputs.some((x) => x?.data === undefined || !isSmall(x.shape)))
    return result;
  const steps = op.inputs.map((x) => strides(defined(x).shape as readonly number[], shape.length));
  const data = [...positions(shape, steps)].map(([c, x, y]) => {
    const condition = defined(op.inputs[0]!.data)[defined(c)];
    return condition === undefined
      ? undefined
      : condition !== 0
        ? defined(op.inputs[1]!.data)[defined(x)]
        : defined(op.inputs[2]!.data)[defined(y)];
  });
  return [valueOf(shape, data, op.inputs[1]!.whole && op.inputs[2]!.whole)];
};

/** The types above bfloat16 are 8-bit and 4-bit floats, and 4-bit integers that shape arithmetic never has. */
const isReal = (dataType: number) =>
  dataType === dataTypes.float ||
  dataType === dataTypes.float16 ||
  dataType === dataTypes.double ||
  dataType >= dataTypes.bfloat16;

const cast: Rule = (op) => {
  const x = op.inputs[0];
  const to = numberOf(op, 'to', 0);
  if (to === dataTypes.string) return [valueOf(x?.shape)];
  const whole = !isReal(to);
  const toBool = to === dataTypes.bool;
  const convert = (v: Known) => (v === undefined ? undefined : toBool ? Number(v !== 0) : whole ? Math.trunc(v) : v);
  return [valueOf(x?.shape, x?.data?.map(convert), whole)];
};

// Of inputs that a malformed file lacks nothing is known: not a number is no value.
const divide = ([a = NaN, b = NaN]: readonly number[], whole: boolean) => (whole ? Math.trunc(a / b) : a / b);
/** Python's remainder by default, C's where `fmod` is set. */
const modulo: Rule = (op) =>
  computed(([a = NaN, b = NaN]) => (numberOf(op, 'fmod', 0) === 1 ? a % b : a - b * Math.floor(a / b)))(op);
const truth = (test: (a: number, b: number) => boolean) =>
  computed(([a = NaN, b = NaN]) => Number(test(a, b)), 'whole');

const arithmeticRules: Readonly<Record<string, Rule>> = {
  Add: computed(([a = NaN, b = NaN]) => a + b),
  Sub: computed(([a = NaN, b = NaN]) => a - b),
  Mul: computed(([a = NaN, b = NaN]) => a * b),
  Div: computed(divide),
  Mod: modulo,
  Pow: computed(([a = NaN, b = NaN]) => a ** b),
  Min: computed((xs) => Math.min(...xs)),
  Max: computed((xs) => Math.max(...xs)),
  Sum: computed((xs) => xs.reduce((a, b) => a + b, 0)),
  Mean: broadcastOf(),
  Neg: computed(([a = NaN]) => -a),
  Abs: computed(([a = NaN]) => Math.abs(a)),
  Sign: computed(([a = NaN]) => Math.sign(a)),
  Floor: computed(([a = NaN]) => Math.floor(a)),
  Ceil: computed(([a = NaN]) => Math.ceil(a)),
  Round: computed(([a = NaN]) => roundToEven(a)),
  Sqrt: computed(([a = NaN]) => Math.sqrt(a)),
  Log: computed(([a = NaN]) => Math.log(a)),
  Exp: computed(([a = NaN]) => Math.exp(a)),
  Reciprocal: computed(([a = NaN]) => 1 / a),
  Equal: truth((a, b) => a === b),
  Less: truth((a, b) => a < b),
  LessOrEqual: truth((a, b) => a <= b),
  Greater: truth((a, b) => a > b),
  GreaterOrEqual: truth((a, b) => a >= b),
  And: truth((a, b) => a !== 0 && b !== 0),
  Or: truth((a, b) => a !== 0 || b !== 0),
  Xor: truth((a, b) => (a !== 0) !== (b !== 0)),
  Not: computed(([a = NaN]) => Number(a === 0), 'whole'),
  BitShift: broadcastOf(),
  BitwiseAnd: broadcastOf(),
  BitwiseOr: broadcastOf(),
  BitwiseXor: broadcastOf(),
  Where: where,
  Cast: cast,
  CastLike: sameAs(0),
  Identity: identity,
};

const unary = [
  'Relu',
  'LeakyRelu',
  'PRelu',
  'Elu',
  'Selu',
  'Celu',
  'ThresholdedRelu',
  'Sigmoid',
  'HardSigmoid',
  'HardSwish',
  'Mish',
  'Swish',
  'Gelu',
  'Tanh',
  'Softplus',
  'Softsign',
  'Erf',
  'Sin',
  'Cos',
  'Tan',
  'Asin',
  'Acos',
  'Atan',
  'Sinh',
  'Cosh',
  'Asinh',
  'Acosh',
  'Atanh',
  'Clip',
  'Softmax',
  'LogSoftmax',
  'Hardmax',
  'IsNaN',
  'IsInf',
  'BitwiseNot',
  'LRN',
  'LpNormalization',
  'MeanVarianceNormalization',
  'InstanceNormalization',
  'GroupNormalization',
  'RMSNormalization',
  'Shrink',
  'CumSum',
  'Trilu',
  'QuantizeLinear',
  'DequantizeLinear',
  'ScatterElements',
  'ScatterND',
  'Scatter',
  'TensorScatter',
  'ReverseSequence',
  'RandomNormalLike',
  'RandomUniformLike',
  'Bernoulli',
  'RotaryEmbedding',
  'Binarizer',
  'Scaler',
  'ImageScaler',
  'ParametricSoftplus',
  'ScaledTanh',
  'Affine',
] as const;

export const elementwiseRules: Readonly<Record<string, Rule>> = {
  ...Object.fromEntries(unary.map((name) => [name, sameAs(0)])),
  ...arithmeticRules,
  Dropout: allSame,
  // ONNX Runtime's, in the standard domain.
  SimplifiedLayerNormalization: allSame,
  // One scale and one zero point for the whole tensor.
  DynamicQuantizeLinear: (op) => [valueOf(shapeOf(op, 0)), valueOf([]), valueOf([])],
};
